"""Which family suits these pictures, this machine and this patience; with the reason in words.

What each family is good for, and what it needs, are its own :class:`models.facts.Facts`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from studio.engine.devices import Device
from studio.engine.said import NOTHING, Said

if TYPE_CHECKING:
    from models.base import Family
    from models.facts import Facts
    from models.parameters import Value

SMALL_SET = 200
"""Pictures; below, a family's `small_set` holds."""
PATIENCE = 2.5
"""A family is worth it when it first shows something within this part of the run: 40 %."""
ACCELERATOR_SPEED = 25.0
"""TFLOP/s that such networks reach on a data-centre GPU without special kernels."""


@dataclass(frozen=True)
class Recommendation:
    """A family, parameters that differ from its preset, and why: one sentence."""

    family: str
    overrides: dict[str, Value] = field(default_factory=dict)
    reason: Said = NOTHING


def recommend(
    pictures: int,
    size: tuple[int, int],
    device: Device,
    *,
    minutes: float | None = None,
    images: int | None = None,
) -> Recommendation:
    """The family for so many pictures of `size` (width, height); the length as for a run."""
    from models import base

    known = list(base.families().values())
    rungs = [kind for kind in known if kind.facts.rung is not None]
    rungs.sort(key=lambda kind: kind.facts.rung or 0)
    suiting = (kind for kind in rungs + known if kind.facts.suits(pictures, max(size)))
    wanted = next(suiting, rungs[-1])

    def budget(kind: type[Family]) -> float:
        return _budget(kind.facts, size, device, minutes, images)

    chosen = next(
        kind
        for kind in (wanted, *rungs)
        if kind is rungs[-1] or budget(kind) >= PATIENCE * kind.facts.first_picture
    )
    short = "" if chosen is wanted else wanted.title
    reason = _reason(chosen.title, pictures, size, Said(wanted.facts.why), short, device)
    overrides = _overrides(chosen, pictures, size, device, budget(chosen))
    return Recommendation(chosen.name, overrides, reason)


def _budget(
    facts: Facts,
    size: tuple[int, int],
    device: Device,
    minutes: float | None,
    images: int | None,
) -> float:
    """Images that a run of this length sees, about."""
    if images is not None or minutes is None:
        return float(images or 0)
    if device.is_accelerator:
        rate = ACCELERATOR_SPEED / (facts.accelerator_cost * math.sqrt(max(size) / 64))
    else:
        rate = facts.processor_rate * 64 * 64 / (size[0] * size[1])
    return 60 * minutes * rate


def _overrides(
    kind: type[Family], pictures: int, size: tuple[int, int], device: Device, budget: float
) -> dict[str, Value]:
    """What the length of the run and the size of the set change in the preset."""
    from models.image_spec import ImageSpec

    spec = ImageSpec(3, size[1], size[0])
    preset = kind.preset(spec, accelerator=device.is_accelerator, pictures=pictures).as_dict()
    declared = kind.Config.params()
    found: dict[str, Value] = {}
    for name, part in kind.facts.longest.items():
        if name in declared and float(preset[name]) > budget / part:
            found[name] = max(declared[name].low or 0.0, round(budget / part, 3))
    if pictures < SMALL_SET:
        found |= {n: value for n, value in kind.facts.small_set.items() if preset[n] == 0.0}
    return found


def _reason(
    title: str, pictures: int, size: tuple[int, int], why: Said, short: str, device: Device
) -> Said:
    width, height = size
    many = Said("{n} pictures of {width} × {height}", n=pictures, width=width, height=height)
    if pictures == 1:
        many = Said("{n} picture of {width} × {height}", n=1, width=width, height=height)
    if not short:
        return Said("{title}: {many} are {reason}.", title=Said(title), many=many, reason=why)
    return Said(
        "{title}: for {many} the {what} would need longer than this on {where}.",
        title=Said(title),
        many=many,
        what=Said(short),
        where=device.title if device.is_accelerator else Said("this processor"),
    )
