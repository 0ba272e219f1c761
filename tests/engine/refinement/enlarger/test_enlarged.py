"""Pictures made larger: by tiles, with alpha, closed at the edges, held to what they were."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from models.enlarger.network import Enlarger
from studio.engine.artwork import Image
from studio.engine.errors import StudioError
from studio.engine.refinement.enlarge import Enlarge
from studio.engine.refinement.enlarger import card as cards
from studio.engine.refinement.enlarger.card import Card
from studio.engine.refinement.enlarger.enlarged import by_tiles, enlarged, held, small_again
from studio.engine.refinement.planes import resized


def network(factor: int = 2, seed: int = 0) -> Enlarger:
    """One that has learnt something or other."""
    torch.manual_seed(seed)
    made = Enlarger(factor, 4, 1)
    torch.nn.init.normal_(made.tail.weight, std=0.02)
    return made.eval().requires_grad_(False)


def about(factor: int = 2, **more: object) -> Card:
    facts: dict[str, object] = {
        "run": "r", "dataset": "d", "scale": factor, "width": 4, "blocks": 1, "mends": "samples",
        "checkpoint_sha256": "0", "pictures": 9, "steps": 5, "seconds": 1.0, "psnr": 24.0,
        "psnr_lanczos": 23.0, "has_sharp": True, "detail": 0.8, **more,
    }  # fmt: skip
    return Card.model_validate(facts)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The card of a small enlarger of two ends."""
    tensors = {cards.FAITHFUL + n: v for n, v in network(seed=1).state_dict().items()}
    tensors |= {cards.SHARP + n: v for n, v in network(seed=2).state_dict().items()}
    return cards.keep(tmp_path, about(), tensors)


def photograph(height: int = 20, width: int = 30, channels: int = 3) -> Image:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    planes = [np.sin(x / 5 + n) * np.cos(y / 4 - n) * 0.3 + 0.5 for n in range(channels)]
    return np.stack(planes, axis=2).astype(np.float32)


@pytest.mark.parametrize("seamless", [False, True])
def test_tiles_cannot_be_seen(seamless: bool) -> None:
    image = photograph(23, 31)
    whole = by_tiles(network(), image, seamless, tile=64)
    cut = by_tiles(network(), image, seamless, tile=7)
    assert np.allclose(whole, cut, atol=1e-5)


def test_a_tile_stays_one() -> None:
    """Rolled before or after it is the same, so there is no place where a seam could be."""
    image = photograph(16, 24)
    made = by_tiles(network(), image, True)
    rolled = by_tiles(network(), np.roll(image, (5, 7), (0, 1)), True)
    assert np.allclose(np.roll(made, (10, 14), (0, 1)), rolled, atol=1e-5)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("factor", [1.0, 2.0, 2.5, 4.0])
def test_any_picture_comes_to_any_size(path: Path, channels: int, factor: float) -> None:
    image = photograph(channels=channels)
    if channels == 4:
        image[..., :3] *= image[..., 3:]
    made = enlarged(image, path, factor, 0.5)
    assert made.shape == (round(20 * factor), round(30 * factor), channels)
    assert made.dtype == np.float32
    assert 0 <= made.min() <= made.max() <= 1
    if channels == 4:
        assert (made[..., :3] <= made[..., 3:] + 1e-6).all()


def test_one_pixel_is_a_picture(path: Path) -> None:
    assert enlarged(np.full((1, 1, 3), 0.5, np.float32), path, 8.0).shape == (8, 8, 3)


def test_what_is_clear_stays_clear_and_its_edge_has_no_fringe(path: Path) -> None:
    image = np.zeros((16, 16, 4), np.float32)
    image[:, 8:] = (0.8, 0.2, 0.2, 1.0)
    made = enlarged(image, path, 2.0)
    edge = made[made[..., 3] > 0.1]
    assert np.abs(edge[:, 0] / edge[:, 3] - 0.8).max() < 0.25
    assert made[:, :8, 3].max() < 0.1


def test_sharpness_goes_from_one_end_to_the_other(path: Path) -> None:
    image = photograph()
    ends = [enlarged(image, path, 2.0, share) for share in (0.0, 0.5, 1.0)]
    assert not np.array_equal(ends[0], ends[2])
    assert np.abs(ends[1] - ends[0]).max() < np.abs(ends[2] - ends[0]).max()


def test_what_was_invented_gives_way_to_lanczos() -> None:
    small = photograph(16, 16)
    plain = resized(small, (32, 32))
    assert np.array_equal(held(small, plain, 2), plain)
    railing = plain.copy()
    railing[8:24, 8:24] = 1.0
    kept = held(small, railing, 2)
    assert small_again(kept, small) > small_again(railing, small) + 10
    assert np.array_equal(kept[:2], railing[:2])


def test_a_step_works_like_any_other(path: Path) -> None:
    image = photograph()
    step = Enlarge(enlarger=str(path), factor=2.0)
    before = image.copy()
    assert step.apply(image).shape == (40, 60, 3)
    assert np.array_equal(image, before)
    shown, share = step.previewed(image, 1.0)
    assert (shown.shape, share) == ((40, 60, 3), 1.0)
    larger, share = step.previewed(image, 0.5)
    assert larger.shape == (80, 120, 3)
    assert share == 1.0
    assert Enlarge().apply(image) is image


def test_a_project_may_move(path: Path, tmp_path: Path) -> None:
    named = path.relative_to(tmp_path).as_posix()
    step = Enlarge(enlarger=named).settled(tmp_path)
    assert Path(step.enlarger) == path
    with pytest.raises(StudioError, match="cannot be read"):
        Enlarge(enlarger=named).settled(tmp_path / "elsewhere")


def test_a_picture_that_would_not_fit_is_refused(path: Path) -> None:
    with pytest.raises(StudioError, match="too large"):
        Enlarge(enlarger=str(path), factor=16.0).apply(np.zeros((1100, 4, 3), np.float32))


@pytest.mark.parametrize("damage", ["gone", "other weights", "half", "card", "wide", "nan"])
def test_a_damaged_enlarger_is_one_sentence(path: Path, damage: str) -> None:
    weights = path.with_suffix(".safetensors")
    values = json.loads(path.read_text("utf-8"))
    if damage == "gone":
        weights.unlink()
    elif damage == "other weights":
        data = bytearray(weights.read_bytes())
        data[-1] ^= 1
        weights.write_bytes(bytes(data))
    elif damage == "half":
        weights.write_bytes(weights.read_bytes()[:50])
    elif damage == "card":
        path.write_text('{"format": 1', "utf-8")
    elif damage == "wide":
        path.write_text(json.dumps({**values, "width": 8}), "utf-8")
    else:
        path.write_text(json.dumps({**values, "scale": 3}), "utf-8")
    with pytest.raises(StudioError, match=r"enlarger .* is damaged: train it again"):
        enlarged(photograph(), path, 2.0)


def test_runs_know_their_enlargers(path: Path, tmp_path: Path) -> None:
    larger = cards.keep(tmp_path, about(4), {"a": torch.zeros(1)})
    assert set(cards.of_run(tmp_path)) == {path, larger}
    assert cards.newest(tmp_path, "r", 4.0) == larger
    path.with_name("x2-broken.json").write_text("?", "utf-8")
    assert set(cards.of_run(tmp_path)) == {path, larger}
    cards.drop(larger)
    assert cards.newest(tmp_path, "r", 8.0) == path
    with pytest.raises(StudioError, match="has no enlarger yet"):
        cards.newest(tmp_path / "other", "other")
