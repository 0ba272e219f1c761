"""The rows of a dataset."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.engine.dataset.index import store
from studio.engine.errors import StudioError

ROW = {
    "member": "", "bytes": 1, "mtime_ns": 2, "sha256": "ab", "format": "PNG", "mode": "RGB",
    "width": 3, "height": 4, "channels": 3, "usable": True, "facts": {"frames": 2},
}  # fmt: skip


def filled(project, count):
    dataset = store.add_dataset(project, "set")
    source = store.add_source(project, dataset.id, Path("/in"), "folder")
    with project.transaction() as connection:
        ids = [
            store.insert_item(
                connection,
                ROW
                | {"dataset_id": dataset.id, "source_id": source.id}
                | {"path": Path(f"/in/{number}.png"), "name": f"{number}.png"},
            )
            for number in range(count)
        ]
    return dataset, ids


def test_an_item_comes_back_as_it_went(project):
    dataset, ids = filled(project, 1)
    (item,) = store.items(project, dataset.id)
    assert item.id == ids[0]
    assert (item.path, item.name, item.width, item.height) == (Path("/in/0.png"), "0.png", 3, 4)
    assert (item.usable, item.included, item.rating) == (True, True, 0)
    assert item.facts == {"frames": 2}
    assert (item.label, item.caption, item.sha256, item.mode) == ("", "", "ab", "RGB")


def test_included_and_rating_change_only_the_rows_named(project):
    dataset, ids = filled(project, 5)
    store.set_included(project, ids[1:3], False)
    store.set_rating(project, [ids[4]], 5)
    items = store.items(project, dataset.id)
    assert [item.included for item in items] == [True, False, False, True, True]
    assert [item.rating for item in items] == [0, 0, 0, 0, 5]
    assert store.counts(project, dataset.id) == {
        "found": 5,
        "usable": 5,
        "included": 3,
        "findings": {},
    }
    assert [item.id for item in store.chosen_items(project, dataset.id)] == [ids[0], *ids[3:]]


@pytest.mark.parametrize("rating", [-1, 6])
def test_a_rating_outside_the_stars_is_refused(project, rating):
    _, ids = filled(project, 1)
    with pytest.raises(StudioError, match="0 to 5"):
        store.set_rating(project, ids, rating)


def test_an_unknown_dataset_is_answered_with_those_there_are(project):
    with pytest.raises(StudioError, match="Import pictures first"):
        store.dataset(project, "x")
    filled(project, 1)
    with pytest.raises(StudioError, match="There are: set"):
        store.dataset(project, "x")
    assert store.dataset(project, "set").name == "set"


def test_a_dataset_goes_with_everything_in_it(project):
    dataset, ids = filled(project, 3)
    with project.transaction() as connection:
        store.add_findings(connection, [(ids[0], "tiny", "It is small.", {"side": 3})])
    assert store.findings(project, dataset.id)[ids[0]][0].data == {"side": 3}
    store.remove_dataset(project, dataset.id)
    for table in ("dataset", "source", "item", "finding"):
        assert project.query(f"SELECT count(*) FROM {table}")[0][0] == 0


def test_items_by_id_takes_any_number_of_ids(project):
    _, ids = filled(project, 40)
    found = store.items_by_id(project, [*reversed(ids), *range(10_000, 45_000)])
    assert [item.id for item in found] == ids
