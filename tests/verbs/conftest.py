"""A project with a run and two pieces, made once by the command line and copied for each test."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.verbs.support import Said, done, draw, one_thread, python, tiny

PICTURES = 12


@pytest.fixture(autouse=True)
def quickly() -> Iterator[None]:
    """In one thread."""
    with one_thread():
        yield


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pictures `set`, and `project` with a run of the VAE on them."""
    place = tmp_path_factory.mktemp("verbs")
    for number in range(PICTURES):
        draw(place / "set" / f"{number:02}.png", number)
    with one_thread(), pytest.MonkeyPatch.context() as patched:
        patched.setenv("LATENT_STUDIO_HOME", str(place / "home"))
        done("import", place / "project", place / "set")
        run = done("train", place / "project", *tiny("vae"))["run"]
        options = ("--run", run, "--count", 2, "--keep", "--device", "cpu")
        done("generate", place / "project", *options, "--out", place / "made")
    return place


@pytest.fixture
def pictures(made_once: Path) -> Path:
    """The folder of twelve pictures; tests only read it."""
    return made_once / "set"


@pytest.fixture
def project(made_once: Path, tmp_path: Path) -> Path:
    """The project, for this test alone; its pieces are called piece-001 and piece-002."""
    shutil.copytree(made_once / "project", tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture
def run(made_once: Path) -> str:
    """The name of the run in the project."""
    (folder,) = (made_once / "project" / "runs").iterdir()
    return folder.name


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """One good picture."""
    return draw(tmp_path / "one" / "picture.png", 5)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder for results that is not there yet."""
    return tmp_path / "results"


@pytest.fixture
def without_rights() -> Callable[..., Said]:
    """The command line in a process that permission bits stop, which they do not for root."""
    prefix: tuple[str, ...] = ()
    if sys.platform == "win32":
        pytest.skip("permission bits are tried the POSIX way")
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root is stopped by nothing, and setpriv is not installed")
        rights = "-dac_override,-dac_read_search"
        prefix = ("setpriv", f"--inh-caps={rights}", f"--bounding-set={rights}")
    return lambda *arguments: python("-m", "studio", *arguments, prefix=prefix)
