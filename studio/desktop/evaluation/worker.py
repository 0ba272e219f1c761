"""The evaluation place's work beside the window: pictures of a run, real and generated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from studio.desktop.base.threads import Worker
from studio.desktop.run_names import run_name
from studio.engine.events import RunState
from studio.engine.jobs import Job
from studio.engine.project import Project

if TYPE_CHECKING:
    from studio.desktop.base.piece_shelf import Kept
    from studio.engine.artwork import Pixels
    from studio.engine.evaluation.assessment import Assessment
    from studio.engine.evaluation.gallery import Gallery
    from studio.engine.evaluation.life import Moment
    from studio.engine.pieces.pieces import Piece
    from studio.engine.pieces.verdicts import Verdict


@dataclass(frozen=True)
class RunRow:
    """What the list says of a run. `checkpoint` is its newest, 0 when it has none."""

    name: str
    family: str
    status: RunState
    images_seen: int
    checkpoint: int
    title: str = ""
    """What the artist calls it."""
    created: str = ""

    @property
    def shown(self) -> str:
        return run_name(self.name, self.family, self.title)


@dataclass(frozen=True)
class Walls:
    """uint8 [N, H, W, C] each."""

    real: np.ndarray
    generated: np.ndarray


@dataclass(frozen=True)
class Rebuilt:
    """Some held-out pictures, what the model makes of them, and figures over all `count`."""

    has_encoder: bool = False
    """Also True where nothing was held out, so that an encoder would not help."""
    count: int = 0
    originals: np.ndarray | None = None
    rebuilt: np.ndarray | None = None
    figures: dict[str, float] = field(default_factory=dict)


class Evaluator(Worker):
    """Each method is one task; torch is imported in the thread that runs it."""

    def runs(self, project: Project) -> list[RunRow]:
        from studio.engine.training.planning import runs
        from studio.engine.training.record import checkpoint

        rows = []
        for run in runs.runs(project):
            folders = checkpoint.folders(run.folder)
            newest = max((int(folder.name) for folder in folders), default=0)
            facts = run.status, run.images_seen, newest, run.title, run.created
            rows.append(RunRow(run.name, run.family, *facts))
        return rows[::-1]

    def walls(self, project: Project, run: str, count: int, seed: int) -> Walls:
        """Real pictures and generated ones; raises :class:`StudioError`."""
        from studio.engine.evaluation import pairs

        return Walls(*pairs.side_by_side(project, run, count, seed))

    def rebuilt(self, project: Project, run: str, count: int) -> Rebuilt:
        """Reconstructions of held-out pictures, where there is an encoder, and their figures."""
        from studio.engine.evaluation import metrics
        from studio.engine.training.planning import runs
        from studio.engine.training.record.recipe import Recipe

        found = metrics.reconstruction(project, run, count)
        if found is None:
            recipe = Recipe.load(runs.run(project, run).folder)
            held_out = runs.pictures_of(project.folder, recipe).held_out
            return Rebuilt(has_encoder=not len(held_out))
        values = {"psnr": found.psnr, "ssim": found.ssim}
        return Rebuilt(True, found.count, found.originals, found.rebuilt, values)


def measured(
    project: Project, run: str, count: int, job: Job[Assessment | None]
) -> Assessment | None:
    """All figures of generated pictures; None when `job` is cancelled."""
    from studio.engine.evaluation import assessment

    return assessment.assess(project, run, count, progress=job.advance, cancelled=job.cancelled)


def closest(project: Project, run: str, count: int, seed: int, job: Job[Gallery]) -> Gallery:
    """The closest pairs; of what was compared so far when `job` is cancelled."""
    from studio.engine.evaluation import gallery

    return gallery.closest(project, run, count, seed, progress=job.advance, cancelled=job.cancelled)


def lives(project: Project, run_names: Sequence[str]) -> dict[str, list[Moment]]:
    """What was measured of each run; without those of which nothing was."""
    from studio.engine.evaluation import life as kept

    found = {name: kept.measured(project, name) for name in run_names}
    return {name: moments for name, moments in found.items() if moments}


def life(project: Project, run: str, count: int, job: Job[list[Moment]]) -> list[Moment]:
    """Measure every kept checkpoint of a run; what was measured when it is cancelled stays."""
    from studio.engine.evaluation import life as kept

    return kept.measure(project, run, count, progress=job.advance, cancelled=job.cancelled)


def report(
    project: Project, run: str, count: int, seed: int, title: str, path: Path, job: Job[Path]
) -> Path:
    """Write what there is to say of a run, as HTML or PDF by the ending of `path`."""
    from studio.engine.evaluation import report as pages

    pages.of_run(project, run, count, seed, title, path, job.advance, job.cancelled)
    return path


def reviewed(
    project: Project,
    before: Mapping[int, Kept],
    read: Callable[[Project, Callable[[Piece], Pixels], Mapping[int, Kept]], list[Kept]],
) -> tuple[list[Kept], dict[int, list[Verdict]]]:
    """All pieces as :func:`piece_shelf.read`, and what was decided about them."""
    from studio.engine.pieces import pieces, verdicts

    kept = read(project, pieces.stored, before)
    return kept, verdicts.of_pieces(project, [each.piece for each in kept])


def write_ledger(project: Project, path: Path) -> int:
    """All exports and decisions as a table; its rows."""
    from studio.engine.export import ledger

    return ledger.write_table(project, path)
