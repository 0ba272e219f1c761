"""Labels from folders, on the command line: learnt, listed, and asked for by name."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.verbs.support import call, done, one_thread, tiny, tree

EACH = {"2024": 9, "cats": 9, "dogs": 1}


def pixels(file: object) -> np.ndarray:
    with Image.open(str(file)) as image:
        return np.asarray(image)


@pytest.fixture(scope="module")
def labelled_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a run that learnt labels and one that did not."""
    place = tmp_path_factory.mktemp("labels")
    generator = np.random.default_rng(5)
    for name, count in EACH.items():
        (place / "set" / name).mkdir(parents=True)
        for number in range(count):
            low = 10 if name == "cats" else 190
            shape = generator.integers(low, low + 50, (16, 16, 3), dtype=np.uint8)
            Image.fromarray(shape).save(place / "set" / name / f"{number:02}.png")
    with one_thread(), pytest.MonkeyPatch.context() as patched:
        patched.setenv("LATENT_STUDIO_HOME", str(place / "home"))
        done("import", place / "project", place / "set")
        learn = ("--labels", "--set", "lr=0.01", "--set", "ema_half_life=0.1")
        done("train", place / "project", *tiny("vae", 400), *learn)
        done("train", place / "project", *tiny("vae", 8))
    return place / "project"


@pytest.fixture
def labelled(labelled_once: Path, tmp_path: Path) -> Path:
    """The project, for this test alone."""
    shutil.copytree(labelled_once, tmp_path / "labelled")
    return tmp_path / "labelled"


@pytest.fixture
def learnt(labelled: Path) -> str:
    """The run that knows labels."""
    return min(folder.name for folder in (labelled / "runs").iterdir())


@pytest.fixture
def plain(labelled: Path) -> str:
    """The run that does not."""
    return max(folder.name for folder in (labelled / "runs").iterdir())


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_a_label_is_asked_for_by_name_or_by_number(labelled, learnt, tmp_path):
    made = {}
    for asked in ("cats", "1", "2024", "0"):
        facts = done(
            "generate", labelled, "--run", learnt, "--label", asked, "--count", 3, "--device",
            "cpu", "--out", tmp_path / asked,
        )  # fmt: skip
        name = {"0": "2024", "1": "cats"}.get(asked, asked)
        assert facts["labels"] == [name] * 3
        made[asked] = [pixels(file) for file in facts["files"]]
    assert all(map(np.array_equal, made["cats"], made["1"]))
    assert all(map(np.array_equal, made["2024"], made["0"]))
    assert np.mean(made["cats"]) < 128 < np.mean(made["2024"])


def test_without_a_label_every_seed_draws_one(labelled, learnt, out):
    facts = done("generate", labelled, "--run", learnt, "--count", 30, "--out", out)
    assert {"2024", "cats"} <= set(facts["labels"]) <= set(EACH)
    dark = [bool(pixels(file).mean() < 128) for file in facts["files"]]
    assert np.mean([d == (n == "cats") for d, n in zip(dark, facts["labels"], strict=True)]) > 0.8


def test_a_label_is_kept_with_piece_and_file(labelled, learnt, out):
    options = ("--run", learnt, "--label", "cats", "--count", 1, "--keep", "--out", out)
    (file,) = done("generate", labelled, *options)["files"]
    recipe = done("inspect", file)["provenance"]["recipe"]
    assert recipe["label"] == "cats"
    assert recipe["latent"]["beginning"]["label"] == 1


def test_the_labels_are_listed(labelled, learnt, plain):
    run = done("inspect", labelled / "runs" / learnt)
    assert run["labels"] == ["2024", "cats", "dogs"]
    assert run["recipe"]["classes"] == 3
    newest = done("inspect", run["newest"]["path"])
    assert newest["labels"] == run["labels"]
    assert done("inspect", labelled / "runs" / plain)["labels"] == []


@pytest.mark.parametrize("label", ["birds", "3", "-1", "", "cats ", "Cats", "1.0", "٣", "9" * 40])
def test_an_unknown_label_is_refused(label, labelled, learnt, out):
    before = tree(labelled)
    said = call("generate", labelled, "--run", learnt, "--out", out, f"--label={label}")
    said.refused(2, f"no label {label}", "0 2024, 1 cats, 2 dogs")
    assert not out.exists()
    assert tree(labelled) == before


@pytest.mark.parametrize("label", ["cats", "0"])
def test_a_model_without_labels_says_so(label, labelled, plain, out):
    said = call("generate", labelled, "--run", plain, "--out", out, "--label", label)
    said.refused(2, f"no label {label}", "trained without labels")


def test_few_pictures_of_each_leave_labels_out_unless_asked_for(labelled):
    said = call("train", labelled, *tiny("vae", 4))
    assert said.code == 0, said
    assert "The labels are left out: 3 of them are too many for " in said.err
    said = call("train", labelled, *tiny("vae", 4), "--no-labels")
    assert "label" not in said.err
    said = call("train", labelled, *tiny("vae", 4), "--labels")
    assert "There are fewer than 10 pictures of '2024', 'cats', 'dogs'" in said.err


def test_labels_are_not_changed_when_a_run_goes_on(labelled, learnt, plain):
    for option in ("--labels", "--no-labels"):
        said = call("train", labelled, "--resume", learnt, option)
        said.refused(2, "--labels cannot be changed")
    facts = done("train", labelled, "--resume", learnt, "--images", 404)
    assert facts["images_seen"] == 404
    assert facts["labels"] == ["2024", "cats", "dogs"]
    assert done("train", labelled, "--resume", plain, "--images", 12)["labels"] == []


def test_labels_need_two(project):
    said = call("train", project, *tiny("vae", 4), "--labels")
    said.refused(2, "fewer than two labels")
