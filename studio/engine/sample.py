"""The bundled sample: pictures drawn for this program, and a starter model trained on them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from studio.engine.dataset.index import store
from studio.engine.dataset.intake.importer import import_sources
from studio.engine.dataset.preparation.prepare import prepare
from studio.engine.door import read_text
from studio.engine.errors import StudioError
from studio.engine.files import atomic_folder, resources
from studio.engine.project import Project, now
from studio.engine.said import reason
from studio.engine.training.record.recipe import Recipe

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
            "The sample could not be copied to {folder}: {reason}.",
            repr(error),
            folder=folder,
            reason=reason(error),
        ) from error
    return folder


def _part(name: str) -> Path:
    place = resources() / "sample" / name
    if not place.is_dir():
        raise StudioError(
            "The sample is missing from this installation ({path}): reinstall it.", path=place
        )
    return place


def _install_model(project: Project) -> None:
    """The starter model as a finished run, so that the sliders move in the first minute."""
    model = resources() / "sample" / "model"
    if not (model / "state.json").is_file():
        return
    recipe = _recipe(project, model)
    with atomic_folder(project.runs / RUN) as temporary:
        shutil.copytree(model, temporary / "checkpoints" / "000001")
        recipe.save(temporary)
    seen = recipe.total_images
    project.write(
        "INSERT INTO run (name, dataset_id, family, created, status, images_seen, total_images) "
        "VALUES (?, ?, ?, ?, 'finished', ?, ?)",
        (RUN, recipe.dataset_id, recipe.family, recipe.created, seen, seen),
    )


def _recipe(project: Project, model: Path) -> Recipe:
    """How the model was trained, as its checkpoint says, on the pictures as they lie here."""
    said = json.loads(read_text(model / "state.json"))
    shape = said["image_spec"]
    dataset = store.dataset(project, DATASET)
    prepared = prepare(project, dataset.id, (shape["width"], shape["height"]))
    return Recipe(
        run=RUN, dataset=dataset.name, dataset_id=dataset.id, family=said["family"],
        channels=prepared.channels, height=shape["height"], width=shape["width"],
        config=said["config"], total_images=said["images_seen"],
        prepared=prepared.folder.relative_to(project.folder).as_posix(),
        fingerprint=prepared.fingerprint, created=now(),
    )  # fmt: skip
