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
    QTimer,
    QUrl,
    Signal,
)
from PySide6.QtGui import QImage, QPixmap

from studio.desktop.dataset import words
from studio.desktop.dataset.collection import Collection, Row
from studio.desktop.i18n import tr
from studio.desktop.widgets import thumb_grid

Index = QModelIndex | QPersistentModelIndex
# 96 MB of tiles: more than three screens of them, whatever the size of the dataset.
_TILE_BYTES = 96_000_000
_TOLD_EVERY_MS = 30
# Older wishes are forgotten by those who fulfil them, so they may be made again.
MOST_WISHES = 400


class PictureModel(QAbstractListModel):
    """Rows for `ThumbGrid`. `data` only looks things up; a missing tile is wished for."""

    tileWanted = Signal(int)
    """Id of an item whose tile is not there yet."""

    def __init__(self, collection: Collection, parent: Any = None) -> None:
        super().__init__(parent)
        self.collection = collection
        self.ids: list[int] = []
        self.paths_of: Callable[[Sequence[int]], list[Path]] = lambda ids: []
        self._places: dict[int, int] = {}
        self._tiles: OrderedDict[int, QPixmap | None] = OrderedDict()
        self._tile_bytes = 0
        self._asked: OrderedDict[int, None] = OrderedDict()
        self._changed: set[int] = set()
        self._tell = QTimer(self)
        self._tell.setSingleShot(True)
        self._tell.setInterval(_TOLD_EVERY_MS)
        self._tell.timeout.connect(self._tell_changes)

    # ------------------------------------------------------------------ what is shown

    def show_ids(self, ids: list[int]) -> None:
        """Show these pictures, in this order. Tiles that are known stay known."""
        if ids == self.ids:
            return
        self.beginResetModel()
        self.ids = ids
        self._places = {key: place for place, key in enumerate(ids)}
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

    def place(self, item_id: int) -> QModelIndex:
        """Where a picture is; an invalid index when it is not shown."""
        row = self._places.get(item_id)
        return QModelIndex() if row is None else self.index(row)

    def id_at(self, index: Index) -> int | None:
        """The picture at an index."""
        return self.ids[index.row()] if 0 <= index.row() < len(self.ids) else None

    def refresh(self, ids: Sequence[int] | None = None) -> None:
        """Pictures changed (all, when None): one coalesced signal follows."""
        self._changed.update(self.ids if ids is None else ids)
        if not self._tell.isActive():
            self._tell.start()

    # ------------------------------------------------------------------ tiles

    def set_tile(self, item_id: int, image: QImage) -> None:
        """A tile arrived; a null image means that there is none."""
        self._asked.pop(item_id, None)
        self._drop(item_id)
        pixmap = None if image.isNull() else QPixmap.fromImage(image)
        self._tiles[item_id] = pixmap
        self._tile_bytes += _weight(pixmap)
        while self._tile_bytes > _TILE_BYTES and len(self._tiles) > 1:
            _, old = self._tiles.popitem(last=False)
            self._tile_bytes -= _weight(old)
        self.refresh([item_id])

    def forget_tiles(self, ids: Sequence[int] | None = None) -> None:
        """The files changed (all, when None): their tiles are made again."""
        for key in list(self._tiles) if ids is None else ids:
            self._drop(key)
        self._asked.clear()

    def forget_wishes(self) -> None:
        """Wishes that were not fulfilled are made again when the tile is painted next."""
        self._asked.clear()

    def tile(self, item_id: int) -> QPixmap | None:
        """The tile when it is there; otherwise it is wished for."""
        if item_id in self._tiles:
            self._tiles.move_to_end(item_id)
            return self._tiles[item_id]
        if item_id not in self._asked:
            self._asked[item_id] = None
            if len(self._asked) > MOST_WISHES:
                self._asked.popitem(last=False)
            self.tileWanted.emit(item_id)
        return None

    def _drop(self, item_id: int) -> None:
        if item_id in self._tiles:
            self._tile_bytes -= _weight(self._tiles.pop(item_id))

    def _tell_changes(self) -> None:
        places = [self._places[key] for key in self._changed if key in self._places]
        self._changed.clear()
        if places:
            self.dataChanged.emit(self.index(min(places)), self.index(max(places)))

    # ------------------------------------------------------------------ Qt's questions

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own signature
        """All pictures at once: fetching more later would break the scroll bar."""
        return 0 if parent.isValid() else len(self.ids)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Tiles can be chosen and dragged out as files."""
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return base | Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What the delegate paints and what a screen reader says."""
        key = self.id_at(index)
        row = self.collection.rows.get(key) if key is not None else None
        if row is None:
            return None
        look = _LOOKS.get(role)
        return look(self, row) if look else None

    def mimeTypes(self) -> list[str]:
        """Real files."""
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
        """The few words at the foot of a tile."""
        kinds = self.collection.kinds(row.id)
        first = words.badge(kinds[0]) if kinds else ""
        if row.usable and not row.included:
            return f"{tr('Excluded')} · {first}" if first else tr("Excluded")
        return first

    def spoken(self, row: Row) -> str:
        """Name, size, decision and findings, for tooltip and screen reader."""
        parts = [row.name]
        if row.width:
            parts.append(f"{row.width} × {row.height}")
        parts.append(tr("will train") if row.trains else tr("will not train"))
        if row.rating:
            parts.append(tr("1 star") if row.rating == 1 else tr("{n} stars", n=row.rating))
        parts += [words.sentence(f) for f in self.collection.findings.get(row.id, ())]
        return " · ".join(parts)


def _weight(pixmap: QPixmap | None) -> int:
    return 64 if pixmap is None else pixmap.width() * pixmap.height() * 4


_LOOKS: dict[int, Callable[[PictureModel, Row], Any]] = {
    Qt.ItemDataRole.DisplayRole: lambda model, row: row.name,
    Qt.ItemDataRole.DecorationRole: lambda model, row: model.tile(row.id),
    Qt.ItemDataRole.ToolTipRole: PictureModel.spoken,
    Qt.ItemDataRole.AccessibleTextRole: PictureModel.spoken,
    thumb_grid.BADGE_ROLE: PictureModel.badge,
    thumb_grid.DIM_ROLE: lambda model, row: not row.trains,
    thumb_grid.RATING_ROLE: lambda model, row: row.rating,
}
