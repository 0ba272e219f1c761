"""What can be played of a model: every number of a recipe has an address of its own.

Moves tell their numbers themselves, by the bounds that they declare: a new move is played like
any other. An address stays that of its control whatever the model is trained further to.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import annotated_types
from pydantic.fields import FieldInfo

from models.facts import Ability
from studio.engine.generation.beginnings import Seeded
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.along import Along
from studio.engine.generation.moves.base import Move
from studio.engine.generation.moves.bend import Bend
from studio.engine.generation.moves.blend import Blend
from studio.engine.generation.moves.label_mix import LabelMix
from studio.engine.generation.moves.noise import NoiseStrength
from studio.engine.said import Said
from studio.engine.seeds import following

ROOT = "/latent"
FARTHEST_STEPS = 3.0
"""Along a direction: as far as its slider goes."""
LARGEST_WHOLE = (1 << 31) - 1
"""That senders have a type for; seeds beyond are reached by hand."""
_TITLES = {
    "blend/mix": Said("Blend with seed"), "blend/seed": Said("Other seed"),
    "bend/amount": Said("Amount"), "label_mix/share": Said("Share of the other label"),
    "noise/strength": Said("Strength of the noise"),
    "model_mix/cut": Said("Layers of the other model from"),
    "model_mix/softness": Said("Softness of the change"),
    "model_mix/share": Said("Share of the other model"),
    "dragged/share": Said("Strength of dragged points"),
    "dragged_layer/share": Said("Strength of dragged points, coarsest layer"),
    "iterated/share": Said("Strength of iterating"),
    "region/share": Said("Strength of a part laid in"),
    "residual/share": Said("Strength of details beyond the model"),
}  # fmt: skip
"""Of the numbers of moves; of a bend its transform says them."""


class Way(NamedTuple):
    """A direction of the model, as lists know it: `number` is its place in its kind, or 0."""

    key: str
    kind: str
    number: int
    name: str
    zone: str = "all"


@dataclass(frozen=True)
class Playable:
    """What of a model can be played; needs no model to be loaded."""

    abilities: Collection[Ability]
    labels: Sequence[str] = ()
    ways: Sequence[Way] = ()


@dataclass(frozen=True)
class Control:
    """One number of a recipe. Fractions of its way go from 0 at `low` to 1 at `high`."""

    address: str
    title: str
    low: float
    high: float
    rest: float
    get: Callable[[LatentRecipe], float]
    put: Callable[[LatentRecipe, float], LatentRecipe]
    whole: bool = False
    """Whole numbers; those of a message are taken as they are, not as a fraction of its way."""

    @property
    def kind(self) -> str:
        """OSC's type of its values."""
        return "int" if self.whole else "float"

    def at(self, fraction: float) -> float:
        """The value so far along its way."""
        value = self.low + (self.high - self.low) * min(1.0, max(0.0, fraction))
        return float(round(value)) if self.whole else value

    def fraction(self, value: float) -> float:
        """How far along its way a value lies, 0 to 1."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    def clipped(self, value: float) -> float:
        """The nearest value that it can have."""
        value = min(self.high, max(self.low, value))
        return float(round(value)) if self.whole else value


def controls_of(model: Playable, recipe: LatentRecipe) -> dict[str, Control]:
    """All that can be played now, by address: those of the model, and of the moves of a recipe."""
    made = [*_of_beginning(model, recipe), *map(_along, model.ways), *_of_moves(model, recipe)]
    return {each.address: each for each in made}


def _of_beginning(model: Playable, recipe: LatentRecipe) -> Iterator[Control]:
    yield Control(
        f"{ROOT}/seed", Said("Seed"), 0, LARGEST_WHOLE, 0,
        lambda recipe: float(recipe.seed or 0),
        lambda recipe, value: _begun(recipe, seed=round(value)), whole=True,
    )  # fmt: skip
    if Ability.TRUNCATION in model.abilities:
        yield Control(
            f"{ROOT}/truncation", Said("Truncation ψ"), 0.0, 1.5, 1.0,
            lambda recipe: recipe.beginning.truncation_psi, _truncated,
        )  # fmt: skip
    if len(model.labels) > 1 and isinstance(recipe.beginning, Seeded):
        yield Control(
            f"{ROOT}/label", Said("Label"), 0, len(model.labels) - 1, 0,
            lambda recipe: float(recipe.beginning.label or 0),
            lambda recipe, value: _begun(recipe, label=round(value)), whole=True,
        )  # fmt: skip
    if Ability.NOISE in model.abilities:
        yield Control(
            f"{ROOT}/noise/seed", Said("Noise seed"), 0, LARGEST_WHOLE, 0,
            lambda recipe: float(recipe.noise_seed),
            lambda recipe, value: recipe.with_noise(round(value)), whole=True,
        )  # fmt: skip


def _begun(recipe: LatentRecipe, **values: int) -> LatentRecipe:
    """At a seed; what a point was of is not known, so it is left then."""
    said = recipe.beginning.model_dump(include={"seed", "truncation_psi", "label"})
    return recipe.begun(Seeded.model_validate({**said, **values}))


def _truncated(recipe: LatentRecipe, value: float) -> LatentRecipe:
    return recipe.begun(recipe.beginning.model_copy(update={"truncation_psi": value}))


def _along(way: Way) -> Control:
    def put(recipe: LatentRecipe, value: float) -> LatentRecipe:
        return recipe.moved(Along(direction=way.key, sigma=value, zone=way.zone))

    name = f"{way.kind}/{way.number}" if way.number else way.key.replace("-", "/")
    return Control(
        f"{ROOT}/direction/{name}", way.name, -FARTHEST_STEPS, FARTHEST_STEPS, 0.0,
        lambda recipe: recipe.edits.get(way.key, 0.0), put,
    )  # fmt: skip


# ------------------------------------------------------------------ moves


def _of_moves(model: Playable, recipe: LatentRecipe) -> Iterator[Control]:
    present = {move.control: move for move in recipe.moves if not isinstance(move, Along)}
    possible = {move.control: move for move in _possible(model, recipe)}
    for move in (possible | present).values():
        yield from _numbers(move)
        if isinstance(move, Bend):
            yield from _of_transform(move)


def _possible(model: Playable, recipe: LatentRecipe) -> Iterator[Move]:
    """Moves that begin to say something when one of their numbers is played."""
    if Ability.BLEND in model.abilities:
        yield Blend(seed=following(recipe.seed))
    if Ability.NOISE in model.abilities:
        yield NoiseStrength()
    if len(model.labels) > 1 and isinstance(recipe.beginning, Seeded):
        yield LabelMix(label=0)


def _numbers(move: Move) -> Iterator[Control]:
    """The fields of a move that are numbers with two ends."""
    for name, field in type(move).model_fields.items():
        ends = _ends(field)
        if ends is None or isinstance(getattr(move, name), bool):
            continue
        rest = float(move.rest.get(name, getattr(move, name)))  # type: ignore[arg-type]  # numbers
        low, high = ends
        title = _TITLES.get(f"{move.name}/{name}", Said(name))
        yield Control(
            f"{_address(move)}/{name}", title, low, high, rest,
            partial(_get, move, name), partial(_put, move, name),
            whole=isinstance(getattr(move, name), int),
        )  # fmt: skip


def _ends(field: FieldInfo) -> tuple[float, float] | None:
    low = [each.ge for each in field.metadata if isinstance(each, annotated_types.Ge)]
    high = [each.le for each in field.metadata if isinstance(each, annotated_types.Le)]
    if not low or not high:
        return None
    return float(low[0]), min(LARGEST_WHOLE, float(high[0]))  # type: ignore[arg-type]  # of numbers


def _address(move: Move) -> str:
    of = move.control[1]
    return f"{ROOT}/{move.name}/{of}" if hasattr(move, "place") else f"{ROOT}/{move.name}"


def _now(move: Move, recipe: LatentRecipe) -> Move:
    """The move of a recipe with the same control, or else this one."""
    return next((each for each in recipe.moves if each.control == move.control), move)


def _get(move: Move, name: str, recipe: LatentRecipe) -> float:
    return float(getattr(_now(move, recipe), name))


def _put(move: Move, name: str, recipe: LatentRecipe, value: float) -> LatentRecipe:
    now = _now(move, recipe)
    whole = isinstance(getattr(now, name), int)
    return recipe.moved(_changed(now, name, round(value) if whole else value))


def _changed(move: Move, name: str, value: object) -> Move:
    held = {each: getattr(move, each) for each in type(move).model_fields}
    return type(move).model_validate({**held, name: value})


def _of_transform(bend: Bend) -> Iterator[Control]:
    """The numbers that the transform of a bend declares."""
    for name, each in bend.made.params().items():
        if each.kind not in (int, float) or each.low is None or each.high is None:
            continue
        yield Control(
            f"{_address(bend)}/{name}", Said(each.label), each.low, each.high,
            float(each.default), partial(_get_value, bend, name), partial(_put_value, bend, name),
            whole=each.kind is int,
        )  # fmt: skip


def _get_value(bend: Bend, name: str, recipe: LatentRecipe) -> float:
    now = _now(bend, recipe)
    assert isinstance(now, Bend)
    return float(getattr(now.made, name, 0.0))


def _put_value(bend: Bend, name: str, recipe: LatentRecipe, value: float) -> LatentRecipe:
    now = _now(bend, recipe)
    assert isinstance(now, Bend)
    if name not in now.made.params():
        return recipe  # another transform stands there by now
    kept = round(value) if isinstance(getattr(now.made, name), int) else value
    return recipe.moved(_changed(now, "values", {**now.values, name: kept}))


def with_values(
    recipe: LatentRecipe, controls: dict[str, Control], values: dict[str, float]
) -> LatentRecipe:
    """A recipe with the values of some controls, by address; where one is gone, it is left."""
    for address, value in values.items():
        if (control := controls.get(address)) is not None:
            recipe = control.put(recipe, control.clipped(value))
    return recipe
