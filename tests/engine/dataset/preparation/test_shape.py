"""From a picture of any shape to the shape of the training set."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.preparation import shape
from studio.engine.dataset.preparation.policy import parse


def one(picture, size, text, part=None):
    (found,) = shape.shaped(picture, size, parse(text), part)
    assert found.size == size
    return np.asarray(found)


def spot(size, at, side=24):
    """Grey with a square of coloured noise, whose corner is `at`."""
    values = np.full((size[1], size[0], 3), 110, np.uint8)
    noise = np.random.default_rng(1).integers(0, 256, (side, side, 3), dtype=np.uint8)
    values[at[1] : at[1] + side, at[0] : at[0] + side] = noise
    return Image.fromarray(values)


@pytest.mark.parametrize("at", [(2, 20), (60, 20), (170, 20)])
def test_smart_finds_the_detail_in_a_wide_picture(at):
    picture = spot((200, 64), at)
    seen = one(picture, (64, 64), "smart")
    assert (seen.std(axis=2) > 20).mean() > 0.05
    assert np.array_equal(seen, one(picture, (64, 64), "smart"))
    tall = picture.transpose(Image.Transpose.TRANSPOSE)
    assert (one(tall, (64, 64), "smart").std(axis=2) > 20).mean() > 0.05


def test_smart_sees_colour_without_edges_and_not_what_is_transparent():
    values = np.full((64, 200, 3), 128, np.uint8)
    values[:, 150:] = (220, 30, 30)
    seen = one(Image.fromarray(values), (64, 64), "smart")
    assert (seen[..., 0].astype(int) - seen[..., 1] > 100).mean() > 0.5
    noise = spot((200, 64), (2, 20))
    alpha = Image.new("L", noise.size, 255)
    alpha.paste(0, (0, 0, 40, 64))
    noise.putalpha(alpha)
    hidden = one(noise, (64, 64), "smart")
    assert hidden[..., 3].min() > 230  # what the filter leaves at the edge, and no more


def test_smart_without_detail_or_room_is_the_centre():
    plain = Image.new("RGB", (200, 64), (9, 9, 9))
    assert np.array_equal(one(plain, (64, 64), "smart"), one(plain, (64, 64), "centre"))
    square = spot((64, 64), (3, 3))
    assert np.array_equal(one(square, (32, 32), "smart"), one(square, (32, 32), "centre"))


def test_pad_fills_its_bars():
    picture = Image.new("RGB", (40, 20), (200, 100, 50))
    picture.paste((0, 0, 255), (0, 0, 40, 4))
    coloured = one(picture, (40, 40), "pad:#00ff80")
    assert (coloured[:10] == (0, 255, 128)).all()
    assert (coloured[30:] == (0, 255, 128)).all()
    mirrored = one(picture, (40, 40), "pad:mirror")
    assert np.array_equal(mirrored[:10], mirrored[10:20][::-1])
    assert np.array_equal(mirrored[30:], mirrored[20:30][::-1])
    blurred = one(picture, (40, 40), "pad:blur")
    assert np.array_equal(blurred[10:30], mirrored[10:30])
    assert np.abs(np.diff(blurred[:10].astype(int), axis=0)).max() < 40
    assert blurred[38, 20].tolist() == [200, 100, 50]


@pytest.mark.parametrize("fill", ["blur", "mirror", "#808080", "#00ff80"])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_every_mode_can_be_padded(mode, fill):
    found = one(Image.new(mode, (7, 90)), (33, 20), f"pad:{fill}")
    assert found.shape[:2] == (20, 33)


def test_hidden_colour_does_not_bleed_into_blurred_bars():
    values = np.zeros((20, 60, 4), np.uint8)
    values[...] = (255, 0, 255, 0)
    values[:, 20:40] = (0, 200, 0, 255)
    found = one(Image.fromarray(values), (60, 60), "pad:blur")
    seen = found[found[..., 3] > 16]
    assert len(seen) > 500
    assert seen[:, 0].max() < 16


def test_tiles_cover_a_large_picture_at_its_own_pixels():
    values = np.random.default_rng(2).integers(0, 256, (130, 200, 3), dtype=np.uint8)
    picture = Image.fromarray(values)
    found = shape.shaped(picture, (64, 64), parse("tiles"))
    assert len(found) == 6
    assert shape.count_of(picture.size, (64, 64), parse("tiles")) == 6
    boxes = shape.tile_boxes((0.0, 0.0, 200.0, 130.0), (64, 64))
    assert [round(box[0]) for box in boxes[:3]] == [4, 68, 132]
    assert np.array_equal(np.asarray(found[0]), values[1:65, 4:68])


def test_tiles_of_small_and_of_enormous_pictures():
    for size in ((10, 12), (64, 64), (70, 66), (90, 64)):
        assert shape.count_of(size, (64, 64), parse("tiles")) == (2 if size[0] == 90 else 1)
    boxes = shape.tile_boxes((0.0, 0.0, 13000.0, 9000.0), (64, 64))
    assert 100 < len(boxes) <= shape.MOST_TILES
    assert min(box[0] for box in boxes) >= 0
    assert max(box[2] for box in boxes) <= 13000.001
    assert boxes[0][2] - boxes[0][0] == pytest.approx(boxes[0][3] - boxes[0][1])
    assert len(shape.tile_boxes((0.0, 0.0, 100_000.0, 1.0), (64, 64))) <= shape.MOST_TILES


def test_linear_light_keeps_brightness():
    board = np.indices((64, 64)).sum(axis=0) % 2 * 255
    picture = Image.fromarray(board.astype(np.uint8))
    assert abs(int(one(picture, (8, 8), "centre")[4, 4]) - 128) < 3
    assert abs(int(one(picture, (8, 8), "centre+linear")[4, 4]) - 188) < 3
    flat = Image.new("RGB", (50, 30), (12, 130, 250))
    assert (one(flat, (20, 20), "centre+linear") == (12, 130, 250)).all()


def test_linear_light_keeps_hidden_colour_out():
    values = np.zeros((64, 64, 4), np.uint8)
    values[...] = (255, 0, 255, 0)
    values[:, 30:] = (0, 200, 0, 255)
    small = shape.with_channels(Image.fromarray(one(Image.fromarray(values), (15, 15),
                                                    "stretch+linear")), 4)  # fmt: skip
    assert (small[small[..., 3] == 0] == 0).all()
    assert small[small[..., 3] > 8][:, 0].max() < 8
    assert small[7, 14].tolist() == [0, 200, 0, 255]


def test_transparent_pictures_can_be_laid_on_a_colour():
    picture = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    found = one(picture, (20, 20), "centre+flatten:#102030")
    assert found.shape == (20, 20, 3)
    assert (found == (16, 32, 48)).all()


def test_a_crop_by_hand_comes_before_the_policy():
    values = np.zeros((40, 80, 3), np.uint8)
    values[:20, 60:] = (0, 255, 0)
    picture = Image.fromarray(values)
    part = (0.75, 0.0, 1.0, 0.5)
    for text in ("centre", "smart", "pad", "stretch", "pad:blur", "tiles", "centre+linear"):
        found = shape.shaped(picture, (10, 10), parse(text), part)[0]
        assert (np.asarray(found)[2:8, 2:8] == (0, 255, 0)).all(), text


@pytest.mark.parametrize(
    ("picture", "size"), [((372, 182), (48, 41)), ((58, 48), (140, 69)), ((61, 245), (38, 149))]
)
def test_rounding_never_reaches_over_the_edge(picture, size):
    for text in ("centre", "smart", "tiles", "pad:blur", "centre+linear"):
        for found in shape.shaped(Image.new("RGB", picture), size, parse(text)):
            assert found.size == size


def test_enough_pixels_are_decoded():
    assert shape.decode_size((0, 200), (50, 50), parse("centre")) is None  # says a foreign index
    assert shape.decode_size((400, 200), (50, 50), parse("centre")) == (100, 50)
    assert shape.decode_size((400, 200), (50, 50), parse("pad")) == (50, 25)
    assert shape.decode_size((400, 200), (50, 50), parse("pad:blur")) == (100, 50)
    assert shape.decode_size((400, 200), (50, 50), parse("stretch")) == (50, 50)
    half = (0.0, 0.0, 0.5, 0.5)
    assert shape.decode_size((400, 200), (50, 50), parse("smart"), half) == (200, 100)
    assert shape.decode_size((400, 200), (50, 50), parse("tiles")) is None
    assert shape.decode_size((400, 200), (50, 50), parse("pad+linear")) is None
