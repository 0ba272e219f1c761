"""The process that decodes one video: `python -m studio.engine.dataset.intake.frames`.

Arguments: the video, an empty folder, seconds between frames, bytes of memory. One line of
JSON after every frame that was looked at, `{"frames": kept so far, "reason": null}`, and a
last one with `done`.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
from PIL import Image

from studio.engine.dataset.decoding import measures, pixels
from studio.engine.dataset.decoding.worker import limit_memory, private_output
from studio.engine.dataset.index.facts import Likeness
from studio.engine.dataset.intake.videos import after, safe_stem
from studio.engine.door import ordinary
from studio.engine.said import Said, plain

MOST_FRAMES = 100_000
QUALITY = 95
_SIGN_OF_LIFE = 64
SAME_BITS, SAME_LEVELS = 3, 2.5
"""A frame is dropped when its hash differs by no more bits than this from the one kept last,
and its luminance by no more levels in the mean."""


def main(arguments: list[str]) -> int:
    """See the top of the file."""
    video, folder, every, memory = arguments
    answers = private_output()
    limit_memory(int(memory))
    with contextlib.suppress(AttributeError, OSError):
        os.nice(5)
    kept: int = 0
    wrong: Said | None = None
    try:
        for kept in keep(Path(video), Path(folder), float(every)):
            _say(answers, {"frames": kept, "reason": None})
    except MemoryError:
        wrong = after(kept, Said("decoding it needs more memory than a video may have"))
    except Exception as error:  # noqa: BLE001  # a demuxer may raise anything on hostile bytes
        wrong = after(kept, Said("it is damaged ({reason})", reason=type(error).__name__))
    if not kept and wrong is None:
        wrong = Said("It has no frame that can be used.")
    _say(answers, {"frames": kept, "reason": wrong, "done": True})
    return 0


def _say(channel: IO[bytes], answer: dict[str, object]) -> None:
    channel.write(json.dumps(plain(answer)).encode("ascii") + b"\n")
    channel.flush()


def keep(video: Path, folder: Path, every: float) -> Iterator[int]:
    """Write a frame every `every` seconds unless it is like the last; yields how many so far."""
    stem = safe_stem(video)
    kept = 0
    last: Likeness | None = None
    for seconds, picture in _decoded(video, every):
        if picture is None:
            yield kept
            continue
        likeness = measures.measurements(picture)[1]
        if last is None or not alike(last, likeness):
            last = likeness
            picture.save(
                folder / f"{stem} {_clock(seconds)}.jpg", "JPEG", quality=QUALITY, subsampling=0
            )
            kept += 1
        yield kept
        if kept >= MOST_FRAMES:
            return


def _clock(seconds: float) -> str:
    """`00-01-02.500`: names in the order of time."""
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}-{whole // 60 % 60:02}-{whole % 60:02}.{thousandths:03}"


def _decoded(video: Path, every: float) -> Iterator[tuple[float, Image.Image | None]]:
    """(seconds from the start, upright RGB) of frames that are due; None now and then between."""
    av = importlib.import_module("av")  # optional: looked for before this process starts
    with av.open(os.fspath(ordinary(video, links=True))) as container:
        if not container.streams.video:
            return
        stream = container.streams.video[0]
        if stream.codec_context.width * stream.codec_context.height > pixels.MAX_PIXELS:
            raise ValueError("too many pixels")
        rate = float(stream.average_rate or 25)
        first: float | None = None
        due = 0.0
        for number, frame in enumerate(container.decode(stream)):
            moment = number / rate if frame.time is None else float(frame.time)
            first = moment if first is None else first
            seconds = max(0.0, moment - first)
            if seconds + 1e-6 >= due:  # the rest need not become pictures
                due += every * (1 + (seconds - due) // every)
                turn = getattr(frame, "rotation", 0) % 360
                picture = frame.to_image()
                yield seconds, picture.rotate(turn, expand=True) if turn else picture
            elif number % _SIGN_OF_LIFE == 0:
                yield seconds, None


def alike(first: Likeness, second: Likeness) -> bool:
    """Whether two likenesses are so near that one frame is enough."""
    bits = (int(first["hash"], 16) ^ int(second["hash"], 16)).bit_count()
    if bits > SAME_BITS:
        return False
    one, two = (measures.small_of(each).astype(np.int16) for each in (first, second))
    return float(np.abs(one - two).mean()) <= SAME_LEVELS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
