"""Originals that were moved are found by their content, and nothing else comes with them."""

from __future__ import annotations

import pytest

from studio.engine.dataset.curation import edits
from studio.engine.dataset.index import store
from studio.engine.dataset.intake.relink import gone, relink
from tests.verbs.support import done


@pytest.fixture
def decided(project, draw, take_in, tmp_path):
    """A set of five pictures, of which one has words; then its folder goes elsewhere."""
    for number in range(5):
        draw(tmp_path / "old" / f"{number}.png", number)
    made = take_in(tmp_path / "old", name="set")
    first = store.items(project, made.dataset.id)[0]
    edits.set_texts(project, "caption", {first.id: "by hand"})
    (tmp_path / "disk").mkdir()
    (tmp_path / "old").rename(tmp_path / "disk" / "sorted")
    return made.dataset.id


def test_what_lies_elsewhere_is_linked_there_with_all_that_was_decided(
    project, decided, draw, tmp_path
):
    draw(tmp_path / "disk" / "of no set.png", 99)
    (tmp_path / "disk" / "sorted" / "0.png").rename(tmp_path / "disk" / "zero.png")
    assert len(gone(project)) == 5
    assert relink(project, tmp_path / "disk") == 5
    items = store.items(project, decided)
    assert all(item.path.is_file() and item.usable for item in items)
    assert (items[0].caption, items[0].path.name) == ("by hand", "zero.png")
    assert [source.path for source in store.sources(project, decided)] == [tmp_path / "disk"]
    assert len(items) == 5
    assert gone(project) == []
    assert relink(project, tmp_path / "disk") == 0


def test_copies_are_one_file_each_and_sets_may_share_a_file(project, draw, take_in, tmp_path):
    for name in ("a.png", "b.png"):
        draw(tmp_path / "old" / name, 1)
    one, two = (take_in(tmp_path / "old", name=name).dataset.id for name in ("one", "two"))
    (tmp_path / "old").rename(tmp_path / "new")
    assert relink(project, tmp_path / "new") == 4
    for dataset in (one, two):
        assert {item.path.name for item in store.items(project, dataset)} == {"a.png", "b.png"}


def test_those_that_counted_as_missing_can_be_used_again(project, decided, tmp_path):
    from studio.engine.dataset.doctor.reconcile import mark_missing

    mark_missing(project, store.item_ids(project, decided))
    assert store.counts(project, decided)["usable"] == 0
    relink(project, tmp_path / "disk")
    assert store.counts(project, decided)["usable"] == 5
    assert not any(store.findings(project, decided).values())


def test_other_content_under_the_same_name_and_links_are_not_taken(
    project, decided, draw, tmp_path
):
    (tmp_path / "disk" / "sorted" / "1.png").write_bytes(b"other")
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "2.png").symlink_to(tmp_path / "disk" / "sorted" / "2.png")
    assert relink(project, tmp_path / "linked") == 0
    assert relink(project, tmp_path / "disk") == 4
    assert relink(project, tmp_path / "not there") == 0


def test_the_doctor_says_how_many_and_links_them(project, decided, tmp_path):
    folder = project.folder
    project.close()
    said = {each["name"]: each for each in done("doctor", str(folder))["checks"]}
    assert said["originals"]["found"] == "5 are not where they were"
    assert "--relink" in said["originals"]["mend"]
    facts = done("doctor", str(folder), "--relink", str(tmp_path / "disk"))
    assert facts["relinked"] == 5
    assert {each["name"]: each["ok"] for each in facts["checks"]}["originals"]
