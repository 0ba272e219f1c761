"""What there is to say about one picture: findings, each a plain sentence with its numbers.

A check is one function from the measured facts to its numbers or None. The sentence of
a kind is a template, so that the window can say it in another language.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TINY_SIDE = 32
FLAT_DEVIATION = 2.0
BLURRED_SHARPNESS = 12.0
# Below this there are too few pixels to tell soft from sharp.
SHARPNESS_SIDE = 64

SENTENCES: dict[str, str] = {
    "broken": "{reason}",
    "missing": "The file is no longer where it was imported from.",
    "duplicate": "The same file, byte for byte, as {name}.",
    "animated": "It has {frames} frames; only the first is used.",
    "tiny": "Its shorter side is {side} pixels, fewer than {limit}.",
    "odd_mode": "It is stored as {stored} and was converted to 8-bit sRGB.",
    "flat": "It is nearly a single colour.",
    "blurred": "It looks blurred (sharpness {sharpness}, below {limit}).",
}

_ODD_MODES = {
    "CMYK": "CMYK", "LAB": "CIE Lab", "YCbCr": "YCbCr", "HSV": "HSV", "I": "32-bit integers",
    "F": "floating point", "I;16": "16-bit grey", "I;16B": "16-bit grey", "I;16L": "16-bit grey",
    "I;16N": "16-bit grey",
}  # fmt: skip


def sentence(kind: str, data: dict[str, Any]) -> str:
    """The sentence of a finding in English."""
    return SENTENCES[kind].format(**data)


def check(result: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """(kind, data) of everything that a probed picture shows by itself."""
    found = []
    for kind, function in _CHECKS.items():
        data = function(result)
        if data is not None:
            found.append((kind, data))
    return found


def _animated(result: dict[str, Any]) -> dict[str, Any] | None:
    frames = result["facts"].get("frames", 1)
    return {"frames": frames} if frames > 1 else None


def _tiny(result: dict[str, Any]) -> dict[str, Any] | None:
    side = min(result["width"], result["height"])
    return {"side": side, "limit": TINY_SIDE} if side < TINY_SIDE else None


def _odd_mode(result: dict[str, Any]) -> dict[str, Any] | None:
    stored = _ODD_MODES.get(result["mode"])
    if stored is None and result["facts"].get("bits", 8) > 8:
        stored = f"{result['facts']['bits']} bits a channel"
    return {"stored": stored, "mode": result["mode"]} if stored else None


def _flat(result: dict[str, Any]) -> dict[str, Any] | None:
    deviation = result["facts"]["deviation"]
    return {"deviation": deviation} if deviation < FLAT_DEVIATION else None


def _blurred(result: dict[str, Any]) -> dict[str, Any] | None:
    facts = result["facts"]
    if min(result["width"], result["height"]) < SHARPNESS_SIDE or _flat(result):
        return None
    if facts["sharpness"] >= BLURRED_SHARPNESS:
        return None
    return {"sharpness": facts["sharpness"], "limit": BLURRED_SHARPNESS}


_CHECKS: dict[str, Callable[[dict[str, Any]], dict[str, Any] | None]] = {
    "animated": _animated,
    "tiny": _tiny,
    "odd_mode": _odd_mode,
    "flat": _flat,
    "blurred": _blurred,
}
