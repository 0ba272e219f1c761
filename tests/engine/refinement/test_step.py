"""How a step is laid over what was there: opacity, blend modes, masks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from studio.engine.artwork import Image
from studio.engine.refinement.blend_modes import BLENDS, NAMES, blended
from studio.engine.refinement.masks.base import mask_kinds
from studio.engine.refinement.masks.mask import Mask
from studio.engine.refinement.masks.strokes import Stroke
from studio.engine.refinement.step import Step

SHARE = np.float32(0.25)


def picture(channels: int = 3, height: int = 24, width: int = 30) -> Image:
    made = np.random.default_rng(3).random((height, width, channels)).astype(np.float32)
    if channels == 4:
        made[..., :3] *= made[..., 3:]
    return made


def darker(**laid: Any) -> Step:
    return Step(op="exposure", params={"exposure": -1.0}, **laid)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_opacity_is_a_share_of_the_way(channels: int) -> None:
    image = picture(channels)
    whole, half = darker().apply(image), darker(opacity=0.5).apply(image)
    assert np.allclose(half, (image + whole) / 2, atol=1e-6)
    assert np.array_equal(darker(opacity=0.0).apply(image), image)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("blend", list(BLENDS))
def test_every_mode_stays_in_range_and_keeps_alpha(blend: str, channels: int) -> None:
    image = picture(channels)
    made = darker(blend=blend).apply(image)
    assert made.shape == image.shape
    assert made.min() >= -1e-6
    assert made.max() <= 1 + 1e-6
    if channels == 4:
        assert np.allclose(made[..., 3], image[..., 3])
        assert (made[..., :3] <= made[..., 3:] + 1e-5).all()
    assert blend in NAMES


@pytest.mark.parametrize(
    ("blend", "wanted"),
    [
        ("normal", 0.8), ("multiply", 0.16), ("screen", 0.84), ("overlay", 0.32),
        ("hard light", 0.68), ("darken", 0.2), ("lighten", 0.8), ("add", 1.0),
        ("difference", 0.6), ("soft light", 0.2 + 0.6 * (((16 * 0.2 - 12) * 0.2 + 4) * 0.2 - 0.2)),
    ],
)  # fmt: skip
def test_modes_are_those_of_the_specification(blend: str, wanted: float) -> None:
    """W3C Compositing and Blending Level 1, section 10: 0.8 over 0.2."""
    below, above = (np.full((2, 2, 3), value, np.float32) for value in (0.2, 0.8))
    assert np.allclose(blended(below, above, blend, 1.0), wanted, atol=1e-6)


def test_colour_and_luminosity_change_places() -> None:
    below, above = picture(), picture()[::-1]
    lum = np.array([0.3, 0.59, 0.11], np.float32)
    assert np.allclose(blended(below, above, "colour", 1.0) @ lum, below @ lum, atol=1e-5)
    assert np.allclose(blended(below, above, "luminosity", 1.0) @ lum, above @ lum, atol=1e-5)


def test_a_step_that_gives_alpha_can_be_laid_half() -> None:
    image = np.ones((12, 12, 3), np.float32)
    image[4:8, 4:8] = (0.8, 0.1, 0.1)
    made = Step(op="background", opacity=0.5).apply(image)
    assert made.shape == (12, 12, 4)
    assert np.isclose(made[0, 0, 3], 0.5)
    assert np.isclose(made[6, 6, 3], 1.0, atol=1e-3)


def test_split_tones_colour_a_grey_picture_where_the_mask_lets_them() -> None:
    mask = Mask(kind="linear", params={"x": 0.0, "y": 0.5, "to_x": 1.0, "to_y": 0.5})
    toned = Step(op="split_tones", params={"highlights": 1.0}, mask=mask)
    made = toned.apply(np.full((8, 40, 1), 0.6, np.float32))
    assert made.shape == (8, 40, 3)
    assert np.ptp(made[4, 0]) > 0.1
    assert np.ptp(made[4, -1]) < 0.02


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (200, 3), (24, 30)])
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("kind", list(mask_kinds()))
def test_a_mask_fits_any_size(kind: str, channels: int, size: tuple[int, int]) -> None:
    image = picture(channels, *size)
    stroke = Stroke(points=((0.1, 0.1), (0.9, 0.8)), radius=0.1)
    weights = Mask(kind=kind, strokes=(stroke,)).weights(image)
    assert weights.shape == size
    assert weights.dtype == np.float32
    assert weights.min() >= 0
    assert weights.max() <= 1
    assert darker(mask=Mask(kind=kind, invert=True)).apply(image).shape == image.shape


@pytest.mark.parametrize("kind", ["linear", "radial", "brush"])
def test_a_mask_lies_at_the_same_place_in_every_size(kind: str) -> None:
    stroke = Stroke(points=((0.2, 0.3), (0.7, 0.6)), radius=0.1)
    mask = Mask(kind=kind, strokes=(stroke,))
    small = mask.weights(np.zeros((60, 80, 3), np.float32))
    large = mask.weights(np.zeros((1800, 2400, 3), np.float32))
    means = large.reshape(60, 30, 80, 30).mean(axis=(1, 3))
    assert np.abs(means - small).max() < 0.08


def test_strokes_add_and_take_away_in_their_order() -> None:
    blank = np.zeros((50, 50, 3), np.float32)
    here = {"points": ((0.5, 0.5),), "radius": 0.3, "hardness": 1.0}
    painted, erased = Stroke(**here), Stroke(**here, erase=True)
    assert Mask(strokes=(painted,)).weights(blank)[25, 25] == 1
    assert Mask(strokes=(painted, erased)).weights(blank)[25, 25] == 0
    assert Mask(strokes=(painted, erased, painted)).weights(blank)[25, 25] == 1
    assert Mask(invert=True, strokes=(erased,)).weights(blank)[25, 25] == 0
    assert Mask(invert=True, strokes=(erased,)).weights(blank)[1, 1] == 1


def test_ranges_choose_by_look_and_the_subject_by_what_stands_out() -> None:
    image = np.full((60, 60, 3), 0.3, np.float32)
    image[20:40, 25:45] = (0.9, 0.2, 0.1)
    inside, outside = (30, 35), (3, 3)
    for mask in (
        Mask(kind="colour", params={"colour": "#e6331a"}),
        Mask(kind="luminance", params={"low": 0.31, "high": 0.5, "feather": 0.0}),
        Mask(kind="subject", params={"amount": 0.2}),
    ):
        weights = mask.weights(image)
        assert weights[inside] > 0.9, mask.kind
        assert weights[outside] < 0.1, mask.kind


def test_what_a_step_does_not_say_is_not_written() -> None:
    assert darker().model_dump() == {
        "op": "exposure", "enabled": True, "params": {"exposure": -1.0},
    }  # fmt: skip
    whole = darker(opacity=0.25, blend="screen", mask=Mask(kind="radial"))
    assert Step.model_validate(whole.model_dump(mode="json")) == whole
    assert float(SHARE) == whole.opacity
