"""A model is in memory once, whoever plays it, and gone with the last who does."""

from __future__ import annotations

import gc
import os
import shutil
import threading
import weakref
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.player import Player
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint, checkpoint_model, loaded_models

OLD = 1_000_000_000
"""Nanoseconds of a time long ago: what was written then is not being written any more."""


def newest_of(project: Project, family: str) -> checkpoint.Saved:
    run = next(each for each in runs.runs(project) if each.family == family)
    newest = checkpoint.load_latest(run.folder)
    assert newest is not None
    return newest


@pytest.fixture
def folder(trained: Project) -> Path:
    """The newest checkpoint of the adversarial pair, at rest."""
    newest = newest_of(trained, "gan")
    for path in newest.folder.iterdir():
        os.utime(path, ns=(OLD, OLD))
    return newest.folder


def counted(monkeypatch: pytest.MonkeyPatch, name: str) -> list[Path]:
    """Of what files `checkpoint` asked for `name`."""
    real, seen = getattr(checkpoint, name), []
    monkeypatch.setattr(checkpoint, name, lambda path: (seen.append(path), real(path))[1])
    return seen


def test_everybody_plays_the_same_weights_after_one_load_and_one_hash(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads, hashes = counted(monkeypatch, "read_tensors"), counted(monkeypatch, "sha256_file")
    canvas, search = Player.open(folder, "cpu"), Player.open(folder, "cpu")
    assert canvas is not search
    assert canvas.model is search.model
    assert loads == hashes == [folder / checkpoint.MODEL]


def test_a_copy_of_a_checkpoint_is_the_same_model_at_its_own_place(
    folder: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "000009"))
    one, other = Player.open(folder, "cpu"), Player.open(copy, "cpu")
    assert one.model is other.model
    assert (one.folder, other.folder) == (folder, copy)  # directions and pins go to each its own


def test_a_model_that_nobody_plays_leaves_the_memory(folder: Path) -> None:
    first, second = Player.open(folder, "cpu"), Player.open(folder, "cpu")
    weights = weakref.ref(first.model.family)
    del first
    gc.collect()
    assert weights() is not None
    del second
    gc.collect()
    assert weights() is None


def test_a_file_that_changed_is_hashed_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint.verify(folder)
    hashes = counted(monkeypatch, "sha256_file")
    checkpoint.verify(folder)
    assert hashes == []
    path = folder / checkpoint.MODEL
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(Exception, match="missing or damaged"):
        Player.open(folder, "cpu")


def test_what_was_written_just_now_is_not_taken_on_trust(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / checkpoint.MODEL
    path.touch()
    hashes = counted(monkeypatch, "sha256_file")
    checkpoint.verify(folder, whole=False)
    checkpoint.verify(folder, whole=False)
    assert hashes == [path, path]


@pytest.mark.parametrize("family", ["autoencoder", "vae", "gan"])
def test_what_only_training_needs_stays_on_the_disk(trained: Project, family: str) -> None:
    saved = newest_of(trained, family)
    lent, whole = loaded_models.lend(saved, "cpu"), checkpoint_model.load_model(saved.folder, "cpu")
    absent = {name.partition(".")[0] for name, t in lent.family.state_dict().items() if t.is_meta}
    assert absent == ({"generator", "critic"} if family == "gan" else {"encoder", "decoder"})
    for name, tensor in whole.state_dict().items():
        mine = lent.family.state_dict()[name]
        assert mine.is_meta or (torch.equal(mine, tensor) and mine.stride() == tensor.stride())
    with torch.inference_mode():
        wanted = whole.synthesize(whole.sample(1, 5))[0].numpy()
    assert np.array_equal(Player(lent, saved).picture(LatentRecipe(seed=5)), wanted)


def test_a_damaged_training_file_does_not_keep_the_model_from_being_played(folder: Path) -> None:
    (folder / checkpoint.TRAINING).write_bytes(b"nothing")
    assert Player.open(folder, "cpu").picture(LatentRecipe()).shape == (16, 16, 3)


def test_threads_take_turns(folder: Path) -> None:
    """Two players of one model, and pictures of both as each makes them alone."""
    players = [Player.open(folder, "cpu") for _ in range(2)]
    wanted = [[p.picture(LatentRecipe(seed=s)).tobytes() for s in range(6)] for p in players]
    made: list[list[bytes]] = [[], []]

    def play(place: int) -> None:
        for seed in range(6):
            made[place].append(players[place].picture(LatentRecipe(seed=seed)).tobytes())

    threads = [threading.Thread(target=play, args=(place,)) for place in range(2)]
    with players[0].model:
        for thread in threads:
            thread.start()
        assert made == [[], []]
    for thread in threads:
        thread.join()
    assert made == wanted
