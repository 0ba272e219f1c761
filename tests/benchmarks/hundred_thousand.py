"""A folder of 100,000 real pictures: first scan, cancel, resume, re-scan, re-open.

    python tests/benchmarks/hundred_thousand.py [--count 100000] [--folder F]

The pictures are those of `import_scan.py` (no links, no copies: every one is decoded), kept in
`--folder` where one is named. The scan is measured against bare Pillow decoding of the same files
in as many processes. Both read files that the system has been made to forget: a set of this size
does not stay in memory, and whoever reads it second would find what the first left there. The
scan is cancelled three times on the way and taken up again, and the seconds are those of all
parts together. Then a tenth of a percent of the files is changed and the folder scanned again.
Prints one JSON object; exit 1 beyond a bound of the house.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from import_scan import bare, draw

from studio.engine.dataset.decoding.sandbox import default_workers
from studio.engine.dataset.index import listed_rows, store
from studio.engine.dataset.intake.importer import Finished, Found, import_sources
from studio.engine.project import Project

BOUNDS = {
    "first_rows_seconds": 1.0, "scan_ratio": 1.5, "cancel_seconds": 0.2, "reopen_seconds": 1.5,
}  # fmt: skip
STOPS = (0.02, 0.4, 0.8)
"""How far the scan is when it is cancelled, as shares of the set."""


@dataclass
class Scan:
    """One project scanned in parts."""

    project: Path
    folder: Path
    seconds: float = 0.0
    first_rows: float = 0.0
    cancels: list[float] = field(default_factory=list)
    decoded: list[int] = field(default_factory=list)

    def part(self, until: int | None) -> Finished:
        """Scan on; cancelled once this many rows came, None to the end. Leaves how long it took."""
        rows, asked = 0, [0.0]
        with Project.open(self.project, create=True) as project:
            began = time.perf_counter()
            for event in import_sources(project, [self.folder], "many", lambda: bool(asked[0])):
                if isinstance(event, Found):
                    rows += len(event.items)
                    self.first_rows = self.first_rows or time.perf_counter() - began
                    if until is not None and rows >= until and not asked[0]:
                        asked[0] = time.perf_counter()
            ended = time.perf_counter()
        if asked[0]:
            self.cancels.append(ended - asked[0])
        self.seconds += ended - began
        self.decoded.append(rows)
        if not isinstance(event, Finished):
            raise SystemExit("The scan did not finish.")
        return event


def forget(files: list[str]) -> None:
    """Have the system drop what it keeps of these files, where it can be asked to."""
    if not hasattr(os, "posix_fadvise"):
        return
    os.sync()
    for path in files:
        handle = os.open(path, os.O_RDONLY)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


def reopened(folder: Path) -> float:
    """Seconds until all rows of the project are in memory again, as the grid reads them."""
    began = time.perf_counter()
    with Project.open(folder) as project:
        dataset, last = store.datasets(project)[0], 0
        while part := listed_rows.after(project, dataset.id, last, 4000):
            last = part[-1].id
        store.counts(project, dataset.id)
    return time.perf_counter() - began


def measure(folder: Path, count: int, project: Path) -> dict[str, object]:
    """The whole day of a large folder."""
    workers = default_workers()
    files = sorted(str(path) for path in folder.rglob("*.*"))[:count]
    if len(files) != count:
        raise SystemExit(f"{folder} holds {len(files)} pictures, not {count}: name an empty one.")
    forget(files)
    scan = Scan(project, folder)
    for share, following in zip((0.0, *STOPS), STOPS, strict=False):
        scan.part(int(count * (following - share)))
    end = scan.part(None)
    if end.usable != count:
        raise SystemExit(f"{end.usable} of {count} pictures came in.")
    forget(files)
    pillow = bare(files, workers)
    changed = files[::1000]
    for path in changed:
        os.utime(path)
    again = Scan(project, folder)
    again.part(None)
    return {
        "benchmark": "hundred_thousand", "pictures": count, "workers": workers,
        "first_rows_seconds": round(scan.first_rows, 3),
        "scan_seconds": round(scan.seconds, 1), "pillow_seconds": round(pillow, 1),
        "files_cached": not hasattr(os, "posix_fadvise"),
        "scan_ratio": round(scan.seconds / pillow, 3),
        "cancel_seconds": round(max(scan.cancels), 3), "decoded_in_parts": scan.decoded,
        "rescan_seconds": round(again.seconds, 2), "rescan_decoded": again.decoded[0],
        "changed": len(changed),
        "reopen_seconds": round(reopened(project), 3),
    }  # fmt: skip


def main() -> int:
    """Draw, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = chosen.folder or Path(place) / "pictures"
        made = len(list(folder.rglob("*.*"))) if folder.exists() else 0
        folder.mkdir(parents=True, exist_ok=True)
        with ProcessPoolExecutor(default_workers()) as pool:
            jobs = [(str(folder), number) for number in range(made, chosen.count)]
            list(pool.map(draw, jobs, chunksize=64))
        found = measure(folder, chosen.count, Path(place) / "project")
    beyond = [name for name, bound in BOUNDS.items() if float(str(found[name])) > bound]
    if found["rescan_decoded"] != found["changed"]:
        beyond.append("rescan_decoded")
    print(json.dumps({**found, "bounds": BOUNDS, "beyond": beyond, "ok": not beyond}))
    return 0 if not beyond else 1


if __name__ == "__main__":
    sys.exit(main())
