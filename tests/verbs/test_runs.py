"""`runs`: listed, renamed, removed."""

from __future__ import annotations

import numpy as np

from studio.engine.training.record.sample_sheet import path_of, write_sheet
from tests.verbs.support import call, done, tiny


def test_runs_are_listed_and_renamed(project, run):
    (listed,) = done("runs", "list", project)["runs"]
    assert (listed["run"], listed["title"], listed["family"]) == (run, "", "vae")
    named = done("runs", "rename", project, run, "  Vases,\n first try ")
    assert (named["title"], named["before"]) == ("Vases, first try", "")
    assert "(Vases, first try)" in call("runs", "list", project).out
    assert done("runs", "rename", project, run, "")["before"] == "Vases, first try"
    assert done("runs", "list", project)["runs"][0]["title"] == ""
    call("runs", "rename", project, run, "x" * 81).refused(1, "too long")
    call("runs", "rename", project, "none", "x").refused(1, "There is no run 'none'")


def test_a_run_with_pieces_is_kept_unless_it_is_said(project, run):
    call("runs", "remove", project, run).refused(1, "Pieces are rendered from the run", ": 2.")
    folder = project / "runs" / run
    assert folder.is_dir()
    assert done("runs", "remove", project, run, "--with-pieces") == {
        "run": run, "removed": True,
    }  # fmt: skip
    assert not folder.exists()
    assert done("runs", "list", project)["runs"] == []
    assert not list((project / "cache").glob("removed-runs"))
    call("runs", "remove", project, run).refused(1, "There is no run")


def test_the_name_of_a_removed_run_is_free_again(project, run):
    done("runs", "remove", project, run, "--with-pieces")
    assert done("train", project, *tiny("vae", 8))["run"] == run


def test_no_action_is_wrong_usage(project):
    call("runs").refused(2)
    call("runs", "list").refused(2)


def test_a_run_goes_on_with_other_pictures(project, pictures, run, tmp_path):
    from tests.verbs.support import draw

    for number in range(20, 28):
        draw(tmp_path / "more" / f"{number}.png", number)
    done("import", project, tmp_path / "more", "--name", "more")
    before = done("inspect", project / "runs" / run)
    seen = done("runs", "list", project)["runs"][0]["images_seen"]
    asked = ("train", project, "--resume", run, "--images", seen + 16)
    said = call(*asked, "--dataset", "more")
    assert said.code == 0, said
    assert "It goes on with the pictures of more." in said.err
    (row,) = done("runs", "list", project)["runs"]
    assert row["images_seen"] >= seen + 16
    assert row["run"] == run
    assert before != done("inspect", project / "runs" / run)
    call(*asked, "--dataset", "nothing").refused(1, "There is no dataset")
    call(*asked, "--family", "vae").refused(2, "--family cannot be changed")


def test_what_a_run_tells_is_saved_as_files(project, run, out):
    made = done("runs", "curves", project, run, "--out", out / "curves.csv")
    assert made["points"] > 0
    assert made["curves"]["mse"] == "error (MSE)"
    (name, *_) = made["curves"]
    done("runs", "curves", project, run, "--only", name, "--log", "--out", out / "curves.svg")
    call("runs", "curves", project, run, "--only", "x", "--out", out / "a.svg").refused(
        2, "no curve 'x'", name
    )
    call("runs", "curves", project, run, "--out", out / "curves.svg").refused(1, "already exists")
    for seen in (900001, 900002):
        write_sheet(np.zeros((4, 8, 8, 3), np.uint8), 2, path_of(project / "runs" / run, seen))
    film = done("runs", "timelapse", project, run, "--fps", 4, "--out", out / "film.gif")
    assert film["frames"] >= 2
    assert (out / "film.gif").is_file()
