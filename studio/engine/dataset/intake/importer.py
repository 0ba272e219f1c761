"""Pictures come in: walk, decode in the sandbox, check, store. See :func:`import_sources`.

The originals are only ever read. Rows are stored in the order of the walk, so the same
folder gives the same ids every time.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from studio.engine.dataset.curation import edits, no_training_marks
from studio.engine.dataset.decoding import tiff_pages
from studio.engine.dataset.decoding.child import File
from studio.engine.dataset.decoding.sandbox import Pool
from studio.engine.dataset.doctor import near_duplicates, reconcile, thresholds
from studio.engine.dataset.doctor.checks import base as checks
from studio.engine.dataset.index import left_out, records, store, whole_set_pass
from studio.engine.dataset.index.facts import Answer, Data
from studio.engine.dataset.index.safe_names import display_path
from studio.engine.dataset.index.store import Dataset, Finding, Source
from studio.engine.dataset.intake import received, row_of_file, scans, targets, videos
from studio.engine.dataset.intake.import_events import (
    Checked,
    Finished,
    Found,
    ImportEvent,
    Rejected,
)
from studio.engine.dataset.intake.met import Candidate, Problem
from studio.engine.dataset.intake.moved import Moved
from studio.engine.dataset.intake.scans import Scans
from studio.engine.dataset.intake.tally import Tally
from studio.engine.dataset.intake.walk import Walk, kind_of
from studio.engine.dataset.privacy import hidden_regions, identical_files, remeasure_hidden
from studio.engine.errors import ReadOnlyError, StudioError
from studio.engine.project import Project
from studio.engine.said import NOTHING, Said, lines, sentences

__all__ = ["Checked", "Finished", "Found", "ImportEvent", "Rejected", "import_sources"]
_SEVERAL = (*videos.SUFFIXES, *tiff_pages.SUFFIXES)
"""How files end that may be several pictures."""
_FLUSH_ITEMS = 256
_NEWS = 2048
_FLUSH_SECONDS = 0.15


def import_sources(
    project: Project,
    sources: list[Path],
    name: str | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    workers: int = 0,
    every: float | None = None,
    pages: bool | None = None,
) -> Iterator[ImportEvent]:
    """Import folders, files, zip archives and videos as the dataset `name`.

    Of a video, a frame every `every` seconds is kept in the project, unless it is nearly
    the same as the one before; None means as often as before in this dataset.

    With `pages` every page of a scan (TIFF) is a picture, from now on in this dataset.

    An existing dataset of that name is extended or brought up to date: only files whose
    size or time changed are decoded again, and decisions (included, rating) stay.
    Without a name, a dataset that has the first source is brought up to date, otherwise a
    new one is named after it. When `cancelled`, what was read so far is kept, and what needs
    the whole set (labels, duplicates, missing files) is left to the next import.

    Raises :class:`StudioError` when a source does not exist or no picture can be used;
    then no row is left behind.
    """
    if project.read_only_reason:
        raise ReadOnlyError(project.read_only_reason)
    videos.check_rate(every)
    roots = targets.roots(sources)
    dataset, is_new = targets.target(project, roots, name)
    frames = videos.Frames(project, videos.rate(project, dataset.id, every), cancelled)
    known = {s.path for s in store.sources(project, dataset.id)}
    wanted = Scans(scans.wanted(project, dataset.id, pages))
    run = _Import(project, dataset, is_new, known, frames, wanted)
    try:
        yield from run.events(roots, cancelled, workers)
    finally:
        run.tidy()


@dataclass
class _Import:
    """The state of one import."""

    project: Project
    dataset: Dataset
    is_new: bool
    known_sources: set[Path]
    frames: videos.Frames
    scans: Scans
    rejected: list[tuple[str, Said]] = field(default_factory=list)
    places: dict[int, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    """Where each item met lies: source id and the folders below its root."""
    stated: dict[int, str] = field(default_factory=dict)
    """The labels that files beside items state."""
    tally: Tally = field(default_factory=Tally)
    new_ids: list[int] = field(default_factory=list)
    kept: bool = False
    was_cancelled: bool = False
    pictures: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.limits = thresholds.read(self.project, self.dataset.id)
        self.hidden = identical_files.hidden(self.project, self.dataset.id)

    def events(
        self, roots: list[Path], cancelled: Callable[[], bool], workers: int
    ) -> Iterator[ImportEvent]:
        before = reconcile.stored(self.project, self.dataset.id)
        self.moved = Moved(before)
        incomplete: set[int] = set()
        with Pool(workers) as pool:
            yield from self._read(pool, self._walk(roots, incomplete), before, cancelled)
        self.was_cancelled = cancelled()
        passed_over = self.tally.close()
        if not self.pictures:
            raise self._nothing(roots, passed_over)
        self.kept = True
        if not self.was_cancelled:
            scanned = {s.id for s in self._sources(roots)} - incomplete
            lost = [
                old.id
                for old in before.values()
                if old.source_id in scanned and old.id not in self.places
            ]
            lost += self.moved.lost(before, {*self.places, *lost})
            with contextlib.suppress(whole_set_pass.Stopped):
                yield from self._settle(lost, cancelled)
            self.moved.settle(self.project)
        self.tally.keep(self.project, self.dataset.id, [s.id for s in self._sources(roots)])
        totals = store.counts(self.project, self.dataset.id)
        yield Finished(
            self.dataset, totals["found"], totals["usable"], totals["findings"], self.rejected,
            passed_over, self.moved.count, dict(sorted(self.kinds.items())), self.is_new,
            tuple(s.id for s in self._sources(roots) if s.path not in self.known_sources),
        )  # fmt: skip

    def _settle(self, lost: list[int], cancelled: Callable[[], bool]) -> Iterator[ImportEvent]:
        """What needs the whole set. An import that is stopped leaves it to the next one."""
        project, number = self.project, self.dataset.id
        if lost:
            with project.transaction() as connection:
                whole_set_pass.begin(connection, number)
            yield from self._news(reconcile.mark_missing(project, lost))
        reconcile.label(project, self.places, cancelled, self.stated)
        received.state_origins(project, number)
        yield from self._news(reconcile.mark_duplicates(project, number, cancelled))
        yield from self._news(hidden_regions.cover_copies(project, number, cancelled))
        if whole_set_pass.is_due(project, number):
            limit = self.limits["near_duplicate"]
            yield from self._news(reconcile.mark_near(project, number, limit, cancelled))
            whole_set_pass.end(project, number)

    def tidy(self) -> None:
        """Leave nothing of an import that brought nothing, however it ended."""
        if self.kept or (self.pictures and self.places):
            return
        if self.is_new:
            store.remove_dataset(self.project, self.dataset.id)
            return
        self.project.write_many("DELETE FROM item WHERE id = ?", [(n,) for n in self.new_ids])
        added = [
            source.id
            for source in store.sources(self.project, self.dataset.id)
            if source.path not in self.known_sources
        ]
        store.remove_sources(self.project, added)

    def _sources(self, roots: list[Path]) -> list[Source]:
        return [
            store.add_source(self.project, self.dataset.id, root, kind_of(root)) for root in roots
        ]

    def _walk(
        self, roots: list[Path], incomplete: set[int]
    ) -> Iterator[tuple[int, Candidate | Problem]]:
        walk = Walk(avoid=self.project.folder)
        self.tally.used = walk.used
        for source in self._sources(roots):
            for entry in walk.source(source.path):
                for each in self._instead_of(entry):
                    if isinstance(each, Problem) and each.incomplete:
                        incomplete.add(source.id)
                    yield source.id, each

    def _instead_of(self, entry: Candidate | Problem) -> Iterable[Candidate | Problem]:
        if isinstance(entry, Problem) or not entry.name.lower().endswith(_SEVERAL):
            return (entry,)
        return (
            each for frame in self.frames.instead_of(entry) for each in self.scans.instead_of(frame)
        )

    def _read(
        self,
        pool: Pool,
        entries: Iterator[tuple[int, Candidate | Problem]],
        before: dict[row_of_file.Key, reconcile.Stored],
        cancelled: Callable[[], bool],
    ) -> Iterator[ImportEvent]:
        """Decode what is new or changed, in the order of the walk, and store it in batches."""
        line: list[tuple[int, Candidate | Problem]] = []

        def files() -> Iterator[File | None]:
            for source_id, entry in entries:
                line.append((source_id, entry))
                if isinstance(entry, Problem) or row_of_file.unchanged(entry, before):
                    yield None
                else:
                    yield os.fspath(entry.path), entry.member, entry.has_metadata_beside

        batch: list[tuple[int, Candidate, Answer]] = []
        flushed = time.monotonic()
        position = 0
        for answer in pool.probe(files(), cancelled):
            source_id, entry = line[position]
            position += 1
            if isinstance(entry, Problem):
                if entry.kind:
                    self.tally.add(source_id, entry.kind, entry.file)
                else:
                    yield self._reject(entry.file, entry.reason)
                continue
            if answer is None:
                yield from self._again(before[row_of_file.key(entry)], entry)
            elif answer["kind"] != "other":
                batch.append((source_id, entry, self.scans.told(entry, answer)))
            else:
                self.tally.no_picture(source_id, display_path(entry.path, entry.member))
            if position >= 4096:
                del line[:position]
                position = 0
            late = time.monotonic() - flushed > _FLUSH_SECONDS
            if batch and (late or len(batch) >= _FLUSH_ITEMS):
                yield from self._store(batch, before)
                batch, flushed = [], time.monotonic()
        if batch:
            yield from self._store(batch, before)

    def _again(self, old: reconcile.Stored, entry: Candidate) -> Iterator[ImportEvent]:
        """A file that is as it was: nothing to decode; a broken one is named again."""
        self._place(old.id, old.source_id, entry)
        self.pictures += old.usable
        if not old.usable:
            rows = self.project.query(
                "SELECT * FROM finding WHERE item_id = ? AND kind = 'broken'", (old.id,)
            )
            why = checks.said(records.finding_of(rows[0])) if rows else NOTHING
            yield self._reject(display_path(entry.path, entry.member), why)

    def _store(
        self,
        batch: list[tuple[int, Candidate, Answer]],
        before: dict[row_of_file.Key, reconcile.Stored],
    ) -> Iterator[ImportEvent]:
        about: list[tuple[int, str, str, Data]] = []
        ids, covered = [], []
        with self.project.transaction() as connection:
            if any(a["kind"] == "picture" or row_of_file.key(e) in before for _, e, a in batch):
                whole_set_pass.begin(connection, self.dataset.id)
            barred = no_training_marks.marked_sources(connection)
            for source_id, entry, whole in batch:
                old = before.get(row_of_file.key(entry))
                if old is not None:
                    source_id = old.source_id
                else:
                    old = self.moved.old(entry, whole["sha256"], source_id, self.places)
                cover = self.hidden.get(whole["sha256"], "")
                answer, values, is_hidden = row_of_file.decided(entry, whole, old, cover)
                values |= {"source_id": source_id, "path": entry.path}
                values |= {"member": entry.member, "name": entry.name}
                if old is None:
                    values["dataset_id"] = self.dataset.id
                    item_id = store.insert_item(connection, values)
                    self.new_ids.append(item_id)
                    if source_id in barred:
                        about.append(no_training_marks.inherit(connection, item_id))
                else:
                    item_id = old.id
                    values = edits.keep(connection, item_id, values)
                    store.update_item(connection, item_id, values)
                    no_training_marks.clear_findings(connection, item_id)
                if "likeness" in answer:
                    near_duplicates.put(connection, item_id, answer["likeness"])
                ids.append(item_id)
                if is_hidden:
                    covered.append(item_id)
                self._place(item_id, source_id, entry)
                self.pictures += answer["kind"] == "picture"
                about += [(item_id, *found) for found in row_of_file.findings(answer, self.limits)]
            stored = store.add_findings(connection, about)
        if covered:
            stored += remeasure_hidden.again(self.project, self.dataset.id, covered)
        found = store.items_by_id(self.project, ids)
        yield Found(found)
        if stored:
            named = {finding.item_id for finding in stored}
            yield Checked([item for item in found if item.id in named], stored)
        for _, entry, answer in batch:
            if answer["kind"] == "broken":
                yield self._reject(display_path(entry.path, entry.member), answer["reason"])

    def _place(self, item_id: int, source_id: int, entry: Candidate) -> None:
        self.places[item_id] = (source_id, entry.folders)
        self.kinds[os.path.splitext(entry.name)[1].lower()] += 1  # noqa: PTH122  # 100,000 names
        if entry.label:
            self.stated[item_id] = entry.label

    def _reject(self, file: str, reason: Said) -> Rejected:
        self.rejected.append((file, reason))
        return Rejected(file, reason)

    def _news(self, found: list[Finding]) -> Iterator[ImportEvent]:
        for start in range(0, len(found), _NEWS):
            part = found[start : start + _NEWS]
            about = sorted({finding.item_id for finding in part})
            yield Checked(store.items_by_id(self.project, about), part)

    def _nothing(self, roots: list[Path], passed_over: list[left_out.LeftOut]) -> StudioError:
        where = display_path(roots[0]) if len(roots) == 1 else Said("{n} sources", n=len(roots))
        if self.was_cancelled:
            return StudioError("The import was stopped before a picture was read.")
        if not self.rejected:
            said = Said(
                "There is no picture in {where}: choose a folder with pictures.", where=where
            )
            return StudioError(sentences([said, *map(left_out.sentence, passed_over)]))
        file, reason = self.rejected[0]
        said = Said(
            "No picture in {where} can be used: {file}: {reason}",
            where=where,
            file=file,
            reason=reason,
        )
        if len(self.rejected) > 1:
            said = sentences([said, Said("{n} more are like it.", n=len(self.rejected) - 1)])
        detail = lines(Said("{file}: {reason}", file=f, reason=why) for f, why in self.rejected)
        return StudioError(said, detail)
