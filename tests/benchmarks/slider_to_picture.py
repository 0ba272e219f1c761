"""From a moved slider to the painted picture, beyond the bare forward pass: bound 2.5 ms at p95;
at 64 pixels at least 60 pictures a second.

    python tests/benchmarks/slider_to_picture.py [--family gan] [--size 64] [--rounds 200]

The real generation place with a model at the family's own preset. Every round moves a slider,
waits until the canvas has painted the answer, and then times `synthesize` alone on the same
point, on the same thread of the same room. `beyond_processor_ms` is what both threads worked
beyond the forward pass until then: a figure that other programs on the machine do not move, while
they do move the others, as the hand's thread and that of pictures wait for each other twice. JSON
on stdout.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.append(str(Path(__file__).resolve().parents[2]))

import numpy as np
from PIL import Image
from PySide6.QtCore import QEvent, QEventLoop, QPointF, Qt, QTimer
from PySide6.QtGui import QImage, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication

BOUND_MS, FEWEST_A_SECOND = 2.5, 60.0
WARM_UP = 10
PATIENCE_MS = 600_000
SETTLED_MS = 50
PICTURES = 16


class Watch:
    """Knows when the canvas has painted a picture that came after the slider moved."""

    def __init__(self) -> None:
        from studio.desktop.widgets.picture_view import PictureView

        self.loop = QEventLoop()
        self.waiting = self.fresh = False
        self.painted = self.worked = 0.0
        """When, and what the thread of the window had worked by then, in seconds."""
        paint, show = PictureView.paintEvent, PictureView.set_image

        def watched(view: PictureView, event: QPaintEvent) -> None:
            paint(view, event)
            if self.fresh:
                self.fresh = False
                self.painted, self.worked = time.perf_counter(), time.thread_time()
                self.loop.quit()

        def arrived(view: PictureView, image: QImage) -> None:
            self.fresh = self.waiting
            show(view, image)

        PictureView.set_image = arrived  # type: ignore[method-assign]
        # Qt asks for the method once a class, so this has to be there before the first view.
        PictureView.paintEvent = watched  # type: ignore[method-assign]


def wait_for(ready: Any) -> None:
    """Let the window live until `ready()`. A plain wait would keep the interpreter's lock."""
    loop = QEventLoop()
    poll = QTimer()
    poll.timeout.connect(lambda: loop.quit() if ready() else None)
    poll.start(20)
    QTimer.singleShot(PATIENCE_MS, lambda: loop.exit(1))
    if loop.exec():
        raise SystemExit("the canvas did not get ready")


def project_with_a_model(folder: Path, family: str, size: int) -> Path:
    """A project whose one run has hardly been trained: speed does not depend on the weights."""
    from studio.engine.dataset.intake.importer import import_sources
    from studio.engine.project import Project
    from studio.engine.training.planning import runs
    from studio.engine.training.session.loop import train

    chance = np.random.default_rng(0)
    (folder / "pictures").mkdir()
    for number in range(PICTURES):
        pixels = chance.integers(0, 256, (size, size, 3), np.uint8)
        Image.fromarray(pixels).save(folder / "pictures" / f"{number}.png")
    with Project.open(folder / "project", create=True) as project:
        for _ in import_sources(project, [folder / "pictures"], "set"):
            pass
        recipe = runs.create_run(project, "set", family, size, size, images=PICTURES, device="cpu")
        for _ in train(project.runs / recipe.run, project.folder, lambda: None, resume=False):
            pass
    return folder / "project"


@contextlib.contextmanager
def canvas(project: Path) -> Iterator[tuple[Any, Watch]]:
    """The real generation place on the screen; it does not know yet that a project is open."""
    app = QApplication.instance() or QApplication([])
    assert app is not None
    watch = Watch()
    try:
        from studio.desktop.base.studio import Studio
    except ModuleNotFoundError:  # as it was called before the chambers
        from studio.desktop.context import Studio
    from studio.desktop.app import SWITCH_SECONDS
    from studio.desktop.generation.room import GenerationRoom

    sys.setswitchinterval(SWITCH_SECONDS)  # as the program itself does
    studio = Studio()
    studio.settings.device = "cpu"
    studio.open_project(project)
    room = GenerationRoom(studio)
    room.resize(1280, 800)
    room.show()
    yield room, watch
    room.shutdown()
    room.close()
    studio.close_project()


def measure(place: Path, family: str, size: int, count: int) -> dict[str, object]:
    """Milliseconds of both sides, round by round."""
    from studio.desktop.generation import worker

    worker.SAMPLES = 500
    with canvas(project_with_a_model(place, family, size)) as (room, watch):
        room.project_opened(room.studio.project)
        ours, _, bare, processor = rounds(room, watch, count)
    return _result(ours, bare) | {
        "beyond_processor_ms": round(float(np.median(processor)), 3),
        "beyond_processor_p95_ms": round(float(np.percentile(processor, 95)), 3),
    }


def rounds(room: Any, watch: Watch, count: int) -> np.ndarray[Any, Any]:
    """[4, count] milliseconds: from the mouse to the picture, the forward pass inside that, a
    bare one after it, and the work of both threads beyond the pass."""
    import torch

    wait_for(lambda: room.controls.rows and room.controls.rows[0].slider.isEnabled())
    wait_for(lambda: room.side.sheet.ready() >= 15)  # those in sight
    wait_for(lambda: not room.session.busy)
    watch.waiting = True
    player = room.session._worker._player
    family = player.model.family if hasattr(player, "model") else player.family
    slider = room.controls.rows[0].slider
    bare, ours, passes = family.synthesize, [], []
    inside, alone, processor, worked = [], [], [], []
    soonest = room.session._worker.soonest

    def timed(*given: Any) -> Any:
        began, worked_before = time.perf_counter(), time.thread_time()
        made = bare(*given)
        worked.append(worked_before - time.thread_time())
        passes.append(1000 * (time.perf_counter() - began))
        return made

    def whole(recipe: Any) -> Any:
        began = time.thread_time()
        made = soonest(recipe)
        worked.append(time.thread_time() - began)
        return made

    def forward() -> None:
        w = torch.from_numpy(player.latent_of(room.editing.recipe()))[None]
        with torch.inference_mode():
            began = time.perf_counter()
            bare(w, 0)
            alone.append(1000 * (time.perf_counter() - began))

    family.synthesize, room.session._worker.soonest = timed, whole

    chance = np.random.default_rng(1)
    send(slider, QEvent.Type.MouseButtonPress, 0.5)
    for _ in range(count + WARM_UP):
        where = 0.5
        while abs(slider._at(where * slider.width()) - slider.value()) < 10:
            where = float(chance.uniform(0.1, 0.9))
        passes.clear()  # small pictures are drawn too, while the hand rests
        worked.clear()
        began, own = time.perf_counter(), time.thread_time()
        send(slider, QEvent.Type.MouseMove, where)
        watch.loop.exec()
        inside.append(passes[-1])
        ours.append(1000 * (watch.painted - began))
        processor.append(1000 * (watch.worked - own + sum(worked)))
        # The panels follow a frame later; neither side is to be measured beside them.
        QTimer.singleShot(SETTLED_MS, watch.loop.quit)
        watch.loop.exec()
        room.session._render.submit(forward, done=lambda _: watch.loop.quit())
        watch.loop.exec()
    send(slider, QEvent.Type.MouseButtonRelease, 0.5)
    return np.array([ours, inside, alone, processor])[:, WARM_UP:]


def send(widget: Any, kind: QEvent.Type, where: float) -> None:
    """The mouse, its left button down, at a share of the width."""
    place = QPointF(where * widget.width(), widget.height() / 2)
    left = Qt.MouseButton.LeftButton
    everywhere = widget.mapToGlobal(place)
    none = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QMouseEvent(kind, place, everywhere, left, left, none))


def _result(ours: np.ndarray[Any, Any], bare: np.ndarray[Any, Any]) -> dict[str, object]:
    p95, bare_p95 = float(np.percentile(ours, 95)), float(np.percentile(bare, 95))
    return {
        "ms": round(float(np.median(ours)), 3), "bare_ms": round(float(np.median(bare)), 3),
        "p95_ms": round(p95, 3), "bare_p95_ms": round(bare_p95, 3),
        "ratio": round(float(np.median(ours) / np.median(bare)), 4),
        "beyond_ms": round(float(np.median(ours) - np.median(bare)), 3),
        "beyond_p95_ms": round(p95 - bare_p95, 3),
        "a_second": round(1000 / float(np.median(ours)), 1), "bound_ms": BOUND_MS,
        "ok": p95 <= bare_p95 + BOUND_MS,
    }  # fmt: skip


def main() -> int:
    """Measure, print, and exit 1 when the bound is broken."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--family", default="gan")
    options.add_argument("--size", type=int, default=64)
    options.add_argument("--rounds", type=int, default=200)
    given = options.parse_args()
    from studio.engine import processes

    processes.sleep_soon()  # as the program itself does
    with tempfile.TemporaryDirectory() as name:
        os.environ["LATENT_STUDIO_HOME"] = str(Path(name) / "home")
        found = measure(Path(name), given.family, given.size, given.rounds)
    result = {
        "benchmark": "slider to picture", "family": given.family, "size": given.size,
        "rounds": given.rounds, **found,
    }  # fmt: skip
    if given.size == 64:
        result["ok"] = bool(found["ok"]) and float(str(found["a_second"])) >= FEWEST_A_SECOND
    print(json.dumps(result))
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
