"""Style mixing: a strip of slots, and a picture for each group of them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QToolButton, QWidget

from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.cell_strip import CellStrip, Tone
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.seed_box import SeedBox

PREVIEW = 78
"""Pixels of the side of a preview."""
Slots = dict[int, int]
"""The seed of each slot that is not of the picture itself."""


class MixPanel(QWidget):
    """Says which slots the artist wants of the other seed; shows what it is told."""

    slotsWanted = Signal(object, bool)
    """:data:`Slots`, and whether a new gesture begins."""
    seedChosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.word, self.seed, self.strip = Label(), SeedBox(), CellStrip()
        self.coarse, self.fine = text_label(quiet=True), text_label(quiet=True)
        self.previews: dict[str, QToolButton] = {}
        self._groups: dict[str, tuple[int, int]] = {}
        self._count = 0
        self._slots: Slots = {}
        self._given = True
        self._place = row(gap=6)
        ends = row(self.coarse, None, self.fine)
        line = row(self.word, None, self.seed, gap=-1)
        column(line, self.strip, ends, self._place, on=self, gap=6)
        self.seed.seedEntered.connect(self.seedChosen)
        self.strip.pressed.connect(self._pressed)
        self.strip.swept.connect(self._swept)

    def set_model(self, count: int, groups: Mapping[str, tuple[int, int]]) -> None:
        """So many slots, and ranges of them by name."""
        self._count, self._groups = count, dict(groups)
        for old in self.previews.values():
            self._place.removeWidget(old)
            old.deleteLater()
        self.previews = {}
        for name in groups:
            button = QToolButton()
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setIconSize(QSize(PREVIEW, PREVIEW))
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda on, name=name: self._whole_group(name, on))
            self.previews[name] = button
            self._place.addWidget(button, 1)
        self.show_slots({})
        self.retranslate()

    def show_slots(self, slots: Slots) -> None:
        self._slots, seed = dict(slots), self.seed.seed()
        tones, names = [], []
        for slot in range(self._count):
            of = slots.get(slot)
            tones.append(Tone.PLAIN if of is None else Tone.FULL if of == seed else Tone.HALF)
            names.append(
                tr("Slot {n}: of this picture", n=slot) if of is None
                else tr("Slot {n}: of seed {seed}", n=slot, seed=of)
            )  # fmt: skip
        self.strip.set_cells(tones, names)
        for name, (first, after) in self._groups.items():
            whole = all(slots.get(slot) == seed for slot in range(first, after))
            self.previews[name].setChecked(whole)

    def show_preview(self, name: str, image: QImage) -> None:
        if name in self.previews:
            self.previews[name].setIcon(QIcon(QPixmap.fromImage(image)))

    def with_group(self, name: str, on: bool = True) -> Slots:
        """The slots with a whole group of the other seed, or of the picture itself."""
        first, after = self._groups[name]
        kept = {slot: of for slot, of in self._slots.items() if not first <= slot < after}
        return kept | dict.fromkeys(range(first, after), self.seed.seed()) if on else kept

    def groups(self) -> list[str]:
        return list(self._groups)

    def _whole_group(self, name: str, on: bool) -> None:
        self.slotsWanted.emit(self.with_group(name, on), True)

    def _pressed(self, slot: int) -> None:
        self._given = self._slots.get(slot) != self.seed.seed()
        self._give(slot, True)

    def _swept(self, slot: int) -> None:
        self._give(slot, False)

    def _give(self, slot: int, begins: bool) -> None:
        slots = {each: of for each, of in self._slots.items() if each != slot}
        if self._given:
            slots[slot] = self.seed.seed()
        self.slotsWanted.emit(slots, begins)

    def retranslate(self) -> None:
        of = tr("The picture that slots are taken from")
        hint = tr("Click or drag over slots to take them from the other seed (style mixing)")
        self.word.setText(tr("Other seed"))
        self.word.setToolTip(of)
        set_words((self.seed, tr("Other seed"), of), (self.strip, tr("Slots"), hint))
        self.coarse.setText(tr("coarse"))
        self.fine.setText(tr("fine"))
        words = {"coarse": tr("Form"), "middle": tr("Parts"), "fine": tr("Colour")}
        for name, button in self.previews.items():
            text = words.get(name, name)
            take = tr("{name} of the other seed (slots {first} to {last})", name=text,
                      first=self._groups[name][0], last=self._groups[name][1] - 1)  # fmt: skip
            set_words((button, text, take))
