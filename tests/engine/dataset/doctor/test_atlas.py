"""The map of a set: like beside like, the same every time, quick for a hundred thousand."""

from __future__ import annotations

import numpy as np
import pytest

from studio.engine.dataset.doctor import atlas
from studio.engine.dataset.doctor.embedding import EmbeddingCancelled


def clusters(count: int, groups: int = 4) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(1)
    centres = generator.normal(0, 6, (groups, 32))
    of = generator.integers(0, groups, count)
    points = centres[of] + generator.normal(0, 1, (count, 32))
    points -= points.mean(axis=0)
    axes = np.linalg.svd(points, full_matrices=False)[2]
    return (points @ axes.T).astype(np.float32), of


@pytest.mark.parametrize("count", [300, 1500])
def test_like_pictures_lie_beside_each_other(count, monkeypatch) -> None:
    monkeypatch.setattr(atlas, "LANDMARKS", 300)
    points, of = clusters(count)
    places = atlas.placed(points)
    assert places.shape == (count, 2)
    assert places.dtype == np.float32
    assert np.abs(places).max() <= 1
    apart = ((places[:, None] - places[None]) ** 2).sum(2)
    np.fill_diagonal(apart, np.inf)
    neighbours = of[np.argsort(apart, axis=1)[:, :5]]
    assert (neighbours == of[:, None]).mean() > 0.97


def test_the_same_set_gives_the_same_map() -> None:
    points, _ = clusters(120)
    assert np.array_equal(atlas.placed(points), atlas.placed(points))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 12])
def test_a_handful_of_pictures_has_a_map(count) -> None:
    points, _ = clusters(max(count, 2))
    places = atlas.placed(points[:count])
    assert places.shape == (count, 2)
    assert np.isfinite(places).all()


def test_pictures_that_are_all_alike_have_a_map() -> None:
    places = atlas.placed(np.zeros((50, 32), np.float32))
    assert places.shape == (50, 2)
    assert np.isfinite(places).all()


def test_drawing_can_be_stopped() -> None:
    points, _ = clusters(120)
    with pytest.raises(EmbeddingCancelled, match="stopped"):
        atlas.placed(points, lambda: True)


def test_a_dataset_is_charted_with_its_copies_in_one_place(project, draw, take_in, tmp_path):
    for number in range(6):
        draw(tmp_path / "set" / f"{number}.png", number)
    draw(tmp_path / "set" / "copy.png", 3)
    dataset = take_in(tmp_path / "set").dataset
    chart = atlas.chart(project, dataset.id)
    assert len(chart.item_ids) == 7
    assert (np.diff(chart.item_ids) > 0).all()
    assert len(np.unique(chart.places, axis=0)) == 6
