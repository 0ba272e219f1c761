"""What there is to say about one picture: findings, each a plain sentence with its numbers.

A check is one function from the measured facts to a number (or None where it does not
apply) and the limit beyond which that number is worth a finding. The sentence of a kind is
a template, so that the window can say it in another language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from studio.engine.dataset.decoding import lettering

# Below this there are too few pixels to tell soft from sharp.
SHARPNESS_SIDE = 64

SENTENCES: dict[str, str] = {
    "broken": "{reason}",
    "missing": "The file is no longer where it was imported from.",
    "duplicate": "The same file, byte for byte, as {name}.",
    "hidden_copy": ("Parts of it are hidden as in {name}, which is the same file, byte for byte."),
    "near_duplicate": (
        "It is {alike} % like {name}, the largest and sharpest of {count} (limit {limit} %)."
    ),
    "no_training": "Its author has marked it as not to be used for training ({mark}).",
    "animated": "It has {frames} frames; only the first is used.",
    "tiny": "Its shorter side is {side} pixels, fewer than {limit}.",
    "aspect": "Its longer side is {aspect} times its shorter one (limit {limit}).",
    "odd_mode": "It is stored as {stored} and was converted to 8-bit sRGB.",
    "flat": "It is nearly a single colour (its tones deviate by {deviation}, below {limit}).",
    "dark": "It is under-exposed: 95 % of it is no brighter than {dark} of 255 (limit {limit}).",
    "bright": "It is over-exposed: 95 % of it is at least {bright} of 255 (limit {limit}).",
    "borders": "Plain bars at its edges take {bars} % of it (limit {limit} %).",
    "text_heavy": "Lettering takes {lettering} % of it (limit {limit} %).",
    "blurred": "It looks blurred (sharpness {sharpness}, below {limit}).",
    "outlier": (
        "It is unlike the rest: {apart} robust deviations further from its neighbours than is "
        "usual in this set (limit {limit})."
    ),
}


Measure = Callable[[Mapping[str, Any]], float | None]


@dataclass(frozen=True)
class Check:
    """A number with a limit. `name` is the number's place in the sentence."""

    name: str
    measure: Measure
    below: bool
    """Whether numbers below the limit are the finding; otherwise those above it."""
    default: float
    low: float
    high: float
    unit: str


def sentence(kind: str, data: dict[str, Any]) -> str:
    """The sentence of a finding in English."""
    return SENTENCES[kind].format(**data)


def check(
    result: Mapping[str, Any], limits: Mapping[str, float] | None = None
) -> list[tuple[str, dict[str, Any]]]:
    """(kind, data) of everything that a measured picture shows by itself.

    `result` has width, height, mode and facts; `limits` are by kind, defaults where absent.
    """
    limits = limits or {}
    found = []
    for kind, function in _PLAIN.items():
        data = function(result)
        if data is not None:
            found.append((kind, data))
    for kind in CHECKS:
        data = judge(kind, result, limits.get(kind, CHECKS[kind].default), limits)
        if data is not None:
            found.append((kind, data))
    return found


def judge(
    kind: str, result: Mapping[str, Any], limit: float, limits: Mapping[str, float]
) -> dict[str, Any] | None:
    """The data of a finding of `kind` at `limit`, or None."""
    rule = CHECKS[kind]
    value = judged(kind, result, limits)
    if value is None or not (value < limit if rule.below else value > limit):
        return None
    return {rule.name: _neat(value), "limit": _neat(limit)}


def judged(kind: str, result: Mapping[str, Any], limits: Mapping[str, float]) -> float | None:
    """The number that the threshold of `kind` decides on; None where it does not apply."""
    value = CHECKS[kind].measure(result)
    # A blank picture is blank, not also blurred and under-exposed.
    if value is None or (kind in _NOT_WHEN_FLAT and _is_flat(result, limits)):
        return None
    return value


def _neat(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 2)


def _is_flat(result: Mapping[str, Any], limits: Mapping[str, float]) -> bool:
    return bool(result["facts"]["deviation"] < limits.get("flat", CHECKS["flat"].default))


# ---------------------------------------------------------------- without a limit

_ODD_MODES = {
    "CMYK": "CMYK", "LAB": "CIE Lab", "YCbCr": "YCbCr", "HSV": "HSV", "I": "32-bit integers",
    "F": "floating point", "I;16": "16-bit grey", "I;16B": "16-bit grey", "I;16L": "16-bit grey",
    "I;16N": "16-bit grey",
}  # fmt: skip


def _animated(result: Mapping[str, Any]) -> dict[str, Any] | None:
    frames = result["facts"].get("frames", 1)
    return {"frames": frames} if frames > 1 else None


def _odd_mode(result: Mapping[str, Any]) -> dict[str, Any] | None:
    stored = _ODD_MODES.get(result["mode"])
    if stored is None and result["facts"].get("bits", 8) > 8:
        stored = f"{result['facts']['bits']} bits a channel"
    return {"stored": stored, "mode": result["mode"]} if stored else None


def _no_training(result: Mapping[str, Any]) -> dict[str, Any] | None:
    mark = result["facts"].get("no_training")
    return {"mark": mark} if mark else None


_PLAIN: dict[str, Callable[[Mapping[str, Any]], dict[str, Any] | None]] = {
    "no_training": _no_training,
    "animated": _animated,
    "odd_mode": _odd_mode,
}


# ---------------------------------------------------------------- with a limit


def _side(result: Mapping[str, Any]) -> float | None:
    return float(min(result["width"], result["height"]))


def _aspect(result: Mapping[str, Any]) -> float | None:
    short, long = sorted((int(result["width"]), int(result["height"])))
    return long / short if short else None


def _sharpness(result: Mapping[str, Any]) -> float | None:
    if min(result["width"], result["height"]) < SHARPNESS_SIDE:
        return None
    return _fact("sharpness")(result)


def _bars(result: Mapping[str, Any]) -> float | None:
    """Percent of the area, 0 where there are none; None where it was never looked for."""
    if "dark" not in result["facts"]:
        return None
    left, top, right, bottom = result["facts"].get("bars", (0.0, 0.0, 0.0, 0.0))
    return 100.0 * float(1 - (1 - left - right) * (1 - top - bottom))


def _lettering(result: Mapping[str, Any]) -> float | None:
    if min(result["width"], result["height"]) < lettering.SMALLEST_SIDE:
        return None
    return _fact("lettering")(result)


def _fact(name: str) -> Measure:
    """A number measured when the picture was decoded; absent from older projects."""

    def read(result: Mapping[str, Any]) -> float | None:
        value = result["facts"].get(name)
        return None if value is None else float(value)

    return read


CHECKS: dict[str, Check] = {
    "tiny": Check("side", _side, True, 32, 1, 16384, "pixels"),
    "aspect": Check("aspect", _aspect, False, 3.0, 1.0, 100.0, "times"),
    "flat": Check("deviation", _fact("deviation"), True, 2.0, 0.0, 128.0, "levels"),
    "dark": Check("dark", _fact("dark"), True, 48, 0, 255, "levels"),
    "bright": Check("bright", _fact("bright"), False, 208, 0, 255, "levels"),
    "borders": Check("bars", _bars, False, 3.0, 0.0, 100.0, "percent"),
    "text_heavy": Check("lettering", _lettering, False, 10.0, 0.0, 100.0, "percent"),
    "blurred": Check("sharpness", _sharpness, True, 12.0, 0.0, 10_000.0, "variance"),
    # Measured of the whole set when asked for (see `outliers.py`), so absent at first.
    "outlier": Check("apart", _fact("outlier"), False, 3.5, 0.0, 100.0, "deviations"),
}
_NOT_WHEN_FLAT = ("dark", "bright", "borders", "blurred")
