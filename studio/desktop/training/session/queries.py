"""What the room's thread asks of the engine: families, presets, runs, records, sheets."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtGui import QImage

from models.parameters import Param, ParameterError, Value
from studio.desktop.pixels import read_qimage
from studio.desktop.training.session.run_record import RunRecord, read_record
from studio.engine.errors import StudioError
from studio.engine.project import Project
from studio.engine.training.record.options import AUTO, NewRun

if TYPE_CHECKING:
    from studio.engine.training.planning.runs import Run
    from studio.engine.training.record.recipe import Recipe


@dataclass(frozen=True)
class FamilyCard:
    """A family as the form shows it."""

    name: str
    title: str
    summary: str
    params: dict[str, Param]
    has_critic: bool = False


class DatasetCard(NamedTuple):
    """A dataset as the form shows it; `pictures` would train."""

    id: int
    name: str
    pictures: int


@dataclass(frozen=True)
class StartCard:
    """A run that another one may begin with."""

    run: str
    family: str
    width: int
    height: int
    title: str = ""


@dataclass(frozen=True)
class Advice:
    """A family with its parameters, for what the form says; both empty while there is nothing.

    `reason` is a sentence where the studio chose, `start_error` why a run cannot be begun with.
    """

    family: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    reason: str = ""
    start_error: str = ""


@dataclass(frozen=True)
class Opened:
    """One run read from the project: its row, its recipe and its record.

    `recipe` is None when the file is damaged; then `complaint` says so.
    """

    run: Run
    record: RunRecord
    recipe: Recipe | None
    title: str = ""
    """The family in the artist's word, in English."""
    params: dict[str, Param] = field(default_factory=dict)
    complaint: str = ""


def family_cards() -> list[FamilyCard]:
    """All families. Imports torch, so it runs in the room's thread."""
    from models import base

    return [
        FamilyCard(
            name, kind.title, kind.summary, kind.Config.params(),
            has_critic=kind.facts.has_critic,
        )
        for name, kind in base.families().items()
    ]  # fmt: skip


def machine_names() -> list[tuple[str, str]]:
    """(name, title) of what can train here, best first."""
    from studio.engine import devices

    return [(device.name, device.title) for device in devices.devices()]


def dataset_cards(project: Project) -> list[DatasetCard]:
    from studio.engine.dataset.index import store

    return [
        DatasetCard(each.id, each.name, store.counts(project, each.id)["included"])
        for each in store.datasets(project)
    ]


def dataset_sizes(project: Project) -> dict[str, tuple[int, int]]:
    """Width and height that every dataset is prepared at where a run says nothing."""
    from studio.engine.dataset.index import store
    from studio.engine.dataset.preparation import policy

    return {each.name: policy.read_size(project, each.id) for each in store.datasets(project)}


def starts(project: Project) -> list[StartCard]:
    """Runs that have a checkpoint to begin with, newest first; damaged ones are left out."""
    from studio.engine.training.planning import runs
    from studio.engine.training.record import checkpoint
    from studio.engine.training.record.recipe import Recipe

    found = []
    for each in reversed(runs.runs(project)):
        if checkpoint.folders(each.folder):
            with contextlib.suppress(StudioError):
                recipe = Recipe.load(each.folder)
                size = recipe.width, recipe.height
                found.append(StartCard(each.name, recipe.family, *size, each.title))
    return found


def check_board() -> None:
    """Raises :class:`StudioError` with one sentence where TensorBoard files cannot be written."""
    from studio.engine.training.record import board

    board.check_installed()


def advise(project: Project, wanted: NewRun) -> Advice:
    """What the studio would set for this run; :class:`StudioError` when the size is impossible."""
    from studio.engine.dataset.index import store
    from studio.engine.training.planning import plan, runs

    try:
        dataset = store.dataset(project, wanted.dataset).id if wanted.dataset else None
        if dataset is None or not store.chosen_items(project, dataset):
            return _without_pictures(wanted)
        try:
            saved = runs.start_of(project, wanted)
        except StudioError as error:
            return Advice(start_error=error.said)
        settled = plan.settle(project, replace(wanted, overrides={}), saved)
    except ParameterError as error:
        raise StudioError(error.said) from error
    return Advice(settled.family, settled.config, settled.reason)


def _without_pictures(wanted: NewRun) -> Advice:
    from models import base
    from models.image_spec import ImageSpec
    from studio.engine import devices

    accelerator = devices.choose(wanted.options.device).is_accelerator

    if wanted.family == AUTO:
        return Advice()
    kind = base.family(wanted.family)
    spec = ImageSpec(3, wanted.height, wanted.width)
    preset = kind.preset(spec, accelerator=accelerator, pictures=0)
    return Advice(wanted.family, preset.as_dict())


def plan_run(
    project: Project,
    wanted: NewRun,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> Recipe:
    """Check and prepare a run: it can be measured, or begun."""
    from studio.engine.training.planning import runs

    try:
        return runs.plan_run(project, wanted, progress, cancelled)
    except ParameterError as error:
        raise StudioError(error.said) from error


def prepare_run(
    project: Project,
    wanted: NewRun,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> None:
    """Leave the pictures of a run ready in the project."""
    plan_run(project, wanted, progress, cancelled)


def create(
    project: Project,
    wanted: NewRun,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> Run:
    """Check, prepare and write a run; its row."""
    from studio.engine.training.planning import runs

    recipe = plan_run(project, wanted, progress, cancelled)
    runs.begin_run(project, recipe)
    return runs.run(project, recipe.run)


def list_runs(project: Project) -> list[Run]:
    from studio.engine.training.planning import runs

    return list(reversed(runs.runs(project)))


def open_run(project: Project, name: str) -> Opened:
    from models import base
    from studio.engine.training.planning import runs
    from studio.engine.training.record.recipe import Recipe

    row = runs.run(project, name)
    record = read_record(name, row.folder, row.total_images, row.images_seen)
    record.message = row.message
    try:
        recipe = Recipe.load(row.folder)
    except StudioError as error:
        return Opened(row, record, None, complaint=error.said)
    try:
        family = base.family(recipe.family)
    except ParameterError as error:
        return Opened(row, record, recipe, complaint=error.said)
    record.known_curves = family.facts.curves
    return Opened(row, record, recipe, family.title, family.Config.params())


def another_end(opened: Opened) -> tuple[int | None, float | None]:
    """(images, minutes), totals that let a run go on which reached its end; else (None, None)."""
    from studio.engine.training.planning import ends

    run, record = opened.run, opened.record
    if opened.recipe is None:
        return None, None
    return ends.another_end(opened.recipe, run.total_images, record.images_seen, record.seconds)


def read_sheet(path: Path) -> QImage:
    """A sheet's pixels; a null image when the file is gone or damaged."""
    return read_qimage(path, "PNG")


def _listed(labels: list[str], most: int = 6) -> str:
    named = [name for name in labels[:most] if name]
    return ", ".join(named) + (f" … ({len(labels)})" if len(labels) > len(named) else "")


def facts_of(recipe: Recipe) -> dict[str, Any]:
    colour = {1: "grey", 3: "RGB", 4: "RGBA"}.get(recipe.channels, "")
    return {
        "dataset": recipe.dataset,
        "size": f"{recipe.width} × {recipe.height} {colour}",
        "labels": _listed(recipe.labels),
        "precision": recipe.precision,
        "device": recipe.device,
        "seed": recipe.seed,
        "start": recipe.start_from,
    }
