"""Which family suits these pictures, this machine and this patience; with the reason in words.

The thresholds follow what each family was published for: FastGAN for tens to hundreds of
pictures (arXiv:2101.04775), StyleGAN2-ADA for thousands of large ones (arXiv:2006.06676),
R3GAN for small pictures and large sets (arXiv:2501.05441), autoencoders where time or
pictures are too few for an adversarial pair. Rates are only good for this choice; a
pre-flight measures them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from studio.engine.devices import Device
from studio.engine.training.session.needs import first_picture

if TYPE_CHECKING:
    from models.base import Family

FEW = 50
"""Below, an adversarial pair only learns its pictures by heart."""
MANY = 1_000
VERY_MANY = 10_000
SMALL_SIDE = 128
PATIENCE = 2.5
"""A family is worth it when it first shows something within this part of the run: 40 %."""
CPU_RATES = {"autoencoder": 260, "fewshot_gan": 45, "gan": 160, "stylegan2": 130, "vae": 260}
"""Images a second of the processor's presets at 64 pixels on two cores; falls with the area."""
ACCELERATOR_COSTS = {
    "autoencoder": 0.08,
    "fewshot_gan": 0.1,
    "gan": 0.5,
    "stylegan2": 0.2,
    "vae": 0.08,
}
"""TFLOP an image of the accelerator's presets at 64 pixels; grows about with the root of the side,
because fine levels are narrow."""
ACCELERATOR_SPEED = 25.0
"""TFLOP/s that such networks reach on a data-centre GPU without special kernels."""


@dataclass(frozen=True)
class Recommendation:
    """A family, parameters that differ from its preset, and why: one sentence."""

    family: str
    overrides: dict[str, object] = field(default_factory=dict)
    reason: str = ""


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

    known = base.families()
    wanted, why = _by_pictures(pictures, max(size))
    budget = {name: _budget(name, size, device, minutes, images) for name in known}
    # Of the adversarial pairs the few-picture one shows something after the fewest pictures.
    rungs = dict.fromkeys((wanted, "gan", "fewshot_gan", "vae"))
    ladder = [name for name in rungs if name in known]
    if wanted == "autoencoder":
        ladder = []
    chosen = next((name for name in ladder if _is_worth_it(name, budget)), "autoencoder")
    short = known[ladder[0]].title.lower() if ladder and chosen != ladder[0] else ""
    overrides = _overrides(known[chosen], pictures, size, device, budget[chosen])
    return Recommendation(
        chosen, overrides, _reason(known[chosen].title, pictures, size, why, short, device)
    )


def _by_pictures(pictures: int, side: int) -> tuple[str, str]:
    if pictures < FEW:
        return "autoencoder", "too few for new ones: it redraws and mixes them"
    if pictures < MANY:
        return "fewshot_gan", "as few as it was made for"
    if side <= SMALL_SIDE or pictures > VERY_MANY:
        return "gan", "enough for the sharpest new ones"
    return "stylegan2", "enough for sharp new ones whose styles can be mixed"


def _budget(
    family: str,
    size: tuple[int, int],
    device: Device,
    minutes: float | None,
    images: int | None,
) -> float:
    """Images that a run of this length sees, about."""
    if images is not None or minutes is None:
        return float(images or 0)
    if device.is_accelerator:
        cost = ACCELERATOR_COSTS.get(family, max(ACCELERATOR_COSTS.values()))
        rate = ACCELERATOR_SPEED / (cost * math.sqrt(max(size) / 64))
    else:
        rate = CPU_RATES.get(family, min(CPU_RATES.values())) * 64 * 64 / (size[0] * size[1])
    return 60 * minutes * rate


def _is_worth_it(family: str, budget: dict[str, float]) -> bool:
    return budget.get(family, 0.0) >= PATIENCE * first_picture(family)


def _overrides(
    kind: type[Family], pictures: int, size: tuple[int, int], device: Device, budget: float
) -> dict[str, object]:
    """What the length of the run and the size of the set change in the preset."""
    from models.base import ImageSpec

    spec = ImageSpec(3, size[1], size[0])
    preset = kind.preset(spec, accelerator=device.is_accelerator, pictures=pictures).as_dict()
    found: dict[str, object] = {}
    # Averages and schedules that are longer than the run never show what it learnt.
    found |= _at_most(kind, preset, "ema_half_life", budget / 20_000)
    found |= _at_most(kind, preset, "ada_pictures", budget / 4_000)
    if pictures < 200 and kind.name != "stylegan2" and preset.get("augment_cutout") == 0.0:
        found["augment_cutout"] = 0.3
    return found


def _at_most(
    kind: type[Family], preset: dict[str, bool | int | float | str], name: str, most: float
) -> dict[str, object]:
    declared = kind.Config.params().get(name)
    if declared is None or float(preset[name]) <= most:
        return {}
    return {name: max(declared.low or 0.0, round(most, 3))}


def _reason(
    title: str, pictures: int, size: tuple[int, int], why: str, short: str, device: Device
) -> str:
    place = device.title if device.is_accelerator else "this processor"
    many = f"{pictures} picture{'' if pictures == 1 else 's'} of {size[0]}x{size[1]}"
    if short:
        return f"{title}: for {many} the {short} would need longer than this on {place}."
    return f"{title}: {many} are {why}."
