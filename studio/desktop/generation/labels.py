"""Which label the picture is of, where the model knows labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from studio.desktop.generation.label_line import ANY, LabelLine
from studio.desktop.generation.recipe_editor import Editing
from studio.desktop.generation.session import Session
from studio.desktop.generation.worker import Model
from studio.desktop.i18n import tr

if TYPE_CHECKING:
    from studio.desktop.notices.notices import Notices
    from studio.engine.generation.latent_recipe import LatentRecipe


class Labels(QObject):
    """Between the chooser and the recipe on the canvas."""

    def __init__(
        self, session: Session, editing: Editing, line: LabelLine, notices: Notices
    ) -> None:
        super().__init__(line)
        self._session, self._editing, self._line = session, editing, line
        self._notices = notices
        self._names: tuple[str, ...] = ()
        self._shown: tuple[int | None, int | None] = -1, None
        session.opened.connect(self._opened)
        session.labelDrawn.connect(self._drawn)
        editing.changed.connect(self._edited)
        line.box.labelChosen.connect(self._choose)

    def name(self) -> str:
        """The label of the picture; empty for any."""
        number = self._editing.recipe().beginning.label
        if number is None or not 0 <= number < len(self._names):
            return ""
        return self._names[number] or tr("without a label")

    @Slot()
    def following(self) -> None:
        """The next label, and after the last any."""
        if self._names:
            number = self._editing.recipe().beginning.label
            after = 0 if number is None else number + 1
            self._choose(after if after < len(self._names) else ANY)
        else:
            self._notices.info(tr("Only a model that was trained with labels has any."))

    @Slot(int)
    def _choose(self, number: int) -> None:
        name = tr("any") if number == ANY else self._names[number] or tr("without a label")
        self._editing.set_label(None if number == ANY else number, name)

    @Slot(object, bool)
    def _opened(self, model: Model, _soft: bool) -> None:
        if model.labels != self._names:
            self._names = model.labels
            self._line.box.set_names(model.labels)
        self._line.setVisible(bool(model.labels))

    @Slot()
    def _edited(self) -> None:
        recipe = self._editing.recipe()
        shown = recipe.seed, recipe.beginning.label
        if shown != self._shown:
            self._shown = shown
            self._show(recipe.beginning.label)

    def _show(self, number: int | None) -> None:
        self._line.box.show_label(number)
        self._line.box.show_drawn("")
        if self._names and number is None:
            self._session.ask_label(self._editing.recipe())

    @Slot(str, object)
    def _drawn(self, name: str, recipe: LatentRecipe) -> None:
        now = self._editing.recipe()
        if (recipe.seed, recipe.beginning.label) == (now.seed, now.beginning.label):
            self._line.box.show_drawn(name or tr("without a label"))

    def retranslate(self) -> None:
        self._line.box.set_names(self._names)
        self._line.retranslate()
        self._show(self._editing.recipe().beginning.label)
