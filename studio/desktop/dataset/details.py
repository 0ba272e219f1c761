"""Keeps the pages of the inspector and the crop editor in line with the chosen pictures.

Everything is asked beside the window, and of several questions only the newest is answered.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from studio.desktop.base.ticker import Ticker
from studio.desktop.dataset.inspector import item_queries
from studio.desktop.dataset.inspector.inspector import Inspector
from studio.desktop.dataset.inspector.item_queries import Box, Described, Preparation
from studio.desktop.dataset.regions.crop_editor import CropEditor
from studio.desktop.dataset.survey_parts import Around
from studio.desktop.i18n import tr
from studio.engine.dataset.index.store import Item
from studio.engine.dataset.preparation.split import Split
from studio.engine.project import Project

_AFTER_MS = 60
_CROPPED_SIDE = 1600


class Details(QObject):
    """Joins selection, curation, pages and crop editor."""

    def __init__(self, around: Around, inspector: Inspector, editor: CropEditor) -> None:
        super().__init__(inspector)
        self._notices, self._curation = around.studio.notices, around.curation
        self._session, self._selection = around.session, around.selection
        self._inspector, self._editor = inspector, editor
        self._counted: tuple[int | None, int | None] = None, None
        self._timer = Ticker(self, self.show, _AFTER_MS)
        self._connect()

    def _connect(self) -> None:
        page, metadata = self._inspector.preparation, self._inspector.metadata
        curation, editor = self._curation, self._editor
        self._selection.shown.connect(self._timer.start)
        self._session.opened.connect(self.show_preparation)
        self._session.judged.connect(self._show_division)
        self._inspector.pageChanged.connect(lambda _: self.show())
        page.policyWanted.connect(curation.prepare)
        page.sizeWanted.connect(curation.set_size)
        page.shareWanted.connect(curation.hold_out)
        page.cropWanted.connect(self.crop)
        page.uncropWanted.connect(self.uncrop)
        metadata.textsWanted.connect(curation.change_texts)
        metadata.rights.itemsStated.connect(curation.state_rights)
        metadata.rights.sourceStated.connect(curation.state_source)
        metadata.rights.markWanted.connect(curation.mark)
        metadata.rights.sourceMarkWanted.connect(curation.mark_source)
        curation.preparationChanged.connect(self.show_preparation)
        curation.stored.connect(self._timer.start)
        curation.refused.connect(self._refused)
        editor.drawn.connect(self._drawn)
        editor.applied.connect(lambda number, box: curation.crop({number: box}))

    # ------------------------------------------------------------------ asking

    def show(self) -> None:
        threads, project = self._session.threads, self._session.project
        ids = self._selection.ids()
        if threads is None or project is None or self._session.dataset is None or not ids:
            self._inspector.show_seen([])
            self._inspector.metadata.show_none(
                tr("Choose pictures to label them, to caption them and to state their rights.")
            )
            return
        if self._inspector.page == "metadata":
            self._inspector.metadata.show_labels(self._labels())
            threads.look.latest(
                "described", threads.decisions.after_all,
                partial(item_queries.describe, project, self._session.dataset.id, ids),
                done=self._take_described,
            )  # fmt: skip
        else:
            wanted = ids[: 1 if self._inspector.page == "picture" else item_queries.MOST_PICTURES]
            self._inspector.preparation.wall.show_waiting()
            threads.look.latest(
                "seen", item_queries.see, project, wanted, threads.previewer.stopping,
                done=partial(self._inspector.show_seen, chosen=len(ids)),
            )  # fmt: skip

    def show_preparation(self) -> None:
        """What holds for the open dataset; its division follows when its rows are there."""
        # To divide a hundred thousand pictures beside their coming in would hold up both.
        self._prepare(item_queries.undivided if self._session.loading else item_queries.preparation)
        self._timer.start()

    def _show_division(self, division: Split) -> None:
        self._counted = division.train + division.held_out, division.held_out
        self._prepare(partial(item_queries.preparation, known=division))

    def _prepare(self, read: Callable[[Project, int], Preparation]) -> None:
        page = self._inspector.preparation
        threads, project = self._session.threads, self._session.project
        if threads is None or project is None or self._session.dataset is None:
            page.show_preparation(Preparation())
            return
        read_it, show = partial(read, project, self._session.dataset.id), page.show_preparation
        threads.look.latest("preparation", threads.decisions.after_all, read_it, done=show)

    def counted(self, totals: dict[str, int]) -> None:
        """So many pictures train now; how they are divided follows from that."""
        numbers = totals.get("trains"), totals.get("held_out")
        # While the rows come in, every portion would have the whole dataset divided again.
        if numbers != self._counted and not self._session.loading:
            self._counted = numbers
            self.show_preparation()

    def _labels(self) -> list[str]:
        labels = {row.label for row in self._session.collection.rows.values()}
        return sorted(labels - {""}, key=str.casefold)

    def _take_described(self, described: Described) -> None:
        if self._selection.ids() == described.ids:
            self._inspector.metadata.show_described(described)

    def _refused(self, sentence: str) -> None:
        """Show again what holds, and why it is not what was wished."""
        page, metadata = self._inspector.preparation, self._inspector.metadata
        page.show_preparation(page.held)
        page.say(sentence)
        metadata.say(sentence)

    # ------------------------------------------------------------------ cropping

    def crop(self) -> None:
        threads, project, number = (
            self._session.threads, self._session.project, self._selection.current,
        )  # fmt: skip
        if threads is None or project is None or number is None:
            return
        if project.read_only_reason:
            self._notices.warn(project.read_only_reason)
            return
        threads.look.latest(
            "to crop", threads.previewer.details, project, number, done=self._open_editor
        )

    def uncrop(self) -> None:
        self._curation.crop(dict.fromkeys(self._selection.ids()))

    def _open_editor(self, item: Item | None) -> None:
        threads = self._session.threads
        if item is None or threads is None:
            return
        if not item.usable:
            self._notices.warn(tr("{name} cannot be read, so it cannot be cropped.",
                                         name=item.name))  # fmt: skip
            return
        seen = self._inspector.item
        known = self._inspector.preview.image if seen and seen.id == item.id else QImage()
        self._editor.open(item, known, self._inspector.preparation.held.size)
        threads.look.latest(
            "crop picture", threads.previewer.picture, item, _CROPPED_SIDE,
            done=partial(self._sharper, item.id),
        )  # fmt: skip

    def _sharper(self, number: int, image: QImage) -> None:
        if self._editor.item is not None and self._editor.item.id == number:
            self._editor.show_image(image)

    def _drawn(self, number: int, box: Box) -> None:
        threads, project = self._session.threads, self._session.project
        if threads is not None and project is not None:
            threads.look.latest(
                "drawn", item_queries.see, project, [number], threads.previewer.stopping, box,
                done=self._editor.show_seen,
            )  # fmt: skip
