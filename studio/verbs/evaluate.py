"""`evaluate`: how good a run's pictures are, and which of them copy a training picture."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from studio.verbs.console import Console, Result
from studio.verbs.interruption import Interruption
from studio.verbs.options import Verbs, folder, whole, words
from studio.verbs.pictures import SHOWN, file_of

if TYPE_CHECKING:
    from studio.engine.evaluation.figures import Figures
    from studio.engine.evaluation.gallery import Gallery, Pair

MOST = 100_000
LISTED = 1000
"""Pairs at most; all copies are counted."""
ADVICE = (
    "Do not hand these out as new. To copy less: train on more pictures, stop earlier, or disguise "
    "the pictures more (the augmentation of the run)."
)


def add(verbs: Verbs) -> None:
    parser = verbs.add("evaluate", "Quality of a run, and copies of training pictures.", run)
    parser.add_argument("project", type=folder, metavar="PROJECT", help="project folder")
    parser.add_argument(
        "--run", dest="run_name", type=words, required=True, metavar="R", help="run to look at"
    )
    parser.add_argument(
        "--count", type=whole(1, MOST), default=256,
        help="generated pictures that are compared with every training picture (default 256)",
    )  # fmt: skip
    parser.add_argument("--seed", type=whole(0, 1 << 62), default=0, help="first seed (default 0)")


def run(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.evaluation import figures, gallery, metrics
    from studio.engine.project import Project

    def said(done: int, total: int) -> None:
        console.progress(f"{done} of {total} generated pictures compared", done / total)

    with Project.open(options.project) as project:
        with Interruption(console.note, "Stopping after these pictures.") as stop:
            found = gallery.closest(
                project, options.run_name, options.count, options.seed, LISTED,
                pixels=False, progress=said, cancelled=stop.is_requested,
            )  # fmt: skip
        if stop.requested:
            raise KeyboardInterrupt
        quality: Figures | None = None
        detail: dict[str, object] = {}
        if not found.changed:  # otherwise there is nothing that the run has not seen
            console.progress("measuring against the real pictures")
            quality = figures.against_real(project, options.run_name, options.seed)
            rebuilt = metrics.reconstruction(project, options.run_name, 0)
            if rebuilt is not None:
                detail = {"psnr": rebuilt.psnr, "ssim": rebuilt.ssim, "count": rebuilt.count}
    facts = {"run": options.run_name, "detail": detail, **_quality(quality), **_copies(found)}
    return Result(facts, [*_lines(facts), *_copy_lines(found)])


def _quality(found: Figures | None) -> dict[str, object]:
    if found is None:
        return {"diversity": {}, "realism": {}, "ceiling": {}}
    one, real = found.made, found.ceiling
    return {
        "diversity": {"coverage": one.coverage, "variety": one.variety, "count": found.count},
        "realism": {"distance": one.distance, "count": found.count},
        "ceiling": {
            "coverage": real.coverage, "variety": real.variety, "distance": real.distance,
        },
    }  # fmt: skip


def _copies(found: Gallery) -> dict[str, object]:
    whole = {
        name: getattr(found, name)
        for name in ("compared", "known", "ordinary", "usual", "unseen", "unseen_close", "changed",
                     "lost")
    }  # fmt: skip
    marked = [_pair(pair) for pair in found.pairs if pair.likeness.too_close]
    nearest = [_pair(pair) for pair in found.pairs if not pair.likeness.too_close]
    return {
        "copies": marked, "copies_found": found.copies, "pictures_copied": found.copied,
        "closest": nearest, "comparison": whole,
    }  # fmt: skip


def _pair(pair: Pair) -> dict[str, object]:
    likeness = dataclasses.asdict(pair.likeness)
    kept = {name: likeness[name] for name in ("alike", "distance", "mirrored")}
    return {
        "seed": pair.seed, "item": pair.item.id if pair.item else None,
        "file": file_of(pair.item) if pair.item else "", "file_found": pair.file_found, **kept,
        "closeness": pair.likeness.closeness,
    }  # fmt: skip


def _lines(facts: Mapping[str, Any]) -> list[str]:
    lines = [f"{facts['run']}:"]
    if detail := facts["detail"]:
        lines.append(
            f"  rebuilt: PSNR {detail['psnr']:.1f} dB, SSIM {detail['ssim']:.2f} over "
            f"{detail['count']} that training never saw"
        )
    if ceiling := facts["ceiling"]:
        lines += [
            f"  distance {facts['realism']['distance']:.3f} (real pictures among themselves "
            f"{ceiling['distance']:.3f})",
            f"  coverage {facts['diversity']['coverage']:.0%} "
            f"(real ones {ceiling['coverage']:.0%})",
        ]
    return lines


def _copy_lines(found: Gallery) -> list[str]:
    lines = []
    if found.changed:
        lost = f"; {len(found.lost)} can no longer be read" if found.lost else ""
        lines.append(
            f"  The dataset is not what this run has learnt: compared with the {found.known} "
            f"pictures there are now{lost}."
        )
    if not found.copies:
        return [
            *lines,
            f"  No picture comes close to one of yours: {found.compared} compared with "
            f"{found.known}.",
        ]
    lines.append(
        f"  {found.copies} of {found.compared} come too close to {found.copied} of {found.known}:"
    )
    for pair in found.pairs[:SHOWN]:
        if pair.likeness.too_close:
            name = file_of(pair.item) if pair.item else "a picture no longer in the dataset"
            way = ", mirrored" if pair.likeness.mirrored else ""
            lines.append(f"    seed {pair.seed}: {pair.likeness.alike:.0f} % like {name}{way}")
    lines.append(f"  {ADVICE}")
    if found.unseen_close:
        lines.append(
            "  (Pictures that it never saw come as close, too: "
            f"{found.unseen_close} of {found.unseen}.)"
        )
    return lines
