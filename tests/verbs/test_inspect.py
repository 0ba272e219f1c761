"""`inspect`: projects, runs, checkpoints and pictures by what they are, not by their names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from studio.engine.project import INDEX, Project
from tests.verbs.support import call, done, tree


def test_a_project(project, run):
    facts = done("inspect", project)
    assert (facts["kind"], facts["path"]) == ("project", str(project))
    assert [(each["name"], each["found"], each["usable"]) for each in facts["datasets"]] == [
        ("set", 12, 12)
    ]
    assert facts["runs"] == [{"name": run, "family": "vae", "status": "finished", "images_seen": 8}]
    assert [each["name"] for each in facts["pieces"]] == ["piece-001", "piece-002"]


def test_looking_changes_nothing(project, run):
    before = tree(project)
    for thing in (project, project / "runs" / run, project / "pieces" / "piece-001.png"):
        done("inspect", thing)
    assert tree(project) == before


def test_a_project_that_another_holds(project):
    with Project.open(project):
        assert done("inspect", project)["kind"] == "project"


def test_a_run(project, run):
    facts = done("inspect", project / "runs" / run)
    assert (facts["kind"], facts["recipe"]["run"]) == ("run", run)
    assert facts["newest"]["images_seen"] == 8
    assert facts["checkpoints"][-1] == Path(facts["newest"]["path"]).name


def test_a_person_reads_lines_and_no_braces(project, run):
    for thing in (project, project / "runs" / run):
        lines = call("inspect", thing).out.splitlines()
        assert not [line for line in lines if set("{}[]'") & set(line)]
        assert not [line for line in lines if len(line) > 400]
    lines = call("inspect", project).out.splitlines()
    assert lines[0] == "kind: project"
    assert "  set: found 12, usable 12, included 12, findings none" in lines
    assert f"  {run}: family vae, status finished, images_seen 8" in lines


def test_a_checkpoint_is_verified(project, run):
    newest = sorted((project / "runs" / run / "checkpoints").iterdir())[-1]
    facts = done("inspect", newest)
    assert (facts["kind"], facts["verified"], facts["family"]) == ("checkpoint", True, "vae")
    model = newest / "model.safetensors"
    damaged = bytearray(model.read_bytes())
    damaged[-1] ^= 1
    model.write_bytes(damaged)
    call("inspect", newest).refused(1, str(model), "damaged")
    (newest / "state.json").write_text("[]")
    call("inspect", newest).refused(1, str(newest))


def test_a_picture(picture):
    facts = done("inspect", picture)
    assert (facts["kind"], facts["width"], facts["height"], facts["mode"]) == (
        "picture", 40, 36, "RGB",
    )  # fmt: skip
    assert len(facts["sha256"]) == 64
    assert not facts["provenance"]


def test_a_picture_is_known_by_what_is_in_it(tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "x.png")
    (tmp_path / "x.png").rename(tmp_path / "letter.txt")
    assert done("inspect", tmp_path / "letter.txt")["kind"] == "picture"


def test_for_a_person(picture):
    said = call("inspect", picture)
    assert (said.code, said.err) == (0, "")
    assert "width: 40\n" in said.out


@pytest.mark.parametrize("data", [b"", b"words", b"GIF89a", b"\x89PNG\r\n\x1a\n" + bytes(50)])
def test_a_file_that_is_no_picture(data, tmp_path):
    (tmp_path / "file.png").write_bytes(data)
    call("inspect", tmp_path / "file.png").refused(1, str(tmp_path / "file.png"))


def test_nothing_and_an_empty_folder(tmp_path):
    call("inspect", tmp_path / "nowhere").refused(1, "nowhere", "does not exist")
    call("inspect", tmp_path).refused(1, str(tmp_path))
    call("inspect").refused(2, "THING")
    call("inspect", "").refused(2, "THING", "empty")


@pytest.mark.parametrize("data", [b"", b"garbage" * 100, b"SQLite format 3\0" + bytes(84)])
def test_a_broken_index(data, tmp_path):
    (tmp_path / INDEX).write_bytes(data)
    said = call("inspect", tmp_path)
    if data:
        said.refused(1, str(tmp_path / INDEX))
        assert (tmp_path / INDEX).read_bytes() == data
    else:  # what a project is before its first write
        assert said.code == 0


def test_a_recipe_that_is_broken(project, run):
    (project / "runs" / run / "recipe.toml").write_text("run = [")
    call("inspect", project / "runs" / run).refused(1, "recipe.toml")


def test_a_file_that_may_not_be_read(picture, without_rights):
    picture.chmod(0)
    try:
        without_rights("inspect", picture).refused(1, str(picture))
    finally:
        picture.chmod(0o644)


@pytest.mark.parametrize("changed", [False, True])
def test_what_is_verified_is_said_of_the_pixels_and_not_of_words(changed, picture, tmp_path):
    from studio.engine.export.formats.png import Png
    from studio.engine.pieces.origin import Origin

    with Image.open(picture) as opened:
        Png().write_flat(np.asarray(opened), Origin("a", "Ada"), tmp_path / "a.png")
    if changed:
        with Image.open(tmp_path / "a.png") as opened:
            info = PngInfo()
            info.add_itxt("XML:com.adobe.xmp", opened.info["XML:com.adobe.xmp"])
            opened.rotate(180).save(tmp_path / "a.png", pnginfo=info)
    lines = call("inspect", tmp_path / "a.png").out.splitlines()
    state = "are not those that were" if changed else "are as they were"
    assert lines[-2] == "Since then:"
    assert lines[-1].startswith(f"  The pixels {state} exported")
    assert "  creator: Ada" in lines[lines.index("Only said, by words that anyone can edit:") :]
    assert not [line for line in lines if line.strip().startswith("verified")]
    assert done("inspect", tmp_path / "a.png")["provenance"]["verified"] is not changed
