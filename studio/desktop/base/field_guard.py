"""What fields take for themselves: the wheel where the artist clicked, undo of what was typed,
and Enter where a number was."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QSlider,
    QWidget,
)

_STAYS = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
"""The focus comes back from these to where it was."""
_CLICKED = "clicked"
_WHEEL, _PRESS = QEvent.Type.Wheel, QEvent.Type.MouseButtonPress
_LEFT, _FIRST = QEvent.Type.FocusOut, QEvent.Type.Polish
_KEYS = QEvent.Type.ShortcutOverride
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_STEPS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
# Names of the module and `is`: every event of the program passes here.


def guard_fields() -> None:
    """Watch the program's fields from now on: once, however often it is asked for. Every event
    of the program passes through each guard, in Python."""
    program = QApplication.instance()
    if program is not None and program.findChild(FieldGuard) is None:
        program.installEventFilter(FieldGuard(program))


class FieldGuard(QObject):
    """Watches every number field, choice and slider of the program, whoever made it."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is _WHEEL:
            field = _field(watched)
            if field is not None and not (field.hasFocus() and field.property(_CLICKED)):
                event.ignore()  # for the panel around it
                return True
        elif kind is _PRESS:
            field = _field(watched)
            if field is not None:
                field.setProperty(_CLICKED, True)
        elif kind is _LEFT and isinstance(event, QFocusEvent):
            field = _field(watched)
            # The list of a choice takes the focus for no reason that Qt names.
            stays = event.reason() in _STAYS or QApplication.activePopupWidget() is not None
            if field is not None and not stays:
                field.setProperty(_CLICKED, False)
        elif kind is _FIRST:
            field = _field(watched)
            if field is not None and field.focusPolicy() == Qt.FocusPolicy.WheelFocus:
                field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        elif kind is _KEYS and isinstance(event, QKeyEvent):
            if event.key() in _ENTER and isinstance(_field(watched), QAbstractSpinBox):
                event.accept()  # it ends the number, and is no command of the place
                return True
            if _passes(watched, event):
                event.ignore()  # for the program's own undo
                return True
        return False


def _passes(watched: QObject, event: QKeyEvent) -> bool:
    """Undo and redo where there is no typed text to take back: a number is taken back whole."""
    if not any(map(event.matches, _STEPS)):
        return False
    line = watched.lineEdit() if isinstance(watched, QComboBox) else watched
    if isinstance(line, QLineEdit):
        return not (line.isUndoAvailable() or line.isRedoAvailable())
    return isinstance(line, QAbstractSpinBox)


def _field(watched: QObject) -> QWidget | None:
    """The value field that `watched` is, or is the line of."""
    parent = watched.parent() if watched.inherits("QLineEdit") else watched
    return parent if isinstance(parent, QAbstractSpinBox | QComboBox | QSlider) else None
