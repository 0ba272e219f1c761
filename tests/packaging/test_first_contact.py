"""First contact: a fresh clone, an empty environment, no display, one command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
FRESH = "LATENT_STUDIO_TEST_FRESH"
"""Set by whoever wants the packages downloaded, too: some minutes and gigabytes."""
pytestmark = pytest.mark.skipif(os.name == "nt", reason="a POSIX environment is made")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The checkout as somebody else would get it."""
    target = tmp_path / "clone"
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, check=True,
        ).stdout.decode()  # fmt: skip
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file() and not name.startswith("tests/"):
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, target / name)
        return target
    for name in ("models", "studio", "resources", "packaging"):
        shutil.copytree(ROOT / name, target / name)
    shutil.copyfile(ROOT / "pyproject.toml", target / "pyproject.toml")
    return target


def with_packages(clone: Path) -> None:
    """An environment as the launcher leaves it, with the packages of this one."""
    place = clone / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    minor = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = place / "lib" / minor / "site-packages"
    lines = f"{clone}\n{sysconfig.get_path('purelib')}\n"
    (packages / "latent_studio.pth").write_text(lines, "utf-8")
    code = "import environment as e, json; print(json.dumps([e.STAMP, e._fingerprint()]))"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=clone / "packaging", capture_output=True, check=True
    )
    name, fingerprint = json.loads(said.stdout)
    stamp = {"fingerprint": fingerprint, "tests": False}
    (place / name).write_text(json.dumps(stamp), "utf-8")


def launch(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`python3 packaging/launch.py ...` by somebody who has nothing but a home."""
    home = clone.parent / "home"
    home.mkdir(exist_ok=True)
    kept = ("PATH", "LANG", "OMP_NUM_THREADS", "PIP_", "SSL_CERT_", "HTTP_PROXY", "HTTPS_PROXY")
    own = {name: text for name, text in os.environ.items() if name.upper().startswith(kept)}
    return subprocess.run(
        [sys.executable, str(clone / "packaging" / "launch.py"), *arguments],
        cwd=home, env={**own, "HOME": str(home)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def assert_whole(facts: dict[str, Any]) -> None:
    """Every stage left what the last lines promise."""
    project = Path(facts["project"])
    assert sorted(path.name for path in (project / "stages").iterdir()) == [
        "1-dataset.png", "2-training.png", "3-evaluation.png", "4-generation.png",
        "5-refinement.png",
    ]  # fmt: skip
    assert facts["evaluation"]["detail"]["count"] > 0
    assert facts["pieces"]
    assert len(facts["files"]) == len(facts["pieces"])
    for file in facts["files"]:
        with Image.open(file) as opened:
            opened.load()
            assert opened.size == (256, 256)
            assert "trainedAlgorithmicMedia" in opened.info["xmp"].decode()
    with Image.open(facts["contact_sheet"]) as opened:
        assert np.asarray(opened).std() > 20


@pytest.mark.skipif(sys.platform != "linux", reason="there is always a display")
def test_without_a_display_a_clone_shows_everything_in_seconds(clone: Path) -> None:
    with_packages(clone)
    done = launch(clone, "demo", "--minutes", "0.02", "--", "--json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["project"] == str(clone.parent / "home" / "latent-studio-demo")
    assert_whole(facts)
    for number, title in enumerate(
        ("Dataset", "Training", "Evaluation", "Generation", "Refinement", "Export"), start=1
    ):
        assert f"\n{number} of 6  {title}: " in done.stderr


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="there is always a display")
@pytest.mark.skipif(FRESH not in os.environ, reason=f"downloads all packages: set {FRESH}=1")
def test_one_command_is_all_a_fresh_machine_needs(clone: Path) -> None:
    """The command of the README, and nothing else, from nothing to finished files."""
    done = launch(clone)
    assert done.returncode == 0, done.stdout + done.stderr
    *_, sheet, files = done.stdout.splitlines()
    home = clone.parent / "home" / "latent-studio-demo"
    assert sheet == f"Contact sheet: {home / 'contact-sheet.png'}"
    assert (home / "contact-sheet.png").is_file()
    assert files.endswith(f"in {home / 'files'}")
    assert len(list((home / "files").glob("*.png"))) == int(files.split()[1])
    said = [line for line in done.stderr.splitlines() if "no display" in line]
    assert len(said) == 1
