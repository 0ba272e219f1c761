"""Joins the region editor to the chosen picture."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QImage

from studio.desktop.dataset import words
from studio.desktop.dataset.curation.decisions import decision
from studio.desktop.dataset.curation.steps import DATASET, FINDINGS, PICTURES, TILES, Plan
from studio.desktop.dataset.regions.region_editor import RegionEditor
from studio.desktop.dataset.survey_parts import Around
from studio.desktop.i18n import tr
from studio.engine.dataset.doctor import outliers
from studio.engine.dataset.index.regions import Region, Regions, checked
from studio.engine.dataset.index.store import Item
from studio.engine.dataset.index.whole_set_pass import Cancelled
from studio.engine.dataset.privacy import face_detector, hidden_regions, identical_files
from studio.engine.project import Project

_SIDE = 1600


class Hiding(QObject):
    """What is drawn is shown as the network will see it; nothing counts before it is applied."""

    def __init__(self, around: Around, editor: RegionEditor) -> None:
        super().__init__(editor)
        self._around, self.editor = around, editor
        editor.drawn.connect(self._drawn)
        editor.applied.connect(self._apply)
        editor.facesWanted.connect(self._find_faces)
        editor.excludeWanted.connect(self._exclude)
        editor.closed.connect(around.grid.setFocus)

    def open(self) -> None:
        project, number = self._around.session.project, self._around.selection.current
        if project is None or number is None:
            return
        if project.read_only_reason:
            self._around.studio.notices.warn(project.read_only_reason)
            return
        session = self._around.session
        if session.threads is not None:
            # What was decided a moment ago is stored first, so that it is not lost here.
            session.threads.look.latest(
                "to hide", session.threads.decisions.after_all,
                partial(session.threads.previewer.details, project, number), done=self._open,
            )  # fmt: skip

    def _open(self, item: Item | None) -> None:
        if item is None:
            return
        if not item.usable:
            self._around.studio.notices.warn(
                tr("{name} cannot be read, so nothing of it can be hidden.", name=item.name)
            )
            return
        tile = self._around.model.tile(item.id)
        self.editor.open(item, tile.toImage() if tile is not None else QImage())
        self._drawn(item.id, item.hidden)

    @Slot(int, object)
    def _drawn(self, number: int, regions: Regions) -> None:
        item = self.editor.item
        if item is not None and item.id == number:
            threads = self._around.threads()
            threads.ask.latest(
                "hidden", threads.reader.covered, item, regions, _SIDE,
                done=partial(self.editor.show_hidden, number),
                failed=self._around.studio.notices.warn,
            )  # fmt: skip

    @Slot(int, object)
    def _apply(self, number: int, regions: Regions) -> None:
        threads = self._around.session.threads
        if threads is not None:
            stopping = threads.stopping
            self._around.curation.plan(lambda p: hiding(p, number, regions, stopping))

    @Slot(int)
    def _exclude(self, number: int) -> None:
        desk = self._around.session.desk()
        step = decision(desk, "included", [number], False) if desk is not None else None
        if step is not None:
            self._around.studio.undo.push(step)

    @Slot(int)
    def _find_faces(self, number: int) -> None:
        lacking = face_detector.missing()
        if lacking:  # said here, where it can be read, and not again by every picture
            self._around.studio.notices.warn(lacking)
            return
        item = self.editor.item
        if item is not None and item.id == number:
            threads = self._around.threads()
            threads.ask.latest(
                "faces", threads.reader.faces, item, self.editor.view.way,
                done=partial(self._take_faces, number),
                failed=self._around.studio.notices.warn,
            )  # fmt: skip

    def _take_faces(self, number: int, found: list[Region]) -> None:
        if not found:
            self._around.studio.notices.info(tr("No face was found in this picture."))
        self.editor.add_regions(number, found)


def hiding(project: Project, number: int, regions: Regions, cancelled: Cancelled) -> Plan:
    """Other regions of one picture hidden, and of those that are the same file."""
    before = {item.id: item.hidden for item in identical_files.alike(project, [number])}
    scores = outliers.stated(project, list(before))
    wanted = tuple(map(checked, regions))
    count = sum(each != wanted for each in before.values())

    def title() -> str:
        pictures = words.pictures(count)
        if not wanted:
            return tr("Show all of {pictures}", pictures=pictures)
        return tr("Hide parts of {pictures}", pictures=pictures)

    def said() -> str:
        every = words.pictures(count)
        if wanted:
            return tr(
                "The same parts are hidden in identical copies: {pictures} in all.", pictures=every
            )
        return tr("Identical copies are shown whole as well: {pictures} in all.", pictures=every)

    return Plan(
        title,
        partial(hidden_regions.set_regions, project, {number: wanted}, cancelled=cancelled),
        partial(hidden_regions.set_regions, project, before, scores, cancelled),
        count,
        tuple(before),
        frozenset((PICTURES, FINDINGS, DATASET, TILES)),
        said=said if count > 1 else None,
    )
