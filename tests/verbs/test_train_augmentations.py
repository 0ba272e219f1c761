"""`train --augmentations`: what a run will do to a picture, without a run."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from studio.verbs.augmentation_sheet import COLUMNS, SAMPLES
from tests.verbs.support import call, done, tree


def test_a_sheet_and_its_facts(project, out):
    before = tree(project)
    target = out / "wall.png"
    facts = done(
        "train", project, "--family", "vae", "--size", "24x16", "--set", "augment_rotate=20",
        "--augmentations", target, "--picture", "03.png", "--seed", 4,
    )  # fmt: skip
    assert facts["file"] == str(target)
    assert (facts["picture"], facts["family"], facts["samples"]) == ("03.png", "vae", SAMPLES)
    assert facts["config"]["augment_rotate"] == 20.0
    assert facts["p"] is None
    assert facts["told"]["pictures"] == 12
    assert isinstance(facts["warnings"], list)
    with Image.open(target) as sheet:
        assert sheet.size == (24 * COLUMNS, 16 * (SAMPLES // COLUMNS))
        cells = np.asarray(sheet).reshape(SAMPLES // COLUMNS, 16, COLUMNS, 24, -1)
    assert not np.array_equal(cells[0, :, 0], cells[0, :, 1])
    assert tree(project) == before  # not even a cache


def test_the_same_seed_gives_the_same_sheet(project, out):
    asked = ["train", project, "--family", "gan", "--size", 16]
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        done(*asked, "--seed", seed, "--augmentations", out / f"{name}.png")
    a, b, c = ((out / f"{name}.png").read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_the_family_is_recommended_as_for_a_run(project, out):
    facts = done("train", project, "--size", 16, "--augmentations", out / "wall.png")
    assert facts["family"] == "autoencoder"
    assert facts["why"].startswith("Autoencoder: ")


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--augmentations", "{out}/wall.jpg"], 2, "ends in .png"),
        (["--augmentations", "{out}/wall.png", "--picture", "none.png"], 1, "no picture none.png"),
        (["--augmentations", "{out}/wall.png", "--set", "augment_rotate=400"], 2, "augment_rotate"),
        (["--augmentations", "{out}/wall.png", "--resume", "x"], 2, "cannot be changed"),
        (["--picture", "03.png"], 2, "--picture needs --augmentations"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_writes_nothing(project, out, options, code, said):
    given = [each.format(out=out) for each in options]
    call("train", project, "--family", "vae", *given).refused(code, said)
    assert not out.exists() or not list(out.iterdir())


def test_a_file_that_exists_is_left_alone(project, out):
    out.mkdir()
    (out / "wall.png").write_bytes(b"mine")
    said = call("train", project, "--family", "vae", "--augmentations", out / "wall.png")
    said.refused(1, "already exists")
    assert (out / "wall.png").read_bytes() == b"mine"
