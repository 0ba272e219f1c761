"""Bursts of news answered once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget


class Ticker(QTimer):
    """Repaints of a burst of news become one."""

    def __init__(self, parent: QWidget, act: Callable[[], None], after_ms: int = 30) -> None:
        super().__init__(parent)
        self.setSingleShot(True)
        self.setInterval(after_ms)
        self.timeout.connect(act)

    def soon(self) -> None:
        if not self.isActive():
            self.start()
