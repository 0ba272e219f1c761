"""Operations on light and colour do what the words of the field promise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from studio.engine.artwork import Image
from studio.engine.errors import StudioError, UsageError
from studio.engine.refinement.colour_spaces import from_oklab, to_linear, to_oklab
from studio.engine.refinement.colour_transfer import ColourTransfer, colours_of
from studio.engine.refinement.curves import Curves, points_of, through
from studio.engine.refinement.hsl import HueSaturationLightness
from studio.engine.refinement.levels import Levels
from studio.engine.refinement.palette import Palette, blue_noise
from studio.engine.refinement.split_tones import SplitTones
from studio.engine.refinement.white_balance import WhiteBalance


def colours(side: int = 24) -> Image:
    return np.random.default_rng(6).random((side, side, 3)).astype(np.float32)


def ramp(count: int = 64) -> Image:
    return np.linspace(0, 1, count, dtype=np.float32).reshape(1, -1, 1)


def flat(*value: float) -> Image:
    return np.full((4, 4, 3), value, np.float32)


def test_oklab_there_and_back() -> None:
    assert np.abs(from_oklab(to_oklab(colours())) - colours()).max() < 2e-4
    white = to_oklab(flat(1, 1, 1))[0, 0]
    assert np.allclose(white, (1, 0, 0), atol=1e-3)


def test_levels_spread_what_lies_between() -> None:
    made = Levels(black=0.2, white=0.7).apply(ramp(11)).ravel()
    assert np.allclose(made, np.clip((np.linspace(0, 1, 11) - 0.2) / 0.5, 0, 1), atol=1e-6)
    assert np.isclose(Levels(gamma=2.0).apply(flat(0.25, 0.25, 0.25))[0, 0, 0], 0.5)
    faded = Levels(out_black=0.1, out_white=0.9).apply(ramp())
    assert np.isclose(faded.min(), 0.1)
    assert np.isclose(faded.max(), 0.9)


@pytest.mark.parametrize("text", ["0,0 1,1", "0,0 0.2,0.5 0.5,0.5 1,1", "0.1,0 0.5,0.9 0.9,1"])
def test_a_curve_goes_through_its_points_and_has_no_bump(text: str) -> None:
    points = points_of(text)
    assert points is not None
    x, y = (np.array(each, np.float32) for each in zip(*points, strict=True))
    assert np.allclose(through(points, x), y, atol=1e-6)
    fine = through(points, np.linspace(0, 1, 2001).astype(np.float32))
    assert (np.diff(fine) >= -1e-6).all()
    made = Curves(points=text).apply(ramp(2001))
    assert np.abs(made.ravel() - fine).max() < 5e-5


def test_a_curve_of_one_channel_leaves_the_others_alone() -> None:
    made = Curves(blue="0,0.5 1,1").apply(colours())
    assert np.array_equal(made[..., :2], colours()[..., :2])
    assert made[..., 2].min() >= 0.5


@pytest.mark.parametrize(
    "text", ["", "0,0", "0,0 0,1", "a,b c,d", "0,0 1,2", "0,0,0 1,1", "nan,0 1,1"]
)
def test_what_is_no_curve(text: str) -> None:
    assert points_of(text) is None


def test_white_balance_warms_and_keeps_the_light() -> None:
    grey = flat(0.5, 0.5, 0.5)
    warm, cool = (WhiteBalance(temperature=t).apply(grey)[0, 0] for t in (60, -60))
    assert warm[0] > 0.5 > warm[2]
    assert cool[0] < 0.5 < cool[2]
    pink = WhiteBalance(tint=60).apply(grey)[0, 0]
    assert pink[1] < min(pink[0], pink[2])
    light = to_linear(np.stack([warm, cool, pink])) @ np.array([0.2126, 0.7152, 0.0722])
    assert np.allclose(light, to_linear(np.float32([0.5])), rtol=2e-3)


def test_hue_turns_and_saturation_stretches() -> None:
    lab = to_oklab(flat(0.7, 0.4, 0.3))[0, 0]
    turned = to_oklab(HueSaturationLightness(hue=90).apply(flat(0.7, 0.4, 0.3)))[0, 0]
    assert np.allclose(turned[1:], (-lab[2], lab[1]), atol=3e-3)
    assert np.isclose(turned[0], lab[0], atol=3e-3)
    grey = HueSaturationLightness(saturation=-1).apply(colours())
    assert np.ptp(grey, axis=2).max() < 4e-3


def test_only_the_colours_that_are_meant_change() -> None:
    red, blue = flat(0.8, 0.2, 0.15), flat(0.2, 0.3, 0.8)
    step = HueSaturationLightness(saturation=-1, range=60, centre=30)
    assert np.ptp(step.apply(red), axis=2).max() < 0.01
    assert np.allclose(step.apply(blue), blue, atol=1e-3)


def test_split_tones_tint_both_ends_differently_and_leave_black_and_white() -> None:
    made = SplitTones(shadows=0.8, highlights=0.8).apply(ramp().repeat(3, 2))[0]
    assert made[16, 2] > made[16, 0]
    assert made[48, 0] > made[48, 2]
    assert np.allclose(made[[0, -1]], [[0] * 3, [1] * 3], atol=2e-3)


# ------------------------------------------------------------------ colours of another picture


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    """Sea greens."""
    draw = np.random.default_rng(1)
    made = draw.normal((40, 150, 140), (12, 30, 25), (40, 50, 3))
    path = tmp_path / "sea.png"
    Pillow.fromarray(np.clip(made, 0, 255).astype(np.uint8)).save(path)
    return path


def test_colours_are_spread_as_those_of_the_reference(reference: Path) -> None:
    step = ColourTransfer(reference="sea.png", lightness=0.0).settled(reference.parent)
    assert step.reference.startswith("rgb:")
    warm = np.clip(np.random.default_rng(2).normal((0.7, 0.4, 0.3), 0.1, (48, 64, 3)), 0, 1)
    made = to_oklab(step.apply(warm.astype(np.float32))).reshape(-1, 3)
    wanted = to_oklab(np.asarray(Pillow.open(reference), np.float32) / 255).reshape(-1, 3)
    assert np.abs(made.mean(0) - wanted.mean(0)).max() < 0.01
    assert np.allclose(made.std(0), wanted.std(0), rtol=0.25)


def test_lightness_can_be_kept_and_nothing_happens_at_strength_0(reference: Path) -> None:
    image, text = colours(32), colours_of(reference)
    kept = ColourTransfer(reference=text, lightness=1.0).apply(image * 0.5 + 0.25)
    assert np.abs(to_oklab(kept)[..., 0] - to_oklab(image * 0.5 + 0.25)[..., 0]).mean() < 0.03
    assert np.array_equal(ColourTransfer(reference=text, strength=0.0).apply(image), image)


def test_a_reference_that_is_gone_or_grey_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"gone\.png is not there: choose another one"):
        ColourTransfer(reference="gone.png").settled(tmp_path)
    for mode in ("L", "RGB", "RGBA"):
        path = tmp_path / f"{mode}.png"
        Pillow.effect_noise((20, 20), 60).convert(mode).save(path)
        with pytest.raises(UsageError, match="has no colour to take"):
            ColourTransfer(reference=str(path)).settled(tmp_path)


# ------------------------------------------------------------------ palettes


@pytest.mark.parametrize("dither", ["none", "diffusion", "blue noise"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_no_more_colours_than_asked_for(dither: str, channels: int) -> None:
    image = np.random.default_rng(4).random((40, 30, channels)).astype(np.float32)
    if channels == 4:
        image[..., 3] = 1.0
    made = Palette(colours=5, dither=dither).apply(image)
    assert len(np.unique(made.reshape(-1, channels).round(5), axis=0)) <= 5


def test_own_colours_are_used_as_they_are() -> None:
    made = Palette(fixed="#ff0000 #0000ff", dither="diffusion").apply(colours())
    assert {tuple(each) for each in made.reshape(-1, 3).tolist()} <= {(1, 0, 0), (0, 0, 1)}


def test_dither_keeps_the_mean_where_plain_colours_do_not() -> None:
    grey = np.full((64, 64, 3), 0.35, np.float32)
    plain = Palette(fixed="#000000 #ffffff").apply(grey)
    assert plain.mean() == 0.0
    for dither in ("diffusion", "blue noise"):
        made = Palette(fixed="#000000 #ffffff", dither=dither).apply(grey)
        assert 0.1 < made.mean() < 0.6, dither


def test_blue_noise_has_every_level_and_few_low_frequencies() -> None:
    noise = blue_noise()
    assert len(np.unique(noise)) == noise.size
    power = np.abs(np.fft.fft2(noise)) ** 2
    frequency = np.hypot(*np.meshgrid(*[np.fft.fftfreq(len(noise))] * 2))
    low, high = power[(frequency > 0) & (frequency < 0.1)], power[frequency > 0.3]
    assert low.mean() < 0.05 * high.mean()
