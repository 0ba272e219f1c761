"""What a sound can move: by a word that files and the command line say, and the window makes.

- `truncation`: nearer to the average picture, or bolder, by a part of where it is;
- `along:KEY` or `along:KEY@ZONE`: steps along a direction;
- `seed:N`: towards another seed, 1 is there;
- `noise`: the strength of the noise;
- `bend:N` or `bend:N:NAME`: how much the bend at place N is made, or a value of its transform.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.facts import Ability
from models.parameters import Param
from studio.engine.errors import UsageError
from studio.engine.generation import zones
from studio.engine.generation.beginnings import Point, Seeded, pack_latent
from studio.engine.generation.directions.direction import KEY
from studio.engine.generation.moves.along import FARTHEST
from studio.engine.generation.moves.bend import Bend
from studio.engine.generation.moves.noise import MOST, NoiseStrength
from studio.engine.generation.slerp import Latent, slerp
from studio.engine.seeds import LARGEST_SEED

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player

_ALONG = re.compile(rf"({KEY.strip('^$')})(?:@(.+))?")
_BEND = re.compile(r"(\d{1,6})(?::(\w{1,40}))?")
_LARGEST_PSI = 1.5


class Target(ABC):
    """One thing that moves, by so much: 0 leaves it where it is."""

    leads = False
    """Whether it moves the point, and not how that is drawn."""

    def check(self, player: Player) -> None:  # noqa: B027  # most models allow most
        """Refuse before any work what the model does not allow."""

    @abstractmethod
    def moved(self, recipe: LatentRecipe, by: float, player: Player) -> LatentRecipe:
        """The recipe with it moved. Those that lead are given one that begins at a point."""


class _Leading(Target):
    leads = True

    @abstractmethod
    def led(self, w: Latent, by: float, player: Player) -> Latent:
        """The point [slots, dim] moved."""

    def moved(self, recipe: LatentRecipe, by: float, player: Player) -> LatentRecipe:
        """As the base class says."""
        return recipe.at(pack_latent(self.led(player.latent_of(recipe), by, player)))


@dataclass(frozen=True)
class _Truncation(_Leading):
    def check(self, player: Player) -> None:
        player.need(Ability.TRUNCATION)

    def led(self, w: Latent, by: float, player: Player) -> Latent:
        psi = min(_LARGEST_PSI, max(0.0, 1 + by))
        return player.read(Point(w=pack_latent(w), truncation_psi=psi))


@dataclass(frozen=True)
class _Along(_Leading):
    key: str
    zone: str

    def check(self, player: Player) -> None:
        player.direction(self.key, self.zone)

    def led(self, w: Latent, by: float, player: Player) -> Latent:
        steps = min(FARTHEST, max(-FARTHEST, by))
        made: Latent = w + steps * player.direction(self.key, self.zone)
        return made.astype(w.dtype)


@dataclass(frozen=True)
class _Seed(_Leading):
    seed: int

    def check(self, player: Player) -> None:
        player.need(Ability.BLEND)

    def led(self, w: Latent, by: float, player: Player) -> Latent:
        there = Seeded(seed=self.seed)
        here = Point(w=pack_latent(w))
        mix = min(1.0, max(0.0, by))
        return slerp(w, player.sample(there), mix, player.centre(here, there))


@dataclass(frozen=True)
class _Noise(Target):
    def check(self, player: Player) -> None:
        player.need(Ability.NOISE)

    def moved(self, recipe: LatentRecipe, by: float, player: Player) -> LatentRecipe:
        before = recipe.only(NoiseStrength) or NoiseStrength()
        layers = {layer: _within(each + by, 0, MOST) for layer, each in before.layers.items()}
        strength = _within(before.strength + by, 0, MOST)
        return recipe.moved(NoiseStrength(strength=strength, layers=layers))


@dataclass(frozen=True)
class _Bend(Target):
    """Of a bend that a recipe has not, nothing moves: other keys of the film may have it."""

    place: int
    value: str

    def check(self, player: Player) -> None:
        player.need(Ability.BEND)

    def moved(self, recipe: LatentRecipe, by: float, player: Player) -> LatentRecipe:
        for move in recipe.moves:
            if isinstance(move, Bend) and move.place == self.place:
                return recipe.moved(self._bent(move, by))
        return recipe

    def _bent(self, move: Bend, by: float) -> Bend:
        if not self.value:
            return move.model_copy(update={"amount": _within(move.amount + by, 0, 1)})
        values = move.made.as_dict()
        declared = move.made.params().get(self.value)
        if declared is None or declared.kind is not float:
            raise UsageError(
                "The bend at {place} has no value {name!r} that a sound can move: take one of "
                "{known}.", place=self.place, name=self.value, known=", ".join(movable(move)),
            )  # fmt: skip
        values[self.value] = _ranged(float(values[self.value]) + by, declared)
        return move.model_copy(update={"values": values})


def movable(move: Bend) -> list[str]:
    """The values of a bend that a sound can move."""
    return [name for name, each in move.made.params().items() if each.kind is float]


def _within(value: float, low: float, high: float) -> float:
    return min(high, max(low, value))


def _ranged(value: float, declared: Param) -> float:
    low = float("-inf") if declared.low is None else declared.low
    high = float("inf") if declared.high is None else declared.high
    return _within(value, low, high)


def target(text: str) -> Target:
    """What a word means; :class:`UsageError` saying which there are."""
    kind, _, rest = text.partition(":")
    if text == "truncation":
        return _Truncation()
    if text == "noise":
        return _Noise()
    if kind == "seed" and rest.isascii() and rest.isdecimal() and len(rest) < 20:
        return _Seed(min(int(rest), LARGEST_SEED))
    if kind == "bend" and (match := _BEND.fullmatch(rest)):
        return _Bend(int(match[1]), match[2] or "")
    if kind == "along" and (match := _ALONG.fullmatch(rest)):
        return _Along(match[1], match[2] or zones.EVERYWHERE)
    raise UsageError(
        "{text} is nothing that a sound can move: take truncation, noise, seed:N, along:DIRECTION "
        "or bend:N.", text=repr(text),
    )  # fmt: skip
