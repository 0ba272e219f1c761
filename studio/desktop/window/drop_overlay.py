"""The whole window takes folders, files and archives; while they hover, it says so.

Where a project is open there are two zones: most of the window adds to it, the right third begins
a new one, so that nobody mixes pictures into the sample without having chosen to.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr

_EDGE = 24
_APART = 1 / 3
"""Of the width of the window, for what goes into a project of its own."""


class DropOverlay(QWidget):
    """Over everything: in an amber frame what a drop does, or without it why to wait."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._words = self._more = self._other = ""
        self._is_apart = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def offer(self, project: str, *, apart: bool) -> None:
        """Two zones: into `project`, and beside it a new one; `apart` where the hand is there."""
        self._is_apart, self._other = apart, tr("Begin a new project with it")
        self._lie(tr("Add to {project}", project=project), "")

    def is_apart(self, x: float) -> bool:
        """Whether `x`, in the window, lies in the zone of the new project."""
        return x >= self._window.width() * (1 - _APART)

    def cover(self, words: str = "", more: str = "") -> None:
        """Lie over the window, with what a drop does or with other `words`, `more` below."""
        self._other = ""
        self._lie(words or tr("Drop folders, pictures or a zip to add them"), more)

    def _lie(self, words: str, more: str) -> None:
        self._words, self._more = words, more
        self.update()
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()

    def words(self) -> tuple[str, str]:
        """What it says: the sentence, and what stands below it."""
        return self._words, self._more

    def paintEvent(self, event: QPaintEvent) -> None:
        c = theme.colours()
        painter = QPainter(self)
        shade = QColor(c.window)
        shade.setAlpha(215)
        painter.fillRect(self.rect(), shade)
        frame: QRect = self.rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(18))
        if self._other:
            split = round(self.width() * (1 - _APART))
            here, beside = QRect(frame), QRect(frame)
            here.setRight(split - _EDGE // 2)
            beside.setLeft(split + _EDGE // 2)
            _draw_zone(painter, here, self._words, is_chosen=not self._is_apart)
            _draw_zone(painter, beside, self._other, is_chosen=self._is_apart)
            return
        if not self._more:
            _draw_zone(painter, frame, self._words, is_chosen=True)
            return
        painter.setPen(QColor(c.text))
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self._words)
        painter.setPen(QColor(c.quiet))
        painter.setFont(theme.font())
        below = frame.adjusted(0, frame.height() // 2 + 3 * theme.SPACE, 0, 0)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, self._more)


def _draw_zone(painter: QPainter, zone: QRect, words: str, *, is_chosen: bool) -> None:
    """A dashed frame is a place to drop something: in amber where it would fall now."""
    c = theme.colours()
    painter.setPen(QPen(QColor(c.accent if is_chosen else c.line), 2, Qt.PenStyle.DashLine))
    painter.drawRoundedRect(zone, 8, 8)
    painter.setPen(QColor(c.text if is_chosen else c.quiet))
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(zone.adjusted(_EDGE, 0, -_EDGE, 0), flags, words)
