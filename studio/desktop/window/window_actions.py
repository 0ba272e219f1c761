"""Actions of the window itself, the menu made from the registry, the sheet of shortcuts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from studio.desktop.i18n import LANGUAGES, tr
from studio.desktop.window.top_bar import PLACES, place_title

if TYPE_CHECKING:
    from studio.desktop.base.actions import ActionRegistry
    from studio.desktop.window.installation.installation import Installation
    from studio.desktop.window.origin_checker import OriginChecker
    from studio.desktop.window.problem_reporter import ProblemReporter
    from studio.desktop.window.project_opener import Opening
    from studio.desktop.window.shell import Shell
    from studio.desktop.window.tour.tour import Tour

_GO = {
    "dataset": "Go to Dataset",
    "training": "Go to Training",
    "evaluation": "Go to Evaluation",
    "generation": "Go to Generation",
    "refinement": "Go to Refinement",
    "export": "Go to Export",
}
_ENDS = {"window.close", "window.origin"}
"""After these a group of the menu ends."""
_LAST = "window.quit"


def add_window_actions(
    window: Shell,
    opening: Opening,
    checker: OriginChecker,
    reporter: ProblemReporter,
    installation: Installation,
    tour: Tour,
) -> None:
    studio, add = window.studio, window.studio.actions.add
    for id_, text, callback, keys, icon in (
        ("window.new", "New project…", opening.ask_new_project, "Ctrl+N", "folder-plus"),
        ("window.open", "Open a project…", opening.ask_project, "Ctrl+O", "folder"),
        ("window.sample", "Open the sample", opening.sample, "", "sliders"),
        ("window.close", "Close the project", opening.close, "Ctrl+W", "x"),
        ("window.undo", "Undo", partial(_take_step, window), "Ctrl+Z", "undo"),
        (
            "window.redo",
            "Redo",
            partial(_take_step, window, back=False),
            "Ctrl+Shift+Z|Ctrl+Y",
            "redo",
        ),
        ("window.paste", "Paste a picture", opening.paste, "Ctrl+V", "download"),
        ("window.origin", "Check a file's origin…", checker.ask, "", "search"),
        ("window.palette", "Commands", window.open_palette, "Ctrl+K", "command"),
        ("window.menu", "Menu", window.open_menu, "F10", "menu"),
        ("window.notices", "Show past notices", window.toggle_notices, "F8", "bell"),
        ("window.theme", "Light or dark", window.toggle_theme, "", "sun"),
        ("window.full", "Full screen", window.toggle_full_screen, "F11", "maximize"),
        ("window.guide", "Guide", window.open_guide, "F1", "book"),
        ("window.tour", "A tour in five steps", tour.begin, "", "play"),
        ("window.keys", "Shortcuts", window.show_shortcuts, "Ctrl+F1", "keyboard"),
        ("window.installation", "Extras and self-test…", installation.open, "", "download"),
        ("window.report", "Report a problem…", reporter.write, "", "alert"),
        ("window.quit", "Quit", window.close, "Ctrl+Q", "logout"),
    ):
        add(id_, text, callback, keys, icon=icon)
    for number, key in enumerate(PLACES, 1):
        add(f"window.{key}", _GO[key], lambda key=key: window.go(key), f"Ctrl+{number}")
    for code, title in LANGUAGES.items():
        add(f"window.language.{code}", title, lambda code=code: studio.set_language(code))
    for entry in studio.actions.all():
        if not entry.room:
            window.addAction(entry.action)
    # Also in the windows beside this one, which have pages of their own.
    studio.actions.get("window.guide").setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
    undo, redo = studio.actions.get("window.undo"), studio.actions.get("window.redo")
    for action in (undo, redo):
        action.setEnabled(False)
    studio.undo.canUndoChanged.connect(undo.setEnabled)
    studio.undo.canRedoChanged.connect(redo.setEnabled)
    for text_changed in (studio.undo.undoTextChanged, studio.undo.redoTextChanged):
        text_changed.connect(lambda _text: name_undo(window))


def _take_step(window: Shell, *, back: bool = True) -> None:
    """Undo or redo before the eyes of the artist: in its place, and said."""
    undo, notices = window.studio.undo, window.studio.notices
    step = undo.undoText() if back else undo.redoText()
    place = undo.place_at(undo.index() - 1 if back else undo.index())
    if place and place != undo.place:
        window.go(place)
    (undo.undo if back else undo.redo)()
    title = place_title(place or undo.place)
    if back:
        notices.info(tr("Undone in {place}: {step}", place=title, step=step))
    else:
        notices.info(tr("Done again in {place}: {step}", place=title, step=step))


def name_undo(window: Shell) -> None:
    """Undo and redo say what they would undo and redo."""
    undo = window.studio.undo
    pairs = (
        ("window.undo", tr("Undo"), undo.undoText()),
        ("window.redo", tr("Redo"), undo.redoText()),
    )
    for id_, word, step in pairs:
        window.studio.actions.get(id_).setText(f"{word}: {step}" if step else word)


def fill_menu(window: Shell) -> None:
    """The program's menu: its own actions, then those of every place."""
    menu, registry = window.menu, window.studio.actions
    menu.clear()
    for part in menu.findChildren(QMenu):
        part.clear()
        part.deleteLater()
    own = [entry for entry in registry.all() if not entry.room]
    places, languages = QMenu(tr("Places"), menu), QMenu(tr("Language of the window"), menu)
    for entry in own:
        if entry.id.removeprefix("window.") in PLACES:
            places.addAction(entry.action)
        elif entry.id.startswith("window.language."):
            languages.addAction(entry.action)
        elif entry.id != _LAST:
            menu.addAction(entry.action)
            if entry.id in _ENDS:
                menu.addSeparator()
    menu.addMenu(languages)
    menu.addSeparator()
    menu.addMenu(places)
    for key in PLACES:
        actions = [entry.action for entry in registry.all() if entry.room == key]
        if actions:
            _fill_place(window, menu.addMenu(place_title(key)), key, actions)
    menu.addSeparator()
    menu.addAction(registry.get(_LAST))
    name_undo(window)


def _fill_place(window: Shell, part: QMenu, key: str, actions: list[QAction]) -> None:
    """A place's actions by name. Each goes to the place first.

    They stand in for the real ones: an action that hangs in a menu of the window has its
    shortcut everywhere, and the same key means something else in the next place.
    """
    for action in actions:
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        shown = part.addAction(action.icon(), f"{action.text()}\t{keys}" if keys else action.text())
        shown.triggered.connect(lambda _on=False, action=action: go_and_do(window, key, action))
        part.aboutToShow.connect(lambda s=shown, a=action: s.setEnabled(a.isEnabled()))


def go_and_do(window: Shell, key: str, action: QAction) -> None:
    """An action of a place, after going there; an action of the window where the artist is."""
    if not key:
        action.trigger()
    elif window.studio.project is not None:
        window.go(key)
        action.trigger()


def shortcut_sheet(registry: ActionRegistry) -> str:
    """Every key, place by place, as a page of the guide (Markdown)."""
    lines = [f"# {tr('Shortcuts')}"]
    for place in ("", *PLACES):
        rows = [
            f"| `{keys}` | {tr(entry.text)} |"
            for entry in registry.all()
            if entry.room == place
            and (keys := entry.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText))
        ]
        if rows:
            heading = place_title(place) if place else tr("Everywhere")
            lines += [
                "",
                f"## {heading}",
                "",
                f"| {tr('Shortcut')} | {tr('Command')} |",
                "|---|---|",
            ]
            lines += rows
    return "\n".join(lines)
