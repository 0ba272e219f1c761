"""The list of runs of a project, and the making of a new one."""

from __future__ import annotations

import datetime
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.engine import devices
from studio.engine.dataset import card, store
from studio.engine.dataset.prepare import Prepared, automatic_channels, prepare
from studio.engine.errors import ReadOnlyError, StudioError, UsageError
from studio.engine.files import atomic_folder
from studio.engine.project import Project, now
from studio.engine.training.recipe import Recipe

DEFAULT_MINUTES = 30.0
MOST_IMAGES = 10**12
AUTO = "auto"
"""Instead of a family: whatever suits pictures, machine and time."""
_COLUMNS = ("status", "images_seen", "total_images", "message")


@dataclass(frozen=True)
class Run:
    """One row. `status` is ready, running, stopped, finished or failed."""

    name: str
    dataset_id: int | None
    family: str
    created: str
    status: str
    images_seen: int
    total_images: int
    message: str
    folder: Path


def runs(project: Project) -> list[Run]:
    """All runs, oldest first."""
    return [_run(project, row) for row in project.query("SELECT * FROM run ORDER BY id")]


def run(project: Project, name: str) -> Run:
    """The run called `name`, or :class:`StudioError` naming those there are."""
    found = project.query("SELECT * FROM run WHERE name = ?", (name,))
    if not found:
        known = ", ".join(each.name for each in runs(project)) or "none yet"
        raise StudioError(f"There is no run {name!r} in {project.folder}. Known: {known}.")
    return _run(project, found[0])


def update(project: Project, name: str, **values: str | int) -> None:
    """Change columns of a run: status, images_seen, total_images, message."""
    unknown = set(values) - set(_COLUMNS)
    if unknown:
        raise ValueError(f"no such column: {unknown}")
    if values:
        assignments = ", ".join(f"{column} = ?" for column in values)
        project.write(f"UPDATE run SET {assignments} WHERE name = ?", (*values.values(), name))


def create_run(
    project: Project,
    dataset: str,
    family: str,
    width: int,
    height: int,
    *,
    images: int | None = None,
    minutes: float | None = None,
    overrides: Mapping[str, object] | None = None,
    seed: int = 0,
    device: str = "auto",
    precision: str = "auto",
    crop: str = "centre",
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Recipe:
    """As :func:`plan_run`, and write the run. Nothing is written on an error."""
    recipe = plan_run(
        project, dataset, family, width, height, images=images, minutes=minutes,
        overrides=overrides, seed=seed, device=device, precision=precision, crop=crop,
        progress=progress, cancelled=cancelled,
    )  # fmt: skip
    _write(project, recipe)
    return recipe


def plan_run(
    project: Project,
    dataset: str,
    family: str,
    width: int,
    height: int,
    *,
    images: int | None = None,
    minutes: float | None = None,
    overrides: Mapping[str, object] | None = None,
    seed: int = 0,
    device: str = "auto",
    precision: str = "auto",
    crop: str = "centre",
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Recipe:
    """Check everything and prepare the pictures: a run that can be measured, or begun.

    `family` may be :data:`AUTO`: the recipe then carries the reason for what was chosen.
    `overrides` are parameters of the family by name. Without `images` and `minutes`
    the run takes half an hour. Raises :class:`ParameterError` or
    :class:`StudioError` with one sentence.
    """
    if project.read_only_reason:
        raise ReadOnlyError(project.read_only_reason)
    images, minutes = _length(images, minutes)
    if not 0 <= seed < 1 << 63:
        raise UsageError(
            f"The seed {seed} is not possible: use a number from 0 to {(1 << 63) - 1}."
        )
    chosen = store.dataset(project, dataset)
    machine = devices.choose(device)
    family, advised, reason = _advice(
        project, chosen.id, family, (width, height), machine, images=images, minutes=minutes
    )
    overrides = {**advised, **(overrides or {})}
    config = _config(project, chosen.id, family, width, height, machine, overrides)
    prepared = prepare(
        project, chosen.id, (width, height), crop, progress=progress, cancelled=cancelled
    )
    name = _free_name(project, family, max(width, height))
    return Recipe(
        run=name, dataset=chosen.name, dataset_id=chosen.id, family=family,
        channels=prepared.channels, height=height, width=width, crop=crop, config=config,
        seed=seed, device=device, precision=precision, total_images=images, minutes=minutes,
        prepared=prepared.folder.relative_to(project.folder).as_posix(),
        fingerprint=prepared.fingerprint, created=now(), reason=reason,
    )  # fmt: skip


def _write(project: Project, recipe: Recipe) -> None:
    folder = project.runs / recipe.run
    with atomic_folder(folder) as temporary:
        recipe.save(temporary)
        card.write(project, store.dataset(project, recipe.dataset), temporary)
    try:
        project.write(
            "INSERT INTO run (name, dataset_id, family, created, status, total_images) "
            "VALUES (?, ?, ?, ?, 'ready', ?)",
            (
                recipe.run,
                recipe.dataset_id,
                recipe.family,
                recipe.created,
                recipe.total_images or 0,
            ),
        )
    except StudioError:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def pictures_of(project_folder: Path, recipe: Recipe) -> Prepared:
    """The prepared pictures of a run; a deleted cache is made again from the originals."""
    try:
        prepared = Prepared.load(project_folder / recipe.prepared)
    except StudioError:
        prepared = _prepare_again(project_folder, recipe)
    if prepared.fingerprint != recipe.fingerprint:
        raise StudioError(
            f"The pictures of {recipe.dataset!r} have changed since the run {recipe.run} began: "
            "start a new run, or bring the same pictures back."
        )
    return prepared


def _prepare_again(project_folder: Path, recipe: Recipe) -> Prepared:
    # Read-only is enough for the index: only the cache is written, and the run's own
    # process may not hold the project.
    with Project.open(project_folder) as project:
        (project.folder / "cache").mkdir(exist_ok=True)
        return prepare(
            project, recipe.dataset_id, (recipe.width, recipe.height), recipe.crop,
            channels=recipe.channels, key=Path(recipe.prepared).name,
        )  # fmt: skip


def _length(images: int | None, minutes: float | None) -> tuple[int | None, float | None]:
    if images is not None and minutes is not None:
        raise UsageError("Give the length of the run in images or in minutes, not in both.")
    if images is not None and not 1 <= images < MOST_IMAGES:
        raise UsageError(f"{images} images are not possible: a run needs at least one.")
    if minutes is not None and not 0 < minutes < 1e6:
        raise UsageError(f"{minutes} minutes are not possible: a run needs more than none.")
    if images is None and minutes is None:
        minutes = DEFAULT_MINUTES
    return images, minutes


def _advice(
    project: Project,
    dataset_id: int,
    family: str,
    size: tuple[int, int],
    machine: devices.Device,
    *,
    images: int | None,
    minutes: float | None,
) -> tuple[str, dict[str, object], str]:
    """(family, its overrides, the reason); what was asked for by name needs no reason."""
    if family != AUTO:
        return family, {}, ""
    from studio.engine.training.auto import recommend

    pictures = len(store.chosen_items(project, dataset_id))
    found = recommend(pictures, size, machine, minutes=minutes, images=images)
    return found.family, found.overrides, found.reason


def _config(
    project: Project,
    dataset_id: int,
    family: str,
    width: int,
    height: int,
    machine: devices.Device,
    overrides: Mapping[str, object],
) -> dict[str, bool | int | float | str]:
    from models import base

    kind = base.family(family)
    items = store.chosen_items(project, dataset_id)
    spec = base.ImageSpec(automatic_channels(items), height, width)
    preset = kind.preset(spec, accelerator=machine.is_accelerator, pictures=len(items))
    return kind.Config.from_mapping({**preset.as_dict(), **overrides}).as_dict()


def _free_name(project: Project, family: str, size: int) -> str:
    stem = f"{datetime.date.today():%Y-%m-%d}-{family}-{size}"
    taken = {each.name for each in runs(project)}
    number = 1
    while f"{stem}-a{number}" in taken or (project.runs / f"{stem}-a{number}").exists():
        number += 1
    return f"{stem}-a{number}"


def _run(project: Project, row: sqlite3.Row) -> Run:
    values = {key: row[key] for key in row.keys() if key != "id"}  # noqa: SIM118  # a Row is no dict
    return Run(**values, folder=project.folder / "runs" / row["name"])
