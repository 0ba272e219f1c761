"""Bursts of news answered once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Ticker(QTimer):
    """Acts once, so many milliseconds after it was last started, or first asked to act `soon`."""

    def __init__(self, parent: QObject, act: Callable[[], object], after_ms: int = 30) -> None:
        super().__init__(parent)
        self.setSingleShot(True)
        self.setInterval(after_ms)
        self.timeout.connect(act)

    def soon(self) -> None:
        """Start, unless it runs already: a burst does not put it off."""
        if not self.isActive():
            self.start()
