"""Many pictures to files: all or nothing, a few at a time, and every name checked first."""

from __future__ import annotations

import numpy as np
import pytest

from studio.engine.artwork import Artwork
from studio.engine.errors import StudioError, UsageError
from studio.engine.export.handover import export_made
from studio.engine.export.lanes import LANES
from studio.engine.pieces.origin import Origin

PICTURE = Artwork.of(np.zeros((4, 4, 3), np.uint8))


def test_all_are_written_in_order(tmp_path):
    made = []

    def make(place):
        written = len(list((tmp_path / "out").glob("[!.]*")))
        assert place - LANES - 1 <= written <= place
        made.append(place)
        return PICTURE, Origin(recipe={"place": place})

    told = []
    files = export_made(
        ["b", "a", "c:d"], make, "png", {}, tmp_path / "out",
        progress=lambda *at: told.append(at),
    )  # fmt: skip
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert [file.path.name for file in files] == ["b.png", "a.png", "c_d.png"]
    assert [file.provenance["recipe"] for file in files] == [{"place": n} for n in range(3)]


@pytest.mark.parametrize("error", [StudioError("no"), OSError(28, "full"), KeyboardInterrupt()])
def test_when_one_fails_none_is_left(error, tmp_path):
    def make(place):
        if place == 2:
            raise error
        return PICTURE, Origin()

    with pytest.raises(type(error)):
        export_made(list("abc"), make, "png", {}, tmp_path / "new" / "out")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "old.txt").write_text("precious")
    with pytest.raises(type(error)):
        export_made(list("abc"), make, "png", {}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["old.txt"]


@pytest.mark.parametrize("names", [["a", "a"], ["a", "A"], ["a:", "a?"], ["\u00e9", "e\u0301"]])
def test_two_of_one_name(names, tmp_path):
    with pytest.raises(UsageError, match="Two pictures"):
        export_made(names, lambda _: pytest.fail("made"), "png", {}, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_file_that_exists(tmp_path):
    (tmp_path / "b.png").touch()
    with pytest.raises(StudioError, match="already exists"):
        export_made(["a", "b"], lambda _: pytest.fail("made"), "png", {}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["b.png"]
