"""What a measure is, the list of those there are, and what it is given.

Adding one is adding one file to this folder: a :class:`Measure` that is registered. All its words
stand here in English; the window says them in other languages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np

from models.registry import Registry
from studio.engine.errors import UsageError
from studio.engine.evaluation.measures.numbers import Numbers

PARTS = {"detail": "Detail", "diversity": "Diversity", "realism": "Realism"}
"""What an artist asks of a model, in the order of the window, with titles."""
DRAWS = 200
"""Times that pictures are drawn anew for an interval."""


@dataclass(frozen=True, eq=False)
class Sides:
    """`other` pictures against `real` ones that the model was trained on."""

    real: Numbers
    other: Numbers
    rebuilt: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Of pictures redrawn by an encoder, figures of each by the name of a measure."""

    @property
    def count(self) -> int:
        """Pictures on the smaller side."""
        return min(len(self.real), len(self.other))

    @cached_property
    def between(self) -> np.ndarray:
        """Euclidean distances [real, other] of features."""
        return distances(self.real.features, self.other.features)

    @cached_property
    def among_real(self) -> np.ndarray:
        return distances(self.real.features, self.real.features)

    @cached_property
    def among_other(self) -> np.ndarray:
        return distances(self.other.features, self.other.features)


@dataclass(frozen=True)
class Measured:
    """A figure, and what it would be with other pictures of the same kind."""

    value: float
    draw: Callable[[], np.ndarray]
    """float64 [b]: the figure of pictures drawn anew from these, with replacement (Efron 1979)."""

    def interval(self) -> tuple[float, float]:
        """95 % of the draws, moved to lie around the value: a distance of sets that are drawn
        anew is always a little larger than that of the sets themselves."""
        draws = self.draw()
        low, high = np.percentile(draws, [2.5, 97.5]) - draws.mean()
        return self.value + float(min(low, 0.0)), self.value + float(max(high, 0.0))


@dataclass(frozen=True)
class Measure:
    """One figure of a model."""

    name: str
    part: str
    """One of :data:`PARTS`."""
    order: int
    """Its place in the part; the first one speaks for it."""
    title: str
    """For an artist."""
    term: str
    """The field's word, which stays as it is."""
    help: str
    """What it says, and which way is better."""
    better: str
    """`higher` or `lower`."""
    fewest: int
    """Pictures on each side that it needs to mean anything."""
    measure: Callable[[Sides], Measured]
    unit: str = ""
    """`%` for shares of 1, `dB`, or nothing."""
    by_encoder: bool = False
    """Whether it is of redrawn pictures, and so needs an encoder."""
    smallest: int = 0
    """Pixels of the shorter side below which it cannot be measured."""
    least: float = -np.inf
    most: float = np.inf
    """Between which it lies."""

    def written(self, value: float) -> str:
        """A figure for people, in its unit."""
        if self.unit == "%":
            return f"{100 * value:.0f} %"
        if self.unit:
            return f"{value:.1f} {self.unit}"
        places = 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
        return f"{value:.{places}f}"


_REGISTRY = Registry[Measure](
    "studio.engine.evaluation.measures",
    lambda name, known: UsageError(
        "There is no measure {name}. Known: {known}.", name=name, known=known
    ),
)
register, measure = _REGISTRY.register, _REGISTRY.one


@cache
def measures() -> dict[str, Measure]:
    """All by name, in the order in which they are shown."""
    places = list(PARTS)
    found = _REGISTRY.all().values()
    return {
        each.name: each
        for each in sorted(found, key=lambda one: (places.index(one.part), one.order))
    }


def distances(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Euclidean, [n, m] of rows [n, d] and [m, d]; exactly 0 of a row with itself."""
    square = (one**2).sum(1)[:, None] + (other**2).sum(1)[None] - 2.0 * one @ other.T
    if one is other:
        np.fill_diagonal(square, 0.0)
    found: np.ndarray = np.sqrt(np.maximum(square, 0.0, out=square), out=square)
    return found


def shares(count: int, draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    """How often each of `count` pictures is drawn, float64 [draws, count]; rows sum to `count`."""
    chance = np.random.default_rng(seed)
    return chance.multinomial(count, np.full(count, 1 / count), draws).astype(np.float64)


def mean_of(values: np.ndarray) -> Measured:
    """The mean of figures [n] that each picture has of its own."""
    return Measured(
        float(values.mean()), lambda: np.asarray(shares(len(values)) @ values / len(values))
    )
