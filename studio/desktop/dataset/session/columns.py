"""Rows as columns: how a view of a hundred thousand pictures is chosen, ordered and counted.

Runs beside the window on a snapshot of the rows. Arrays of numbers are sorted by NumPy, which
lets the window's thread run meanwhile; names are sorted in portions for the same reason.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from studio.engine.dataset.curation import filters, rights
from studio.engine.dataset.curation.filters import Filter
from studio.engine.dataset.doctor.checks.base import grouped
from studio.engine.dataset.index.listed_rows import Line as Row
from studio.engine.dataset.index.store import Finding

EVERYTHING, TRAINS, EXCLUDED = "everything", "trains", "excluded"
HELD_OUT, GROUP = "held_out", "group"
SORTS = (
    "imported", "name", "date", "size", "colour", "sharpness", "finding", "rating", "similar",
)  # fmt: skip
_NAMES_AT_ONCE = 500
_DIGITS = re.compile(r"(\d+)")
_GREY = 12
"""Colours whose channels differ by less than this are greys: they come first, dark to light."""


@dataclass(frozen=True)
class View(Filter):
    """What is chosen in the left panel and the header."""

    kind: str = EVERYTHING
    sort: str = "imported"
    anchor: int = 0
    """The picture that the others are compared with, to sort by likeness."""
    group: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Counts:
    """Sums over all rows, whatever the view."""

    totals: dict[str, int] = field(default_factory=dict)
    """`found`, `trains`, `excluded` (by the artist), `unusable` and, of `trains`, `held_out`."""
    kinds: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    sources: Counter[int] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    authors: Counter[str] = field(default_factory=Counter)
    sites: Counter[str] = field(default_factory=Counter)
    consents: Counter[str] = field(default_factory=Counter)
    ratings: Counter[int] = field(default_factory=Counter)

    def shown(self) -> dict[str, int]:
        """`totals` as they are said: what is held out does not train."""
        learnt = self.totals.get("trains", 0) - self.totals.get("held_out", 0)
        return self.totals | {"trains": learnt}


@dataclass(frozen=True)
class Arrangement:
    """What a view shows: ids in order, the place of each, and the sums."""

    view: View
    ids: list[int]
    places: dict[int, int]
    counts: Counts


class Columns:
    """A snapshot of rows and findings. Columns are made when first asked for."""

    def __init__(
        self,
        rows: Mapping[int, Row],
        findings: Mapping[int, Sequence[Finding]],
        held_out: frozenset[int] = frozenset(),
    ) -> None:
        # Each copy is one step of the interpreter, so that no row changes place meanwhile.
        self.rows = list(rows.values())
        self.findings = dict(findings)
        self.held_out = held_out

    def arrange(self, view: View, apart: Mapping[int, float] | None = None) -> Arrangement:
        """What `view` shows; `apart` are distances from its anchor, to sort by likeness."""
        chosen = np.flatnonzero(self._fits(view))
        ids = self.ids[self._sorted(chosen, view, apart or {})].tolist()
        return Arrangement(view, ids, {key: place for place, key in enumerate(ids)}, self.counts)

    # ------------------------------------------------------------------ columns

    def _numbers(self, read: Callable[[Row], int | float], kind: Any = np.int64) -> np.ndarray:
        return np.fromiter((read(row) for row in self.rows), kind, len(self.rows))

    @cached_property
    def ids(self) -> np.ndarray:
        return self._numbers(lambda row: row.id)

    @cached_property
    def usable(self) -> np.ndarray:
        return self._numbers(lambda row: row.usable, np.bool_)

    @cached_property
    def included(self) -> np.ndarray:
        return self._numbers(lambda row: row.included, np.bool_)

    @cached_property
    def kept_out(self) -> np.ndarray:
        """Held out of training although it would train."""
        return self._numbers(lambda row: row.id in self.held_out and row.trains, np.bool_)

    @cached_property
    def by_name(self) -> np.ndarray:
        """The place of each row when all are sorted by name."""
        keys = [(natural(row.name), place) for place, row in enumerate(self.rows)]
        starts = range(0, len(keys), _NAMES_AT_ONCE)
        parts = [sorted(keys[start : start + _NAMES_AT_ONCE]) for start in starts]
        order = np.fromiter((place for _, place in heapq.merge(*parts)), np.int64, len(keys))
        ranks = np.empty_like(order)
        ranks[order] = np.arange(len(order))
        return ranks

    @cached_property
    def by_colour(self) -> np.ndarray:
        """Greys from dark to light, then round the colour circle; unknown colours last."""
        packed = self._numbers(lambda row: row.colour)
        channels = np.stack([packed >> 16 & 255, packed >> 8 & 255, packed & 255]).astype(float)
        top, low = channels.max(axis=0), channels.min(axis=0)
        spread = np.maximum(top - low, 1.0)
        red, green, blue = (channels[number] for number in range(3))
        hue = np.select(
            [top == red, top == green],
            [((green - blue) / spread) % 6.0, (blue - red) / spread + 2.0],
            (red - green) / spread + 4.0,
        )
        keys = np.where(top - low < _GREY, top / 256.0 - 1.0, hue)
        return np.where(packed < 0, 99.0, keys)

    @cached_property
    def by_finding(self) -> np.ndarray:
        """Kinds in the order of their names, pictures without a finding last."""
        firsts = [found[0].kind if found else "~" for found in self._found()]
        ranks = {kind: rank for rank, kind in enumerate(sorted(set(firsts)))}
        return np.fromiter((ranks[kind] for kind in firsts), np.int64, len(firsts))

    def _found(self) -> list[Sequence[Finding]]:
        return [self.findings.get(row.id, ()) for row in self.rows]

    # ------------------------------------------------------------------ counting

    @cached_property
    def counts(self) -> Counts:
        trains = int((self.usable & self.included).sum())
        unusable = len(self.rows) - int(self.usable.sum())
        totals = {
            "found": len(self.rows), "trains": trains, "unusable": unusable,
            "excluded": len(self.rows) - trains - unusable,
            "held_out": int(self.kept_out.sum()),
        }  # fmt: skip
        return Counts(
            totals,
            Counter(finding.kind for found in self._found() for finding in found),
            Counter(row.label for row in self.rows),
            Counter(row.source_id for row in self.rows),
            Counter(row.licence for row in self.rows),
            Counter(row.author for row in self.rows),
            self._sites(),
            Counter(row.consent for row in self.rows),
            Counter(row.rating for row in self.rows),
        )

    def _sites(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for url, count in Counter(row.url for row in self.rows).items():
            found[rights.site(url)] += count
        return found

    # ------------------------------------------------------------------ choosing

    def _fits(self, view: View) -> np.ndarray:
        fits = self._of_kind(view)
        for condition in view.conditions():
            fits = fits & self._numbers(condition, np.bool_)
        return fits

    def _of_kind(self, view: View) -> np.ndarray:
        if view.kind == EVERYTHING:
            return np.ones(len(self.rows), np.bool_)
        if view.kind == EXCLUDED:
            return np.asarray(self.usable & ~self.included)
        if view.kind == TRAINS:
            return np.asarray(self.usable & self.included & ~self.kept_out)
        if view.kind == HELD_OUT:
            return self.kept_out
        if view.kind == GROUP:
            return self._numbers(lambda row: row.id in view.group, np.bool_)
        wanted = filters.found_with(self.findings, view.kind)
        return self._numbers(lambda row: row.id in wanted, np.bool_)

    def _sorted(self, chosen: np.ndarray, view: View, apart: Mapping[int, float]) -> np.ndarray:
        ids = self.ids[chosen]
        keys = self._keys(view, apart)
        if keys is not None:
            return np.asarray(chosen[np.lexsort((ids, keys[chosen]))])
        if view.kind in grouped():  # groups together, the best first
            bests = self._bests(view.kind)
            group = np.fromiter((bests.get(key, key) for key in ids.tolist()), np.int64, len(ids))
            return np.asarray(chosen[np.lexsort((ids, ids != group, group))])
        return np.asarray(chosen[np.argsort(ids, kind="stable")])

    def _bests(self, kind: str) -> dict[int, int]:
        return {
            key: finding.of
            for key, each in self.findings.items()
            for finding in each
            if finding.kind == kind
        }

    def _keys(self, view: View, apart: Mapping[int, float]) -> np.ndarray | None:
        """What a view sorts by, small first; None for the order of the import."""
        sorts: dict[str, Callable[[], np.ndarray]] = {
            "name": lambda: self.by_name,
            "size": lambda: -self._numbers(lambda row: row.width * row.height),
            "date": lambda: -self._numbers(lambda row: row.mtime_ns),
            "colour": lambda: self.by_colour,
            "sharpness": lambda: -self._numbers(lambda row: row.sharpness, np.float64),
            "finding": lambda: self.by_finding,
            "rating": lambda: -self._numbers(lambda row: row.rating),
            "similar": lambda: self._numbers(
                lambda row: apart.get(row.id, float("inf")), np.float64
            ),
        }
        make = sorts.get(view.sort)
        return make() if make else None


def natural(name: str) -> str:
    """A key that sorts `2.png` before `10.png`, whatever the case."""
    return _DIGITS.sub(lambda found: _counted(found[0]), name.casefold())


def _counted(digits: str) -> str:
    """The longer number is the larger one: its length stands before it."""
    number = digits.lstrip("0") or "0"
    return f"{min(len(number), 999):03}{number}"
