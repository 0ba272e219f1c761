"""What detectors look at, and what they may ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from studio.engine.events import HealthKind
from studio.engine.said import NOTHING, Said
from studio.engine.training.health.small_set import Likeness

Memory = dict[str, Any]
"""What one detector remembers between readings: JSON, kept in the checkpoint."""


@dataclass(frozen=True)
class CriticView:
    """The critic's mean opinion of pictures it learns from, of unseen and of generated ones.

    `doubt` is the standard error of `train - unseen`.
    """

    train: float
    unseen: float
    made: float
    doubt: float


@dataclass(frozen=True)
class Reading:
    """One look at the model, at a checkpoint. None is what the family or the set does not have."""

    images_seen: int = 0
    set_size: int = 1
    config: Mapping[str, bool | int | float | str] = field(default_factory=dict)
    error: float | None = None
    """Squared error of redrawn unseen pictures, in [0, 1]: that of the mean of their PSNRs."""
    likeness: Likeness | None = None
    critic: CriticView | None = None
    active: float | None = None
    """Part of the latent numbers that vary between pictures."""
    disguise: float | None = None
    """How often pictures are augmented, where much of it is known to show."""

    judged_by_samples: bool = False
    """As the family's fact."""

    @property
    def score(self) -> float | None:
        """Lower is better: the error where there is one and new pictures do not go before it."""
        if self.error is not None and not self.judged_by_samples:
            return self.error
        return self.likeness.score if self.likeness is not None else None


@dataclass(frozen=True)
class Change:
    """A live parameter to `times` its value `plus` something, between `low` and `high`.

    A family without it ignores it.
    """

    key: str
    times: float = 1.0
    plus: float = 0.0
    low: float = float("-inf")
    high: float = float("inf")

    def of(self, value: float) -> float:
        """The changed value. One that lies beyond a bound already is not moved further."""
        wanted = value * self.times + self.plus
        if wanted > value:
            wanted = max(value, min(wanted, self.high))
        elif wanted < value:
            wanted = min(value, max(wanted, self.low))
        return max(wanted, self.low)


@dataclass(frozen=True)
class Finding:
    """Something is wrong, or worth knowing: one plain sentence, and what would help."""

    kind: HealthKind
    sentence: Said
    changes: tuple[Change, ...] = ()
    roll_back: bool = False
    goes_on: bool = False
    """The next move of a remedy that was begun."""
    advice: Said = NOTHING
    """Said instead of an action where nothing may be changed."""


def in_a_row(memory: Memory, bad: bool, wanted: int) -> bool:
    """Whether `bad` was true `wanted` times running; then the count begins again."""
    memory["bad"] = memory.get("bad", 0) + 1 if bad else 0
    if memory["bad"] < wanted:
        return False
    memory["bad"] = 0
    return True
