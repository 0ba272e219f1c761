"""`evaluate`: quality and copies of a run, for scripts and for people."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from studio.engine.evaluation import gallery
from studio.engine.evaluation.pairs import pictures_and_model
from studio.engine.project import Project
from studio.verbs.interruption import Interruption
from tests.verbs.support import call, done


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch, project, run) -> int:
    """A model that draws one of its training pictures for every even seed; its item's id."""
    with Project.open(project) as opened:
        prepared, _ = pictures_and_model(opened, run)
    picture = np.array(prepared.images[prepared.train[1]])
    draw = gallery.made

    def made(model, seeds):
        return (picture if seed % 2 == 0 else next(draw(model, [seed])) for seed in seeds)

    monkeypatch.setattr(gallery, "made", made)
    return prepared.item_ids[prepared.train[1]]


def test_a_run_without_copies_says_how_many_were_compared(project, run):
    facts = done("evaluate", project, "--run", run, "--count", 6)
    assert (facts["copies"], facts["copies_found"]) == ([], 0)
    assert len(facts["closest"]) == 6
    assert facts["comparison"]["compared"] == 6
    assert set(facts["detail"]) == {"psnr", "ssim", "count"}
    assert facts["ceiling"] == {}
    assert "6 pictures are too few" in facts["figures"]["coverage"]["refused"]
    said = call("evaluate", project, "--run", run, "--count", 6)
    assert "No picture comes close to one of yours: 6 compared with" in said.out


def test_enough_pictures_are_measured_at_every_checkpoint(project, run):
    facts = done("evaluate", project, "--run", run, "--count", 10, "--life")
    assert facts["measured"]["generated"] == 10
    assert facts["detail"]["spectrum"] > 0
    figure = facts["figures"]["spectrum"]
    assert figure["low"] <= facts["detail"]["spectrum"] == figure["value"] <= figure["high"]
    assert "held out" in figure["no_ceiling"]
    assert facts["latents"]["total"] == 8
    *_, newest = facts["life"]
    assert newest["checkpoint"] == facts["measured"]["checkpoint"]
    assert newest["figures"]["spectrum"] == figure["value"]
    said = call("evaluate", project, "--run", run, "--count", 10).out
    assert "Edges and grain (radial spectrum distance): " in said
    assert "Kinds covered (coverage): 10 pictures are too few for it: it needs 20" in said
    assert "Numbers of the latent in use: " in said


def test_a_report_is_a_page_with_figures_and_pictures(project, run, copied, tmp_path):
    page = tmp_path / "report.html"
    facts = done("evaluate", project, "--run", run, "--count", 10, "--report", page)
    assert facts["report"] == str(page)
    text = page.read_text("utf-8")
    assert f"<h1>{run}</h1>" in text
    for words in ("Detail", "Kinds covered", "10 pictures are too few", "Real pictures"):
        assert words in text
    assert text.count("data:image/png;base64,") == 20
    assert text.count('<figcaption class="close">') == 5
    assert "<script" not in text
    assert "http" not in text
    pages = tmp_path / "report.pdf"
    done("evaluate", project, "--run", run, "--count", 10, "--report", pages)
    written = pages.read_bytes()
    assert written.startswith(b"%PDF-1.7")
    assert written.rstrip().endswith(b"%%EOF")
    assert written.count(b"/Subtype /Image") == 2 * 10  # each pair: generated and original
    place = tmp_path / "no folder" / "report.html"
    call("evaluate", project, "--run", run, "--report", place).refused(1, "no folder", "report")


def test_copies_are_listed_the_closest_first(project, run, copied):
    facts = done("evaluate", project, "--run", run, "--count", 5)
    assert (facts["copies_found"], facts["pictures_copied"]) == (3, 1)
    assert [each["seed"] for each in facts["copies"]] == [0, 2, 4]
    first = facts["copies"][0]
    assert (first["item"], first["alike"], first["mirrored"]) == (copied, 100.0, False)
    assert first["file"].startswith("/") or first["file"][1:2] == ":"
    said = call("evaluate", project, "--run", run, "--count", 5)
    assert "3 of 5 come too close to 1 of" in said.out
    assert "train on more pictures" in said.out
    assert said.out.count("seed ") == 3


def test_without_the_cache_and_a_file_the_rest_is_compared(project, run, copied, tmp_path):
    shutil.rmtree(project / "cache" / "prepared")
    with Project.open(project) as opened:
        (row,) = opened.query("SELECT id FROM item ORDER BY id LIMIT 1")
        gone = row["id"] if row["id"] != copied else row["id"] + 1
        place = str(tmp_path / "not there.png").encode()
        opened.write("UPDATE item SET path = ? WHERE id = ?", (place, gone))
    facts = done("evaluate", project, "--run", run, "--count", 3)
    assert facts["comparison"]["changed"]
    assert len(facts["comparison"]["lost"]) == 1
    assert facts["copies"][0]["item"] == copied
    assert (facts["detail"], facts["ceiling"]) == ({}, {})
    said = call("evaluate", project, "--run", run, "--count", 3)
    assert "1 can no longer be read" in said.out


@pytest.mark.parametrize("cache", ["there", "gone"])
def test_it_can_be_stopped(project, run, monkeypatch, cache):
    """Also while the pictures are prepared again."""
    if cache == "gone":
        shutil.rmtree(project / "cache" / "prepared")

    def at_once(stop: Interruption) -> Interruption:
        stop.requested = True
        return stop

    monkeypatch.setattr(Interruption, "__enter__", at_once)
    assert call("evaluate", project, "--run", run).code == 130


@pytest.mark.parametrize("count", ["0", "-3", "many"])
def test_an_impossible_count_is_refused(project, run, count):
    call("evaluate", project, "--run", run, "--count", count).refused(2, "--count")


def test_what_is_not_there_is_refused(project, run, tmp_path):
    call("evaluate", project, "--run", "none").refused(1, "There is no run")
    call("evaluate", tmp_path / "nowhere", "--run", run).refused(1, "nowhere")
    shutil.rmtree(project / "runs" / run / "checkpoints")
    call("evaluate", project, "--run", run).refused(1, "no checkpoint")
