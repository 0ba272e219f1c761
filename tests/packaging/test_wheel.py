"""What leaves as a wheel and as source: all of it, and a copy installed from it does its work."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from studio import __version__

pytest.importorskip("hatchling", reason="builds wheels; the launcher installs it for tests")

ROOT = Path(__file__).resolve().parents[2]
WHOLE = "LATENT_STUDIO_TEST_FRESH"
"""Set by whoever wants the whole self-test of the installed copy, too: about a minute."""


def tracked(*places: str) -> set[str]:
    """The files of the checkout in folders, or all, as git knows them."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("the list of files comes from git")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *places]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return {name for name in listed.split("\0") if (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheel and the source archive, built without a network."""
    from hatchling.builders.sdist import SdistBuilder
    from hatchling.builders.wheel import WheelBuilder

    place = str(tmp_path_factory.mktemp("dist"))
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=place, versions=["standard"])
    (source,) = SdistBuilder(str(ROOT)).build(directory=place)
    return {"wheel": Path(wheel), "source": Path(source)}


@pytest.fixture(scope="module")
def installed(built: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a copy that was installed from the wheel, beside the packages of this one."""
    if os.name == "nt":
        pytest.skip("a POSIX environment is made")
    place = tmp_path_factory.mktemp("copy") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    python = place / "bin" / "python"
    minor = f"python{sys.version_info.major}.{sys.version_info.minor}"
    others = place / "lib" / minor / "site-packages" / "others.pth"
    others.write_text(sysconfig.get_path("purelib"), "utf-8")
    command = ["install", "--no-deps", "--no-index", "--no-compile", "--ignore-installed"]
    subprocess.run([python, "-m", "pip", *command, str(built["wheel"])], check=True,
                   capture_output=True, env=surroundings(place))  # fmt: skip
    return place / "bin" / "latent-studio"


def surroundings(place: Path) -> dict[str, str]:
    """Nothing of the checkout is found."""
    own = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    return {**own, "LATENT_STUDIO_HOME": str(place / "home"), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def said(program: Path, *arguments: str) -> str:
    done = subprocess.run(
        [program, *arguments], cwd=program.parent, env=surroundings(program.parent),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_has_every_file_of_the_program_and_no_other(built: dict[str, Path]) -> None:
    with zipfile.ZipFile(built["wheel"]) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    wanted = tracked("studio", "models") | {f"studio/{name}" for name in tracked("resources")}
    assert wanted - names == set()
    assert {name for name in names - wanted if "__pycache__" not in name} == set()


def test_the_source_has_every_file_of_the_checkout(built: dict[str, Path]) -> None:
    with tarfile.open(built["source"]) as source:
        names = {name.partition("/")[2] for name in source.getnames()}
    assert tracked() - names == set()
    assert {name for name in names - tracked() if "__pycache__" not in name} == {"PKG-INFO"}


def test_an_installed_copy_works_from_its_own_files(installed: Path, tmp_path: Path) -> None:
    assert said(installed, "--version").strip() == f"latent-studio {__version__}"
    assert "self-test" in said(installed, "--help")
    resources = installed.parents[1].glob("lib/*/site-packages/studio/resources")
    pictures = next(resources) / "sample" / "pictures"
    found = json.loads(said(installed, "import", "--json", str(tmp_path / "P"), str(pictures)))
    assert found["usable"] == 64, "decoded in a child of the copy"


@pytest.mark.slow
@pytest.mark.skipif(WHOLE not in os.environ, reason=f"takes a minute: set {WHOLE}=1")
def test_an_installed_copy_passes_its_self_test(installed: Path) -> None:
    assert "All of it works." in said(installed, "--self-test")
