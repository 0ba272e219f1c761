"""A copy of a training picture is found, however it was dressed up; what is new is left alone."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from studio.engine.dataset.preparation.prepare import Prepared
from studio.engine.evaluation import copies
from studio.engine.evaluation.copies import EXTRACTOR, CopyCheck

MakePrepared = Callable[..., Prepared]
SIDE = 48
TRAINED, UNSEEN = 40, 16


def drawn(seed: int) -> np.ndarray:
    """Shapes on a ground, with a little grain: uint8 [SIDE, SIDE, 3]."""
    chance = np.random.default_rng(seed)
    colours = chance.integers(0, 256, (10, 3)).tolist()
    image = Image.new("RGB", (2 * SIDE, 2 * SIDE), tuple(colours[9]))
    draw = ImageDraw.Draw(image)
    for number in range(9):
        x, y = chance.integers(-16, 2 * SIDE, 2).tolist()
        wide, high = chance.integers(8, SIDE, 2).tolist()
        shape = draw.ellipse if chance.random() < 0.5 else draw.rectangle
        shape((x, y, x + wide, y + high), fill=tuple(colours[number]))
    soft = np.asarray(image.resize((SIDE, SIDE), Image.Resampling.LANCZOS), np.float32)
    return np.clip(soft + chance.normal(0, 4, soft.shape), 0, 255).astype(np.uint8)


def as_jpeg(image: np.ndarray) -> np.ndarray:
    with io.BytesIO() as stream:
        Image.fromarray(image).save(stream, "JPEG", quality=50)
        return np.asarray(Image.open(stream))


def cropped(image: np.ndarray) -> np.ndarray:
    inner = Image.fromarray(image[2:-2, 2:-2])
    return np.asarray(inner.resize((SIDE, SIDE), Image.Resampling.LANCZOS))


def grainy(image: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, 6, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def softened(image: np.ndarray, radius: float) -> np.ndarray:
    """As models paint: without the finest detail."""
    return np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(radius)))


def toned(image: np.ndarray) -> np.ndarray:
    return np.clip(image * [1.1, 1.0, 0.9] + 12, 0, 255).astype(np.uint8)


DRESSES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "as it is": lambda image: image,
    "mirrored": lambda image: np.ascontiguousarray(image[:, ::-1]),
    "JPEG": as_jpeg,
    "cropped": cropped,
    "moved": lambda image: np.roll(image, 2, axis=1),
    "grainy": grainy,
    "soft": lambda image: softened(image, 1.5),
    "mirrored and soft": lambda image: softened(image[:, ::-1], 1.0),
    "in other tones": toned,
    "mirrored JPEG": lambda image: as_jpeg(np.ascontiguousarray(image[:, ::-1])),
}


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    return np.stack([drawn(seed) for seed in range(TRAINED + UNSEEN)])


@pytest.fixture(scope="module")
def check(pictures: np.ndarray, prepared_of: MakePrepared) -> CopyCheck:
    return CopyCheck.of(prepared_of(pictures, UNSEEN))


@pytest.mark.parametrize("dress", DRESSES)
def test_a_copy_is_found(dress: str, pictures: np.ndarray, check: CopyCheck) -> None:
    for row in range(0, TRAINED, 13):
        found = check.check(DRESSES[dress](pictures[row]))
        assert found.row == row
        assert found.too_close


def test_new_pictures_are_left_alone(check: CopyCheck) -> None:
    found = [check.check(drawn(seed)) for seed in range(500, 520)]
    # The bound is a quantile of a few held-out pictures, so some may fall below it.
    assert sum(each.too_close for each in found) <= 5


@pytest.mark.parametrize("kind", ["noise", "black", "white", "ramp"])
def test_noise_and_nothing_are_no_copies(kind: str, check: CopyCheck) -> None:
    made = {
        "noise": np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8),
        "black": np.zeros((SIDE, SIDE, 3), np.uint8),
        "white": np.full((SIDE, SIDE, 3), 255, np.uint8),
        "ramp": np.tile(np.arange(SIDE, dtype=np.uint8)[:, None, None] * 5, (1, SIDE, 3)),
    }
    assert not check.check(made[kind]).too_close


def test_held_out_pictures_are_no_training_pictures(pictures: np.ndarray, check: CopyCheck) -> None:
    for row in range(TRAINED, TRAINED + UNSEEN, 4):
        found = check.check(pictures[row])
        assert found.row < TRAINED
        assert found.distance > 0


def test_copies_in_the_held_out_part_do_not_blind_the_check(
    pictures: np.ndarray, prepared_of: MakePrepared
) -> None:
    mixed = pictures.copy()
    mixed[TRAINED : TRAINED + 4] = mixed[:4]
    check = CopyCheck.of(prepared_of(mixed, UNSEEN))
    for row in (10, 30):
        assert check.check(pictures[row]).too_close
        assert check.check(DRESSES["mirrored"](pictures[row])).too_close
    assert not check.check(drawn(500)).too_close


def test_a_set_with_nothing_held_out_has_a_bound_of_its_own(
    pictures: np.ndarray, prepared_of: MakePrepared
) -> None:
    check = CopyCheck.of(prepared_of(pictures[:TRAINED], 0))
    assert check.ordinary > 0
    assert check.check(DRESSES["JPEG"](pictures[3])).too_close
    assert not check.check(drawn(501)).too_close


def test_one_picture_alone_is_known_again_and_nothing_else(
    pictures: np.ndarray, prepared_of: MakePrepared
) -> None:
    check = CopyCheck.of(prepared_of(pictures[:1], 0))
    assert (check.ordinary, check.usual, check.unseen) == (0.0, copies.MOST_ALIKE, 0)
    assert not check.check(drawn(9)).too_close
    assert check.check(pictures[0]).closeness == 1.0
    assert check.check(softened(pictures[0], 1)).too_close


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_a_set_of_one_colour_is_known_again(shade: int, prepared_of: MakePrepared) -> None:
    plain = np.full((12, SIDE, SIDE, 3), shade, np.uint8)
    check = CopyCheck.of(prepared_of(plain, 2))
    assert check.check(plain[0]).closeness == 1.0
    assert not check.check(drawn(9)).too_close


def test_many_at_once_are_as_one_by_one(pictures: np.ndarray, check: CopyCheck) -> None:
    several = np.stack([pictures[3], drawn(700), DRESSES["mirrored"](pictures[8])])
    together, alone = check.check_all(several), [check.check(each) for each in several]
    assert [each.row for each in together] == [each.row for each in alone]
    assert [each.mirrored for each in together][::2] == [False, True]
    assert [each.alike for each in together] == pytest.approx([each.alike for each in alone])
    assert check.check_all(several[:0]) == []


@pytest.mark.parametrize("channels", [1, 4])
def test_grey_and_transparent_sets(channels: int, prepared_of: MakePrepared) -> None:
    images = np.stack([drawn(seed) for seed in range(16)])
    if channels == 1:
        images = images[..., :1]
    else:
        alpha = np.full((16, SIDE, SIDE, 1), 255, np.uint8)
        alpha[:, :8] = 0
        images = np.concatenate([images, alpha], 3)
    check = CopyCheck.of(prepared_of(images, 6))
    assert check.check(images[4]).too_close
    assert check.check(images[4]).row == 4


def test_rows_are_those_of_the_set(pictures: np.ndarray, prepared_of: MakePrepared) -> None:
    prepared = prepared_of(pictures[:20], 6)
    object.__setattr__(prepared, "train", np.arange(6, 20))
    object.__setattr__(prepared, "held_out", np.arange(6))
    assert CopyCheck.of(prepared).check(pictures[13]).row == 13


# ---------------------------------------------------------------------- the cache


def test_embeddings_are_kept(
    pictures: np.ndarray, prepared_of: MakePrepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = prepared_of(pictures[:12], 4)
    first = CopyCheck.of(prepared)
    asked: list[int] = []
    embed = copies.embed
    monkeypatch.setattr(copies, "embed", lambda images: asked.append(len(images)) or embed(images))
    again = CopyCheck.of(prepared)
    assert asked == []
    assert again.ordinary == first.ordinary
    assert again.check(pictures[0]) == first.check(pictures[0])


def damaged(whole: np.ndarray, how: str) -> np.ndarray:
    broken = {
        "short": whole[:-1], "narrow": whole[:, :-1], "flat": whole.ravel(),
        "number": np.float64(3), "words": np.full(whole.shape, "x"), "nan": whole * np.nan,
    }  # fmt: skip
    return np.asarray(broken[how])


@pytest.mark.parametrize(
    "how", ["short", "narrow", "flat", "number", "words", "nan", "empty", "cut"]
)
def test_a_damaged_cache_is_made_again(
    how: str, pictures: np.ndarray, prepared_of: MakePrepared
) -> None:
    prepared = prepared_of(pictures[:6], 2)
    wanted = CopyCheck.of(prepared)
    path = prepared.folder / f"{EXTRACTOR}.npy"
    data, whole = path.read_bytes(), np.load(path)
    if how in ("empty", "cut"):
        path.write_bytes(b"" if how == "empty" else data[: len(data) // 2])
    else:
        np.save(path, damaged(whole, how))
    assert CopyCheck.of(prepared).ordinary == wanted.ordinary
    assert path.read_bytes() == data


# ---------------------------------------------------------------------- the search itself


@pytest.mark.parametrize("count", [3, copies._ROWS, copies._ROWS + 5])
def test_the_nearest_row_is_the_nearest(count: int) -> None:
    chance = np.random.default_rng(0)
    first, second = chance.normal(0, 1, (count, 6)), chance.normal(0, 1, (40, 6))
    gaps, places = copies._nearest(first, second)
    every = np.linalg.norm(first[:, None] - second[None], axis=2)
    assert np.array_equal(places, every.argmin(1))
    assert np.allclose(gaps, every.min(1), atol=1e-7)


def test_a_row_is_not_its_own_neighbour() -> None:
    rows = np.random.default_rng(0).normal(0, 1, (copies._ROWS + 9, 4))
    gaps, places = copies._nearest(rows, rows, but_itself=True)
    assert (places != np.arange(len(rows))).all()
    assert (gaps > 0).all()
