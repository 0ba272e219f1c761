"""Carrying out what a detector asks for, and its figures for people."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from models.parameters import ParameterError
from studio.engine.said import Said
from studio.engine.training.health.reading import Change, Reading

if TYPE_CHECKING:
    from studio.engine.training.session.trainer import Trainer

DISGUISE = "augment_p"
_PERFECT = 1e-10
"""An error of 100 dB; below it a logarithm says nothing."""


def apply(changes: Iterable[Change], trainer: Trainer, reading: Reading) -> list[Said]:
    """Change the live parameters that this family has; what was done, in words."""
    done = []
    for change in changes:
        declared = trainer.config.params().get(change.key)
        if declared is None or not declared.live:
            continue
        set_to = float(trainer.config.as_dict()[change.key])
        value = set_to
        if change.key == DISGUISE and reading.disguise is not None:
            value = reading.disguise  # where it adapts itself, the parameter is only its start
        wanted = change.of(value)
        if declared.low is not None:
            wanted = max(declared.low, wanted)
        if declared.high is not None:
            wanted = min(declared.high, wanted)
        if math.isclose(wanted, value) or math.isclose(wanted, set_to):
            continue
        try:
            trainer.set_live(change.key, wanted)
        except ParameterError:
            continue
        done.append(
            Said(
                "{label} ({key}) is now {value:.4g}",
                label=Said(declared.label),
                key=change.key,
                value=wanted,
            )
        )
    return done


def figures(reading: Reading | None) -> dict[str, float]:
    """The figures of a reading that are worth a curve, by stable names.

    `unseen_psnr` in dB; `likeness` lower is better; `coverage` and `variety` about 1 at best.
    """
    if reading is None:
        return {}
    found: dict[str, float] = {}
    if reading.error is not None:
        found["unseen_psnr"] = -10 * math.log10(max(reading.error, _PERFECT))
    if reading.likeness is not None:
        likeness = reading.likeness
        found |= {
            "likeness": likeness.distance, "coverage": likeness.coverage,
            "variety": likeness.variety,
        }  # fmt: skip
    return {name: value for name, value in found.items() if math.isfinite(value)}
