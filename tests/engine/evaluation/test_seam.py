"""The seam score on pictures whose answer is known."""

import numpy as np
import pytest

from studio.engine.evaluation.seam import Steps, seam


def ramp(width: int, channels: int = 1) -> np.ndarray:
    """0, 10, 20 … from left to right, 4 rows: uint8 [1, 4, width, channels]."""
    row = (10 * np.arange(width)).astype(np.uint8)
    return np.broadcast_to(row[None, None, :, None], (1, 4, width, channels)).copy()


def test_a_ramp_has_one_large_step_across_and_none_down() -> None:
    found = seam(ramp(8))
    assert found.across == pytest.approx(7.0)
    assert found.down == 1.0


def test_the_axes_are_told_apart() -> None:
    found = seam(ramp(8).transpose(0, 2, 1, 3))
    assert found.down == pytest.approx(7.0)
    assert found.across == 1.0


def test_waves_of_whole_periods_are_seamless_and_cut_ones_are_not() -> None:
    phase = 2 * np.pi * (np.arange(32)[None] + np.arange(8)[:, None]) / 8
    waves = 127.5 + 120 * np.sin(phase)[:, :, None] * np.cos(phase)[:, None, :]
    tiles = waves.round().astype(np.uint8)[..., None]
    found = seam(tiles)
    assert found.across == pytest.approx(1.0, abs=0.05)
    assert found.down == pytest.approx(1.0, abs=0.05)
    cut = seam(tiles[:, :, :28])
    assert cut.across > 1.5
    assert cut.down == pytest.approx(1.0, abs=0.05)


def test_noise_is_seamless() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (4, 16, 16, 3), np.uint8)
    assert seam(noise).across == pytest.approx(1.0, abs=0.2)


def test_flat_pictures_and_no_pictures_are_seamless() -> None:
    for pictures in (np.full((2, 4, 4, 3), 9, np.uint8), np.empty((0, 4, 4, 3), np.uint8)):
        found = seam(pictures)
        assert (found.across, found.down) == (1.0, 1.0)


def test_what_alpha_hides_does_not_count() -> None:
    hidden = ramp(8, 4)
    hidden[..., 3] = 0
    assert seam(hidden).across == 1.0


def test_one_by_one_is_all_at_once() -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (5, 8, 12, 3), np.uint8)
    steps = Steps()
    for picture in pictures:
        steps.add(picture[None])
    whole = seam(pictures)
    assert steps.score().across == pytest.approx(whole.across, rel=1e-6)
    assert steps.score().down == pytest.approx(whole.down, rel=1e-6)
