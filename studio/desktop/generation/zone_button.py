"""Which layers a direction goes to: all, a named part, or some picked by hand."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QMenu, QToolButton, QWidget, QWidgetAction

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.widgets.labels import set_words

ALL = "all"
_COLUMNS = 4


def zone_name(zone: str) -> str:
    """In a word; the numbers of layers that were picked by hand."""
    names = {ALL: tr("All"), "form": tr("Form"), "texture": tr("Texture"), "colour": tr("Colour")}
    return names.get(zone, zone)


class ZoneButton(QToolButton):
    """The word of the zone, and the menu of all of them; hidden where there is only one."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._zone, self._slots = ALL, 1
        self._zones: tuple[str, ...] = (ALL,)
        self.setAutoRaise(True)
        self.setFixedHeight(18)
        self.setFont(theme.font(11))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self._menu.aboutToHide.connect(self._closed)
        self.setMenu(self._menu)
        self._boxes: list[QCheckBox] = []
        self.setVisible(False)

    @property
    def zone(self) -> str:
        return self._zone

    def set_zones(self, zones: Sequence[str], slots: int) -> None:
        """The named zones of the model, and how many layers it has."""
        self._zones, self._slots = tuple(zones), slots
        self.setVisible(len(zones) > 1)

    def show_zone(self, zone: str) -> None:
        """Without telling anybody."""
        self._zone = zone
        self.setText(zone_name(zone))

    def _fill(self) -> None:
        self._menu.clear()
        whole = {
            ALL: tr("All layers"), "form": tr("Form (coarse layers)"),
            "texture": tr("Texture (middle layers)"), "colour": tr("Colour (fine layers)"),
        }  # fmt: skip
        for zone in self._zones:
            action = self._menu.addAction(whole[zone])
            action.setCheckable(True)
            action.setChecked(zone == self._zone)
            action.triggered.connect(lambda _=False, zone=zone: self._choose(zone))
        self._menu.addSection(tr("Picked by hand"))
        item = QWidgetAction(self._menu)
        item.setDefaultWidget(self._layers())
        self._menu.addAction(item)

    def _layers(self) -> QWidget:
        """A box for each layer, from the coarsest on."""
        from studio.engine.generation.zones import chosen_slots

        panel = QWidget()
        grid = QGridLayout(panel)
        grid.setContentsMargins(16, 4, 16, 8)
        chosen = chosen_slots(self._zone, self._slots)
        self._boxes = []
        for slot in range(self._slots):
            box = QCheckBox(f"{slot + 1}")
            box.setChecked(slot in chosen)
            box.setAccessibleName(tr("Layer {n}", n=slot + 1))
            grid.addWidget(box, slot // _COLUMNS, slot % _COLUMNS)
            self._boxes.append(box)
        return panel

    def _closed(self) -> None:
        """Layers that were ticked count when the menu is left."""
        from studio.engine.generation.zones import chosen_slots, numbered

        ticked = [slot for slot, box in enumerate(self._boxes) if box.isChecked()]
        if ticked and ticked != sorted(chosen_slots(self._zone, self._slots)):
            self._choose(numbered(ticked))

    def _choose(self, zone: str) -> None:
        if zone != self._zone:
            self.show_zone(zone)
            self._boxes = []
            self.chosen.emit(zone)

    def retranslate(self, name: str) -> None:
        tip = tr("Which layers this direction changes (layer zone): form, texture, colour, or some "
                 "picked by hand")  # fmt: skip
        set_words((self, tr("Layers of {name}", name=name), tip))
        self.show_zone(self._zone)
