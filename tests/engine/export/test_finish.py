"""Whole files on their way out: mark, statements and signature, and the way back from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance

from studio.engine.artwork import Artwork, Layer, to_image
from studio.engine.export.choices import Choices
from studio.engine.export.finish import LAYERS, NO_ROOM, Finishing, mark_of
from studio.engine.export.handover import export_made
from studio.engine.export.origin_check import check
from studio.engine.export.refined_origin import origin_of
from studio.engine.export.statements import prompt
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.player import Player
from studio.engine.pieces import pieces
from studio.engine.pieces.origin import Origin
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint
from tests.engine.export.mark.test_label import textured

MADE = Origin(
    "vase", "Ada", "CC BY 4.0",
    {
        "checkpoint_sha256": "ab" * 32, "run": "run-1", "stack": [{"op": "crop"}],
        "latent": {
            "beginning": {"kind": "seeded", "seed": 7, "truncation_psi": 0.7},
            "moves": [{"kind": "along", "direction": 3, "sigma": 1.5}],
        },
    },
    identifier="urn:uuid:12345678-1234-5678-1234-567812345678", training_data="CC0-1.0: 3",
)  # fmt: skip
PLAIN = Choices(credentials=False, mark=False)


def export(folder: Path, origin: Origin, choices: Choices, artwork: Artwork | None = None) -> Path:
    whole = artwork or Artwork.of(textured(64))
    finishing = Finishing(choices, "Studio Ada")
    (made,) = export_made(
        [origin.title], lambda _: (whole, origin), "png", {}, folder, finishing=finishing
    )
    return made.path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENT_STUDIO_HOME", str(tmp_path / "home"))


def test_statements_are_read_back(tmp_path: Path) -> None:
    choices = replace(PLAIN, data_mining="no_training", aigc=True)
    words = check(export(tmp_path, MADE, choices)).words
    assert words["ai_system"] == "Latent Studio"
    assert "model abababab" in words["ai_version"]
    assert words["ai_prompt"] == "seed 7, truncation psi 0.7, along direction 3 sigma +1.5"
    assert words["data_mining"].endswith("/DMI-PROHIBITED-AIMLTRAINING")
    assert '"Label":"1","ContentProducer":"Ada"' in words["aigc"]
    assert (words["credit"], words["training_data"]) == ("Studio Ada", "CC0-1.0: 3")
    assert words["verified"] is True


def test_no_statement_of_a_machine_where_there_was_none(tmp_path: Path) -> None:
    Image.fromarray(textured(64)).save(tmp_path / "photo.png")
    origin = origin_of(tmp_path / "photo.png", [])
    path = export(tmp_path / "out", origin, replace(PLAIN, mark=True, aigc=True))
    found = check(path)
    assert found.mark is None
    assert not {"ai_system", "aigc"} & found.words.keys()
    assert found.verdict == "Nothing in it says how it was made."


def test_a_statement_that_was_there_is_not_replaced(tmp_path: Path) -> None:
    first = export(tmp_path, MADE, replace(PLAIN, data_mining="forbidden"))
    again = origin_of(first, [])
    path = export(tmp_path / "out", again, replace(PLAIN, data_mining="allowed"))
    assert check(path).words["data_mining"].endswith("/DMI-PROHIBITED")
    assert check(path).words["credit"] == "Studio Ada"


def test_the_recipe_can_stay_at_home(tmp_path: Path) -> None:
    path = export(tmp_path, MADE, replace(PLAIN, recipe=False))
    words = check(path).words
    assert "recipe" not in words
    assert "ai_prompt" not in words
    assert words["identifier"] == MADE.identifier
    assert b"run-1" not in path.read_bytes()
    assert b"abababab" not in path.read_bytes()


def test_the_mark_leads_back_when_all_words_are_lost(tmp_path: Path) -> None:
    path = export(tmp_path, MADE, replace(PLAIN, mark=True))
    Image.open(path).convert("RGB").save(tmp_path / "from the web.jpg", quality=80)
    found = check(tmp_path / "from the web.jpg")
    assert found.words == {}
    assert found.mark is not None
    assert found.mark.identifier == mark_of(MADE) == 0x12345678
    assert found.verdict == "Made by a model of this program, by the mark in its pixels."


def test_what_was_painted_over_is_traced_to_its_piece(trained: Project, tmp_path: Path) -> None:
    """By its mark alone: another program kept no word of it."""
    run = next(each for each in runs.runs(trained) if each.family == "vae")
    newest = checkpoint.load_latest(run.folder)
    assert newest is not None
    piece = pieces.keep(trained, run.name, Player.open(newest.folder, "cpu"), LatentRecipe(seed=5))
    origin = replace(MADE, identifier=piece.identifier)
    path = export(tmp_path, origin, replace(PLAIN, mark=True), Artwork.of(textured(256)))
    painted = ImageEnhance.Color(Image.open(path).convert("RGB")).enhance(1.3)
    brush = ImageDraw.Draw(painted)
    brush.ellipse((60, 50, 170, 160), fill=(200, 40, 60))  # 15 % of it
    brush.line((0, 230, 255, 180), fill=(20, 90, 200), width=7)
    painted.save(tmp_path / "from another program.jpg", quality=85)
    found = check(tmp_path / "from another program.jpg", trained)
    assert (found.words, found.piece) == ({}, piece.name)


def test_layers_in_full_precision_get_it_and_several_seen_ones_say_why_not(tmp_path: Path) -> None:
    finishing = Finishing(Choices(credentials=False))
    fine = to_image(textured(64)) + np.float32(0.0007)
    hidden = Layer("Before", textured(64, 2), visible=False)
    whole = Artwork((hidden, Layer("After", fine)))
    made, _, done = finishing.prepared(whole, MADE)
    assert done.mark == f"{mark_of(MADE):08x}"
    assert np.array_equal(made.layers[0].content, hidden.content)
    assert made.layers[1].content.dtype == np.float32
    two = Artwork((Layer("Before", textured(64)), Layer("After", textured(64))))
    assert finishing.prepared(two, MADE)[2].remarks == (LAYERS,)
    flat = Artwork.of(np.full((64, 64, 3), 9, np.uint8))
    assert finishing.prepared(flat, MADE)[2].remarks == (NO_ROOM,)


def test_a_prompt_of_any_recipe() -> None:
    assert prompt({}) == ""
    assert prompt({"latent": {"seed": 3, "edits": {"1": 2.0}}}) == "seed 3"
    assert prompt({"latent": {"beginning": {"kind": "point"}}}) == "a point of the latent space"


def test_what_was_chosen_before_and_is_not_possible_any_more_is_passed_over() -> None:
    kept = Choices.usual("zh_CN", {"mark": "False", "data_mining": "perhaps", "gone": "1"})
    assert (kept.mark, kept.data_mining, kept.aigc) == (False, "unsaid", True)
    assert not Choices.usual("en", {}).aigc
