"""An enlarger learns from the originals of a run, mends what its model does, and is kept."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from models.enlarger.network import Enlarger
from studio.engine import devices
from studio.engine.errors import StudioError
from studio.engine.project import Project
from studio.engine.refinement.enlarger import card as cards
from studio.engine.refinement.enlarger.descent import Descent, measured
from studio.engine.refinement.enlarger.enlarged import enlarged
from studio.engine.refinement.enlarger.enlarger_training import Learned, Order, learn
from studio.engine.refinement.enlarger.likeness import Spectrum, detail, premultiplied
from studio.engine.refinement.enlarger.originals import Pairs

SECONDS = 1.0


@pytest.fixture
def large(trained: Project, trained_once: Path) -> Project:
    """Its originals have 16 x 16 pixels, too few to learn from: here they have 64 x 64."""
    folder = trained_once.parent / "large"
    if not folder.exists():
        folder.mkdir()
        for path in (trained_once.parent / "pictures").iterdir():
            with Image.open(path) as picture:
                picture.resize((64, 64), Image.Resampling.BICUBIC).save(folder / path.name)
    for item in trained.query("SELECT id, path FROM item"):
        path = folder / Path(os.fsdecode(item["path"])).name
        trained.write(
            "UPDATE item SET path = ?, width = 64, height = 64 WHERE id = ?",
            (os.fsencode(path), item["id"]),
        )
    shutil.rmtree(trained.cache / "prepared")
    return trained


def order(run: str, **more: object) -> Order:
    return Order(run, 2, SECONDS / 60, "cpu", width=4, blocks=1, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("family", ["vae", "gan"])
def test_it_learns_and_is_kept_with_its_run(
    large: Project, run_of: Callable[[str], str], family: str
) -> None:
    run, told = run_of(family), []
    made = learn(large, order(run), lambda *each: told.append(each), lambda: False)
    card = made.card
    assert made.path.parent == large.runs / run / cards.FOLDER
    assert card.mends == ("reconstructions" if family == "vae" else "samples")
    assert card.steps > 0
    assert not made.stopped
    assert card.psnr > card.psnr_lanczos - 4
    assert [each for each in made.path.parent.iterdir() if each.suffix == ".json"] == [made.path]
    assert 0 < told[-1][0] <= told[-1][1]
    picture = np.random.default_rng(1).random((16, 16, 3)).astype(np.float32)
    assert enlarged(picture, made.path, 2.0, 1.0).shape == (32, 32, 3)


def test_what_was_learnt_until_it_was_stopped_is_kept(
    large: Project, run_of: Callable[[str], str]
) -> None:
    far: list[int] = []
    wanted = replace(order(run_of("vae")), minutes=60)
    made = learn(
        large, wanted, lambda done, *_: far.append(done), lambda: sum(n > 0 for n in far) > 3
    )
    assert made.stopped
    assert made.card.steps > 0
    assert not made.card.has_sharp
    assert cards.read(made.path) == made.card


def test_steps_lead_away_from_bicubic_and_then_to_detail() -> None:
    draw = np.random.default_rng(3)
    blocks = draw.integers(0, 256, (6, 8, 8, 3), dtype=np.uint8)
    large = blocks.repeat(4, 1).repeat(4, 2)
    small = blocks.repeat(2, 1).repeat(2, 2)
    pairs = Pairs(large, np.arange(6), small, small[:0])
    torch.manual_seed(0)
    descent = Descent(Enlarger(2, 8, 1), pairs, devices.choose("cpu"), 0)
    before = measured(descent.faithful, pairs, 6)[0]
    for step in range(40):
        descent.step(0.5 * step / 40)
    after = measured(descent.faithful, pairs, 6)[0]
    assert after > before + 0.2
    assert descent.sharp is None
    for _ in range(2):
        descent.step(0.9)
    assert descent.sharp is not None
    assert measured(descent.faithful, pairs, 6)[0] == after


def test_originals_that_are_too_small_or_gone_are_one_sentence(
    trained: Project, run_of: Callable[[str], str], tmp_path: Path
) -> None:
    run = run_of("vae")
    with pytest.raises(StudioError, match=r"Only 0 of the 14 originals have the 32×32 pixels"):
        learn(trained, order(run), lambda *_: None, lambda: False)
    for item in trained.query("SELECT id FROM item"):
        path = os.fsencode(tmp_path / f"gone {item['id']}.png")
        trained.write("UPDATE item SET path = ?, width = 64 WHERE id = ?", (path, item["id"]))
    shutil.rmtree(trained.cache / "prepared")
    with pytest.raises(StudioError, match=r"gone \d+\.png"):
        learn(trained, order(run), lambda *_: None, lambda: False)
    assert not (trained.runs / run / cards.FOLDER).exists()


def test_a_run_without_model_or_dataset_is_one_sentence(
    trained: Project, run_of: Callable[[str], str]
) -> None:
    run = run_of("vae")
    trained.write("UPDATE run SET dataset_id = NULL WHERE name = ?", (run,))
    with pytest.raises(StudioError, match="was deleted"):
        learn(trained, order(run), lambda *_: None, lambda: False)
    shutil.rmtree(trained.runs / run / "checkpoints")
    with pytest.raises(StudioError, match="no checkpoint"):
        learn(trained, order(run), lambda *_: None, lambda: False)


def test_fog_is_said_to_be_fog() -> None:
    soft = cards.Card(
        run="r", dataset="d", scale=2, width=4, blocks=1, mends="samples", checkpoint_sha256="",
        pictures=9, steps=9, seconds=1, psnr=1, psnr_lanczos=1, has_sharp=False, detail=0.012,
    )  # fmt: skip
    said = Learned(Path("x"), soft, False).warning
    assert said is not None
    assert "1 % of the fine detail" in said
    rich = soft.model_copy(update={"detail": 0.9})
    assert Learned(Path("x"), rich, False).warning is None


def test_the_blur_of_samples_is_found_and_repeated() -> None:
    draw = np.random.default_rng(4)
    sharp = draw.integers(0, 256, (12, 32, 32, 3), dtype=np.uint8)
    blurred = np.stack([
        np.asarray(Image.fromarray(each).resize((16, 16), Image.Resampling.BOX).resize((32, 32)))
        for each in sharp
    ])  # fmt: skip
    found = Spectrum.between(blurred, sharp)
    assert found.passed[0] > 0.7
    assert found.passed[-1] < 0.2
    made = np.stack([found.applied(each, draw) for each in sharp])
    assert made.shape == sharp.shape
    assert detail(made) == pytest.approx(detail(blurred), rel=0.5)
    noisy = np.clip(blurred + draw.normal(0, 20, blurred.shape), 0, 255).astype(np.uint8)
    added = Spectrum.between(noisy, blurred)
    assert added.added[-1] > 5 * Spectrum.between(blurred, blurred).added[-1]


def test_hidden_colour_is_not_learnt() -> None:
    clear = np.zeros((1, 2, 2, 4), np.uint8)
    clear[..., 1] = 255
    assert not premultiplied(clear).any()
    assert premultiplied(clear[..., :1]).shape == (1, 2, 2, 3)
