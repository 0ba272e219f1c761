"""Extras: named in sentences, measured, and installed from files that are the right ones."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from studio.engine import extra_install, extras
from studio.engine.errors import StudioError, UsageError
from studio.engine.jobs import Job, State
from studio.engine.said import Said, plain, sentences, spoken

ROOT = Path(__file__).resolve().parents[2]
THING = extras.Extra("thing", Said("A thing"), Said("For tests."), ("latent_thing",), 1, "MIT")


# ------------------------------------------------------------------ what there is


def test_every_extra_of_the_project_is_offered() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = set(project["optional-dependencies"]) - {"test", "dev"}
    assert {each.name for each in extras.EXTRAS} == declared
    assert all(extra_install.packages(each).is_file() for each in extras.EXTRAS)


@pytest.mark.skipif(sys.platform != "linux", reason="sizes are those under Linux")
@pytest.mark.parametrize("extra", extras.EXTRAS, ids=lambda each: each.name)
def test_the_size_that_is_told_is_that_on_the_disk(extra: extras.Extra) -> None:
    if not extra.is_installed:
        pytest.skip("not installed here")
    listed = extra_install.packages(extra).read_text("utf-8")
    size = 0
    for name in re.findall(r"^([\w.-]+)==", listed, re.MULTILINE):
        for file in importlib.metadata.distribution(name).files or []:
            path = Path(str(file.locate()))
            size += path.stat().st_size if path.is_file() and path.suffix != ".pyc" else 0
    assert extra.megabytes == pytest.approx(size / 1e6, rel=0.25, abs=1.0)


def test_a_sentence_names_its_extra_also_inside_another_and_after_a_pipe() -> None:
    wanted = extras.needed(Said("Sound"), "video")
    assert "Sound needs the extra “video”" in wanted
    assert extras.named_in(wanted) == "video"
    inside = sentences(["Two files cannot be used.", wanted])
    assert extras.named_in(spoken(plain(inside))) == "video"
    assert extras.named_in("The extra “video” is nice.") == ""
    with pytest.raises(UsageError, match="there are formats, "):
        extras.extra("nothing")


# ------------------------------------------------------------------ installing


def wheel(folder: Path) -> Path:
    """`latent-thing` 1.0: one module."""
    path = folder / "latent_thing-1.0-py3-none-any.whl"
    about = "latent_thing-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("latent_thing.py", "THERE = True\n")
        file.writestr(
            f"{about}/METADATA", "Metadata-Version: 2.1\nName: latent-thing\nVersion: 1.0\n"
        )
        file.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{about}/RECORD", f"latent_thing.py,,\n{about}/RECORD,,\n")
    return path


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A private environment that this process takes for its own, and an index that has the thing.

    Returns the folder that is installed into.
    """
    if os.name == "nt":
        pytest.skip("a POSIX environment is made")
    place = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    minor = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = place / "lib" / minor / "site-packages"
    (packages / "pip.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    index = tmp_path / "index"
    index.mkdir()
    made = wheel(index)
    lists = tmp_path / "resources" / "packages"
    lists.mkdir(parents=True)
    digest = hashlib.sha256(made.read_bytes()).hexdigest()
    (lists / "thing.txt").write_text(f"latent-thing==1.0 \\\n    --hash=sha256:{digest}\n", "utf-8")
    monkeypatch.setattr(extra_install, "resources", lambda: tmp_path / "resources")
    monkeypatch.setattr(extra_install, "obstacle", lambda: None)
    monkeypatch.setattr(sys, "executable", str(place / "bin" / "python"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    monkeypatch.syspath_prepend(str(packages))
    return packages


def run(extra: extras.Extra = THING) -> Job[None]:
    job = Job(extra.title, lambda job: extra_install.install(extra, job))
    job.run()
    return job


def test_it_is_there_at_once(copy: Path) -> None:
    assert not THING.is_installed
    job = run()
    assert job.state is State.DONE, job.detail
    assert (job.done, job.total) == (1, 1)
    assert (copy / "latent_thing.py").is_file()
    assert THING.is_installed


def test_another_file_than_the_tested_one_is_refused(copy: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(next((tmp_path / "index").iterdir()), "a") as file:
        file.writestr("latent_thing_too.py", "")
    job = run()
    assert "not the one that was tested" in job.reason
    assert not (copy / "latent_thing.py").exists()


def test_without_a_build_or_with_a_module_missing_it_says_so(copy: Path, tmp_path: Path) -> None:
    next((tmp_path / "index").iterdir()).unlink()
    assert "there is no build of it" in run().reason
    wheel(tmp_path / "index")
    other = (tmp_path / "resources" / "packages" / "thing.txt").read_text("utf-8")
    listed = re.sub(r"[0-9a-f]{64}", _digest(tmp_path / "index"), other)
    (tmp_path / "resources" / "packages" / "thing.txt").write_text(listed, "utf-8")
    job = run(replace(THING, modules=("latent_thing", "latent_nothing")))
    assert "is not found" in job.reason


def _digest(folder: Path) -> str:
    return hashlib.sha256(next(folder.iterdir()).read_bytes()).hexdigest()


def test_a_download_that_is_cancelled_leaves_nothing(copy: Path) -> None:
    job = Job(THING.title, lambda job: extra_install.install(THING, job))
    looks = iter([False])
    job.cancelled = lambda: next(looks, True)  # type: ignore[method-assign]
    job.cancel()
    extra_install.install(THING, job)
    assert not (copy / "latent_thing.py").exists()


def test_no_network_is_told_from_other_trouble() -> None:
    said = "WARNING: Retrying ... NewConnectionError: Failed to resolve\nNo matching distribution"
    assert "does not answer" in extra_install._reason(THING, said)
    assert "disk is full" in extra_install._reason(THING, "[Errno 28] No space left on device")
    assert "the details tell why" in extra_install._reason(THING, "ERROR: odd")


def test_a_copy_that_cannot_be_added_to_says_why(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(extra_install, "is_writable", lambda _folder: False)
    assert "belongs to the system" in str(extra_install.obstacle())
    monkeypatch.setattr(extra_install.importlib.util, "find_spec", lambda _name: None)
    assert "no installer" in str(extra_install.obstacle())
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(StudioError, match="comes as one whole"):
        extra_install.install(THING, Job(THING.title))
