"""Copies, byte for byte, of a picture with hidden parts hide them as well, however they come."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from studio.engine.dataset.curation import sets
from studio.engine.dataset.doctor import fixes
from studio.engine.dataset.index import store
from studio.engine.dataset.index.regions import Region, box, stored
from studio.engine.dataset.preparation.prepare import prepare
from studio.engine.dataset.privacy import hidden_regions, identical_files, leftovers
from studio.engine.errors import StudioError, UsageError
from studio.engine.training.planning import runs

HALF, REST = (box(0, 0, 0.5, 1, "fill"),), (box(0.5, 0, 1, 1, "fill"),)


@pytest.fixture
def twins(project, draw, take_in, tmp_path):
    """A dataset of `a.png`, its copy `b.png` and another picture; the folder."""
    folder = tmp_path / "set"
    draw(folder / "a.png", 1, (64, 64))
    shutil.copy(folder / "a.png", folder / "b.png")
    draw(folder / "other.png", 2, (64, 64))
    return take_in(folder).dataset, folder


def named(project, dataset) -> dict[str, store.Item]:
    return {item.name: item for item in store.items(project, dataset.id)}


def said(project, dataset) -> list[str]:
    """The names of the pictures with the finding."""
    found = store.findings(project, dataset.id)
    kinds = {number: [each.kind for each in every] for number, every in found.items()}
    every = named(project, dataset)
    return [name for name, item in every.items() if identical_files.KIND in kinds.get(item.id, ())]


def test_what_is_hidden_in_one_is_hidden_in_the_other_and_shown_again(project, twins):
    dataset, _ = twins
    before = named(project, dataset)
    undo = hidden_regions.set_regions(project, {before["b.png"].id: HALF})
    after = named(project, dataset)
    assert after["a.png"].hidden == after["b.png"].hidden == HALF
    assert after["other.png"].hidden == ()
    assert undo == {before["a.png"].id: (), before["b.png"].id: ()}
    assert said(project, dataset) == ["b.png"]
    hidden_regions.set_regions(project, undo)
    assert named(project, dataset) == before
    assert said(project, dataset) == []


def test_nothing_of_it_is_trained_on(project, twins):
    dataset, _ = twins
    shown = prepare(project, dataset.id, (64, 64)).images[:2].copy()
    assert np.array_equal(shown[0], shown[1])
    hidden_regions.set_regions(project, {named(project, dataset)["a.png"].id: HALF})
    prepared = prepare(project, dataset.id, (64, 64)).images[:2]
    for picture in prepared:
        assert (picture[:, :32] == picture[0, 0]).all()
        assert np.array_equal(picture[:, 34:], shown[0][:, 34:])


def test_a_copy_that_comes_later_is_hidden_from_the_start(project, twins, draw, take_in, tmp_path):
    dataset, _ = twins
    hidden_regions.set_regions(project, {named(project, dataset)["a.png"].id: HALF})
    draw(tmp_path / "later" / "new.png", 5, (64, 64))
    shutil.copy(tmp_path / "set" / "a.png", tmp_path / "later" / "c.png")
    take_in(tmp_path / "later", name=dataset.name)
    every = named(project, dataset)
    assert every["c.png"].hidden == HALF
    assert every["new.png"].hidden == ()
    assert said(project, dataset) == ["b.png", "c.png"]
    # What is measured of it is of what may be seen, as of the first.
    assert every["c.png"].facts["deviation"] == every["a.png"].facts["deviation"]
    likeness = dict(project.query("SELECT item_id, small FROM likeness"))
    assert likeness[every["c.png"].id] == likeness[every["a.png"].id]


def test_a_file_that_moved_and_one_that_became_a_copy(project, twins, take_in):
    dataset, folder = twins
    first = named(project, dataset)["a.png"].id
    hidden_regions.set_regions(project, {first: HALF})
    (folder / "a.png").rename(folder / "moved.png")
    (folder / "b.png").unlink()
    shutil.copy(folder / "moved.png", folder / "other.png")
    take_in(folder)
    every = named(project, dataset)
    assert every["moved.png"].hidden == every["other.png"].hidden == HALF
    assert (every["moved.png"].id, "a.png" in every) == (first, False)  # known by its content


def test_copies_from_before_there_was_this_rule(project, twins, take_in):
    dataset, folder = twins
    every = named(project, dataset)
    for name, regions in (("a.png", HALF), ("b.png", REST)):
        project.write("UPDATE item SET hidden = ? WHERE id = ?", (stored(regions), every[name].id))
    # Nothing leaks into training even before anything else is done.
    prepared = prepare(project, dataset.id, (64, 64)).images[:2]
    assert (prepared[:, :, :32] == prepared[:, :1, :1]).all()
    assert (prepared[:, :, 33:] == prepared[:, :1, 40:41]).all()
    take_in(folder)
    after = named(project, dataset)
    assert set(after["a.png"].hidden) == set(after["b.png"].hidden) == {*HALF, *REST}
    assert identical_files.uncovered(project, dataset.id) == {}


def test_a_source_that_is_put_back_is_covered(project, twins, draw, take_in, tmp_path):
    dataset, folder = twins
    draw(tmp_path / "more" / "m.png", 7, (64, 64))
    shutil.copy(folder / "a.png", tmp_path / "more" / "z.png")
    take_in(tmp_path / "more", name=dataset.name)
    (source,) = [s for s in store.sources(project, dataset.id) if s.path.name == "more"]
    gone = sets.remove_source(project, source.id)
    hidden_regions.set_regions(project, {named(project, dataset)["a.png"].id: HALF})
    sets.put_back(project, gone)
    assert named(project, dataset)["z.png"].hidden == HALF


def test_another_dataset_decides_for_itself(project, twins, take_in):
    dataset, folder = twins
    other = take_in(folder, name="second").dataset
    hidden_regions.set_regions(project, {named(project, dataset)["a.png"].id: HALF})
    assert all(item.hidden == () for item in store.items(project, other.id))


def test_broken_files_are_no_copies_of_each_other(project, draw, take_in, tmp_path):
    draw(tmp_path / "set" / "a.png", 1, (64, 64))
    for name in ("x.png", "y.png"):
        (tmp_path / "set" / name).write_bytes(b"")
    dataset = take_in(tmp_path / "set").dataset
    every = named(project, dataset)
    project.write("UPDATE item SET sha256 = '' WHERE NOT usable")
    if "x.png" in every:
        hidden_regions.set_regions(project, {every["x.png"].id: HALF})
        assert named(project, dataset)["y.png"].hidden == ()
    hidden_regions.set_regions(project, {every["a.png"].id: HALF})
    assert identical_files.alike(project, [999]) == []
    assert identical_files.spread(project, {}) == {}


def test_a_region_that_is_none_changes_no_copy(project, twins):
    dataset, _ = twins
    number = named(project, dataset)["a.png"].id
    for wrong in (box(0.2, 0.2, 0.2, 0.8), Region(((0.0, 0.0), (1.0, 1.0)))):
        with pytest.raises(UsageError):
            hidden_regions.set_regions(project, {number: (wrong,)})
    assert all(item.hidden == () for item in store.items(project, dataset.id))


def test_copies_can_be_left_out_as_any_finding(project, twins):
    dataset, _ = twins
    every = named(project, dataset)
    hidden_regions.set_regions(project, {every["a.png"].id: HALF})
    assert fixes.fix(project, dataset.id, identical_files.KIND).item_ids == [every["b.png"].id]
    fixes.undo(project, dataset.id)
    assert named(project, dataset)["b.png"].included


def test_what_an_earlier_version_prepared_is_not_shown_any_more(project, twins):
    """The copy was whole in it; the run that used it has to begin anew."""
    dataset, _ = twins
    items = named(project, dataset)
    project.write("UPDATE item SET hidden = ? WHERE id = ?", (stored(HALF), items["a.png"].id))
    with pytest.MonkeyPatch.context() as earlier:
        earlier.setattr(identical_files, "uncovered", lambda *_: {})
        recipe = runs.create_run(project, dataset.name, "vae", 64, 64, images=8)
        old = project.folder / recipe.prepared
        runs.pictures_of(project.folder, recipe)
    with pytest.raises(StudioError, match="have changed since the run"):
        runs.pictures_of(project.folder, recipe)
    assert old.exists()
    assert hidden_regions.cover_older(project) == [dataset.id]
    assert not old.exists()
    assert named(project, dataset)["b.png"].hidden == HALF
    assert hidden_regions.cover_older(project) == []
    with pytest.raises(StudioError, match="have changed since the run"):
        runs.pictures_of(project.folder, recipe)


def test_a_prepared_set_that_cannot_be_deleted_is_not_used(project, twins, monkeypatch):
    """As on Windows, while another program has it open."""
    dataset, _ = twins
    recipe = runs.create_run(project, dataset.name, "vae", 64, 64, images=8)
    monkeypatch.setattr(leftovers.shutil, "rmtree", lambda *_, **__: None)
    hidden_regions.set_regions(project, {named(project, dataset)["a.png"].id: HALF})
    assert (project.folder / recipe.prepared).exists()
    with pytest.raises(StudioError, match="have changed since the run"):
        runs.pictures_of(project.folder, recipe)


def test_two_copies_that_are_told_apart_both_hide_everything(project, twins):
    dataset, _ = twins
    a, b = (named(project, dataset)[name].id for name in ("a.png", "b.png"))
    hidden_regions.set_regions(project, {a: HALF, b: REST})
    hidden_regions.set_regions(project, {a: (), b: HALF + REST})
    after = named(project, dataset)
    assert set(after["a.png"].hidden) == set(after["b.png"].hidden) == {*HALF, *REST}
    hidden_regions.set_regions(project, {a: ()})
    assert named(project, dataset)["b.png"].hidden == ()
