"""Many pictures to files: all or nothing, one at a time, and every name checked first."""

from __future__ import annotations

import io

import numpy as np
import pytest

from studio.engine.artwork import Artwork
from studio.engine.errors import StudioError, UsageError
from studio.engine.pieces.origin import Origin
from studio.verbs.console import Console
from studio.verbs.picture_files import write_pictures

PICTURE = Artwork.of(np.zeros((4, 4, 3), np.uint8))


@pytest.fixture
def console():
    return Console(False, io.StringIO(), io.StringIO())


def test_all_are_written_in_order(tmp_path, console):
    made = []

    def make(place):
        assert len(list((tmp_path / "out").glob("*"))) == place
        made.append(place)
        return PICTURE, Origin(recipe={"place": place})

    files = write_pictures(["b", "a", "c:d"], make, "png", tmp_path / "out", console)
    assert [file.path.name for file in files] == ["b.png", "a.png", "c_d.png"]
    assert [file.provenance["recipe"] for file in files] == [{"place": n} for n in range(3)]


@pytest.mark.parametrize("error", [StudioError("no"), OSError(28, "full"), KeyboardInterrupt()])
def test_when_one_fails_none_is_left(error, tmp_path, console):
    def make(place):
        if place == 2:
            raise error
        return PICTURE, Origin()

    with pytest.raises(type(error)):
        write_pictures(list("abc"), make, "png", tmp_path / "new" / "out", console)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "old.txt").write_text("precious")
    with pytest.raises(type(error)):
        write_pictures(list("abc"), make, "png", tmp_path, console)
    assert [path.name for path in tmp_path.iterdir()] == ["old.txt"]


@pytest.mark.parametrize("names", [["a", "a"], ["a", "A"], ["a:", "a?"], ["\u00e9", "e\u0301"]])
def test_two_of_one_name(names, tmp_path, console):
    with pytest.raises(UsageError, match="Two pictures"):
        write_pictures(names, lambda _: pytest.fail("made"), "png", tmp_path / "out", console)
    assert not (tmp_path / "out").exists()


def test_a_file_that_exists(tmp_path, console):
    (tmp_path / "b.png").touch()
    with pytest.raises(StudioError, match="already exists"):
        write_pictures(["a", "b"], lambda _: pytest.fail("made"), "png", tmp_path, console)
    assert [path.name for path in tmp_path.iterdir()] == ["b.png"]
