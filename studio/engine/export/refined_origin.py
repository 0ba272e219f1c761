"""The origin of a picture that was only refined: what it said of itself before, and the steps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from studio.engine.errors import StudioError
from studio.engine.export.file_origin import read_further, read_words
from studio.engine.pieces.origin import Origin
from studio.engine.refinement.masks.picture import PictureMask

ENLARGER = "enlarger"
"""The parameter of a step that is a path."""


def origin_of(source: Path, steps: Sequence[dict[str, Any]]) -> Origin:
    """What the refined copy of `source` says.

    Steps change nothing about who or what made a picture: kind of source, title, creators,
    rights, marks against training and recipe go on as they were, and what said nothing still
    says nothing. Only a model's picture is called one. Files are named, but not where on this
    machine they lie.
    """
    steps = [_unplaced(step) for step in steps]
    try:
        said = read_words(source)
    except StudioError:  # damaged words beside sound pixels
        said = {}
    before = said.get("recipe", {})
    stack = before.get("stack", [])
    recipe = {
        **before,
        "refined_from": source.name,
        "stack": [*(stack if isinstance(stack, list) else []), *steps],
    }
    return Origin(
        str(said.get("title") or source.stem),
        tuple(said.get("creators", ())) or str(said.get("creator", "")),
        said.get("rights_by_language") or str(said.get("rights", "")),
        recipe,
        str(said.get("digital_source_type", "")),
        identifier=str(said.get("identifier", "")),
        further=read_further(source),
        parent=source,
        steps=tuple(steps),
    )


def _unplaced(entry: dict[str, Any]) -> dict[str, Any]:
    """A step, or a group with its steps, as plain values."""
    made = {**entry, **_named(entry, ENLARGER)}
    if "steps" in entry:
        made["steps"] = [_unplaced(step) for step in entry["steps"]]
    mask = entry.get("mask")
    if mask is not None and mask.get("kind") == PictureMask.name:
        made["mask"] = {**mask, **_named(mask, "picture")}
    return made


def _named(values: dict[str, Any], name: str) -> dict[str, Any]:
    params = values.get("params", {})
    return {"params": {**params, name: Path(params[name]).name}} if params.get(name) else {}
