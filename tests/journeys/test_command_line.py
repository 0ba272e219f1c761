"""A user's day on the command line: import, train, generate, refine, export, inspect, go on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine.export.formats import base as formats
from studio.engine.refinement import base as operations
from tests.conftest import picture_sets
from tests.verbs.support import ROOT, Said, call, done, draw, one_thread, tiny

PICTURES = 24


PHOTOGRAPHS = "cmp_facades_photos"
"""Real ones, where this machine has them."""


@pytest.fixture(autouse=True)
def quickly() -> Iterator[None]:
    """The networks are tiny: one thread."""
    with one_thread():
        yield


def pictures_of(name: str, tmp_path: Path) -> Path:
    """A folder of drawn pictures; or a zip archive with some photographs of a known set."""
    if name == "drawn":
        for number in range(PICTURES):
            draw(tmp_path / "drawn" / f"{number:02}.png", number, (48, 40))
        return tmp_path / "drawn"
    archive = picture_sets() / f"{name}.zip"
    target = tmp_path / f"{name}.zip"
    with zipfile.ZipFile(archive) as whole, zipfile.ZipFile(target, "w") as part:
        members = [each for each in whole.namelist() if each.endswith(".jpg")]
        for member in members[:PICTURES]:
            part.writestr(member, whole.read(member))
    return target


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    """Every operation, one after the other, as it comes."""
    path = tmp_path / "stack.toml"
    path.write_text("".join(f'[[steps]]\nop = "{name}"\n' for name in operations.operations()))
    return path


def pixels(path: str | Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize(
    ("family", "name"),
    [
        ("autoencoder", "drawn"),
        ("vae", "drawn"),
        ("gan", PHOTOGRAPHS if (picture_sets() / f"{PHOTOGRAPHS}.zip").is_file() else "drawn"),
    ],
)
def test_the_whole_way(family: str, name: str, stack: Path, tmp_path: Path) -> None:
    source = pictures_of(name, tmp_path)
    project = tmp_path / "projects" / "façades 2026"
    imported = done("import", project, source)
    assert (imported["dataset"], imported["found"]) == (source.stem, PICTURES)
    assert (imported["usable"], imported["rejected"]) == (PICTURES, [])

    trained = done("train", project, *tiny(family, 32, size=32))
    assert (trained["family"], trained["images_seen"]) == (family, 32)
    assert Path(trained["checkpoint"]).is_dir()

    options = ("--run", trained["run"], "--count", 2, "--psi", 0.7, "--seed", 40)
    made = done("generate", project, *options, "--keep", "--out", tmp_path / "made")
    assert made["seeds"] == [40, 41]
    assert {pixels(file).shape for file in made["files"]} == {(32, 32, 3)}

    refined = done("refine", *made["files"], "--stack", stack, "--out", tmp_path / "refined")
    assert [Path(file).name for file in refined["files"]] == [
        Path(file).name for file in made["files"]
    ]

    for preset in formats.formats():
        hand_over = ("--preset", preset, "--approve", "--out", tmp_path / preset)
        written = done("export", project, *made["pieces"], *hand_over)
        assert len(written["files"]) == 2
        recipe = done("inspect", written["files"][0])["provenance"]["recipe"]
        assert (recipe["run"], recipe["checkpoint_sha256"]) == (trained["run"], trained["sha256"])

    going_on(project, trained, made, tmp_path)


def going_on(project: Path, trained: dict, made: dict, place: Path) -> None:
    """Look at everything, train longer, and find the kept pieces as they were."""
    assert done("inspect", trained["checkpoint"])["images_seen"] == 32
    resumed = done("train", project, "--resume", trained["run"], "--images", 64)
    assert (resumed["run"], resumed["images_seen"]) == (trained["run"], 64)
    assert resumed["sha256"] != trained["sha256"]
    facts = done("inspect", project)
    assert [(each["status"], each["images_seen"]) for each in facts["runs"]] == [("finished", 64)]
    assert [each["name"] for each in facts["pieces"]] == made["pieces"]

    again = done("export", project, *made["pieces"], "--out", place / "again")
    for file, before in zip(again["files"], made["files"], strict=True):
        assert np.array_equal(pixels(file), pixels(before))
    options = ("--run", trained["run"], "--count", 1, "--seed", 40, "--psi", 0.7)
    later = done("generate", project, *options, "--out", place / "later")
    assert not np.array_equal(pixels(later["files"][0]), pixels(made["files"][0]))


def interrupted(project: Path, sign: str, number: int) -> Said:
    """Train in a process of its own, and send it a signal once it has said `sign`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "studio", "train", str(project), *tiny("vae", 10**9), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    with process:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if sign in line:
                process.send_signal(number)
                break
        out, rest = process.communicate()
    return Said(process.returncode, out, said + rest)


@pytest.mark.skipif(os.name != "posix", reason="a child is interrupted the POSIX way")
@pytest.mark.parametrize(
    ("sign", "number", "least"),
    [(" a second", signal.SIGINT, 4), ("Run ", signal.SIGTERM, 0)],
)
def test_an_interrupted_run_goes_on(sign: str, number: int, least: int, tmp_path: Path) -> None:
    for seed in range(8):
        draw(tmp_path / "set" / f"{seed}.png", seed)
    project = tmp_path / "project"
    done("import", project, tmp_path / "set")
    said = interrupted(project, sign, number)
    assert said.code == 130, said
    facts = json.loads(said.out)
    assert (facts["interrupted"], facts["reason"]) == (True, "stopped")
    assert facts["images_seen"] >= least
    assert "Traceback" not in said.err
    assert done("inspect", facts["checkpoint"])["images_seen"] == facts["images_seen"]

    wanted = facts["images_seen"] + 40
    resumed = done("train", project, "--resume", facts["run"], "--images", wanted)
    assert (resumed["images_seen"], resumed["reason"]) == (wanted, "finished")
    said_again = call("train", project, "--resume", facts["run"])
    assert (said_again.code, f"after {wanted} images" in said_again.out) == (0, True)
