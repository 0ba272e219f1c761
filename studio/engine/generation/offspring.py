"""Children of pictures: slots and moves of their parents, and as much chance as is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from models.facts import Ability
from studio.engine.errors import UsageError
from studio.engine.generation.beginnings import Point, Seeded, pack_latent
from studio.engine.generation.latent_recipe import MOST_PARENTS, Descent, LatentRecipe, Parent
from studio.engine.generation.moves.along import Along
from studio.engine.generation.moves.base import Move
from studio.engine.generation.slerp import Latent, slerp
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.generation.player import Player

MOST_CHILDREN = 256
CANNOT = Said("Pictures of this model cannot be bred: nothing lies between two of its latents.")
NEAREST = 0.25
"""A child of two points has at least so much of each of them."""


def breed(
    player: Player, parents: Sequence[LatentRecipe], count: int, strength: float, seed: int,
    names: Sequence[str] = (),
) -> list[LatentRecipe]:  # fmt: skip
    """`count` children; the n-th of a seed is the same however many there are.

    Uniform crossover (Syswerda, 1989): each slot of a child is that of one parent, and so is each
    of its sliders, bends and noises. A point of one slot lies on the arc between two parents.
    `strength`, 0 to 1, leads from there towards a picture that chance draws; 1 is that picture.
    Each child says of whom it is, by the `names` of the parents where they have some, and how.
    :class:`UsageError` where the model or the parents do not allow it.
    """
    if Ability.BLEND not in player.latent.abilities:
        raise UsageError(CANNOT)
    if not 1 <= len(parents) <= MOST_PARENTS:
        raise UsageError(
            "There are {count} parents: give 1 to {most}.", count=len(parents), most=MOST_PARENTS
        )
    places = [_place(parent, player) for parent in parents]
    given = [*names, *("" for _ in parents[len(names) :])]
    written = [
        Parent(recipe=without_descent(parent.unrecorded()), name=name or own_name(parent))
        for parent, name in zip(parents, given, strict=True)
    ]
    made = []
    for number in range(count):
        chance = np.random.default_rng((seed, number))
        first, *others = chance.permutation(len(parents)).tolist()
        crossed = _crossed(player, parents, places, [first, *others], chance)
        w = _mutated(player, parents[first], crossed.w, strength, chance)
        child, givers = _with_moves(Point(w=pack_latent(w)), parents, chance)
        own = sorted({*crossed.whose, *givers})
        descent = Descent(
            parents=tuple(written[who] for who in own),
            crossover=tuple(own.index(who) for who in crossed.whose), share=crossed.share,
            mutation=strength, seed=seed, number=number,
        )  # fmt: skip
        made.append(child.model_copy(update={"descent": descent}))
    return made


def called(parent: Parent) -> Said:
    """What a parent is called, by what the artist said or by its beginning."""
    began = parent.recipe.beginning
    if parent.name:
        return Said(parent.name)
    if isinstance(began, Seeded):
        return Said("Seed {n}", n=began.seed)
    return Said("Point") if began.source is None else Said(began.source.file)


def cross(descent: Descent) -> Said:
    """The parents, as breeders write it."""
    return reduce(
        lambda one, two: Said("{first} × {next}", first=one, next=two), map(called, descent.parents)
    )


def of_whom(descent: Descent) -> str:
    """For a terminal."""
    return f"Child of {cross(descent)}"


def own_name(recipe: LatentRecipe) -> str:
    """Of a child, by which its own children will call it; empty for other pictures."""
    born = recipe.descent
    return "" if born is None else f"child-{born.seed}-{born.number + 1}"


def without_descent(recipe: LatentRecipe) -> LatentRecipe:
    """The same picture, without a word about who its parents are."""
    return recipe.model_copy(update={"descent": None})


class _Crossed(NamedTuple):
    """A point, whose its slots are, and where it lies between two parents."""

    w: Latent
    whose: list[int]
    share: float | None = None


def _is_gene(move: Move) -> bool:
    """Whether a child has it from a parent as it is; the others are in the point it begins at."""
    return isinstance(move, Along) or not move.leads


def _place(parent: LatentRecipe, player: Player) -> Latent:
    """w [slots, dim] before the sliders."""
    led = tuple(move for move in parent.moves if not _is_gene(move))
    return player.latent_of(parent.model_copy(update={"moves": led, "point": None}))


def _crossed(
    player: Player, parents: Sequence[LatentRecipe], places: Sequence[Latent],
    order: Sequence[int], chance: np.random.Generator,
) -> _Crossed:  # fmt: skip
    """A point of those of the parents, which chance has put into `order`."""
    slots = player.latent.slots
    if len(parents) == 1:
        return _Crossed(places[0], [0] * slots)
    if Ability.MIX in player.latent.abilities:
        whose = np.asarray(order)[chance.integers(len(order), size=slots)]
        if len(set(whose.tolist())) == 1:  # a child of one parent alone
            other = next(each for each in order if each != whose[0])
            whose[chance.integers(slots)] = other
        own = np.stack([places[who][slot] for slot, who in enumerate(whose.tolist())])
        return _Crossed(own, whose.tolist())
    one, two = next(pairwise(order))
    share = float(chance.uniform(NEAREST, 1 - NEAREST))
    centre = player.centre(parents[one].beginning, parents[two].beginning)
    return _Crossed(slerp(places[one], places[two], share, centre), [one, two], share)


def _mutated(
    player: Player, parent: LatentRecipe, w: Latent, strength: float, chance: np.random.Generator
) -> Latent:
    """Towards a picture drawn by chance, of the label and the truncation of a parent."""
    drawn = int(chance.integers(1 << 62))
    if not strength:
        return w
    began = parent.beginning
    label = player.label_of(parent) if player.labels and isinstance(began, Seeded) else ""
    other = Seeded.beside(began, drawn)
    if label:
        other = other.model_copy(update={"label": player.label_number(label)})
    same = other.model_copy(update={"seed": 0})
    return slerp(w, player.sample(other), strength, player.centre(other, same))


def _with_moves(
    beginning: Point, parents: Sequence[LatentRecipe], chance: np.random.Generator
) -> tuple[LatentRecipe, set[int]]:
    """Every control that some parent has moved is as one of all parents has it, moved or not; and
    whose of those that the child has are."""
    genes = [{each.control: each for each in parent.moves if _is_gene(each)} for parent in parents]
    who = int(chance.integers(len(parents)))
    noise = parents[who].noise_seed
    child, givers = LatentRecipe(beginning=beginning, noise_seed=noise), set[int]()
    if noise:
        givers.add(who)
    for control in dict.fromkeys(control for each in genes for control in each):
        who = int(chance.integers(len(parents)))
        move = genes[who].get(control)
        if move is not None:
            child = child.moved(move)
            givers.add(who)
    return child, givers
