"""More like these, less like those: pictures that are marked become a direction."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QUndoStack

from studio.desktop import i18n
from studio.desktop.base.undo_step import UndoStep
from studio.desktop.generation.direction_line import DirectionLine
from studio.desktop.generation.direction_names import Naming
from studio.desktop.generation.recipe_editor import Editing
from studio.desktop.generation.session import Session
from studio.desktop.generation.side import Side
from studio.desktop.generation.tools.tool import ToolAction
from studio.desktop.generation.worker import Model
from studio.desktop.i18n import tr
from studio.desktop.notices.notices import Notices

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe

MORE, LESS = 1, -1
_Marked = dict[str, tuple["LatentRecipe", int]]
"""By the text of a recipe: the recipe, and which way it was marked."""


class Marks(QObject):
    """Of the model on the canvas; every mark is a step that can be undone."""

    def __init__(
        self, session: Session, editing: Editing, side: Side, naming: Naming, undo: QUndoStack,
        notices: Notices,
    ) -> None:  # fmt: skip
        super().__init__(side)
        self._session, self._editing, self._side = session, editing, side
        self._naming, self._undo, self._notices = naming, undo, notices
        self._marked: _Marked = {}
        session.opened.connect(self._opened)
        side.sheet.markWanted.connect(self._mark_seed)
        side.picked.clicked.connect(self.make)
        editing.shown.connect(self._show)
        self._show()

    def actions(self) -> Sequence[ToolAction]:
        return (
            ToolAction("generation.more", "More like this picture", self.more, "M", "plus"),
            ToolAction("generation.less", "Less like this picture", self.less, "Shift+M", "x"),
        )

    def more(self) -> None:
        """The picture on the canvas; once more takes the mark away."""
        self._mark(self._session.take_up(self._editing), MORE)

    def less(self) -> None:
        self._mark(self._session.take_up(self._editing), LESS)

    @Slot(object, int)
    def _mark_seed(self, seed: int, way: int) -> None:
        self._mark(self._editing.at_seed(seed), way)

    def _mark(self, recipe: LatentRecipe, way: int) -> None:
        if self._session.model is None:
            return
        key = recipe.model_dump_json()
        after = {each: said for each, said in self._marked.items() if each != key}
        if self._marked.get(key, (recipe, 0))[1] != way:
            after[key] = recipe, way
        text = tr("More like this picture") if way == MORE else tr("Less like this picture")
        do, back = partial(self._put, after), partial(self._put, self._marked)
        self._undo.push(UndoStep(text, do, back))

    def _put(self, marked: _Marked) -> None:
        self._marked = marked
        self._show()

    @Slot(object, bool)
    def _opened(self, _model: Model, soft: bool) -> None:
        if not soft:
            self._put({})

    def liked(self) -> list[LatentRecipe]:
        """The pictures that are marked as more."""
        return self._of(MORE)

    def _of(self, way: int) -> list[LatentRecipe]:
        return [recipe for recipe, said in self._marked.values() if said == way]

    @Slot()
    def _show(self) -> None:
        found = {
            recipe.seed: way
            for recipe, way in self._marked.values()
            # A tile shows its seed with the sliders of now: with others it was another picture.
            if recipe.seed is not None and recipe == self._editing.at_seed(recipe.seed)
        }
        self._side.sheet.set_marks(found)
        self._side.show_marks(len(self._of(MORE)), len(self._of(LESS)))

    # ------------------------------------------------------------------ the direction

    @Slot()
    def make(self) -> None:
        """Look for the way from those marked as less to those marked as more."""
        self._session.pick(self.liked(), self._of(LESS), self._made, self._notices.error)

    def _made(self, line: DirectionLine) -> None:
        name = self._naming.free_name()
        self._naming.keep(tr("Direction from examples"), line, name)
        said = i18n.said(line.about)
        sure = line.share > 0
        (self._notices.info if sure else self._notices.warn)(f"{name}: {said}")

    def retranslate(self) -> None:
        self._show()
