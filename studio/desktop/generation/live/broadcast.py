"""Pictures on their way to other programs, at an even rate, beside the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from studio.desktop.base.threads import WorkerThread
from studio.desktop.generation.live.stage import MODEL, SCREEN
from studio.desktop.pixels import from_qimage

if TYPE_CHECKING:
    from studio.engine.live.senders.base import Stream


class Broadcast(QObject):
    """Sends the newest picture again and again: who receives wants frames, not news."""

    changed = Signal()
    failed = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = WorkerThread(parent=self)
        self._thread.failed.connect(self._fail)
        self._stream: Stream | None = None
        self._image, self._size = QImage(), SCREEN
        self._tick = QTimer(self)
        self._tick.setTimerType(Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self._send)

    @property
    def is_on(self) -> bool:
        return self._stream is not None

    def start(self, kind: str, name: str, size: str, rate: int) -> None:
        """Send as `name` by a kind of sender; what goes wrong comes by `failed`."""
        self.stop()
        self._size = size
        self._tick.setInterval(max(1, 1000 // rate))
        self._thread.submit(_opened, kind, name, rate, done=self._opened)

    def _opened(self, stream: Stream) -> None:
        self._stream = stream
        self._tick.start()
        self.changed.emit()

    def show_image(self, image: QImage) -> None:
        self._image = image

    def stop(self) -> None:
        """Send nothing more. Harmless where nothing is sent."""
        self._tick.stop()
        stream, self._stream = self._stream, None
        if stream is not None:
            self._thread.submit(stream.close)
            self.changed.emit()

    def shutdown(self) -> None:
        """The window goes: nothing waits."""
        self._tick.stop()
        self._thread.stop()
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _send(self) -> None:
        if self._stream is not None and not self._image.isNull():
            self._thread.latest("frame", _sent, self._stream, self._image, self._size)

    def _fail(self, sentence: str, detail: str) -> None:
        self.stop()
        self.failed.emit(sentence, detail)


def _opened(kind: str, name: str, rate: int) -> Stream:
    from studio.engine.live.senders.base import sender

    return sender(kind).open(name, rate)


def _sent(stream: Stream, image: QImage, size: str) -> None:
    from studio.engine.live.composition import composed

    pixels = from_qimage(image.convertToFormat(QImage.Format.Format_RGBA8888))
    if size not in (SCREEN, MODEL):
        width, height = map(int, size.split("x"))
        pixels = composed(pixels, width, height)
    stream.send(pixels)
