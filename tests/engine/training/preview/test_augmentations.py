"""What augmentation does to a picture, and what of it would show: on drawn and on real sets."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from models import base
from models.parameters import ParameterError
from studio.engine.dataset.index import store
from studio.engine.errors import StudioError
from studio.engine.project import Project
from studio.engine.training.preview import augmentations, symmetry
from studio.engine.training.preview.symmetry import Symmetry
from tests.conftest import picture_sets

SIDE = 64
OFF = {
    "augment_mirror": False, "augment_shift": 0.0, "augment_zoom": 0.0, "augment_rotate": 0.0,
    "augment_crop": 0.0, "augment_colour": 0.0, "augment_noise": 0.0, "augment_cutout": 0.0,
}  # fmt: skip


def lettered(count: int) -> list[np.ndarray]:
    chance, font = random.Random(1), ImageFont.load_default(size=14)
    made = []
    for _ in range(count):
        image = Image.new("RGB", (SIDE, SIDE), tuple(chance.randrange(256) for _ in range(3)))
        draw = ImageDraw.Draw(image)
        for line in range(4):
            said = "".join(chance.choice("ABCDEFGHKLNPRS abcdefg") for _ in range(7))
            ink = tuple(chance.randrange(256) for _ in range(3))
            draw.text((chance.randrange(-4, 10), line * 16), said, font=font, fill=ink)
        made.append(np.asarray(image))
    return made


def skylines(count: int) -> list[np.ndarray]:
    chance = np.random.default_rng(2)
    made = []
    for _ in range(count):
        picture = np.full((SIDE, SIDE, 3), chance.integers(120, 256, 3), np.uint8)
        for place in range(0, SIDE, 8):
            height = int(chance.integers(8, 40))
            picture[SIDE - height :, place : place + 8] = chance.integers(0, 120, 3)
        made.append(picture)
    return made


def discs(count: int) -> list[np.ndarray]:
    """Without a side and without an up."""
    chance = random.Random(1)
    made = []
    for _ in range(count):
        image = Image.new("RGB", (SIDE, SIDE), tuple(chance.randrange(256) for _ in range(3)))
        draw = ImageDraw.Draw(image)
        for _ in range(8):
            x, y, r = chance.randrange(SIDE), chance.randrange(SIDE), chance.randrange(3, 12)
            ink = tuple(chance.randrange(256) for _ in range(3))
            draw.ellipse((x - r, y - r, x + r, y + r), fill=ink)
        made.append(np.asarray(image))
    return made


# ---------------------------------------------------------------------- drawn sets


def test_lettering_has_a_left_and_a_right() -> None:
    found = symmetry.measure(lettered(100))
    assert found.pictures == 100
    assert found.has_sides
    assert found.is_upright


def test_skylines_have_an_up_but_no_sides() -> None:
    found = symmetry.measure(skylines(96))
    assert found.is_upright
    assert not found.has_sides


def test_discs_have_neither() -> None:
    found = symmetry.measure(discs(80))
    assert not found.is_upright
    assert not found.has_sides


@pytest.mark.parametrize("shape", [(5, 7, 1), (16, 16, 4)])
def test_pictures_that_are_all_alike_know_nothing(shape: tuple[int, ...]) -> None:
    found = symmetry.measure([np.full(shape, 9, np.uint8)] * 40)
    assert (found.mirrored, found.turned) == (0.5, 0.5)


def test_too_few_pictures_and_a_cancelled_measurement_know_nothing() -> None:
    assert symmetry.measure([]) == Symmetry()
    assert symmetry.measure(lettered(1)) == Symmetry()
    assert symmetry.measure(lettered(8), lambda: True) == Symmetry()
    assert not symmetry.measure(lettered(3)).has_sides


# ---------------------------------------------------------------------- real sets


def real(name: str, count: int) -> list[np.ndarray]:
    path = picture_sets() / f"{name}.zip"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    with zipfile.ZipFile(path) as archive:
        names = sorted(n for n in archive.namelist() if n.lower().endswith((".png", ".jpg")))
        random.Random(0).shuffle(names)
        return [_read(archive, each) for each in names[:count]]


def _read(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    with Image.open(io.BytesIO(archive.read(name))) as image:
        image.draft("RGB", (128, 128))
        return np.asarray(image.convert("RGBA").resize((SIDE, SIDE)))


@pytest.mark.parametrize(
    ("name", "count", "sides"),
    [("cmp_facades_photos", 96, False), ("country_flags_1000", 256, True)],
)
def test_real_pictures_stand_upright_and_flags_have_sides(
    name: str, count: int, sides: bool
) -> None:
    found = symmetry.measure(real(name, count))
    assert found.is_upright
    assert found.has_sides is sides


# ---------------------------------------------------------------------- the words

UPRIGHT, SIDED = Symmetry(200, 0.5, 0.98), Symmetry(200, 0.82, 0.5)


def warned(family: str, found: Symmetry, **changes: object) -> list[str]:
    config = {**base.family(family).Config().as_dict(), **OFF, **changes}
    return augmentations.warnings(family, config, found)  # type: ignore[arg-type]


@pytest.mark.parametrize("family", sorted(base.families()))
def test_mirrored_lettering_is_warned_of_in_every_family(family: str) -> None:
    (said,) = warned(family, SIDED, augment_mirror=True)
    assert "82 of 100" in said
    assert "turn Mirror off" in said
    assert warned(family, SIDED) == []
    assert warned(family, UPRIGHT, augment_mirror=True) == []


@pytest.mark.parametrize("family", ["autoencoder", "vae"])
def test_an_encoder_draws_whatever_it_is_shown_turned(family: str) -> None:
    (said,) = warned(family, UPRIGHT, augment_rotate=10.0)
    assert "98 of 100" in said
    assert warned(family, UPRIGHT, augment_rotate=2.0) == []
    assert warned(family, SIDED, augment_rotate=90.0) == []


def test_a_critic_hides_what_happens_seldom_enough() -> None:
    assert len(warned("gan", UPRIGHT, augment_rotate=45.0, augment_p=0.9)) == 1
    assert warned("gan", UPRIGHT, augment_rotate=45.0, augment_p=0.4) == []
    assert len(warned("fewshot_gan", UPRIGHT, augment_rotate=45.0)) == 1  # it is always disguised
    ada = {"augment": "ada", "augment_turn": 1.0}
    assert warned("stylegan2", UPRIGHT, **ada) == []
    assert len(warned("stylegan2", UPRIGHT, **ada, augment_p=0.8)) == 1
    assert warned("stylegan2", UPRIGHT, augment="none", augment_rotate=45.0, augment_p=0.8) == []


# ---------------------------------------------------------------------- the wall


def test_the_wall_is_the_picture_and_what_training_makes_of_it(project: Project) -> None:
    dataset = store.dataset(project, "set")
    item = store.chosen_items(project, dataset.id)[0]
    config = base.family("vae").Config().as_dict() | {"augment_rotate": 90.0}
    made = augmentations.wall(project, item, "vae", config, (16, 12), None, count=9, seed=3)
    again = augmentations.wall(project, item, "vae", config, (16, 12), None, count=9, seed=3)
    rolled = augmentations.wall(project, item, "vae", config, (16, 12), None, count=9, seed=4)
    assert made.pictures.shape == (9, 12, 16, 3)
    assert made.pictures.dtype == np.uint8
    assert (made.name, made.p) == (item.name, None)
    assert np.array_equal(made.pictures, again.pictures)
    assert np.array_equal(made.pictures[0], rolled.pictures[0])
    assert not np.array_equal(made.pictures[1:], rolled.pictures[1:])
    assert len({each.tobytes() for each in made.pictures}) == 9


@pytest.mark.parametrize("family", sorted(base.families()))
def test_without_any_kind_every_sample_is_the_picture(project: Project, family: str) -> None:
    item = store.chosen_items(project, store.dataset(project, "set").id)[0]
    config = {**base.family(family).Config().as_dict(), **OFF}
    config |= {"augment": "none"} if "augment" in config else {}
    made = augmentations.wall(project, item, family, config, (16, 16), None, count=4, seed=0)
    assert all(np.array_equal(each, made.pictures[0]) for each in made.pictures)


def test_ada_is_shown_at_work_although_it_begins_with_never(project: Project) -> None:
    item = store.chosen_items(project, store.dataset(project, "set").id)[0]
    config = base.family("stylegan2").Config().as_dict()
    made = augmentations.wall(project, item, "stylegan2", config, (16, 16), None, count=9, seed=0)
    assert made.p == augmentations.SHOWN_P
    assert len({each.tobytes() for each in made.pictures}) > 4


def test_what_is_not_possible_is_refused(project: Project) -> None:
    item = store.chosen_items(project, store.dataset(project, "set").id)[0]
    with pytest.raises(ParameterError, match="augment_rotate=900"):
        augmentations.wall(
            project, item, "vae", {"augment_rotate": 900}, (16, 16), None, count=4, seed=0
        )
    item.path.rename(item.path.with_suffix(".gone"))
    try:
        with pytest.raises(StudioError):
            augmentations.wall(project, item, "vae", {}, (16, 16), None, count=4, seed=0)
    finally:
        item.path.with_suffix(".gone").rename(item.path)


def test_a_set_is_measured_without_its_broken_pictures(project: Project, tmp_path: Path) -> None:
    dataset = store.dataset(project, "set")
    found = augmentations.measure(project, dataset.id, (16, 16), None)
    assert found.pictures == 12
    assert not found.has_sides
    assert augmentations.measure(project, dataset.id, (16, 16), None, lambda: True) == Symmetry()
