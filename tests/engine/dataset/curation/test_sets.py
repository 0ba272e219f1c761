"""Datasets renamed and deleted, sources taken out, and everything brought back as it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.curation import no_training_marks, removed_sets, sets
from studio.engine.dataset.curation import rights as stated
from studio.engine.dataset.doctor import fixes
from studio.engine.dataset.index import settings, store, whole_set_pass
from studio.engine.dataset.intake import importer
from studio.engine.dataset.preparation import prepare
from studio.engine.errors import ReadOnlyError, StudioError, UsageError
from studio.engine.project import Project, now


def picture_file(path: Path, seed: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    Image.fromarray(coarse).resize((96, 72), Image.Resampling.BICUBIC).save(path)
    return path


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders; one picture of the second is a copy of one of the first."""
    first, second = tmp_path / "doors", tmp_path / "façades"
    for place, seeds in ((first, (1, 2, 3)), (second, (4, 5))):
        for seed in seeds:
            picture_file(place / f"{seed}.png", seed)
    shutil.copy(first / "1.png", second / "copy.png")
    return first, second


@pytest.fixture
def project(tmp_path: Path, folders):
    with Project.open(tmp_path / "project", create=True) as made:
        take(made, *folders, name="set")
        yield made


def take(project: Project, *sources: Path, name: str | None) -> None:
    for _ in importer.import_sources(project, list(sources), name):
        pass


def everything(project: Project) -> dict[str, list[tuple]]:
    """All rows but those about what is due, and without the ids of findings."""
    return {
        "dataset": [tuple(r) for r in project.query("SELECT id, name FROM dataset ORDER BY id")],
        "source": [tuple(r) for r in project.query("SELECT * FROM source ORDER BY id")],
        "item": [tuple(r) for r in project.query("SELECT * FROM item ORDER BY id")],
        "likeness": [tuple(r) for r in project.query("SELECT * FROM likeness ORDER BY item_id")],
        "finding": [
            tuple(r)
            for r in project.query(
                "SELECT item_id, kind, sentence, data FROM finding ORDER BY item_id, kind"
            )
        ],
    }


def bytes_of(*folders: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for folder in folders for path in folder.iterdir()}


def names(project: Project, dataset: str = "set") -> list[str]:
    number = store.dataset(project, dataset).id
    return [item.name for item in store.items(project, number)]


def with_run(project: Project, name: str = "run-a1") -> None:
    project.write(
        "INSERT INTO run (name, dataset_id, family, created, status) VALUES (?, ?, 'vae', ?, "
        "'finished')",
        (name, store.dataset(project, "set").id, now()),
    )


# ---------------------------------------------------------------------- names


def test_another_name_keeps_everything_else(project) -> None:
    number = store.dataset(project, "set").id
    before = everything(project)
    assert sets.rename(project, number, "  Doors \n of Prague ") == "set"
    assert [each.name for each in store.datasets(project)] == ["Doors of Prague"]
    assert sets.rename(project, number, "Doors") == "Doors of Prague"
    assert sets.rename(project, number, "Doors") == "Doors"
    assert {**everything(project), "dataset": before["dataset"]} == before
    with pytest.raises(StudioError, match="no dataset 'set'"):
        store.dataset(project, "set")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "at least one letter"),
        (" \t ", "at least one"),
        ("x" * 201, "201"),
        ("other", "already"),
    ],
)
def test_names_that_cannot_be(project, folders, name, words) -> None:
    take(project, folders[0], name="other")
    with pytest.raises(UsageError, match=words):
        sets.rename(project, store.dataset(project, "set").id, name)
    assert [each.name for each in store.datasets(project)] == ["set", "other"]
    with pytest.raises(StudioError, match="no longer"):
        sets.rename(project, 999, "new")


# ---------------------------------------------------------------------- sources


def test_a_source_goes_and_comes_back_with_every_decision(project, folders) -> None:
    number = store.dataset(project, "set").id
    source = store.sources(project, number)[1]
    items = [item for item in store.items(project, number) if item.source_id == source.id]
    store.set_rating(project, [items[0].id], 4)
    store.set_included(project, [items[1].id], False)
    stated.set_source(project, source.id, {"licence": "CC0-1.0"})
    no_training_marks.set_marks(project, [items[1].id], True)
    before, files = everything(project), bytes_of(*folders)
    assert store.counts(project, number)["findings"]["duplicate"] == 1
    done = sets.remove_source(project, source.id)
    assert (done.name, done.pictures) == ("façades", 3)
    assert names(project) == ["1.png", "2.png", "3.png"]
    assert [each.path for each in store.sources(project, number)] == [folders[0]]
    assert "duplicate" not in store.counts(project, number)["findings"]
    assert not whole_set_pass.is_due(project, number)
    assert [each.name for each in store.datasets(project)] == ["set"]
    assert removed_sets.aside(project) == [done]
    sets.put_back(project, done)
    assert everything(project) == before
    assert removed_sets.aside(project) == []
    assert bytes_of(*folders) == files
    with pytest.raises(StudioError, match="for good"):
        sets.put_back(project, done)


def test_copies_are_found_anew_when_the_first_one_goes(project, folders) -> None:
    number = store.dataset(project, "set").id
    before = everything(project)
    done = sets.remove_source(project, store.sources(project, number)[0].id)
    assert "duplicate" not in store.counts(project, number)["findings"]
    sets.put_back(project, done)
    assert everything(project) == before


def test_a_stopped_search_for_copies_stays_due(project) -> None:
    number = store.dataset(project, "set").id
    sets.remove_source(project, store.sources(project, number)[1].id, cancelled=lambda: True)
    assert names(project) == ["1.png", "2.png", "3.png"]
    assert whole_set_pass.is_due(project, number)


def test_the_only_source_stays(project) -> None:
    number = store.dataset(project, "set").id
    first, second = store.sources(project, number)
    sets.remove_source(project, second.id)
    with pytest.raises(UsageError, match=r"only source of 'set': delete the dataset"):
        sets.remove_source(project, first.id)
    with pytest.raises(StudioError, match="no longer"):
        sets.remove_source(project, second.id)
    with pytest.raises(StudioError, match="no longer"):
        sets.remove_source(project, 999)
    assert names(project) == ["1.png", "2.png", "3.png"]


def test_what_was_imported_again_gives_way_to_what_comes_back(project, folders) -> None:
    number = store.dataset(project, "set").id
    source = store.sources(project, number)[1]
    item = next(each for each in store.items(project, number) if each.name == "4.png")
    store.set_rating(project, [item.id], 5)
    done = sets.remove_source(project, source.id)
    picture_file(folders[1] / "6.png", 6)
    take(project, folders[1], name="set")
    again = next(each for each in store.items(project, number) if each.name == "4.png")
    assert (again.rating, again.id != item.id) == (0, True)
    sets.put_back(project, done)
    assert [each.path for each in store.sources(project, number)] == list(folders)
    found = {each.name: each for each in store.items(project, number)}
    assert sorted(found) == ["1.png", "2.png", "3.png", "4.png", "5.png", "6.png", "copy.png"]
    assert (found["4.png"].id, found["4.png"].rating) == (item.id, 5)
    assert {found[name].source_id for name in ("4.png", "6.png")} == {source.id}


def test_a_file_that_another_root_has_meanwhile(project, folders) -> None:
    number = store.dataset(project, "set").id
    done = sets.remove_source(project, store.sources(project, number)[1].id)
    take(project, folders[1].parent, name="set")  # contains both folders
    assert len(store.items(project, number)) == 6
    sets.put_back(project, done)
    items = store.items(project, number)
    assert len(items) == len({each.path for each in items}) == 6


def test_an_import_of_the_rest_does_not_bring_it_back(project, folders) -> None:
    number = store.dataset(project, "set").id
    sets.remove_source(project, store.sources(project, number)[1].id)
    take(project, folders[0], name=None)
    assert names(project) == ["1.png", "2.png", "3.png"]


# ---------------------------------------------------------------------- whole datasets


def test_a_dataset_goes_and_comes_back(project, folders) -> None:
    number = store.dataset(project, "set").id
    store.set_rating(project, store.item_ids(project, number)[:2], 3)
    before, files = everything(project), bytes_of(*folders)
    done = sets.delete(project, number)
    assert (done.name, done.pictures, done.source_id) == ("set", 6, 0)
    assert store.datasets(project) == []
    with pytest.raises(StudioError, match="no dataset"):
        store.dataset(project, " 1")
    sets.put_back(project, done)
    assert everything(project) == before
    assert bytes_of(*folders) == files


def test_a_name_that_was_given_away_gets_a_number(project, folders) -> None:
    done = sets.delete(project, store.dataset(project, "set").id)
    take(project, folders[0], name="set")
    take(project, folders[0], name="set 2")
    sets.put_back(project, done)
    assert sorted(each.name for each in store.datasets(project)) == ["set", "set 2", "set 3"]
    assert len(names(project, "set 3")) == 6


def test_a_dataset_that_runs_need_is_refused_in_words(project) -> None:
    with_run(project)
    with_run(project, "run-a2")
    dataset = store.dataset(project, "set")
    with pytest.raises(sets.InUse, match=r"'set' .* run-a1, run-a2\. Remove"):
        sets.delete(project, dataset.id)
    assert store.dataset(project, "set") == dataset
    done = sets.delete(project, dataset.id, with_runs=True)
    assert sets.users(project, dataset.id) == ["run-a1", "run-a2"]
    sets.put_back(project, done)
    assert store.dataset(project, "set") == dataset


def test_what_is_purged_is_gone_with_all_that_the_cache_shows(project, folders) -> None:
    number = store.dataset(project, "set").id
    prepared = prepare.prepare(project, number, (16, 16))
    second = store.sources(project, number)[1]
    fixes.fix(project, number, "duplicate")
    done = sets.remove_source(project, second.id)
    deleted = sets.delete(project, number)
    assert removed_sets.aside(project) == [done, deleted]
    removed_sets.purge(project, [done], cancelled=lambda: True)
    assert len(project.query("SELECT id FROM item")) == 6
    removed_sets.purge(project, [done])
    assert not prepared.folder.exists()
    assert project.query("SELECT item_ids FROM fix")[0][0] == "[]"
    assert removed_sets.aside(project) == [deleted]
    sets.put_back(project, deleted)
    assert names(project) == ["1.png", "2.png", "3.png"]
    sets.delete(project, number)
    removed_sets.purge(project, removed_sets.aside(project))
    for table in ("dataset", "source", "item", "finding", "likeness", "fix"):
        assert project.query(f"SELECT * FROM {table}") == [], table


def test_runs_keep_what_was_prepared_for_them(project) -> None:
    with_run(project)
    number = store.dataset(project, "set").id
    prepared = prepare.prepare(project, number, (16, 16))
    sets.delete(project, number, with_runs=True)
    removed_sets.purge(project, removed_sets.aside(project))
    assert prepared.folder.exists()
    assert project.query("SELECT dataset_id FROM run")[0][0] is None


def test_what_is_let_go_says_so_and_can_come_back_until_it_is_purged(project, folders) -> None:
    take(project, *folders, name="set")
    take(project, folders[0], name="second")
    first, second = store.datasets(project)
    source = store.sources(project, first.id)[0]
    removed_sets.let_go(project)
    assert removed_sets.aside(project) == []
    gone = [sets.remove_source(project, source.id), sets.delete(project, second.id)]
    assert [each.let_go for each in removed_sets.aside(project)] == [False, False]
    removed_sets.let_go(project)
    assert [each.let_go for each in removed_sets.aside(project)] == [True, True]
    for each in gone:
        sets.put_back(project, each)
    assert settings.stored(project, second.id) == {}
    assert sets.delete(project, second.id).let_go is False
    assert [each.let_go for each in removed_sets.aside(project)] == [False]


def test_the_newest_removal_of_each_kind(project, folders) -> None:
    number = store.dataset(project, "set").id
    for dataset_id in (0, number):
        with pytest.raises(StudioError, match=r"^There is no (source|dataset) to bring back"):
            removed_sets.last(project, dataset_id)
    done = sets.remove_source(project, store.sources(project, number)[0].id)
    take(project, folders[0], name="other")
    deleted = sets.delete(project, store.dataset(project, "other").id)
    assert removed_sets.last(project, number) == done
    assert removed_sets.last(project) == deleted


def test_a_project_that_can_only_be_read_refuses(project, tmp_path) -> None:
    with Project.open(tmp_path / "project") as other:
        number = store.dataset(other, "set").id
        with pytest.raises(ReadOnlyError):
            sets.rename(other, number, "new")
        with pytest.raises(ReadOnlyError):
            sets.delete(other, number)
        with pytest.raises(ReadOnlyError):
            sets.remove_source(other, store.sources(other, number)[0].id)
