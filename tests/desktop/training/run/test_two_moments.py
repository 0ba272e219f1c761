"""Two moments of a run, or of two runs, beside each other; by mouse and keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from studio.desktop.training.room import TrainingRoom
from studio.desktop.training.run.samples import SamplesPanel
from studio.engine.training.planning import runs
from studio.engine.training.record.sample_sheet import path_of, write_sheet
from tests.desktop.training.support import WAIT

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
CLICK, ALT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier
TINY = {"latent_dim": 8, "top_width": 8, "width": 8, "batch_size": 4}


@pytest.fixture
def two(studio) -> list[str]:
    """Two runs; the grey of their sheets is how far they were, in tens of pictures."""
    names = []
    for moments in ((10, 20, 30, 40, 50), (20, 40, 60)):
        name = runs.create_run(
            studio.project, "Squares", "vae", 16, 16, images=8, overrides=TINY
        ).run
        for seen in moments:
            cells = np.full((4, 16, 16, 3), seen, np.uint8)
            write_sheet(cells, 2, path_of(studio.project.runs / name, seen))
        names.append(name)
    return names


@pytest.fixture
def samples(two: list[str], room: TrainingRoom, qtbot) -> SamplesPanel:
    """The panel with the first run in view, at its newest moment."""
    room.session.view(two[0])
    panel = room.centre.samples
    qtbot.waitUntil(lambda: grey(panel) == 50, timeout=WAIT)
    room.setFocus()
    return panel


def grey(panel: SamplesPanel) -> int:
    return -1 if panel.view.image.isNull() else panel.view.image.pixelColor(2, 2).red()


def other_grey(panel: SamplesPanel) -> int:
    image = panel.other_view.image
    return -1 if image.isNull() else image.pixelColor(2, 2).red()


def test_then_and_now_stand_side_by_side(samples: SamplesPanel, room: TrainingRoom, qtbot) -> None:
    assert not samples.other_view.isVisible()
    qtbot.keyClick(room, Qt.Key.Key_B)
    assert samples.other_view.isVisible()
    qtbot.waitUntil(lambda: (other_grey(samples), grey(samples)) == (10, 50), timeout=WAIT)
    assert samples.other_view.geometry().right() < samples.view.geometry().left()
    assert samples.other_view.height() == samples.view.height()
    qtbot.keyClick(room, Qt.Key.Key_Right, ALT)
    qtbot.waitUntil(lambda: (other_grey(samples), grey(samples)) == (20, 50), timeout=WAIT)
    qtbot.keyClick(room, Qt.Key.Key_Comma)
    qtbot.waitUntil(lambda: (other_grey(samples), grey(samples)) == (20, 40), timeout=WAIT)
    qtbot.mouseClick(samples.together, CLICK, pos=QPoint(8, samples.together.height() // 2))
    assert samples.together.isChecked()
    qtbot.keyClick(room, Qt.Key.Key_Comma)
    qtbot.waitUntil(lambda: (other_grey(samples), grey(samples)) == (10, 30), timeout=WAIT)
    samples.other.slider.setFocus()
    qtbot.keyClick(samples.other.slider, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: (other_grey(samples), grey(samples)) == (20, 40), timeout=WAIT)
    qtbot.mouseClick(samples.beside, CLICK)
    assert not samples.other_view.isVisible()
    assert not samples.together.isVisible()


def test_one_lens_lies_over_the_same_place_of_both(samples: SamplesPanel, qtbot) -> None:
    samples.toggle()
    qtbot.waitUntil(lambda: other_grey(samples) == 10, timeout=WAIT)
    place = samples.view.places()[0]
    at = place.center()
    before = samples.other_view.grab().toImage()
    qtbot.mouseMove(samples.view, at)
    qtbot.waitUntil(lambda: samples.other_view.lens is not None, timeout=WAIT)
    cell, share = samples.other_view.lens
    assert (cell, round(share.x(), 1), round(share.y(), 1)) == (0, 0.5, 0.5)
    assert samples.view.lens == samples.other_view.lens
    assert samples.other_view.grab().toImage() != before
    qtbot.mouseMove(samples.view, QPoint(1, 1))
    qtbot.waitUntil(lambda: samples.other_view.lens is None, timeout=WAIT)
    samples.toggle()
    qtbot.mouseMove(samples.view, at)
    assert samples.view.lens is None


def test_two_runs_stand_side_by_side_after_as_many_pictures(
    samples: SamplesPanel, two: list[str], room: TrainingRoom, studio, qtbot
) -> None:
    samples.toggle()
    room.centre.other.choose(two[1])
    qtbot.waitUntil(lambda: (other_grey(samples), grey(samples)) == (40, 50), timeout=WAIT)
    assert samples.together.isChecked()
    assert (samples.other_caption.text(), samples.caption.text()) == ("VAE 16 a2", "VAE 16")
    assert samples.caption.isVisible()
    samples.scrubber.go_to(30)
    qtbot.waitUntil(lambda: (other_grey(samples), grey(samples)) == (20, 30), timeout=WAIT)
    samples.other.slider.setValue(2)
    qtbot.waitUntil(lambda: (other_grey(samples), grey(samples)) == (60, 50), timeout=WAIT)
    room.centre.other.choose("")
    qtbot.waitUntil(lambda: (other_grey(samples), grey(samples)) == (10, 50), timeout=WAIT)
    assert not samples.together.isChecked()
    assert not samples.caption.isVisible()
    room.session.view(two[1])
    qtbot.waitUntil(lambda: (other_grey(samples), grey(samples)) == (20, 60), timeout=WAIT)
    room._show_form()
    assert not samples.other_view.isVisible()
    studio.set_language("zh_CN")
    assert samples.together.text() == "一起"
    studio.set_language("en")
