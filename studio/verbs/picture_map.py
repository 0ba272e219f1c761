"""`map`: where the pictures of a set and those of its model lie, like beside like."""

from __future__ import annotations

import argparse

from studio.engine.errors import UsageError
from studio.verbs.console import Console, Result
from studio.verbs.generate import open_player
from studio.verbs.options import Verbs, folder, number, whole, words

MOST = 2_000


def add(verbs: Verbs) -> None:
    verbs.add(
        "map", "Place training pictures and seeds on one plane, like beside like.", run, _declare
    )


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=folder, metavar="PROJECT", help="project folder")
    parser.add_argument(
        "--run", dest="run_name", type=words, required=True, metavar="R", help="run to play"
    )
    parser.add_argument("--count", type=whole(1, MOST), default=100, help="seeds (default 100)")
    parser.add_argument("--seed", type=whole(0, 1 << 62), default=0, help="the first one")
    parser.add_argument(
        "--psi", type=number(0.0, 1.5), default=1.0, help="truncation, 0 to 1.5 (default 1)"
    )
    parser.add_argument(
        "--out", type=folder, required=True, metavar="FILE",
        help="table (.csv): what it is, the name of a picture or a seed, and x and y, -1 to 1",
    )  # fmt: skip
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, …")


def run(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.dataset.index import store
    from studio.engine.evaluation.gallery import known_pictures
    from studio.engine.generation.beginnings import Seeded
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.picture_map import chart
    from studio.engine.project import Project
    from studio.engine.table import write_table

    if options.out.suffix.lower() != ".csv":
        raise UsageError("{path} is not a table: name a file that ends in .csv.", path=options.out)
    with Project.open(options.project) as project:
        player = open_player(project, options.run_name, options.device)
        prepared = known_pictures(project, options.run_name)[0]
        seeds = range(options.seed, options.seed + options.count)
        recipes = [
            LatentRecipe(beginning=Seeded(seed=seed, truncation_psi=options.psi)) for seed in seeds
        ]
        made = chart(player, prepared, recipes, advance=console.pictures)
        ids = [prepared.item_ids[row] for row in made.rows]
        names = {item.id: item.name for item in store.items_by_id(project, ids)}
    what = [("picture", names.get(each, "")) for each in ids]
    what += [("seed", str(seed)) for seed in seeds]
    rows = [
        (kind, name, round(float(x), 5), round(float(y), 5))
        for (kind, name), (x, y) in zip(what, made.places, strict=True)
    ]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    write_table(options.out, ("kind", "name", "x", "y"), rows)
    said = {"file": options.out, "pictures": len(ids), "seeds": len(seeds)}
    return Result(said, [str(options.out)])
