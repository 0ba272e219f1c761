"""PNG export, checks and origin and durable write included, against the bare encoder: bound 1.1.

    python tests/benchmarks/png_export.py [--side 1024] [--rounds 31]

Both sides save the same pixels with Pillow at the same settings, in turns; the bare one writes
no origin, no profile, flushes nothing to the disk and hashes nothing. JSON on stdout.
"""

from __future__ import annotations

import argparse
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

from studio.engine.export.formats.png import Png  # noqa: E402
from studio.engine.export.handover import export_arrays  # noqa: E402

BOUND = 1.1
WARM_UP = 3


def picture(side: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Soft shapes with a little grain, as models make them: uint8 [side, side, 3]."""
    chance = np.random.default_rng(0)
    coarse = Image.fromarray(chance.integers(0, 256, (12, 12, 3), np.uint8))
    soft = np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC), np.float32)
    return np.clip(soft + chance.normal(0, 2, soft.shape), 0, 255).astype(np.uint8)


def seconds(work: Callable[[], object], clock: Callable[[], float]) -> float:
    """How long `work` takes."""
    began = clock()
    work()
    return clock() - began


def main() -> int:
    """Measure, print, and exit 1 when the bound is broken."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--side", type=int, default=1024)
    options.add_argument("--rounds", type=int, default=31)
    options.add_argument(
        "--busy", action="store_true",
        help="processor time of all threads, for machines on which others work meanwhile",
    )  # fmt: skip
    given = options.parse_args()
    clock = time.process_time if given.busy else time.perf_counter
    pixels = picture(given.side)
    recipe = {"latent": {"latent": "A" * 700, "seed": 7}, "stack": [], "run": "benchmark"}
    level = Png().compression
    ours, bare = [], []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for number in range(given.rounds + WARM_UP):
            one = [(f"ours {number}", pixels, recipe)]
            ours.append(
                seconds(lambda one=one: export_arrays(one, "png", {}, folder, "A", "B"), clock)
            )
            target = folder / f"bare {number}.png"
            bare.append(
                seconds(
                    lambda target=target: Image.fromarray(pixels).save(
                        target, format="PNG", compress_level=level
                    ),
                    clock,
                )
            )
    ratio = statistics.median(ours[WARM_UP:]) / statistics.median(bare[WARM_UP:])
    result = {
        "benchmark": "png export", "side": given.side, "rounds": given.rounds,
        "compression": level,
        "ms": round(1000 * statistics.median(ours[WARM_UP:]), 2),
        "bare_ms": round(1000 * statistics.median(bare[WARM_UP:]), 2),
        "ratio": round(ratio, 4), "bound": BOUND, "ok": ratio <= BOUND,
    }  # fmt: skip
    print(json.dumps(result))
    return 0 if ratio <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
