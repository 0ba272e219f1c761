"""A project goes to a server without a window, is trained by two processes, and comes back."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from studio.cli import parser
from studio.engine.errors import StudioError
from studio.engine.project import Project
from studio.engine.training.planning.returned_runs import take_back
from studio.engine.training.record.options import NewRun, RunOptions
from studio.verbs import train
from studio.verbs.train_command import command, words_of
from tests.verbs.support import ROOT, call, done

SERVER = """
import os, sys

class NoWindow:
    def find_spec(self, name, *_):
        if name.partition(".")[0] in ("PySide6", "shiboken6", "pyqtgraph"):
            raise ImportError("there is no window on a server")

sys.meta_path.insert(0, NoWindow())

def watch(event, given):
    if event != "open" or not isinstance(given[0], str):
        return
    path, _, flags = given
    if path.startswith(os.environ["ORIGINALS"]):
        raise OSError("the originals are on another machine")
    if os.environ.get("RANK") == "1" and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        if path.startswith(os.environ["PROJECT"]) and not path.endswith(".lock"):
            os.write(2, f"WROTE {path}\\n".encode())

sys.addaudithook(watch)
"""
TINY = {"latent_dim": 8, "top_width": 8, "width": 8, "batch_size": 4}
RUN = NewRun("set", "vae", 16, 16, images=24, overrides=TINY, options=RunOptions(device="cpu"))


def rows(project: Path) -> list[str]:
    return [row["run"] for row in done("runs", "list", project)["runs"]]


@pytest.fixture
def elsewhere(project: Path, tmp_path: Path) -> Path:
    """The folder of the run, in a copy of the project."""
    shutil.copytree(project, tmp_path / "server" / "project")
    (folder,) = (tmp_path / "server" / "project" / "runs").iterdir()
    return folder


def test_two_processes_train_on_a_server_and_the_run_is_taken_back(
    project: Path, made_once: Path, tmp_path: Path
) -> None:
    server = tmp_path / "server"
    shutil.copytree(project, server / "project")
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(SERVER, "utf-8")
    program, *words = shlex.split(command(RUN, "project", 2))
    assert program == "torchrun"
    ended = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", *words, "--json"],
        capture_output=True, encoding="utf-8", check=False, cwd=server,
        env={
            **os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)]),
            "ORIGINALS": str(made_once / "set"), "PROJECT": str(server / "project"),
        },
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert "WROTE" not in ended.stderr
    (line,) = ended.stdout.splitlines()  # the first process alone has a word to say
    assert '"images_seen": 24' in line
    trained = next(path for path in (server / "project" / "runs").iterdir() if path.name[-1] == "2")

    before = rows(project)
    back = done("runs", "take-back", project, trained)
    assert (back["run"], back["images_seen"], back["can_go_on"]) == (trained.name, 24, True)
    assert rows(project) == [*before, trained.name]
    resumed = done("train", project, "--resume", back["run"], "--images", 32)
    assert resumed["images_seen"] == 32
    made = done("generate", project, "--run", back["run"], "--count", 1, "--out", tmp_path / "out")
    assert len(made["files"]) == 1


def test_the_command_asks_for_what_the_form_says(project: Path) -> None:
    for wanted in (
        RUN,
        NewRun("set", "auto", 48, 64, minutes=7.5),
        NewRun("set", "gan", 32, 32, until="7:00", overrides={"augment_mirror": False},
               options=RunOptions(seed=3, labels="no", tensorboard=True, precision="fp32")),
    ):  # fmt: skip
        options = parser().parse_args(words_of(wanted, str(project)))
        with Project.open(project) as opened:
            asked = train._asked(opened, options)
        assert (asked.size, asked.images, asked.minutes) == (
            wanted.size, wanted.images, wanted.minutes,
        )  # fmt: skip
        assert (asked.family, asked.until, asked.options) == (
            wanted.family, wanted.until, wanted.options,
        )  # fmt: skip
        assert asked.overrides == {key: str(value) for key, value in wanted.overrides.items()}
    assert command(RUN, "My Project", 1).startswith("python3 -m studio train 'My Project' ")


def test_a_run_that_is_here_is_told_and_one_of_its_name_gets_another(
    project: Path, elsewhere: Path, tmp_path: Path
) -> None:
    call("runs", "take-back", project, elsewhere).refused(1, "is here already, as", elsewhere.name)
    done("train", elsewhere.parents[1], "--resume", elsewhere.name, "--images", 12)
    packed = Path(shutil.make_archive(str(tmp_path / "run"), "zip", elsewhere.parent))
    back = done("runs", "take-back", project, packed)
    assert back["images_seen"] == 12
    assert rows(project) == [elsewhere.name, back["run"]]
    assert back["run"] != elsewhere.name

    other = tmp_path / "other"
    with Project.open(other, create=True):
        pass
    back = done("runs", "take-back", other, elsewhere)
    assert (back["run"], back["can_go_on"]) == (elsewhere.name, False)
    call("train", other, "--resume", back["run"]).refused(1, "was deleted", "start a new run")


def spoilt(folder: Path) -> None:
    for path in folder.glob("checkpoints/*/model.safetensors"):
        path.write_bytes(path.read_bytes()[:-9])


def linked(folder: Path) -> None:
    (folder / "notes.txt").symlink_to("/etc/hostname")


def two(folder: Path) -> None:
    shutil.copytree(folder / "checkpoints", folder / "second")
    shutil.copy(folder / "recipe.toml", folder / "second")


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (spoilt, "No checkpoint in"),
        (linked, "is not an ordinary file"),
        (two, "is not one run"),
        (lambda folder: (folder / "recipe.toml").unlink(), "is not one run"),
        (lambda folder: (folder / "recipe.toml").write_bytes(b"\xff"), "is damaged"),
    ],
)
def test_what_is_no_whole_run_changes_nothing(project, elsewhere, harm, words) -> None:
    harm(elsewhere)
    before = sorted(path.name for path in (project / "runs").iterdir()), rows(project)
    call("runs", "take-back", project, elsewhere).refused(1, words)
    assert (sorted(path.name for path in (project / "runs").iterdir()), rows(project)) == before


def test_an_archive_may_not_climb_out(project: Path, elsewhere: Path, tmp_path: Path) -> None:
    packed = tmp_path / "run.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(elsewhere / "recipe.toml", "run/recipe.toml")
        archive.writestr("run/../../evil", "x")
    call("runs", "take-back", project, packed).refused(1, "points outside the archive")
    packed.write_bytes(packed.read_bytes()[:200])
    call("runs", "take-back", project, packed).refused(1, "cannot be read", "copy it again")
    call("runs", "take-back", project, tmp_path / "none").refused(1, "cannot be read")


def test_whoever_stops_or_finds_the_index_full_finds_all_as_it_was(
    project: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done("train", elsewhere.parents[1], "--resume", elsewhere.name, "--images", 12)

    def full(*_: object) -> None:
        raise StudioError("The disk is full.")

    with Project.open(project) as opened:
        before = sorted((project / "runs").iterdir())
        with pytest.raises(StudioError, match="was stopped; nothing was changed"):
            take_back(opened, elsewhere, cancelled=lambda: True)
        monkeypatch.setattr(opened, "write", full)
        with pytest.raises(StudioError, match="The disk is full"):
            take_back(opened, elsewhere)
        assert sorted((project / "runs").iterdir()) == before
