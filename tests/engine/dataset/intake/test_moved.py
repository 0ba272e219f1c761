"""A folder that has another place now is the same set: what was decided about it stays."""

from __future__ import annotations

import shutil
import zipfile

import pytest

from studio.engine.dataset.curation import edits, rights
from studio.engine.dataset.index import store


@pytest.fixture
def decided(project, draw, take_in, tmp_path):
    """A set of six pictures about which something was decided."""
    for number in range(6):
        draw(tmp_path / "old" / f"{number}.png", number)
    done = take_in(tmp_path / "old", name="set")
    first, second, *_ = store.items(project, done.dataset.id)
    store.set_included(project, [first.id], False)
    store.set_rating(project, [second.id], 4)
    edits.set_texts(project, "caption", {second.id: "by hand"})
    return done.dataset.id


def facts(project, dataset_id):
    return [
        (item.id, item.name, item.usable, item.included, item.rating, item.caption)
        for item in store.items(project, dataset_id)
    ]


def test_a_moved_folder_is_recognised_by_its_content(project, decided, take_in, tmp_path):
    before = facts(project, decided)
    (tmp_path / "old").rename(tmp_path / "new")
    done = take_in(tmp_path / "new", name="set")
    assert (done.found, done.usable, done.moved, done.findings) == (6, 6, 6, {})
    assert facts(project, decided) == before
    assert [source.path.name for source in store.sources(project, decided)] == ["new"]
    assert all(item.path.is_file() for item in store.items(project, decided))
    assert take_in(tmp_path / "new", name="set").moved == 0


def test_what_did_not_come_along_is_missing(project, decided, take_in, tmp_path):
    (tmp_path / "old").rename(tmp_path / "new")
    (tmp_path / "new" / "5.png").unlink()
    done = take_in(tmp_path / "new", name="set")
    assert (done.found, done.usable, done.findings) == (6, 5, {"missing": 1})


def test_files_that_were_renamed_or_sorted_into_folders(project, decided, take_in, tmp_path):
    (tmp_path / "old" / "a").mkdir()
    (tmp_path / "old" / "0.png").rename(tmp_path / "old" / "a" / "zero.png")
    done = take_in(tmp_path / "old", name="set")
    assert (done.found, done.usable, done.moved) == (6, 6, 1)
    first = store.items(project, decided)[0]
    assert (first.path.name, first.name, first.included) == ("zero.png", "zero.png", False)


def test_an_archive_that_was_unpacked_and_thrown_away(project, draw, take_in, tmp_path):
    for number in range(3):
        draw(tmp_path / "in" / f"{number}.png", number)
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as packed:
        for file in sorted((tmp_path / "in").iterdir()):
            packed.write(file, f"bögen/{file.name}")
    number = take_in(tmp_path / "set.zip", name="set").dataset.id
    store.set_rating(project, [store.items(project, number)[1].id], 5)
    (tmp_path / "set.zip").rename(tmp_path / "other.zip")
    assert take_in(tmp_path / "other.zip", name="set").moved == 3
    (tmp_path / "other.zip").unlink()
    done = take_in(tmp_path / "in", name="set")
    assert (done.found, done.usable, done.moved) == (3, 3, 3)
    assert [item.rating for item in store.items(project, number)] == [0, 5, 0]


def test_names_that_an_earlier_version_misread_are_known_again(project, draw, take_in, tmp_path):
    draw(tmp_path / "a.png")
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as packed:
        packed.write(tmp_path / "a.png", "bögen/a.png")
    number = take_in(tmp_path / "set.zip", name="set").dataset.id
    (item,) = store.items(project, number)
    project.write("UPDATE item SET member = ?, rating = 3, mtime_ns = 0", ("b├╢gen/a.png",))
    done = take_in(tmp_path / "set.zip", name="set")
    (after,) = store.items(project, number)
    assert (done.found, after.id, after.member, after.rating) == (1, item.id, "bögen/a.png", 3)


def test_a_copy_is_another_picture_while_the_first_is_there(project, decided, take_in, tmp_path):
    shutil.copytree(tmp_path / "old", tmp_path / "copy")
    done = take_in(tmp_path / "copy", name="set")
    assert (done.found, done.moved, done.findings) == (12, 0, {"duplicate": 6})


def test_copies_keep_their_own_decisions(project, draw, take_in, tmp_path):
    draw(tmp_path / "old" / "a.png")
    shutil.copy(tmp_path / "old" / "a.png", tmp_path / "old" / "b.png")
    number = take_in(tmp_path / "old", name="set").dataset.id
    store.set_rating(project, [store.items(project, number)[1].id], 2)
    (tmp_path / "old").rename(tmp_path / "new")
    done = take_in(tmp_path / "new", name="set")
    found = {item.name: item.rating for item in store.items(project, number)}
    assert (done.moved, found) == (2, {"a.png": 0, "b.png": 2})


def test_what_was_stated_of_the_folder_is_taken_over(project, decided, take_in, tmp_path):
    (source,) = store.sources(project, decided)
    rights.set_source(project, source.id, {"licence": "CC0"})
    (tmp_path / "old").rename(tmp_path / "new")
    take_in(tmp_path / "new", name="set")
    assert [each.rights for each in store.sources(project, decided)] == [{"licence": "CC0"}]
