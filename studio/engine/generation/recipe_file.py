"""A recipe as somebody wrote it down: JSON or TOML, by itself or as files of pictures say it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from models.errors import SaidError
from studio.engine.door import read_text
from studio.engine.errors import StudioError
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.said import reason


def read_recipe(path: Path) -> LatentRecipe:
    """The recipe in a text file; :class:`StudioError` saying what is wrong with it."""
    try:
        text = read_text(path, links=True)
        said: object = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise StudioError(
            "Could not read the recipe {path}: {reason}.", path=path, reason=reason(error)
        ) from error
    return recipe_of(said, path)


def recipe_of(said: object, path: Path) -> LatentRecipe:
    """The recipe that values from the file at `path` say, also inside of what else made it."""
    while isinstance(said, Mapping) and (inner := said.get("recipe", said.get("latent"))):
        if not isinstance(inner, Mapping):
            break  # the packed point of an old recipe
        said = inner
    try:
        if not isinstance(said, Mapping):
            raise StudioError("a recipe has a beginning and moves")
        return LatentRecipe.model_validate(said)
    except (ValidationError, SaidError) as error:
        raise StudioError(
            "There is no recipe in {path} that can be played: {reason}.",
            repr(error), path=path, reason=_first(error),
        ) from error  # fmt: skip


def _first(error: ValidationError | SaidError) -> str:
    """What is wrong, in a line: the first of what a validation found."""
    if isinstance(error, SaidError):
        return error.said.rstrip(".")
    found = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in found["loc"])
    text = found["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{place}: {text}" if place else text
