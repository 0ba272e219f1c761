"""How good the pictures of a run are: every measure, beside what unseen real pictures reach.

Three kinds of pictures: those that the model was trained on, those held out, and generated ones.
Generated pictures against the training pictures give the figure; held-out pictures against the
training pictures its ceiling, as no model can be asked for more than real pictures are. Both sides
of a comparison have as many pictures, since most figures change with that alone; where fewer were
held out than generated, the ceiling stands beside the same figure of groups that are as small.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.dataset.preparation.prepare import Prepared
from studio.engine.evaluation import measured_otherwise, metrics
from studio.engine.evaluation.latents import Latents, latents
from studio.engine.evaluation.measures import numbers
from studio.engine.evaluation.measures.base import Measure, Sides, measures
from studio.engine.evaluation.measures.numbers import Numbers
from studio.engine.evaluation.pairs import made, model_at
from studio.engine.project import Project
from studio.engine.said import NOTHING, Said
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint as checkpoints
from studio.engine.training.record.loaded_models import LoadedModel
from studio.engine.training.record.recipe import Recipe

MOST, FIRST = 2000, 48
"""Pictures of each kind at most, and for figures that have to be there soon."""
GROUPS = 4
"""Groups as small as the held-out part that are measured at most."""
REDRAWN = 256
"""Pictures that an encoder redraws at most, of those held out and of those it knows."""
_BATCH = 32


@dataclass(frozen=True)
class Figure:
    """One measure of generated pictures; `value` is None where it was `refused`."""

    measure: str
    count: int
    """Pictures on each side."""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    """95 % interval of `value`."""
    ceiling: float | None = None
    """Of `unseen` held-out pictures; of an encoder, of pictures that it knows."""
    matched: float | None = None
    """As `value`, of groups of `unseen` pictures: what may be compared with `ceiling`."""
    unseen: int = 0
    refused: Said = NOTHING
    no_ceiling: Said = NOTHING


@dataclass(frozen=True)
class Assessment:
    """All figures of one checkpoint."""

    run: str
    checkpoint: int
    images_seen: int
    generated: int
    trained: int
    unseen: int
    """Pictures of each kind that were measured."""
    figures: tuple[Figure, ...]
    """In the order of the measures."""
    latents: Latents
    otherwise: tuple[Said, ...] = ()
    """What of the run was measured by other rules than those of today."""

    def of(self, name: str) -> Figure:
        return next(each for each in self.figures if each.measure == name)


def assess(
    project: Project,
    run_name: str,
    count: int = MOST,
    seed: int = 0,
    *,
    checkpoint: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Assessment | None:
    """Measure a checkpoint, the newest without one, by `count` pictures of each kind at most.

    Generated ones are of the seeds from `seed` on. None when it was cancelled. Raises
    :class:`StudioError` without a checkpoint, or where the pictures that the run has learnt from
    are no longer there.
    """
    run = runs.run(project, run_name)
    saved, model = model_at(project, run_name, checkpoint)
    recipe = Recipe.load(run.folder)
    prepared = runs.pictures_of(project.folder, recipe)
    named = run_name, saved.number, saved.images_seen
    found = of_model(model, prepared, count, seed, named, progress, cancelled)
    if found is None:
        return None
    return replace(found, otherwise=measured_otherwise.said_of(project, recipe, prepared))


def of_model(
    model: LoadedModel,
    prepared: Prepared,
    count: int,
    seed: int,
    named: tuple[str, int, int],
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Assessment | None:
    """As :func:`assess`; `named` is the run, its checkpoint, and the images that this has seen."""
    kinds = _kinds(prepared, model, min(count, MOST), seed)
    total, done = sum(len(places) for places, _ in kinds), 0
    sets: list[Numbers | None] = []
    for places, bring in kinds:
        parts = []
        for first in range(0, len(places), _BATCH):
            if cancelled():
                return None
            progress(done, total)
            some = places[first : first + _BATCH]
            parts.append(numbers.of_pictures(bring(some), first))
            done += len(some)
        sets.append(numbers.joined(parts) if parts else None)
    generated, real, unseen = sets
    found: tuple[Figure, ...] = ()
    if generated is not None and real is not None:
        rebuilt = _rebuilt(prepared, model, count)
        found = _figures(model, (generated, real, unseen), rebuilt)
    progress(total, total)
    if cancelled():
        return None
    drawn, known, others = (len(places) for places, _ in kinds)
    return Assessment(*named, drawn, known, others, found, latents(model, prepared))


def kept(project: Project, run_name: str) -> list[int]:
    """The checkpoints of a run that there are, the oldest first."""
    return [int(each.name) for each in checkpoints.folders(runs.run(project, run_name).folder)]


def _kinds(
    prepared: Prepared, model: LoadedModel, count: int, seed: int
) -> list[tuple[Sequence[int], Callable[[Sequence[int]], Pixels]]]:
    """Seeds, rows of training and of held-out pictures, and what brings uint8 [n, h, w, c] of
    some of them. The real ones are in an order by chance."""

    def drawn(seeds: Sequence[int]) -> Pixels:
        return np.stack(list(made(model, seeds)))

    def real(rows: Sequence[int]) -> Pixels:
        return np.array(prepared.images[list(rows)])

    def mixed(rows: np.ndarray) -> list[int]:
        return [int(row) for row in np.random.default_rng(0).permutation(rows)[:count]]

    known, unseen = mixed(prepared.train), mixed(prepared.held_out)
    return [(range(seed, seed + count), drawn), (known, real), (unseen, real)]


def _rebuilt(prepared: Prepared, model: LoadedModel, size: int) -> list[Mapping[str, np.ndarray]]:
    """Of held-out pictures and of as many that the model knows; empty without an encoder."""
    if not model.family.latent.has_encoder:
        return [{}, {}]
    count = min(REDRAWN, size, len(prepared.held_out))
    rows = (each[np.arange(count) * len(each) // max(1, count)]
            for each in (prepared.held_out, prepared.train))  # fmt: skip
    return [metrics.each_redrawn(model, prepared.images[np.sort(each)]) for each in rows]


def _figures(
    model: LoadedModel,
    sets: tuple[Numbers, Numbers, Numbers | None],
    rebuilt: list[Mapping[str, np.ndarray]],
) -> tuple[Figure, ...]:
    generated, real, unseen = sets
    spec = model.family.image_spec
    count = min(len(generated), len(real))
    few = min(len(unseen), count) if unseen is not None else 0
    scale = real.take(slice(count))
    generated, real = (each.relative_to(scale) for each in (generated, real))
    whole = Sides(real.take(slice(count)), generated.take(slice(count)))
    beside: list[Sides] = []
    alike: list[Sides] = []
    if unseen is not None and few:
        others = unseen.take(slice(few)).relative_to(scale)
        parts = [slice(n * few, (n + 1) * few) for n in range(min(GROUPS, count // few))]
        beside = [Sides(real.take(part), others) for part in parts]
        alike = [Sides(real.take(part), generated.take(part)) for part in parts]
        alike = [whole] if few == count else alike
    side = min(spec.height, spec.width)
    return tuple(
        _redrawn_figure(each, rebuilt, side, model.family.latent.has_encoder)
        if each.by_encoder
        else _figure(each, whole, beside, alike, side)
        for each in measures().values()
    )


def _figure(
    measure: Measure, whole: Sides, beside: list[Sides], alike: list[Sides], side: int
) -> Figure:
    """Of generated pictures, with its ceiling where enough were held out."""
    count, few = whole.count, beside[0].count if beside else 0
    if refused := _refused(measure, count, side):
        return Figure(measure.name, count, refused=refused)
    found = measure.measure(whole)
    low, high = (float(np.clip(n, measure.least, measure.most)) for n in found.interval())
    if few < measure.fewest:
        why = Said(
            "{n} pictures were held out; what unseen pictures reach needs {fewest}.",
            n=few, fewest=measure.fewest,
        )  # fmt: skip
        return Figure(measure.name, count, found.value, low, high, unseen=few, no_ceiling=why)
    same = few == count
    ceiling = float(np.mean([measure.measure(each).value for each in beside]))
    matched = (
        found.value if same else float(np.mean([measure.measure(each).value for each in alike]))
    )
    return Figure(measure.name, count, found.value, low, high, ceiling, matched, few)


def _redrawn_figure(
    measure: Measure, rebuilt: list[Mapping[str, np.ndarray]], side: int, has_encoder: bool
) -> Figure:
    """Of pictures that an encoder redraws; its ceiling is how it redraws what it knows."""
    if not has_encoder:
        why = Said("This family has no encoder: it cannot redraw a picture.")
        return Figure(measure.name, 0, refused=why)
    unseen, known = (each.get(measure.name, np.empty(0)) for each in rebuilt)
    count = max(map(len, rebuilt[0].values()), default=0)
    if refused := _refused(measure, count, side):
        return Figure(measure.name, count, refused=refused)
    none = Numbers(np.empty((0, 0)), np.empty((0, 0)), ())
    found, best = (
        measure.measure(Sides(none, none, {measure.name: each})) for each in (unseen, known)
    )
    low, high = (float(np.clip(n, measure.least, measure.most)) for n in found.interval())
    return Figure(measure.name, count, found.value, low, high, best.value, found.value, len(known))


def _refused(measure: Measure, count: int, side: int) -> Said:
    if side < measure.smallest:
        return Said(
            "Pictures of {n} pixels are too small for it: it needs {fewest}.",
            n=side, fewest=measure.smallest,
        )  # fmt: skip
    if count < measure.fewest:
        return Said(
            "{n} pictures are too few for it: it needs {fewest} on each side.",
            n=count, fewest=measure.fewest,
        )  # fmt: skip
    return NOTHING
