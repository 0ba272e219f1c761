"""Bringing a picture in: the model looks for it, and the original stays beside it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from models.facts import Ability
from studio.desktop.base.received import Received
from studio.desktop.generation.newest_job import NewestJob
from studio.desktop.generation.picture_search import Nearer
from studio.desktop.generation.tools.tool import Hand, Tool, ToolAction, register
from studio.desktop.generation.worker import Model
from studio.desktop.i18n import said, tr
from studio.desktop.widgets.boxes import row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words
from studio.engine.jobs import Ending, Job
from studio.engine.said import Said, sentences

if TYPE_CHECKING:
    from studio.engine.generation.beginnings import Source
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player

_ABLE = {Ability.ENCODE, Ability.INVERT}


@register
class BringIn(Tool):
    """Every step that comes nearer is shown; all of them together are one step to undo."""

    name = "bring_in"

    def __init__(self, hand: Hand) -> None:
        super().__init__(hand)
        self.choose, self.original = secondary(), secondary()
        self.original.setCheckable(True)
        self._buttons = QWidget()
        row(self.choose, self.original, on=self._buttons, gap=8)
        for button in (self.choose, self.original):
            button.setVisible(False)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.choose.clicked.connect(self.ask)
        self.original.toggled.connect(self._compare)
        self._originals: dict[tuple[str, str], QImage] = {}
        """Of the pictures of this session, by name and SHA-256."""
        self._learning: NewestJob[bool] = NewestJob(hand.studio, "encoder")
        self._shown: LatentRecipe | None = None
        """What the search that goes on has put on the canvas."""
        search = hand.session.search
        search.nearer.connect(self._nearer)
        search.ended.connect(self._ended)
        search.failed.connect(hand.notices.error)
        hand.session.opened.connect(self._opened)
        hand.editing.changed.connect(self._edited)
        hand.editing.shown.connect(self._show_original)
        hand.view.beforeChanged.connect(self._beside)

    def actions(self) -> Sequence[ToolAction]:
        return (
            ToolAction("generation.bring_in", "Bring a picture in…", self.ask, "I", "download"),
            ToolAction(
                "generation.original", "Compare with the original", self.toggle, "Space", "compare"
            ),
            ToolAction(
                "generation.encoder", "Learn an encoder for this model", self.learn, "Shift+I"
            ),
        )

    def control(self) -> QWidget:
        return self._buttons

    # ------------------------------------------------------------------ a picture comes

    @property
    def takes_pictures(self) -> bool:
        """Whether a model is open that can look for one."""
        model = self.hand.session.model
        return model is not None and bool(_ABLE & model.abilities)

    def ask(self) -> None:
        """Choose a picture."""
        if not self.takes_pictures:
            self.hand.notices.warn(tr("Open a model first that can look for a picture."))
            return
        title = tr("Bring a picture in…").rstrip("…")
        chosen, _ = QFileDialog.getOpenFileName(self.hand.view, title, str(Path.home()))
        if chosen:
            self.take(Path(chosen))

    def take(self, given: Path | Received) -> None:
        """Look for a picture in the model on the canvas."""
        self.hand.editing.end_gesture()
        self._shown = None
        self.hand.session.look_for(given)

    def learn(self) -> None:
        """An encoder for a model that has none, beside everything else: see :mod:`own_encoder`."""
        from studio.engine.generation import own_encoder
        from studio.engine.generation.player import LACKING

        player = self.hand.session.player()
        if player is None:
            self.hand.notices.warn(tr("Open a model first that can look for a picture."))
        elif not own_encoder.is_wanted(player):
            able = Ability.ENCODE in player.latent.abilities
            self.hand.notices.warn(said(own_encoder.NEEDLESS if able else LACKING[Ability.INVERT]))
        else:
            job = Job(Said("Learning an encoder"), partial(_learnt, player), ending=Ending.STOP)
            self._learning.start(job, self._learned)

    def _learned(self, there: bool) -> None:
        if there:
            self.hand.notices.info(
                tr("The encoder is there: pictures that are brought in have a point at once.")
            )

    def _nearer(self, found: Nearer) -> None:
        source = found.source
        self._originals[_key(source)] = found.original
        self._shown = found.recipe
        self.hand.editing.bring_in(found.recipe, tr("Picture {file}", file=source.file))

    def _ended(self, found: Nearer) -> None:
        self._nearer(found)
        self._shown = None
        self.hand.editing.end_gesture()
        source = found.source
        from studio.engine.generation.given_picture import in_words

        parts = [
            tr("{file} was found: {words} ({psnr} dB PSNR, SSIM {ssim}).",
               file=source.file, words=said(in_words(source.psnr)),
               psnr=f"{source.psnr:.1f}", ssim=f"{source.ssim:.2f}"),
            *(said(note) for note in found.notes),
        ]  # fmt: skip
        if source.known == "training":
            parts.append(tr("The model has learnt from this picture; others may come less near."))
        elif source.known == "held_out":
            parts.append(tr("The picture was held out when the model learnt."))
        if found.without_encoder:
            parts.append(tr("Shift+I learns an encoder, which says a point at once."))
        self.hand.notices.info(sentences(parts))

    def _opened(self, _model: Model, _soft: bool) -> None:
        # The point is one of the model that was searched; a newer one shows it differently.
        self.hand.session.search.stop()
        self.choose.setVisible(self.takes_pictures)

    def _edited(self) -> None:
        """The hand has gone on with what it saw: that stays, and nothing comes nearer under it."""
        recipe = self.hand.editing.recipe()
        if self._shown is not None and recipe != self._shown:
            self._shown = None
            self.hand.session.search.stop()

    # ------------------------------------------------------------------ beside its original

    def toggle(self) -> None:
        """The other of both, where there is an original."""
        why_not = tr("There is no original to compare with: bring a picture in first.")
        self.flip(self.original, why_not)

    def _found(self) -> QImage | None:
        beginning = self.hand.editing.recipe().beginning
        source = getattr(beginning, "source", None)
        return None if source is None else self._originals.get(_key(source))

    def _show_original(self) -> None:
        there = self._found() is not None
        self.original.setVisible(there)
        if not there:
            self.original.setChecked(False)
        elif self.original.isChecked():
            self._compare(True)

    def _compare(self, on: bool) -> None:
        self.hand.view.set_before(self._found() if on else None)

    def _beside(self, image: QImage | None) -> None:
        """Another tool has put another picture there."""
        if self.original.isChecked() and image is not self._found():
            with QSignalBlocker(self.original):
                self.original.setChecked(False)

    # ------------------------------------------------------------------ words

    def retranslate(self) -> None:
        find = tr(
            "Find a picture in the model: drop it on the canvas or choose it here (inversion, I)"
        )
        compare = tr("The picture that was brought in, left of a line that can be moved (Space)")
        set_words((self.choose, tr("Bring in…"), find), (self.original, tr("Original"), compare))


def _learnt(player: Player, job: Job[bool]) -> bool:
    """On the job's thread: whether one is there now."""
    from studio.engine.generation import own_encoder

    if own_encoder.find(player) is not None:
        return True
    return own_encoder.learn(player, job.advance, job.cancelled) is not None


def _key(source: Source) -> tuple[str, str]:
    return source.file, source.sha256
