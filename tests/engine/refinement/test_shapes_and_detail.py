"""Operations on shape, sharpness, texture and outline."""

from __future__ import annotations

import numpy as np
import pytest

from studio.engine.artwork import Image
from studio.engine.refinement.background import Background
from studio.engine.refinement.colour_spaces import to_linear
from studio.engine.refinement.deblur import Deblur
from studio.engine.refinement.grain import Grain
from studio.engine.refinement.outline import Outline
from studio.engine.refinement.perspective import Perspective
from studio.engine.refinement.planes import blurred, resized, softened
from studio.engine.refinement.seamless import Seamless
from studio.engine.refinement.symmetry import Symmetry
from studio.engine.refinement.turn import Turn
from studio.engine.refinement.upscale import Upscale
from studio.engine.refinement.vignette import Vignette


def picture(height: int = 48, width: int = 60) -> Image:
    return np.random.default_rng(9).random((height, width, 3)).astype(np.float32)


def board() -> Image:
    """Squares of 16 pixels."""
    y, x = np.mgrid[0:96, 0:96] // 16
    return np.repeat(((x + y) % 2).astype(np.float32)[..., None] * 0.6 + 0.2, 3, axis=2)


def test_turns_and_mirrors_lose_nothing() -> None:
    image = picture()
    assert np.array_equal(Turn(turn="right").apply(image)[0, -1], image[0, 0])
    there = Turn(turn="left").apply(Turn(turn="right").apply(image))
    assert np.array_equal(there, image)
    assert np.array_equal(Turn(mirror="across").apply(image), image[:, ::-1])


@pytest.mark.parametrize(
    "step",
    [
        Perspective(angle=12),
        Perspective(vertical=0.6),
        Perspective(horizontal=-0.8, angle=-5),
    ],
)
def test_straightening_leaves_no_empty_corner(step: Perspective) -> None:
    made = step.apply(np.ones((80, 120, 3), np.float32))
    assert made.min() > 0.999
    assert min(made.shape[:2]) > 20


def test_a_slanting_line_becomes_level() -> None:
    y, x = np.mgrid[0:120, 0:160].astype(np.float32)
    slope = np.tan(np.radians(6))
    horizon = ((y - 60) > (x - 80) * slope).astype(np.float32)[..., None]
    made = Perspective(angle=-6).apply(horizon)
    heights = (made[..., 0] < 0.5).sum(axis=0)
    assert np.ptp(heights) <= 1


def test_halves_match_and_a_kaleidoscope_turns_onto_itself() -> None:
    across = Symmetry().apply(picture())
    assert np.allclose(across, across[:, ::-1], atol=1e-5)
    both = Symmetry(kind="both").apply(picture())
    assert np.allclose(both, both[::-1, ::-1], atol=1e-5)
    round_ = Symmetry(kind="kaleidoscope", mirrors=4).apply(blurred(picture(61, 61), 2.0))
    assert np.allclose(round_, np.rot90(round_), atol=0.02)


@pytest.mark.parametrize("method", ["cut", "fade"])
def test_a_tile_has_no_seam(method: str) -> None:
    image = resized(picture(16, 20), (200, 160))
    made = Seamless(method=method).apply(image)
    assert made.shape[:2] == (120, 150)
    inside = np.abs(np.diff(made, axis=1)).mean()
    assert np.abs(made[:, 0] - made[:, -1]).mean() < 1.3 * inside
    assert np.abs(made[0] - made[-1]).mean() < 1.3 * inside
    assert np.abs(image[:, 0] - image[:, -1]).mean() > 3 * inside


def test_a_fade_keeps_the_spread_of_a_texture() -> None:
    noise = np.clip(np.random.default_rng(1).normal(0.5, 0.1, (80, 80, 3)), 0, 1)
    made = Seamless(method="fade", overlap=0.5).apply(noise.astype(np.float32))
    assert np.isclose(made.std(), 0.1, rtol=0.08)


def test_a_plain_background_goes_and_leaves_no_fringe() -> None:
    green, red = np.float32([0.1, 0.8, 0.2]), np.float32([0.8, 0.15, 0.1])
    y, x = np.mgrid[0:80, 0:80]
    cover = blurred((np.hypot(y - 40, x - 40) < 22).astype(np.float32)[..., None], 1.0)
    hole = (np.hypot(y - 40, x - 40) < 6)[..., None]
    image = np.where(hole, green, red * cover + green * (1 - cover)).astype(np.float32)
    made = Background(tolerance=0.05, softness=0.2).apply(image)
    assert made[2, 2, 3] == 0
    assert made[40, 55, 3] == 1
    assert made[40, 40, 3] == 1, "a hole does not hang together with the edge"
    edge = (made[..., 3] > 0.3) & (made[..., 3] < 0.95)
    assert edge.any()
    freed = (made[..., :3] / np.maximum(made[..., 3:], 1e-6))[edge]
    kept = image[edge]
    assert freed[:, 1].mean() < kept[:, 1].mean() - 0.1
    assert Background(connected=False).apply(image)[40, 40, 3] == 0


def test_deblurring_comes_nearer_to_what_was_sharp() -> None:
    sharp = board()
    soft = blurred(sharp, 1.5)
    mended = Deblur(radius=1.5, rounds=12, damping=0.0).apply(soft)
    assert np.abs(mended - sharp).mean() < 0.8 * np.abs(soft - sharp).mean()
    noise = np.random.default_rng(0).normal(0, 0.004, soft.shape).astype(np.float32)
    quiet, loud = (
        Deblur(radius=1.5, rounds=12, damping=d).apply(np.full_like(soft, 0.5) + noise).std()
        for d in (0.02, 0.0)
    )
    assert quiet < 1.1 * noise.std() < 1.25 * noise.std() < loud


def test_grain_is_the_same_for_a_seed_and_strongest_in_the_middle() -> None:
    image = np.repeat(np.linspace(0, 1, 192, dtype=np.float32)[None, :, None], 96, axis=0)
    made = Grain(amount=0.5).apply(image)
    assert np.array_equal(made, Grain(amount=0.5).apply(image))
    assert not np.array_equal(made, Grain(amount=0.5, seed=1).apply(image))
    spread = (made - image).std(axis=(0, 2))
    assert spread[80:112].mean() > 2 * spread[:16].mean()
    assert abs(float((made - image)[:, 60:130].mean())) < 0.003


def test_corners_darken_and_the_middle_stays() -> None:
    image = np.full((60, 80, 3), 0.5, np.float32)
    made = Vignette(amount=0.8).apply(image)
    assert made[0, 0, 0] < 0.3
    assert made[30, 40, 0] == 0.5
    assert Vignette(amount=-0.8).apply(image)[0, 0, 0] > 0.7


def test_lines_follow_edges() -> None:
    made = Outline(amount=1.0, paper=1.0).apply(board())
    assert made.max() > 0.999
    assert made[24, 15:18].min() < 0.3
    assert made[24, 24].min() > 0.9


def test_enlarging_keeps_the_light_of_fine_detail() -> None:
    fine = np.indices((32, 32)).sum(0) % 2
    image = np.repeat(fine[..., None], 3, 2).astype(np.float32)
    made = Upscale(factor=3.0).apply(image)
    assert made.shape == (96, 96, 3)
    assert np.isclose(to_linear(made).mean(), 0.5, atol=0.03)


@pytest.mark.parametrize("sigma", [0.7, 4.0, 30.0])
def test_a_quick_blur_is_nearly_the_exact_one(sigma: float) -> None:
    image = picture(120, 160)
    assert np.abs(softened(image, sigma) - blurred(image, sigma)).max() < 0.02
