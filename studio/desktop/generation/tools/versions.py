"""The picture as other checkpoints and runs draw it, side by side with that of the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from studio.desktop.generation.newest_job import NewestJob
from studio.desktop.generation.tools.tool import Hand, Played, Tool, ToolAction, register
from studio.desktop.generation.versions_page import Shown, VersionsPage
from studio.desktop.generation.worker import Model
from studio.desktop.i18n import said
from studio.desktop.pixels import to_qimage
from studio.desktop.run_names import run_name
from studio.engine.jobs import Job
from studio.engine.said import NOTHING, Said

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe


class Seen(NamedTuple):
    """One version as it was drawn; a null image where it could not be."""

    run: str
    name: str
    folder: Path
    image: QImage
    note: Said


@register
class Versions(Tool):
    """A click holds what another checkpoint makes of it beside the picture; a double click plays
    that checkpoint."""

    name = "versions"
    finds = "Checkpoints and runs"

    def __init__(self, hand: Hand) -> None:
        super().__init__(hand)
        self.sheet_page = VersionsPage()
        self.seen: list[Seen] = []
        self._drawing: NewestJob[list[Seen]] = NewestJob(hand.studio, "versions")
        self._held: QImage | None = None
        hand.session.opened.connect(self._opened)
        hand.view.beforeChanged.connect(self._beside)
        self.sheet_page.draw.clicked.connect(self.draw)
        self.sheet_page.sheet.chosen.connect(self._hold)
        self.sheet_page.sheet.itemDoubleClicked.connect(
            lambda item: self._open(self.sheet_page.sheet.row(item))
        )
        self.sheet_page.open.clicked.connect(lambda: self._open(self.sheet_page.sheet.currentRow()))

    def actions(self) -> Sequence[ToolAction]:
        draw = ToolAction(
            "generation.versions", "The same seed in other checkpoints", self.draw, "Shift+V",
            "compare",
        )  # fmt: skip
        return (draw,)

    def page(self) -> QWidget:
        return self.sheet_page

    @property
    def is_drawing(self) -> bool:
        return self._drawing.is_running

    def draw(self) -> None:
        """What all of them make of the picture on the canvas."""
        played = self.hand.played()
        if played is None:
            return
        self.show_page()
        recipe = self.hand.recipe()
        job = Job(
            Said("Drawing the same seed in other checkpoints"),
            lambda job: _drawn(job, played, recipe),
        )
        self._drawing.start(job, self._show)

    def _show(self, found: list[Seen]) -> None:
        self.seen = found
        self.sheet_page.show_versions([
            Shown(each.name, each.folder.name.lstrip("0") or "0", said(each.note)) for each in found
        ])  # fmt: skip
        for number, each in enumerate(found):
            self.sheet_page.sheet.set_picture(number, each.image)

    def _hold(self, number: int) -> None:
        """Left of a line; the same again lets it go."""
        image = self.seen[number].image
        if image.isNull():
            self.hand.notices.warn(self.seen[number].note)
            return
        self._held = None if image is self._held else image
        self.hand.view.set_before(self._held)
        if self._held is None:
            self.sheet_page.sheet.frame(None)

    def _beside(self, image: QImage | None) -> None:
        """Another tool has put another picture there, or none."""
        if image is not self._held:
            self._held = None
            self.sheet_page.sheet.frame(None)

    def _open(self, number: int) -> None:
        if 0 <= number < len(self.seen):
            self.hand.view.set_before(None)
            each = self.seen[number]
            self.hand.session.open_run(each.run, str(each.folder))

    def _opened(self, model: Model, soft: bool) -> None:
        self.sheet_page.sheet.set_ratio(model.height / model.width)
        if not soft:
            self._drawing.give_up()
            self.hand.view.set_before(None)
            self._show([])

    def retranslate(self) -> None:
        self.sheet_page.retranslate()


def _drawn(job: Job[list[Seen]], played: Played, recipe: LatentRecipe) -> list[Seen]:
    """On the job's thread."""
    from studio.engine.generation.versions import drawn, versions
    from studio.engine.training.planning import runs

    run = played.model.run
    wanted, found = versions(played.project, run), []
    known = {each.name: each for each in runs.runs(played.project)}
    for number, each in enumerate(drawn(played.player, recipe, run, wanted, job.cancelled), 1):
        own = known[each.version.run]
        image = QImage() if each.pixels is None else to_qimage(each.pixels).copy()
        name = run_name(own.name, own.family, own.title)
        found.append(Seen(own.name, name, each.version.folder, image, each.missing or NOTHING))
        job.advance(number, len(wanted))
    return found
