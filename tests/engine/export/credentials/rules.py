"""What verifiers ask of a manifest: the asset rubrics 1.0 of C2PA's conformance program, as far as
a reader shows what they are about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

UNSEEN = (
    "c2pa.converted", "c2pa.edited.metadata", "c2pa.enhanced", "c2pa.placed", "c2pa.published",
    "c2pa.repackaged", "c2pa.resized.proportional", "c2pa.transcoded",
)  # fmt: skip
"""Actions that change nothing that is seen, and need no source type."""
FIRST = ("c2pa.created", "c2pa.opened")


def broken(manifest: dict[str, Any]) -> list[str]:
    """The rules that an active manifest breaks."""
    return [*_of_claim(manifest), *_of_actions(manifest)]


def _of_claim(manifest: dict[str, Any]) -> Iterator[str]:
    if not manifest["label"].startswith("urn:c2pa:"):
        yield "label"
    (program,) = manifest["claim_generator_info"]
    if not (program["name"] and program["version"] and program["specVersion"] == "2.4"):
        yield "claim generator info"
    labels = [each["label"] for each in manifest["assertions"]]
    if any(each.startswith("stds.") or "." not in each for each in labels):
        yield "labels of assertions"
    if [each for each in labels if each.startswith("c2pa.actions")] != ["c2pa.actions.v2"]:
        yield "one list of actions, of version 2"
    if "thumbnail" in json.dumps(manifest):
        yield "no thumbnail"


def _of_actions(manifest: dict[str, Any]) -> Iterator[str]:
    by_label = {each["label"]: each["data"] for each in manifest["assertions"]}
    said = by_label["c2pa.actions.v2"]
    if said["allActionsIncluded"] is not True:
        yield "allActionsIncluded"
    first, *rest = said["actions"]
    if first["action"] not in FIRST or any(each["action"] in FIRST for each in rest):
        yield "created or opened comes first, once"
    for each in said["actions"]:
        name, kind = each["action"], each.get("digitalSourceType")
        if name == "c2pa.opened":
            if kind:
                yield "no source type where a file was opened"
        elif not kind and name not in UNSEEN and not name.startswith("c2pa.watermarked"):
            yield f"source type of {name}"
        own = {*each.get("parameters", {})} - {"ingredients", "ingredientIds"}
        if any("." not in key for key in own):
            yield f"names of parameters of {name}"
    parents = [each for each in manifest.get("ingredients", ())
               if each["relationship"] == "parentOf"]  # fmt: skip
    if len(parents) != (first["action"] == "c2pa.opened"):
        yield "one parent where a file was opened, else none"
