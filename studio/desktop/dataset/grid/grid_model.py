"""The grid's model: ids in the order of the view, tiles from a bounded store of pixmaps."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QUrl,
    Signal,
)
from PySide6.QtGui import QImage, QPixmap

from studio.desktop.base.ticker import Ticker
from studio.desktop.dataset import words
from studio.desktop.dataset.session.collection import Collection
from studio.desktop.i18n import tr
from studio.desktop.plain_text import tip
from studio.desktop.widgets import thumb_tile
from studio.engine.dataset.index.listed_rows import Line as Row

Index = QModelIndex | QPersistentModelIndex
# More than three screens of tiles, whatever the size of the dataset and of the tiles.
_TILE_BYTES = 64_000_000
SIDES = (64, 128, 256, 512)
"""Tiles are kept at the smallest of these that is sharp."""
_TOLD_EVERY_MS, _TOLD_SINGLY = 30, 200
# Older wishes are forgotten by those who fulfil them, so they may be made again.
MOST_WISHES = 400


class PictureModel(QAbstractListModel):
    """Rows for `ThumbGrid`. `data` only looks things up; a missing tile is wished for."""

    tileWanted = Signal(int)
    """Id of an item whose tile is not there yet."""
    allChanged = Signal()
    """So much changed that all is to be painted again: a view that is told of a range looks at
    every row of it, which takes long."""

    def __init__(self, collection: Collection, parent: Any = None) -> None:
        super().__init__(parent)
        self.collection = collection
        self.ids: list[int] = []
        self.paths_of: Callable[[Sequence[int]], list[Path]] = lambda ids: []
        self.asked_for = ""
        """The kind of finding that the view is about: it is the one that a tile names."""
        self._places: dict[int, int] = {}
        self._tiles: OrderedDict[int, tuple[QPixmap | None, int]] = OrderedDict()
        self._side = SIDES[-1]
        self._tile_bytes = 0
        self._asked: OrderedDict[int, None] = OrderedDict()
        self._changed: set[int] = set()
        self._everything = False
        self._tell = Ticker(self, self._tell_changes, _TOLD_EVERY_MS)

    # ------------------------------------------------------------------ what is shown

    def show_ids(self, ids: list[int], places: dict[int, int] | None = None) -> None:
        """Show these pictures, in this order, `places` being where each is.

        Tiles that are known stay known. Both now belong to the model.
        """
        if ids == self.ids:
            return
        self.beginResetModel()
        self.ids = ids
        if places is None:
            places = {key: place for place, key in enumerate(ids)}
        self._places = places
        self._asked.clear()
        self.endResetModel()

    def append(self, ids: list[int]) -> None:
        """More pictures at the end, without disturbing the view."""
        fresh = [key for key in ids if key not in self._places]
        if not fresh:
            return
        start = len(self.ids)
        self.beginInsertRows(QModelIndex(), start, start + len(fresh) - 1)
        self.ids.extend(fresh)
        self._places.update({key: start + offset for offset, key in enumerate(fresh)})
        self.endInsertRows()

    def grow(self, ids: list[int], places: dict[int, int]) -> None:
        """As `show_ids`, where what is shown is the beginning of `ids`: the view stays."""
        self.beginInsertRows(QModelIndex(), len(self.ids), len(ids) - 1)
        self.ids, self._places = ids, places
        self.endInsertRows()

    def place(self, item_id: int) -> QModelIndex:
        """Where a picture is; an invalid index when it is not shown."""
        row = self._places.get(item_id)
        return QModelIndex() if row is None else self.index(row)

    def id_at(self, index: Index) -> int | None:
        return self.ids[index.row()] if 0 <= index.row() < len(self.ids) else None

    def refresh(self, ids: Sequence[int] | None = None) -> None:
        """Pictures changed (all, when None): one coalesced signal follows."""
        if ids is None:
            self._everything = True
        else:
            self._changed.update(ids)
        self._tell.soon()

    # ------------------------------------------------------------------ tiles

    def set_side(self, pixels: int) -> int:
        """Tiles are painted at so many pixels; returns the side they are kept at.

        Smaller ones stay in sight until larger ones come.
        """
        self._side = next((side for side in SIDES if side >= pixels), SIDES[-1])
        self._asked.clear()
        return self._side

    def set_tile(self, item_id: int, image: QImage) -> None:
        """A tile arrived; a null image means that there is none."""
        self._asked.pop(item_id, None)
        self._drop(item_id)
        pixmap = None if image.isNull() else QPixmap.fromImage(_no_larger(image, self._side))
        self._tiles[item_id] = pixmap, self._side
        self._tile_bytes += _weight(pixmap)
        while self._tile_bytes > _TILE_BYTES and len(self._tiles) > 1:
            _, (old, _) = self._tiles.popitem(last=False)
            self._tile_bytes -= _weight(old)
        self.refresh([item_id])

    def forget_tiles(self, ids: Sequence[int] | None = None) -> None:
        """The files changed (all, when None): their tiles are made again."""
        for key in list(self._tiles) if ids is None else ids:
            self._drop(key)
        self._asked.clear()

    def tile(self, item_id: int) -> QPixmap | None:
        """The tile when it is there; otherwise, or when it is too small, it is wished for."""
        pixmap = None
        if item_id in self._tiles:
            self._tiles.move_to_end(item_id)
            pixmap, side = self._tiles[item_id]
            if pixmap is None or side >= self._side:
                return pixmap
        if item_id not in self._asked:
            self._asked[item_id] = None
            if len(self._asked) > MOST_WISHES:
                self._asked.popitem(last=False)
            self.tileWanted.emit(item_id)
        return pixmap

    def _drop(self, item_id: int) -> None:
        if item_id in self._tiles:
            self._tile_bytes -= _weight(self._tiles.pop(item_id)[0])

    def _tell_changes(self) -> None:
        if self._everything or len(self._changed) > _TOLD_SINGLY:
            self.allChanged.emit()
        else:
            for key in self._changed:
                if key in self._places:
                    index = self.index(self._places[key])
                    self.dataChanged.emit(index, index)
        self._everything = False
        self._changed.clear()

    # ------------------------------------------------------------------ Qt's questions

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own signature
        """All pictures at once: fetching more later would break the scroll bar."""
        return 0 if parent.isValid() else len(self.ids)

    def flags(self, index: Index) -> Qt.ItemFlag:
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return base | Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        key = self.id_at(index)
        row = self.collection.rows.get(key) if key is not None else None
        if row is None:
            return None
        look = _LOOKS.get(role)
        return look(self, row) if look else None

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The original files of the tiles; nothing for members of an archive."""
        ids = [key for index in indexes if (key := self.id_at(index)) is not None]
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in self.paths_of(ids)])
        return data

    def supportedDragActions(self) -> Qt.DropAction:
        """Copies only: the originals are not ours to move."""
        return Qt.DropAction.CopyAction

    def badge(self, row: Row) -> str:
        kinds = self.collection.kinds(row.id)
        named = self.asked_for if self.asked_for in kinds else next(iter(kinds), "")
        first = words.badge(named) if named else ""
        if row.usable and not row.included:
            return f"{tr('Excluded')} · {first}" if first else tr("Excluded")
        return first

    def spoken(self, row: Row) -> str:
        """Name, size, decision and findings, for tooltip and screen reader."""
        parts = [row.name]
        if row.width:
            parts.append(f"{row.width} × {row.height}")
        held_out = row.id in self.collection.held_out
        parts.append(tr("will train") if row.trains and not held_out else tr("will not train"))
        if row.trains and held_out:
            parts.append(tr("Held out"))
        if row.rating:
            parts.append(tr("1 star") if row.rating == 1 else tr("{n} stars", n=row.rating))
        parts += [words.sentence(f) for f in self.collection.findings.get(row.id, ())]
        return " · ".join(parts)


def _no_larger(image: QImage, side: int) -> QImage:
    """The image with its shorter side at most `side`."""
    if min(image.width(), image.height()) <= side:
        return image
    wide, smooth = Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode
    return image.scaled(side, side, wide, smooth.SmoothTransformation)


def _weight(pixmap: QPixmap | None) -> int:
    return 64 if pixmap is None else pixmap.width() * pixmap.height() * 4


_LOOKS: dict[int, Callable[[PictureModel, Row], Any]] = {
    Qt.ItemDataRole.DisplayRole: lambda model, row: row.name,
    Qt.ItemDataRole.DecorationRole: lambda model, row: model.tile(row.id),
    Qt.ItemDataRole.ToolTipRole: lambda model, row: tip(PictureModel.spoken(model, row)),
    Qt.ItemDataRole.AccessibleTextRole: PictureModel.spoken,
    thumb_tile.BADGE_ROLE: PictureModel.badge,
    thumb_tile.DIM_ROLE: lambda model, row: not row.trains,
    thumb_tile.RATING_ROLE: lambda model, row: row.rating,
}
