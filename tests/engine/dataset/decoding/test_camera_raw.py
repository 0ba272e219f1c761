"""Camera RAW with the real library, where it is installed."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest

from studio.engine.dataset.decoding import decode
from studio.engine.dataset.index import store
from studio.engine.dataset.papers import about
from tests.engine.dataset.camera_file import scene, write_dng

pytest.importorskip("rawpy", reason="the library for camera RAW is not installed")

MARK = "DMI-PROHIBITED-GENAIMLTRAINING"
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description plus:DataMining='
    b'"http://ns.useplus.org/ldf/vocab/' + MARK.encode() + b'"/></x:xmpmeta>'
)
# Where red and blue are high in an upright picture: right and bottom.
TURNS = {1: (False, 0), 3: (False, 2), 6: (True, 3), 8: (True, 1)}


@pytest.mark.parametrize("orientation", TURNS)
def test_a_camera_file_is_developed_upright(project, take_in, tmp_path, orientation) -> None:
    write_dng(tmp_path / "set" / "a.dng", scene(192, 128), orientation=orientation)
    (item,) = store.items(project, take_in(tmp_path / "set").dataset.id)
    stands, turns = TURNS[orientation]
    assert (item.usable, item.format, item.channels) == (True, "RAW", 3)
    assert (item.width, item.height) == ((128, 192) if stands else (192, 128))
    seen = np.rot90(np.asarray(decode.read_picture(item)).astype(int), -turns)
    assert seen.shape == (128, 192, 3)
    assert seen[64, 180, 0] > seen[64, 12, 0] + 100
    assert seen[116, 96, 2] > seen[12, 96, 2] + 100
    assert decode.read_thumbnail(project, item, 64).exists()


def test_what_the_camera_states_is_known_and_a_mark_is_obeyed(project, take_in, tmp_path) -> None:
    write_dng(tmp_path / "set" / "a.dng", scene(96, 64), xmp=XMP)
    write_dng(tmp_path / "set" / "b.dng", scene(96, 64))
    first, second = store.items(project, take_in(tmp_path / "set").dataset.id)
    assert (first.included, second.included) == (False, True)
    assert first.facts["no_training"] == MARK
    assert (second.facts["author"], second.facts["licence"]) == ("Ada", "CC0-1.0")
    told = about.about(second)
    assert (told.camera, told.exposure) == ("Test Camera", "1/250 s · ISO 400")
    assert told.tones.sum() == 3 * 96 * 64


def test_a_camera_without_colours(project, take_in, tmp_path) -> None:
    values = np.tile((np.arange(140) * 25).astype(np.uint16), (100, 1))
    write_dng(tmp_path / "set" / "grey.dng", values, colours=False)
    (item,) = store.items(project, take_in(tmp_path / "set").dataset.id)
    assert (item.usable, item.channels, item.width) == (True, 1, 140)
    seen = np.asarray(decode.read_picture(item)).astype(int)
    assert seen[50, 130] > seen[50, 10] + 150


def test_the_same_file_gives_the_same_pixels(project, take_in, tmp_path) -> None:
    for name in ("a.dng", "b.dng"):
        write_dng(tmp_path / "set" / name, scene(96, 64))
    first, second = store.items(project, take_in(tmp_path / "set").dataset.id)
    assert first.facts == second.facts
    pictures = [np.asarray(decode.read_picture(each)) for each in (first, first)]
    assert np.array_equal(*pictures)


def test_a_camera_file_in_an_archive(project, take_in, tmp_path) -> None:
    made = write_dng(tmp_path / "a.dng", scene(96, 64))
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        archive.write(made, "inside/a.dng")
    (item,) = store.items(project, take_in(tmp_path / "set.zip").dataset.id)
    assert (item.usable, item.format) == (True, "RAW")
    assert decode.read_picture(item).size == (96, 64)


def test_a_damaged_camera_file_is_a_sentence_and_no_more(project, take_in, tmp_path) -> None:
    whole = write_dng(tmp_path / "set" / "good.dng", scene(96, 64)).read_bytes()
    (tmp_path / "set" / "cut.dng").write_bytes(whole[:9000])
    (tmp_path / "set" / "words.nef").write_bytes(b"no camera" * 50)
    (tmp_path / "set" / "empty.arw").write_bytes(b"")
    finished = take_in(tmp_path / "set")
    assert (finished.found, finished.usable) == (4, 1)
    reasons = {file.rpartition("/")[2]: reason for file, reason in finished.rejected}
    assert reasons["empty.arw"] == "The file is empty (0 bytes)."
    for name in ("cut.dng", "words.nef"):
        assert reasons[name].startswith("Its camera data cannot be read (")
        assert "b'" not in reasons[name]
