"""`breed`: children of two or more pictures, as files and, if wanted, as pieces."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine.errors import ReadOnlyError
from studio.verbs import along, recipe_options
from studio.verbs.console import Console, Result
from studio.verbs.generate import open_player
from studio.verbs.options import Verbs, folder, number, whole, words
from studio.verbs.provenance_options import add_finishing, files_of, finishing_of, say_remarks

if TYPE_CHECKING:
    from studio.engine.artwork import Artwork
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player
    from studio.engine.pieces.origin import Origin
    from studio.engine.project import Project

MOST = 256
"""Children, as :data:`breeding.MOST_CHILDREN`, which takes long to import."""


def add(verbs: Verbs) -> None:
    verbs.add("breed", "Make children of pictures (crossover, mutation).", run, _declare)


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=folder, metavar="PROJECT", help="project folder")
    parser.add_argument(
        "--run", dest="run_name", type=words, required=True, metavar="R", help="run to play"
    )
    parser.add_argument(
        "--parent", dest="parents", type=words, action="append", required=True, metavar="P",
        help="a seed, the name of a piece, a recipe (.json, .toml) or a picture that was exported, "
        "such as a child of another generation; repeatable",
    )  # fmt: skip
    parser.add_argument("--count", type=whole(1, MOST), default=9, help="how many (default 9)")
    parser.add_argument(
        "--strength", type=number(0.0, 1.0), default=0.2,
        help="mutation: how far towards a picture that chance draws, 0 to 1 (default 0.2)",
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=whole(0, 1 << 62), default=0, help="of chance: the same, the same children"
    )
    parser.add_argument(
        "--psi", type=number(0.0, 1.5), default=1.0,
        help="truncation of parents that are seeds, 0 to 1.5 (default 1)",
    )  # fmt: skip
    parser.add_argument("--out", type=folder, required=True, metavar="DIR", help="folder for files")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, …")
    parser.add_argument("--keep", action="store_true", help="keep each child as a piece, too")
    add_finishing(parser)


def run(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.export.handover import export_made
    from studio.engine.generation.offspring import breed, of_whom
    from studio.engine.pieces import pieces
    from studio.engine.project import Project

    with Project.open(options.project) as project:
        if options.keep and project.read_only_reason:
            raise ReadOnlyError(project.read_only_reason)
        player = open_player(project, options.run_name, options.device)
        parents = [_parent(text, options, project, player) for text in options.parents]
        called = [_name(text) for text in options.parents]
        children = breed(player, parents, options.count, options.strength, options.seed, called)
        names = [
            f"{options.run_name}-child-{options.seed}-{number + 1}"
            for number in range(options.count)
        ]

        def make(place: int) -> tuple[Artwork, Origin]:
            return _made(names[place], children[place], options.run_name, player)

        made = export_made(
            names, make, "png", {}, options.out, progress=console.pictures,
            finishing=finishing_of(options),
        )  # fmt: skip
        say_remarks(console, made)
        kept = []
        for child in children if options.keep else ():
            kept.append(pieces.keep(project, options.run_name, player, child))
            console.progress(f"{len(kept)} of {len(children)} kept", len(kept) / len(children))
    said = {
        **files_of(made),
        "parents": options.parents,
        "seed": options.seed,
        "strength": options.strength,
        "pieces": [piece.name for piece in kept],
        "children": [_born(each.path, child) for each, child in zip(made, children, strict=True)],
    }
    lines = [f"{each.path}: {of_whom(child.descent)}" for each, child in
             zip(made, children, strict=True) if child.descent is not None]  # fmt: skip
    return Result(said, lines + [piece.name for piece in kept])


def _born(file: Path, child: LatentRecipe) -> dict[str, object]:
    """Of whom a child is, and how."""
    from studio.engine.generation.offspring import called

    born = child.descent
    assert born is not None
    return {
        "file": file, "parents": [called(each) for each in born.parents],
        "crossover": born.crossover, "share": born.share, "mutation": born.mutation,
        "number": born.number + 1,
    }  # fmt: skip


def _name(text: str) -> str:
    """What a parent is called with its children: of a file the name, of a seed nothing more."""
    from studio.engine.dataset.index.safe_names import display_name

    return "" if text.isdecimal() else display_name(Path(text).name)[:200]


def _made(name: str, child: LatentRecipe, run_name: str, player: Player) -> tuple[Artwork, Origin]:
    """The picture of a child, and what it is made of."""
    from studio.engine.artwork import Artwork
    from studio.engine.pieces.origin import Origin

    latent = child.model_dump(exclude_none=True)
    facts = {"run": run_name, "checkpoint_sha256": player.sha256, "latent": latent}
    return Artwork.of(player.picture(child)), Origin(name, recipe=facts)


def _parent(
    text: str, options: argparse.Namespace, project: Project, player: Player
) -> LatentRecipe:
    """The recipe of a parent, of which the player knows all directions then."""
    from studio.engine.generation.beginnings import Seeded
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.seeds import LARGEST_SEED

    if text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= LARGEST_SEED:
        return LatentRecipe(beginning=Seeded(seed=int(text), truncation_psi=options.psi))
    recipe = recipe_options.read(text, project)
    along.know(recipe, options.run_name, project, player)
    return recipe
