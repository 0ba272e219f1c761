"""`directions`: ways in which all pictures of a run can be changed; also those from examples."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from studio.engine.errors import ReadOnlyError, UsageError
from studio.verbs.console import Console, Result
from studio.verbs.generate import open_player
from studio.verbs.interruption import Interruption
from studio.verbs.options import Verbs, folder, words

if TYPE_CHECKING:
    from studio.engine.generation.directions.catalogue import Listed
    from studio.engine.generation.directions.direction import Direction
    from studio.engine.generation.directions.kind import Search
    from studio.engine.generation.player import Player
    from studio.engine.generation.slerp import Latent
    from studio.engine.project import Project


def add(verbs: Verbs) -> None:
    verbs.add("directions", "List ways in which pictures of a run can be changed.", run, declare)


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=folder, metavar="PROJECT", help="project folder")
    parser.add_argument(
        "--run", dest="run_name", type=words, required=True, metavar="R", help="run to look at"
    )
    parser.add_argument(
        "--kind", metavar="K", default="pca",
        help="pca (what varies most, default), sefa (what the weights change most), "
        "stylespace (single channels of a layer's styles), label (what is said of the pictures) or "
        "picked (from examples)",
    )  # fmt: skip
    parser.add_argument(
        "--checkpoint", choices=("last", "best"), default="last", help="the model to look at"
    )
    for option, sense in (("--more", "liked"), ("--less", "disliked")):
        parser.add_argument(
            option, action="append", default=[], type=words, metavar="SEED|PIECE",
            help=f"a picture that is {sense}, repeatable: makes a direction from examples",
        )  # fmt: skip
    parser.add_argument("--name", type=words, default="", help="what that direction is called")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, …")


def run(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.generation.directions import catalogue
    from studio.engine.generation.directions.kind import Search, kind
    from studio.engine.project import Project
    from studio.engine.training.planning import runs

    picks = bool(options.more or options.less)
    if options.name and not picks:
        raise UsageError("A name is for a direction from examples: give --more and --less as well.")
    chosen = kind("picked" if picks else options.kind)()

    def said(done: int, total: int) -> None:
        console.progress(f"{done} of {total} looked at", done / max(1, total))

    with Project.open(options.project) as project:
        player = open_player(
            project, options.run_name, options.device, best=options.checkpoint == "best"
        )
        place = runs.run(project, options.run_name).folder
        with Interruption(console.note, "Stopping.") as stop:
            search = Search(project, options.run_name, said, stop.is_requested)
            catalogue.find(player, kind(catalogue.COUNTED)(), search)
            if picks:
                if project.read_only_reason:
                    raise ReadOnlyError(project.read_only_reason)
                made = _picked(project, player, options, search)
                catalogue.keep(player, place, made, options.name)
            found = catalogue.listed(player, place, [chosen], search)
    shown = [each for each in found if each.direction.kind == chosen.name or each.is_kept]
    facts = {"run": options.run_name, "kind": chosen.name, "directions": [*map(_facts, shown)]}
    return Result(facts, [*map(_row, shown)] or ["This run keeps none of this kind yet."])


def _picked(
    project: Project, player: Player, options: argparse.Namespace, search: Search
) -> Direction:
    from studio.engine.generation.directions.picked import Picked

    more, less = ([_point(project, player, each) for each in some]
                  for some in (options.more, options.less))  # fmt: skip
    return Picked().between(player, more, less, search)


def _point(project: Project, player: Player, text: str) -> Latent:
    """Where an example lies: a seed, or a piece of this model by its name."""
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.pieces import pieces

    if text.isascii() and text.isdecimal():
        return player.latent_of(LatentRecipe.model_validate({"seed": int(text)}))
    piece = pieces.piece(project, text)
    return player.recorded(piece.recipe)


def _facts(line: Listed) -> dict[str, object]:
    one, note = line.direction, line.note
    return {
        "key": one.key, "kind": one.kind, "number": line.number, "name": note.name,
        "title": str(one.title), "note": str(one.note), "pinned": note.pinned,
        "zone": note.zone, "low": note.low, "high": note.high, "linked": note.linked,
        "group": note.group,
        "sigma": one.sigma * one.evenly, "share": one.share,
    }  # fmt: skip


def _row(line: Listed) -> str:
    one, note = line.direction, line.note
    number = f"{one.kind}:{line.number}" if line.number else one.kind
    words = " · ".join(each for each in (note.name, str(one.title), str(one.note)) if each)
    star = " ★" if note.pinned else ""
    group = f" [{note.group}]" if note.group else ""
    return f"{number:<9} {one.key}{star}{group}  {words}".rstrip()
