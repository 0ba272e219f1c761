"""A recipe between two others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from studio.engine.generation.beginnings import Beginning, Point, pack_latent
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.base import Move
from studio.engine.generation.slerp import slerp

if TYPE_CHECKING:
    from studio.engine.generation.player import Player

Moves = tuple[Move, ...]


class Between:
    """What lies between two recipes on one player.

    Where they begin at the same picture, truncation and the numbers of moves go linearly.
    Otherwise the point goes on the arc between both (:func:`slerp`), about the middle of what
    they have in common, and the numbers of how it is drawn go linearly. What is no number
    changes at the second recipe, and so does the noise.
    """

    def __init__(self, player: Player, one: LatentRecipe, two: LatentRecipe) -> None:
        self.one, self.two = one.unrecorded(), two.unrecorded()
        self._pairs = _paired(self.one.moves, self.two.moves)
        self._same = _same_picture(self.one.beginning, self.two.beginning) and all(
            _is_gradual(*pair) for pair in self._pairs if _leads(pair)
        )
        if not self._same:
            self._ends = player.latent_of(self.one), player.latent_of(self.two)
            self._centre = player.centre(self.one.beginning, self.two.beginning)

    def at(self, mix: float) -> LatentRecipe:
        """0 gives the first, 1 the second, byte for byte."""
        if mix <= 0 or mix >= 1 or self.one == self.two:
            return self.two if mix >= 1 else self.one
        made = [_mixed(*pair, mix) for pair in self._pairs if self._same or not _leads(pair)]
        moves = tuple(move for move in made if move is not None and not move.idle)
        if self._same:
            ends = self.one.beginning.truncation_psi, self.two.beginning.truncation_psi
            psi = {"truncation_psi": _lerp(*ends, mix)}
            beginning: Beginning = self.one.beginning.model_copy(update=psi)
        else:
            beginning = Point(w=pack_latent(slerp(*self._ends, mix, self._centre)))
        return self.one.model_copy(update={"beginning": beginning, "moves": moves})


def _same_picture(one: Beginning, two: Beginning) -> bool:
    psi = {"truncation_psi": one.truncation_psi}
    return two.model_copy(update=psi) == one


def _paired(one: Moves, two: Moves) -> list[tuple[Move | None, Move | None]]:
    """Moves of both by their control, in order of rank. One that a recipe lacks rests there, or
    is None where no numbers lead to it."""
    first, second = ({move.control: move for move in moves} for moves in (one, two))
    both = second | first
    controls = sorted(both, key=lambda each: both[each].rank)
    return [
        (first.get(each) or _resting(both[each]), second.get(each) or _resting(both[each]))
        for each in controls
    ]


def _resting(move: Move) -> Move | None:
    return move.model_copy(update=dict(move.rest)) if move.rest else None


def _leads(pair: tuple[Move | None, Move | None]) -> bool:
    return any(move is not None and move.leads for move in pair)


def _is_gradual(one: Move | None, two: Move | None) -> bool:
    """Whether both differ in numbers only."""
    return one is not None and two is not None and _rest(_fields(one)) == _rest(_fields(two))


def _fields(move: Move) -> dict[str, object]:
    return {name: getattr(move, name) for name in type(move).model_fields}


def _rest(value: object) -> object:
    """What of a value is no number."""
    if isinstance(value, Mapping):
        return {key: _rest(each) for key, each in value.items()}
    return None if isinstance(value, float) else value


def _mixed(one: Move | None, two: Move | None, mix: float) -> Move | None:
    if one is None or two is None:
        return one
    return one.model_copy(update=_numbers(_fields(one), _fields(two), mix))


def _numbers(one: Mapping[str, object], two: Mapping[str, object], mix: float) -> dict[str, object]:
    made: dict[str, object] = {}
    for key, value in one.items():
        other = two.get(key, value)
        if isinstance(value, float) and isinstance(other, float):
            value = _lerp(value, other, mix)
        elif isinstance(value, Mapping) and isinstance(other, Mapping):
            value = _numbers(value, other, mix)
        made[key] = value
    return made


def _lerp(one: float, two: float, mix: float) -> float:
    return one + (two - one) * mix
