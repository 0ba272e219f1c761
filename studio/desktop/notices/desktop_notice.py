"""A message of the desktop, for somebody who does not look at the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from studio.desktop import theme

SHOWN_MS = 20_000


class DesktopNotice(QObject):
    """Marks the window in the bar of tasks, and where the desktop shows messages, shows one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._room = parent
        self._icon: QSystemTrayIcon | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self.clear)

    def tell(self, text: str) -> None:
        """Say it, unless the window is in front: it says so itself."""
        window = self._room.window()
        if window.isActiveWindow():
            return
        QApplication.alert(window)
        if not (QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()):
            return
        if self._icon is None:
            self._icon = QSystemTrayIcon(theme.icon("mark", theme.colours().accent), self)
            self._icon.messageClicked.connect(self._come_forward)
            self._icon.activated.connect(self._come_forward)
        self._icon.setToolTip(text)
        self._icon.show()
        self._icon.showMessage("Latent Studio", text, QSystemTrayIcon.MessageIcon.NoIcon, SHOWN_MS)
        self._timer.start()

    @Slot()
    def clear(self) -> None:
        """Leave nothing in the desktop's bar."""
        self._timer.stop()
        if self._icon is not None:
            self._icon.hide()

    def _come_forward(self, *_: object) -> None:
        window = self._room.window()
        window.show()
        window.raise_()
        window.activateWindow()
        self.clear()
