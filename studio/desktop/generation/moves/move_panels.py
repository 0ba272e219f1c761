"""Joins the panels that shape the picture to the recipe on the canvas and to the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from models.facts import Ability
from studio.desktop.generation.moves.bend_panel import BendPanel
from studio.desktop.generation.moves.further_moves import FurtherMoves
from studio.desktop.generation.moves.label_mix_panel import LabelMixPanel
from studio.desktop.generation.moves.mix_panel import MixPanel, Slots
from studio.desktop.generation.moves.model_mix_panel import ModelMixPanel
from studio.desktop.generation.moves.noise_panel import NoisePanel
from studio.desktop.generation.recipe_editor import Editing
from studio.desktop.generation.session import Session
from studio.desktop.generation.worker import Model
from studio.desktop.i18n import tr
from studio.desktop.widgets.boxes import column
from studio.desktop.widgets.fold import Fold
from studio.engine.seeds import following

if TYPE_CHECKING:
    from models.bending import Layer
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.moves.bend import Bend

PAUSE_MS = 250
"""After the last change, before the previews of style mixing are drawn."""


class Shaping(QObject):
    """Every section is a :class:`Fold`; a model that cannot do a thing has no section for it."""

    def __init__(self, session: Session, editing: Editing, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._editing = session, editing
        self.mix, self.noise = MixPanel(), NoisePanel()
        self.label_mix, self.bend = LabelMixPanel(), BendPanel()
        self.model_mix = ModelMixPanel()
        self.folds = {
            "mix": Fold(self.mix), "noise": Fold(self.noise),
            "label_mix": Fold(self.label_mix), "bend": Fold(self.bend),
            "model_mix": Fold(self.model_mix),
        }  # fmt: skip
        self._layers: tuple[Layer, ...] = ()
        self.sections = QWidget()
        self.further = FurtherMoves(editing, self)
        column(*self.folds.values(), self.further.fold, on=self.sections, gap=10)
        self._second: int | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._ask_previews)
        self._connect()

    def _connect(self) -> None:
        self._session.opened.connect(self._opened)
        self._session.previewed.connect(self.mix.show_preview)
        self._editing.shown.connect(self._edited)
        self.mix.slotsWanted.connect(self._mix)
        self.mix.seedChosen.connect(self._choose_second)
        self.noise.seedChosen.connect(self._noise_seed)
        self.noise.strengthMoved.connect(self._noise_strength)
        self.noise.layerMoved.connect(self._noise_layer)
        self.label_mix.wanted.connect(self._mix_labels)
        self.bend.added.connect(self._add_bend)
        self.bend.changed.connect(self._bend)
        self.bend.groupWanted.connect(self._ask_group)
        self.bend.removed.connect(self._remove_bend)
        self.model_mix.wanted.connect(self._mix_models)
        self.folds["model_mix"].opened.connect(lambda _: self._ask_others())
        self.folds["mix"].opened.connect(lambda _: self._pause.start())
        for name, fold in self.folds.items():
            fold.reset.connect(lambda name=name: self._reset(name))

    # ------------------------------------------------------------------ the model

    @Slot(object, bool)
    def _opened(self, model: Model, soft: bool) -> None:
        able = model.abilities
        for name, there in (
            ("mix", Ability.MIX in able and model.grid is None), ("noise", Ability.NOISE in able),
            ("label_mix", bool(model.labels)), ("bend", Ability.BEND in able),
            ("model_mix", Ability.BEND in able),
        ):  # fmt: skip
            self.folds[name].setVisible(there)
        if not soft:
            self._second = None
            self.mix.set_model(model.slots, model.slot_groups)
            self.noise.set_layers(model.layers)
            self.label_mix.set_names(model.labels)
            self.bend.set_layers(model.layers)
            self.model_mix.set_layers(model.layers)
            self._layers = model.layers
        self._ask_others()
        self._edited()

    @Slot()
    def _edited(self) -> None:
        from studio.engine.generation.beginnings import Seeded
        from studio.engine.generation.moves.label_mix import LabelMix
        from studio.engine.generation.moves.mix import Mix
        from studio.engine.generation.moves.model_mix import ModelMix
        from studio.engine.generation.moves.noise import NoiseStrength

        recipe = self._editing.recipe()
        mix, noise = recipe.only(Mix), recipe.only(NoiseStrength) or NoiseStrength()
        labels = recipe.only(LabelMix)
        bends = self._bends()
        self.mix.seed.show_seed(self._other(recipe))
        self.mix.show_slots(mix.slots if mix else {})
        self.noise.show_values(recipe.noise_seed, noise.strength, noise.layers)
        seeded = isinstance(recipe.beginning, Seeded)
        self.label_mix.show_values(
            labels.label if labels else None, labels.share if labels else 0.0, seeded
        )
        self.bend.show_bends(bends)
        models = recipe.only(ModelMix)
        self.model_mix.show_mix(models, self._layers)
        used = {"mix": mix is not None, "bend": bool(bends), "label_mix": labels is not None}
        used["model_mix"] = models is not None
        used["noise"] = not noise.idle or recipe.noise_seed != 0
        for name, on in used.items():
            self.folds[name].set_in_use(on)
        self._pause.start()

    def _other(self, recipe: LatentRecipe) -> int:
        """The seed that slots are taken from: the one chosen, or that of a mix, or the next."""
        from studio.engine.generation.moves.mix import Mix

        mix = recipe.only(Mix)
        if self._second is not None:
            return self._second
        return next(iter(mix.slots.values())) if mix else following(recipe.seed)

    # ------------------------------------------------------------------ style mixing

    @Slot(object, bool)
    def _mix(self, slots: Slots, begins: bool) -> None:
        from studio.engine.generation.moves.mix import Mix

        if begins:
            self._editing.end_gesture()
        text = tr("Style mixing: {n} slots", n=len(slots))
        self._editing.move("mix", text, Mix(slots=slots))

    @Slot(object)
    def _choose_second(self, seed: int) -> None:
        """What is of the seed before is of this one from now on."""
        from studio.engine.generation.moves.mix import Mix

        recipe = self._editing.recipe()
        before, self._second = self._other(recipe), seed
        mix = recipe.only(Mix)
        if mix is not None:
            slots = {slot: seed if of == before else of for slot, of in mix.slots.items()}
            self._editing.move(
                "mix seed", tr("Style mixing with seed {n}", n=seed), Mix(slots=slots)
            )
        else:
            self._edited()

    @Slot()
    def _ask_previews(self) -> None:
        from studio.engine.generation.moves.mix import Mix

        fold = self.folds["mix"]
        if not fold.isVisible() or not fold.is_open:
            return
        recipe = self._editing.recipe()
        self._session.preview({
            name: recipe.moved(Mix(slots=self.mix.with_group(name))) for name in self.mix.groups()
        })  # fmt: skip

    # ------------------------------------------------------------------ noise and labels

    @Slot(object)
    def _noise_seed(self, seed: int) -> None:
        self._editing.set_noise_seed(seed)

    @Slot(float)
    def _noise_strength(self, value: float) -> None:
        """Of all layers: those that had one of their own follow."""
        from studio.engine.generation.moves.noise import NoiseStrength

        text = tr("Noise {n}", n=f"{value:.2f}")
        self._editing.move("noise", text, NoiseStrength(strength=value))

    @Slot(int, float)
    def _noise_layer(self, layer: int, value: float) -> None:
        from studio.engine.generation.moves.noise import NoiseStrength

        now = self._editing.recipe().only(NoiseStrength) or NoiseStrength()
        move = NoiseStrength(strength=now.strength, layers={**now.layers, layer: value})
        text = tr("Noise of layer {layer} {n}", layer=layer, n=f"{value:.2f}")
        self._editing.move(f"noise {layer}", text, move)

    @Slot(int, float)
    def _mix_labels(self, label: int, share: float) -> None:
        from studio.engine.generation.moves.label_mix import LabelMix

        text = tr("Towards {name}: {share} %", name=self.label_mix.box.itemText(label),
                  share=round(share * 100))  # fmt: skip
        self._editing.move("label mix", text, LabelMix(label=label, share=share))

    # ------------------------------------------------------------------ bends

    @Slot(int, str)
    def _add_bend(self, layer: int, transform: str) -> None:
        from studio.engine.generation.moves.bend import Bend

        places = [move.place for move in self._bends()]
        move = Bend(place=max(places, default=-1) + 1, layer=layer, transform=transform)
        self._editing.end_gesture()
        self._bend(move, "new")

    def _bends(self) -> list[Bend]:
        from studio.engine.generation.moves.bend import Bend

        return [move for move in self._editing.recipe().moves if isinstance(move, Bend)]

    @Slot(object, str)
    def _bend(self, move: Bend, key: str) -> None:
        text = tr("{name} of layer {layer}", name=tr(move.made.title), layer=move.layer)
        self._editing.move(f"bend {move.place} {key}", text, move)

    @Slot(object, int)
    def _ask_group(self, move: Bend, number: int) -> None:
        self._session.find_group(move, number, self._grouped)

    def _grouped(self, move: Bend) -> None:
        own = {"channels": move.channels, "group": move.group}
        for before in self._bends():  # it may have been moved, or taken away, meanwhile
            if (before.control, before.layer) == (move.control, move.layer):
                self._bend(before.model_copy(update=own), "group")

    @Slot(object)
    def _remove_bend(self, move: Bend) -> None:
        text = tr("Without {name} of layer {layer}", name=tr(move.made.title), layer=move.layer)
        self._editing.end_gesture()
        self._editing.drop(f"bend {move.place}", text, lambda each: each.control == move.control)

    # ------------------------------------------------------------------ two models

    def _ask_others(self) -> None:
        if self.folds["model_mix"].is_open:
            self._session.ask_others(self.model_mix.set_others)

    @Slot(object)
    def _mix_models(self, values: dict[str, object] | None) -> None:
        from studio.engine.generation.moves.model_mix import ModelMix

        if values is None:
            self._reset("model_mix")
            return
        text = tr("Mixed with {name}", name=self.model_mix.model.currentText())
        move, recipe = ModelMix.model_validate(values), self._editing.recipe()
        now = recipe.only(ModelMix)
        if now is not None and now.model == move.model:
            self._editing.move("model mix", text, move)
        else:  # it may be built otherwise, or be gone
            self._session.try_out(
                recipe.moved(move),
                lambda: self._editing.move("model mix", text, move), self._edited,
            )  # fmt: skip

    # ------------------------------------------------------------------ all of them

    def _reset(self, name: str) -> None:
        said: dict[str, Callable[[], str]] = {
            "mix": lambda: tr("Reset style mixing"), "noise": lambda: tr("Reset noise"),
            "label_mix": lambda: tr("Reset label mixing"), "bend": lambda: tr("Reset bends"),
            "model_mix": lambda: tr("Reset model mixing"),
        }  # fmt: skip
        self._editing.end_gesture()
        noise = name == "noise"
        self._editing.drop(name, said[name](), lambda each: each.name == name, noise=noise)

    def restyle(self) -> None:
        for fold in self.folds.values():
            fold.restyle()
        self.further.restyle()
        self.bend.restyle()
        self.mix.strip.update()
        self.bend.map.update()
        self.model_mix.bars.update()

    def retranslate(self) -> None:
        panels = self.mix, self.noise, self.label_mix, self.bend, self.model_mix, self.further
        for panel in panels:
            panel.retranslate()
        for name, title, tip in (
            ("mix", tr("Style mixing"), tr("Take some slots of the picture from another seed")),
            ("noise", tr("Noise"), tr("The noise that the model adds in its layers")),
            ("label_mix", tr("Label mixing"), tr("Lead the picture from its label to another")),
            ("bend", tr("Bend layers"),
             tr("Change what a layer of the model says while it draws (network bending)")),
            ("model_mix", tr("Mix models"), tr("Take some layers from another model")),
        ):  # fmt: skip
            self.folds[name].set_title(title, tip)
        self._edited()
