"""The history as it is seen: every state of the canvas, with branches and small pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QWidget

from studio.desktop.generation.history import History
from studio.desktop.generation.recipe_editor import Editing
from studio.desktop.generation.session import Session
from studio.desktop.generation.small_pictures import SmallPictures
from studio.desktop.i18n import said, tr
from studio.desktop.widgets.count_list import CountList, Entry

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe

SEEN, LISTED = 4, 60
"""Rows in sight, and those that are scrolled to: the ones around the present step."""
ROW, SIDE = 34, 56
"""Pixels of a row, and of the pictures that are kept."""
REST_MS = 400
"""How long the hand has to rest before pictures are drawn."""


class HistoryView(CountList):
    """The newest step on top. Up and down walk it, left goes to what a step came from, right to
    the newest that came from it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, most=SEEN, row_height=ROW)
        self._history = History()
        self._pictures: dict[int, QPixmap] = {}
        self._none_yet = QPixmap()

    def show_steps(self, history: History) -> None:
        """Those around the one on the canvas, which is chosen."""
        if history is not self._history:
            self._history, self._pictures = history, {}
        current = history.current
        rows = history.rows()
        now = -1 if current is None else current.number
        at = next((n for n, (step, _) in enumerate(rows) if step.number == now), 0)
        start = max(0, min(len(rows) - LISTED, at - LISTED // 2))
        entries = [
            Entry(step.number, said(step.text), tr("now") if step.number == now else "",
                  depth=depth, picture=self._pictures.get(step.number, self._none_yet))
            for step, depth in rows[start : start + LISTED]
        ]  # fmt: skip
        if entries != self.entries() or self.current_key() != now:
            self.set_entries(entries, now)
            self.setFixedHeight(SEEN * ROW)  # whatever it holds, or the sheet above would move

    def retranslate(self) -> None:
        self.show_steps(self._history)

    def missing(self) -> dict[int, LatentRecipe]:
        """The recipes of rows without a picture, by number; those of forgotten steps go."""
        tree = self._history.tree
        self._pictures = {key: each for key, each in self._pictures.items() if key in tree}
        rows = (entry.key for entry in self.entries())
        return {key: tree[key].recipe for key in rows if key in tree and key not in self._pictures}

    def show_picture(self, number: int, picture: QImage) -> None:
        self._pictures[number] = QPixmap.fromImage(picture)
        self.show_steps(self._history)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, number = Qt.Key(event.key()), self.current_key()
        step = self._history.tree.get(number) if number is not None else None
        if step is None or key not in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Left:
            self.choose(step.parent)
        else:
            children = (each.number for each in self._history.tree.values()
                        if each.parent == number)  # fmt: skip
            self.choose(max(children, default=None))


class HistoryPictures(QObject):
    """Draws what the rows show, once each, while the hand rests; they stay what they were when a
    newer checkpoint comes."""

    def __init__(self, session: Session, editing: Editing, view: HistoryView) -> None:
        super().__init__(view)
        self._view, self._pictures = view, SmallPictures(session, self._took)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._begin)
        editing.changed.connect(self._edited)

    @property
    def is_drawn(self) -> bool:
        return self._pictures.is_drawn and not self._rest.isActive()

    @Slot()
    def _edited(self) -> None:
        self._pictures.draw({})
        self._rest.start()

    @Slot()
    def _begin(self) -> None:
        self._pictures.draw(self._view.missing())

    def _took(self, number: int, picture: QImage) -> None:
        if not picture.isNull():
            picture = picture.scaled(
                SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )  # fmt: skip
        self._view.show_picture(number, picture)
