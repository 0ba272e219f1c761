"""Every place as it is laid out and walked: in both languages, at every size, and at scale 2.

One window for all of it, since it takes a while to fill. What is asserted of each control alone
(tooltip, name, in reach of Tab) is in `widgets/test_controls.py`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSlider,
    QStackedWidget,
    QStyle,
    QStyleOptionComboBox,
    QToolButton,
    QWidget,
)

from studio.desktop import i18n
from studio.desktop.base.studio import Studio
from studio.desktop.base.tab_order import stops
from studio.desktop.widgets.panel import ElidedLabel, RoomHeader
from studio.desktop.window.main_window import MainWindow
from studio.desktop.window.top_bar import PLACES, Mark, place_title
from studio.engine.training.process import client
from tests.desktop.conftest import SAMPLE
from tests.desktop.training.support import Scripted

pytestmark = [
    pytest.mark.qt_log_ignore("plugin does not support", extend=True),
    pytest.mark.keeps,
]
ROOT = Path(__file__).resolve().parents[3]
WAIT = 120.0
SCALED = "QT_SCALE_FACTOR"
SIZES = ((1280, 800), (1440, 900), (2560, 1440))
VALUES = (QAbstractSpinBox, QComboBox, QLineEdit, QSlider)
STARTS = {"training.start", "training.measure", "training.remove", "generation.render"}
"""Actions that begin or end minutes of work."""
WRITES = {"dataset.page_metadata", "dataset.search", "training.rename", "training.search"}
"""Actions that are there to type words."""


def until(there: Callable[[], object]) -> None:
    deadline = time.monotonic() + WAIT
    while not there():
        assert time.monotonic() < deadline
        QApplication.processEvents()
        time.sleep(0.005)


def settled() -> None:
    for _ in range(4):
        QApplication.processEvents()


@pytest.fixture(scope="module")
def twice_as_large(sample: Path) -> Iterator[subprocess.Popen[str]]:
    """How everything is laid out at scale 2: in a process of its own beside the others, since a
    program has one scale for its life."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", __file__]
    child = subprocess.Popen(
        [*command, "-k", "cut_off"], env={**os.environ, SCALED: "2", SAMPLE: str(sample)},
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    with child:
        yield child
        child.kill()  # where nobody waited for it


@pytest.fixture(scope="module")
def walked(
    qapp, request: pytest.FixtureRequest, sample: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MainWindow]:
    """The window on the sample, every place visited and at rest."""
    if not os.environ.get(SCALED):
        request.getfixturevalue("twice_as_large")
    home = tmp_path_factory.mktemp("walked")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LATENT_STUDIO_HOME", str(home))
        for name in ("window.project_opener", "export.room"):
            patch.setattr(f"studio.desktop.{name}.pictures_folder", lambda: home / "Out")
        studio = Studio()
        studio.set_language("en")
        made = MainWindow(studio)
        made.resize(*SIZES[0])
        made.show()
        made.activateWindow()
        until(made.isActiveWindow)
        assert studio.open_project(shutil.copytree(sample, home / "Vases"))
        _visit(made)
        yield made
        made.close()
        until(lambda: not made.isVisible())
        made.deleteLater()
        studio.undo.clear()
        i18n.set_language("en")
        studio.deleteLater()


@pytest.fixture
def in_english(walked: MainWindow) -> Iterator[None]:
    """Afterwards."""
    yield
    walked.studio.set_language("en")


def _visit(window: MainWindow) -> None:
    generation = window.room("generation")
    until(lambda: len(window.room("dataset").model.ids) == 64)
    for place in PLACES:
        window.go(place)
        if place == "generation":
            until(lambda: not generation.view.image().isNull() and not generation.session.busy)
            until(generation.controls.rows[0].slider.isEnabled)
    until(lambda: window.room("training").form.basics is not None)
    until(lambda: window.room("export").list.count() == 2)
    for job in window.studio.jobs.of("evaluation"):
        job.cancel()
    until(lambda: not window.studio.jobs.of("evaluation"))


def name_of(widget: QWidget) -> str:
    text = widget.accessibleName() or getattr(widget, "text", str)()
    return f"{type(widget).__name__} {text!r} in {type(widget.parentWidget()).__name__}"


# ------------------------------------------------------------------ laid out


def test_nothing_is_cut_off_and_nothing_lies_over_another(walked: MainWindow) -> None:
    sizes = SIZES[:1] if os.environ.get(SCALED) else SIZES
    wrong = set()
    for language in i18n.LANGUAGES:
        walked.studio.set_language(language)
        for size in sizes:
            walked.resize(*size)
            for place in PLACES:
                walked.go(place)
                settled()
                found = (*cut_off(walked), *overlapping(walked.pages.currentWidget()))
                wrong |= {f"{language} {size[0]} {place}: {each}" for each in found}
    walked.studio.set_language("en")
    walked.resize(*SIZES[0])
    assert not wrong, "\n".join(sorted(wrong))


def cut_off(root: QWidget) -> Iterator[str]:
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or isinstance(widget, Mark):
            continue
        if _room_needed(widget) > _room_there(widget) + 1:
            yield f"the words of {name_of(widget)}"
        parent = widget.parentWidget()
        laid_out = parent.layout() is not None and not isinstance(parent, QStackedWidget)
        if laid_out and not parent.rect().adjusted(-1, -1, 1, 1).contains(widget.geometry()):
            yield f"an edge of {name_of(widget)}"


def _room_needed(widget: QWidget) -> int:
    """Of the words, across; of a label that breaks its lines, its longest word."""
    measured = widget.fontMetrics().horizontalAdvance
    if isinstance(widget, QLabel) and not isinstance(widget, ElidedLabel):
        words = widget.text().split() if widget.wordWrap() else widget.text().split("\n")
        fits = widget.text().isascii() or not widget.wordWrap()  # Chinese breaks anywhere
        return max(map(measured, words), default=0) if fits else 0
    if isinstance(widget, QAbstractButton):
        return 0 if _shows_icon_only(widget) else measured(widget.text())
    if isinstance(widget, QComboBox):
        return measured(widget.currentText())
    return measured(widget.text()) if isinstance(widget, QAbstractSpinBox) else 0


def _shows_icon_only(button: QAbstractButton) -> bool:
    style = Qt.ToolButtonStyle.ToolButtonIconOnly
    only = isinstance(button, QToolButton) and button.toolButtonStyle() == style
    return only and not button.icon().isNull()


def _room_there(widget: QWidget) -> int:
    if isinstance(widget, QComboBox):
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        control = QStyle.ComplexControl.CC_ComboBox
        return widget.style().subControlRect(control, option, field, widget).width()
    if isinstance(widget, QAbstractSpinBox):
        return widget.lineEdit().width()
    return widget.contentsRect().width()


def overlapping(root: QWidget) -> Iterator[str]:
    for parent in (root, *root.findChildren(QWidget)):
        apart = isinstance(parent, QAbstractItemView | QStackedWidget) or parent.layout() is None
        if apart or not parent.isVisible():
            continue
        beside = [
            each
            for each in parent.findChildren(
                QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly
            )
            if each.isVisible() and not each.isWindow()
        ]
        for place, one in enumerate(beside):
            for two in beside[place + 1 :]:
                shared = one.geometry().intersected(two.geometry())
                if shared.width() > 1 and shared.height() > 1:
                    yield f"{name_of(one)} and {name_of(two)} overlap"


def test_what_stands_in_a_bar_stands_in_one_line(walked: MainWindow) -> None:
    for language in i18n.LANGUAGES:
        walked.studio.set_language(language)
        for place in PLACES:
            walked.go(place)
            settled()
            for bar in walked.room(place).findChildren(RoomHeader):
                buttons = [each for each in bar.findChildren(QPushButton) if each.isVisible()]
                tops = {name_of(each): each.mapTo(bar, QPoint(0, 0)).y() for each in buttons}
                assert len(set(tops.values())) <= 1, (language, place, tops)
    walked.studio.set_language("en")


# ------------------------------------------------------------------ walked


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_tab_goes_as_one_reads(walked: MainWindow, language: str, in_english: None) -> None:
    """Down each column of a place, and from the left column to the right one."""
    walked.studio.set_language(language)
    for place in PLACES:
        walked.go(place)
        settled()
        room = walked.room(place)
        wanted = [each for each in stops(walked) if room.isAncestorOf(each)]
        wanted[0].setFocus()
        reached = [QApplication.focusWidget()]
        for _ in wanted[1:]:
            QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
            reached.append(QApplication.focusWidget())
        assert list(map(name_of, reached)) == list(map(name_of, wanted)), place
        for one, two in pairwise(reached):
            assert _reads_on(room, one, two), f"{place}: {name_of(one)} before {name_of(two)}"
        QTest.keyClick(reached[-1], Qt.Key.Key_Backtab)
        assert QApplication.focusWidget() is reached[-2]


def _reads_on(room: QWidget, one: QWidget, two: QWidget) -> bool:
    """Whether `two` is not above `one` where both are on the same sheet, nor left of its column."""
    sheet = one
    while sheet is not room and not sheet.isAncestorOf(two):
        sheet = sheet.parentWidget()
    first, second = (QRect(each.mapTo(sheet, QPoint(0, 0)), each.size()) for each in (one, two))
    return second.bottom() > first.top() or second.left() >= first.right()


def test_a_place_that_comes_up_takes_the_keys_with_what_it_is_about(walked: MainWindow) -> None:
    for place in (*PLACES, *reversed(PLACES)):
        walked.go(place)
        settled()
        main = walked.room(place).main_view()
        focus = QApplication.focusWidget()
        assert focus is main or (main.focusProxy() or main).isAncestorOf(focus), place


# ------------------------------------------------------------------ moved


def _places(page: QWidget) -> dict[QWidget, QRect]:
    kinds = (QAbstractButton, QAbstractScrollArea, *VALUES)
    found = [each for kind in kinds for each in page.findChildren(kind) if each.isVisible()]
    return {each: QRect(each.mapTo(page, QPoint(0, 0)), each.size()) for each in found}


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_no_control_moves_when_a_notice_or_a_search_comes_and_goes(
    walked: MainWindow, language: str, in_english: None
) -> None:
    walked.studio.set_language(language)
    for place in PLACES:
        walked.go(place)
        settled()
        before = _places(walked.pages.currentWidget())
        walked.studio.notices.warn(f"It moved in {place}.", "details", ("Undo", lambda: None))
        settled()
        assert _places(walked.pages.currentWidget()) == before, place
    walked.go("dataset")
    dataset = walked.room("dataset")
    before = _places(dataset)
    for text in ("no such picture", "vase-01", ""):
        dataset.header.search.setText(text)
        until(lambda text=text: dataset.gallery.view.text == text and not dataset.gallery.arranging)
        settled()
        now = _places(dataset)
        moved = [name_of(each) for each in before.keys() & now.keys() if before[each] != now[each]]
        assert not moved, (text, moved)


# ------------------------------------------------------------------ said


def test_numbers_that_mean_the_same_are_the_same(walked: MainWindow) -> None:
    dataset, training = walked.room("dataset"), walked.room("training")
    walked.go("dataset")
    settled()
    shown = {entry.key: int(entry.count) for entry in dataset.side.findings.entries()}
    header = [int(n) for n in re.findall(r"\d+", dataset.header.facts.text())]
    assert header == [shown["trains"], shown["held_out"]]
    assert f" {shown['trains']} " in dataset.inspector.train.text()
    assert dataset.header.count.text().split()[0] == str(shown["everything"])
    assert f" {shown['everything']} " in training.form.pictures.choice.currentText()
    assert shown["trains"] + shown["held_out"] + shown["excluded"] == shown["everything"]


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_undo_says_what_and_where(
    walked: MainWindow, language: str, in_english: None
) -> None:
    studio, generation = walked.studio, walked.room("generation")
    studio.set_language(language)
    walked.go("dataset")
    dataset = walked.room("dataset")
    dataset.grid.setCurrentIndex(dataset.model.index(0))
    dataset.selection.include(False)
    until(studio.undo.canUndo)
    walked.go("generation")
    generation.editing.set_seed(7)
    walked.go("refinement")
    walked.room("refinement").panel.editor.add_step("exposure")
    until(lambda: studio.undo.count() >= 3)
    while studio.undo.canUndo():
        step, place = studio.undo.undoText(), studio.undo.place_at(studio.undo.index() - 1)
        assert step
        assert place in PLACES
        assert step in studio.actions.get("window.undo").text()
        walked.go("export")
        studio.actions.get("window.undo").trigger()
        settled()
        assert walked.place == place
        said = i18n.said(studio.notices.history[-1].sentence)
        assert step in said
        assert place_title(place) in said


# ------------------------------------------------------------------ done


def test_to_begin_and_end_work_leaves_the_keys_in_no_value(
    walked: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Buttons that go, or can no longer be pressed, hand the keys to nothing that they change."""
    monkeypatch.setattr(client, "TrainingProcess", lambda *_, **__: Scripted())
    walked.go("training")
    training = walked.room("training")
    form, panel = training.form, training.panel
    until(form.start.isEnabled)

    def pressed(button: QAbstractButton, has_come: Callable[[], object]) -> None:
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_Space)
        until(has_come)
        settled()
        focus = QApplication.focusWidget()
        assert not isinstance(focus, VALUES), f"{name_of(button)}: {name_of(focus)}"

    pressed(form.start, lambda: panel.live is not None and panel.live.isEnabled())
    live = panel.live.editors["batch_size"]
    assert "batch" not in panel.facts.values, "what may be changed is not called fixed"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_4)
    assert live.value() == form.forms.values()["batch_size"]
    pressed(panel.stop, lambda: not training.session.training)
    walked.go("export")
    export = walked.room("export")
    until(export.origin.export.isEnabled)
    pressed(export.origin.export, lambda: not export.leaving.is_busy)


def test_no_action_leaves_the_keys_in_a_value(
    walked: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of the window: it leaves every place as the actions have it."""
    for name, none in (
        ("getExistingDirectory", ""), ("getOpenFileName", ("", "")),
        ("getOpenFileNames", ([], "")), ("getSaveFileName", ("", "")),
    ):  # fmt: skip
        monkeypatch.setattr(QFileDialog, name, lambda *_, none=none, **__: none)
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda *_: True)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("", False))
    monkeypatch.setattr(QMenu, "popup", lambda *_: None)
    monkeypatch.setattr(QMenu, "exec", lambda *_: None)
    tried = 0
    for place in PLACES:
        for entry in walked.studio.actions.all():
            if entry.room != place or entry.id in STARTS | WRITES:
                continue
            walked.go(place)
            entry.action.trigger()
            settled()
            while (menu := QApplication.activePopupWidget()) is not None:  # Esc
                menu.close()
            focus = QApplication.focusWidget()
            assert not isinstance(focus, VALUES), f"{entry.id}: {name_of(focus)}"
            tried += 1
    while walked.studio.undo.canUndo():
        walked.studio.undo.undo()
    assert tried > 60


@pytest.mark.skipif(bool(os.environ.get(SCALED)), reason="this is the child")
def test_nothing_is_cut_off_at_scale_2_either(twice_as_large: subprocess.Popen[str]) -> None:
    said, _ = twice_as_large.communicate(timeout=600)
    assert twice_as_large.returncode == 0, said[-2000:]
    assert "1 passed" in said
