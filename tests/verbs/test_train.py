"""`train`: what a run is made of, going on with one, and every way to ask for one wrongly."""

from __future__ import annotations

import json
import shutil
import signal

import pytest

from studio.engine.dataset.preparation import prepare
from studio.engine.events import Progress
from studio.engine.project import INDEX, Project
from studio.engine.training.planning import runs
from studio.engine.training.record.recipe import Recipe
from studio.engine.training.session import loop
from studio.verbs.preflight import duration
from studio.verbs.run_progress import Watch
from tests.verbs.support import call, done, tiny, tree


def statuses(project):
    return {each["name"]: (each["status"], each["images_seen"]) for each in runs_of(project)}


def runs_of(project):
    return done("inspect", project)["runs"]


def test_a_run_keeps_what_was_asked_for(project):
    asked = [*tiny("vae", 4), "--seed", 11, "--crop", "pad", "--precision", "fp32"]
    asked += ["--compile", "off"]
    facts = done("train", project, "--dataset", "set", *asked)
    recipe = Recipe.load(project / "runs" / facts["run"])
    assert (recipe.family, recipe.width, recipe.height, recipe.seed) == ("vae", 16, 16, 11)
    assert (recipe.crop, recipe.precision, recipe.device) == ("pad", "fp32", "cpu")
    assert recipe.compile == "off"
    assert recipe.config["width"] == recipe.config["latent_dim"] == 8
    assert (facts["family"], facts["images_seen"], facts["reason"]) == ("vae", 4, "finished")
    assert facts["images_per_second"] > 0
    assert facts["interrupted"] is False
    assert set(facts["final"]) >= {"loss"}
    saved = done("inspect", facts["checkpoint"])
    assert saved["files"]["model.safetensors"] == facts["sha256"]
    assert statuses(project)[facts["run"]] == ("finished", 4)


def test_oblong_pictures(project):
    facts = done("train", project, *tiny("autoencoder", 4), "--size", "16x32")
    recipe = Recipe.load(project / "runs" / facts["run"])
    assert (recipe.width, recipe.height) == (16, 32)


def test_results_for_a_person(project):
    said = call("train", project, *tiny("vae", 4))
    name, *_, last = said.out.splitlines()
    assert said.code == 0
    assert ": finished after 4 images (" in name
    assert last.startswith("  checkpoint: ")
    assert f"Run {name.partition(':')[0]}\n" in said.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--size", "63"], "63 × 63 pixels are not possible"),
        (["--size", "0"], "0 × 0"),
        (["--size", "64x63"], "64 × 63"),
        (["--size", "-64"], "--size"),
        (["--size", "big"], "big is not a size"),
        (["--size", "1000000"], "1000000"),
        (["--set", "lr=-1"], "lr=-1"),
        (["--set", "lr=nan"], "lr=nan"),
        (["--set", "lr=fast"], "lr=fast"),
        (["--set", "nonsense=1"], "There is no parameter nonsense. Known: latent_dim,"),
        (["--set", "lr"], "key=value"),
        (["--set", "=1"], "key=value"),
        (["--set", "lr=0.1", "--set", "lr=0.2"], "given twice"),
        (["--set", "blocks=1.5"], "blocks=1.5"),
        (["--family", "nonsense"], "There is no family 'nonsense'. Known: "),
        (["--images", "0"], "--images: 0"),
        (["--images", "8", "--minutes", "1"], "--minutes"),
        (["--minutes", "nan"], "--minutes: nan"),
        (["--seed", "-1"], "--seed: -1"),
        (["--device", "abacus"], "abacus"),
        (["--precision", "fp8"], "fp8"),
        (["--crop", "round"], "round"),
    ],
)
def test_wrong_usage_writes_nothing(options, words, project):
    before = tree(project)
    call("train", project, "--family", "vae", *options).refused(2, words)
    assert tree(project) == before


@pytest.mark.parametrize(
    "option",
    [
        ("--family", "vae"),
        ("--size", "64"),
        ("--set", "lr=0.1"),
        ("--seed", "0"),
        ("--device", "cpu"),
        ("--crop", "pad"),
        ("--precision", "bf16"),
        ("--compile", "on"),
        ("--from", "other"),
        ("--freeze", "1"),
        ("--tensorboard",),
        ("--preflight",),
    ],
)
def test_what_a_run_is_cannot_be_changed_later(option, project, run):
    before = tree(project)
    call("train", project, "--resume", run, *option).refused(2, option[0], "start a new run")
    assert tree(project) == before


def test_datasets_that_are_not_there_or_not_named(project, picture):
    new = ("--family", "vae")
    call("train", project, *new, "--dataset", "nope").refused(1, "'nope'", "set")
    done("import", project, picture)
    call("train", project, *new).refused(2, "--dataset", "picture", "set")
    call("train", project.parent / "nowhere", *new).refused(1, "no project", "import pictures")
    with Project.open(project.parent / "new", create=True):
        pass
    call("train", project.parent / "new", *new).refused(1, "no dataset", "import pictures")


def test_one_picture_is_trained_on_or_refused_in_a_sentence(picture, tmp_path):
    done("import", tmp_path / "project", picture)
    for family in ("autoencoder", "vae", "gan"):
        facts = done("train", tmp_path / "project", *tiny(family, 4))
        assert facts["images_seen"] >= 4


def test_pictures_that_went_away_between_import_and_training(tmp_path, pictures):
    shutil.copytree(pictures, tmp_path / "set")
    done("import", tmp_path / "project", tmp_path / "set")
    shutil.rmtree(tmp_path / "set")
    said = call("train", tmp_path / "project", *tiny("vae"))
    assert said.code == 1, said
    said.refused(1, "set")
    assert list((tmp_path / "project").glob("runs/*")) == []


def test_a_run_that_is_not_there(project, run):
    before = tree(project)
    call("train", project, "--resume", "nope").refused(1, "There is no run 'nope'", run)
    assert tree(project) == before


def test_a_second_writer(project, run):
    before = tree(project)
    with Project.open(project):
        call("train", project, "--resume", run).refused(1, str(project), "another window")
        call("train", project, *tiny("vae")).refused(1, str(project), "another window")
    assert tree(project) == before


def test_a_broken_index(project, run):
    (project / INDEX).write_bytes(b"garbage" * 100)
    before = tree(project)
    call("train", project, "--resume", run).refused(1, str(project / INDEX))
    call("train", project, *tiny("vae")).refused(1, str(project / INDEX))
    assert tree(project) == before


def test_more_of_a_run(project, run):
    facts = done("train", project, "--resume", run, "--images", 16)
    assert (facts["run"], facts["images_seen"], facts["reason"]) == (run, 16, "finished")
    assert statuses(project)[run] == ("finished", 16)
    again = done("train", project, "--resume", run)
    assert (again["images_seen"], again["sha256"]) == (16, facts["sha256"])


def test_a_run_that_ended_before_its_first_checkpoint_begins_again(project, run):
    shutil.rmtree(project / "runs" / run / "checkpoints")
    assert done("train", project, "--resume", run)["images_seen"] == 8


def test_a_run_whose_checkpoints_are_all_broken(project, run):
    for state in project.rglob("state.json"):
        state.write_text("{")
    call("train", project, "--resume", run).refused(1)
    assert {state.read_text() for state in project.rglob("state.json")} == {"{"}


def stop_at(monkeypatch, images, number=signal.SIGINT, times=1):
    """Have a signal come once so many pictures were seen."""
    take, raised = Watch.take, []

    def taken(watch, event):
        take(watch, event)
        if isinstance(event, Progress) and event.images_seen >= images and not raised:
            raised.append(event)
            for _ in range(times):
                signal.raise_signal(number)

    monkeypatch.setattr(Watch, "take", taken)
    # Otherwise a fast machine is done before the first progress is told.
    monkeypatch.setattr(loop, "PROGRESS_SECONDS", 0.0)


def test_what_a_power_cut_would_cost_is_said_while_it_trains():
    class Told:
        def progress(self, sentence, fraction):
            self.sentence = sentence

    told = Told()
    Watch("a1", told).take(Progress(9, 640, 1280, 30.0, 20.0, 60.0, 0.5, 40.0, 120.0))
    assert told.sentence == (
        "640 of 1280 images, 20.0 a second, 1 min 00 s left, 40 s not saved (at most 2 min 00 s)"
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_saves_and_the_run_goes_on_to_the_same_end(number, project, monkeypatch):
    whole = done("train", project, *tiny("vae", 48))
    stop_at(monkeypatch, 4, number)
    said = call("train", project, *tiny("vae", 48), "--json")
    monkeypatch.undo()
    facts = said.facts
    assert said.code == 130
    assert (facts["reason"], facts["interrupted"]) == ("stopped", True)
    assert 4 <= facts["images_seen"] < 48
    assert "Saving a checkpoint; a second Ctrl+C ends without one.\n" in said.err
    assert done("inspect", facts["checkpoint"])["images_seen"] == facts["images_seen"]
    assert statuses(project)[facts["run"]] == ("stopped", facts["images_seen"])
    rest = done("train", project, "--resume", facts["run"])
    assert (rest["images_seen"], rest["sha256"]) == (48, whole["sha256"])


def test_insisting_ends_without_a_checkpoint_and_loses_nothing(project, run, monkeypatch):
    before = tree(project / "runs" / run / "checkpoints")
    stop_at(monkeypatch, 9, times=2)
    call("train", project, "--resume", run, "--images", 64).refused(130, "Interrupted")
    monkeypatch.undo()
    assert tree(project / "runs" / run / "checkpoints") == before
    assert statuses(project)[run][0] == "failed"
    assert done("train", project, "--resume", run, "--images", 12)["images_seen"] == 12


def test_interrupted_while_pictures_are_prepared(project, monkeypatch):
    before = tree(project)
    whole = prepare.prepare

    def interrupted(*arguments, **options):
        signal.raise_signal(signal.SIGINT)
        return whole(*arguments, **options)

    monkeypatch.setattr(runs, "prepare", interrupted)
    call("train", project, *tiny("vae"), "--size", "32").refused(130, "Interrupted")
    assert tree(project) == before


def test_a_run_that_fails_says_why(project, run):
    for prepared in (project / "cache").rglob("*.npy"):
        prepared.unlink()
    recipe = Recipe.load(project / "runs" / run)
    recipe.model_copy(update={"fingerprint": "other"}).save(project / "runs" / run)
    said = call("train", project, "--resume", run, "--images", 64)
    said.refused(1, "have changed since the run")
    with Project.open(project) as opened:
        assert runs.run(opened, run).status == "failed"


def test_durations():
    assert [duration(each) for each in (0.4, 59, 61, 7322)] == [
        "0 s", "59 s", "1 min 01 s", "2 h 02 min",
    ]  # fmt: skip


def test_figures_that_are_not_finite_are_null(project, monkeypatch):
    from studio.verbs import train

    whole = train._result

    def odd(*arguments):
        result = whole(*arguments)
        result.facts["final"] = {"loss": float("nan"), "other": float("inf")}
        return result

    monkeypatch.setattr(train, "_result", odd)
    said = call("train", project, *tiny("vae", 4), "--json")
    assert json.loads(said.out)["final"] == {"loss": None, "other": None}
