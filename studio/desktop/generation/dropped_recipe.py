"""A file that came back plays on: its model is opened, and its recipe put on the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.desktop.generation.recipe_editor import Editing
from studio.desktop.generation.session import Session
from studio.desktop.i18n import tr
from studio.desktop.notices.notices import Notices

if TYPE_CHECKING:
    from studio.engine.export.recall import Recalled
    from studio.engine.generation.latent_recipe import LatentRecipe


class Recalling(QObject):
    """Between the drop of a file and the moment its recipe can be played."""

    def __init__(self, session: Session, editing: Editing, notices: Notices) -> None:
        super().__init__(session)
        self._session, self._editing, self._notices = session, editing, notices
        self._waiting: Recalled | None = None

    def begin(self, found: Recalled) -> None:
        if found.folder is None:
            self._notices.warn(
                tr("The checkpoint of this file is gone; {run} plays its recipe as it is now.",
                   run=found.run)
            )  # fmt: skip
        self._waiting = found
        self._session.open_run(found.run, str(found.folder or ""))

    def play(self) -> None:
        """Now that the directions are known, of which the recipe may speak."""
        found, self._waiting = self._waiting, None
        if found is not None:
            self._session.settle(found.recipe, lambda recipe: self._put(recipe, found))

    def _put(self, recipe: LatentRecipe, found: Recalled) -> None:
        self._editing.recall(recipe)
        self._session.restored = self._editing.recipe(), found.stack
        if found.left_out:
            self._notices.warn(
                tr("Steps of this file need a picture or a network that this project does not "
                   "have; they were left out: {n}.", n=found.left_out)
            )  # fmt: skip
        if found.stack:
            steps = found.steps
            said = tr(
                "This file was refined in {n} steps: keep the picture, and it has them again.",
                n=steps,
            )
            one = tr("This file was refined in one step: keep the picture, and it has it again.")
            self._notices.info(one if steps == 1 else said)
