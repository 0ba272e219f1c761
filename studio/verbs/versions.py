"""`versions`: one picture as other checkpoints of its run, and other runs, draw it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from studio.engine.errors import StudioError
from studio.verbs import along, recipe_options
from studio.verbs.console import Console, Result
from studio.verbs.generate import open_player
from studio.verbs.options import Verbs, folder, number, whole, words
from studio.verbs.provenance_options import add_finishing, files_of, finishing_of, say_remarks

if TYPE_CHECKING:
    from studio.engine.artwork import Artwork
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player
    from studio.engine.generation.versions import Drawn
    from studio.engine.pieces.origin import Origin
    from studio.engine.project import Project


def add(verbs: Verbs) -> None:
    verbs.add("versions", "Draw a picture by other checkpoints and other runs, too.", run, _declare)


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=folder, metavar="PROJECT", help="project folder")
    parser.add_argument(
        "--run", dest="run_name", type=words, required=True, metavar="R", help="run to play"
    )
    parser.add_argument("--seed", type=whole(0, 1 << 62), default=0, help="of the picture")
    parser.add_argument(
        "--psi", type=number(0.0, 1.5), default=1.0, help="truncation, 0 to 1.5 (default 1)"
    )
    parser.add_argument(
        "--recipe", metavar="FILE", type=words,
        help="a recipe in place of the seed: a .json or .toml file, a picture that was exported, "
        "or the name of a piece",
    )  # fmt: skip
    parser.add_argument("--out", type=folder, required=True, metavar="DIR", help="folder for files")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, …")
    add_finishing(parser, recipe="recipe-in-file")


def run(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.export.handover import export_made
    from studio.engine.generation.versions import drawn, versions
    from studio.engine.project import Project

    with Project.open(options.project) as project:
        player = open_player(project, options.run_name, options.device)
        recipe = _recipe(options, project, player)
        wanted = versions(project, options.run_name)
        seen: list[Drawn] = []
        for each in drawn(player, recipe, options.run_name, wanted):
            seen.append(each)
            said = f"{each.version.run}, checkpoint {each.version.folder.name}"
            if each.missing is not None:
                console.note(f"{said}: {each.missing}")
            console.progress(f"{len(seen)} of {len(wanted)} drawn", len(seen) / len(wanted))
        shown = [each for each in seen if each.pixels is not None]
        if not shown:
            raise StudioError("No checkpoint can draw this picture.")
        names = [f"{each.version.run}-{each.version.folder.name}" for each in shown]
        made = export_made(
            names, lambda place: _made(names[place], shown[place]), "png", {}, options.out,
            finishing=finishing_of(options),
        )  # fmt: skip
        say_remarks(console, made)
    facts = {
        **files_of(made),
        "versions": [
            {
                "run": each.version.run, "checkpoint": each.version.folder.name,
                "drawn": each.pixels is not None, "note": str(each.missing or ""),
            }
            for each in seen
        ],
    }  # fmt: skip
    return Result(facts, [str(each.path) for each in made])


def _recipe(options: argparse.Namespace, project: Project, player: Player) -> LatentRecipe:
    from studio.engine.generation.beginnings import Seeded
    from studio.engine.generation.latent_recipe import LatentRecipe

    if options.recipe is None:
        return LatentRecipe(beginning=Seeded(seed=options.seed, truncation_psi=options.psi))
    recipe = recipe_options.read(options.recipe, project)
    along.know(recipe, options.run_name, project, player)
    return recipe


def _made(name: str, drawn: Drawn) -> tuple[Artwork, Origin]:
    """The picture of a version, and what it is made of."""
    from studio.engine.artwork import Artwork
    from studio.engine.pieces.origin import Origin

    assert drawn.pixels is not None
    latent = drawn.recipe.model_dump(exclude_none=True)
    facts = {"run": drawn.version.run, "checkpoint_sha256": drawn.sha256, "latent": latent}
    return Artwork.of(drawn.pixels), Origin(name, recipe=facts)
