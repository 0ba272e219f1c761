"""The invisible mark: laid into pictures, carried through what others do to them, read again."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from studio.engine.artwork import Pixels
from studio.engine.export.mark import code, label

NUMBER = 0x1234ABCD


def textured(side: int, seed: int = 0) -> Pixels:
    """A picture with something in it: waves of all lengths, less of the finer ones."""
    rng = np.random.default_rng(seed)
    noise = np.fft.fft2(rng.normal(size=(side, side, 3)), axes=(0, 1))
    length = np.hypot(*np.meshgrid(*[np.fft.fftfreq(side) * side] * 2))
    plane = np.fft.ifft2(noise / np.maximum(length, 1.0)[..., None] ** 1.1, axes=(0, 1)).real
    plane = plane.mean(2, keepdims=True) * 0.8 + plane * 0.2
    return np.clip(128 + plane / plane.std() * 45, 0, 255).astype(np.uint8)


def coded(picture: Image.Image, kind: str, **options: int) -> Image.Image:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return Image.open(stream).convert("RGB")


def resized(picture: Image.Image, times: float) -> Image.Image:
    size = round(picture.width * times), round(picture.height * times)
    return picture.resize(size, Image.Resampling.LANCZOS)


def bent(picture: Image.Image, gamma: float) -> Image.Image:
    return picture.point([round(255 * (n / 255) ** gamma) for n in range(256)] * 3)


HANDLED = {
    "as it is": lambda p: p,
    "jpeg 75": lambda p: coded(p, "JPEG", quality=75),
    "jpeg 60": lambda p: coded(p, "JPEG", quality=60),
    "webp 80": lambda p: coded(p, "WEBP", quality=80),
    "twice as large": lambda p: resized(p, 2),
    "four times as large": lambda p: resized(p, 4),
    "more contrast": lambda p: ImageEnhance.Contrast(p).enhance(1.2),
    "less contrast": lambda p: ImageEnhance.Contrast(p).enhance(0.8),
    "darker": lambda p: bent(p, 1.4),
    "brighter": lambda p: bent(p, 0.7),
    "blurred": lambda p: p.filter(ImageFilter.GaussianBlur(1)),
}
LARGER = {
    "half as large": lambda p: resized(p, 0.5),
    "cut out, then jpeg 75": lambda p: coded(p.crop((30, 17, 222, 209)), "JPEG", quality=75),
}


@pytest.fixture(scope="module")
def small() -> Image.Image:
    made = label.marked(textured(64), NUMBER)
    assert made is not None
    return Image.fromarray(made)


@pytest.fixture(scope="module")
def large() -> Image.Image:
    made = label.marked(textured(256), NUMBER)
    assert made is not None
    return Image.fromarray(made)


@pytest.mark.parametrize("name", HANDLED)
def test_a_small_picture_still_has_it(name: str, small: Image.Image) -> None:
    read = label.found(np.asarray(HANDLED[name](small)))
    assert read is not None
    assert (read.identifier, read.cropped) == (NUMBER, False)


@pytest.mark.parametrize("name", HANDLED | LARGER)
def test_a_larger_one_still_has_it(name: str, large: Image.Image) -> None:
    read = label.found(np.asarray((HANDLED | LARGER)[name](large)))
    assert read is not None
    assert (read.identifier, read.cropped) == (NUMBER, "cut out" in name)


@pytest.mark.parametrize("side", [64, 256])
def test_it_is_as_far_from_the_picture_as_it_says(side: int) -> None:
    before = textured(side, 3)
    after = label.marked(before, 7)
    assert after is not None
    error = np.mean((after.astype(float) - before) ** 2)
    assert 10 * np.log10(255**2 / error) == pytest.approx(label.DECIBELS, abs=0.4)


def test_a_flat_ground_is_left_alone() -> None:
    before = textured(96, 4)
    before[:, :40] = 200
    after = label.marked(before, NUMBER)
    assert after is not None
    assert np.abs(after[:, :34].astype(int) - 200).max() <= 1
    assert np.mean(after[:, :34] == 200) > 0.99


@pytest.mark.parametrize("side", [64, 256])
def test_a_picture_with_nothing_in_it_carries_none(side: int) -> None:
    assert label.marked(np.full((side, side, 3), 128, np.uint8), NUMBER) is None


def test_what_is_not_seen_at_all_carries_none() -> None:
    clear = np.concatenate([textured(256), np.zeros((256, 256, 1), np.uint8)], axis=2)
    assert label.marked(clear, NUMBER) is None


def test_a_tiny_picture_carries_none() -> None:
    assert label.marked(textured(32), NUMBER) is None


def test_grey_and_see_through_pictures_carry_it() -> None:
    grey = textured(64)[..., :1]
    marked = label.marked(grey, NUMBER)
    assert marked is not None
    assert marked.shape == grey.shape
    assert label.found(marked) is not None
    alpha = np.full((64, 64, 1), 255, np.uint8)
    alpha[:12] = 0
    clear = np.concatenate([textured(64), alpha], axis=2)
    marked = label.marked(clear, NUMBER)
    assert marked is not None
    assert np.array_equal(marked[:12], clear[:12])
    assert np.array_equal(marked[..., 3], clear[..., 3])


def test_unequal_sides() -> None:
    marked = label.marked(textured(96)[:64], NUMBER)
    assert marked is not None
    read = label.found(marked)
    assert read is not None
    assert read.identifier == NUMBER


def test_pictures_without_a_mark_have_none() -> None:
    rng = np.random.default_rng(5)
    noise = [rng.integers(0, 256, (64, 64, 3), dtype=np.uint8) for _ in range(12)]
    flat = np.full((200, 180, 3), 7, np.uint8)
    stripes = np.tile(np.uint8([[0], [255]]), (128, 256))[..., None]
    waves = [textured(side, side) for side in (64, 100, 192)]
    for each in (*noise, flat, stripes, *waves):
        assert label.found(each) is None
        assert all(score <= enough - 0.5 for score, enough in label.scores(each))


def test_a_word_with_fifteen_doubtful_bits_wrong_is_right_again() -> None:
    rng = np.random.default_rng(6)
    for _ in range(20):
        message = int(rng.integers(0, 2**code.IDENTIFIER_BITS))
        word = code.encode(message)
        word[rng.choice(code.LENGTH, 15, replace=False)] *= -0.5
        assert code.decode(word)[0] == message


def test_words_are_far_apart() -> None:
    """The code has a distance of at least 31: no message is taken for another."""
    rng = np.random.default_rng(7)
    words = np.stack([code.encode(int(n)) for n in rng.integers(0, 2**code.IDENTIFIER_BITS, 200)])
    apart = (code.LENGTH - words @ words.T) / 2
    assert apart[~np.eye(200, dtype=bool)].min() >= 31


def test_nothing_decodes_to_nothing() -> None:
    assert code.decode(np.zeros(code.LENGTH)) == (0, 0.0)
    assert code.decode(np.full(code.LENGTH, np.nan)) == (0, 0.0)
