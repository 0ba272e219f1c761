"""Which pictures a list shows: one code for the window and the command line.

A filter reads the fields of :class:`listed_rows.Line`, in which what is stated about a source
and in a file already holds for its pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from studio.engine.dataset.curation import rights
from studio.engine.dataset.doctor.checks.base import grouped
from studio.engine.dataset.index.listed_rows import Line
from studio.engine.dataset.index.store import Finding

Condition = Callable[[Line], bool]


@dataclass(frozen=True)
class Filter:
    """What pictures have to be. None means no limit, an empty text that nothing is stated."""

    source_id: int | None = None
    label: str | None = None
    rating: int = 0
    """At least so many stars."""
    licence: str | None = None
    author: str | None = None
    site: str | None = None
    """The host of the source address, as :func:`rights.site`."""
    consent: str | None = None
    text: str = ""
    """In name, caption, label or rights, whatever the case."""

    def conditions(self) -> list[Condition]:
        """Every picture that meets all of them is shown; none: every picture is."""
        site = cache(rights.site)  # few addresses, many pictures
        text = self.text.casefold()
        possible: list[tuple[bool, Condition]] = [
            (self.source_id is not None, lambda row: row.source_id == self.source_id),
            (self.label is not None, lambda row: row.label == self.label),
            (self.rating > 0, lambda row: row.rating >= self.rating),
            (self.licence is not None, lambda row: row.licence == self.licence),
            (self.author is not None, lambda row: row.author == self.author),
            (self.site is not None, lambda row: site(row.url) == self.site),
            (self.consent is not None, lambda row: row.consent == self.consent),
            (bool(text), lambda row: _holds(row, text)),
        ]
        return [condition for wanted, condition in possible if wanted]


def found_with(findings: Mapping[int, Sequence[Finding]], kind: str) -> set[int]:
    """Pictures with a finding of a kind; of alike pictures the best as well."""
    found = {
        key: finding for key, each in findings.items() for finding in each if finding.kind == kind
    }
    bests = {finding.of for finding in found.values()}
    return found.keys() | bests if kind in grouped() else set(found)


def _holds(row: Line, text: str) -> bool:
    places = (row.name, row.caption, row.label, row.author, row.licence, row.url, row.consent)
    return any(text in place.casefold() for place in places)
