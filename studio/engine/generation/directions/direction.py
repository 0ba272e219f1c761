"""A direction: where in the space of a model, how far a step is, and what is known of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from studio.engine.generation.slerp import Latent
from studio.engine.said import NOTHING, Said

KEY = r"^[a-z]{2,16}-[0-9a-f]{16}$"
"""What identities look like."""
_DIGITS = 16


@dataclass(frozen=True)
class Direction:
    """`vector` [slots, dim] of length 1; `sigma` is one standard deviation of the latents along it.

    `share` is the part of all variation that lies along it, 0 to 1, where that is known.
    """

    kind: str
    vector: Latent
    sigma: float
    share: float = 0.0
    title: Said = NOTHING
    """What it is of, where that has a word."""
    note: Said = NOTHING
    """What is to be known before it is trusted."""
    evenly: float = 1.0
    """A step is so many sigma, so that steps along all directions change pictures alike. A power
    of two: what was said in the one is said in the other without loss."""

    @cached_property
    def key(self) -> str:
        """Its identity: the kind and the SHA-256 of its vector, whichever file it came from."""
        digest = hashlib.sha256(np.ascontiguousarray(self.vector, "<f4").tobytes())
        return f"{self.kind}-{digest.hexdigest()[:_DIGITS]}"

    @property
    def step(self) -> Latent:
        """One step [slots, dim]."""
        made: Latent = self.deviation * np.float32(self.evenly)
        return made

    @property
    def deviation(self) -> Latent:
        """One sigma [slots, dim], which is what moves of numbered directions count."""
        made: Latent = self.vector * np.float32(self.sigma)
        return made

    def cosine(self, other: Direction) -> float:
        """How alike the ways of both are, -1 to 1; 0 between models of other latents."""
        if self.vector.shape != other.vector.shape:
            return 0.0
        product = np.vdot(self.vector.astype(np.float64), other.vector.astype(np.float64))
        return float(product)

    def turned(self) -> Self:
        """The same way, looked at from its other end."""
        return replace(self, vector=-self.vector)


class Known:
    """The directions that recipes may speak of: by identity, or by number those that are counted.

    Numbers are those of the principal components, as version b1d9e7a wrote them.
    """

    def __init__(self, by_key: Iterable[Direction] = ()) -> None:
        self._by_key = {each.key: each for each in by_key}
        self.numbered: Sequence[Direction] = ()

    def add(self, found: Iterable[Direction]) -> None:
        self._by_key.update((each.key, each) for each in found)

    def number(self, found: Sequence[Direction]) -> None:
        """From now on numbers mean these."""
        self.numbered = found
        self.add(found)

    def one(self, wanted: int | str) -> Direction | None:
        """The direction of that number or identity; None where it is not known."""
        if isinstance(wanted, int):
            return self.numbered[wanted] if wanted < len(self.numbered) else None
        return self._by_key.get(wanted)

    def all(self) -> list[Direction]:
        return list(self._by_key.values())
