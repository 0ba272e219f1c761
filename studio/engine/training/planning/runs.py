"""The list of runs of a project, and the making of a new one."""

from __future__ import annotations

import contextlib
import datetime
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from models.parameters import ParameterError
from studio.engine.dataset.index import store
from studio.engine.dataset.index.settings import ASIDE
from studio.engine.dataset.papers import dataset_card
from studio.engine.dataset.preparation import policy as policies
from studio.engine.dataset.preparation.prepare import Prepared, prepare
from studio.engine.dataset.privacy import leftovers
from studio.engine.door import inside, read_text
from studio.engine.errors import ReadOnlyError, StudioError, UsageError
from studio.engine.events import RunState
from studio.engine.files import atomic_folder
from studio.engine.project import Project, now
from studio.engine.said import Said, from_text, to_text
from studio.engine.training.planning import captions, ends, plan, transfer
from studio.engine.training.planning import labels as labelling
from studio.engine.training.record import board, checkpoint
from studio.engine.training.record.options import NewRun, RunOptions
from studio.engine.training.record.recipe import FIGURES, Recipe

TITLE = "title.txt"
"""In the folder of a run: what the artist calls it."""
LONGEST_TITLE = 4096
"""Bytes."""
NOTE = "note.txt"
"""In the folder of a run: what the artist wrote down about it."""
LONGEST_NOTE = 65_536
"""Bytes."""
REMOVED = "removed-runs"
"""In the cache: runs that were removed and may come back."""
_COLUMNS = ("status", "images_seen", "total_images", "message", "queued")


@dataclass(frozen=True)
class Run:
    """One row."""

    name: str
    dataset_id: int | None
    family: str
    created: str
    status: RunState
    images_seen: int
    total_images: int
    message: Said
    folder: Path
    title: str = ""
    """What the artist calls it, or empty; `name` stays what it is."""
    dataset: str = ""
    """The name of its dataset by now; empty where it was deleted."""
    queued: int = 0
    """Its place among the runs that wait for their turn, from 1 on; 0 where it does not wait."""
    note: str = ""
    """What the artist wrote down about it."""


_SELECT = (
    f"SELECT run.*, coalesce({ASIDE.sql('.name')}, dataset.name, '') "
    "AS dataset FROM run LEFT JOIN dataset ON dataset.id = dataset_id"
)


def runs(project: Project) -> list[Run]:
    return project.rows(_run, f"{_SELECT} ORDER BY run.id")


def run(project: Project, name: str) -> Run:
    """The run called `name`, or :class:`StudioError` naming those there are."""
    found = project.query(f"{_SELECT} WHERE run.name = ?", (name,))
    if not found:
        known = ", ".join(each.name for each in runs(project)) or Said("none yet")
        raise StudioError(
            "There is no run {name!r} in {folder}. Known: {known}.",
            name=name,
            folder=project.folder,
            known=known,
        )
    return project.row(_run, found[0])


def update(project: Project, name: str, **values: str | int) -> None:
    """Change columns of a run: status, images_seen, total_images, message, queued."""
    unknown = set(values) - set(_COLUMNS)
    if unknown:
        raise ValueError(f"no such column: {unknown}")
    if values:
        assignments = ", ".join(f"{column} = ?" for column in values)
        held = (to_text(v) if isinstance(v, str) else v for v in values.values())
        project.write(f"UPDATE run SET {assignments} WHERE name = ?", (*held, name))


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
    **options: object,
) -> Recipe:
    """As :func:`plan_run` with `options` by name, and write the run; nothing on an error."""
    given = {name: value for name, value in options.items() if value is not None}
    try:
        known = RunOptions.from_mapping(given)
    except ParameterError as error:
        raise UsageError(error.said) from error
    wanted = NewRun(dataset, family, width, height, images, minutes, overrides or {}, known)
    recipe = plan_run(project, wanted)
    begin_run(project, recipe)
    return recipe


def plan_run(
    project: Project,
    wanted: NewRun,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Recipe:
    """Check everything and prepare the pictures: a run that can be measured, or begun.

    Where the family is :data:`AUTO`, the recipe carries the reason for what was chosen.
    Raises :class:`ParameterError` or :class:`StudioError` with one sentence.
    """
    if project.read_only_reason:
        raise ReadOnlyError(project.read_only_reason)
    options = wanted.options
    until = ends.moment(wanted.until) if wanted.until else None
    minutes = ends.minutes_to(until) if until else wanted.minutes
    images, minutes = plan.length(wanted.images, minutes)
    if options.tensorboard:
        board.check_installed()
    chosen = store.dataset(project, wanted.dataset)
    saved = start_of(project, wanted)
    settled = plan.settle(project, wanted, saved)
    crop = policies.settled(project, chosen.id, options.crop).text
    prepared = prepare(
        project, chosen.id, wanted.size, crop, progress=progress, cancelled=cancelled
    )
    known = labelling.settle(prepared, chosen.name, {"yes": True, "no": False}.get(options.labels))
    notes = [*known.notes, *_caption_notes(settled.family, prepared, chosen.name)]
    recipe = Recipe.model_validate(options.kept() | {
        "run": free_name(project, settled.family, max(wanted.size)),
        "dataset": chosen.name, "dataset_id": chosen.id, "family": settled.family,
        "figures": FIGURES,
        "channels": prepared.channels, "height": wanted.height, "width": wanted.width,
        "config": settled.config, "classes": len(known.names),
        "classes_apart": bool(known.names), "labels": known.names,
        "label_notes": notes,
        "labels_sha256": labelling.fingerprint(prepared, known.names),
        "crop": crop, "total_images": images, "minutes": minutes,
        "until": until,
        "start_sha256": saved.sha256 if saved else "",
        "start_labels": saved.state.get("labels", []) if saved else [],
        "prepared": prepared.folder.relative_to(project.folder).as_posix(),
        "fingerprint": prepared.fingerprint, "created": now(), "reason": settled.reason,
    })  # fmt: skip
    if saved is not None:
        tensors = checkpoint.read_tensors(saved.folder / checkpoint.MODEL)
        transfer.take_over(recipe.build(), tensors, recipe)
    return recipe


def _caption_notes(family: str, prepared: Prepared, dataset: str) -> list[Said]:
    from models import base

    if not base.family(family).facts.captions:
        return []
    return captions.settle(prepared, dataset)


def start_of(project: Project, wanted: NewRun) -> checkpoint.Saved | None:
    """The weights that a new run begins with, None for chance."""
    start = wanted.options.start_from
    return transfer.source(run(project, start).folder, start) if start else None


def begin_run(project: Project, recipe: Recipe) -> None:
    """Write the run that was planned: its folder and its row, or neither."""
    folder = inside(project.runs, recipe.run)
    with atomic_folder(folder) as temporary:
        recipe.save(temporary)
        dataset_card.write(project, store.dataset(project, recipe.dataset), temporary)
        if recipe.start_from:
            start = run(project, recipe.start_from).folder
            transfer.keep(transfer.source(start, recipe.start_from), temporary)
    try:
        project.write(
            "INSERT INTO run (name, dataset_id, family, created, status, total_images) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                recipe.run,
                recipe.dataset_id,
                recipe.family,
                recipe.created,
                RunState.READY,
                recipe.total_images or 0,
            ),
        )
    except StudioError:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def pictures_of(
    project_folder: Path, recipe: Recipe, cancelled: Callable[[], bool] = lambda: False
) -> Prepared:
    """The prepared pictures of a run; a deleted cache is made again from the originals.

    So is one that shows what is hidden by now. Raises :class:`StudioError` where the run has
    learnt from others, and :class:`PreparationCancelled`.
    """
    if recipe.brought_from:
        raise StudioError(
            "The run {run} was brought in from {program} without its pictures: begin a new run "
            "with it (--from {run}).",
            run=recipe.run,
            program=recipe.brought_from,
        )
    folder = inside(project_folder, *PurePosixPath(recipe.prepared).parts)
    # Only the cache is written; and several processes of a run ask for them at once, while one
    # of them writes the first checkpoint.
    with Project.open(project_folder, beside_another=True) as project:
        prepared: Prepared | None = None
        with contextlib.suppress(StudioError):
            prepared = Prepared.load(folder)
        if prepared is None or leftovers.shows_hidden(project, folder):
            prepared = _prepare_again(project, recipe, cancelled)
    if prepared.fingerprint != recipe.fingerprint:
        raise StudioError(
            "The pictures of {dataset!r} have changed since the run {run} began: "
            "start a new run, or bring the same pictures back.",
            dataset=recipe.dataset,
            run=recipe.run,
        )
    if not labelling.unchanged(prepared, recipe):
        raise StudioError(
            "The labels of {dataset!r} have changed since the run {run} began: start "
            "a new run, or bring the same labels back.",
            dataset=recipe.dataset,
            run=recipe.run,
        )
    return prepared


def _prepare_again(project: Project, recipe: Recipe, cancelled: Callable[[], bool]) -> Prepared:
    rows = project.query("SELECT dataset_id FROM run WHERE name = ?", (recipe.run,))
    if rows and rows[0][0] is None:  # its id may be that of another one by now
        raise StudioError(
            "The dataset {dataset!r} of the run {run} was deleted: start a new run, "
            "or let this one go on with another dataset.",
            dataset=recipe.dataset,
            run=recipe.run,
        )
    inside(project.folder, "cache").mkdir(exist_ok=True)
    return prepare(
        project, recipe.dataset_id, (recipe.width, recipe.height), recipe.crop,
        channels=recipe.channels, key=Path(recipe.prepared).name, cancelled=cancelled,
    )  # fmt: skip


def free_name(project: Project, family: str, size: int) -> str:
    """That of a new run, which no other has or had."""
    stem = f"{datetime.date.today():%Y-%m-%d}-{family}-{size}"
    taken = {each.name for each in runs(project)}
    # One that was removed may come back.
    places = (project.runs, project.cache / REMOVED)
    number = 1
    while f"{stem}-a{number}" in taken or any(
        (place / f"{stem}-a{number}").exists() for place in places
    ):
        number += 1
    return f"{stem}-a{number}"


def _run(project: Project, row: sqlite3.Row) -> Run:
    values = {key: row[key] for key in row.keys() if key != "id"}  # noqa: SIM118  # a Row is no dict
    values["message"] = from_text(values["message"])
    folder = inside(project.folder, "runs", row["name"])
    values["status"] = RunState(values["status"])
    title, note = _text(folder / TITLE, LONGEST_TITLE), note_of(folder)
    return Run(**values, folder=folder, title=title, note=note)


def note_of(run_folder: Path) -> str:
    """What the artist wrote down about a run; empty where that cannot be read."""
    return _text(run_folder / NOTE, LONGEST_NOTE)


def _text(file: Path, most: int) -> str:
    try:
        return read_text(file, "replace", most=most).strip()
    except OSError:
        return ""
