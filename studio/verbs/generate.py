"""`generate`: pictures from seeds, as files and, if wanted, as pieces."""

from __future__ import annotations

import argparse
import dataclasses
from typing import TYPE_CHECKING

from studio.engine.errors import ReadOnlyError, StudioError, UsageError
from studio.verbs import (
    along,
    best_of,
    enlarge_options,
    recipe_options,
    region_options,
)
from studio.verbs.console import Console, Result
from studio.verbs.options import Verbs, folder, number, whole, words
from studio.verbs.provenance_options import add_finishing, files_of, finishing_of, say_remarks

if TYPE_CHECKING:
    from studio.engine.artwork import Artwork
    from studio.engine.generation.beginnings import Beginning
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player
    from studio.engine.project import Project

MOST = 100_000


def add(verbs: Verbs) -> None:
    parser = verbs.add("generate", "Make pictures from seeds.", run)
    parser.add_argument("project", type=folder, metavar="PROJECT", help="project folder")
    parser.add_argument(
        "--run", dest="run_name", type=words, required=True, metavar="R", help="run to play"
    )
    parser.add_argument(
        "--checkpoint", choices=("last", "best"), default="last",
        help="the newest model (default), or the one that did best on held-out pictures",
    )  # fmt: skip
    parser.add_argument("--count", type=whole(1, MOST), help="how many (default 16, of a recipe 1)")
    parser.add_argument(
        "--seed", type=whole(0, 1 << 62), help="first seed (default 0, or that of the recipe)"
    )
    best_of.add(parser)
    parser.add_argument("--psi", type=number(0.0, 1.5), help="truncation, 0 to 1.5 (default 1)")
    parser.add_argument(
        "--label", metavar="L", type=words,
        help="name or number of a label that the model has learnt (`inspect` lists them); "
        "default: any, as often as in its pictures",
    )  # fmt: skip
    recipe_options.add(parser)
    along.add(parser)
    parser.add_argument("--out", type=folder, required=True, metavar="DIR", help="folder for files")
    enlarge_options.add(parser)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, …")
    parser.add_argument("--keep", action="store_true", help="keep each picture as a piece, too")
    add_finishing(parser, recipe="recipe-in-file")


def run(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.artwork import Artwork
    from studio.engine.evaluation.seam import Steps
    from studio.engine.export.handover import export_made
    from studio.engine.pieces import pieces
    from studio.engine.pieces.origin import Origin
    from studio.engine.project import Project
    from studio.engine.refinement.stack import refined

    best_of.check(options)
    with Project.open(options.project) as project:
        if options.keep and project.read_only_reason:
            raise ReadOnlyError(project.read_only_reason)
        player = open_player(
            project, options.run_name, options.device, best=options.checkpoint == "best"
        )
        recipes = _recipes(options, project, player)
        best = best_of.best(options, recipes, project, player, console)
        recipes = [each.recipe for each in best.rated] if best is not None else recipes
        stack = enlarge_options.stack(options, project)
        whole, steps_of = stack.settled(project.folder), stack.model_dump(mode="json")["steps"]
        seeds = [recipe.seed for recipe in recipes]
        steps, nearest = Steps(), _Nearest(options, project, console)

        def make(place: int) -> tuple[Artwork, Origin]:
            latent = recipes[place].model_dump(exclude_none=True)
            facts = {"run": options.run_name, "checkpoint_sha256": player.sha256, "latent": latent}
            if player.labels:
                facts["label"] = player.label_of(recipes[place])
            pixels = player.picture(recipes[place])
            steps.add(pixels[None])
            artwork = Artwork.of(pixels)
            if stack.steps:
                facts["stack"] = steps_of
                artwork = refined(whole, pixels)
            nearest.add(names[place], artwork)
            return artwork, Origin(names[place], recipe=facts, steps=tuple(steps_of))

        names = [
            f"{options.run_name}-point" if seed is None else f"{options.run_name}-seed-{seed}"
            for seed in seeds
        ]
        made = export_made(
            names, make, "png", {}, options.out, progress=console.pictures,
            finishing=finishing_of(options),
        )  # fmt: skip
        say_remarks(console, made)
        kept = []
        for recipe in recipes if options.keep else ():
            kept.append(pieces.keep(project, options.run_name, player, recipe))
            if stack.steps:
                pieces.set_stack(project, kept[-1].id, steps_of)
            console.progress(f"{len(kept)} of {len(seeds)} kept", len(kept) / len(seeds))
    facts = {
        **files_of(made),
        "seeds": seeds,
        "labels": [player.label_of(recipe) for recipe in recipes] if player.labels else [],
        "pieces": [piece.name for piece in kept],
        "review": {piece.name: piece.review for piece in kept},
    }
    if nearest.found:
        facts["nearest"] = nearest.found
    if best is not None:
        facts |= best.facts()
    if player.seamless:
        facts["seam"] = dataclasses.asdict(steps.score())
    return Result(facts, [str(each.path) for each in made] + [piece.name for piece in kept])


class _Nearest:
    """The training picture that each picture is nearest to: of a prompt, as of few captions a model
    learns little but its pictures, and of what was enlarged, as detail of originals is added."""

    def __init__(self, options: argparse.Namespace, project: Project, console: Console) -> None:
        self.found: dict[str, dict[str, object]] = {}
        self._console, self._known = console, None
        if options.prompt is None and options.enlarge is None:
            return
        from studio.engine.evaluation.nearest_picture import NearestPicture

        try:
            self._known = NearestPicture(project, options.run_name)
        except StudioError as error:
            console.note(f"{error} Nothing was compared with the training pictures.")

    def add(self, name: str, made: Artwork) -> None:
        if self._known is None:
            return
        near = self._known.of(made.flat())
        self.found[name] = near._asdict()
        if near.too_close:
            self._console.note(f"{name} may be a copy of the training picture {near.name}.")


def _recipes(options: argparse.Namespace, project: Project, player: Player) -> list[LatentRecipe]:
    """What the options ask for, one a picture; refused before anything is written."""
    from studio.engine.generation.latent_recipe import LatentRecipe

    named = options.recipe is not None
    recipe = recipe_options.read(options.recipe, project) if named else LatentRecipe()
    recipe = recipe_options.changed(recipe, options, player, project)
    recipe = along.changed(recipe, options, project, player)
    count = options.best_of or options.count or (1 if named else 16)
    began = _beginnings(options, recipe.beginning, count, player)
    made = [region_options.changed(recipe.begun(each), options, player) for each in began]
    player.latent_of(made[0])
    if player.beside(made[0]) is not None:
        player.picture(made[0])  # two models fit, or are refused
    return made


def _beginnings(
    options: argparse.Namespace, began: Beginning, count: int, player: Player
) -> list[Beginning]:
    """The seeds that are asked for, or the point of a recipe."""
    from studio.engine.generation.beginnings import Seeded

    psi = began.truncation_psi if options.psi is None else options.psi
    if options.seed is None and not isinstance(began, Seeded):
        if options.count or options.label or options.best_of:
            raise UsageError("A recipe that begins at a point is one picture: name a --seed.")
        return [began.model_copy(update={"truncation_psi": psi})]
    label = began.label if options.label is None else player.label_number(options.label)
    first = options.seed
    if first is None:
        first = began.seed if isinstance(began, Seeded) else 0
    seeds = range(first, first + count)
    one = Seeded(seed=first, truncation_psi=psi, label=label)
    one = region_options.with_sampling(one, began, options, player)
    return [one.model_copy(update={"seed": seed}) for seed in seeds]


def open_player(project: Project, run_name: str, device: str, *, best: bool = False) -> Player:
    """The newest good checkpoint of a run, or its `best`, ready to play."""
    from studio.engine.generation.player import Player
    from studio.engine.training.planning import runs
    from studio.engine.training.record import checkpoint

    folder = runs.run(project, run_name).folder
    return Player.open(checkpoint.required(folder, run_name, best=best), device)
