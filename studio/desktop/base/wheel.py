"""The wheel scrolls; it changes a value only where the artist has clicked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QSlider, QWidget

_STAYS = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
"""The focus comes back from these to where it was."""
_CLICKED = "clicked"
_WHEEL, _PRESS = QEvent.Type.Wheel, QEvent.Type.MouseButtonPress
_LEFT, _FIRST = QEvent.Type.FocusOut, QEvent.Type.Polish
# Names of the module and `is`: every event of the program passes here.


class WheelGuard(QObject):
    """Watches every number field, choice and slider of the program, whoever made it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        program = QApplication.instance()
        if program is not None:
            program.installEventFilter(self)

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
        return False


def _field(watched: QObject) -> QWidget | None:
    """The value field that `watched` is, or is the line of."""
    parent = watched.parent() if watched.inherits("QLineEdit") else watched
    return parent if isinstance(parent, QAbstractSpinBox | QComboBox | QSlider) else None
