"""A section of a panel that can be folded away, and put back to what it was."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.labels import set_words


class Fold(QWidget):
    """A head with an arrow, and a body below it while it is open."""

    reset = Signal()
    """The artist wants what the section changed undone."""
    opened = Signal(bool)

    def __init__(self, body: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.body, self.head, self.back = body, QToolButton(), QToolButton()
        self.head.setObjectName("fold")
        self.head.setCheckable(True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setIconSize(QSize(12, 12))
        self.head.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        font = theme.font(11, bold=True)
        font.setLetterSpacing(font.SpacingType.AbsoluteSpacing, 0.6)
        self.head.setFont(font)
        self.back.setObjectName("cross")
        self.back.setIconSize(QSize(14, 14))
        self.back.setFixedSize(22, 20)
        self.back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        kept = self.back.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.back.setSizePolicy(kept)
        column(row(self.head, None, self.back, gap=4), body, on=self, gap=6)
        self.head.toggled.connect(self._open)
        self.back.clicked.connect(self.reset)
        self.set_in_use(False)
        self._open(False)

    @property
    def is_open(self) -> bool:
        return self.head.isChecked()

    def set_in_use(self, on: bool) -> None:
        """Whether there is anything to put back."""
        self.back.setVisible(on)

    def _open(self, on: bool) -> None:
        self.body.setVisible(on)
        self.restyle()
        self.opened.emit(on)

    def restyle(self) -> None:
        c = theme.colours()
        self.head.setIcon(theme.icon("angle-down" if self.is_open else "angle-right", c.quiet))
        self.back.setIcon(theme.icon("rotate-ccw", c.quiet))

    def set_title(self, title: str, tip: str) -> None:
        set_words(
            (self.head, title, tip),
            (self.back, "", tr("Put {name} back as it was", name=title)),
        )
        self.head.setText(title.upper())
        self.head.setAccessibleName(title)
