"""`runs curves` and `runs timelapse`: what a run has told of itself, as files."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from studio.engine.errors import UsageError
from studio.verbs.console import Console, Result
from studio.verbs.options import Run, folder, whole, words
from studio.verbs.provenance_options import add_finishing, finishing_of

INTERRUPTED = 130
Action = Callable[[str, str, Run], argparse.ArgumentParser]
"""Declares an action by its name, its summary and what it does."""


def declare(action: Action) -> None:
    curves = action("curves", "The curves of a run as PNG, SVG or CSV.", drawn)
    curves.add_argument("run_name", metavar="RUN", type=words)
    curves.add_argument(
        "--out", type=folder, required=True, metavar="FILE",
        help="its ending says the format: .png, .svg or .csv, which has all curves",
    )  # fmt: skip
    curves.add_argument(
        "--only", type=words, metavar="A,B,…", help="these curves (default: all of one scale)"
    )
    curves.add_argument(
        "--smooth", type=whole(1, 1000), default=1, metavar="N", help="average over N points"
    )
    curves.add_argument("--log", action="store_true", help="logarithmic height")
    film = action("timelapse", "The samples of a run as a film.", filmed)
    film.add_argument("run_name", metavar="RUN", type=words)
    film.add_argument(
        "--out", type=folder, required=True, metavar="FILE",
        help="its ending says the format, as that of `walk`",
    )  # fmt: skip
    film.add_argument("--fps", type=words, default="12", help="sheets a second (default 12)")
    film.add_argument(
        "--enlarge", type=whole(1, 32), default=1, metavar="N", help="each pixel becomes N by N"
    )
    add_finishing(film)


def drawn(options: argparse.Namespace, console: Console) -> Result:
    """Curves as a file."""
    from studio.engine.project import Project
    from studio.engine.training.planning import runs
    from studio.engine.training.record import curves as recorded
    from studio.engine.training.record.curve_chart import Chart, write_chart

    with Project.open(options.project) as project:
        run = runs.run(project, options.run_name)
    found, known = recorded.read_curves(run.folder), recorded.known_curves(run.folder)
    shown = [name for name in found if not recorded.is_hidden(name, known)] or list(found)
    if options.only is not None:
        shown = [each.strip() for each in options.only.split(",")]
        for name in shown:
            if name not in found:
                raise UsageError(
                    "This run has no curve {name}. Known: {known}.",
                    name=repr(name), known=", ".join(found) or "-",
                )  # fmt: skip
    terms = {name: recorded.term(name, known) for name in found}
    title = run.title or run.name
    chart = Chart(title, found, terms, shown, options.smooth, options.log, run.name)
    write_chart(chart, options.out)
    points = max(len(found[name]) for name in shown)
    facts = {"file": options.out, "curves": {name: terms[name] for name in shown},
             "points": points}  # fmt: skip
    return Result(facts, [str(options.out)])


def filmed(options: argparse.Namespace, console: Console) -> Result:
    """Samples as a film."""
    from studio.engine.export.film_proof import FilmProof, samples_origin
    from studio.engine.generation.film.timelapse import timelapse
    from studio.engine.project import Project
    from studio.engine.training.planning import runs
    from studio.verbs.interruption import Interruption

    with Project.open(options.project) as project:
        run = runs.run(project, options.run_name)
    proof = FilmProof(
        finishing_of(options), samples_origin(options.out.stem, run.name), options.out
    )
    sentence = "Ending the film here; what is written plays."
    with Interruption(console.note, sentence) as interruption:
        made = timelapse(
            run.folder, options.out, fps=options.fps, enlarge=options.enlarge,
            told=console.pictures, cancelled=interruption.is_requested, changed=proof.marked,
        )  # fmt: skip
    signed = proof.signed(made.file)
    notes = [*made.notes, *signed.remarks]
    for note in notes:
        console.note(note)
    facts = {"file": made.file, "frames": made.frames, "notes": notes,
             "credentials": signed.credentials, "mark": signed.mark}  # fmt: skip
    return Result(facts, [str(made.file)], INTERRUPTED if interruption.requested else 0)
