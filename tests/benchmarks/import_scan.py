"""Import (walk, decode, hash, check, store) against bare Pillow decoding of the same files.

Both in as many processes, in the same run. Prints one JSON object; exit 1 above the bound.

    python tests/benchmarks/import_scan.py [--count 2000] [--rounds 3] [--workers 0]

With `--beside DIR`, an earlier checkout, `latent-studio import` of JPEGs alone is run there and
here in turn instead, and the ratio is that of the processor time of all their processes, which
other work on the machine changes little; beside it the ratio of the seconds that passed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from studio.engine.dataset.decoding.sandbox import default_workers
from studio.engine.dataset.intake.importer import Finished, Found, import_sources
from studio.engine.project import Project

BOUND = 1.5
SIZES = ((640, 480), (512, 512), (480, 720), (256, 256))


def draw(job: tuple[str, int, bool]) -> None:
    """One picture with large shapes and fine grain; with PNG one for every three JPEG."""
    folder, number, has_png = job
    generator = np.random.default_rng(number)
    width, height = SIZES[number % len(SIZES)]
    coarse = Image.fromarray(generator.integers(0, 256, (9, 12, 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), np.int16)
    grain = generator.integers(-12, 13, (height, width, 1))
    picture = Image.fromarray(np.clip(smooth + grain, 0, 255).astype(np.uint8))
    place = Path(folder) / f"{number // 500:03}"
    place.mkdir(exist_ok=True)
    if has_png and number // 4 % 4 == 3:
        picture.save(place / f"{number:06}.png", compress_level=4)
    else:
        picture.save(place / f"{number:06}.jpg", quality=90)


def decode(path: str) -> None:
    """What every importer has to do at least."""
    with Image.open(path) as image:
        image.load()


def step_back() -> None:
    """The priority of the import's own workers, so that a busy machine slows both alike."""
    if hasattr(os, "nice"):
        os.nice(5)


def bare(files: list[str], workers: int) -> float:
    """Seconds of Pillow alone, worker start included, as it is in the import."""
    started = time.perf_counter()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=step_back) as pool:
        for _ in pool.map(decode, files, chunksize=16):
            pass
    return time.perf_counter() - started


def imported(folder: Path, workers: int, expected: int) -> tuple[float, float]:
    """Seconds of a whole import, and until its first rows."""
    with tempfile.TemporaryDirectory() as place, Project.open(place, create=True) as project:
        started = time.perf_counter()
        first = 0.0
        for event in import_sources(project, [folder], workers=workers):
            if isinstance(event, Found) and not first:
                first = time.perf_counter() - started
        seconds = time.perf_counter() - started
        if not isinstance(event, Finished) or event.usable != expected:
            raise SystemExit(f"Only {event} of {expected} pictures came in.")
        return seconds, first


def run_of(checkout: Path, folder: Path) -> tuple[float, float]:
    """Seconds of the processor, of the whole process tree, and of the clock."""
    import resource  # not on Windows

    surroundings = {**os.environ, "PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as place:
        surroundings["LATENT_STUDIO_HOME"] = str(Path(place) / "home")
        command = [sys.executable, "-m", "studio", "import", f"{place}/project", str(folder)]
        started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, cwd=checkout, env=surroundings, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, time.perf_counter() - started


def beside(other: Path, folder: Path, rounds: int) -> dict[str, object]:
    """An earlier checkout and this one in turn; the ratios of the medians."""
    both = (other.resolve(), Path(__file__).resolve().parents[2])
    for checkout in both:  # once for the files of Python and for the disk
        run_of(checkout, folder)
    found = [[run_of(checkout, folder) for checkout in both] for _ in range(rounds)]
    (earlier, earlier_clock), (here, here_clock) = np.median(np.array(found), axis=0)
    return {
        "processor_seconds": {"earlier": round(earlier, 3), "here": round(here, 3)},
        "seconds": {"earlier": round(earlier_clock, 3), "here": round(here_clock, 3)},
        "ratio": round(here / earlier, 3),
        "ratio_of_seconds": round(here_clock / earlier_clock, 3),
        "bound": 1.0,
        "ok": bool(here <= earlier),
    }


def main() -> int:
    """Make the pictures, measure in turns, print the ratio of the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--beside", type=Path, help="an earlier checkout to compare with")
    chosen = parser.parse_args()
    workers = chosen.workers or default_workers()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "pictures"
        folder.mkdir()
        with ProcessPoolExecutor(workers) as pool:
            mixed = chosen.beside is None
            jobs = [(str(folder), number, mixed) for number in range(chosen.count)]
            list(pool.map(draw, jobs, chunksize=32))
        if chosen.beside is not None:
            result = beside(chosen.beside, folder, chosen.rounds)
            result = {"benchmark": "import_scan", "pictures": chosen.count, **result}
            print(json.dumps(result))
            return 0 if result["ok"] else 1
        files = sorted(str(path) for path in folder.rglob("*.*"))
        decoding, importing, first = [], [], []
        for _ in range(chosen.rounds):
            decoding.append(bare(files, workers))
            seconds, rows = imported(folder, workers, chosen.count)
            importing.append(seconds)
            first.append(rows)
    ratio = float(np.median(importing) / np.median(decoding))
    result = {
        "benchmark": "import_scan",
        "pictures": chosen.count,
        "workers": workers,
        "pillow_seconds": round(float(np.median(decoding)), 3),
        "import_seconds": round(float(np.median(importing)), 3),
        "first_rows_seconds": round(float(np.median(first)), 3),
        "ratio": round(ratio, 3),
        "bound": BOUND,
        "ok": ratio <= BOUND,
    }
    print(json.dumps(result))
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
