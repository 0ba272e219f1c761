"""What is signed: the program, how the picture came to be, each step, what others may do.

C2PA 2.4: claim generator info 10.2.1.2, actions 18.15 (a picture from a seed is created, one that
was brought in is opened, with its parent), and CAWG 1.1, the assertion on training and mining.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from studio import __version__
from studio.engine.export.choices import Choices
from studio.engine.pieces.origin import Origin
from studio.engine.refinement.base import operations

PARENT = "parent"
"""Names the ingredient that a picture was worked out of."""
_SPEC = "2.4"
_KIND = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_HUMAN = _KIND + "humanEdits"
_ENHANCED = _KIND + "algorithmicallyEnhanced"
_ACTIONS = {
    "crop": ("c2pa.cropped", _HUMAN),
    "resize": ("c2pa.resized", _ENHANCED),
    "upscale": ("c2pa.resized", _ENHANCED),
    "enlarge": ("c2pa.resized", _ENHANCED),
}
_GROUPS = {
    "Light": ("c2pa.adjustedColor", _HUMAN),
    "Colour": ("c2pa.adjustedColor", _HUMAN),
    "Detail": ("c2pa.filtered", _ENHANCED),
}
"""C2PA's word for what a refine operation does, by its name or its group; any other is an edit."""
_OTHER = ("c2pa.edited", _HUMAN)
_STEP = "studio.latent.step"
_USES = ("cawg.ai_generative_training", "cawg.ai_training", "cawg.data_mining")
_FORBIDDEN = {
    "no_generative": _USES[:1],
    "no_training": _USES[:2],
    "forbidden": _USES,
}


def manifest(
    origin: Origin, choices: Choices, *, has_parent: bool, is_marked: bool
) -> dict[str, Any]:
    """The definition that the library builds a manifest of."""
    actions = [_first(origin, has_parent=has_parent)]
    actions += [_step(each) for each in _done(origin.steps)]
    if is_marked:
        actions.append({"action": "c2pa.watermarked.unbound"})
    assertions = [
        {
            "label": "c2pa.actions.v2", "created": True,
            "data": {"allActionsIncluded": True, "actions": actions},
        }
    ]  # fmt: skip
    if choices.data_mining in _FORBIDDEN or choices.data_mining == "allowed":
        assertions.append(_mining(choices.data_mining))
    return {
        "claim_generator_info": [
            {"name": "Latent Studio", "version": __version__, "specVersion": _SPEC}
        ],
        "title": origin.title,
        "assertions": assertions,
    }


def _first(origin: Origin, *, has_parent: bool) -> dict[str, Any]:
    if has_parent:
        return {"action": "c2pa.opened", "parameters": {"ingredientIds": [PARENT]}}
    # Of a picture whose file is gone nobody knows more than that it was edited here.
    return {"action": "c2pa.created", "digitalSourceType": origin.source_type or _HUMAN}


def _done(steps: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Those that are not left out, of groups too."""
    for each in steps:
        if each.get("enabled", True):
            yield from _done(each["steps"]) if "steps" in each else (each,)


def _step(step: Mapping[str, Any]) -> dict[str, Any]:
    name = str(step.get("op", ""))
    known = operations().get(name)
    action, kind = _ACTIONS.get(name) or _GROUPS.get(known.group if known else "", _OTHER)
    return {"action": action, "digitalSourceType": kind, "parameters": {_STEP: name}}


def _mining(choice: str) -> dict[str, Any]:
    forbidden = _FORBIDDEN.get(choice, ())
    entries = {
        use: {"use": "notAllowed" if use in forbidden else "allowed"}
        for use in _USES
        if use in forbidden or choice == "allowed"
    }
    return {"label": "cawg.training-mining", "created": True, "data": {"entries": entries}}
