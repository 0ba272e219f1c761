"""Which regions of pictures are hidden: decisions in the index; what they do is in `regions`."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping

from studio.engine.dataset.doctor import embedding, near_duplicates, reconcile, thresholds
from studio.engine.dataset.index import store, whole_set_pass
from studio.engine.dataset.index.regions import MOST_REGIONS, Regions, checked, stored
from studio.engine.dataset.index.store import Finding, Item
from studio.engine.dataset.index.whole_set_pass import Cancelled
from studio.engine.dataset.privacy import identical_files, leftovers, remeasure_hidden
from studio.engine.errors import ReadOnlyError, UsageError
from studio.engine.project import Project

_NO_SCORES: dict[int, float] = {}


def set_regions(
    project: Project,
    regions: Mapping[int, Regions],
    scores: Mapping[int, float] = _NO_SCORES,
    cancelled: Cancelled = whole_set_pass.never,
) -> dict[int, Regions]:
    """Give pictures their regions, none with an empty tuple; files are never touched.

    Copies of them in their datasets, byte for byte, get the same (:mod:`identical_files`).
    Whatever the cache holds of pixels that are hidden by now is deleted, and what was measured
    of them is measured again of what may be seen (:mod:`remeasure_hidden`). How far a picture
    is from the rest takes a search of the whole set: `scores` are those to give back, as
    :func:`outliers.stated` told them before. Which pictures are alike is found again where it
    may be otherwise; when `cancelled` meanwhile, by the next import.
    """
    wanted = {number: tuple(map(checked, each)) for number, each in regions.items()}
    for each in wanted.values():
        if len(each) > MOST_REGIONS:
            raise UsageError("A picture has at most {n} hidden regions.", n=MOST_REGIONS)
    if project.read_only_reason:
        raise ReadOnlyError(project.read_only_reason)
    return _apply(project, identical_files.spread(project, wanted), scores, cancelled)


def cover_copies(
    project: Project, dataset_id: int, cancelled: Cancelled = whole_set_pass.never
) -> list[Finding]:
    """Hide in every copy what is hidden in another one of the same bytes; says so in findings.

    Returns the new findings.
    """
    _apply(project, identical_files.uncovered(project, dataset_id), _NO_SCORES, cancelled)
    return identical_files.mark(project, dataset_id)


def cover_older(project: Project, cancelled: Cancelled = whole_set_pass.never) -> list[int]:
    """As :func:`cover_copies`, in every dataset that an earlier version left uncovered: these."""
    hiding = project.query("SELECT DISTINCT dataset_id FROM item WHERE hidden != '' ORDER BY 1")
    found = [row[0] for row in hiding if identical_files.uncovered(project, row[0])]
    for dataset_id in found:
        cover_copies(project, dataset_id, cancelled)
    return found


def _apply(
    project: Project,
    wanted: Mapping[int, Regions],
    scores: Mapping[int, float],
    cancelled: Cancelled,
) -> dict[int, Regions]:
    items = store.items_by_id(project, list(wanted))
    changed = [item for item in items if item.hidden != wanted[item.id]]
    contents = {(item.dataset_id, item.sha256) for item in changed}
    before = {item.id: item.hidden for item in items if (item.dataset_id, item.sha256) in contents}
    by_dataset: dict[int, list[Item]] = {}
    for item in changed:
        now = dataclasses.replace(item, hidden=wanted[item.id])
        by_dataset.setdefault(item.dataset_id, []).append(now)
    for dataset_id, group in by_dataset.items():
        _hide(project, dataset_id, group, scores, cancelled)
        identical_files.mark(project, dataset_id)
    ids = [item.id for item in changed]
    leftovers.delete_thumbnails(project, ids)
    leftovers.delete_prepared(project)
    if ids:
        embedding.forget_unused(project)
    return before


def _hide(
    project: Project,
    dataset_id: int,
    items: list[Item],
    scores: Mapping[int, float],
    cancelled: Cancelled,
) -> None:
    """Store the regions of pictures of one dataset together with their new numbers."""
    found = {item.id: remeasure_hidden.measure(item) for item in items}
    for number, score in scores.items():
        numbers = found.get(number)
        if numbers is not None:
            numbers[0]["outlier"] = score
    hashes = {number: each[1]["hash"] if each else "" for number, each in found.items()}
    again = near_duplicates.concerned(project, dataset_id, hashes)
    limits = thresholds.read(project, dataset_id)
    with project.transaction() as connection:
        connection.executemany(
            "UPDATE item SET hidden = ? WHERE id = ?",
            [(stored(item.hidden), item.id) for item in items],
        )
        remeasure_hidden.write(connection, found, limits)
        remeasure_hidden.forget_near(connection, found)
        if again:
            whole_set_pass.begin(connection, dataset_id)
    if again:
        with contextlib.suppress(whole_set_pass.Stopped):
            reconcile.mark_near(project, dataset_id, limits[thresholds.NEAR], cancelled)
            whole_set_pass.end(project, dataset_id)
