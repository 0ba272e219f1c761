"""`versions`: a picture by all checkpoints of a run and by other runs, or a refusal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.verbs.support import call, done, tiny, tree


def pixels_of(file: str | Path) -> np.ndarray:
    with Image.open(file) as picture:
        return np.asarray(picture).copy()


def test_the_newest_draws_what_generate_draws_and_another_run_its_own(project, run, out) -> None:
    other = done("train", project, *tiny("autoencoder"))["run"]
    alone = done("generate", project, "--run", run, "--count", 1, "--seed", 5, "--out", out / "g")
    said = done("versions", project, "--run", run, "--seed", 5, "--out", out)
    assert {each["run"] for each in said["versions"]} == {run, other}
    assert all(each["drawn"] for each in said["versions"])
    assert len(said["files"]) == len(said["versions"])
    newest, last = Path(said["files"][0]), Path(said["files"][-1])
    assert newest.stem == f"{run}-{said['versions'][0]['checkpoint']}"
    assert np.array_equal(pixels_of(newest), pixels_of(alone["files"][0]))
    assert not np.array_equal(pixels_of(newest), pixels_of(last))
    told = done("inspect", last)["provenance"]["recipe"]
    assert told["run"] == other
    assert told["checkpoint_sha256"] != done("inspect", newest)["provenance"]["recipe"][
        "checkpoint_sha256"
    ]  # fmt: skip


def test_a_point_is_of_its_run_alone(project, run, out) -> None:
    other = done("train", project, *tiny("autoencoder"))["run"]
    child = done("breed", project, "--run", run, "--parent", 1, "--parent", 2, "--count", 1,
                 "--out", out / "child")["files"][0]  # fmt: skip
    said = call("versions", project, "--run", run, "--recipe", child, "--out", out)
    assert said.code == 0
    assert f"{other}, checkpoint" in said.err
    assert "only the model of its run knows" in said.err
    assert not list(out.glob(f"{other}*"))
    assert list(out.glob(f"{run}*.png"))


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--run", "nobody"), 1, "nobody"),
        (("--seed", "-1"), 2, "--seed"),
        (("--recipe", "nowhere.json"), 1, "nowhere.json"),
    ],
)
def test_what_is_refused(options, code, words, project, run, out) -> None:
    before = tree(project)
    given = options if "--run" in options else ("--run", run, *options)
    call("versions", project, *given, "--out", out).refused(code, words)
    assert not out.exists()
    assert tree(project) == before
