"""Films leave marked and signed as pictures do, and say where they cannot."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from studio.engine.artwork import Pixels
from studio.engine.errors import TakenError
from studio.engine.export.choices import Choices
from studio.engine.export.credentials import reader
from studio.engine.export.film_proof import FRAMES_UNSIGNED, FilmProof, film_origin
from studio.engine.export.finish import NO_ROOM, Finishing
from studio.engine.export.mark import label
from studio.engine.generation.film.formats.base import Shot, format_for
from studio.engine.generation.film.timeline import Timeline
from studio.engine.refinement.step import Step
from tests.engine.export.mark.test_label import textured

SIDE = 64


def filmed(proof: FilmProof, target: Path, frames: list[Pixels]) -> Path:
    shot = Shot(*frames[0].shape[1::-1], frames[0].shape[2], Fraction(10), len(frames))
    return format_for(target).write(map(proof.marked, frames), shot, target)


def proof(target: Path, **choices: bool) -> FilmProof:
    origin = film_origin("walk", "a run", "ab" * 32, Timeline(sound="/home/ada/song.wav"))
    assert "ada" not in str(origin.recipe)
    return FilmProof(Finishing(Choices(**choices)), origin, target)


@pytest.fixture(scope="module")
def frames() -> list[Pixels]:
    return [textured(SIDE, seed) for seed in range(3)]


def test_every_frame_has_the_mark_of_the_film(frames, tmp_path: Path) -> None:
    marked = proof(tmp_path / "walk.png", credentials=False)
    found = [label.found(marked.marked(each)) for each in frames]
    assert len({each.identifier for each in found if each}) == 1
    done = marked.signed(tmp_path / "walk.0001.png")
    assert int(done.mark, 16) == found[0].identifier
    assert done.remarks == ()


def test_a_flat_film_says_once_that_it_holds_no_mark(tmp_path: Path) -> None:
    flat = proof(tmp_path / "walk.gif", credentials=False)
    grey = np.full((SIDE, SIDE, 3), 90, np.uint8)
    assert all(np.array_equal(flat.marked(grey), grey) for _ in range(3))
    assert flat.signed(tmp_path / "walk.gif").remarks == (NO_ROOM,)


@pytest.mark.parametrize("name", ["walk.gif", "walk.apng"])
def test_a_film_is_signed_inside_or_beside(name: str, frames, tmp_path: Path) -> None:
    pytest.importorskip("c2pa", reason="the extra `provenance` is not installed")
    target = tmp_path / name
    signed = proof(target, mark=False)
    done = signed.signed(filmed(signed, target, frames))
    assert done.credentials == ("inside" if name.endswith(".gif") else "beside")
    assert target.with_suffix(".c2pa").exists() == (done.credentials == "beside")
    found = reader.read(target)
    assert isinstance(found, reader.Credentials)
    assert found.is_valid
    assert found.actions == ("c2pa.created",)


def test_credentials_of_an_enlarged_film_name_the_step(frames, tmp_path: Path) -> None:
    pytest.importorskip("c2pa", reason="the extra `provenance` is not installed")
    step = Step(op="enlarge", params={"enlarger": "runs/a run/enlargers/x2-ab.json"})
    origin = film_origin("walk", "a run", "ab" * 32, Timeline(), step)
    assert origin.recipe["stack"] == [step.model_dump(mode="json")]
    target = tmp_path / "walk.gif"
    signed = FilmProof(Finishing(Choices(mark=False)), origin, target)
    signed.signed(filmed(signed, target, frames))
    found = reader.read(target)
    assert isinstance(found, reader.Credentials)
    assert found.actions == ("c2pa.created", "c2pa.resized")
    assert b"runs/a run" not in target.read_bytes()


def test_credentials_beside_replace_nobody_elses(frames, tmp_path: Path) -> None:
    pytest.importorskip("c2pa", reason="the extra `provenance` is not installed")
    other, target = tmp_path / "walk.c2pa", tmp_path / "walk.apng"
    other.write_bytes(b"hers")
    with pytest.raises(TakenError, match=r"walk\.c2pa"):
        proof(target, mark=False)  # before any frame is drawn
    proof(tmp_path / "walk.gif")  # which holds its own
    proof(target, credentials=False)
    other.unlink()
    signed = proof(target, mark=False)
    made = filmed(signed, target, frames)
    other.write_bytes(b"hers")  # it came while frames were drawn
    with pytest.raises(TakenError, match=r"walk\.c2pa"):
        signed.signed(made)
    assert other.read_bytes() == b"hers"
    assert target.exists()


def test_numbered_frames_say_that_they_are_not_signed(frames, tmp_path: Path) -> None:
    numbered = proof(tmp_path / "walk.png", mark=False)
    first = filmed(numbered, tmp_path / "walk.png", frames)
    assert numbered.signed(first).remarks == (FRAMES_UNSIGNED,)
