"""From a controller to a control: fields that say how, never a text that is carried out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from models.parameters import Declared, Param, param
from studio.engine.generation.beginnings import Part
from studio.engine.generation.film.easing import EASINGS, LINEAR, TITLES
from studio.engine.live.controls import Control

LONGEST = 10.0
"""Seconds that a value may take to its place."""
SEVEN_BITS = 0.08
"""Seconds over which the 128 steps of a MIDI controller flow into each other."""
_NEAR = 1e-4
"""Of a way: so near a value is at its place."""

Value = Annotated[float, Field(allow_inf_nan=False)]
Source = Annotated[str, Field(min_length=1, max_length=200)]


class Rule(Part):
    """`source` plays `target`, an address of :mod:`controls`, from `low` to `high`.

    A source is an OSC address, one value of it as `/xy:2`, or a MIDI controller as
    :mod:`midi` calls it. Without ends it goes the whole way of its control.
    """

    source: Source
    target: Source
    low: Value | None = None
    high: Value | None = None
    curve: str = LINEAR
    smooth: Annotated[float, Field(ge=0.0, le=LONGEST)] = 0.0
    invert: bool = False

    @field_validator("curve")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in EASINGS:
            raise ValueError(f"there is no curve {name}. Known: {', '.join(EASINGS)}")
        return name

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("the smallest value lies above the largest: swap them and invert")
        return self

    def value(self, control: Control, fraction: float) -> float:
        """What a fraction of the controller's way, 0 to 1, is for its control."""
        share = EASINGS[self.curve](min(1.0, max(0.0, fraction)))
        low = control.low if self.low is None else self.low
        high = control.high if self.high is None else self.high
        return control.clipped(low + (high - low) * (1.0 - share if self.invert else share))

    def fraction(self, control: Control, value: float) -> float:
        """Where the controller would stand for a value: what is sent back to it."""
        low, high = self.value(control, 0.0), self.value(control, 1.0)
        if low == high:
            return 0.0
        share = min(1.0, max(0.0, (value - low) / (high - low)))
        return _undone(EASINGS[self.curve], share)


def _undone(curve: Callable[[float], float], wanted: float) -> float:
    """Where a curve that never falls reaches `wanted`, by halving."""
    low, high = 0.0, 1.0
    if curve(low) >= wanted:
        return low
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (middle, high) if curve(middle) < wanted else (low, middle)
    return high


@dataclass(frozen=True)
class Fields(Declared):
    """The fields of a rule as forms and the command line show them."""

    low: float = param(0.0, label="Low end", help="The value at the controller's lowest place.",
                       term="min")  # fmt: skip
    high: float = param(1.0, label="High end", help="The value at the controller's highest place.",
                        term="max")  # fmt: skip
    curve: str = param(LINEAR, label="Curve", choices=tuple(EASINGS), names=TITLES,
                       help="How the value goes from one end to the other.")  # fmt: skip
    smooth: float = param(
        0.0, label="Smooth", low=0.0, high=LONGEST, step=0.05, unit="s", term="smoothing",
        help="How long the value takes to its place; hides the steps of a controller.",
    )  # fmt: skip
    invert: bool = param(False, label="Invert", help="The highest place gives the smallest value.")


def fields_of(control: Control) -> Mapping[str, Param]:
    """The same with the ends of a control."""
    step = 1.0 if control.whole else 0.01
    found = Fields.params()
    for name, default in (("low", control.low), ("high", control.high)):
        found[name] = replace(
            found[name], default=default, low=control.low, high=control.high, step=step
        )
    return found


class Glide:
    """A number on its way to where it was sent; it nears it evenly, whatever the frame rate."""

    def __init__(self, value: float, span: float) -> None:
        """`span` is the length of its whole way, which says what near is."""
        self.value = self.target = value
        self._near = span * _NEAR
        self._time = 0.0
        self._seconds = 0.0

    def send(self, target: float, seconds: float, now: float) -> None:
        """Towards `target`, there but for 5 % after `seconds`."""
        if self.value == self.target:
            self._time = now
        self.target, self._seconds = target, seconds
        if seconds <= 0:
            self.value = target

    def at(self, now: float) -> float:
        """Where it is; at its place it is there exactly."""
        passed, self._time = max(0.0, now - self._time), now
        if self._seconds > 0 and self.value != self.target:
            rest = (self.value - self.target) * math.exp(-3.0 * passed / self._seconds)
            self.value = self.target + (rest if abs(rest) > self._near else 0.0)
        return self.value

    @property
    def is_moving(self) -> bool:
        return self.value != self.target
