"""Every container that can be signed: valid offline, by the rules, a changed byte is named, and
imports read it."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.decoding.probe import probe
from studio.engine.export.choices import Choices
from studio.engine.export.credentials import library
from studio.engine.export.credentials.reader import Credentials, read
from studio.engine.export.finish import finish
from studio.engine.pieces.origin import TRAINED, Origin
from tests.engine.export.credentials.rules import broken

pytest.importorskip("c2pa", reason="the extra `provenance` is not installed")

PICTURES = ("png", "jpg", "jpeg", "webp", "tif", "tiff", "avif", "gif")
FILMS = ("mp4", "mov")
SOUNDS = ("wav",)
BESIDE = ("psd", "ora", "exr", "svg", "pdf", "webm", "apng")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_STUDIO_HOME", str(tmp_path / "home"))


def made(path: Path) -> Path:
    """A file of this ending, with nothing said in it."""
    pixels = np.random.default_rng(4).integers(0, 256, (48, 64, 3), np.uint8)
    ending = path.suffix[1:]
    if ending in PICTURES:
        Image.fromarray(pixels).save(path)
    elif ending in FILMS:
        av = pytest.importorskip("av")
        with av.open(str(path), "w") as film:
            stream = film.add_stream("libx264", rate=10)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            for _ in range(3):
                film.mux(stream.encode(av.VideoFrame.from_ndarray(pixels)))
            film.mux(stream.encode())
    elif ending in SOUNDS:
        with wave.open(str(path), "wb") as sound:
            sound.setparams((1, 2, 8000, 0, "NONE", ""))
            sound.writeframes(pixels.tobytes())
    else:
        path.write_bytes(pixels.tobytes())
    return path


def signed(path: Path) -> Path:
    choices = Choices(data_mining="no_training", mark=False)
    steps = ({"op": "crop"}, {"op": "sharpen"}, {"op": "unheard of"})
    done = finish(made(path), Origin("vase", "Ada", steps=steps), choices)
    if done.beside:
        path.with_suffix(".c2pa").write_bytes(done.beside)
    return path


def credentials(path: Path) -> Credentials:
    found = read(path)
    assert isinstance(found, Credentials), found
    return found


def manifest(path: Path) -> dict[str, Any]:
    """As the library reads it, not we."""
    import c2pa

    beside = path.with_suffix(".c2pa")
    data = beside.read_bytes() if beside.is_file() else None
    kind = library.kind_of(path) or library.ANY
    with (
        path.open("rb") as stream,
        c2pa.Reader(kind, stream, data, context=library.context()) as reader,
    ):
        found: dict[str, Any] = reader.get_active_manifest()
        return found


def changed(path: Path) -> None:
    """One bit of what is neither a head nor a signature: far from both ends of what was there."""
    data = bytearray(path.read_bytes())
    whole, plain = len(data), len(made(path.with_name(f"plain{path.suffix}")).read_bytes())
    # Credentials lie before the pixels in some containers and after them in others.
    after_credentials = path.suffix in (".jpg", ".jpeg", ".png", ".avif", ".gif", ".mp4", ".mov")
    place = whole - plain // 3 if after_credentials else plain // 2
    data[place] ^= 1
    path.write_bytes(data)


def test_no_container_is_forgotten() -> None:
    tried = {*PICTURES, *FILMS, *SOUNDS}
    only_read = {"heic", "heif", "dng", "jxl"}
    assert {each[1:] for each in library._KINDS} == tried | only_read


@pytest.mark.parametrize("ending", [*PICTURES, *FILMS, *SOUNDS, *BESIDE])
def test_it_is_valid_and_a_changed_byte_is_named(ending: str, tmp_path: Path) -> None:
    path = signed(tmp_path / f"vase.{ending}")
    found = credentials(path)
    assert found.verdict == "valid, signer not on a trust list"
    assert found.is_beside == (ending in BESIDE)
    assert (found.problems, found.kinds[0], found.mining) == (
        (), TRAINED, ("ai_generative_training", "ai_training"),
    )  # fmt: skip
    assert broken(manifest(path)) == []
    if ending in ("tif", "tiff"):
        assert b"c2pa.hash.boxes" not in path.read_bytes()
    changed(path)
    again = credentials(path)
    assert again.verdict == "not valid"
    assert again.problems == ("The file was changed after it was signed.",)


@pytest.mark.parametrize("ending", PICTURES)
def test_an_import_reads_what_it_says(ending: str, tmp_path: Path) -> None:
    facts = probe(str(signed(tmp_path / f"vase.{ending}")), "")["facts"]
    assert facts["no_training"] == "cawg.training-mining"
    assert facts["made_by_model"] == "C2PA trainedAlgorithmicMedia"


def test_an_import_reads_what_lies_beside(tmp_path: Path) -> None:
    path = tmp_path / "vase.bmp"
    Image.effect_noise((40, 30), 60).convert("RGB").save(path)
    done = finish(path, Origin("vase"), Choices(data_mining="no_training", mark=False))
    assert "made_by_model" not in probe(str(path), "")["facts"]
    path.with_suffix(".c2pa").write_bytes(done.beside)
    facts = probe(str(path), "")["facts"]
    assert facts["no_training"] == "cawg.training-mining"
    assert facts["made_by_model"] == "C2PA trainedAlgorithmicMedia"
