"""A model that is being played: recipes in, pictures out."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from studio.engine.artwork import Pixels
from studio.engine.errors import StudioError, UsageError
from studio.engine.generation.slerp import Latent, slerp
from studio.engine.training.record.checkpoint import Saved
from studio.engine.training.record.loaded_models import LoadedModel, lend

if TYPE_CHECKING:
    from models.base import ImageSpec
    from models.facts import LatentSpec
    from studio.engine.generation.directions import Directions

_BATCH = 32
LARGEST_SEED = (1 << 63) - 1
FARTHEST = 100.0
"""Standard deviations; far beyond anything that is still a picture."""


class LatentRecipe(BaseModel):
    """How a picture is made from chance: a seed, perhaps a second one, and edits of directions.

    `edits` are standard deviations by the index of a direction. `latent`, when set,
    is the point itself (float32, little-endian, base64) and wins over all of these.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(0, ge=0, le=LARGEST_SEED)
    truncation_psi: float = Field(1.0, ge=0.0, le=1.5)
    label: int | None = None
    noise_seed: int = Field(0, ge=0, le=LARGEST_SEED)
    edits: dict[str, Annotated[float, Field(ge=-FARTHEST, le=FARTHEST)]] = Field(
        default_factory=dict
    )
    seed_b: int | None = Field(None, ge=0, le=LARGEST_SEED)
    mix: float = Field(0.0, ge=0.0, le=1.0)
    latent: str | None = None


class Player:
    """One checkpoint on one device, with directions. Any thread may play it; they take turns."""

    def __init__(self, model: LoadedModel) -> None:
        self.model = model
        self.folder, self.sha256 = model.saved.folder, model.saved.sha256
        """Of the checkpoint, and of its `model.safetensors`."""
        self.device = model.device
        named = [str(name) for name in model.saved.state.get("labels", [])]
        count = model.family.image_spec.classes
        self.labels = named if len(named) == count else [str(number) for number in range(count)]
        """Names of the model's classes in the order of their numbers, which stand in where there
        are no names; empty without classes."""
        self.directions: Directions | None = None
        """What `edits` refer to; set by :func:`directions.find_directions`."""
        self._sampled: tuple[tuple[int, float, int | None], Latent] | None = None

    @classmethod
    def open(cls, checkpoint: Saved | Path, device: str = "auto") -> Self:
        """Play a checkpoint; :class:`StudioError` when it is damaged."""
        return cls(lend(checkpoint, device))

    @property
    def image_spec(self) -> ImageSpec:
        """Size and channels of the pictures."""
        return self.model.family.image_spec

    @property
    def seamless(self) -> bool:
        """Whether its pictures are made to be laid side by side."""
        return bool(self.model.family.config.as_dict().get("seamless", False))

    @property
    def latent(self) -> LatentSpec:
        """Shape and nature of the latents."""
        return self.model.family.latent

    # ------------------------------------------------------------------ latents

    def latent_of(self, recipe: LatentRecipe) -> Latent:
        """The point w [slots, dim] of a recipe, edits included."""
        shape = (self.latent.slots, self.latent.dim)
        if recipe.latent is not None:
            return unpack_latent(recipe.latent, shape)
        self._check_label(recipe.label)
        psi = recipe.truncation_psi
        w = self._sample(recipe.seed, psi, recipe.label)
        if recipe.seed_b is not None and recipe.mix > 0:
            other = self._sample(recipe.seed_b, psi, recipe.label)
            w = slerp(w, other, recipe.mix, self._centre(recipe))
        for index, sigma in recipe.edits.items():
            if sigma:
                w = w + np.float32(sigma) * self._direction(index)
        return np.ascontiguousarray(w, np.float32)

    def encode(self, image: Pixels) -> Latent:
        """w [slots, dim] of a uint8 [h, w, c] picture of the model's size and channels."""
        import torch

        batch = torch.from_numpy(np.ascontiguousarray(image))[None].to(self.device)
        with torch.inference_mode(), self.model as family:
            return family.encode(batch)[0].float().cpu().numpy()

    def _sample(self, seed: int, psi: float, label: int | None) -> Latent:
        import torch

        # A slider of a direction moves from the same point all the time.
        key = (seed, psi, label)
        known = self._sampled
        if known is None or known[0] != key:
            with torch.inference_mode(), self.model as family:
                w = family.sample(1, seed, psi, label)
            known = self._sampled = key, w[0].float().cpu().numpy()
        return known[1].copy()

    def _centre(self, recipe: LatentRecipe) -> Latent:
        """What a blend goes around: the middle of its label, or of all where it goes between two.

        Around any other point a path within a label would leave it on the way.
        """
        from models.parts.classes import labels_for

        ends = [recipe.seed, recipe.seed if recipe.seed_b is None else recipe.seed_b]
        (one,), (two,) = (labels_for(self.model.family, 1, seed, recipe.label) for seed in ends)
        if one is not None and one == two:
            return self._sample(recipe.seed, 0.0, one)
        centre: Latent = self.model.family.w_mean().detach().cpu().numpy()
        return centre

    def _direction(self, index: str) -> Latent:
        found = self.directions
        known = {str(number) for number in range(len(found.vectors))} if found else set()
        if found is None or index not in known:
            raise StudioError(
                f"Direction {index[:20]} of this model is not known: find directions first."
            )
        step: Latent = found.vectors[int(index)] * found.sigma[int(index)]
        return step

    def _check_label(self, label: int | None) -> None:
        classes = self.image_spec.classes
        if label is not None and not 0 <= label < classes:
            raise self._unknown(label)

    def label_of(self, recipe: LatentRecipe) -> str:
        """The name of the class that a recipe begins in, also where its seed draws one."""
        from models.parts.classes import labels_for

        (number,) = labels_for(self.model.family, 1, recipe.seed, recipe.label)
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
        known = shown_labels(self.labels) or "none: it was trained without labels"
        return UsageError(f"This model has no label {label}. Known: {known}.")

    # ------------------------------------------------------------------ pictures

    def picture(self, recipe: LatentRecipe) -> Pixels:
        """uint8 [h, w, c] of a recipe."""
        return self.picture_of(self.latent_of(recipe), recipe.noise_seed)

    def picture_of(self, w: Latent, noise_seed: int = 0) -> Pixels:
        """uint8 [h, w, c] of a point w [slots, dim]."""
        import torch

        with torch.inference_mode(), self.model as family:
            batch = torch.from_numpy(w)[None].to(self.device)
            return family.synthesize(batch, noise_seed)[0].cpu().numpy()

    def pictures(self, seeds: Sequence[int], psi: float = 1.0, label: int | None = None) -> Pixels:
        """uint8 [n, h, w, c] of seeds. Each is made alone, so that its bytes are those of
        :meth:`picture`, whatever the other seeds are."""
        spec = self.image_spec
        made = np.empty((len(seeds), spec.height, spec.width, spec.channels), np.uint8)
        for place, seed in enumerate(seeds):
            made[place] = self.picture(LatentRecipe(seed=seed, truncation_psi=psi, label=label))
        return made


def shown_labels(names: Sequence[str], most: int = 20) -> str:
    """The first names with their numbers, in a line; empty where there are none."""
    listed = [f"{number} {name or 'no label'}" for number, name in enumerate(names[:most])]
    return ", ".join(listed) + (" …" if len(names) > most else "")


def pack_latent(w: Latent) -> str:
    """A point as text for a recipe."""
    return base64.b64encode(np.asarray(w, "<f4").tobytes()).decode("ascii")


def unpack_latent(text: str, shape: tuple[int, int]) -> Latent:
    """The point of a recipe; :class:`StudioError` when it does not fit the model."""
    try:
        values = np.frombuffer(base64.b64decode(text, validate=True), "<f4")
        if not np.isfinite(values).all():
            raise ValueError("there are values that are no numbers")
        return values.reshape(shape).astype(np.float32)
    except ValueError as error:
        raise StudioError(
            "The latent of this recipe does not fit the model: open the model it was made with.",
            repr(error),
        ) from error
