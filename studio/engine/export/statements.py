"""What a file states beside who made it: the machine, its prompt, and what others may do.

IPTC Photo Metadata Standard 2025.1 (AI System Used, AI System Version Used, AI Prompt
Information), PLUS LDF (Data Mining), GB 45438-2025 appendix E (the implicit label of China).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape

from studio import __version__
from studio.engine.export.choices import MINING, Choices
from studio.engine.pieces.origin import Origin

_IPTC = ("Iptc4xmpExt", "http://iptc.org/std/Iptc4xmpExt/2008-02-29/")
_PLUS = ("plus", "http://ns.useplus.org/ldf/xmp/1.0/")
_TC260 = ("TC260", "http://www.tc260.org.cn/ns/AIGC/1.0/")
_PHOTOSHOP = ("photoshop", "http://ns.adobe.com/photoshop/1.0/")
_STUDIO = ("latentstudio", "https://latent.studio/ns/1.0/")
_TERMS = "http://ns.useplus.org/ldf/vocab/"
SYSTEM = "Latent Studio"
_ASKED = {"seed": "seed", "truncation_psi": "truncation psi", "label": "label"}


def stated(origin: Origin, choices: Choices, credit: str = "") -> Origin:
    """The origin with all statements that were chosen; one that it came with is not changed."""
    found: list[str] = []
    if origin.is_made:
        found += _machine(origin, choices)
        if origin.training_data:
            found.append(_element(_STUDIO, "TrainingData", origin.training_data))
        if choices.aigc:
            found.append(_element(_TC260, "AIGC", label(origin)))
    if MINING[choices.data_mining]:
        found.append(_element(_PLUS, "DataMining", _TERMS + MINING[choices.data_mining]))
    if credit:
        found.append(_element(_PHOTOSHOP, "Credit", credit))
    known = {_name(each) for each in origin.further}
    further = (*origin.further, *(each for each in found if _name(each) not in known))
    return replace(origin, further=further, recipe=origin.recipe if choices.recipe else {})


def label(origin: Origin) -> str:
    """The label of China: 1 for what AI made, by whom, and under which number."""
    creators = (origin.creator,) if isinstance(origin.creator, str) else origin.creator
    producer = "; ".join(each for each in creators if each) or SYSTEM
    said = {
        "Label": "1", "ContentProducer": producer, "ProduceID": origin.identifier,
        "ReservedCode1": "", "ContentPropagator": "", "PropagateID": "", "ReservedCode2": "",
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def prompt(recipe: Mapping[str, Any]) -> str:
    """What was asked of the model in words: seed, truncation, moves. Empty without a recipe."""
    latent = recipe.get("latent")
    if not isinstance(latent, Mapping):
        return ""
    beginning = latent.get("beginning")
    begun = beginning if isinstance(beginning, Mapping) else latent
    parts = [
        f"{name} {begun[key]}"
        for key, name in _ASKED.items()
        if isinstance(begun.get(key), int | float)
    ]
    sampling = begun.get("sampling")
    said = dict(sampling) if isinstance(sampling, Mapping) else {}
    words = said.pop("prompt", "")
    parts = [*([str(words)] if words else []), *parts, *(f"{n} {each}" for n, each in said.items())]
    moves = latent.get("moves", ())
    parts += [_move(each) for each in moves if isinstance(each, Mapping)]
    return ", ".join(parts) or "a point of the latent space"


def _move(move: Mapping[str, Any]) -> str:
    rest = [
        f"{key} {value:+.3g}" if isinstance(value, float) else f"{key} {value}"
        for key, value in move.items()
        if key != "kind" and isinstance(value, int | float)
    ]
    return " ".join([str(move.get("kind", "move")), *rest])


def _machine(origin: Origin, choices: Choices) -> list[str]:
    found = [_element(_IPTC, "AISystemUsed", SYSTEM)]
    version = f"{__version__}"
    sha256 = origin.recipe.get("checkpoint_sha256")
    if choices.recipe and isinstance(sha256, str) and sha256:
        version += f", model {sha256[:16]}"
    found.append(_element(_IPTC, "AISystemVersionUsed", version))
    asked = prompt(origin.recipe) if choices.recipe else ""
    if asked:
        found.append(_element(_IPTC, "AIPromptInformation", asked))
    return found


def _element(space: tuple[str, str], tag: str, text: str) -> str:
    prefix, place = space
    return f'<{prefix}:{tag} xmlns:{prefix}="{place}">{escape(_sound(text))}</{prefix}:{tag}>'


def _sound(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(each if each.isprintable() else " " for each in text)


def _name(element: str) -> str:
    return element.split(">", 1)[0].split(" ", 1)[0].lstrip("<").rpartition(":")[2]
