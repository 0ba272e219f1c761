"""Options of `generate` about parts of the picture, and about how chance is used."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from models.facts import Ability
from studio.engine.errors import UsageError
from studio.engine.seeds import LARGEST_SEED
from studio.verbs.mask_file import read_mask
from studio.verbs.options import words

if TYPE_CHECKING:
    from studio.engine.generation.beginnings import Beginning, Seeded
    from studio.engine.generation.cells import Cells
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player

_BOX = r"[0-9]{1,5}(,[0-9]{1,5}){3}"


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--repair", metavar="SEED@PART", type=words, action="append", default=[],
        help="draw a part of the picture anew, to fit the rest: 7@LEFT,TOP,RIGHT,BOTTOM in pixels, "
        "or 7@mask.png, white where it is (of models whose latents are a grid)",
    )  # fmt: skip
    parser.add_argument(
        "--sampling", metavar="KEY=VALUE,…", type=words,
        help="how chance is used: temperature=0.8,steps=12 (`families` lists what there is)",
    )  # fmt: skip


def add_prompt(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--prompt", metavar="TEXT", type=words,
        help="what the picture is to be of, in words of the captions that the model has learnt",
    )  # fmt: skip


def is_part(text: str) -> bool:
    """Whether a text names a part of the picture, rather than slots."""
    return re.fullmatch(_BOX, text) is not None or Path(text).expanduser().is_file()


def cells(text: str, player: Player) -> Cells:
    """The cells of the part that `LEFT,TOP,RIGHT,BOTTOM` or a picture names."""
    import numpy as np

    from studio.engine.generation.cells import grid_of, touched

    grid, spec = grid_of(player.latent), player.image_spec
    if re.fullmatch(_BOX, text):
        left, top, right, bottom = map(int, text.split(","))
        mask = np.zeros((spec.height, spec.width), np.bool_)
        mask[top:bottom, left:right] = True
    else:
        mask = read_mask(Path(text).expanduser(), spec.width, spec.height)
    return touched(mask, grid)


def changed(recipe: LatentRecipe, options: argparse.Namespace, player: Player) -> LatentRecipe:
    """A recipe with the parts drawn anew that the options name."""
    from studio.engine.generation.moves.dragged import PackedMask
    from studio.engine.generation.moves.repair import Repair

    taken = [move.place for move in recipe.moves if isinstance(move, Repair)]
    for place, text in enumerate(options.repair, start=max(taken, default=-1) + 1):
        seed, at, part = text.partition("@")
        if not at or not seed.isdecimal() or len(seed) > 19 or int(seed) > LARGEST_SEED:
            raise UsageError("--repair {text} is not of the form SEED@PART.", text=text)
        player.need(Ability.REPAIR)
        chosen = PackedMask.of(cells(part, player))
        recipe = recipe.moved(Repair(place=place, cells=chosen, seed=int(seed)))
    return recipe


def with_sampling(
    beginning: Seeded, began: Beginning, options: argparse.Namespace, player: Player
) -> Seeded:
    """A seed with the chance of what a recipe began with, and what the options set of it."""
    said = dict(began.sampling or ())
    for part in options.sampling.split(",") if options.sampling is not None else ():
        name, equals, value = part.partition("=")
        if not equals:
            raise UsageError("--sampling: {text} is not of the form KEY=VALUE.", text=repr(part))
        said[name.strip()] = value.strip()
    if options.prompt is not None:
        player.need(Ability.PROMPT)
        said["prompt"] = options.prompt
    if not said:
        return beginning
    whole = player.sampling_of(beginning.model_copy(update={"sampling": tuple(said.items())}))
    settled = tuple(sorted((n, each) for n, each in whole.as_dict().items() if n in said))
    return beginning.model_copy(update={"sampling": settled})
