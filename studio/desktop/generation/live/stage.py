"""The stage: a window on another screen with nothing on it but the picture."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QScreen,
)
from PySide6.QtWidgets import QWidget

SCREEN, MODEL = "screen", "model"
"""Sizes that are none of their own: as large as fits, and pixel for pixel."""


class Stage(QWidget):
    """Black, full screen, without a pointer. Esc closes it. Of pictures that come faster than
    `rate` a second the newest is painted."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("stage")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self._image, self._size = QImage(), SCREEN
        self._is_new = False
        self._beat = QTimer(self)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.setSingleShot(True)
        self._beat.timeout.connect(self._paint_new)

    def open_on(self, screen: QScreen, size: str, rate: int) -> None:
        """Fill a screen."""
        self.set_up(size, rate)
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self.showFullScreen()
        self.activateWindow()
        self.setFocus()

    def set_up(self, size: str, rate: int) -> None:
        """The size of the picture, as a setup names it, and how many are painted a second."""
        self._size = size
        self._beat.setInterval(max(1, 1000 // rate))
        self.update()

    def show_image(self, image: QImage) -> None:
        """At once, or when the rate allows it."""
        self._image, self._is_new = image, True
        if not self._beat.isActive():
            self._paint_new()

    def _paint_new(self) -> None:
        if self._is_new and self.isVisible():
            self._is_new = False
            self.repaint()
            self._beat.start()

    def target(self) -> QRect:
        """Where the picture lies: in the middle, its sides as they are."""
        whole = self.rect()
        if self._image.isNull():
            return QRect()
        if self._size == MODEL:
            fitted = self._image.size() / self.devicePixelRatioF()
        elif self._size == SCREEN:
            fitted = self._image.size().scaled(whole.size(), Qt.AspectRatioMode.KeepAspectRatio)
        else:
            width, height = map(int, self._size.split("x"))
            room = QSize(width, height) / self.devicePixelRatioF()
            fitted = self._image.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(0, 0, fitted.width(), fitted.height())
        place.moveCenter(whole.center())
        return place

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture on black, and nothing else."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.target(), self._image)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self._beat.stop()
        self.closed.emit()


def screen_called(name: str, window: QWidget) -> QScreen:
    """The screen of that name, or else another one than that of `window`, if there is one."""
    screens = QGuiApplication.screens()
    for each in screens:
        if name and each.name() == name:
            return each
    own = window.screen()
    return next((each for each in screens if each is not own), own)
