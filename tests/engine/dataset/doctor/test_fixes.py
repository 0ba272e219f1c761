"""Fixes leave out what they say, keep the best, and can be taken back."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.doctor import fixes
from studio.engine.dataset.index import store
from studio.engine.errors import ReadOnlyError, StudioError, UsageError
from studio.engine.project import Project


def scene(seed, size=(320, 240)):
    generator = np.random.default_rng(seed)
    coarse = Image.fromarray(generator.integers(0, 256, (6, 8, 3), dtype=np.uint8))
    return coarse.resize(size, Image.Resampling.BICUBIC)


@pytest.fixture
def dataset(project, take_in, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    scene(0).save(folder / "best.png")
    for side in (200, 160):
        scene(0).resize((side, side * 3 // 4)).save(folder / f"small{side}.png")
    shutil.copy(folder / "best.png", folder / "copy1.png")
    shutil.copy(folder / "best.png", folder / "copy2.png")
    scene(1).save(folder / "other.png")
    (folder / "broken.png").touch()
    return take_in(folder).dataset.id


def included(project, dataset):
    return {item.name for item in store.chosen_items(project, dataset)}


def files(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_of_copies_one_stays_and_no_file_is_touched(project, dataset, tmp_path):
    before = files(tmp_path / "in")
    done = fixes.fix(project, dataset, "duplicate")
    assert len(done.item_ids) == 2
    assert included(project, dataset) == {"best.png", "small200.png", "small160.png", "other.png"}
    done = fixes.fix(project, dataset, "near_duplicate")
    assert included(project, dataset) == {"best.png", "other.png"}
    assert files(tmp_path / "in") == before
    assert [each.kind for each in fixes.fixes(project, dataset)] == ["duplicate", "near_duplicate"]
    assert fixes.fix(project, dataset, "near_duplicate").id == 0


def test_a_best_that_was_left_out_by_hand_has_the_next_best_stay(project, dataset):
    names = {item.name: item.id for item in store.items(project, dataset)}
    store.set_included(project, [names["best.png"]], False)
    fixes.fix(project, dataset, "duplicate")
    assert included(project, dataset) & {"copy1.png", "copy2.png"} == {"copy1.png"}
    fixes.fix(project, dataset, "near_duplicate")
    assert included(project, dataset) == {"copy1.png", "small200.png", "other.png"}


def test_undo_takes_back_the_last_fix_and_only_that(project, dataset):
    everything = included(project, dataset)
    names = {item.name: item.id for item in store.items(project, dataset)}
    store.set_included(project, [names["copy1.png"]], False)
    fixes.fix(project, dataset, "duplicate")
    fixes.fix(project, dataset, "near_duplicate")
    assert fixes.undo(project, dataset).kind == "near_duplicate"
    assert included(project, dataset) == everything - {"copy1.png", "copy2.png"}
    assert fixes.undo(project, dataset).kind == "duplicate"
    assert included(project, dataset) == everything - {"copy1.png"}  # a decision by hand stays
    with pytest.raises(StudioError, match="no fix to undo"):
        fixes.undo(project, dataset)


def test_only_some_of_the_pictures(project, dataset):
    names = {item.name: item.id for item in store.items(project, dataset)}
    done = fixes.fix(project, dataset, "duplicate", only=[names["copy2.png"], names["best.png"]])
    assert done.item_ids == [names["copy2.png"]]


def test_what_has_no_fix_is_refused(project, dataset):
    for kind in ("broken", "missing", "nonsense"):
        with pytest.raises(UsageError, match="no fix"):
            fixes.fix(project, dataset, kind)
    with Project.open(project.folder) as second, pytest.raises(ReadOnlyError):
        fixes.fix(second, dataset, "duplicate")
