"""A file that was exported comes back: the recipe that it carries, ready to be played on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from studio.engine.errors import StudioError
from studio.engine.export.file_origin import read_words
from studio.engine.export.formats.base import formats, reader_of
from studio.engine.export.handover import recipe_of
from studio.engine.export.origin_check import mark_in, traced
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.pieces import pieces
from studio.engine.project import Project
from studio.engine.refinement.own_files import are_kept
from studio.engine.refinement.places import entry_at, places, without
from studio.engine.refinement.stack import Stack

_WANTED = {"run", "checkpoint_sha256", "latent"}


@dataclass(frozen=True)
class Recalled:
    """What made a picture. `folder` is None when that checkpoint is no longer kept; no point of
    it is then left in `recipe`, for it says nothing of another model."""

    run: str
    recipe: LatentRecipe
    folder: Path | None
    stack: tuple[dict[str, Any], ...] = ()
    """The steps that it was refined by, as plain values."""
    left_out: int = 0
    """How many more there were, which need a picture or network that the project does not keep."""

    @property
    def steps(self) -> int:
        """How many there are, those of groups one by one."""
        return sum(len(each.get("steps", (each,))) for each in self.stack)


def recall(project: Project, path: Path) -> Recalled | None:
    """The recipe in the file at `path`, or None for any other file.

    Any other file is also one whose run is not in this project: to this project it is a
    picture like every other.
    """
    if reader_of(path) not in formats().values() or not path.is_file():
        return None
    try:
        words = read_words(path)
        said = words.get("recipe") or _pointed_at(project, path, str(words.get("identifier", "")))
        if not isinstance(said, Mapping) or not _WANTED.issubset(said):
            return None
        recipe = LatentRecipe.model_validate(said["latent"])
    except (StudioError, ValidationError):
        return None
    run = str(said["run"])
    known = project.query("SELECT 1 FROM run WHERE name = ?", (run,))
    if not known:
        return None
    folder = pieces.checkpoint_with(project, run, str(said["checkpoint_sha256"]))
    stack, left_out = _steps(said.get("stack"), project)
    steps = tuple(stack.model_dump(mode="json")["steps"])
    return Recalled(run, recipe if folder else recipe.unrecorded(), folder, steps, left_out)


def _steps(said: object, project: Project) -> tuple[Stack, int]:
    """Those that can be used here, and how many were left out, as a stranger may have written
    them: of what they name, only that is read which the project keeps itself."""
    whole = Stack.lenient(said if isinstance(said, list) else [])
    strange = [
        place for place in places(whole) if not are_kept(entry_at(whole, place), project.folder)
    ]
    kept = without(whole, strange)
    return kept, len(list(whole.each())) - len(list(kept.each()))


def _pointed_at(project: Project, path: Path, identifier: str) -> Mapping[str, object] | None:
    """The recipe of the piece that a file without one comes from: another program dropped its
    words, or painted it over."""
    found = traced(project, identifier, None)
    if found is None and any(each.identifier for each in pieces.pieces(project)):
        found = traced(project, identifier, mark_in(path))
    return recipe_of(found) if found else None
