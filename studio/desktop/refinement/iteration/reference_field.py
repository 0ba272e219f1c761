"""A picture to go towards: chosen or dropped, and shown small."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QWidget

from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label, tip
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words
from studio.desktop.widgets.panel import ElidedLabel, SectionHeader
from studio.desktop.widgets.picture_taker import PictureTaker

SIDE = 72


class ReferenceField(PictureTaker):
    """`chosen` tells the path of a picture; what it looks like comes back by `show_picture`."""

    chosen = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self.header, self.name, self.picture = SectionHeader(), ElidedLabel(), Label()
        self.name.setProperty("quiet", True)
        self.picture.setFixedSize(QSize(SIDE, SIDE))
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = secondary()
        self.button.clicked.connect(self.ask)
        beside = column(self.button, self.name, None, gap=8)
        column(self.header, row(self.picture, (beside, 1), gap=12), on=self, gap=8)

    def take(self, path: Path) -> None:
        """Another reference."""
        self.path = path
        self.name.setText(path.name)
        self.picture.clear()
        self.chosen.emit(path)

    def forget(self) -> None:
        self.path = None
        self.name.setText(tr("None yet: drop one here"))
        self.picture.clear()

    def show_picture(self, path: Path, image: QImage) -> None:
        """What the file at `path` looks like, where it still is the one."""
        if path == self.path:
            kept, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode
            small = image.scaled(SIDE, SIDE, kept, smooth.SmoothTransformation)
            self.picture.setPixmap(QPixmap.fromImage(small))

    def given(self, path: str) -> None:
        self.take(Path(path))

    def retranslate(self) -> None:
        self.header.setText(tr("Reference picture"))
        words = tr("The picture to go towards; it can also be dropped here")
        set_words((self.button, tr("Choose a picture…"), words))
        self.picture.setToolTip(words)
        if self.path is None:
            self.forget()
        else:
            self.name.setToolTip(tip(str(self.path)))
