"""Beside a model that is asked in words: the training picture that its picture is nearest to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QTimer, Slot

from models.facts import Ability
from studio.desktop.generation.newest_job import NewestJob
from studio.desktop.widgets.labels import set_tone
from studio.desktop.widgets.nearest_label import show_nearest
from studio.engine.errors import StudioError
from studio.engine.jobs import Ending, Job
from studio.engine.said import Said

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLabel

    from studio.desktop.base.studio import Studio
    from studio.desktop.generation.session import Session
    from studio.engine.evaluation.nearest_picture import Nearest, NearestPicture
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player
    from studio.engine.project import Project

REST_MS = 500
"""A picture that stays for so long is compared; while a slider is moved none is."""


class Known(NamedTuple):
    """What the run that is played has learnt from; None where that is gone."""

    pictures: NearestPicture | None


class CopyNote(QObject):
    """Says it in a label. Of few captions a model learns little but its pictures."""

    def __init__(self, session: Session, studio: Studio, label: QLabel) -> None:
        super().__init__(label)
        self._session, self._studio, self._label = session, studio, label
        self._comparing: NewestJob[tuple[Known, Nearest | None]] = NewestJob(
            studio, "nearest picture"
        )
        self._recipe: LatentRecipe | None = None
        self._known: Known | None = None
        self._found: Nearest | None = None
        self._is_compared = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._compare)
        session.rendered.connect(self._rendered)
        session.opened.connect(self.forget)

    @Slot()
    def forget(self) -> None:
        """Nothing is shown, and no file of the run is held open."""
        self._rest.stop()
        self._comparing.give_up()
        self._recipe = self._known = self._found = None
        self._is_compared = False
        self.retranslate()

    @Slot(object, object)
    def _rendered(self, _image: object, recipe: LatentRecipe) -> None:
        model = self._session.model
        if model is None or Ability.PROMPT not in model.abilities or recipe == self._recipe:
            return
        self._comparing.give_up()
        self._recipe, self._found, self._is_compared = recipe, None, False
        self.retranslate()
        self._rest.start()

    @Slot()
    def _compare(self) -> None:
        model, player, project = self._session.model, self._session.player(), self._studio.project
        recipe = self._recipe
        if model is None or player is None or project is None or recipe is None:
            return
        run, known = model.run, self._known
        job = Job(
            Said("Comparing with the training pictures"),
            lambda _: _nearest(player, project, run, recipe, known), ending=Ending.DROP,
        )  # fmt: skip
        self._comparing.start(job, self._show, in_strip=False)

    def _show(self, found: tuple[Known, Nearest | None]) -> None:
        self._known, self._found = found
        self._is_compared = True
        self.retranslate()

    def retranslate(self) -> None:
        if self._is_compared:
            show_nearest(self._label, self._found)
        else:
            set_tone(self._label, "")
            self._label.setText("")


def _nearest(
    player: Player, project: Project, run: str, recipe: LatentRecipe, known: Known | None
) -> tuple[Known, Nearest | None]:
    """On the job's thread; what the run has learnt is read where it is not `known`."""
    from studio.engine.evaluation.nearest_picture import NearestPicture

    if known is None:
        try:
            known = Known(NearestPicture(project, run))
        except StudioError:
            known = Known(None)
    pictures = known.pictures
    return known, None if pictures is None else pictures.of(player.picture(recipe))
