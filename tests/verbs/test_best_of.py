"""`generate --best-of`: the best of many seeds, sorted by a score that is named."""

from __future__ import annotations

from pathlib import Path

from tests.verbs.support import call, done, tree


def test_the_best_are_made_and_the_score_is_named(project, run, out) -> None:
    said = done(
        "generate", project, "--run", run, "--best-of", 5, "--count", 2, "--seed", 10, "--out", out
    )
    assert len(said["files"]) == len(said["seeds"]) == 2
    assert set(said["seeds"]) <= set(range(10, 15))
    assert said["scores"] == sorted(said["scores"], reverse=True)
    assert "training pictures" in said["scored_by"]
    names = [Path(file).name for file in said["files"]]
    assert names == [f"{run}-seed-{seed}.png" for seed in said["seeds"]]


def test_more_than_are_drawn_are_not_made(project, run, out) -> None:
    before = tree(project)
    call("generate", project, "--run", run, "--best-of", 3, "--count", 4, "--out", out).refused(
        2, "best 4 of 3"
    )
    assert not out.exists()
    assert tree(project) == before
