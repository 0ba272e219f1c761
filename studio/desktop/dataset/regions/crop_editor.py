"""Cropping one picture by hand, over the whole room, beside what the network will see of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from studio.desktop.dataset.inspector.item_queries import Seen
from studio.desktop.dataset.inspector.training_pictures import SeenWall
from studio.desktop.dataset.regions.crop_view import WHOLE, Box, CropView
from studio.desktop.i18n import tr
from studio.desktop.widgets.buttons import primary, secondary
from studio.desktop.widgets.panel import PANEL_WIDTH, SectionHeader
from studio.engine.dataset.index.store import Item

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CropEditor(QFrame):
    """Covers its parent while it is open. What is drawn counts once it is applied."""

    drawn = Signal(int, object)
    """Item id and the rectangle being drawn: the preview is wanted."""
    applied = Signal(int, object)
    """Item id and its crop; None is the whole picture."""
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._item: Item | None = None
        self._size = (64, 64)
        self.view, self.wall = CropView(), SeenWall()
        self.head, self.seen_head = QLabel(), SectionHeader("")
        self.facts, self.help = QLabel(), QLabel()
        for label in (self.head, self.facts, self.help):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        for label in (self.facts, self.help):
            label.setProperty("quiet", True)
        self.lock = QCheckBox()
        self.lock.setChecked(True)
        self.everything, self.remove = secondary(""), secondary("")
        self.cancel, self.apply = secondary(""), primary("")
        self._lay_out()
        self.lock.toggled.connect(lambda _: self._lock())
        self.view.changed.connect(self._changed)
        self.everything.clicked.connect(lambda: self.view.set_box(self.view.largest()))
        self.remove.clicked.connect(lambda: self._finish(None))
        self.apply.clicked.connect(lambda: self._finish(self.view.box))
        self.cancel.clicked.connect(self.close_up)
        parent.installEventFilter(self)
        self.hide()

    def _lay_out(self) -> None:
        side = QWidget()
        side.setFixedWidth(PANEL_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        for part in (self.head, self.seen_head, self.wall, self.facts, self.lock,
                     self.everything, self.remove, self.help):  # fmt: skip
            column.addWidget(part)
        column.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.cancel, 1)
        buttons.addWidget(self.apply, 1)
        column.addLayout(buttons)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.view, 1)
        line.addWidget(side)

    # ------------------------------------------------------------------ opening

    def open(self, item: Item, image: QImage, size: tuple[int, int]) -> None:
        """Begin with the crop that `item` has; `size` is the training size."""
        self._item, self._size = item, size
        self.head.setText(item.name)
        self.view.show_picture(image, (item.width, item.height))
        self.wall.show_images([], size)
        self.wall.show_waiting()
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        fits = item.crop is None or self._fits(item.crop)
        self.lock.blockSignals(True)
        self.lock.setChecked(fits)
        self.lock.blockSignals(False)
        self.view.lock(0.0)
        self.view.set_box(item.crop or WHOLE)
        self._lock()
        self.remove.setEnabled(item.crop is not None)
        self.retranslate()
        self.show()
        self.raise_()
        self.view.setFocus()

    @property
    def item(self) -> Item | None:
        """The picture that is being cropped."""
        return self._item if self.isVisible() else None

    def show_image(self, image: QImage) -> None:
        """The picture, sharper than the tile that stood for it."""
        if self._item is not None:
            self.view.show_picture(image, (self._item.width, self._item.height))

    def show_seen(self, seen: list[Seen]) -> None:
        """What the network would see of the part that is drawn."""
        if self._item is not None and seen and seen[0].item_id == self._item.id:
            self.wall.show_images(seen[0].images, seen[0].size)

    def close_up(self) -> None:
        """Uncover the room; nothing is changed."""
        if self.isVisible():
            self.hide()
            self._item = None
            self.view.show_picture(QImage(), (1, 1))
            self.closed.emit()

    # ------------------------------------------------------------------ reacting

    def _fits(self, crop: Box) -> bool:
        assert self._item is not None
        width = (crop[2] - crop[0]) * self._item.width
        height = (crop[3] - crop[1]) * self._item.height
        return abs(width / height * self._size[1] / self._size[0] - 1) < 0.02

    def _lock(self) -> None:
        self.view.lock(self._size[0] / self._size[1] if self.lock.isChecked() else 0.0)
        self._changed()

    def _changed(self) -> None:
        if self._item is None:
            return
        width, height = self.view.pixel_size()
        parts = [tr("{size} pixels are kept", size=f"{width} × {height}")]
        if width < self._size[0] or height < self._size[1]:
            parts.append(tr("they will be enlarged"))
        self.facts.setText(" · ".join(parts))
        self.drawn.emit(self._item.id, self.view.box)

    def _finish(self, box: Box | None) -> None:
        if self._item is None:
            return
        number = self._item.id
        whole = box is not None and max(abs(a - b) for a, b in zip(box, WHOLE, strict=True)) < 1e-6
        self.applied.emit(number, None if whole else box)
        self.close_up()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter applies, Esc gives up, L locks the shape; a button with the focus is pressed."""
        focus = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.close_up()
        elif event.key() in _ENTER and isinstance(focus, QAbstractButton):
            focus.click()
        elif event.key() in _ENTER:
            self._finish(self.view.box)
        elif event.key() == Qt.Key.Key_L:
            self.lock.toggle()

    def event(self, event: QEvent) -> bool:
        """Keys mean here what they mean here, not what the room below makes of them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
            if event.key() in _ENTER or plain == Qt.KeyboardModifier.NoModifier:
                event.accept()
                return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the room."""
        parent = self.parentWidget()
        if event.type() == QEvent.Type.Resize and self.isVisible() and parent is not None:
            self.setGeometry(parent.rect())
        return False

    # ------------------------------------------------------------------ words

    def retranslate(self) -> None:
        """Texts in the current language."""
        self.setAccessibleName(tr("Crop by hand"))
        self.view.setAccessibleName(tr("Picture with the part that is kept"))
        self.view.setToolTip("")
        self.wall.retranslate()
        self.seen_head.setText(tr("What the network will see"))
        shape = f"{self._size[0]} : {self._size[1]}"
        texts = (
            (self.lock, tr("Keep the shape {shape}", shape=shape),
             tr("Width over height stays that of the training size (aspect ratio, L).")),
            (self.everything, tr("As large as possible"),
             tr("The largest part in the middle. A double click on the picture does it too.")),
            (self.remove, tr("Remove the crop"),
             tr("The whole picture trains again; the dataset's policy fits it.")),
            (self.cancel, tr("Cancel"), tr("Leave the picture as it was (Esc).")),
            (self.apply, tr("Apply"), tr("Train on this part only (Enter). The file stays.")),
        )  # fmt: skip
        for button, text, help in texts:
            button.setText(text)
            button.setToolTip(help)
            button.setAccessibleName(text)
        self.help.setText(
            tr("Drag to draw. Arrows move by a pixel, Shift by ten, Ctrl changes the size.")
        )
        if self._item is not None:
            self._changed()
