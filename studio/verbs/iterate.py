"""`iterate`: going on from a piece by its latent, and keeping what became of it."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine.errors import ReadOnlyError, UsageError
from studio.verbs.console import Console, Result
from studio.verbs.interruption import Interruption
from studio.verbs.options import Verbs, folder, number, whole, words

if TYPE_CHECKING:
    import numpy as np

    from models.parameters import Param
    from studio.engine.generation.iteration.iteration import Candidate, Changed, Iteration
    from studio.engine.generation.iteration.subject import Subject
    from studio.engine.pieces.pieces import Piece

STOPPING = "Stopping: the best that was found so far is kept."
_BOX = r"[0-9]{1,5}(,[0-9]{1,5}){3}"


def add(verbs: Verbs) -> None:
    verbs.add(
        "iterate", "Go on from a piece by its latent: towards a score, a palette, a composition; "
        "other fine layers; a region again.", run, _declare,
    )  # fmt: skip


def _declare(parser: argparse.ArgumentParser) -> None:
    from studio.engine.generation.iteration.way import ways

    known = ways()
    parser.add_argument("project", type=folder, metavar="PROJECT", help="project folder")
    parser.add_argument("piece", type=words, metavar="PIECE", help="name or number of a piece")
    parser.add_argument(
        "--towards", choices=tuple(known), required=True,
        help=" ".join(f"{name}: {each.summary}" for name, each in known.items()),
    )  # fmt: skip
    parser.add_argument(
        "--reference", type=folder, metavar="FILE",
        help="the picture to go towards (palette, composition)",
    )  # fmt: skip
    parser.add_argument(
        "--mask", type=words, metavar="PART",
        help="where a region is drawn again: LEFT,TOP,RIGHT,BOTTOM in pixels, a picture of the "
        "same shape that is bright there, or step:N for the mask of a step of the piece",
    )  # fmt: skip
    declared: dict[str, Param] = {}
    for each in known.values():
        declared = {**each.params(), **declared}
    for one in declared.values():
        own = {n: way.params()[one.name] for n, way in known.items() if one.name in way.params()}
        other = "".join(
            f"; {n}: {each.default}" for n, each in own.items() if each.default != one.default
        )
        kind = whole if one.kind is int else number
        low = min(each.low for each in own.values() if each.low is not None)
        high = max(each.high for each in own.values() if each.high is not None)
        parser.add_argument(
            f"--{one.name}", type=kind(low, high),
            help=f"{one.help} ({', '.join(own)}; default {one.default}{other})",
        )  # fmt: skip
    parser.add_argument(
        "--try", dest="trial", action="store_true", help="only say what is found, and keep nothing"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, …")


def run(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.generation.iteration.iteration import Iteration
    from studio.engine.generation.iteration.subject import Given
    from studio.engine.generation.iteration.way import way, ways
    from studio.engine.pieces import piece_subject, pieces
    from studio.engine.project import Project

    kind = way(options.towards)
    names = dict.fromkeys(name for each in ways().values() for name in each.params())
    given = {name: getattr(options, name) for name in names}
    chosen = kind.from_mapping({name: each for name, each in given.items() if each is not None})
    for flag, is_wanted in (("reference", kind.wants_reference), ("mask", kind.wants_region)):
        if getattr(options, flag) is not None and not is_wanted:
            raise UsageError(
                "--{flag} is of no use for --towards {way}: leave it out.", flag=flag, way=kind.name
            )
    with Project.open(options.project) as project:
        if project.read_only_reason and not options.trial:
            raise ReadOnlyError(project.read_only_reason)
        piece = pieces.piece(project, options.piece)
        subject = piece_subject.subject_of(project, piece, device=options.device)
        subject.given = Given(options.reference, _weights(options.mask, piece, subject))
        iteration = Iteration(subject, chosen)
        with Interruption(console.note, STOPPING) as stop:
            for step in iteration:
                console.progress(f"{step.best.figure:.4g}", step.done / step.total)
                if stop.requested:
                    break
        best = iteration.best_first()[0]
        is_new = best is not iteration.beginning
        kept = None
        if is_new and not options.trial:
            kept = piece_subject.keep(project, subject, best.recipe, piece)
        return _result(iteration, best, iteration.changed(best), piece, kept)


def _weights(text: str | None, piece: Piece, subject: Subject) -> np.ndarray | None:
    """float32 [h, w]."""
    import numpy as np

    from studio.engine.refinement.region_masks import mask_of, weights_of
    from studio.engine.refinement.stack import Stack
    from studio.verbs.mask_file import read_levels

    if text is None:
        return None
    width, height = subject.player.size
    if re.fullmatch(_BOX, text):
        left, top, right, bottom = map(int, text.split(","))
        weights = np.zeros((height, width), np.float32)
        weights[top:bottom, left:right] = 1.0
        return weights
    if re.fullmatch(r"step:[0-9]{1,4}", text):
        stack = Stack.lenient(piece.stack)
        mask = mask_of(stack, int(text.removeprefix("step:")))
        return weights_of(mask, subject.pixels, piece.home)
    return read_levels(Path(text).expanduser(), width, height).astype(np.float32) / 255


def _result(
    iteration: Iteration, best: Candidate, changed: Changed, piece: Piece, kept: Piece | None
) -> Result:
    from studio.engine.evaluation.nearest_picture import verdict
    from studio.engine.said import Said

    order = iteration.best_first()
    near = changed.nearest
    facts = {
        "piece": kept.name if kept else None, "from": piece.name, "towards": iteration.way.name,
        "measured_by": str(iteration.measure), "before": round(iteration.beginning.figure, 6),
        "after": round(best.figure, 6), "apart": changed.apart and round(changed.apart, 6),
        "figures": [round(each.figure, 6) for each in order],
        "place_of_beginning": order.index(iteration.beginning),
        "changed": round(changed.whole, 4), "changed_inside": changed.inside,
        "changed_outside": changed.outside, "nearest": near._asdict() if near else None,
        "review": kept.review if kept else None,
    }  # fmt: skip
    figures = f"{iteration.beginning.figure:.4g} → {best.figure:.4g}"
    lines = [f"{iteration.measure}: {figures}"]
    if best is iteration.beginning:
        lines.append(str(Said("Nothing better was found: the piece stays as it is.")))
    elif kept is not None:
        lines.append(str(kept.file))
        lines.append(kept.name)
    lines.append(str(verdict(near)))
    return Result(facts, lines)
