"""The frame of the window: palette, notices, languages, themes, the end and the beginning."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QUndoCommand
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QSpinBox,
    QWidget,
)

from studio.desktop import i18n, theme
from studio.desktop.base.studio import Studio
from studio.desktop.base.undo_step import UndoStep
from studio.desktop.notices.notice_view import NoticeCard
from studio.desktop.window.main_window import MainWindow
from studio.desktop.window.top_bar import PLACES
from studio.engine import settings

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
ROOT = Path(__file__).resolve().parents[3]
WAIT = 60_000
CONTROL = Qt.KeyboardModifier.ControlModifier


def cards(window: MainWindow) -> list[NoticeCard]:
    """From the top to the bottom."""
    shown = [card for card in window.findChildren(NoticeCard) if card.isVisible()]
    return sorted(shown, key=lambda card: card.y())


@pytest.fixture
def empty_project(window: MainWindow, tmp_path: Path) -> MainWindow:
    """The window on a project with nothing in it."""
    assert window.studio.new_project(tmp_path / "Empty")
    return window


# ------------------------------------------------------------------ commands


def test_the_palette_finds_and_runs_a_command_by_keys_alone(empty_project, qtbot) -> None:
    window = empty_project
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    palette = window._palette
    assert palette.isVisible()
    assert QApplication.focusWidget() is palette.field
    everything = palette.list.count()
    qtbot.keyClicks(palette.field, "go REFINE")
    assert 0 < palette.list.count() < everything
    assert "Go to Refinement" in palette.list.currentItem().text()
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert window.place == "refinement"


def test_the_palette_walks_closes_and_finds_english_in_chinese(empty_project, qtbot) -> None:
    window = empty_project
    before = QApplication.focusWidget()
    window.studio.set_language("zh_CN")
    window.open_palette()
    palette = window._palette
    qtbot.keyClicks(palette.field, "go to")
    assert palette.list.count() == len(PLACES)
    assert "前往" in palette.list.currentItem().text()
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentRow() == 1
    qtbot.keyClick(palette.field, Qt.Key.Key_Up)
    qtbot.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.list.currentRow() == 0
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert window.place == "dataset"
    assert before is None or window.isActiveWindow()


def test_the_palette_reaches_the_commands_of_other_places(empty_project, qtbot) -> None:
    window = empty_project
    window.open_palette()
    palette = window._palette
    first = palette.list.item(0).text()
    assert first.startswith("Dataset: "), "the place on the screen comes first"
    qtbot.keyClicks(palette.field, "refinement before")
    assert palette.list.currentItem().text().startswith("Refinement: Compare before and after")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert window.place == "refinement"
    assert window.room("refinement").header.compare.isChecked()
    window.studio.close_project()
    window.open_palette()
    qtbot.keyClicks(palette.field, "refinement before")
    assert not palette.list.item(0).flags() & Qt.ItemFlag.ItemIsEnabled
    assert not window.status.saved.isVisible()


def test_the_palette_shows_what_cannot_be_done_now_and_does_not_do_it(window, qtbot) -> None:
    window.open_palette()
    palette = window._palette
    qtbot.keyClicks(palette.field, "undo")
    assert palette.list.count() == 1
    assert not palette.list.item(0).flags() & Qt.ItemFlag.ItemIsEnabled
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()
    qtbot.keyClicks(palette.field, " no such command")
    assert palette.list.count() == 0
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_shortcuts_can_be_changed_in_the_settings(qtbot) -> None:
    from studio.desktop.base.actions import ActionRegistry

    done = []
    registry = ActionRegistry(None, {"window.keys": "Ctrl+Alt+H"})
    action = registry.add("window.keys", "Shortcuts", lambda: done.append(1), "F1")
    assert action.shortcut().toString() == "Ctrl+Alt+H"
    again = registry.add("window.keys", "Shortcuts", lambda: done.append(2), "F1")
    assert [entry.action for entry in registry.all()] == [again]
    again.trigger()
    assert done == [2]
    with pytest.raises(KeyError):
        registry.get("nothing")


# ------------------------------------------------------------------ notices


def test_notices_come_stack_and_never_take_the_focus(window, qtbot) -> None:
    button = window.welcome.ways[1].button
    button.setFocus()
    for number in range(6):
        window.studio.notices.warn(f"Sentence {number}")
        assert QApplication.focusWidget() is button
    shown = cards(window)
    assert [card.notice.sentence for card in shown] == [f"Sentence {n}" for n in (2, 3, 4, 5)]
    assert all(not a.geometry().intersects(b.geometry()) for a, b in pairwise(shown))
    assert all(window.rect().contains(card.geometry().center()) for card in shown)
    for widget in shown[0].findChildren(QWidget):
        assert not isinstance(widget, QAbstractButton) or not widget.focusPolicy()
    qtbot.mouseClick(shown[0].close_button, Qt.MouseButton.LeftButton)
    assert len(cards(window)) == 3
    assert len(window.studio.notices.history) == 6


@pytest.mark.parametrize("kind", ["info", "warn", "error"])
def test_details_are_copied_whole(window, qtbot, kind: str) -> None:
    notice = getattr(window.studio.notices, kind)("It failed: try again.", "Trace\nline 2")
    (card,) = cards(window)
    assert card.objectName() == ("raised" if kind == "info" else "notice")
    copy = next(b for b in card.findChildren(QAbstractButton) if b.text() == "Copy details")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    assert text == notice.as_text()
    assert text.endswith(f"{kind}: It failed: try again.\n\nTrace\nline 2")


def test_a_notice_goes_by_itself_but_not_while_the_mouse_moves_on_it(window, qtbot) -> None:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QEnterEvent

    window.studio.notices.info("Seen")
    (card,) = cards(window)
    here = QPointF(card.rect().center())
    QApplication.sendEvent(card, QEnterEvent(here, here, here))
    assert card._clock.isActive(), "it slid in under a mouse that rests"
    qtbot.mouseMove(card.words, QPoint(5, 5))
    qtbot.mouseMove(card.words, QPoint(9, 9))
    qtbot.waitUntil(lambda: not card._clock.isActive())
    card.leaveEvent(QEvent(QEvent.Type.Leave))
    assert card._clock.isActive()
    card._clock.setInterval(1)
    qtbot.waitUntil(lambda: not cards(window), timeout=WAIT)


def test_the_history_is_walked_by_keys_and_does_what_a_notice_offered(window, qtbot) -> None:
    done: list[str] = []
    window.studio.notices.warn("Two files cannot be used.", "a.png\nb.png",
                               ("Show them", lambda: done.append("shown")),
                               ("Undo", lambda: done.append("undone")))  # fmt: skip
    window.studio.notices.info("Later")
    button = window.welcome.ways[1].button
    button.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_F8)
    history = window.notice_view.history
    assert history.isVisible()
    assert QApplication.focusWidget() is history.list
    assert [history.list.item(n).text()[7:] for n in range(2)] == [
        "Later", "Two files cannot be used.",
    ]  # fmt: skip
    assert not history.act.isVisible()
    qtbot.keyClick(history.list, Qt.Key.Key_Down)
    assert history.detail.toPlainText() == "a.png\nb.png"
    window.studio.notices.info("One more while it is open")
    assert history.list.currentRow() == 2
    qtbot.mouseClick(history.copy, Qt.MouseButton.LeftButton)
    assert "b.png" in QGuiApplication.clipboard().text()
    history.list.setFocus()
    qtbot.keyClick(history.list, Qt.Key.Key_Escape)
    assert not history.isVisible()
    assert QApplication.focusWidget() is button
    for button in (history.act, history.other):
        window.notice_view.toggle_history()
        history.list.setCurrentRow(2)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert not history.isVisible()
    assert done == ["shown", "undone"]


def test_only_the_last_two_hundred_notices_are_kept() -> None:
    from studio.desktop.notices.notices import KEPT, Notices

    notices = Notices()
    for number in range(KEPT + 50):
        notices.info(str(number))
    assert [n.sentence for n in notices.history] == [str(n) for n in range(50, KEPT + 50)]


# ------------------------------------------------------------------ languages and themes


def visible_texts(window: MainWindow) -> Iterator[tuple[QWidget, str]]:
    """Everything that can be read in the window, in every place, and every tooltip."""
    for widget in window.findChildren(QWidget):
        parent = widget.parentWidget()
        if parent is not None and parent.objectName() == "healthCard":
            continue  # like a notice: it stays in the language that it was said in
        if isinstance(widget, QLabel | QAbstractButton):
            yield widget, widget.text()
        if isinstance(widget, QLineEdit):
            yield widget, widget.placeholderText()
        if isinstance(widget, QComboBox):
            for place in range(widget.count()):
                yield widget, widget.itemText(place)
        yield widget, widget.toolTip()
        yield widget, widget.accessibleName()
    for menu in window.findChildren(QMenu):
        for action in menu.actions():
            yield menu, action.text()


def still_english(window: MainWindow) -> list[str]:
    """Texts that are words of the catalogue and were not translated."""
    english = {key for key, value in i18n.catalogue("zh_CN").items() if key != value}
    english |= {key.upper() for key in english}
    return sorted({text for _, text in visible_texts(window) if text in english})


def test_the_language_changes_every_text_of_every_place_and_back(full_window) -> None:
    window = full_window
    before = [(widget, text) for widget, text in visible_texts(window)]
    window.studio.set_language("zh_CN")
    # Families are called what their authors call them in lists of runs and choices of terms.
    assert not still_english(window), still_english(window)
    translated = [text for _, text in visible_texts(window)]
    assert sum(any("\u4e00" <= sign <= "\u9fff" for sign in text) for text in translated) > 300
    window.studio.set_language("en")
    after = [(widget, text) for widget, text in visible_texts(window)]
    chinese = {t for _, t in after if any("\u4e00" <= s <= "\u9fff" for s in t)}
    assert chinese <= {"简体中文"}
    assert {text for _, text in before} - {text for _, text in after} == set()
    assert window.studio.settings.language == "en"


def test_the_theme_changes_and_is_remembered(window, qtbot) -> None:
    def shade() -> str:
        return window.grab().toImage().pixelColor(window.width() // 2, 120).name()

    assert shade() == theme.DARK.window
    qtbot.mouseClick(window.status.theme, Qt.MouseButton.LeftButton)
    assert theme.name() == "light"
    assert shade() == theme.LIGHT.window
    assert settings.load()[0].theme == "light"
    qtbot.mouseClick(window.status.theme, Qt.MouseButton.LeftButton)
    assert shade() == theme.DARK.window


# ------------------------------------------------------------------ undo


def test_undo_and_redo_say_what_they_would_do_in_either_language(window, qtbot) -> None:
    studio = window.studio
    undo, redo = (studio.actions.get(f"window.{word}") for word in ("undo", "redo"))
    assert (undo.isEnabled(), undo.text(), redo.text()) == (False, "Undo", "Redo")
    studio.undo.push(QUndoCommand("Exclude 3 pictures"))
    assert undo.text() == "Undo: Exclude 3 pictures"
    assert undo.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert redo.text() == "Redo: Exclude 3 pictures"
    assert not undo.isEnabled()
    studio.set_language("zh_CN")
    assert redo.text() == "重做: Exclude 3 pictures"
    studio.set_language("en")
    qtbot.keyClick(window, Qt.Key.Key_Y, CONTROL)
    assert undo.text() == "Undo: Exclude 3 pictures"


def test_undo_goes_to_the_place_of_the_step_and_says_what_it_took_back(
    empty_project: MainWindow, qtbot
) -> None:
    window, done = empty_project, []
    window.go("refinement")
    window.studio.undo.push(
        UndoStep("Sharpen", lambda: done.append("do"), lambda: done.append("back"))
    )
    window.go("dataset")
    qtbot.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert done == ["do", "back"]
    assert window.place == "refinement"
    assert window.studio.notices.history[-1].sentence == "Undone in Refinement: Sharpen"
    window.go("export")
    qtbot.keyClick(window, Qt.Key.Key_Y, CONTROL)
    assert window.place == "refinement"
    assert window.studio.notices.history[-1].sentence == "Done again in Refinement: Sharpen"


def test_undo_works_in_a_number_and_leaves_a_text_its_own(empty_project: MainWindow, qtbot) -> None:
    window, done = empty_project, []
    number, text = QSpinBox(window), QLineEdit(window)
    for field in (number, text):
        field.show()
    for _ in range(2):
        window.studio.undo.push(UndoStep("Step", lambda: None, lambda: done.append(1)))
    number.setFocus()
    qtbot.keyClick(number, Qt.Key.Key_Z, CONTROL)
    assert len(done) == 1
    text.setFocus()
    qtbot.keyClicks(text, "name")
    qtbot.keyClick(text, Qt.Key.Key_Z, CONTROL)
    assert (text.text(), len(done)) == ("", 1)
    text.setText("shown")
    qtbot.keyClick(text, Qt.Key.Key_Z, CONTROL)
    assert (text.text(), len(done)) == ("shown", 2)


# ------------------------------------------------------------------ drops


def drop(window: MainWindow, data: QMimeData) -> None:
    actions, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    place = QPoint(400, 400)
    enter = QDragEnterEvent(place, actions, data, left, none)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    assert window.overlay.isVisible()
    QApplication.sendEvent(window, QDropEvent(QPointF(place), actions, data, left, none))
    assert not window.overlay.isVisible()


def test_text_an_address_and_a_path_that_is_gone_are_one_notice_each(
    window, tmp_path, qtbot
) -> None:
    text, address, gone = QMimeData(), QMimeData(), QMimeData()
    text.setText("a poem")
    address.setUrls([QUrl("https://example.org/cat.png")])
    gone.setUrls([QUrl.fromLocalFile(str(tmp_path / "gone"))])
    for data, said in ((text, "neither a file"), (address, "cat.png"), (gone, "gone")):
        count = len(window.studio.notices.history)
        drop(window, data)
        QApplication.processEvents()
        assert len(window.studio.notices.history) == count + 1
        assert said in window.studio.notices.history[-1].sentence
    assert window.studio.project is None
    assert not (tmp_path / "Pictures").exists()


def test_of_a_project_for_nothing_nothing_stays(window, tmp_path, qtbot) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "letter.txt").write_text("Dear reader")
    window.opening.take_paths([folder])
    assert window.studio.project is not None
    qtbot.waitUntil(lambda: window.studio.project is None, timeout=WAIT)
    assert window.pages.currentWidget() is window.welcome
    assert not (tmp_path / "Pictures" / "letters").exists()
    assert not window.studio.settings.recent_projects
    (said,) = window.studio.notices.history
    assert said.kind == "error"
    assert "letters" in said.sentence


def test_a_new_project_says_where_it_is_once_pictures_came(window, few_pictures, qtbot) -> None:
    window.opening.take_paths([few_pictures])
    said = window.studio.notices.history
    qtbot.waitUntil(lambda: any("A new project was made" in n.sentence for n in said), timeout=WAIT)
    assert window.studio.project.folder.is_dir()


def test_the_same_trouble_of_several_parts_is_said_once(window) -> None:
    for _ in range(3):
        window.studio.notices.error("The disk is full.")
        window.studio.notices.info("Done.")
    assert [n.kind for n in window.studio.notices.history] == ["error", "info", "info", "info"]


def test_an_empty_folder_is_a_notice(empty_project, tmp_path, qtbot) -> None:
    (tmp_path / "nothing here").mkdir()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "nothing here"))])
    drop(empty_project, data)
    notices = empty_project.studio.notices
    qtbot.waitUntil(lambda: any(n.kind == "error" for n in notices.history), timeout=WAIT)
    assert "nothing here" in notices.history[-1].sentence


# ------------------------------------------------------------------ projects, beginning and end


def test_the_size_of_the_window_is_remembered(window, qtbot, monkeypatch) -> None:
    window.resize(1203, 777)
    qtbot.waitUntil(lambda: window.width() == 1203)
    left = bytes(window.saveGeometry().data())
    window.close()
    window.studio.save_settings()
    restored: list[bytes] = []
    # The screen of the tests is too small for Qt to give a window the size that it had.
    monkeypatch.setattr(MainWindow, "restoreGeometry", lambda _, g: restored.append(g.data()))
    studio = Studio()
    again = MainWindow(studio)
    qtbot.addWidget(again)
    assert restored == [left]
    again.close()
    studio.deleteLater()


def test_geometry_that_makes_no_sense_is_passed_over(qtbot) -> None:
    studio = Studio()
    studio.settings.window_geometry = "AAAA"
    made = MainWindow(studio)
    qtbot.addWidget(made)
    assert made.width() >= 1100
    made.close()
    studio.deleteLater()


def test_a_second_window_on_a_project_only_reads_and_says_so(empty_project, qtbot) -> None:
    folder = empty_project.studio.project.folder
    studio = Studio()
    second = MainWindow(studio)
    qtbot.addWidget(second)
    assert studio.open_project(folder)
    assert studio.project.read_only_reason
    said = [n for n in studio.notices.history if n.kind == "warn"]
    assert [n.sentence for n in said] == [studio.project.read_only_reason]
    assert "Read only" in second.status.saved.text()
    assert not empty_project.studio.project.read_only_reason
    second.close()
    studio.deleteLater()


def test_a_folder_without_a_project_and_one_that_is_damaged_are_errors(window, tmp_path) -> None:
    (tmp_path / "plain").mkdir()
    assert not window.studio.open_project(tmp_path / "plain")
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "project.sqlite").write_bytes(b"not a database" * 100)
    assert not window.studio.open_project(tmp_path / "damaged")
    sentences = [n.sentence for n in window.studio.notices.history if n.kind == "error"]
    assert len(sentences) == 2
    assert "plain" in sentences[0]
    assert "damaged" in sentences[1]
    assert window.pages.currentWidget() is window.welcome


def test_recent_projects_are_offered_and_opened(empty_project, qtbot) -> None:
    window, folder = empty_project, empty_project.studio.project.folder
    qtbot.keyClick(window, Qt.Key.Key_W, CONTROL)
    assert window.studio.project is None
    assert window.pages.currentWidget() is window.welcome
    assert not window.top.places["export"].isEnabled()
    button = window.welcome.recent.itemAt(0).widget()
    assert folder.name in button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.studio.project.folder == folder


def test_places_are_reached_by_their_numbers(empty_project, qtbot) -> None:
    for number, key in enumerate(PLACES, 1):
        QTest.keyClick(empty_project, Qt.Key(Qt.Key.Key_0 + number), CONTROL)
        assert empty_project.place == key
        assert empty_project.pages.currentWidget() is empty_project.room(key)
        assert empty_project.top.places[key].isChecked()


PAINTED = """
import sys
from PySide6.QtWidgets import QApplication
from studio.desktop.base.studio import Studio
from studio.desktop.window.main_window import MainWindow
app = QApplication(["studio", "-style", "fusion"])
window = MainWindow(Studio())
window.firstPainted.connect(app.quit)
window.show()
app.exec()
heavy = {"torch", "torchmetrics", "numpy", "PIL", "pyqtgraph", "pydantic"}
print(sorted(heavy & set(sys.modules)), window.rooms is None)
window.close()
"""


def test_the_window_is_painted_before_anything_heavy_is_loaded() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PAINTED], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[] True"


def test_a_problem_is_reported_in_a_text_that_is_only_written(
    window: MainWindow, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studio.engine import doctor

    monkeypatch.setattr(doctor, "examine", list)
    window.studio.actions.get("window.report").trigger()
    history = window.studio.notices.history
    qtbot.waitUntil(lambda: any("The report is in" in n.sentence for n in history), timeout=WAIT)
    assert history[-1].action is not None
