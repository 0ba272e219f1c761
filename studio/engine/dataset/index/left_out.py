"""What imports did not take, counted by kind with the reason: kept with the dataset, by source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from studio.engine.dataset.index import store
from studio.engine.dataset.index.settings import LEFT_OUT, Passed
from studio.engine.project import Project
from studio.engine.said import Said, from_text, to_text

SHOWN = 5
"""Files that are named of each kind."""
BOXES, MASK, REDUCED = "boxes", "mask", "reduced"


@dataclass
class LeftOut:
    """All of one kind: an ending such as `.exr`, or a word of this module."""

    kind: str
    reason: Said
    count: int = 0
    files: list[str] = field(default_factory=list)
    """The first :data:`SHOWN`, safe to show."""


_WORDS = {
    "deleted": Said("deleted"), "hidden": Said("hidden"),
    "version": Said("earlier versions"), BOXES: Said("boxes"), MASK: Said("masks"),
    REDUCED: Said("smaller copies"),
    "-": Said("without an ending"),
}  # fmt: skip


def words_of(kind: str) -> Said:
    """What a kind is called: its ending, or in words."""
    return _WORDS.get(kind) or Said(kind)


def sentence(one: LeftOut) -> Said:
    """How many of a kind, and why."""
    return Said(
        "{n} left out ({kind}): {reason}", n=one.count, kind=words_of(one.kind), reason=one.reason
    )


def keep(project: Project, dataset_id: int, found: Mapping[int, Mapping[str, LeftOut]]) -> None:
    """Store what is known of these sources now."""
    known = LEFT_OUT.read(project, dataset_id) or {}
    for number, kinds in found.items():
        known[str(number)] = [
            Passed(kind=one.kind, reason=to_text(one.reason), count=one.count, files=one.files)
            for one in kinds.values()
        ]
    left = {key: each for key, each in known.items() if each}
    if left or LEFT_OUT.read(project, dataset_id):
        LEFT_OUT.put(project, dataset_id, left or None)


def merged(groups: Iterable[Mapping[str, LeftOut]]) -> list[LeftOut]:
    """Counts of several sources as one list, the most first."""
    total: dict[str, LeftOut] = {}
    for kinds in groups:
        for one in kinds.values():
            whole = total.setdefault(one.kind, LeftOut(one.kind, one.reason))
            whole.count += one.count
            whole.files = [*whole.files, *one.files][:SHOWN]
    return sorted(total.values(), key=lambda one: (-one.count, one.kind))


def of(project: Project, dataset_id: int) -> list[LeftOut]:
    """What the last imports of the sources of a dataset did not take."""
    known = LEFT_OUT.read(project, dataset_id) or {}
    there = {str(source.id) for source in store.sources(project, dataset_id)}
    groups = [
        {
            one["kind"]: LeftOut(one["kind"], from_text(one["reason"]), one["count"], one["files"])
            for one in kinds
        }
        for source, kinds in known.items()
        if source in there
    ]
    return merged(groups)
