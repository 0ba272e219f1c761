"""`train`: a family recommended, a run measured first, and a run that learns from another."""

from __future__ import annotations

import dataclasses
import importlib.util

import pytest

from models.families.codec.vae import Vae
from studio.engine.events import Preflight, Stop
from studio.engine.training.process.client import TrainingProcess
from studio.engine.training.record import checkpoint
from studio.engine.training.record.recipe import Recipe
from studio.verbs import preflight
from tests.verbs.support import SMALLEST, call, done, tiny, tree

SMALL = [part for each in SMALLEST["autoencoder"] for part in ("--set", each)]


@pytest.mark.parametrize("asked", [(), ("--family", "auto")])
def test_without_a_family_one_is_recommended(project, asked):
    said = call("train", project, *asked, *SMALL, "--size", 16, "--images", 4, "--device", "cpu")
    assert said.code == 0, said
    assert "Autoencoder: 12 pictures of 16 × 16 are too few for new ones" in said.err
    facts = done("train", project, *SMALL, "--size", 16, "--images", 4, "--device", "cpu")
    assert facts["family"] == "autoencoder"
    assert facts["why"].startswith("Autoencoder: ")
    assert done("train", project, *tiny("vae", 4))["why"] == ""


def test_a_measured_run_leaves_nothing_behind(project):
    before = tree(project)
    asked = [*tiny("vae", 100), "--seed", 3]
    facts = done("train", project, *asked, "--preflight")
    assert (facts["family"], facts["batch_size"], facts["part_size"]) == ("vae", 4, 4)
    assert facts["size"] == [16, 16]
    assert facts["images"] == 100
    for key in ("images_per_second", "memory", "checkpoint_bytes", "disk", "seconds"):
        assert facts[key] > 0
    after = {each: seen for each, seen in tree(project).items() if "cache" not in str(each)}
    assert after == {each: seen for each, seen in before.items() if "cache" not in str(each)}


def test_a_measurement_for_a_person(project, monkeypatch):
    found = Preflight(
        family="vae", device="cpu", batch_size=32, part_size=8, images_per_second=12.34,
        memory=1_500_000_000, checkpoint_bytes=31_000_000, disk=155_000_000,
        first_picture_seconds=1620.0, images=22212, seconds=1800.0,
    )  # fmt: skip
    monkeypatch.setattr(preflight, "_measure", lambda *_: found)
    said = call("train", project, *tiny("vae", 8), "--preflight")
    assert said.code == 0
    assert said.out.splitlines() == [
        "vae on cpu: 12.3 images a second, 32 a step, 8 at a time to save memory.",
        "  A first recognisable picture after about 27 min 00 s; memory at most 1.50 GB; "
        "disk about 155 MB.",
        "  the whole run: 30 min 00 s, 22212 images; 31 MB a checkpoint",
    ]
    short = dataclasses.replace(found, seconds=18.0)
    assert preflight.needs(short).startswith(
        "Too short for a recognisable picture, which takes about 27 min 00 s; "
    )
    found = dataclasses.replace(found, steps=3)
    said = call("train", project, *tiny("vae", 8), "--preflight")
    assert said.out.splitlines()[1] == (
        "  Only 3 steps were timed, for they take long here: a rough figure."
    )
    assert done("train", project, *tiny("vae", 8), "--preflight")["steps"] == 3


def test_a_measurement_that_fails_is_a_sentence(project, monkeypatch):
    monkeypatch.setattr(
        "studio.engine.processes.command",
        lambda *_: ["python3", "-c", "raise SystemExit(3)"],
    )
    call("train", project, *tiny("vae", 8), "--preflight").refused(1, "ended unexpectedly")


def test_a_measurement_can_be_stopped(project, monkeypatch):
    import os
    import signal

    sent = []
    real = TrainingProcess.start

    def start(process):
        real(process)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(TrainingProcess, "start", start)
    send = TrainingProcess.send
    monkeypatch.setattr(
        TrainingProcess, "send", lambda self, order: (sent.append(order), send(self, order))
    )
    said = call("train", project, *tiny("vae", 8), "--preflight")
    assert said.code == 130
    assert sent == [Stop()]


def test_a_run_that_learns_from_another(project, run):
    facts = done("train", project, "--from", run, "--images", 8, "--device", "cpu")
    recipe = Recipe.load(project / "runs" / facts["run"])
    old = Recipe.load(project / "runs" / run)
    assert (recipe.family, recipe.width, recipe.start_from) == ("vae", old.width, run)
    assert recipe.config == old.config
    best = checkpoint.load_best(project / "runs" / run)
    assert recipe.start_sha256 == best.sha256
    said = call("train", project, "--from", run, "--images", 4, "--device", "cpu")
    assert f"100 % of its weights from {run}" in said.err


def test_learning_from_a_run_on_other_pictures(project, run, picture):
    done("import", project, picture)
    asked = ("--images", 4, "--device", "cpu", "--dataset", "picture")
    facts = done("train", project, "--from", run, *asked)
    assert Recipe.load(project / "runs" / facts["run"]).dataset == "picture"


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--from", "nowhere"), 1, "There is no run 'nowhere'"),
        (("--from", "RUN", "--family", "gan"), 2, "choose vae"),
        (("--freeze", "1"), 2, "--freeze needs --from"),
        (("--freeze", "9", "--from", "RUN"), 2, "--freeze"),
    ],
)
def test_a_beginning_that_is_not_possible(options, code, words, project, run):
    before = tree(project)
    given = [run if each == "RUN" else each for each in options]
    call("train", project, "--images", 4, *given).refused(code, words)
    assert tree(project) == before


def test_tensorboard_names_the_command_that_is_missing(project, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    said = call("train", project, *tiny("vae", 4), "--tensorboard")
    said.refused(2, "extras install tensorboard")


def test_memory_that_runs_out_is_told(project, monkeypatch):
    import torch

    real, number = Vae.training_step, 0

    def step(*arguments):
        nonlocal number
        number += 1
        if number == 1:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return real(*arguments)

    monkeypatch.setattr(Vae, "training_step", step)
    said = call("train", project, *tiny("vae", 8))
    assert said.code == 0
    assert "looks at 2 pictures at a time and still learns from 4 at once" in said.err


def test_pictures_of_the_best_or_of_the_newest_model(project, run, tmp_path):
    folder = project / "runs" / run
    done("train", project, "--resume", run, "--images", 64)
    saved = checkpoint.load_latest(folder)
    worse = {**saved.state, "score": 99.0}
    names = (checkpoint.MODEL, checkpoint.TRAINING)
    files = [checkpoint.read_tensors(saved.folder / name) for name in names]
    files[0] = {name: tensor * 0.5 for name, tensor in files[0].items()}
    newest = checkpoint.save(folder, *files, worse)
    best = checkpoint.load_best(folder)
    assert best.sha256 != newest.sha256
    for choice, wanted in (("best", best.sha256), ("last", newest.sha256)):
        asked = ("--run", run, "--count", 1, "--device", "cpu", "--out", tmp_path / choice)
        (file,) = done("generate", project, *asked, "--checkpoint", choice)["files"]
        assert wanted in str(done("inspect", file))
