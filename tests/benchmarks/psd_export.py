"""PSD of five layers, origin and durable write included, against psd-tools alone: bound 1.3.

    python tests/benchmarks/psd_export.py [--side 2048] [--rounds 3]

Both sides write the same five layers of RGBA in 8 bits, in turns, and are measured in seconds of
the processor; psd-tools writes no profile, no origin and nothing to the disk.
JSON on stdout.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from studio.engine.artwork import Artwork, Layer  # noqa: E402
from studio.engine.export.handover import export_pictures  # noqa: E402
from studio.engine.pieces.origin import Origin  # noqa: E402

BOUND, LAYERS = 1.3, 5


def picture(side: int, seed: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Soft shapes with a little grain and a soft edge of alpha: uint8 [side, side, 4]."""
    chance = np.random.default_rng(seed)
    coarse = Image.fromarray(chance.integers(0, 256, (12, 12, 4), np.uint8))
    soft = np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC), np.float32)
    return np.clip(soft + chance.normal(0, 2, soft.shape), 0, 255).astype(np.uint8)


def seconds(work: Callable[[], object]) -> float:
    """Processor time of `work`, on whatever thread it runs: exports have threads of their own."""
    began = time.process_time()
    work()
    return time.process_time() - began


def by_psd_tools(layers: list[np.ndarray[Any, np.dtype[np.uint8]]]) -> None:
    """The same layers as a document of that library, in memory."""
    from psd_tools import PSDImage

    side = layers[0].shape[0]
    document = PSDImage.new("RGB", (side, side))
    for number, pixels in enumerate(layers):
        document.create_pixel_layer(Image.fromarray(pixels), name=f"Layer {number}")
    document.save(io.BytesIO())


def main() -> int:
    """Measure, print, and exit 1 when the bound is broken."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--side", type=int, default=2048)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    layers = [picture(given.side, seed) for seed in range(LAYERS)]
    artwork = Artwork(tuple(Layer(f"Layer {n}", each) for n, each in enumerate(layers)))
    ours, bare = [], []
    with tempfile.TemporaryDirectory() as place:
        for number in range(given.rounds):
            one = [(f"ours {number}", artwork, Origin("benchmark"))]
            ours.append(seconds(lambda one=one: export_pictures(one, "psd", {}, Path(place))))
            bare.append(seconds(lambda: by_psd_tools(layers)))
    ratio = statistics.median(ours) / statistics.median(bare)
    result = {
        "benchmark": "psd export", "side": given.side, "layers": LAYERS, "rounds": given.rounds,
        "seconds": round(statistics.median(ours), 3),
        "bare_seconds": round(statistics.median(bare), 3),
        "ratio": round(ratio, 4), "bound": BOUND, "ok": ratio <= BOUND,
    }  # fmt: skip
    print(json.dumps(result))
    return 0 if ratio <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
