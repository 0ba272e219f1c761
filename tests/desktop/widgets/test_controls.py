"""Every control says what it does, has a name for a screen reader and is reached by keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTextEdit,
    QWidget,
)

from studio.desktop import theme
from studio.desktop.dataset.grid.quick_look import QuickLook
from studio.desktop.notices.notice_view import NoticeCard
from studio.desktop.widgets.picture_view import PictureView
from studio.desktop.window.command_palette import CommandPalette
from studio.desktop.window.main_window import MainWindow
from studio.desktop.window.top_bar import PLACES
from studio.engine.files import resources

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000
CONTROLS = (
    QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit,
    QPlainTextEdit, QTextEdit, PictureView,
)  # fmt: skip


def controls(window: MainWindow) -> Iterator[QWidget]:
    """What can be operated, shown or not, without the parts that Qt makes controls of."""
    for widget in window.findChildren(QWidget):
        if isinstance(widget, CONTROLS) and not _is_part(widget):
            yield widget


def _is_part(widget: QWidget) -> bool:
    parents = []
    parent = widget.parentWidget()
    while parent is not None:
        parents.append(parent)
        parent = parent.parentWidget()
    inside = any(isinstance(each, QAbstractSpinBox | QComboBox | QLineEdit) for each in parents)
    return inside or isinstance(widget, QScrollBar)


def where(widget: QWidget) -> str:
    parts, each = [], widget
    while each is not None and not isinstance(each, MainWindow):
        parts.append(type(each).__name__)
        each = each.parentWidget()
    text = widget.text() if isinstance(widget, QAbstractButton | QLineEdit) else ""
    return f"{' < '.join(parts[:5])} {text!r}"


@pytest.fixture
def furnished(full_window: MainWindow, qtbot) -> MainWindow:
    """Something is chosen in every place, so that what depends on a choice is there."""
    dataset, refinement = full_window.room("dataset"), full_window.room("refinement")
    dataset.grid.setCurrentIndex(dataset.model.index(0))
    qtbot.waitUntil(lambda: dataset.inspector.decide.isVisible(), timeout=WAIT)
    full_window.go("refinement")
    refinement.list.choose([1])
    qtbot.waitUntil(lambda: not refinement.view.image().isNull(), timeout=WAIT)
    for step in ("crop", "exposure"):
        refinement.panel.editor.add_step(step)
    qtbot.waitUntil(lambda: refinement.panel.list.count() == 2, timeout=WAIT)
    assert not full_window.guide.isVisible()  # made, so that its controls are looked at
    full_window.notice_view.show_history()
    full_window.open_palette()
    return full_window


def test_every_control_explains_itself_and_is_reached_by_keys(furnished) -> None:
    """One window for all of it: it takes a while to fill."""
    wrong = {"no tooltip": [], "no name": [], "out of reach of Tab": []}
    history = furnished.notice_view.history
    for control in controls(furnished):
        place = where(control)
        if control in (history.act, history.other) and control.isHidden():
            continue  # its words come with what can be done
        if not _tooltip(control):
            wrong["no tooltip"].append(place)
        # A button is read out by its text where it has no name of its own.
        own = control.text() if isinstance(control, QAbstractButton) else ""
        if not (control.accessibleName() or re.sub(r"\W", "", own)):
            wrong["no name"].append(place)
        if not control.focusPolicy() & Qt.FocusPolicy.TabFocus and not _by_design(control):
            wrong["out of reach of Tab"].append(place)
    assert not any(wrong.values()), wrong
    _no_shortcut_is_given_twice(furnished)
    _every_action_is_in_the_menu(furnished)


def _tooltip(control: QWidget) -> str:
    """A list may leave it to its rows; one without rows has nothing to explain yet.

    Over a picture nothing may pop up.
    """
    if isinstance(control, PictureView):
        return "the work"
    rows = control.model() if isinstance(control, QAbstractItemView) else None
    if control.toolTip() or rows is None:
        return control.toolTip()
    return str(rows.index(0, 0).data(Qt.ItemDataRole.ToolTipRole) or "") or (
        "" if rows.rowCount() else "empty"
    )


def _by_design(control: QWidget) -> bool:
    """Cards of notices never take the focus: what they offer is in the history as well.
    The palette is walked from its field, an enlarged picture from what lies around it."""
    return isinstance(control.parentWidget(), NoticeCard | CommandPalette | QuickLook)


def test_tab_walks_every_control_on_the_screen(furnished) -> None:
    """Round once in each place: from the last control Tab leads back to the first."""
    furnished.notice_view.history.leave()
    furnished._palette.hide()
    left = []
    for place in PLACES:
        furnished.go(place)
        furnished.setFocus()
        room = furnished.room(place)
        wanted = {
            control
            for control in controls(furnished)
            if room.isAncestorOf(control) and control.isVisible() and control.isEnabled()
        }
        assert wanted
        reached = _walk(furnished, wanted)
        # Of radio-like groups Tab visits the chosen one, arrows do the rest.
        left += [
            f"{place}: {where(each)}"
            for each in wanted - reached
            if not _has_chosen_neighbour(each, reached)
        ]
    assert not left, "; ".join(left)


def _walk(window: MainWindow, wanted: set[QWidget]) -> set[QWidget]:
    reached: set[QWidget] = set()
    for _ in range(250):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        if focus in reached and not wanted - reached:
            break
        if focus is not None:
            reached.add(focus)
            reached.update(each for each in wanted if each.focusProxy() is focus)
    return reached


def _has_chosen_neighbour(widget: QWidget, reached: set[QWidget]) -> bool:
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    if group is not None:
        return any(button in reached for button in group.buttons())
    if isinstance(widget, QAbstractButton) and widget.autoExclusive():
        return any(type(each) is type(widget) and each.parent() is widget.parent()
                   for each in reached)  # fmt: skip
    return False


def _no_shortcut_is_given_twice(window: MainWindow) -> None:
    """A key that means two things at once does neither."""
    taken: dict[tuple[str, str], str] = {}
    twice = []
    for entry in window.studio.actions.all():
        for sequence in entry.action.shortcuts():
            for room in (entry.room, "") if entry.room else PLACES:
                before = taken.get((sequence.toString(), room))
                if before and before != entry.id:
                    twice.append(f"{sequence.toString()}: {before} and {entry.id}")
            taken[sequence.toString(), entry.room] = entry.id
    assert not twice, "; ".join(twice)


def _every_action_is_in_the_menu(window: MainWindow) -> None:
    def all_in(menu) -> Iterator[QAction]:
        for action in menu.actions():
            yield action
            if action.menu() is not None:
                yield from all_in(action.menu())

    listed = {action.text().split("\t")[0] for action in all_in(window.menu)}
    missing = [e.id for e in window.studio.actions.all() if e.action.text() not in listed]
    assert not missing


# ------------------------------------------------------------------ colours

BACKGROUNDS = ("window", "panel", "raised", "hover", "canvas")
"""What words in the quiet or the plain colour may lie on."""
PAIRS = [
    *(("text", ground) for ground in (*BACKGROUNDS, "card", "line")),
    *(("quiet", ground) for ground in ("window", "panel", "raised", "canvas", "card")),
    *(("accent_text", ground) for ground in ("window", "panel", "raised", "canvas", "card")),
    *(("good", ground) for ground in ("window", "panel", "raised")),
    *(("bad", ground) for ground in ("window", "panel", "card")),
    ("on_accent", "accent"),
]


@pytest.mark.parametrize("name", theme.THEMES)
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_words_stand_out_from_what_they_lie_on(name: str, ink: str, ground: str) -> None:
    colours = theme.THEMES[name]
    found = theme.contrast(getattr(colours, ink), getattr(colours, ground))
    assert found >= 4.5, f"{ink} on {ground} in {name}: {found:.2f}"


@pytest.mark.parametrize("name", theme.THEMES)
@pytest.mark.parametrize("ground", [*BACKGROUNDS, "card"])
def test_lines_and_marks_in_amber_stand_out(name: str, ground: str) -> None:
    """Frames of what is focused or chosen, handles, bars: 3 : 1 is due (WCAG 2.2, 1.4.11)."""
    colours = theme.THEMES[name]
    assert theme.contrast(colours.accent, getattr(colours, ground)) >= 3.0


def test_every_pair_of_the_style_sheet_is_among_those() -> None:
    """A rule that sets both colours, or one of them over the plain text and the window."""
    sheet = (resources() / "theme" / "studio.qss").read_text("utf-8")
    checked = set(PAIRS)
    wrong = []
    for selector, body in re.findall(r"([^{}]+)\{([^}]*)\}", re.sub(r"/\*.*?\*/", "", sheet)):
        if "handle" in selector or "groove" in selector or "-page" in selector:
            continue  # no words on these
        if "chunk" in selector or "separator" in selector or "QProgressBar" in selector:
            continue
        inks = re.findall(r"(?<![-\w])color:\s*\$(\w+)", body)
        inks += re.findall(r"selection-color:\s*\$(\w+)", body)
        grounds = re.findall(r"(?<!selection-)background:\s*\$(\w+)", body)
        selected = re.findall(r"selection-background-color:\s*\$(\w+)", body)
        pairs = {(ink, ground) for ink in inks[:1] or ["text"] for ground in grounds}
        if selected:
            pairs = {(ink, g) for ink in ["text"] for g in grounds} | {(inks[-1], selected[0])}
        wrong += [f"{selector.strip()}: {pair}" for pair in pairs - checked
                  if pair != ("text", "accent")]  # fmt: skip
        wrong += [f"{selector.strip()}: {ink} is nowhere" for ink in inks
                  if ink not in {first for first, _ in checked}]  # fmt: skip
    assert not wrong, "; ".join(wrong)


@pytest.mark.parametrize("name", theme.THEMES)
def test_nothing_but_the_accent_tints_the_work(name: str) -> None:
    """What lies beside a picture is grey: R = G = B."""
    colours = theme.THEMES[name]
    for each in ("window", "panel", "raised", "hover", "line", "text", "quiet", "canvas"):
        red, green, blue = (getattr(colours, each)[i : i + 2] for i in (1, 3, 5))
        assert red == green == blue, each


def test_contrast_is_that_of_the_standard() -> None:
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert theme.contrast("#777777", "#777777") == pytest.approx(1.0)
    assert theme.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
