"""A model that is being played: recipes in, pictures out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from models.facts import Ability
from models.parameters import ParameterError
from studio.engine.artwork import Pixels
from studio.engine.errors import StudioError, UsageError
from studio.engine.generation import zones
from studio.engine.generation.beginnings import Beginning, Chosen, Point, Seeded, unpack_latent
from studio.engine.generation.directions.direction import Known
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.along import FARTHEST
from studio.engine.generation.other_models import found
from studio.engine.generation.slerp import Latent
from studio.engine.generation.synthesis import OtherWeights
from studio.engine.said import Said
from studio.engine.training.record.checkpoint import Saved, verify
from studio.engine.training.record.loaded_models import LoadedModel, lend

if TYPE_CHECKING:
    from torch import Tensor

    from models.base import Family
    from models.bending import Layer
    from models.facts import LatentSpec
    from models.image_spec import ImageSpec
    from models.parameters import Declared, Param

_SAMPLED = 4
"""Points of seeds that are remembered: the two of a blend, its centre, and one before."""
_HELD = 8
"""Layers of seeds that are remembered, for bends that hold what they say."""
_PLAIN = LatentRecipe()
_NEAR = 1e-3
"""Another device may lead a recipe this far from where it led, in units of the latent."""
LACKING = {
    Ability.FACTOR: Said(
        "The latent of this model goes through no weights of its own: look for what varies most."
    ),
    Ability.DIRECTIONS: Said("This model has no directions: leave the edits out."),
    Ability.TRUNCATION: Said("This model knows no truncation: leave it at 1."),
    Ability.BLEND: Said("This model cannot blend: leave the other seed out."),
    Ability.MIX: Said("Pictures of this model have a single slot: its styles cannot be mixed."),
    Ability.BEND: Said("This model says nothing of its layers: leave the bends out."),
    Ability.DRAG: Said(
        "Points of this model's pictures cannot be dragged: choose a model of another family."
    ),
    Ability.REPAIR: Said(
        "This model cannot draw a part of a picture anew: it draws all of it at once."
    ),
    Ability.PROMPT: Said("This model knows no words: leave the prompt out."),
    Ability.NOISE: Said("There is no noise in this model: leave its strength at 1."),
    Ability.INVERT: Said(
        "This model cannot look for a picture: it has no encoder, and its latents cannot be moved."
    ),
}


class Player:
    """One checkpoint on one device, with directions. Any thread may play it; they take turns."""

    def __init__(self, model: LoadedModel, saved: Saved) -> None:
        self.model = model
        self.folder, self.sha256 = saved.folder, saved.sha256
        """Of the checkpoint, and of its `model.safetensors`."""
        self.device = model.device
        named = [str(name) for name in saved.state.get("labels", [])]
        count = model.family.image_spec.classes
        self.labels = named if len(named) == count else [str(number) for number in range(count)]
        """Names of the model's classes in the order of their numbers, which stand in where there
        are no names; empty without classes."""
        self.directions = Known()
        """What :class:`Along` refers to; filled by :mod:`directions.catalogue`."""
        self._sampled: dict[Seeded, Latent] = {}
        self._mix: tuple[OtherWeights, Family] | None = None
        self._beside: tuple[str, LoadedModel] | None = None
        self._held: dict[tuple[Seeded, int], Tensor] = {}

    @classmethod
    def open(cls, checkpoint: Saved | Path, device: str = "auto") -> Self:
        """Play a checkpoint; :class:`StudioError` when it is damaged."""
        saved = verify(checkpoint, whole=False) if isinstance(checkpoint, Path) else checkpoint
        return cls(lend(saved, device), saved)

    @property
    def image_spec(self) -> ImageSpec:
        """Size and channels of the pictures."""
        return self.model.family.image_spec

    @property
    def size(self) -> tuple[int, int]:
        """As :class:`beginnings.Played` asks."""
        return self.image_spec.width, self.image_spec.height

    @property
    def shape(self) -> tuple[int, int]:
        """As :class:`beginnings.Played` asks."""
        return self.latent.slots, self.latent.dim

    @property
    def seamless(self) -> bool:
        """Whether its pictures are made to be laid side by side."""
        return bool(self.model.family.config.as_dict().get("seamless", False))

    @cached_property
    def latent(self) -> LatentSpec:
        """Shape and nature of the latents."""
        return self.model.family.latent

    @cached_property
    def _abilities(self) -> frozenset[Ability]:
        """Asked for by every move of every picture."""
        return self.latent.abilities

    def layers(self) -> tuple[Layer, ...]:
        """Where drawing can be bent, from coarse to fine; empty where it cannot."""
        return self.model.family.layers()

    # ------------------------------------------------------------------ latents

    def need(self, ability: Ability) -> None:
        """:class:`UsageError` where the latents of this model do not allow it."""
        if ability not in self._abilities:
            raise UsageError(LACKING[ability])

    def latent_of(self, recipe: LatentRecipe) -> Latent:
        """The point w [slots, dim] that a recipe leads to."""
        return recipe.fold(self)

    def recorded(self, recipe: LatentRecipe) -> Latent:
        """The point w [slots, dim] that was recorded with a recipe, or else its own."""
        if recipe.point is None:
            return self.latent_of(recipe)
        return unpack_latent(recipe.point, (self.latent.slots, self.latent.dim))

    def settled(self, recipe: LatentRecipe) -> LatentRecipe:
        """A recipe to go on from: where it does not lead to its recorded point, the point.

        So it is with a piece of version b1d9e7a that was dropped, changed in vain and kept
        again, and where the directions that it speaks of are not found.
        """
        if recipe.point is None:
            return recipe
        bare, wanted = recipe.unrecorded(), self.recorded(recipe)
        try:
            if np.allclose(self.latent_of(bare), wanted, rtol=0, atol=_NEAR):
                return bare
        except StudioError:
            pass  # a direction or a label that is not known here
        return recipe.at(recipe.point)

    def by_identity(self, recipe: LatentRecipe) -> LatentRecipe:
        """The same, with directions that it calls by number called by what they are."""
        for move in recipe.along:
            one = self.directions.one(move.direction)
            if not isinstance(move.direction, int) or one is None:
                continue
            if abs(steps := move.sigma / one.evenly) <= FARTHEST:
                own = {"direction": one.key, "sigma": steps}
                named = move.model_copy(update=own)
                moves = tuple(named if each is move else each for each in recipe.moves)
                recipe = recipe.model_copy(update={"moves": moves})
        return recipe

    def encode(self, image: Pixels) -> Latent:
        """w [slots, dim] of a uint8 [h, w, c] picture of the model's size and channels."""
        import torch

        batch = torch.from_numpy(np.ascontiguousarray(image))[None].to(self.device)
        with torch.inference_mode(), self.model as family:
            return family.encode(batch)[0].float().cpu().numpy()

    def sample(self, beginning: Seeded) -> Latent:
        """As :class:`beginnings.Played` asks."""
        import torch

        # A slider of a direction moves from the same point all the time.
        known = self._sampled.get(beginning)
        if known is None:
            self._check_label(beginning.label)
            if beginning.truncation_psi != 1:
                self.need(Ability.TRUNCATION)
            with torch.inference_mode(), self.model as family:
                w = self._drawn_by_chance(family, beginning)
                known = w[0].float().cpu().numpy()
                if len(self._sampled) >= _SAMPLED:
                    del self._sampled[next(iter(self._sampled))]
                self._sampled[beginning] = known
        return known.copy()

    def _drawn_by_chance(self, family: Family, beginning: Seeded) -> Tensor:
        if beginning.sampling is None:
            return family.sample(1, beginning.seed, beginning.truncation_psi, beginning.label)
        how = self.sampling_of(beginning)
        return family.sample_by(how, 1, beginning.seed, beginning.label)

    def sampling_of(self, beginning: Beginning) -> Declared:
        """How chance is used; :class:`UsageError` for what this model does not know."""
        try:
            return self.model.family.sampling.from_mapping(dict(beginning.sampling or ()))
        except ParameterError as error:
            raise UsageError(error.said) from error

    def known_captions(self) -> tuple[str, ...]:
        """Captions that it has learnt from; empty where it cannot be asked in words."""
        return self.model.family.known_captions()

    def sampling_params(self) -> dict[str, Param]:
        """What can be set of how chance is used."""
        return self.model.family.sampling.params()

    def redrawn(self, w: Latent, chosen: Chosen, seed: int, beginning: Beginning) -> Latent:
        """As :class:`beginnings.Played` asks."""
        import torch

        self.need(Ability.REPAIR)
        how, label = self.sampling_of(beginning), self._label(beginning)
        with torch.inference_mode(), self.model as family:
            batch, slots = (torch.from_numpy(each).to(self.device) for each in (w[None], chosen))
            return family.redraw(batch, slots, how, seed, label)[0].float().cpu().numpy()

    def read(self, beginning: Point) -> Latent:
        """As :class:`beginnings.Played` asks."""
        w = unpack_latent(beginning.w, (self.latent.slots, self.latent.dim))
        psi = np.float32(beginning.truncation_psi)
        if psi == 1:
            return w
        self.need(Ability.TRUNCATION)
        return self._mean() + psi * (w - self._mean())

    def centre(self, one: Beginning, two: Beginning) -> Latent:
        """The middle of the label of two beginnings, or of all where they differ in it.

        Around any other point a path within a label would leave it on the way.
        """
        self.need(Ability.BLEND)
        label = self._label(one)
        middles = Ability.TRUNCATION in self.latent.abilities
        same = label is not None and label == self._label(two)
        if same and middles and isinstance(one, Seeded):
            return self.sample(Seeded(seed=one.seed, truncation_psi=0.0, label=label))
        return self._mean()

    def direction(self, wanted: int | str, zone: str = zones.EVERYWHERE) -> Latent:
        """As :class:`beginnings.Played` asks."""
        self.need(Ability.DIRECTIONS)
        one = self.directions.one(wanted)
        if one is None:
            raise StudioError(
                "Direction {index} of this model is not known: find directions first.",
                index=wanted,
            )
        step = one.deviation if isinstance(wanted, int) else one.step
        if zone == zones.EVERYWHERE:
            return step
        return np.where(zones.slots_of(zone, self.latent)[:, None], step, np.float32(0))

    def _mean(self) -> Latent:
        mean: Latent = self.model.family.w_mean().detach().cpu().numpy()
        return mean

    def _label(self, beginning: Beginning) -> int | None:
        """The class that a beginning is of, also where its seed draws one."""
        from models.parts.classes import labels_for

        if not isinstance(beginning, Seeded):
            return None
        return labels_for(self.model.family, 1, beginning.seed, beginning.label)[0]

    def _check_label(self, label: int | None) -> None:
        classes = self.image_spec.classes
        if label is not None and not 0 <= label < classes:
            raise self._unknown(label)

    def label_of(self, recipe: LatentRecipe) -> str:
        """The name of the class that a recipe begins in; empty where none is known."""
        number = self._label(recipe.beginning)
        return "" if number is None else self.labels[number]

    def label_number(self, text: str) -> int:
        """The class called `text`, or of that number; :class:`UsageError` naming those there are.

        A name goes before a number, as there are labels like 2024.
        """
        if text in self.labels:
            return self.labels.index(text)
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
        if 0 <= number < len(self.labels):
            return number
        raise self._unknown(text)

    def _unknown(self, label: int | str) -> UsageError:
        known = shown_labels(self.labels) or Said("none: it was trained without labels")
        return UsageError(
            "This model has no label {label_name}. Known: {known}.", label_name=label, known=known
        )

    # ------------------------------------------------------------------ pictures

    def picture(self, recipe: LatentRecipe) -> Pixels:
        """uint8 [h, w, c] of a recipe."""
        return self.picture_of(self.latent_of(recipe), recipe)

    def recorded_picture(self, recipe: LatentRecipe) -> Pixels:
        """The same of the point that was recorded with it, where one was."""
        return self.picture_of(self.recorded(recipe), recipe)

    def activations(self, beginning: Seeded, layer: int) -> Tensor:
        """As :class:`beginnings.Played` asks."""
        import torch

        key = beginning, layer
        if key not in self._held:
            with torch.inference_mode(), self.model as family:
                w = torch.from_numpy(self.sample(beginning))[None].to(self.device)
                if len(self._held) >= _HELD:
                    del self._held[next(iter(self._held))]
                self._held[key] = self.said_by(family, w, layer).clone()
        return self._held[key]

    def said_by(self, family: Family, w: Tensor, layer: int) -> Tensor:
        """Activations [n, c, h, w] of a layer at points w [n, slots, dim], with nothing bent."""
        from models.bending import Bends

        seen: list[Tensor] = []

        def look(x: Tensor) -> Tensor:
            seen.append(x)
            return x

        place = family.layers()[layer]
        family.draw(w, 0, min(place.height, place.width), Bends({layer: look}))
        return seen[0]

    def picture_of(self, w: Latent, recipe: LatentRecipe = _PLAIN) -> Pixels:
        """uint8 [h, w, c] of a point w [slots, dim], drawn as a recipe says. Every picture that
        is shown, kept or exported comes from here."""
        import torch

        drawing = recipe.drawing(self)
        with self.model as family:
            drawn = family if drawing.other is None else self._mixed(family, drawing.other)
            bends = drawing.bends()

            def one(point: Latent) -> Pixels:
                batch = torch.from_numpy(point)[None].to(self.device)
                made = drawn.synthesize(batch, recipe.noise_seed, None, bends)
                return made[0].cpu().numpy()

            with torch.inference_mode():
                whole = one(w)
                for patch in drawing.patches:
                    whole = patch.laid(whole, one(patch.point(w)))
                return whole

    def _mixed(self, family: Family, other: OtherWeights) -> Family:
        """The model with the layers of another. The last one is remembered."""
        from models.mixing import mixed

        if self._mix is None or self._mix[0] != other:
            if self._beside is None or self._beside[0] != other.sha256:
                lent = lend(found(self.folder, other.sha256), self.device)
                self._beside = other.sha256, lent
            # Without its turn: who waits for two turns may wait for ever, and weights stay.
            theirs = self._beside[1].family
            try:
                onto = None if self._mix is None else self._mix[1]
                self._mix = other, mixed(family, theirs, other.shares, onto)
            except ParameterError as error:
                raise UsageError(error.said) from error
        return self._mix[1]

    def beside(self, recipe: LatentRecipe) -> Path | None:
        """The checkpoint of the other model that a recipe is drawn with, if it needs one."""
        other = recipe.drawing(self).other
        return None if other is None else found(self.folder, other.sha256).folder

    def draft(self, recipe: LatentRecipe) -> Pixels | None:
        """uint8 [h / 2, w / 2, c] of a recipe, to be seen until :meth:`picture` is there; None
        where a model has none sooner."""
        import torch

        w, drawing = self.latent_of(recipe), recipe.drawing(self)
        if drawing.patches:
            return None
        bends = drawing.bends()
        with torch.inference_mode(), self.model as family:
            batch = torch.from_numpy(w)[None].to(self.device)
            made = family.draft(batch, recipe.noise_seed, bends)
            return None if made is None else made[0].cpu().numpy()

    def pictures(self, seeds: Sequence[int], psi: float = 1.0, label: int | None = None) -> Pixels:
        """uint8 [n, h, w, c] of seeds. Each is made alone, so that its bytes are those of
        :meth:`picture`, whatever the other seeds are."""
        spec = self.image_spec
        made = np.empty((len(seeds), spec.height, spec.width, spec.channels), np.uint8)
        for place, seed in enumerate(seeds):
            beginning = Seeded(seed=seed, truncation_psi=psi, label=label)
            made[place] = self.picture(LatentRecipe(beginning=beginning))
        return made


def shown_labels(names: Sequence[str], most: int = 20) -> str:
    """The first names with their numbers, in a line; empty where there are none."""
    listed = [f"{number} {name or 'no label'}" for number, name in enumerate(names[:most])]
    return ", ".join(listed) + (" …" if len(names) > most else "")
