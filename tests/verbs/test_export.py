"""`export`: every format carries its origin, and nothing that exists is touched."""

from __future__ import annotations

import itertools
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine.export.formats import base
from studio.engine.export.formats.png import Png
from studio.engine.pieces import pieces
from studio.engine.project import INDEX, Project
from tests.verbs.support import call, done, tree


@pytest.mark.parametrize("name", base.formats())
def test_every_format_carries_its_origin(name, project, run, out):
    facts = done(
        "export", project, "piece-001", "2", "--preset", name, "--out", out,
        "--creator", "Ada & <Co>", "--rights", "© 2026 «Ada»",
    )  # fmt: skip
    suffix = base.format_of(name).suffix
    assert [Path(file).name for file in facts["files"]] == [
        f"piece-001{suffix}", f"piece-002{suffix}",
    ]  # fmt: skip
    for file in facts["files"]:
        found = done("inspect", file)
        assert found["sha256"] == facts["sha256"][file]
        for origin in (found["provenance"], facts["provenance"][file]):
            assert origin["creator"] == "Ada & <Co>"
            assert origin["rights"] == "© 2026 «Ada»"
            assert origin["digital_source_type"].endswith("trainedAlgorithmicMedia")
            assert origin["recipe"]["run"] == run
        assert base.format_of(name).read_picture(Path(file)).size == (16, 16)


def test_a_lossless_file_has_the_pixels_of_the_piece(project, out):
    (file,) = done("export", project, "piece-001", "--out", out)["files"]
    with Image.open(file) as made, Image.open(project / "pieces" / "piece-001.png") as piece:
        assert np.array_equal(np.asarray(made), np.asarray(piece))


def test_a_piece_outlives_its_model(project, out):
    shutil.rmtree(project / "runs")
    (file,) = done("export", project, "piece-001", "--out", out)["files"]
    with Image.open(file) as made, Image.open(project / "pieces" / "piece-001.png") as piece:
        assert np.array_equal(np.asarray(made), np.asarray(piece))
    (project / "pieces" / "piece-001.png").unlink()
    call("export", project, "piece-001", "--out", out / "b").refused(1, "piece-001", "both gone")
    assert not (out / "b").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--preset", "gif"], "'gif'. Known: "),
        (["--preset", "jpeg", "--set", "quality=101"], "quality=101"),
        (["--preset", "jpeg", "--set", "quality=best"], "quality=best"),
        (["--set", "nonsense=1"], "nonsense"),
        (["--set", "compression"], "key=value"),
        (["piece-001"], "Two pictures"),
    ],
)
def test_wrong_usage(options, words, project, out):
    before = tree(project)
    call("export", project, "piece-001", *options, "--out", out).refused(2, words)
    assert not out.exists()
    assert tree(project) == before


@pytest.mark.parametrize("name", ["nope", "0", "99", "-", "", "9" * 18, "piece-001.png"])
def test_a_piece_that_is_not_there(name, project, out):
    call("export", project, "piece-001", name, "--out", out).refused(1, "no piece", "piece-002")
    assert not out.exists()


def test_a_taken_name_is_left_alone_and_the_next_one_said(project, out):
    out.mkdir()
    (out / "piece-002.png").write_text("precious")
    said = call("export", project, "piece-001", "piece-002", "--out", out)
    assert said.code == 0
    asked, got = out / "piece-002.png", out / "piece-002-2.png"
    assert said.out.splitlines() == [str(out / "piece-001.png"), str(got)]
    assert f"{asked} was there already: {got.name} was written instead.\n" in said.err
    assert asked.read_text() == "precious"
    facts = done("export", project, "piece-002", "--out", out)
    assert facts["files"] == [str(out / "piece-002-3.png")]
    assert facts["renamed"] == {str(asked): str(out / "piece-002-3.png")}
    assert list(facts["sha256"]) == list(facts["provenance"]) == facts["files"]
    assert done("inspect", facts["files"][0])["provenance"]["verified"] is True


def test_a_file_is_replaced_where_that_is_asked_for(project, out):
    out.mkdir()
    (out / "piece-001.png").write_text("of last week")
    (out / "piece-002.png").mkdir()
    both = ("export", project, "piece-001", "piece-002", "--overwrite", "--out", out)
    call(*both).refused(1, str(out / "piece-002.png"), "is a folder")
    assert (out / "piece-001.png").read_text() == "of last week"
    (out / "piece-002.png").rmdir()
    facts = done(*both)
    assert facts["files"] == [str(out / "piece-001.png"), str(out / "piece-002.png")]
    assert facts["renamed"] == {}
    assert sorted(tree(out)) == ["piece-001.png", "piece-002.png"]
    assert done("inspect", out / "piece-001.png")["sha256"] in facts["sha256"].values()


def test_the_pieces_themselves_are_not_replaced(project):
    place = project / "pieces"
    before = tree(place)
    said = call("export", project, "piece-001", "--overwrite", "--out", place)
    said.refused(1, str(place / "piece-001.png"), "not replaced")
    assert tree(place) == before


def test_a_link_that_leads_nowhere_counts_as_existing(project, out):
    out.mkdir()
    try:
        (out / "piece-001.png").symlink_to(out / "nowhere.png")
    except OSError:
        pytest.skip("links cannot be made here")
    (file,) = done("export", project, "piece-001", "--out", out)["files"]
    assert Path(file).name == "piece-001-2.png"
    assert not (out / "nowhere.png").exists()


def test_a_folder_that_is_a_file(project, out):
    out.write_text("precious")
    before = tree(project)
    for place in (out, out / "below"):
        call("export", project, "piece-001", "--out", place).refused(1, str(place), "another")
    assert out.read_text() == "precious"
    assert tree(project) == before


def test_a_folder_that_may_not_be_written(project, out, without_rights):
    out.mkdir(mode=0o555)
    for place in (out, out / "below"):
        without_rights("export", project, "piece-001", "--out", place).refused(1, str(out))
    assert list(out.iterdir()) == []


def test_a_second_writer_does_not_hinder_an_export(project, out):
    before = tree(project)
    with Project.open(project):
        done("export", project, "piece-001", "--out", out)
    assert tree(project) == before


def test_what_resembles_a_training_picture_waits_for_the_eye(project, out):
    with Project.open(project) as opened:
        pieces.set_review(opened, 2, "look")
    before = tree(project)
    both = ("export", project, "piece-001", "piece-002", "--out", out)
    call(*both).refused(1, "piece-002", "look")
    with Project.open(project):
        call(*both, "--approve").refused(1, "another window")
    assert not out.exists()
    assert tree(project) == before
    assert len(done(*both, "--approve")["files"]) == 2
    reviews = [each["review"] for each in done("inspect", project)["pieces"]]
    assert reviews == ["new", "approved"]


def test_what_was_rejected_stays(project, out):
    with Project.open(project) as opened:
        pieces.set_review(opened, 1, "rejected")
    call("export", project, "1", "--approve", "--out", out).refused(1, "piece-001 was rejected")
    assert not out.exists()


@pytest.mark.parametrize("options", [(), ("--overwrite",)])
def test_an_interruption_leaves_nothing(options, project, out, monkeypatch):
    write, calls = Png.write, itertools.count()

    def interrupted(*arguments):
        if next(calls) == 1:  # of several threads only one is the second
            signal.raise_signal(signal.SIGINT)
        write(*arguments)

    monkeypatch.setattr(Png, "write", interrupted)
    both = ("export", project, "piece-001", "piece-002", "--out", out, *options)
    call(*both).refused(130, "Interrupted")
    assert not out.exists()


def test_a_broken_index(project, out):
    (project / INDEX).write_bytes(b"garbage" * 100)
    call("export", project, "piece-001", "--out", out).refused(1, str(project / INDEX), "backup")
    assert not out.exists()


def test_a_destination_names_files_its_own_way(project, out):
    facts = done("export", project, "piece-001", "--preset", "unreal", "--out", out)
    assert Path(facts["files"][0]).name == "T_piece-001_BC.png"
    facts = done("export", project, "1", "2", "--names", "{n:02} {piece}", "--out", out)
    assert [Path(each).name for each in facts["files"]] == ["01 piece-001.png", "02 piece-002.png"]
    call("export", project, "1", "--names", "{pixel}", "--out", out).refused(2, "{piece}")


def test_a_live_link_is_written_again_when_asked(project, out):
    (file,) = done("export", project, "piece-001", "--live", "--out", out)["files"]
    assert done("export", project, "--again")["files"] == []
    with Project.open(project) as opened:
        pieces.set_stack(opened, 1, [{"op": "resize", "params": {"longer": 40}}])
    assert done("export", project, "--again")["files"] == [file]
    with Image.open(file) as image:
        assert max(image.size) == 40
    call("export", project).refused(2, "which pieces")
