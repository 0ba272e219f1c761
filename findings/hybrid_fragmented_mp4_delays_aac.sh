#!/bin/sh
# PyAV 18.1.0 (FFmpeg 8.1): a plain MP4 takes the 1,024 samples that an AAC encoder puts in front
# back by an edit list, so that what was heard at 0.5 s is heard at 0.5 s again. Written with
# movflags=hybrid_fragmented, which keeps a film playable when its writing is cut short, the list
# goes out before the delay is known: everything sounds 1,024 samples late (21 ms at 48 kHz), and
# lips and beats are off by most of a frame. Nothing warns. delay_moov beside it mends this.
#
# Seen with av 18.1.0, numpy 2.4.6, Python 3.11, Linux x86-64: a click at 0.5000 s is found at
#   plain                            0.5000 s
#   hybrid_fragmented                0.5213 s
#   hybrid_fragmented+delay_moov     0.5000 s
# Exits 1 when this changes.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/env"
"$place/env/bin/pip" install --quiet --disable-pip-version-check av==18.1.0 numpy==2.4.6
"$place/env/bin/python" - "$place" <<'PYTHON'
import sys

import av
import numpy as np

RATE, FRAME = 48_000, 1_024


def click_of(path, flags):
    sound = np.zeros((1, RATE * 2), np.float32)
    sound[0, RATE // 2 : RATE // 2 + 24] = 0.9
    with av.open(path, "w", format="mp4", options={"movflags": flags} if flags else {}) as out:
        stream = out.add_stream("aac", rate=RATE, layout="mono")
        for start in range(0, sound.shape[1], FRAME):
            part = np.ascontiguousarray(sound[:, start : start + FRAME])
            frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = RATE, start
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    with av.open(path) as file:
        loudest, at = 0.0, 0.0
        for frame in file.decode(audio=0):
            level = np.abs(frame.to_ndarray()[0])
            if level.max() > loudest:
                loudest = level.max()
                at = float(frame.pts * frame.time_base) + level.argmax() / RATE
    return at


print("av", av.__version__)
found = {}
for flags in ("", "hybrid_fragmented", "hybrid_fragmented+delay_moov"):
    found[flags] = click_of(f"{sys.argv[1]}/film.mp4", flags)
    print(f"{flags or 'plain':<32} {found[flags]:.4f} s")
plain, late, mended = found.values()
near = abs(plain - 0.5) < 0.002 and abs(mended - plain) < 0.001
sys.exit(not (near and abs(late - plain - FRAME / RATE) < 0.001))
PYTHON
