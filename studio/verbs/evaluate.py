"""`evaluate`: how good a run's pictures are, and which of them copy a training picture."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

from studio.engine.errors import StudioError
from studio.verbs.console import Console, Result
from studio.verbs.interruption import Interruption
from studio.verbs.options import Verbs, folder, whole, words
from studio.verbs.pictures import SHOWN, file_of

if TYPE_CHECKING:
    from studio.engine.evaluation.assessment import Assessment, Figure
    from studio.engine.evaluation.gallery import Gallery, Pair
    from studio.engine.evaluation.measures.base import Measure

MOST = 100_000
LISTED = 1000
"""Pairs at most; all copies are counted."""
NAMES = {"kid": ("kid", "distance")}
"""Figures that scripts know by an older name, too."""
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
        help="generated pictures that are compared with every training picture, and measured, up "
        "to 2000 (default 256)",
    )  # fmt: skip
    parser.add_argument("--seed", type=whole(0, 1 << 62), default=0, help="first seed (default 0)")
    parser.add_argument(
        "--life", action="store_true", help="also measure every checkpoint that is kept"
    )
    parser.add_argument(
        "--report", type=folder, metavar="FILE",
        help="also write all figures and the closest pairs: as a PDF where the name ends in .pdf, "
        "otherwise as a page of HTML",
    )  # fmt: skip


def run(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.evaluation import assessment, gallery, metrics, report
    from studio.engine.project import Project
    from studio.engine.training.planning import runs

    if options.report and not options.report.parent.is_dir():
        raise StudioError(
            "There is no folder {folder} for the report: make it first.",
            folder=options.report.parent,
        )

    def said(done: int, total: int) -> None:
        console.progress(f"{done} of {total} generated pictures compared", done / total)

    def measured(done: int, total: int) -> None:
        console.progress(f"{done} of {total} pictures measured", done / total)

    with Project.open(options.project) as project:
        with Interruption(console.note, "Stopping after these pictures.") as stop:
            asked = project, options.run_name, options.count, options.seed
            found = gallery.closest(
                *asked,
                LISTED,
                pixels=bool(options.report),
                progress=said,
                cancelled=stop.is_requested,
            )
            quality: list[Assessment] = []
            redrawn: dict[str, object] = {}
            if not found.changed:  # otherwise there is nothing that the run has not seen
                numbers = assessment.kept(*asked[:2]) if options.life else [0]
                for number in numbers:
                    one = assessment.assess(
                        *asked, checkpoint=number, progress=measured, cancelled=stop.is_requested
                    )
                    quality += [one] if one else []
                rebuilt = metrics.reconstruction(project, options.run_name, 0)
                if rebuilt is not None:
                    redrawn = {"psnr": rebuilt.psnr, "ssim": rebuilt.ssim, "count": rebuilt.count}
        note = runs.run(project, options.run_name).note
        if stop.requested:
            raise KeyboardInterrupt
    newest = quality[-1] if quality else None
    if options.report:
        report.write(options.report, newest, found, options.run_name, note)
    facts = {"run": options.run_name, **_quality(newest, redrawn), **_copies(found)}
    if options.report:
        facts["report"] = str(options.report)
    if options.life:
        facts["life"] = [_at(each) for each in quality]
    return Result(facts, [f"{options.run_name}:", *_lines(newest), *_copy_lines(found)])


def _quality(found: Assessment | None, redrawn: Mapping[str, object]) -> dict[str, object]:
    """A part of the figures each, with their ceilings, and all that is known of each figure."""
    from studio.engine.evaluation.measures.base import PARTS, measures

    facts: dict[str, dict[str, object]] = {part: {} for part in (*PARTS, "ceiling", "figures")}
    facts["detail"].update(redrawn)
    for each in found.figures if found else ():
        facts["figures"][each.measure] = _figure(each)
        if each.value is None:
            continue
        names = NAMES.get(each.measure, (each.measure,))
        part = measures()[each.measure].part
        for name in names:
            facts[part].setdefault(name, each.value)
            if each.ceiling is not None:
                facts["ceiling"][name] = each.ceiling
        if not measures()[each.measure].by_encoder:
            facts[part].setdefault("count", each.count)
    if found is None:
        return {**facts}
    whole = {
        "checkpoint": found.checkpoint, "images_seen": found.images_seen,
        "generated": found.generated, "trained": found.trained, "held_out": found.unseen,
    }  # fmt: skip
    others = {"measured_otherwise": [str(each) for each in found.otherwise]}
    return {**facts, **others, "measured": whole, "latents": dataclasses.asdict(found.latents)}


def _figure(figure: Figure) -> dict[str, object]:
    known = {name: value for name, value in dataclasses.asdict(figure).items() if value != ""}
    return {name: value for name, value in known.items() if name != "measure"}


def _at(found: Assessment) -> dict[str, object]:
    values = {each.measure: each.value for each in found.figures if each.value is not None}
    return {"checkpoint": found.checkpoint, "images_seen": found.images_seen, "figures": values}


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


def _lines(found: Assessment | None) -> list[str]:
    from studio.engine.evaluation.measures.base import PARTS, measures

    lines = []
    for part, title in PARTS.items() if found else ():
        lines.append(f"  {title}:")
        for each in found.figures if found else ():
            measure = measures()[each.measure]
            if measure.part == part:
                lines.append(f"    {measure.title} ({measure.term}): {_value(each, measure)}")
    if found and found.latents.total:
        one = found.latents
        lines.append(f"  Numbers of the latent in use: {one.active} of {one.total}")
    return [*lines, *(f"  {each}" for each in (found.otherwise if found else ()))]


def _value(figure: Figure, measure: Measure) -> str:
    if figure.value is None or figure.low is None or figure.high is None:
        return str(figure.refused)
    value, low, high = (measure.written(n) for n in (figure.value, figure.low, figure.high))
    line = f"{value} ({low} to {high})"
    if figure.ceiling is None or figure.matched is None:
        return line
    real = measure.written(figure.ceiling)
    if figure.matched == figure.value:
        return f"{line}; real pictures reach {real}"
    alike = measure.written(figure.matched)
    return f"{line}; in groups of {figure.unseen} {alike}, where real pictures reach {real}"


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
