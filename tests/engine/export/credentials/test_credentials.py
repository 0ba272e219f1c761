"""Content Credentials: signed with a key of one's own, read back, seen through when changed."""

from __future__ import annotations

import datetime
import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine.artwork import Artwork
from studio.engine.errors import StudioError
from studio.engine.export.choices import Choices
from studio.engine.export.credentials import identity as identities
from studio.engine.export.credentials import library
from studio.engine.export.credentials.reader import Credentials, read
from studio.engine.export.delivery import Exported
from studio.engine.export.finish import Finishing, finish
from studio.engine.export.handover import export_made
from studio.engine.export.refined_origin import origin_of
from studio.engine.pieces.origin import TRAINED, Origin
from tests.engine.export.credentials.rules import broken

pytest.importorskip("c2pa", reason="the extra `provenance` is not installed")

MADE = Origin(
    "vase", "Ada", "CC BY 4.0", {"latent": {"seed": 7}}, identifier="urn:uuid:" + "12" * 16,
    steps=({"op": "crop"}, {"op": "sharpen", "enabled": False}, {"op": "unheard of"}),
)  # fmt: skip


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_STUDIO_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def picture(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (64, 64, 3), dtype=np.uint8)


def export(
    folder: Path, kind: str = "png", origin: Origin = MADE, choices: Choices | None = None
) -> Exported:
    finishing = Finishing(choices or Choices(mark=False))
    made = export_made(
        [origin.title], lambda _: (Artwork.of(picture()), origin), kind, {}, folder,
        finishing=finishing,
    )  # fmt: skip
    return made[0]


def credentials(path: Path) -> Credentials:
    found = read(path)
    assert isinstance(found, Credentials), found
    return found


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "tiff"])
def test_a_file_says_how_it_was_made_and_nobody_else_can(kind: str, tmp_path: Path) -> None:
    made = export(tmp_path, kind)
    assert made.finished.credentials == "inside"
    found = credentials(made.path)
    assert found.verdict == "valid, signer not on a trust list"
    assert not found.is_trusted
    assert found.kinds[0] == TRAINED
    assert found.actions == ("c2pa.created", "c2pa.cropped", "c2pa.edited")
    assert found.program.startswith("Latent Studio ")
    assert found.problems == ()
    Image.open(made.path).verify()


def test_it_fulfils_what_verifiers_ask_of_a_claim(tmp_path: Path) -> None:
    import c2pa

    path = export(tmp_path, choices=Choices(data_mining="no_training")).path
    with (
        path.open("rb") as stream,
        c2pa.Reader("image/png", stream, context=library.context()) as r,
    ):
        manifest = r.get_active_manifest()
        whole = r.json()
    assert broken(manifest) == []
    by_label = {each["label"]: each["data"] for each in manifest["assertions"]}
    entries = by_label["cawg.training-mining"]["entries"]
    assert {name for name, each in entries.items() if each["use"] == "notAllowed"} == {
        "cawg.ai_generative_training", "cawg.ai_training",
    }  # fmt: skip
    assert "thumbnail" not in whole
    assert "ingredients" not in manifest


def test_the_settings_bite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong names of settings are taken in silence: without ours there is a thumbnail."""
    small = export(tmp_path / "ours").path.stat().st_size
    monkeypatch.setattr(library, "_SETTINGS", {"builder": {"thumbnail": {"enabled": True}}})
    assert export(tmp_path / "theirs").path.stat().st_size > small + 1000


def test_one_changed_pixel_and_one_changed_word_are_named(tmp_path: Path) -> None:
    path = export(tmp_path).path
    whole = path.read_bytes()
    word = tmp_path / "word.png"
    word.write_bytes(whole.replace(b"Ada", b"Bob"))
    pixel = tmp_path / "pixel.png"
    place = whole.rindex(b"IDAT") + 40
    pixel.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    for changed in (word, pixel):
        found = credentials(changed)
        assert found.verdict == "not valid"
        assert found.problems == ("The file was changed after it was signed.",)


def test_one_that_was_cut_off_has_none(tmp_path: Path) -> None:
    path = export(tmp_path).path
    Image.open(path).save(tmp_path / "stripped.png")
    assert read(tmp_path / "stripped.png") == ""
    damaged = tmp_path / "damaged.jpg"
    signed = export(tmp_path, "jpeg").path.read_bytes()
    damaged.write_bytes(signed.replace(b"jumd", b"jomd"))
    found = read(damaged)
    assert isinstance(found, str) or not found.is_valid


def test_a_photograph_is_opened_not_made(tmp_path: Path) -> None:
    import c2pa

    photo = tmp_path / "photo.jpg"
    Image.fromarray(picture(3)).save(photo)
    before = photo.read_bytes()
    made = export(tmp_path / "out", origin=origin_of(photo, [{"op": "exposure"}]))
    found = credentials(made.path)
    assert found.actions == ("c2pa.opened", "c2pa.adjustedColor")
    assert found.parents == ("photo.jpg",)
    assert TRAINED not in found.kinds
    assert photo.read_bytes() == before
    with (
        made.path.open("rb") as stream,
        c2pa.Reader("image/png", stream, context=library.context()) as reader,
    ):
        assert broken(reader.get_active_manifest()) == []


def test_a_signed_picture_stays_a_parent_and_who_signed_it_is_kept(tmp_path: Path) -> None:
    import c2pa

    first = export(tmp_path)
    again = export(tmp_path / "out", origin=origin_of(first.path, [{"op": "crop"}]))
    found = credentials(again.path)
    assert found.is_valid
    assert found.parents == ("vase.png",)
    with again.path.open("rb") as stream:
        reader = c2pa.Reader("image/png", stream, context=library.context())
        assert len(json.loads(reader.json())["manifests"]) == 2
        reader.close()


def test_signing_over_credentials_keeps_them(tmp_path: Path) -> None:
    path = export(tmp_path).path
    again = finish(path, replace(MADE, steps=()), Choices())
    assert again.credentials == "inside"
    found = credentials(path)
    assert found.is_valid
    assert found.actions[0] == "c2pa.opened"
    assert found.parents == ("original",)


def test_the_name_of_the_original_can_stay_private(tmp_path: Path) -> None:
    photo = tmp_path / "secret client.jpg"
    Image.fromarray(picture(3)).save(photo)
    origin = replace(origin_of(photo, []), title="out")
    made = export(tmp_path / "out", origin=origin, choices=Choices(recipe=False))
    assert b"secret" not in made.path.read_bytes()
    assert credentials(made.path).parents == ("original",)


def test_what_no_container_holds_is_signed_beside_it(tmp_path: Path) -> None:
    layered = tmp_path / "vase.psd"
    layered.write_bytes(os.urandom(4000))
    before = layered.read_bytes()
    made = finish(layered, MADE, Choices())
    assert (made.credentials, layered.read_bytes()) == ("beside", before)
    (tmp_path / "vase.c2pa").write_bytes(made.beside)
    found = credentials(layered)
    assert (found.is_valid, found.is_beside) == (True, True)
    layered.write_bytes(before[:-1])
    assert not credentials(layered).is_valid


def test_a_file_that_cannot_be_signed_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "no.png"
    path.write_bytes(b"this is no picture")
    with pytest.raises(StudioError, match=r"no\.png could not be signed"):
        finish(path, MADE, Choices())
    assert path.read_bytes() == b"this is no picture"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["home", "no.png"]


def test_the_key_is_made_once_and_for_the_artist_alone(home: Path) -> None:
    first = identities.identity()
    path = home / "keys" / "signing.pem"
    assert identities.identity() == first
    assert first.ends > datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=3650)
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.skipif(os.name == "nt", reason="rights of files are others there")
def test_a_key_that_others_can_read_signs_nothing(tmp_path: Path, home: Path) -> None:
    identities.identity()
    (home / "keys" / "signing.pem").chmod(0o644)
    with pytest.raises(StudioError, match="can be read by others"):
        export(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_key_of_ones_own(tmp_path: Path, home: Path) -> None:
    identities.identity()
    pem = (home / "keys" / "signing.pem").read_text()
    (tmp_path / "key.pem").write_text(pem[: pem.index("-----BEGIN CERT")])
    (tmp_path / "key.pem").chmod(0o600)
    (tmp_path / "chain.pem").write_text(pem[pem.index("-----BEGIN CERT") :])
    found = identities.identity(str(tmp_path / "key.pem"), str(tmp_path / "chain.pem"))
    assert found.algorithm == "es256"
    (tmp_path / "empty.pem").write_text("nothing")
    with pytest.raises(StudioError, match="holds no certificates"):
        identities.identity(str(tmp_path / "key.pem"), str(tmp_path / "empty.pem"))
    with pytest.raises(StudioError, match="cannot be read"):
        identities.identity(str(tmp_path / "gone.pem"))
    (home / "keys" / "signing.pem").unlink()
    identities.identity()
    with pytest.raises(StudioError, match="does not belong"):
        identities.identity(str(tmp_path / "key.pem"), str(home / "keys" / "signing.pem"))


def test_an_expired_certificate_is_refused_with_its_dates(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identities, "_YEARS", 0)
    with pytest.raises(StudioError, match=r"is valid from \d{4}-\d\d-\d\d to .* not today"):
        identities.identity()


@pytest.mark.usefixtures("read_here")
def test_without_the_library_files_leave_unsigned_and_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = export(tmp_path / "signed")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    made = export(tmp_path / "plain")
    assert made.finished.credentials == "none"
    (remark,) = made.finished.remarks
    assert "latent-studio extras install provenance" in remark
    assert "latent-studio extras install provenance" in str(read(signed.path))


def test_pieces_of_the_first_version_leave_as_they_did(tmp_path: Path) -> None:
    first = replace(MADE, version="0.1.0", identifier="")
    made = export(tmp_path / "then", origin=first, choices=Choices())
    assert (made.finished.credentials, made.finished.mark) == ("none", "")
    asked = export(tmp_path / "asked", origin=first, choices=Choices(earlier=True, mark=False))
    assert asked.finished.credentials == "inside"
