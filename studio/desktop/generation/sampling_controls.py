"""How chance is used where a seed is drawn: what a model declares, as controls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from models.facts import Ability
from models.parameters import Param, Value
from studio.desktop.generation.copy_note import CopyNote
from studio.desktop.generation.prompt_box import PromptBox
from studio.desktop.generation.recipe_editor import Editing
from studio.desktop.generation.session import Session
from studio.desktop.generation.worker import Model
from studio.desktop.i18n import tr
from studio.desktop.widgets.boxes import column
from studio.desktop.widgets.slider_form import SliderForm

if TYPE_CHECKING:
    from studio.desktop.base.studio import Studio
    from studio.engine.generation.latent_recipe import LatentRecipe


class SamplingControls(QObject):
    """A form for the open model in `place`, which is hidden for a model that declares nothing."""

    def __init__(
        self, session: Session, editing: Editing, place: QWidget, studio: Studio
    ) -> None:  # fmt: skip
        super().__init__(place)
        self._editing, self._place = editing, place
        self._params: Mapping[str, Param] = {}
        self.form, self.prompt = SliderForm({}), PromptBox()
        self.copying = CopyNote(session, studio, self.prompt.likeness)
        self._rows = column(self.prompt, self.form, on=place, gap=10)
        place.setVisible(False)
        session.opened.connect(self._opened)
        editing.shown.connect(self._edited)
        self.prompt.asked.connect(lambda words: self._set("prompt", words))

    @Slot(object, bool)
    def _opened(self, model: Model, _soft: bool) -> None:
        if model.sampling != self._params:
            self._params = model.sampling
            self._rows.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = SliderForm({n: p for n, p in model.sampling.items() if not p.content})
            self.form.valueChanged.connect(self._set)
            self._rows.addWidget(self.form)
        self._place.setVisible(bool(model.sampling))
        self.prompt.setVisible(Ability.PROMPT in model.abilities)
        self.prompt.set_captions(model.captions)
        self._edited()

    @Slot(str, object)
    def _set(self, name: str, value: Value) -> None:
        declared = self._params[name]
        shown = f"{value:g}" if isinstance(value, float) else str(value)
        text = tr("{name}: {value}", name=tr(declared.label), value=shown)
        self._editing.set_sampling(name, None if value == declared.default else value, text)

    @Slot()
    def _edited(self) -> None:
        if not self._params:
            return
        recipe = self._editing.recipe()
        said = dict(recipe.beginning.sampling or ())
        self.form.set_values({name: said.get(name, p.default) for name, p in self._params.items()})
        self.prompt.show_prompt(str(said.get("prompt", "")))
        for part in (self.form, self.prompt):
            part.setEnabled(_is_seeded(recipe))

    def retranslate(self) -> None:
        self.prompt.retranslate()
        self.copying.retranslate()


def _is_seeded(recipe: LatentRecipe) -> bool:
    """Whether it is chance that it begins by."""
    return recipe.seed is not None
