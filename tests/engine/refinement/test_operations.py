"""Each operation does what its words say, and leaves alone what it should."""

from __future__ import annotations

import numpy as np
import pytest

from models.parameters import ParameterError
from studio.engine.errors import StudioError, UsageError
from studio.engine.refinement import resize as resizing
from studio.engine.refinement.background import Background
from studio.engine.refinement.base import GROUPS, Image, operation, operations
from studio.engine.refinement.colour_spaces import to_linear, to_srgb
from studio.engine.refinement.crop import Crop
from studio.engine.refinement.denoise import Denoise, bilateral
from studio.engine.refinement.exposure import Exposure
from studio.engine.refinement.planes import blurred
from studio.engine.refinement.resize import Resize
from studio.engine.refinement.sharpen import Sharpen

NOTHING = (
    Exposure(), Sharpen(amount=0.0), Denoise(strength=0.0), Resize(factor=1.0), Crop(),
)  # fmt: skip


def noisy(channels: int = 3, side: int = 24) -> Image:
    """Grain on two flat halves, dark left and light right; opaque where there is alpha."""
    image = np.random.default_rng(2).normal(0, 0.03, (side, side, channels)).astype(np.float32)
    image[:, : side // 2] += 0.3
    image[:, side // 2 :] += 0.7
    if channels == 4:
        image[..., 3] = 1.0
    return np.clip(image, 0, 1)


def test_every_operation_is_found_and_declares_itself() -> None:
    assert len(operations()) >= 21
    for name, kind in operations().items():
        assert operation(name) is kind
        assert kind.title
        assert kind.summary.endswith(".")
        assert kind.group in GROUPS
        assert all(each.help for each in kind.params().values())


def test_an_unknown_operation_names_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"There is no operation 'blurr'\. Known: background"):
        operation("blurr")


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("step", NOTHING, ids=lambda step: step.name)
def test_neutral_values_change_nothing(step: Exposure, channels: int) -> None:
    image = noisy(channels)
    assert np.array_equal(step.apply(image), image)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("kind", operations().values(), ids=lambda kind: kind.name)
def test_input_is_never_changed_and_output_stays_in_range(
    kind: type[Exposure], channels: int
) -> None:
    image = noisy(channels)
    before = image.copy()
    made = kind().apply(image)
    assert np.array_equal(image, before)
    assert made.dtype == np.float32
    assert made.shape[2] == (4 if kind is Background else channels)
    assert made.min() >= 0
    assert made.max() <= 1 + 1e-6


# ------------------------------------------------------------------ exposure


def test_one_stop_doubles_linear_light() -> None:
    grey = np.full((2, 2, 3), 0.4, np.float32)
    brighter = Exposure(exposure=1.0).apply(grey)
    assert np.allclose(to_linear(brighter), 2 * to_linear(grey), rtol=1e-4)


def test_more_exposure_is_never_darker() -> None:
    image = noisy()
    means = [Exposure(exposure=ev).apply(image).mean() for ev in (-4, -1, 0, 0.5, 2, 4)]
    assert means == sorted(means)
    assert len(set(means)) == len(means)


def test_contrast_turns_about_middle_grey() -> None:
    middle = to_srgb(np.full((1, 1, 1), 0.18, np.float32))
    assert np.allclose(Exposure(contrast=0.7).apply(middle), middle, atol=1e-5)
    spread = [Exposure(contrast=c).apply(noisy()).std() for c in (-1, -0.4, 0, 0.4, 1)]
    assert spread == sorted(spread)


def test_the_curve_and_its_inverse_meet() -> None:
    ramp = np.linspace(0, 1, 256, dtype=np.float32).reshape(1, -1, 1)
    assert np.allclose(to_srgb(to_linear(ramp)), ramp, atol=1e-5)


# ------------------------------------------------------------------ sharpen, denoise


def test_more_sharpening_means_steeper_edges() -> None:
    soft = blurred(noisy(), 2.0)
    steep = [
        np.abs(np.diff(Sharpen(amount=a).apply(soft), axis=1)).max() for a in (0, 0.5, 1.0, 3.0)
    ]
    assert steep == sorted(steep)
    assert steep[-1] > 1.3 * steep[0]


def test_a_blur_keeps_flat_pictures_and_total_light() -> None:
    flat = np.full((9, 7, 3), 0.25, np.float32)
    assert np.allclose(blurred(flat, 4.0), flat, atol=1e-6)
    dot = np.zeros((31, 31, 1), np.float32)
    dot[15, 15] = 1.0
    spread = blurred(dot, 2.0)
    assert np.isclose(spread.sum(), 1.0, atol=1e-5)
    expected = np.exp(-0.5 * (np.arange(-6, 7) / 2.0) ** 2)
    expected /= expected.sum()
    assert np.allclose(spread[9:22, 15, 0], expected * expected[6], atol=1e-6)


def test_denoising_smooths_speckle_and_keeps_the_edge() -> None:
    image = noisy()
    made = Denoise(strength=0.2).apply(image)
    assert made[:, 2:10].std() < 0.6 * image[:, 2:10].std()
    edge = made[:, 12:].mean() - made[:, :12].mean()
    assert edge > 0.95 * (image[:, 12:].mean() - image[:, :12].mean())


def test_the_bilateral_filter_is_what_its_definition_says() -> None:
    """Tomasi & Manduchi 1998, colours apart by the sum over the channels: pixel by pixel."""
    image, reach = noisy(), 3
    made = bilateral(image, np.ones(image.shape[:2], np.float32), 0.15, 1.5)
    offset = np.arange(-reach, reach + 1)
    near = np.exp(-(offset[:, None] ** 2 + offset**2) / (2 * 1.5**2))
    for y, x in np.ndindex(*(side - 2 * reach for side in image.shape[:2])):
        window = image[y : y + 2 * reach + 1, x : x + 2 * reach + 1].astype(np.float64)
        middle = window[reach, reach]
        alike = np.exp(-(np.abs(window - middle).sum(2) ** 2) / (2 * 0.15**2))
        wanted = np.average(window.reshape(-1, 3), 0, (near * alike).ravel())
        assert np.allclose(made[y + reach, x + reach], wanted, atol=1e-5)


def test_a_window_wider_than_the_picture_is_possible() -> None:
    assert Denoise(radius=6.0).apply(noisy(side=4)).shape == (4, 4, 3)
    assert Sharpen(radius=10.0).apply(noisy(side=4)).shape == (4, 4, 3)


@pytest.mark.parametrize("step", [Exposure(exposure=1), Sharpen(), Denoise()])
def test_filters_leave_alpha_alone_and_colour_below_it(step: Exposure) -> None:
    image = noisy(4)
    image[..., 3] = np.random.default_rng(0).random((24, 24))
    image[..., :3] *= image[..., 3:]
    made = step.apply(image)
    assert np.array_equal(made[..., 3], image[..., 3])
    assert (made[..., :3] <= made[..., 3:] + 1e-5).all()


# ------------------------------------------------------------------ resize, crop


@pytest.mark.parametrize(
    ("step", "size"),
    [
        (Resize(factor=2.0), (20, 40)),
        (Resize(factor=0.5), (5, 10)),
        (Resize(longer=64), (32, 64)),
        (Resize(longer=1), (1, 1)),
    ],
)
def test_resize_keeps_proportions(step: Resize, size: tuple[int, int]) -> None:
    assert step.apply(np.zeros((10, 20, 3), np.float32)).shape == (*size, 3)


def test_resize_there_and_back_is_nearly_the_same() -> None:
    smooth = blurred(noisy(side=32), 3.0)
    again = Resize(factor=0.5).apply(Resize(factor=2.0).apply(smooth))
    assert np.abs(again - smooth).max() < 0.01


def test_resize_has_finer_steps_than_eight_bits() -> None:
    ramp = np.linspace(0.5, 0.502, 8, dtype=np.float32).reshape(1, 8, 1).repeat(8, 0)
    assert len(np.unique(Resize(factor=4.0).apply(ramp))) > 16


def test_too_large_a_picture_is_refused_before_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StudioError, match=r"Resizing to 17600 × 16 pixels is too large"):
        Resize(factor=16.0).apply(np.zeros((1, 1100, 1), np.float32))
    monkeypatch.setattr(resizing, "LARGEST_AREA", 1_000_000)
    with pytest.raises(StudioError, match=r"Resizing to 1600 × 1600 .* 1 million pixels"):
        Resize(factor=16.0).apply(np.zeros((100, 100, 1), np.float32))


def test_crop_takes_the_parts_asked_for() -> None:
    image = np.arange(200, dtype=np.float32).reshape(10, 20, 1) / 200
    made = Crop(left=0.1, right=0.2, top=0.3, bottom=0.1).apply(image)
    assert np.array_equal(made, image[3:9, 2:16])


@pytest.mark.parametrize(
    ("aspect", "size"), [("1:1", (60, 60)), ("16:9", (45, 80)), ("9:16", (60, 34))]
)
def test_crop_to_a_shape_takes_the_largest_middle(aspect: str, size: tuple[int, int]) -> None:
    image = np.zeros((60, 80, 3), np.float32)
    image[30, 40] = 1.0
    made = Crop(aspect=aspect).apply(image)
    assert made.shape[:2] == size
    assert made[size[0] // 2 - 1 : size[0] // 2 + 2, size[1] // 2 - 1 : size[1] // 2 + 2].any()


def test_crop_of_one_pixel_leaves_it() -> None:
    assert Crop(left=0.6, top=0.9, aspect="1:1").apply(np.ones((1, 1, 3), np.float32)).size == 3


@pytest.mark.parametrize(
    ("kind", "values", "sentence"),
    [
        (Crop, {"left": 0.6, "right": 0.6}, "left and right together cut the whole picture away"),
        (Crop, {"top": 0.5, "bottom": 0.5}, "top and bottom together"),
        (Crop, {"aspect": "7:1"}, "aspect=7:1 is not possible: it takes a text, one of free"),
        (Exposure, {"exposure": 9}, "exposure=9 is not possible: it takes a number, between -4"),
        (Exposure, {"exposure": "bright"}, "exposure=bright is not possible"),
        (Sharpen, {"radius": float("nan")}, "radius=nan is not possible"),
        (Denoise, {"strength": -1}, "strength=-1 is not possible"),
        (Resize, {"longer": 1.5}, "longer=1.5 is not possible: it takes a whole number"),
        (Resize, {"width": 5}, "There is no parameter width. Known: factor, longer"),
    ],
)
def test_wrong_values_get_one_sentence(
    kind: type[Crop], values: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        kind.from_mapping(values)
    assert sentence in str(caught.value)
