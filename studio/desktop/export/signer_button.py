"""Whose key signs the files: that of this machine, or a file of the artist's own."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from studio.desktop.i18n import tr
from studio.desktop.plain_text import tip


class SignerButton(QPushButton):
    """Shows which key it is; its menu has the two ways."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = ""
        """The PEM file with key and certificates; empty for that of this machine."""
        menu = QMenu(self)
        self._own = menu.addAction("")
        self._other = menu.addAction("")
        self._own.triggered.connect(lambda: self._choose(""))
        self._other.triggered.connect(self._ask)
        self.setMenu(menu)

    def set_key(self, path: str) -> None:
        """Show a key without telling anyone."""
        self.key = path
        self.retranslate()

    def retranslate(self) -> None:
        self._own.setText(tr("Key of this machine"))
        self._other.setText(tr("Choose a key file…"))
        self.setText(Path(self.key).name if self.key else tr("Key of this machine"))
        words = tr(
            "Made on first use and kept for you alone. A file of your own holds key and "
            "certificates as PEM (X.509)."
        )
        self.setToolTip(tip(f"{self.key}\n{words}" if self.key else words))
        self.setAccessibleName(tr("Key that signs the files"))

    def _choose(self, path: str) -> None:
        self.set_key(path)
        self.changed.emit()

    def _ask(self) -> None:
        kinds = f"PEM (*.pem *.key *.crt);;{tr('All files')} (*)"
        chosen, _ = QFileDialog.getOpenFileName(self, tr("Choose a key file…"), self.key, kinds)
        if chosen:
            self._choose(chosen)
