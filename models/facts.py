"""What a family says of itself before a model of it is built. No torch: every room may read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from models.parameters import Value


class LatentKind(StrEnum):
    """What a latent is made of."""

    CONTINUOUS = "continuous"
    """Points of a space: they can be added up, and what lies between two is a latent, too."""
    TOKENS = "entries"
    """Whole numbers, written as float32: entries of a book. What lies between is nothing."""


class Ability(StrEnum):
    """What can be done with the latents of a model."""

    DIRECTIONS = "directions"
    TRUNCATION = "truncation"
    BLEND = "blend"
    MIX = "mix"
    """Slots of one picture can be those of another."""
    REPAIR = "repair"
    """Some slots can be drawn anew, so that they fit the others."""
    BEND = "bend"
    """What its layers say can be changed while it draws."""
    NOISE = "noise"
    """There is noise in its layers."""
    DRAG = "drag"
    INVERT = "invert"
    FACTOR = "factor"
    """Directions from the weights alone."""
    PROMPT = "prompt"
    """Pictures can be asked for in words."""
    ENCODE = "encode"
    SCORE = "score"


FEW = 50
"""Pictures. Below, an adversarial pair only learns them by heart."""
MANY, VERY_MANY = 1_000, 10_000
SMALL_SIDE = 128
"""Pixels."""
_OF_A_SPACE = {
    Ability.DIRECTIONS, Ability.BLEND, Ability.MIX, Ability.DRAG, Ability.INVERT, Ability.FACTOR,
}  # fmt: skip


@dataclass(frozen=True)
class LatentSpec:
    """The latent w of one picture: `slots` rows of `dim` numbers.

    `groups` names ranges of slots or, for a flat latent, is empty. `prior` is `normal` or
    `mixture`. `has_layers` is whether :meth:`Family.layers` names any, `has_noise` whether one of
    them is noisy, `has_styles` whether there is :meth:`Family.styles`. `lacks` is what a model
    cannot do though latents of this kind could. `has_repair` is whether there is
    :meth:`Family.redraw`, `has_prompt` whether its sampling has a `prompt`.
    """

    slots: int
    dim: int
    prior: str
    groups: dict[str, tuple[int, int]] = field(default_factory=dict)
    has_encoder: bool = False
    has_critic: bool = False
    has_layers: bool = False
    has_noise: bool = False
    has_styles: bool = False
    has_repair: bool = False
    has_prompt: bool = False
    grid: tuple[int, int] | None = None
    """(rows, columns), where slots are cells over the picture, row by row."""
    kind: LatentKind = LatentKind.CONTINUOUS
    lacks: frozenset[Ability] = frozenset()

    @property
    def abilities(self) -> frozenset[Ability]:
        """What can be done with these latents."""
        missing = set(self.lacks)
        if self.kind is LatentKind.TOKENS:
            missing |= _OF_A_SPACE
        if self.slots == 1:
            missing.add(Ability.MIX)
        for ability, has in (
            (Ability.ENCODE, self.has_encoder), (Ability.SCORE, self.has_critic),
            (Ability.BEND, self.has_layers), (Ability.NOISE, self.has_noise),
            (Ability.FACTOR, self.has_styles), (Ability.REPAIR, self.has_repair),
            (Ability.PROMPT, self.has_prompt),
        ):  # fmt: skip
            if not has:
                missing.add(ability)
        return frozenset(Ability) - missing


@dataclass(frozen=True)
class Curve:
    """A scalar that a family reports: its words, in English.

    `hidden` ones are of another scale than the losses: to be switched on, not to flatten them.
    """

    words: str
    hidden: bool = False


def _never(pictures: int, side: int) -> bool:
    return False


@dataclass(frozen=True)
class Facts:
    """What is known of a family. The defaults are those of one that nobody has measured yet.

    Rates are only good for a choice between families; a pre-flight measures them.
    """

    first_picture: int = 60_000
    """Images until somebody who knows the set recognises it in a sample. A rule of thumb: small
    presets on sets of hundreds to thousands of pictures at 64 pixels."""
    processor_rate: float = 45
    """Images a second of the processor's preset at 64 pixels on two cores; falls with the area."""
    accelerator_cost: float = 0.5
    """TFLOP an image of the accelerator's preset at 64 pixels; grows about with the root of the
    side, because fine levels are narrow."""
    suits: Callable[[int, int], bool] = _never
    """Whether it is the one for so many pictures whose longer side has so many pixels."""
    why: str = ""
    """Why it is, after `pictures are`."""
    rung: int | None = None
    """Its place among those that are taken instead where time is short; the last one always goes.
    None: it is never taken instead of another."""
    small_set: Mapping[str, Value] = field(default_factory=dict)
    """Parameters for sets of very few pictures, where the preset leaves them at 0."""
    longest: Mapping[str, float] = field(default_factory=lambda: {"ema_half_life": 20_000})
    """Parameters that count in thousands of pictures: at most the images of a run over this, as
    averages and schedules that are longer than the run never show what it learnt."""
    curves: Mapping[str, Curve] = field(default_factory=dict)
    """What it reports, by the names in its reports."""
    captions: bool = False
    """Whether it learns from the captions of its pictures."""
    judged_by_samples: bool = False
    """Whether its best checkpoint is the one whose new pictures are nearest to real ones, though
    it can redraw: of a family that learns to redraw first, and to make new pictures after."""
    class_tensors: tuple[str, ...] = ()
    """Tensors with a row for each class, beside `class_*` and those of a module `classes`."""
    training_only: tuple[str, ...] = ()
    """Networks that generating never asks, beside those that have an average (`x`, `x_ema`)."""
    critic_levels: str = ""
    """A pattern of the critic's weights nearest to the picture; its group is the level, none in
    the first layer. Empty without a critic."""

    @property
    def has_critic(self) -> bool:
        """Whether models of this family judge pictures while they learn."""
        return bool(self.critic_levels)
