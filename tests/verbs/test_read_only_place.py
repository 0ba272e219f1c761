"""A project on a place that may not be written: looked at, exported from, never changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.verbs.support import tiny, tree


@pytest.fixture
def closed(project: Path) -> Iterator[Path]:
    """The project with every right to write taken away."""
    places = [project, *project.rglob("*")]
    for place in places:
        place.chmod(0o555 if place.is_dir() else 0o444)
    yield project
    for place in places:
        place.chmod(0o755 if place.is_dir() else 0o644)


def test_it_can_be_looked_at(closed, run, without_rights):
    before = tree(closed)
    said = without_rights("inspect", closed, "--json")
    assert said.code == 0, said
    assert [each["name"] for each in said.facts["runs"]] == [run]
    assert tree(closed) == before


def test_it_can_be_played_and_exported_from(closed, run, out, without_rights):
    before = tree(closed)
    said = without_rights("generate", closed, "--run", run, "--count", 1, "--out", out)
    assert said.code == 0, said
    said = without_rights("export", closed, "piece-001", "--out", out)
    assert said.code == 0, said
    assert tree(closed) == before


def test_it_cannot_be_changed(closed, run, pictures, out, without_rights):
    before = tree(closed)
    for arguments in (
        ("import", closed, pictures),
        ("train", closed, *tiny("vae")),
        ("train", closed, "--resume", run, "--images", "64"),
        ("generate", closed, "--run", run, "--keep", "--out", out),
    ):
        without_rights(*arguments).refused(1, str(closed), "read-only")
    assert not out.exists()
    assert tree(closed) == before
