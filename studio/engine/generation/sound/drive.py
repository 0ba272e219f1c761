"""What of a sound moves what of a film, and how much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, field_validator

from studio.engine.errors import UsageError
from studio.engine.generation.beginnings import Part
from studio.engine.generation.sound.envelope import at, envelope
from studio.engine.generation.sound.heard import LOUDNESS, Curve, Heard, check
from studio.engine.generation.sound.targets import Target, target

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player

MOST_DRIVES = 16
LARGEST = 100.0
ATTACK, RELEASE = 0.0, 0.25
SLOWEST = 10.0
"""Seconds of an attack or a release."""

Slope = Annotated[float, Field(ge=0.0, le=SLOWEST)]


class Drive(Part):
    """`amount` is how far `to` (:mod:`targets`) goes where `by` (:mod:`heard`) is loudest, in
    its own unit."""

    to: str
    by: str = LOUDNESS
    amount: Annotated[float, Field(ge=-LARGEST, le=LARGEST)] = 1.0
    attack: Slope = ATTACK
    release: Slope = RELEASE

    @field_validator("by")
    @classmethod
    def _heard(cls, source: str) -> str:
        try:
            return check(source)
        except UsageError as error:
            raise ValueError(str(error)) from error

    @field_validator("to")
    @classmethod
    def _known(cls, text: str) -> str:
        try:
            target(text)
        except UsageError as error:
            raise ValueError(str(error)) from error
        return text


class Driven:
    """Recipes of a film, moved by a sound. In silence they stay what they are."""

    def __init__(self, player: Player, heard: Heard, drives: Sequence[Drive]) -> None:
        """:class:`UsageError` where the model does not allow what is to be moved."""
        self._player = player
        self._parts: list[tuple[Target, Curve, float]] = []
        for drive in drives:
            what = target(drive.to)
            what.check(player)
            curve = envelope(heard, drive.by, drive.attack, drive.release)
            self._parts.append((what, curve, drive.amount))
        # What leads ends in a point, of which the rest is drawn.
        self._parts.sort(key=lambda part: not part[0].leads)

    def moved(self, recipe: LatentRecipe, time: float, length: float) -> LatentRecipe:
        """The recipe of a frame that is seen for `length` seconds from `time` on."""
        for what, curve, amount in self._parts:
            if by := amount * at(curve, time, length):
                recipe = what.moved(recipe, by, self._player)
        return recipe
