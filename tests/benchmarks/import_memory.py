"""Import by this checkout and by another one in turn: peak memory of the process tree, and time.

    python tests/benchmarks/import_memory.py --against FOLDER --set tough_images.zip [--count 1500]

FOLDER is a checkout of the version to compare with. The memory is that of the set (proportional
set size of all processes, Linux only), the time that of `--count` ordinary JPEGs. Prints one JSON
object; exit 1 above a bound.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

MEMORY_BOUND, TIME_BOUND = 0.7, 1.0
HERE = Path(__file__).resolve().parents[2]
_EVERY = 0.02


def draw(job: tuple[str, int]) -> None:
    """One photograph of 1024 x 768 with large shapes and fine grain."""
    folder, number = job
    generator = np.random.default_rng(number)
    coarse = Image.fromarray(generator.integers(0, 256, (9, 12, 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize((1024, 768), Image.Resampling.BICUBIC), np.int16)
    grain = generator.integers(-12, 13, (768, 1024, 1))
    picture = Image.fromarray(np.clip(smooth + grain, 0, 255).astype(np.uint8))
    picture.save(Path(folder) / f"{number:06}.jpg", quality=88)


def tree(root: int) -> list[int]:
    """A process and all below it."""
    found = [root]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(number) for number in task.read_text().split()]
    return found


def memory(root: int) -> int:
    """Proportional set size of a process tree in bytes; what ends meanwhile counts nothing."""
    total = 0
    try:
        for number in tree(root):
            text = Path(f"/proc/{number}/smaps_rollup").read_text()
            total += int(text.split("Pss:")[1].split()[0]) << 10
    except (OSError, IndexError):
        pass
    return total


def imported(checkout: Path, source: Path, watch: bool) -> tuple[float, int]:
    """Seconds and peak bytes of one import from the command line."""
    surroundings = dict(os.environ, PYTHONPATH=str(checkout))
    with tempfile.TemporaryDirectory() as place:
        surroundings["LATENT_STUDIO_HOME"] = f"{place}/home"
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "studio", "import", f"{place}/project", str(source), "--json"],
            env=surroundings, cwd=checkout, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        peak = [0]

        def look() -> None:
            while process.poll() is None:
                peak[0] = max(peak[0], memory(process.pid))
                time.sleep(_EVERY)

        watcher = threading.Thread(target=look)
        if watch:
            watcher.start()
        if process.wait():
            raise SystemExit(f"The import by {checkout} failed.")
        seconds = time.perf_counter() - started
        if watch:
            watcher.join()
    return seconds, peak[0]


def main() -> int:
    """Both in turn, and the ratios of the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path, required=True)
    parser.add_argument("--set", type=Path, dest="source")
    parser.add_argument("--count", type=int, default=1500)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    sides = {"before": chosen.against.resolve(), "now": HERE}
    result: dict[str, object] = {"benchmark": "import_memory", "rounds": chosen.rounds}
    is_good = True
    if chosen.source:
        peaks: dict[str, list[int]] = {side: [] for side in sides}
        for _ in range(chosen.rounds):
            for side, checkout in sides.items():
                peaks[side].append(imported(checkout, chosen.source.resolve(), True)[1])
        medians = {side: float(np.median(found)) for side, found in peaks.items()}
        ratio = medians["now"] / medians["before"]
        is_good &= ratio <= MEMORY_BOUND
        result |= {f"peak_mb_{side}": round(found / 2**20) for side, found in medians.items()}
        result |= {"memory_ratio": round(ratio, 3), "memory_bound": MEMORY_BOUND}
    if chosen.count:
        with tempfile.TemporaryDirectory() as folder:
            with ProcessPoolExecutor() as pool:
                list(pool.map(draw, [(folder, n) for n in range(chosen.count)], chunksize=32))
            ratios = []
            for _ in range(chosen.rounds):
                before, now = (imported(each, Path(folder), False)[0] for each in sides.values())
                ratios.append(now / before)
        is_good &= float(np.median(ratios)) <= TIME_BOUND
        result |= {"pictures": chosen.count, "time_ratio": round(float(np.median(ratios)), 3)}
        result |= {"time_ratios": [round(each, 3) for each in ratios], "time_bound": TIME_BOUND}
    print(json.dumps(result | {"ok": is_good}))
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
