"""Runs that were trained on another machine and come back: the folder of one, or a zip of it."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from studio.engine.dataset.decoding import archives
from studio.engine.dataset.index import store
from studio.engine.door import OutsideError, inside, opened, ordinary
from studio.engine.errors import ReadOnlyError, StudioError
from studio.engine.events import RunState
from studio.engine.files import atomic_folder, writing
from studio.engine.project import Project
from studio.engine.said import reason
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint, recipe
from studio.engine.training.record.checkpoint import Saved
from studio.engine.training.record.recipe import Recipe

_AT_ONCE = 4 << 20
"""Bytes that are copied between two looks at whether it is still wanted."""


@dataclass(frozen=True)
class Returned:
    """A run that came back."""

    run: str
    images_seen: int
    total_images: int
    knows_pictures: bool
    """Whether the dataset that it learnt from is in the project, so that it can go on here."""


@dataclass(frozen=True)
class _File:
    name: PurePosixPath
    """In the folder of the run."""
    size: int
    pieces: Callable[[], Iterator[bytes]]


def take_back(
    project: Project,
    source: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Returned:
    """Make a run of what another machine trained; it is checked as any checkpoint is.

    It keeps its name, unless a run here has it. Raises :class:`StudioError` with one sentence,
    and then nothing is changed.
    """
    if project.read_only_reason:
        raise ReadOnlyError(project.read_only_reason)
    files = _files(source)
    made = _fitted(project, _recipe(source, files))
    need, free = sum(each.size for each in files), shutil.disk_usage(project.folder).free
    if need > free:
        raise StudioError(
            "{source} needs {need} MB, and the disk of the project has {free} MB: free some space.",
            source=source, need=need >> 20, free=free >> 20,
        )  # fmt: skip
    folder = inside(project.runs, made.run)
    with atomic_folder(folder) as temporary:
        _copy(files, temporary, source, progress, cancelled)
        made.save(temporary)
        saved = checkpoint.load_latest(temporary)
        if saved is None:
            raise StudioError(
                "No checkpoint in {source} is whole: copy the run again, or train it a little "
                "longer there.",
                source=source,
            )
        _check_new(project, made, saved)
    return _entered(project, made, saved, folder)


def _files(source: Path) -> list[_File]:
    """Those of the one run in a folder or an archive."""
    with _reading(source):
        files = _in_folder(source) if source.is_dir() else _in_archive(source)
    tops = [each.name.parent for each in files if each.name.name == recipe.FILE]
    if len(tops) != 1:
        raise StudioError(
            "{source} is not one run: choose the folder in runs/ of the other project that has the "
            "run's name, or a zip of it.",
            source=source,
        )
    top = tops[0]
    own = [each for each in files if each.name.is_relative_to(top)]
    return [dataclasses.replace(each, name=each.name.relative_to(top)) for each in own]


def _in_folder(source: Path) -> list[_File]:
    found = []
    for place, folders, names in os.walk(source):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(name for name in names if not name.startswith(".")):
            path = Path(place, name)
            with opened(path) as stream:
                size = os.fstat(stream.fileno()).st_size
            inner = PurePosixPath(path.relative_to(source).as_posix())
            found.append(_File(inner, size, partial(_of_file, path)))
    return found


def _of_file(path: Path) -> Iterator[bytes]:
    with opened(path) as stream:
        while piece := stream.read(_AT_ONCE):
            yield piece


def _in_archive(source: Path) -> list[_File]:
    ordinary(source, links=True)
    found = []
    for each in archives.members(source):
        if isinstance(each, archives.Refused):
            raise archives.ArchiveError(each.reason)
        name = PurePosixPath(each.name)
        if any(part.startswith((".", "__MACOSX")) for part in name.parts):
            continue
        found.append(_File(name, each.size, partial(_of_member, source, each.name)))
    return found


def _of_member(source: Path, name: str) -> Iterator[bytes]:
    yield archives.read_member(source, name)


def _recipe(source: Path, files: list[_File]) -> Recipe:
    (file,) = (each for each in files if each.name == PurePosixPath(recipe.FILE))
    with _reading(source):
        written = b"".join(file.pieces())
    return Recipe.of(written, source / recipe.FILE)


def _fitted(project: Project, found: Recipe) -> Recipe:
    """The recipe under a name that is free here, with the number that its dataset has here."""
    name = found.run
    try:
        is_free = not inside(project.runs, name).exists()
    except OutsideError:
        is_free = False
    if not is_free or name in {each.name for each in runs.runs(project)}:
        name = runs.free_name(project, found.family, max(found.width, found.height))
    ids = [each.id for each in store.datasets(project) if each.name == found.dataset]
    changes: dict[str, object] = {"run": name} | ({"dataset_id": ids[0]} if ids else {})
    return found.model_copy(update=changes)


def _copy(
    files: list[_File], folder: Path, source: Path,
    progress: Callable[[int, int], None], cancelled: Callable[[], bool],
) -> None:  # fmt: skip
    done, total = 0, max(1, sum(each.size for each in files))
    for each in files:
        target = inside(folder, *each.name.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        pieces = each.pieces()
        with writing(target), target.open("xb") as out:
            while piece := _next(pieces, source):
                if cancelled():
                    raise StudioError("Taking {source} back was stopped; nothing was changed.",
                                      source=source)  # fmt: skip
                out.write(piece)
                done += len(piece)
                progress(min(done, total), total)


def _next(pieces: Iterator[bytes], source: Path) -> bytes:
    with _reading(source):
        return next(pieces, b"")


@contextlib.contextmanager
def _reading(source: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, archives.ArchiveError) as error:
        raise StudioError(
            "{source} cannot be read ({reason}): copy it again.",
            repr(error), source=source, reason=reason(error),
        ) from error  # fmt: skip


def _check_new(project: Project, made: Recipe, saved: Saved) -> None:
    """Whether the very same state of the run is here already."""
    for run in runs.runs(project):
        here = checkpoint.load_latest(run.folder, whole=False)
        if here is not None and here.sha256 == saved.sha256 and run.family == made.family:
            raise StudioError(
                "That run is here already, as {run}: nothing was changed.", run=run.name
            )


def _entered(project: Project, made: Recipe, saved: Saved, folder: Path) -> Returned:
    total = made.total_images or 0
    known = any(each.id == made.dataset_id for each in store.datasets(project))
    ended = saved.images_seen >= total if total else False
    try:
        project.write(
            "INSERT INTO run (name, dataset_id, family, created, status, images_seen, "
            "total_images) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                made.run, made.dataset_id if known else None, made.family, made.created,
                RunState.FINISHED if ended else RunState.STOPPED, saved.images_seen, total,
            ),
        )  # fmt: skip
    except StudioError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Returned(made.run, saved.images_seen, total, known)
