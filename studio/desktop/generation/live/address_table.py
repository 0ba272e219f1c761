"""Every address of the model on the canvas: what it plays, as what it is sent, and where it
stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from studio.desktop import i18n
from studio.desktop.i18n import tr

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.live.controls import Control
    from studio.engine.live.setup import Setup

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_ENDLESS = 1e6
CONTROL, ADDRESS, TYPE, RANGE, NOW, SOURCE = range(6)


class AddressModel(QAbstractTableModel):
    """A row for each control."""

    def __init__(self, recipe: Callable[[], LatentRecipe]) -> None:
        super().__init__()
        self._recipe = recipe
        self.controls: list[Control] = []
        self._sources: dict[str, str] = {}
        self._now: list[str] = []

    def show_controls(self, controls: list[Control], setup: Setup | None, waiting: str) -> None:
        """These rows; of `waiting` it is said that it waits for its controller."""
        sources: dict[str, str] = {}
        for rule in setup.rules if setup is not None else ():
            sources[rule.target] = rule.source
        if waiting:
            sources[waiting] = tr("Move a controller…")
        self.beginResetModel()
        self.controls, self._sources = controls, sources
        self._now = self._values()
        self.endResetModel()

    def look(self) -> None:
        """Show where everything stands now."""
        now = self._values()
        for row, (before, after) in enumerate(zip(self._now, now, strict=True)):
            if before != after:
                self._now[row] = after
                place = self.index(row, NOW)
                self.dataChanged.emit(place, place)

    def _values(self) -> list[str]:
        recipe = self._recipe()
        return [_number(each, each.get(recipe)) for each in self.controls]

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.controls)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return SOURCE + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in (RANGE, NOW):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        control = self.controls[index.row()]
        return (
            i18n.said(control.title), control.address,
            f"{control.kind}  {tr('itself') if control.whole else '0…1'}",
            _range(control),
            self._now[index.row()], self._sources.get(control.address, ""),
        )[index.column()]  # fmt: skip

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and section in (RANGE, NOW):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            tr("Control"), tr("Address"), tr("Sent as"), tr("Range"), tr("Now"), tr("Played by"),
        )[section]  # fmt: skip


def _range(control: Control) -> str:
    """Seeds have no end that would mean anything."""
    high = "" if control.high > _ENDLESS else _number(control, control.high)
    return f"{_number(control, control.low)} … {high}".rstrip()


def _number(control: Control, value: float) -> str:
    return f"{value:.0f}" if control.whole else f"{value:.2f}"


class AddressTable(QTableView):
    """One row is chosen; double click or Ctrl+C copies its address."""

    def __init__(self, model: AddressModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(26)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in ((CONTROL, 132), (TYPE, 84), (RANGE, 94), (NOW, 66), (SOURCE, 116)):
            head.resizeSection(column, width)
        head.setSectionResizeMode(ADDRESS, QHeaderView.ResizeMode.Stretch)

    def chosen(self) -> int:
        """The row, or -1."""
        return self.currentIndex().row()
