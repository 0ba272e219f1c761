"""Hiding parts of one picture, over the whole room: faces, names, number plates."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QPushButton, QWidget

from studio.desktop.dataset import words
from studio.desktop.dataset.regions.overlay_editor import OverlayEditor
from studio.desktop.dataset.regions.region_view import RegionView
from studio.desktop.i18n import tr
from studio.desktop.widgets import boxes
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words
from studio.engine.dataset.index.regions import WAYS, Region
from studio.engine.dataset.index.store import Item


class RegionEditor(OverlayEditor):
    """Draws the parts that are hidden."""

    excludeWanted = Signal(int)
    facesWanted = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.view: RegionView = RegionView()
        self.box, self.lasso = QPushButton(), QPushButton()
        self.way = QComboBox()
        for way in WAYS:
            self.way.addItem("", way)
        self.remove, self.clear, self.faces = secondary(""), secondary(""), secondary("")
        self.exclude = secondary("")
        above = (self.head, self._tools(), self.way, self.facts)
        self.lay_out(*above, self.remove, self.clear, self.faces, self.exclude, self.help)
        self._connect()

    def _tools(self) -> QHBoxLayout:
        group = QButtonGroup(self)
        for button in (self.box, self.lasso):
            button.setObjectName("tab")
            button.setCheckable(True)
            group.addButton(button)
        self.box.setChecked(True)
        return boxes.row((self.box, 1), (self.lasso, 1), gap=4)

    def _connect(self) -> None:
        self.lasso.toggled.connect(self.view.set_lasso)
        self.way.activated.connect(lambda _: self.view.set_way(str(self.way.currentData())))
        self.view.changed.connect(self.changed)
        self.remove.clicked.connect(self.view.remove_current)
        self.clear.clicked.connect(lambda: self.view.set_regions(()))
        self.faces.clicked.connect(self._ask_faces)
        self.exclude.clicked.connect(self._exclude)

    # ------------------------------------------------------------------ opening

    def open(self, item: Item, image: QImage) -> None:
        self.cover(item, image)
        self.uncovered()
        self.view.set_regions(item.hidden)
        self.retranslate()

    def show_hidden(self, item_id: int, image: QImage) -> None:
        if self._item is not None and self._item.id == item_id and not image.isNull():
            self.view.show_picture(image, (self._item.width, self._item.height))

    def add_regions(self, item_id: int, regions: list[Region]) -> None:
        if self._item is not None and self._item.id == item_id:
            for region in regions:
                self.view.add(region)

    def let_go(self) -> None:
        super().let_go()
        self.view.set_regions(())

    # ------------------------------------------------------------------ reacting

    def _ask_faces(self) -> None:
        if self._item is not None:
            self.facesWanted.emit(self._item.id)

    def _exclude(self) -> None:
        if self._item is not None:
            number = self._item.id
            self.close_up()
            self.excludeWanted.emit(number)

    def changed(self) -> None:
        count = len(self.view.regions)
        self.facts.setText(
            tr("1 part is hidden") if count == 1
            else tr("{n} parts are hidden", n=words.number(count))
        )  # fmt: skip
        self.remove.setEnabled(0 <= self.view.current < count)
        self.clear.setEnabled(count > 0)
        with QSignalBlocker(self.way):
            self.way.setCurrentIndex(max(0, self.way.findData(self.view.way)))
        if self._item is not None:
            self.drawn.emit(self._item.id, tuple(self.view.regions))

    def finish(self) -> None:
        if self._item is not None:
            number, regions = self._item.id, tuple(self.view.regions)
            self.close_up()
            self.applied.emit(number, regions)

    def other_way(self) -> None:
        (self.box if self.lasso.isChecked() else self.lasso).setChecked(True)

    # ------------------------------------------------------------------ words

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Hide parts of the picture"))
        self.view.setAccessibleName(tr("Picture with the parts that are hidden"))
        self.view.setToolTip("")
        for place, text in enumerate((tr("Blur"), tr("Fill with one colour"))):
            self.way.setItemText(place, text)
        set_words(
            (self.box, tr("Rectangle"), tr("Drag from corner to corner (L changes the tool).")),
            (self.lasso, tr("Lasso"), tr("Draw round what is to be hidden (L changes the tool).")),
            (self.way, tr("Way of hiding"),
             tr("How the chosen part is made unrecognisable (anonymisation).")),
            (self.remove, tr("Remove this part"), tr("Show the chosen part again (Delete).")),
            (self.clear, tr("Remove all parts"), tr("Show the whole picture again.")),
            (self.faces, tr("Find faces"), tr("Hide every face that a detector finds.")),
            (self.exclude, tr("Exclude the picture"),
             tr("Leave the whole picture out of training; Ctrl+Z undoes it.")),
            (self.cancel, tr("Cancel"), tr("Leave the picture as it was (Esc).")),
            (self.apply, tr("Apply"),
             tr("Training sees the picture like this (Enter). The file stays.")),
        )  # fmt: skip
        self.help.setText(
            tr(
                "Drag to hide a part, click to choose one. N makes one, arrows move it, Ctrl "
                "sizes it, [ and ] go to others."
            )
        )
        if self._item is not None:
            self.changed()
