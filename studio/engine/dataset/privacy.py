"""Which regions of pictures are hidden: decisions in the index; what they do is in `regions`."""

from __future__ import annotations

from collections.abc import Mapping

from studio.engine.dataset import leftovers, store
from studio.engine.dataset.regions import MOST_REGIONS, Regions, checked, stored
from studio.engine.errors import UsageError
from studio.engine.project import Project


def set_regions(project: Project, regions: Mapping[int, Regions]) -> dict[int, Regions]:
    """Give pictures their regions, none with an empty tuple; files are never touched.

    Whatever the cache holds of pixels that are hidden by now is deleted.
    Returns what there was before for those that changed, which `set_regions` puts back.
    Raises :class:`UsageError`; then nothing is changed.
    """
    wanted = {number: tuple(map(checked, each)) for number, each in regions.items()}
    for each in wanted.values():
        if len(each) > MOST_REGIONS:
            raise UsageError(f"A picture has at most {MOST_REGIONS} hidden regions.")
    items = store.items_by_id(project, list(wanted))
    before = {item.id: item.hidden for item in items if item.hidden != wanted[item.id]}
    rows = [(stored(wanted[number]), number) for number in before]
    project.write_many("UPDATE item SET hidden = ? WHERE id = ?", rows)
    leftovers.delete_thumbnails(project, before)
    leftovers.delete_prepared(project)
    return before
