"""Strangers in a set: found by feature space, with a reason, undone, and never looked at twice."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.doctor import embedding, fixes, outliers, thresholds
from studio.engine.dataset.index import store
from studio.engine.errors import StudioError

STRANGER = "stranger.png"


def brick(seed: int) -> Image.Image:
    """Rows of bricks in reds: alike, and never the same."""
    generator = np.random.default_rng(seed)
    wall = np.full((64, 64, 3), (150, 80, 60), np.float64)
    wall += generator.normal(0, 6, wall.shape) + generator.normal(0, 8, (1, 1, 3))
    wall[:: 8 + seed % 2] = 190
    wall[:, ::16] = 190
    return Image.fromarray(np.clip(wall, 0, 255).astype(np.uint8))


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "wall"
    place.mkdir()
    for number in range(40):
        brick(number).save(place / f"{number:02}.png")
    stranger = np.zeros((64, 64, 3), np.uint8)
    yy, xx = np.mgrid[:64, :64]
    stranger[(yy - 32) ** 2 + (xx - 32) ** 2 < 400] = (20, 240, 255)
    Image.fromarray(stranger).save(place / STRANGER)
    return place


@pytest.fixture
def dataset(take_in, folder):
    return take_in(folder, name="wall").dataset


def test_the_stranger_is_found_with_a_reason_and_can_be_left_out(project, dataset) -> None:
    names = {item.id: item.name for item in store.items(project, dataset.id)}
    seen = []
    found = outliers.find(project, dataset.id, progress=lambda done, total: seen.append(total))
    assert seen[-1] == 41
    assert names[outliers.ranked(project, dataset.id, 1)[0][0]] == STRANGER
    assert STRANGER in [names[finding.item_id] for finding in found.added]
    assert found.count <= 3
    finding = next(f for f in found.added if names[f.item_id] == STRANGER)
    assert f"(limit {finding.data['limit']})" in finding.sentence
    assert finding.data["apart"] > 3.5
    fix = fixes.fix(project, dataset.id, "outlier")
    assert len(fix.item_ids) == found.count
    fixes.undo(project, dataset.id)
    assert len(store.chosen_items(project, dataset.id)) == 41


def embedded(places):
    contents = [hashlib.sha256(str(n).encode()).hexdigest() for n in range(len(places))]
    rest = np.ones(len(places), np.float32)
    return embedding.Embedded(np.arange(len(places)), contents, places.astype(np.float32), rest)


@pytest.mark.parametrize("references", [8192, 300])
def test_a_stranger_beside_a_dense_group_is_found_though_others_are_further_apart(
    references, monkeypatch
) -> None:
    monkeypatch.setattr(outliers, "_REFERENCES", references)
    generator = np.random.default_rng(0)
    dense = generator.normal(0, 1, (300, embedding.AXES))
    scattered = generator.normal(0, 2.9, (300, embedding.AXES)) + 60
    stranger = np.zeros((1, embedding.AXES))
    stranger[0, 0] = -20
    places = np.concatenate([dense, scattered, stranger])
    apart = np.sort(np.linalg.norm(places[:, None] - places, axis=2))[:, 1:11].mean(axis=1)
    assert apart[600] < np.quantile(apart, 0.97)  # so distance alone does not tell
    found = outliers.scores(embedded(places))
    assert [key for key, score in found.items() if score > 3.0] == [600]
    again = outliers.scores(embedded(np.concatenate([places, places[600:]])))
    assert again[600] < found[600]  # two of a kind are less strange than one


@pytest.mark.parametrize("count", [0, 1, 2, 3, 11, 51])
def test_few_or_equal_pictures_have_plain_scores(count) -> None:
    found = outliers.scores(embedded(np.zeros((count, embedding.AXES))))
    assert set(found.values()) <= {0.0}
    assert len(found) == (count if count > 2 else 0)


def test_moving_the_threshold_needs_no_second_look(project, dataset, monkeypatch) -> None:
    outliers.find(project, dataset.id)
    monkeypatch.setattr(embedding, "read_picture", None)
    values = thresholds.values(project, dataset.id, "outlier")
    assert len(values) == 41
    applied = thresholds.apply(project, dataset.id, {"outlier": 0.5})
    assert applied.counts["outlier"] == int((values > 0.5).sum())
    thresholds.apply(project, dataset.id, {"outlier": 100.0})
    assert "outlier" not in store.counts(project, dataset.id)["findings"]


def test_only_new_pictures_are_decoded(project, dataset, folder, take_in, monkeypatch) -> None:
    looked = []
    real = embedding.read_picture

    def read(item, size):
        looked.append(item.name)
        return real(item, size)

    monkeypatch.setattr(embedding, "read_picture", read)
    first = outliers.find(project, dataset.id)
    assert len(looked) == 41
    looked.clear()
    shutil.copy(folder / STRANGER, folder / "copy of it.png")
    brick(99).save(folder / "new.png")
    take_in(folder, name="wall")
    again = outliers.find(project, dataset.id)
    assert looked == ["new.png"]  # a copy has been seen already
    assert set(first.scores) < set(again.scores)
    names = {item.name: item.id for item in store.items(project, dataset.id)}
    assert again.scores[names[STRANGER]] == again.scores[names["copy of it.png"]]


def test_the_same_set_gives_the_same_scores(project, dataset) -> None:
    first = outliers.find(project, dataset.id)
    (project.cache / embedding.FILE).unlink()
    again = outliers.find(project, dataset.id)
    assert again.scores == first.scores
    assert again.added == []


def test_a_search_that_was_stopped_goes_on(project, dataset, monkeypatch) -> None:
    monkeypatch.setattr(embedding, "_BATCH", 8)
    asked = []

    def cancelled() -> bool:
        asked.append(None)
        return len(asked) > 2

    with pytest.raises(outliers.EmbeddingCancelled, match="stopped"):
        outliers.find(project, dataset.id, cancelled)
    assert outliers.known(project, dataset.id) == 0
    first = []
    outliers.find(project, dataset.id, progress=lambda done, total: first.append(done))
    assert first[0] == 16
    assert outliers.known(project, dataset.id) == 41


def test_too_few_pictures_are_one_sentence(project, draw, take_in, tmp_path) -> None:
    for number in range(5):
        draw(tmp_path / "few" / f"{number}.png", number)
    few = take_in(tmp_path / "few").dataset
    with pytest.raises(StudioError, match="at least 20 different pictures"):
        outliers.find(project, few.id)


def test_a_damaged_cache_and_lost_pictures_cost_only_themselves(project, dataset, folder) -> None:
    (project.cache / embedding.FILE).write_bytes(b"no database" * 100)
    (folder / "03.png").unlink()
    found = outliers.find(project, dataset.id)
    assert len(found.scores) == 40


def test_a_read_only_project_is_embedded_without_a_trace(project, dataset, monkeypatch) -> None:
    monkeypatch.setattr(project, "read_only_reason", "It can be looked at only.")
    with pytest.raises(StudioError, match="looked at only"):
        outliers.find(project, dataset.id)
    items = store.items(project, dataset.id)
    assert embedding.embed(project, items).places.shape == (41, embedding.AXES)
    assert not (project.folder / "cache" / embedding.FILE).exists()


def test_torch_is_imported_only_to_embed() -> None:
    code = (
        "import sys; from studio.engine.dataset.doctor import outliers, atlas; "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
