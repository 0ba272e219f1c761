"""Keeping the picture as a piece, and copying it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication, QImage

from studio.desktop.generation.tools.tool import Hand, Tool, ToolAction, register
from studio.desktop.generation.worker import marked
from studio.desktop.i18n import said, tr
from studio.engine.errors import StudioError
from studio.engine.jobs import Job
from studio.engine.said import Said, sentences

if TYPE_CHECKING:
    from studio.engine.pieces.pieces import Piece


@register
class TakeOut(Tool):
    """Takes what is on the canvas; changes nothing there."""

    name = "take_out"

    def __init__(self, hand: Hand) -> None:
        super().__init__(hand)
        hand.session.kept.connect(self._kept)

    def actions(self) -> Sequence[ToolAction]:
        return (
            ToolAction("generation.keep", "Keep this picture", self.keep, "Return|Enter", "check"),
            ToolAction("generation.copy", "Copy the picture", self.copy, "Ctrl+C", "copy"),
        )

    def keep(self) -> None:
        if self.hand.editing.history.current is not None:
            self.hand.session.keep(self.hand.recipe())

    def _kept(self, piece: Piece) -> None:
        refine = (tr("Refine"), lambda: self.hand.refine(piece.id))
        self.hand.notices.info(tr("Kept as {name}.", name=piece.name), "", refine)

    def copy(self) -> None:
        try:
            shown = self.hand.picture()
        except StudioError as error:
            self.hand.notices.error(error.said, error.detail)
            return
        if shown is not None:
            own, steps = shown.image, self.hand.session.laid
            job = Job(
                Said("Copying the picture"),
                lambda _: marked(own, shown.model, shown.recipe, steps),
            )
            jobs = self.hand.studio.jobs
            jobs.start(job, "generation", lane="copy", in_strip=False, done=self._copied)

    def _copied(self, made: tuple[QImage, Said]) -> None:
        copied, unmarked = made
        # The clipboard outlives this picture's array, so it gets pixels of its own.
        QGuiApplication.clipboard().setImage(copied.copy())
        text = (tr("The picture was copied."), said(unmarked))
        self.hand.notices.info(sentences(part for part in text if part))
