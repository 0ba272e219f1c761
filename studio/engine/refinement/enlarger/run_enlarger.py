"""The step that enlarges with what was learnt from a run's originals, by the name of the run."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from studio.engine.artwork import Pixels
from studio.engine.project import Project
from studio.engine.refinement.enlarge import Enlarge
from studio.engine.refinement.enlarger import card as cards
from studio.engine.refinement.stack import Stack, Step, apply
from studio.engine.training.planning import runs


def run_enlarger(
    project: Project, run_name: str, factor: float | None = None, sharpness: float | None = None
) -> Step:
    """The newest enlarger of the run that reaches `factor`, or else the newest there is. Without
    a factor it enlarges as much as it has learnt; without a sharpness as the step does.

    :class:`StudioError` where the run has none; paths in the step begin at the project.
    """
    run = runs.run(project, run_name)
    path = cards.newest(run.folder, run.name, factor or 1.0)
    params: dict[str, bool | int | float | str] = {
        "enlarger": cards.in_project(run.name, path),
        "factor": float(cards.read(path).scale) if factor is None else factor,
    }
    if sharpness is not None:
        params["sharpness"] = sharpness
    return Step(op=Enlarge.name, params=params)


def enlarging(project: Project, step: Step) -> Callable[[Pixels], Pixels]:
    """That step for one picture after another, as in a film: uint8 [h, w, c] to larger ones."""
    return partial(apply, Stack([step]).settled(project.folder))
