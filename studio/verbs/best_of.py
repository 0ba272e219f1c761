"""`--best-of` of `generate`: many seeds are drawn, and the best of them are made."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple

from studio.engine.errors import UsageError
from studio.verbs.console import Console
from studio.verbs.options import whole

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player
    from studio.engine.project import Project
    from studio.engine.said import Said

MOST = 10_000


class Rated(NamedTuple):
    """A recipe and the score of its picture."""

    recipe: LatentRecipe
    score: float


class Best(NamedTuple):
    """The best ones, the first best, and what the score is called."""

    title: Said
    rated: list[Rated]

    def facts(self) -> dict[str, object]:
        """For the JSON of the verb."""
        scores = [round(each.score, 6) for each in self.rated]
        return {"scores": scores, "scored_by": str(self.title)}


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--best-of", type=whole(2, MOST), metavar="K",
        help="draw K seeds and make the `--count` best of them (default 1): by the "
        "discriminator of the model, or else by how near they come to the training pictures "
        "without being copies",
    )  # fmt: skip


def check(options: argparse.Namespace) -> None:
    """:class:`UsageError` where more pictures are wanted than are drawn."""
    if options.best_of and (options.count or 1) > options.best_of:
        raise UsageError(
            "The best {count} of {k} pictures are asked for: draw more (--best-of), or make fewer "
            "(--count).", count=options.count, k=options.best_of,
        )  # fmt: skip


def best(
    options: argparse.Namespace, recipes: list[LatentRecipe], project: Project, player: Player,
    console: Console,
) -> Best | None:  # fmt: skip
    """Of the recipes that were drawn; None where they are not sorted."""
    from studio.engine.generation.best import best_first, judge, scored

    if not options.best_of:
        return None
    judging = judge(player, project, options.run_name)
    drawn = scored(
        player, judging, recipes,
        lambda done, total: console.progress(f"{done} of {total} drawn", done / total),
    )  # fmt: skip
    rated = best_first(Rated(each.recipe, each.score) for each in drawn)
    return Best(judging.title, rated[: options.count or 1])
