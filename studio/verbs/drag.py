"""`drag`: points of a picture to where they are to be."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from studio.engine.errors import ReadOnlyError, UsageError
from studio.verbs.console import Console, Result
from studio.verbs.generate import open_player
from studio.verbs.mask_file import read_mask
from studio.verbs.options import Verbs, folder, number, whole, words
from studio.verbs.provenance_options import add_finishing, finishing_of, say_remarks

if TYPE_CHECKING:
    from studio.engine.generation.dragging import Dragging, DragOptions, Step
    from studio.engine.generation.player import Player


def add(verbs: Verbs) -> None:
    verbs.add("drag", "Drag points of a picture to another place (DragGAN).", run, _declare)


def _declare(parser: argparse.ArgumentParser) -> None:
    from models.parameters import Param
    from studio.engine.generation.dragging import DragOptions

    parser.add_argument("project", type=folder, metavar="PROJECT", help="project folder")
    parser.add_argument(
        "--run", dest="run_name", type=words, required=True, metavar="R", help="run to play"
    )
    parser.add_argument("--seed", type=whole(0, 1 << 62), default=0, help="of the picture")
    parser.add_argument("--psi", type=number(0.0, 1.5), default=1.0, help="truncation, 0 to 1.5")
    parser.add_argument("--label", metavar="L", type=words, help="name or number of a label")
    for flag, name, what in (
        (
            "--from",
            "begins",
            "point to take hold of, in pixels from the top left one, which is 0,0",
        ),
        ("--to", "targets", "where it is to go; one for each --from, in their order"),
    ):
        parser.add_argument(
            flag, dest=name, type=_point, action="append", required=True, metavar="X,Y", help=what
        )
    parser.add_argument(
        "--mask", type=folder, metavar="FILE",
        help="picture that is bright where something may move, of the same shape; default: all",
    )  # fmt: skip
    parser.add_argument("--out", type=folder, required=True, metavar="DIR", help="folder for files")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, …")
    parser.add_argument("--keep", action="store_true", help="keep the picture as a piece, too")

    def declare(each: Param) -> None:
        kind = whole if each.kind is int else number
        assert each.low is not None
        assert each.high is not None
        parser.add_argument(
            f"--{each.name}", type=kind(each.low, each.high), default=each.default,
            help=f"{each.help} Default: {each.default}",
        )  # fmt: skip

    for each in DragOptions.params().values():
        declare(each)
    add_finishing(parser)


def _point(text: str) -> tuple[float, float]:
    """(x, y) of `x,y`."""
    try:
        x, y = map(float, text.split(","))
        if abs(x) < 1e6 and abs(y) < 1e6:  # which no NaN is
            return x, y
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text} is no point: write x,y in pixels, as 20,31.5")


def run(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.artwork import Artwork
    from studio.engine.export.handover import export_made
    from studio.engine.generation.dragging import DragOptions
    from studio.engine.pieces import pieces
    from studio.engine.pieces.origin import Origin
    from studio.engine.project import Project

    given = {name: getattr(options, name) for name in DragOptions.params()}
    with Project.open(options.project) as project:
        if options.keep and project.read_only_reason:
            raise ReadOnlyError(project.read_only_reason)
        player = open_player(project, options.run_name, options.device)
        dragging = _dragging(player, options, DragOptions.from_mapping(given))
        step = _reached(dragging, console)
        recipe = dragging.recipe(step)
        latent = recipe.model_dump(exclude_none=True)
        facts = {"run": options.run_name, "checkpoint_sha256": player.sha256, "latent": latent}

        def make(_: int) -> tuple[Artwork, Origin]:
            return Artwork.of(player.picture(recipe)), Origin(name, recipe=facts)

        name = f"{options.run_name}-seed-{options.seed}-dragged"
        (made,) = export_made(
            [name], make, "png", {}, options.out, progress=console.pictures,
            finishing=finishing_of(options),
        )  # fmt: skip
        say_remarks(console, [made])
        kept = pieces.keep(project, options.run_name, player, recipe) if options.keep else None
    said = {
        "file": made.path, "seed": options.seed, "steps": step.number,
        "arrived": step.arrived, "away": round(step.away, 3),
        "handles": [[round(place, 3) for place in each] for each in step.handles],
        "changed_outside_mask": dragging.changed_outside(step),
        "piece": kept.name if kept else None,
    }  # fmt: skip
    lines = [str(made.path), *([kept.name] if kept else [])]
    if not step.arrived:
        console.note(
            f"The model did not bring the point there: {step.away:.1f} pixels are left after "
            f"{step.number} steps."
        )
    return Result(said, lines)


def _dragging(player: Player, options: argparse.Namespace, how: DragOptions) -> Dragging:
    from studio.engine.generation.beginnings import Seeded
    from studio.engine.generation.dragging import Dragging
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.moves.dragged import MOST_POINTS, Handle

    begins, targets = options.begins, options.targets
    if len(begins) != len(targets) or len(begins) > MOST_POINTS:
        raise UsageError(
            "There are {count} --from and {targets} --to: give one --to for each --from, at most "
            "{most} of them.",
            count=len(begins), targets=len(targets), most=MOST_POINTS,
        )  # fmt: skip
    label = None if options.label is None else player.label_number(options.label)
    beginning = Seeded(seed=options.seed, truncation_psi=options.psi, label=label)
    handles = [
        Handle(x=x, y=y, to_x=to_x, to_y=to_y)
        for (x, y), (to_x, to_y) in zip(begins, targets, strict=True)
    ]
    spec = player.image_spec
    mask = options.mask and read_mask(options.mask, spec.width, spec.height)
    return Dragging(player, LatentRecipe(beginning=beginning), handles, mask, how)


def _reached(dragging: Dragging, console: Console) -> Step:
    step: Step | None = None
    for step in dragging:
        console.progress(f"step {step.number}, {step.away:.1f} pixels to go", dragging.done(step))
    assert step is not None
    return step
