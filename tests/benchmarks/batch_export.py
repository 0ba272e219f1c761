"""A batch of pictures at 256 pixels, refined, marked, signed and written, against doing so one
after another: bound 1.6 times as fast on two processors, and memory that does not grow.

    python tests/benchmarks/batch_export.py [--count 200] [--side 256] [--rounds 3]

Both ways take turns, on the clock: other programs that run beside slow both, and the one that
uses two processors more. Memory is what the process has more of after the last round than after
the first. JSON on stdout.
"""

from __future__ import annotations

import argparse
import json
import os
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

from studio.engine.artwork import Artwork, Pixels  # noqa: E402
from studio.engine.export import handover, lanes  # noqa: E402
from studio.engine.export.choices import Choices  # noqa: E402
from studio.engine.export.finish import Finishing  # noqa: E402
from studio.engine.pieces.origin import Origin  # noqa: E402
from studio.engine.refinement.stack import Stack, Step, refined  # noqa: E402

BOUND, MOST_GROWTH = 1.6, 64 << 20
STACK = Stack([Step(op="exposure", params={"exposure": 0.3}), Step(op="sharpen"), Step(op="grain")])


def picture(side: int, seed: int) -> Pixels:
    chance = np.random.default_rng(seed)
    coarse = Image.fromarray(chance.integers(0, 256, (16, 16, 3), np.uint8))
    soft = np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC), np.float32)
    return np.clip(soft + chance.normal(0, 8, soft.shape), 0, 255).astype(np.uint8)


def one_after_another(
    count: int, make: Callable[[int], Any], write: Callable[[int, Any], None]
) -> None:
    for place in range(count):
        write(place, make(place))


def seconds(count: int, side: int, way: Callable[..., None]) -> float:
    """On the clock, for the whole batch."""
    finishing = Finishing(Choices())

    def make(place: int) -> tuple[Artwork, Origin]:
        return refined(STACK, picture(side, place)), Origin(f"{place}", recipe={"seed": place})

    with tempfile.TemporaryDirectory() as folder:
        handover.in_lanes = way  # type: ignore[attr-defined]
        names = [f"picture {place}" for place in range(count)]
        began = time.perf_counter()
        handover.export_made(names, make, "png", {}, Path(folder) / "out", finishing=finishing)
        return time.perf_counter() - began


def in_memory() -> int:
    """Bytes, where the system tells."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def main() -> int:
    """Measure, print, and exit 1 when a bound is broken."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=200)
    options.add_argument("--side", type=int, default=256)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    seconds(4, given.side, lanes.in_lanes)
    serial, beside, memory = [], [], []
    for _ in range(given.rounds):
        serial.append(seconds(given.count, given.side, one_after_another))
        beside.append(seconds(given.count, given.side, lanes.in_lanes))
        memory.append(in_memory())
    ratios = [one / other for one, other in zip(serial, beside, strict=True)]
    ratio, growth = statistics.median(ratios), memory[-1] - memory[0]
    ok = ratio >= BOUND and growth <= MOST_GROWTH
    print(
        json.dumps(
            {
                "benchmark": "batch export", "count": given.count, "side": given.side,
                "processors": os.cpu_count(), "serial_s": round(statistics.median(serial), 2),
                "beside_s": round(statistics.median(beside), 2), "ratio": round(ratio, 3),
                "bound": BOUND, "grown_bytes": growth, "ok": ok,
            }
        )
    )  # fmt: skip
    return 0 if ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
