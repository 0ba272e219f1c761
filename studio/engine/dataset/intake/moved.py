"""Pictures whose file has another place now: known again by their content, with all decisions."""

from __future__ import annotations

import os
from collections.abc import Container, Mapping
from pathlib import Path

from studio.engine.dataset.decoding import archives, tiff_pages
from studio.engine.dataset.doctor.reconcile import Stored
from studio.engine.dataset.index import store
from studio.engine.dataset.intake.met import Candidate
from studio.engine.dataset.intake.row_of_file import Key, key
from studio.engine.project import Project


class Moved:
    """What an import recognises among the rows from `before`."""

    def __init__(self, before: Mapping[Key, Stored]) -> None:
        self._by_content: dict[str, list[tuple[Key, Stored]]] = {}
        for place, old in before.items():
            if old.sha256:
                self._by_content.setdefault(old.sha256, []).append((place, old))
        self._members: dict[bytes, set[str]] = {}
        self.sources: dict[int, int] = {}
        """Where pictures are now, by the source that they came from."""
        self.count = 0

    def old(
        self, entry: Candidate, sha256: str, source_id: int, met: Container[int]
    ) -> Stored | None:
        """The row of a file that is new at its place and gone from that of the row."""
        known = [
            (place, old)
            for place, old in self._by_content.get(sha256, ())
            if old.id not in met and self._is_gone(place)
        ]
        if not known:
            return None
        # Of several copies, the one of the same name.
        known.sort(key=lambda each: not _alike(each[0], key(entry)))
        found = known[0][1]
        self.count += 1
        if found.source_id != source_id:
            self.sources[found.source_id] = source_id
        return found

    def lost(self, before: Mapping[Key, Stored], met: Container[int]) -> list[int]:
        """Rows of the sources that moved whose files went away without coming in elsewhere."""
        return [
            old.id
            for place, old in before.items()
            if old.source_id in self.sources and old.id not in met and self._is_gone(place)
        ]

    def settle(self, project: Project) -> None:
        """Take over what was stated of sources that moved, and forget those that are empty."""
        for before, after in self.sources.items():
            project.write(
                "UPDATE source SET rights = (SELECT rights FROM source WHERE id = ?1) "
                "WHERE id = ?2 AND rights IN ('', '{}')",
                (before, after),
            )
            if not store.ids_of_source(project, before):
                store.remove_sources(project, [before])

    def _is_gone(self, place: Key) -> bool:
        path, member = place
        if not os.path.lexists(path):
            return True
        member, _ = tiff_pages.parted(os.fsdecode(path), member)
        if not member:
            return False
        if path not in self._members:
            try:
                found = list(archives.members(Path(os.fsdecode(path))))
            except archives.ArchiveError:
                return False
            self._members[path] = {each.name for each in found}
        return member not in self._members[path]


def _alike(one: Key, other: Key) -> bool:
    return _name(one) == _name(other)


def _name(place: Key) -> bytes:
    path, member = place
    whole = os.fsencode(member) if member else path
    return whole.rpartition(b"/")[2]
