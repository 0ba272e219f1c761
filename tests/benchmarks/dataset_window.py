"""A hundred thousand pictures in the dataset place: first rows, beat, scrolling, sorting, memory.

    python tests/benchmarks/dataset_window.py [ROWS]

The rows go straight into the index and thumbnails come from a stand-in, so that only the
place itself is measured. The bounds are those of the house; the same place on an empty
project is the baseline of memory. Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PIL import Image
from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

BEAT_MS = 4
BOUNDS = {"first_rows_s": 1.0, "beat_max_ms": 50.0, "scroll_frame_p95_ms": 8.0, "memory_mb": 250.0}
KINDS = ("blurred", "tiny", "dark", "near_duplicate")


class Beat(QObject):
    """Gaps between the beats of a precise timer, in ms, from the first `take` on."""

    def __init__(self) -> None:
        super().__init__()
        self._gaps: list[float] = []
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._clock.start()
        self._timer.start(BEAT_MS)

    def take(self) -> np.ndarray:
        """What was heard since the last call."""
        gaps, self._gaps = self._gaps, []
        return np.array(gaps or [0.0])

    def _beat(self) -> None:
        self._gaps.append(self._clock.nsecsElapsed() / 1e6)
        self._clock.restart()


class Frames(QObject):
    """How long one widget takes to paint, in ms."""

    def __init__(self, widget: Any) -> None:
        super().__init__(widget)
        self.took: list[float] = []
        self._busy = False
        self._widget = widget
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the paint event through and time it."""
        if event.type() != QEvent.Type.Paint or self._busy:
            return False
        self._busy = True
        began = time.perf_counter()
        QApplication.sendEvent(watched, event)
        self.took.append(1000 * (time.perf_counter() - began))
        self._busy = False
        return True


def fill(folder: Path, count: int) -> None:
    """A project whose index has `count` rows of pictures that are not there."""
    from studio.engine.dataset.index import store
    from studio.engine.project import Project

    random = np.random.default_rng(0)
    with Project.open(folder, create=True) as project:
        dataset = store.add_dataset(project, "many")
        source = store.add_source(project, dataset.id, folder / "pictures", "folder")
        with project.transaction() as connection:
            for number, values in enumerate(_rows(folder, count, random)):
                values |= {"dataset_id": dataset.id, "source_id": source.id}
                key = store.insert_item(connection, values)
                if number % 8 == 0:
                    data = {"of": key - 1, "alike": 98.0, "value": 1.0, "limit": 2.0}
                    kind = KINDS[number // 8 % len(KINDS)]
                    store.add_findings(connection, [(key, kind, "Stand-in.", data)])


def _rows(folder: Path, count: int, random: np.random.Generator) -> Iterator[dict[str, Any]]:
    for number in range(count):
        name = f"IMG {int(random.integers(1_000_000))} scene {number % 97}.jpg"
        colour = [int(level) for level in random.integers(0, 256, 3)]
        sharp = float(random.uniform(0, 900))
        yield {
            "path": folder / "pictures" / f"{number}-{name}", "member": "", "name": name,
            "bytes": 90_000 + number, "mtime_ns": int(random.integers(1, 2**60)),
            "sha256": f"{number:064x}", "format": "JPEG", "mode": "RGB",
            "width": int(random.integers(200, 4000)), "height": int(random.integers(200, 4000)),
            "channels": 3, "label": f"label {number % 12}", "caption": f"a caption of {number}",
            "usable": True, "included": number % 10 != 0, "rating": number % 6,
            "facts": {"colour": colour, "sharpness": sharp, "deviation": 40.0},
        }  # fmt: skip


def until(ready: Callable[[], bool], seconds: float = 60.0) -> float:
    """Let the window live until `ready`; seconds that took."""
    began = time.perf_counter()
    while not ready():
        QApplication.processEvents()
        time.sleep(0.0005)
        if time.perf_counter() - began > seconds:
            raise SystemExit("The window did not get there in a minute.")
    return time.perf_counter() - began


def live(seconds: float) -> None:
    """Let the window live."""
    ends = time.perf_counter() + seconds
    until(lambda: time.perf_counter() >= ends, seconds + 60)


def memory_mb() -> float:
    """Resident memory of this process."""
    with Path("/proc/self/status").open(encoding="ascii") as stream:
        return next(int(line.split()[1]) / 1024 for line in stream if line.startswith("VmRSS"))


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        os.environ["LATENT_STUDIO_HOME"] = str(Path(name) / "home")
        fill(Path(name) / "empty", 0)
        fill(Path(name) / "project", count)
        print(json.dumps(measure(Path(name) / "project", count)))


def measure(project: Path, count: int) -> dict[str, object]:
    """Open, load, scroll, sort, filter, search."""
    from studio.desktop.app import SWITCH_SECONDS
    from studio.desktop.base.studio import Studio
    from studio.desktop.dataset.room import DatasetRoom
    from studio.desktop.dataset.session import worker
    from studio.engine.project import Project

    tile = project.parent / "tile.png"
    Image.radial_gradient("L").convert("RGB").save(tile)
    worker.decode.read_thumbnails = lambda _project, items, _size, _stop: (  # type: ignore[assignment]
        (item, tile) for item in items
    )
    sys.setswitchinterval(SWITCH_SECONDS)  # as the program does
    app = QApplication.instance() or QApplication([])
    studio = Studio()
    studio.set_language("en")
    room: Any = DatasetRoom(studio)
    room.resize(1280, 760)
    room.show()
    room.project_opened(Project.open(project.parent / "empty"))
    live(1.0)
    room.project_closed()
    before, beat = memory_mb(), Beat()
    began = time.perf_counter()
    room.project_opened(Project.open(project))
    until(lambda: room.model.rowCount() > 0)
    first = time.perf_counter() - began
    until(lambda: room.model.rowCount() == count and not room.session.loading)
    loaded = time.perf_counter() - began
    live(1.0)
    loading = beat.take()
    frames = scroll(room)
    beat.take()
    changes = {name: change(room, beat, **view) for name, view in _CHANGES.items()}
    gaps = np.concatenate([loading, *(heard for _, heard in changes.values())])
    found: dict[str, object] = {
        "rows": count,
        "first_rows_s": round(first, 3),
        "loaded_s": round(loaded, 2),
        "beat_p99_ms": round(float(np.percentile(gaps, 99)), 1),
        "beat_max_ms": round(float(gaps.max()), 1),
        "loading_beat_p99_ms": round(float(np.percentile(loading, 99)), 1),
        "loading_beat_max_ms": round(float(loading.max()), 1),
        "scroll_frame_p95_ms": round(float(np.percentile(frames, 95)), 2),
        "sort_gui_ms": max(round(float(heard.max()), 1) for _, heard in changes.values()),
        "seconds": {name: round(took, 3) for name, (took, _) in changes.items()},
        "gui_ms": {name: round(float(heard.max()), 1) for name, (_, heard) in changes.items()},
        "memory_mb": round(memory_mb() - before, 1),
        "bounds": BOUNDS,
    }
    room.shutdown()
    app.processEvents()
    return found


_CHANGES: dict[str, dict[str, Any]] = {
    "sort by name": {"sort": "name"},
    "sort by size": {"sort": "size"},
    "sort by date": {"sort": "date"},
    "sort by finding": {"sort": "finding"},
    "filter by finding": {"sort": "imported", "kind": "blurred"},
    "filter by label": {"kind": "everything", "label": "label 7"},
    "search": {"label": None, "text": "scene 42"},
    "everything": {"text": ""},
}


def scroll(room: Any) -> list[float]:
    """Times of painting while the grid is scrolled through, tiles arriving meanwhile."""
    frames, bar = Frames(room.grid.viewport()), room.grid.verticalScrollBar()
    for step in range(300):
        jump = 90 if step % 10 else bar.maximum() // 40
        bar.setValue((bar.value() + jump) % max(1, bar.maximum()))
        live(0.012)
    return frames.took


def change(room: Any, beat: Beat, **view: Any) -> tuple[float, np.ndarray]:
    """Seconds until another view is shown, and the beats meanwhile."""
    live(0.3)
    beat.take()
    room.gallery.change_view(**view)
    took = until(lambda: not getattr(room, "arranging", False))
    live(0.2)
    return took, beat.take()


if __name__ == "__main__":
    main()
