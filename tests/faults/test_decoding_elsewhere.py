"""What comes from outside is decoded in processes with limits, by whatever door it comes."""

from __future__ import annotations

import ast
import os
import re
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.decoding import decode, limited
from studio.engine.dataset.decoding.decode import read_picture
from studio.engine.dataset.papers.about import told
from studio.engine.errors import StudioError
from studio.engine.export.file_origin import read_provenance, read_words, seen
from studio.engine.export.origin_check import check
from studio.engine.generation.sound.heard import listen
from studio.engine.refinement.colour_transfer import colours_of
from studio.verbs.mask_file import read_mask
from tests.engine.generation.sound.recordings import quiet, wav

ROOT = Path(__file__).resolve().parents[2]
DECODERS = {
    "Image": {"open"}, "ImageFile": {"Parser"}, "av": {"open"}, "rawpy": {"imread"},
    "PSDImage": {"open"}, "pi_heif": {"read_heif", "open_heif"}, "pixels": {"opened"},
    "library": {"File"}, "c2pa": {"Reader"}, "photoshop": {"opened"},
    "float_tiff": {"read", "found_in"}, "cv2": {"imread", "imdecode", "VideoCapture"},
    "QImage": {"fromData"}, "QPixmap": {"fromData", "loadFromData"}, "door": {"picture"},
}  # fmt: skip
"""By the name before the dot: what turns the bytes of a file into pixels, sound or statements."""
ALONE = {"QImageReader", "QMovie", "TiffFile", "open_file", "merged_picture"}
ALLOWED = {
    # what runs in such a process, and nowhere else
    "studio/engine/door.py", "studio/engine/dataset/decoding/decode.py",
    "studio/engine/dataset/decoding/probe.py", "studio/engine/dataset/decoding/pixels.py",
    "studio/engine/dataset/decoding/photoshop.py", "studio/engine/dataset/decoding/camera_raw.py",
    "studio/engine/dataset/intake/frames.py", "studio/engine/dataset/papers/about.py",
    "studio/engine/export/formats/base.py", "studio/engine/export/formats/tiff.py",
    "studio/engine/export/formats/openexr.py", "studio/engine/export/formats/psd.py",
    "studio/engine/export/formats/openraster.py", "studio/engine/generation/sound/recording.py",
    "studio/engine/generation/film/timelapse.py", "studio/engine/export/credentials/reader.py",
    # what the program made itself a moment ago, in memory; a video that it writes
    "studio/engine/pieces/provenance.py", "studio/engine/export/mark/label.py",
    "studio/engine/generation/film/formats/video.py",
}  # fmt: skip


def _decodes(call: ast.Call, alone: set[str]) -> bool:
    function = call.func
    if isinstance(function, ast.Name):
        return function.id in alone
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return False
    return function.attr in DECODERS.get(function.value.id, ())


def _decoding(path: Path) -> list[int]:
    text = path.read_text("utf-8")
    alone = ALONE | ({"picture"} if re.search("engine.door import.*picture", text) else set())
    nodes = ast.walk(ast.parse(text))
    return [each.lineno for each in nodes if isinstance(each, ast.Call) and _decodes(each, alone)]


def test_nothing_else_decodes() -> None:
    files = {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "studio").rglob("*.py")}
    found = {name: lines for name, path in files.items() if (lines := _decoding(path))}
    assert {name: lines for name, lines in found.items() if name not in ALLOWED} == {}, (
        "these ask studio.engine.dataset.decoding.decode, or are `limited` themselves"
    )
    assert {"studio/engine/dataset/decoding/decode.py", "studio/engine/door.py"} <= set(found), (
        "otherwise nothing is found any more"
    )


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    path = tmp_path / "outside.png"
    Image.fromarray(np.random.default_rng(3).integers(0, 256, (40, 40, 3), np.uint8)).save(path)
    return path


DOORS: dict[str, Any] = {
    "refine": read_picture, "inspect": seen, "provenance": read_provenance, "words": read_words,
    "metadata": told, "origin": check, "reference": colours_of, "examined": decode.examined,
    "mask": lambda path: read_mask(path, 40, 40),
    "kept": lambda path: decode.own_picture(path, "PNG"),
}  # fmt: skip


@pytest.mark.parametrize("name", DOORS)
def test_no_door_decodes_in_this_process(
    name: str, shown: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("decoded in the program")

    monkeypatch.setattr(Image, "open", refuse)
    DOORS[name](shown)


def test_nor_is_a_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    av = pytest.importorskip("av")
    path = wav(tmp_path / "a.wav", quiet(0.5))
    monkeypatch.setattr(av, "open", None)
    assert listen(path).seconds == pytest.approx(0.5, abs=0.01)


def test_a_process_serves_one_file_after_the_other(shown: Path) -> None:
    read_picture(shown)
    before = limited.READERS.pids
    assert np.array_equal(np.asarray(read_picture(shown)), np.asarray(Image.open(shown)))
    with pytest.raises(StudioError, match="not a picture"):
        read_picture(Path(__file__))
    assert limited.READERS.pids == before


@limited.limited
def dies(path: Path) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


@limited.limited
def swallows(path: Path) -> int:
    return len(bytes(limited.MEMORY_BYTES))


@limited.limited
def hangs(path: Path) -> None:
    signal.pause()


@limited.limited
def breaks(path: Path) -> None:
    raise LookupError(path.name)


@limited.limited_parts
def three(path: Path) -> Any:
    for number in range(3):
        yield np.full((2, number), number, np.float32)


@pytest.mark.parametrize(
    ("read", "why"),
    [
        (dies, "Decoding it ended the decoding process"),
        (swallows, "needs more memory than the 4096 MB"),
        (breaks, "Its data is damaged .LookupError: outside.png."),
        (hangs, "took longer than 1 seconds"),
    ],
)
def test_what_goes_wrong_there_is_one_sentence_here(
    read: Any, why: str, shown: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limited, "READERS", limited.Readers())
    if read is hangs:
        monkeypatch.setattr(limited, "SECONDS", 1.0)
    with pytest.raises(StudioError, match=why) as told_:
        read(shown)
    assert str(shown) in str(told_.value)
    assert read_picture(shown).size == (40, 40), "the next file is read as if nothing had been"
    limited.READERS.close()


def test_parts_come_as_they_are_made_and_may_be_left(shown: Path) -> None:
    assert [part.shape for part in three(shown)] == [(2, 0), (2, 1), (2, 2)]
    few = three(shown)
    next(few)
    few.close()
    assert read_picture(shown).size == (40, 40)


def test_a_file_cannot_speak_for_the_program() -> None:
    from studio.engine.dataset.decoding.parts import packed, unpacked
    from studio.engine.said import Said

    hostile = {"template": "{x.__class__}", "values": {"x": 1}, "said": "a", "dict": {"path": "/"}}
    sent = [hostile, Said("{n} pictures", n=3), Path("/ü"), None, "\udcff"]
    back = unpacked(packed(sent))
    assert back == sent
    assert type(back[0]["template"]) is str
    assert back[1].template == "{n} pictures"
