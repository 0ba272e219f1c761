"""What the room's thread asks of the engine: families, presets, runs, records, sheets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QImage

from models.parameters import Param, ParameterError, Value
from studio.desktop.training.record import RunRecord, read_record
from studio.engine.errors import StudioError
from studio.engine.project import Project

if TYPE_CHECKING:
    from studio.engine.training.recipe import Recipe
    from studio.engine.training.runs import Run


@dataclass(frozen=True)
class FamilyCard:
    """A family as the form shows it."""

    name: str
    title: str
    summary: str
    params: dict[str, Param]


@dataclass(frozen=True)
class NewRun:
    """Everything the form says."""

    dataset: str
    family: str
    width: int
    height: int
    images: int | None
    minutes: float | None
    overrides: dict[str, Value]
    seed: int
    device: str
    crop: str


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
        FamilyCard(name, kind.title, kind.summary, kind.Config.params())
        for name, kind in base.families().items()
    ]


def machine_names() -> list[tuple[str, str]]:
    """(name, title) of what can train here, best first."""
    from studio.engine import devices

    return [(device.name, device.title) for device in devices.devices()]


def dataset_counts(project: Project) -> list[tuple[str, int]]:
    """(name, pictures that would train) of every dataset."""
    from studio.engine.dataset import store

    return [
        (each.name, len(store.chosen_items(project, each.id))) for each in store.datasets(project)
    ]


def preset(
    project: Project, dataset: str, family: str, width: int, height: int, device: str
) -> dict[str, Value]:
    """The recommended parameters; :class:`StudioError` when the size is not possible."""
    from models import base
    from studio.engine import devices
    from studio.engine.dataset import store
    from studio.engine.dataset.prepare import automatic_channels

    try:
        spec = base.ImageSpec(3, height, width)
    except ParameterError as error:
        raise StudioError(str(error)) from error
    pictures = 0
    if dataset:
        items = store.chosen_items(project, store.dataset(project, dataset).id)
        pictures = len(items)
        spec = base.ImageSpec(automatic_channels(items) if items else 3, height, width)
    accelerator = devices.choose(device).is_accelerator
    kind = base.family(family)
    return kind.preset(spec, accelerator=accelerator, pictures=pictures).as_dict()


def create(
    project: Project,
    wanted: NewRun,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> Run:
    """Check, prepare and write a run; its row."""
    from studio.engine.training import runs

    try:
        recipe = runs.create_run(
            project, wanted.dataset, wanted.family, wanted.width, wanted.height,
            images=wanted.images, minutes=wanted.minutes, overrides=wanted.overrides,
            seed=wanted.seed, device=wanted.device, crop=wanted.crop,
            progress=progress, cancelled=cancelled,
        )  # fmt: skip
    except ParameterError as error:
        raise StudioError(str(error)) from error
    return runs.run(project, recipe.run)


def list_runs(project: Project) -> list[Run]:
    """Runs, newest first."""
    from studio.engine.training import runs

    return list(reversed(runs.runs(project)))


def open_run(project: Project, name: str) -> Opened:
    """A run with its curves and sheets."""
    from models import base
    from studio.engine.training import runs
    from studio.engine.training.recipe import Recipe

    row = runs.run(project, name)
    record = read_record(name, row.folder, row.total_images, row.images_seen)
    record.message = row.message
    try:
        recipe = Recipe.load(row.folder)
    except StudioError as error:
        return Opened(row, record, None, complaint=str(error))
    try:
        family = base.family(recipe.family)
    except ParameterError as error:
        return Opened(row, record, recipe, complaint=str(error))
    return Opened(row, record, recipe, family.title, family.Config.params())


def another_end(opened: Opened) -> tuple[int | None, float | None]:
    """(images, minutes), totals that let a run go on which reached its end; else (None, None).

    The run gets its own length once more. One that was stopped on the way to such an
    end keeps it.
    """
    recipe, record = opened.recipe, opened.record
    if recipe is None:
        return None, None
    if recipe.total_images is not None:
        if record.images_seen < opened.run.total_images:
            longer = opened.run.total_images > recipe.total_images
            return (opened.run.total_images if longer else None), None
        return record.images_seen + recipe.total_images, None
    assert recipe.minutes is not None  # a recipe has exactly one of both
    spent = record.seconds / 60
    return None, (spent + recipe.minutes if spent >= recipe.minutes else None)


def read_sheet(path: Path) -> QImage:
    """A sheet's pixels; a null image when the file is gone or damaged."""
    return QImage(str(path))


def facts_of(recipe: Recipe) -> dict[str, Any]:
    """What cannot change during a run, by the field's word."""
    colour = {1: "grey", 3: "RGB", 4: "RGBA"}.get(recipe.channels, "")
    return {
        "dataset": recipe.dataset,
        "size": f"{recipe.width} × {recipe.height} {colour}",
        "batch": recipe.config.get("batch_size", ""),
        "precision": recipe.precision,
        "device": recipe.device,
        "seed": recipe.seed,
    }
