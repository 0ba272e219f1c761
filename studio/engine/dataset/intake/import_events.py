"""What an import tells while it goes on; see :func:`importer.import_sources`."""

from __future__ import annotations

from dataclasses import dataclass, field

from studio.engine.dataset.index.left_out import LeftOut
from studio.engine.dataset.index.store import Dataset, Finding, Item
from studio.engine.said import Said


@dataclass(frozen=True)
class Found:
    """Rows that were just stored. Labels come with :class:`Finished`: read the items again then."""

    items: list[Item]


@dataclass(frozen=True)
class Checked:
    """Findings that were just stored, and the items that they are about."""

    items: list[Item]
    findings: list[Finding]


@dataclass(frozen=True)
class Rejected:
    """A file that cannot be used, and why; `file` is safe to show."""

    file: str
    reason: Said


@dataclass(frozen=True)
class Finished:
    """The end. Counts are those of the whole dataset; `rejected` and `left_out` this import's."""

    dataset: Dataset
    found: int
    usable: int
    findings: dict[str, int]
    rejected: list[tuple[str, Said]]
    left_out: list[LeftOut] = field(default_factory=list)
    moved: int = 0
    """Pictures that were known already, at a place that is gone."""
    kinds: dict[str, int] = field(default_factory=dict)
    """What was taken, by ending."""
    is_new: bool = False
    """The dataset was made for it."""
    added: tuple[int, ...] = ()
    """Ids of the sources that the dataset did not have before."""


ImportEvent = Found | Checked | Rejected | Finished
