"""Text of several lines that is kept without a button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class TextBox(QPlainTextEdit):
    """A few lines. Ctrl+Enter, or leaving it, says that what was typed is meant."""

    written = Signal()

    def __init__(self, height: int, after_ms: int = 0) -> None:
        """`height` pixels; it is meant too where nothing was typed for `after_ms`, 0 for never."""
        super().__init__()
        self.by_itself = True
        """Whether leaving it is enough; several pictures wait for their button."""
        self._text = ""
        self.setTabChangesFocus(True)
        self.setFixedHeight(height)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(after_ms)
        self._timer.timeout.connect(self.keep)
        if after_ms:
            self.textChanged.connect(self._timer.start)

    @property
    def is_new(self) -> bool:
        """Whether it differs from what is kept."""
        return self.toPlainText() != self._text

    @property
    def is_being_typed(self) -> bool:
        return self.hasFocus() and self.is_new

    def show_text(self, text: str) -> None:
        self._text = text
        if self.toPlainText() != text:
            self.setPlainText(text)
        self._timer.stop()

    def keep(self) -> None:
        """What was typed is meant."""
        self._timer.stop()
        if self.by_itself and self.is_new:
            self._text = self.toPlainText()
            self.written.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.keep()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in _ENTER and control:
            self.keep()
        elif event.key() == Qt.Key.Key_Escape:
            self.setPlainText(self._text)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() in _ENTER:
            event.accept()
            return True
        return super().event(event)
