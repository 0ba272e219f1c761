"""Options that lead a recipe along directions: `--along NAME=STEPS@ZONE`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from studio.engine.errors import UsageError
from studio.verbs.options import number, words

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player
    from studio.engine.project import Project

FARTHEST = 100.0
"""Steps; as :data:`moves.along.FARTHEST`, which takes long to import."""


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--along", action="append", default=[], type=_move, metavar="D=STEPS[@ZONE]",
        help="so many steps (sigma) along a direction, which is called by its name, its key or "
        "kind:number as `directions` lists them, perhaps in some layers alone: form, texture, "
        "colour, or numbers as 1,4-6; repeatable",
    )  # fmt: skip


def _move(text: str) -> tuple[str, float, str]:
    """(direction, steps, zone); everywhere without a zone."""
    name, equals, rest = words(text).rpartition("=")
    steps, _, zone = rest.partition("@")
    if not equals or not name.strip():
        raise argparse.ArgumentTypeError(f"{text} is not of the form D=steps or D=steps@zone")
    return name.strip(), number(-FARTHEST, FARTHEST)(steps), zone.strip() or "all"


def changed(
    recipe: LatentRecipe, options: argparse.Namespace, project: Project, player: Player
) -> LatentRecipe:
    """With the moves that the options ask for; the player knows all directions of it then."""
    from studio.engine.generation import zones
    from studio.engine.generation.directions import catalogue
    from studio.engine.generation.directions.kind import Search
    from studio.engine.generation.moves.along import Along
    from studio.engine.training.planning import runs

    place = runs.run(project, options.run_name).folder
    search = Search(project, options.run_name)
    know(recipe, options.run_name, project, player)
    said: set[str] = set()
    for text, steps, zone in options.along:
        found = catalogue.resolved(player, place, text, search).direction
        zones.slots_of(zone, player.latent)
        if found.key in said:
            raise UsageError("The direction {name!r} is given twice: say it once.", name=text)
        said.add(found.key)
        recipe = recipe.moved(Along(direction=found.key, sigma=steps, zone=zone))
    return recipe


def know(recipe: LatentRecipe, run_name: str, project: Project, player: Player) -> None:
    """Find the directions of a run that a recipe speaks of, by number or by what they are."""
    from studio.engine.generation.directions import catalogue
    from studio.engine.generation.directions.kind import Search, kinds
    from studio.engine.training.planning import runs

    if recipe.edits:
        wanted = {each.partition("-")[0] for each in recipe.edits if isinstance(each, str)}
        wanted.add(catalogue.COUNTED)
        chosen = [kind() for name, kind in kinds().items() if name in wanted]
        place = runs.run(project, run_name).folder
        catalogue.listed(player, place, chosen, Search(project, run_name))
