"""The closest pairs of a run: worst first, whatever has become of the pictures since."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.index import store
from studio.engine.errors import StudioError
from studio.engine.evaluation import gallery, pairs
from studio.engine.evaluation.gallery import closest
from studio.engine.project import Project
from tests.engine.evaluation.test_copies import drawn

SIZE = 32


@pytest.fixture
def place(made_once: tuple[Path, str], tmp_path: Path) -> Iterator[tuple[Project, str]]:
    """The project for this test alone; its pictures stay where they were imported from."""
    shutil.copytree(made_once[0] / "project", tmp_path / "project")
    with Project.open(tmp_path / "project") as project:
        yield project, made_once[1]


@pytest.fixture
def generated(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """What the model makes of the seeds 0, 1, 2 …; the last one goes on."""
    pictures: list[np.ndarray] = []
    monkeypatch.setattr(
        gallery, "made", lambda model, seeds: (pictures[min(n, len(pictures) - 1)] for n in seeds)
    )
    return pictures


def new(seed: int) -> np.ndarray:
    return np.asarray(Image.fromarray(drawn(seed)).resize((SIZE, SIZE)))


def test_copies_come_first_and_are_named(place, generated):
    project, run = place
    prepared, _ = pairs.pictures_and_model(project, run)
    first, second = prepared.train[2], prepared.train[5]
    small = Image.fromarray(prepared.images[second]).resize((20, 20))
    soft = np.asarray(small.resize((SIZE, SIZE)))
    generated += [new(900), soft[:, ::-1], np.array(prepared.images[first]), new(901)]
    found = closest(project, run, 4)
    assert [pair.seed for pair in found.pairs[:2]] == [2, 1]
    assert (found.compared, found.copies, found.copied) == (4, 2, 2)
    assert found.known == len(prepared.train)
    exact, mirrored = found.pairs[:2]
    assert exact.likeness.closeness == 1.0
    assert np.array_equal(exact.training, exact.generated)
    assert mirrored.likeness.mirrored
    assert mirrored.likeness.too_close
    assert exact.item is not None
    assert exact.item.id == prepared.item_ids[first]
    assert not any(pair.likeness.too_close for pair in found.pairs[2:])
    assert not found.changed
    assert found.unseen == len(prepared.held_out)


def test_a_model_that_has_learnt_nothing_copies_nothing(place):
    project, run = place
    found = closest(project, run, 5, seed=40)
    assert (found.compared, found.copies) == (5, 0)
    assert sorted(pair.seed for pair in found.pairs) == [40, 41, 42, 43, 44]
    # As the wall beside shows them.
    assert np.array_equal(
        {pair.seed: pair.generated for pair in found.pairs}[40],
        pairs.side_by_side(project, run, 1, 40)[1][0],
    )


def test_only_the_closest_are_kept_and_all_copies_counted(place, generated):
    project, run = place
    prepared, _ = pairs.pictures_and_model(project, run)
    generated += [new(900), np.array(prepared.images[prepared.train[0]])]
    found = closest(project, run, 70, shown=3)
    assert len(found.pairs) == 3
    assert (found.compared, found.copies, found.copied) == (70, 69, 1)


def test_none_and_one(place, generated):
    project, run = place
    generated += [new(900)]
    assert closest(project, run, 0).pairs == []
    assert len(closest(project, run, 1).pairs) == 1


def test_a_stopped_comparison_keeps_what_it_has(place):
    project, run = place
    told: list[tuple[int, int]] = []
    found = closest(
        project, run, 100, progress=lambda *at: told.append(at), cancelled=lambda: bool(told)
    )
    assert told == [(found.compared, 100)]
    assert 0 < found.compared < 100


def test_stopped_while_its_pictures_are_prepared_again_there_is_nothing_yet(place):
    project, run = place
    shutil.rmtree(project.cache / "prepared")
    found = closest(project, run, 4, cancelled=lambda: True)
    assert (found.pairs, found.compared, found.known) == ([], 0, 0)
    assert not list((project.cache / "prepared").glob("*"))


def test_where_only_figures_are_wanted_no_pixels_are_held(place):
    project, run = place
    whole, bare = closest(project, run, 6), closest(project, run, 6, pixels=False)
    assert [(pair.seed, pair.likeness, pair.item) for pair in whole.pairs] == [
        (pair.seed, pair.likeness, pair.item) for pair in bare.pairs
    ]
    assert all(pair.generated.size == pair.training.size == 0 for pair in bare.pairs)
    assert all(pair.generated.size == pair.training.size > 0 for pair in whole.pairs)


def test_a_moved_file_takes_nothing_with_it(place, made_once, generated, tmp_path):
    project, run = place
    prepared, _ = pairs.pictures_and_model(project, run)
    kept, gone = prepared.train[4], prepared.train[1]
    copies = [np.array(prepared.images[kept]), np.array(prepared.images[gone])]
    items = store.items_by_id(project, prepared.item_ids)
    names = {row: items[row].name for row in (kept, gone)}
    generated += copies
    origin = made_once[0] / "in" / names[gone]
    moved = origin.rename(tmp_path / "elsewhere.png")
    try:
        # The cache still has it: nothing is lost at all.
        found = closest(project, run, 2)
        assert (found.copies, found.changed, found.lost) == (2, False, [])
        said = {pair.item.name: pair.file_found for pair in found.pairs if pair.item}
        assert said == {names[kept]: True, names[gone]: False}
        shutil.rmtree(project.cache / "prepared")
        found = closest(project, run, 2)
        assert (found.copies, found.changed, found.lost) == (1, True, [names[gone]])
        assert found.known < len(prepared.train) + len(prepared.held_out)
        best = found.pairs[0].item
        assert best is not None
        assert best.name == names[kept]
    finally:
        moved.rename(origin)


def test_a_picture_that_left_the_dataset_has_no_name(place, generated):
    project, run = place
    prepared, _ = pairs.pictures_and_model(project, run)
    generated += [np.array(prepared.images[prepared.train[0]])]
    project.write("DELETE FROM item WHERE id = ?", (prepared.item_ids[prepared.train[0]],))
    (pair,) = closest(project, run, 1).pairs
    assert pair.item is None
    assert pair.likeness.too_close


def test_without_any_picture_there_is_a_sentence(place):
    project, run = place
    shutil.rmtree(project.cache / "prepared")
    project.write("UPDATE item SET usable = 0")
    with pytest.raises(StudioError, match="None of the dataset's pictures can be read"):
        closest(project, run, 2)
    project.write("DELETE FROM dataset")
    with pytest.raises(StudioError):
        closest(project, run, 2)


def test_a_run_without_a_checkpoint_says_so(place):
    project, run = place
    shutil.rmtree(project.runs / run / "checkpoints")
    with pytest.raises(StudioError, match="no checkpoint"):
        closest(project, run, 2)
    with pytest.raises(StudioError, match="There is no run"):
        closest(project, "none", 2)
