"""The bundled sample: pictures drawn for this program, and a starter model trained on them."""

from __future__ import annotations

import shutil
from pathlib import Path

from studio.engine.dataset.importing import import_sources
from studio.engine.errors import StudioError
from studio.engine.files import atomic_folder, resources
from studio.engine.project import Project, now

DATASET = "Sample"
RUN = "starter-vae-64"


def make_sample_project(folder: Path) -> Path:
    """A new project in `folder` (which must not hold one) with the sample and its model.

    Returns the folder. Raises :class:`StudioError`; then nothing is left behind.
    """
    if (folder / "project.sqlite").exists():
        return folder
    there = folder.exists()
    try:
        with Project.open(folder, create=True) as project:
            pictures = folder / "pictures"
            shutil.copytree(_part("pictures"), pictures, dirs_exist_ok=True)
            for _ in import_sources(project, [pictures], DATASET):
                pass
            _install_model(project)
    except (OSError, StudioError) as error:
        if not there:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, StudioError):
            raise
        raise StudioError(
            f"The sample could not be copied to {folder}: {error.strerror}.", repr(error)
        ) from error
    return folder


def _part(name: str) -> Path:
    place = resources() / "sample" / name
    if not place.is_dir():
        raise StudioError(f"The sample is missing from this installation ({place}): reinstall it.")
    return place


def _install_model(project: Project) -> None:
    """The starter model as a finished run, so that the sliders move in the first minute."""
    model = resources() / "sample" / "model"
    if not (model / "state.json").is_file():
        return
    with atomic_folder(project.runs / RUN) as temporary:
        shutil.copytree(model, temporary / "checkpoints" / "000001")
    dataset_id = project.query("SELECT id FROM dataset WHERE name = ?", (DATASET,))[0]["id"]
    project.write(
        "INSERT INTO run (name, dataset_id, family, created, status, images_seen, total_images) "
        "VALUES (?, ?, 'vae', ?, 'finished', ?, ?)",
        (RUN, dataset_id, now(), *_images_seen(model)),
    )


def _images_seen(model: Path) -> tuple[int, int]:
    from studio.engine.training.checkpoint import verify

    seen = verify(model).images_seen
    return seen, seen
