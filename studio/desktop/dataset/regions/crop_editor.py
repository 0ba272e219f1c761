"""Cropping one picture by hand, over the whole room, beside what the network will see of it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QWidget

from studio.desktop.dataset.inspector.item_queries import Seen
from studio.desktop.dataset.inspector.training_pictures import SeenWall
from studio.desktop.dataset.regions.crop_view import CropView
from studio.desktop.dataset.regions.overlay_editor import OverlayEditor
from studio.desktop.i18n import tr
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.frame_handles import WHOLE, Box
from studio.desktop.widgets.labels import set_words
from studio.desktop.widgets.panel import SectionHeader
from studio.engine.dataset.index.store import Item


class CropEditor(OverlayEditor):
    """Draws the part that trains; None is the whole picture."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._size = (64, 64)
        self.view: CropView = CropView()
        self.wall, self.seen_head = SeenWall(), SectionHeader("")
        self.lock = QCheckBox()
        self.lock.setChecked(True)
        self.everything, self.remove = secondary(""), secondary("")
        above = (self.head, self.seen_head, self.wall, self.facts)
        self.lay_out(*above, self.lock, self.everything, self.remove, self.help)
        self.lock.toggled.connect(lambda _: self._lock())
        self.view.changed.connect(self.changed)
        self.everything.clicked.connect(lambda: self.view.set_box(self.view.largest()))
        self.remove.clicked.connect(lambda: self._apply(None))

    # ------------------------------------------------------------------ opening

    def open(self, item: Item, image: QImage, size: tuple[int, int]) -> None:
        """Begin with the crop that `item` has; `size` is the training size."""
        self._size = size
        self.cover(item, image)
        self.wall.show_images([], size)
        self.wall.show_waiting()
        with QSignalBlocker(self.lock):
            self.lock.setChecked(item.crop is None or self._fits(item, item.crop))
        self.view.lock(0.0)
        self.view.set_box(item.crop or WHOLE)
        self._lock()
        self.remove.setEnabled(item.crop is not None)
        self.retranslate()
        self.uncovered()

    def show_seen(self, seen: list[Seen]) -> None:
        if self._item is not None and seen and seen[0].item_id == self._item.id:
            self.wall.show_images(seen[0].images, seen[0].size)

    # ------------------------------------------------------------------ reacting

    def _fits(self, item: Item, crop: Box) -> bool:
        width, height = (crop[2] - crop[0]) * item.width, (crop[3] - crop[1]) * item.height
        return abs(width / height * self._size[1] / self._size[0] - 1) < 0.02

    def _lock(self) -> None:
        self.view.lock(self._size[0] / self._size[1] if self.lock.isChecked() else 0.0)
        self.changed()

    def changed(self) -> None:
        if self._item is None:
            return
        width, height = self.view.pixel_size()
        parts = [tr("{size} pixels are kept", size=f"{width} × {height}")]
        if width < self._size[0] or height < self._size[1]:
            parts.append(tr("they will be enlarged"))
        self.facts.setText(" · ".join(parts))
        self.drawn.emit(self._item.id, self.view.box)

    def finish(self) -> None:
        self._apply(self.view.box)

    def other_way(self) -> None:
        self.lock.toggle()

    def _apply(self, box: Box | None) -> None:
        if self._item is None:
            return
        number = self._item.id
        whole = box is not None and max(abs(a - b) for a, b in zip(box, WHOLE, strict=True)) < 1e-6
        self.applied.emit(number, None if whole else box)
        self.close_up()

    # ------------------------------------------------------------------ words

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Crop by hand"))
        self.view.setAccessibleName(tr("Picture with the part that is kept"))
        self.view.setToolTip("")
        self.wall.retranslate()
        self.seen_head.setText(tr("What the network will see"))
        shape = f"{self._size[0]} : {self._size[1]}"
        set_words(
            (self.lock, tr("Keep the shape {shape}", shape=shape),
             tr("Width over height stays that of the training size (aspect ratio, L).")),
            (self.everything, tr("As large as possible"),
             tr("The largest part in the middle. A double click on the picture does it too.")),
            (self.remove, tr("Remove the crop"),
             tr("The whole picture trains again; the dataset's policy fits it.")),
            (self.cancel, tr("Cancel"), tr("Leave the picture as it was (Esc).")),
            (self.apply, tr("Apply"), tr("Train on this part only (Enter). The file stays.")),
        )  # fmt: skip
        self.help.setText(
            tr("Drag to draw. Arrows move by a pixel, Shift by ten, Ctrl changes the size.")
        )
        if self._item is not None:
            self.changed()
