"""`generate`: the same seed, the same picture; and nothing on the disk when it is refused."""

from __future__ import annotations

import signal

import numpy as np
import pytest
from PIL import Image

from studio.engine.generation.player import Player
from studio.engine.pieces import pieces
from studio.engine.project import INDEX, Project
from tests.verbs.support import call, done, tree


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image)


def test_the_same_seeds_give_the_same_pictures(project, run, out):
    first = done("generate", project, "--run", run, "--count", 3, "--seed", 7, "--out", out)
    again = done("generate", project, "--run", run, "--count", 1, "--seed", 8, "--out", out / "b")
    assert first["seeds"] == [7, 8, 9]
    assert [file.rpartition("-")[2] for file in first["files"]] == ["7.png", "8.png", "9.png"]
    made = [pixels(file) for file in first["files"]]
    assert {each.shape for each in made} == {(16, 16, 3)}
    assert np.array_equal(made[1], pixels(again["files"][0]))
    assert not np.array_equal(made[0], made[1])
    assert first["pieces"] == []


def test_files_carry_the_proof_of_their_origin(project, run, out):
    (file,) = done("generate", project, "--run", run, "--count", 1, "--psi", 0.5, "--out", out)[
        "files"
    ]
    recipe = done("inspect", file)["provenance"]["recipe"]
    assert recipe["run"] == run
    assert recipe["latent"]["beginning"]["truncation_psi"] == 0.5
    newest = done("inspect", project / "runs" / run)["newest"]
    assert recipe["checkpoint_sha256"] == newest["files"]["model.safetensors"]


def test_keep_makes_pieces_of_the_same_pixels(project, run, out):
    facts = done("generate", project, "--run", run, "--count", 2, "--keep", "--out", out)
    assert facts["pieces"] == ["piece-003", "piece-004"]
    assert set(facts["review"]) == set(facts["pieces"])
    for file, name in zip(facts["files"], facts["pieces"], strict=True):
        assert np.array_equal(pixels(file), pixels(project / "pieces" / f"{name}.png"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--count", "0"], "--count: 0"),
        (["--count", "-1"], "--count: -1"),
        (["--count", "1.5"], "--count: 1.5"),
        (["--count", "many"], "--count: many"),
        (["--count", "100001"], "100000"),
        (["--seed", "-1"], "--seed: -1"),
        (["--psi", "2"], "--psi: 2"),
        (["--psi", "inf"], "--psi: inf"),
        (["--label", "0"], "no label 0"),
        (["--device", "abacus"], "abacus"),
    ],
)
def test_wrong_usage(options, words, project, run, out):
    before = tree(project)
    call("generate", project, "--run", run, "--out", out, *options).refused(2, words)
    assert not out.exists()
    assert tree(project) == before


@pytest.mark.parametrize("name", ["nope", "", "../../etc", "a'; DROP TABLE run; --"])
def test_a_run_that_is_not_there(name, project, run, out):
    call("generate", project, "--run", name, "--out", out).refused(1, "There is no run", run)
    assert not out.exists()


def test_no_project(tmp_path, out):
    call("generate", tmp_path, "--run", "a", "--out", out).refused(1, "no project", str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_found_before_the_work(project, run, out, monkeypatch):
    out.mkdir()
    taken = out / f"{run}-seed-2.png"
    taken.write_text("precious")
    before = tree(project)
    monkeypatch.setattr(Player, "picture", lambda *_: pytest.fail("a picture was made"))
    said = call("generate", project, "--run", run, "--count", 3, "--keep", "--out", out)
    said.refused(1, str(taken), "already exists")
    assert tree(out) == {taken.name: b"precious"}
    assert tree(project) == before


def test_a_folder_that_is_a_file(project, run, out):
    out.write_text("precious")
    before = tree(project)
    call("generate", project, "--run", run, "--keep", "--out", out).refused(1, str(out))
    call("generate", project, "--run", run, "--out", out / "below").refused(1, str(out))
    assert out.read_text() == "precious"
    assert tree(project) == before


def test_a_second_writer_can_look_but_not_keep(project, run, out):
    before = tree(project)
    options = ("--run", run, "--count", 1)
    with Project.open(project):
        refused = call("generate", project, *options, "--keep", "--out", out)
        refused.refused(1, "another window")
        assert not out.exists()
        assert len(done("generate", project, *options, "--out", out)["files"]) == 1
    assert tree(project) == before


def test_an_interruption_leaves_nothing(project, run, out, monkeypatch):
    picture, made = Player.picture, []

    def interrupted(player, recipe):
        made.append(recipe)
        if len(made) == 3:
            signal.raise_signal(signal.SIGTERM)
        return picture(player, recipe)

    monkeypatch.setattr(Player, "picture", interrupted)
    before = tree(project)
    call("generate", project, "--run", run, "--keep", "--out", out / "deep").refused(130)
    assert not out.exists()
    assert tree(project) == before


def test_a_full_disk_is_said_plainly(project, run, out, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device", str(out))

    monkeypatch.setattr(pieces, "keep", full)
    said = call("generate", project, "--run", run, "--count", 1, "--keep", "--out", out)
    said.refused(1, "No space left")


def test_a_run_whose_checkpoints_are_broken(project, run, out):
    for model in project.rglob("model.safetensors"):
        model.write_bytes(model.read_bytes()[:100])
    call("generate", project, "--run", run, "--out", out).refused(
        1, run, "restore the folder from a backup"
    )
    assert not out.exists()


def test_a_broken_index(project, run, out):
    (project / INDEX).write_bytes(b"garbage" * 100)
    call("generate", project, "--run", run, "--out", out).refused(1, str(project / INDEX))
    assert not out.exists()
