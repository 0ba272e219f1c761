"""`enlarger` trains, `generate --enlarge`, `refine` and `export` use what it made."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from PIL import Image

from tests.verbs.support import call, done, draw, tree

TINY = ("--scale", 2, "--minutes", 0.01, "--width", 4, "--blocks", 1, "--device", "cpu")


@pytest.fixture(scope="module")
def enlarging_once(made_once, tmp_path_factory):
    """A copy of the project in which the run has an enlarger, and what was said of it."""
    place = tmp_path_factory.mktemp("enlarging")
    shutil.copytree(made_once / "project", place / "project")
    run = next((place / "project" / "runs").iterdir()).name
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LATENT_STUDIO_HOME", str(place / "home"))
        return place / "project", run, done("enlarger", place / "project", "--run", run, *TINY)


def test_a_day_with_an_enlarger(enlarging_once, out, tmp_path):
    project, run, facts = enlarging_once
    assert (facts["run"], facts["scale"], facts["interrupted"]) == (run, 2, False)
    assert facts["steps"] > 0
    given = ("--run", run, "--device", "cpu", "--count", 1, "--enlarge", 2, "--keep")
    made = done("generate", project, *given, "--out", out / "made")
    with Image.open(made["files"][0]) as picture:
        assert picture.size == (32, 32)
    (step,) = done("inspect", made["files"][0])["provenance"]["recipe"]["stack"]
    assert step["params"]["enlarger"].startswith(f"runs/{run}/enlargers/x2-")
    moved = tmp_path / "moved"
    shutil.copytree(project, moved)
    sent = done("export", moved, *made["pieces"], "--preset", "png", "--out", out / "sent")
    with Image.open(sent["files"][0]) as picture:
        assert picture.size == (32, 32)
    (near,) = made["nearest"].values()
    assert near["name"]
    sent = call(
        "export", project, *made["pieces"], "--preset", "print-size", "--out", out / "print"
    )
    assert "512 × 512 pixels, in print 4.3 × 4.3 cm at 300 dpi" in sent.err
    with Image.open(out / "print" / f"{made['pieces'][0]}.tif") as picture:
        assert picture.size == (512, 512), "16 times what the bench had made of it"
        assert picture.info["dpi"] == (300, 300)
    film = ("--run", run, "--device", "cpu", "--seconds", 0.1, "--fps", 20, "--enlarge", 2)
    for own in ((), ("--enlarger",)):
        done("walk", project, *film, *own, "--out", out / f"film{len(own)}.gif")
    with Image.open(out / "film0.gif") as plain, Image.open(out / "film1.gif") as drawn:
        assert plain.size == drawn.size == (32, 32)
        assert not np.array_equal(
            np.asarray(plain.convert("RGB")), np.asarray(drawn.convert("RGB"))
        )
    stack = tmp_path / "stack.toml"
    stack.write_text(
        '[[steps]]\nop = "enlarge"\n[steps.params]\nfactor = 4.0\n'
        f'enlarger = "{facts["enlarger"]}"\n',
        "utf-8",
    )
    picture = draw(tmp_path / "any.png", 3, (20, 10))
    (file,) = done("refine", picture, "--stack", stack, "--out", out / "refined")["files"]
    with Image.open(file) as refined:
        assert refined.size == (80, 40)


def test_what_cannot_be_is_refused_before_anything_is_written(project, run, out, picture, tmp_path):
    before = tree(project)
    given = ("--run", run, "--device", "cpu", "--out", out)
    call("generate", project, *given, "--enlarge", 4).refused(1, run, "enlarger")
    call("generate", project, *given, "--sharpness", 1).refused(2, "--enlarge")
    call("generate", project, *given, "--enlarge", 40).refused(2, "40")
    film = ("walk", project, "--run", run, "--device", "cpu", "--out", out / "film.gif")
    call(*film, "--enlarge", 2, "--enlarger").refused(1, run, "enlarger")
    call(*film, "--enlarger").refused(2, "--enlarge")
    call(*film, "--sharpness", 1).refused(2, "--enlarger")
    call("enlarger", project, "--run", "other").refused(1, "other", run)
    call("enlarger", project, "--run", run, "--scale", 3).refused(2, "3")
    eight = ("--run", run, "--scale", 8, *TINY[2:])
    call("enlarger", project, *eight).refused(1, "128×128", "smaller")
    stack = tmp_path / "stack.toml"
    stack.write_text('[[steps]]\nop = "enlarge"\n[steps.params]\nenlarger = "gone.json"\n', "utf-8")
    call("refine", picture, "--stack", stack, "--out", out).refused(1, "gone.json")
    assert not out.exists()
    after = tree(project)
    assert {n: v for n, v in after.items() if not n.startswith("cache")} == {
        n: v for n, v in before.items() if not n.startswith("cache")
    }
    piece = done("generate", project, *given[:4], "--count", 1, "--keep", "--out", tmp_path / "one")
    sent = ("export", project, *piece["pieces"], "--preset", "print-size", "--out", out)
    call(*sent).refused(1, run, "enlarger")
    assert not out.exists()
