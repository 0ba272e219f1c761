"""Base of the six places of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QEvent, Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from studio.desktop.base.studio import Studio

if TYPE_CHECKING:
    from studio.engine.project import Project


class Room(QWidget):
    """One place. The main window makes it when it is first needed and calls the hooks."""

    key: ClassVar[str] = ""

    def outgoing_signals(self) -> dict[str, SignalInstance]:
        """Every signal that a room itself declares: the window must receive each of them."""
        kinds = (kind for kind in type(self).__mro__ if issubclass(kind, Room))
        declared = (
            name for kind in kinds for name, each in vars(kind).items() if isinstance(each, Signal)
        )
        return {name: getattr(self, name) for name in declared}

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.setObjectName(self.key)

    def project_opened(self, project: Project) -> None:
        """A project is there; read it in the room's own thread."""

    def project_closed(self) -> None:
        """Let go of everything of the project, now."""

    def retranslate(self) -> None:
        """Set every visible text; called once after construction and when the language changes."""

    def entered(self) -> None:
        """The room came to the front."""

    def main_view(self) -> QWidget:
        """What the place is about: it takes the keys when nothing else has them."""
        return self

    def focus_main_view(self) -> None:
        main = self.main_view()
        takes = main.isVisible() and main.isEnabled()
        (main if takes else self).setFocus(Qt.FocusReason.OtherFocusReason)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Qt asks for Tab, and when what has the focus is hidden or disabled: it would choose
        whatever field comes next, and keys that are commands would be typed into it."""
        focused = self.window().focusWidget()
        is_lost = focused is not None and not (focused.isVisible() and focused.isEnabled())
        if not is_lost or not self.isVisible():
            return super().focusNextPrevChild(next)
        self.focus_main_view()
        return True

    def shutdown(self) -> None:
        """Stop the room's threads. The window is out of sight by then."""

    def event(self, event: QEvent) -> bool:
        """Space belongs to the button that has the focus, whatever it is the key of here."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
            and event.modifiers() == Qt.KeyboardModifier.NoModifier
            and isinstance(self.focusWidget(), QAbstractButton)
        ):
            event.accept()
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
