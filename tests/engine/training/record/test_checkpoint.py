"""A checkpoint that is needed is there, or it is said what would help."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from studio.engine.errors import StudioError
from studio.engine.training.record import checkpoint


@pytest.fixture
def run(tmp_path: Path) -> Path:
    for number, score in ((1, 0.5), (2, 0.9)):
        tensors = {"a": torch.full((3,), float(number))}
        files = {checkpoint.MODEL: tensors, checkpoint.TRAINING: tensors}
        checkpoint.write(
            tmp_path / "checkpoints" / f"{number:06}", files,
            {"format": 1, "images_seen": number, "quality": {"best": score}},
        )  # fmt: skip
    return tmp_path


def cut(run: Path, number: int, name: str = checkpoint.MODEL) -> None:
    file = run / "checkpoints" / f"{number:06}" / name
    file.write_bytes(file.read_bytes()[:-1])


def test_the_newest_that_can_be_read_is_taken(run):
    assert checkpoint.required(run, "vases").folder.name == "000002"
    cut(run, 2)
    assert checkpoint.required(run, "vases").folder.name == "000001"


def test_to_play_one_the_moments_of_its_optimisers_need_not_be_whole(run):
    for number in (1, 2):
        cut(run, number, checkpoint.TRAINING)
    assert checkpoint.required(run, "vases", whole=False).folder.name == "000002"
    with pytest.raises(StudioError, match="restore the folder from a backup"):
        checkpoint.required(run, "vases")


def test_none_yet_and_none_whole_are_told_apart(run, tmp_path_factory):
    with pytest.raises(StudioError, match="vases has no checkpoint yet: train it") as caught:
        checkpoint.required(tmp_path_factory.mktemp("new"), "vases")
    cut(run, 1)
    cut(run, 2)
    with pytest.raises(StudioError, match="restore the folder from a backup") as caught:
        checkpoint.required(run, "vases")
    assert str(run) in str(caught.value)
    assert "longer" not in str(caught.value)


def test_one_of_a_newer_version_says_so(run):
    cut(run, 1)
    path = run / "checkpoints" / "000002" / checkpoint.STATE
    state = json.loads(path.read_text())
    state["format"] = checkpoint.FORMAT + 1
    state["check"] = checkpoint._check(state)
    path.write_text(json.dumps(state))
    with pytest.raises(StudioError, match="made by a newer Latent Studio"):
        checkpoint.required(run, "vases")
