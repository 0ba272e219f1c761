"""A style generator that nobody trained, which draws noise that is not alike everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from models.base import family
from models.image_spec import ImageSpec
from studio.engine.project import Project
from studio.engine.training.record import checkpoint

if TYPE_CHECKING:
    from studio.engine.generation.player import Player

SMALL = {"latent_dim": 8, "top_width": 8, "width": 8, "mapping_layers": 1}


def save_styled(
    run_folder: Path, seed: int, side: int = 16, classes: int = 0, **changes: object
) -> Path:
    """A checkpoint of weights that `seed` draws."""
    torch.manual_seed(seed)
    kind = family("stylegan2")
    model = kind(kind.Config.from_mapping({**SMALL, **changes}), ImageSpec(3, side, side, classes))
    tensors = model.state_dict()
    for name, tensor in tensors.items():
        if name.endswith("noise_strength"):
            tensor.fill_(0.3)
    state = {
        "family": "stylegan2", "config": model.config.as_dict(), "images_seen": 0,
        "image_spec": {"channels": 3, "height": side, "width": side, "classes": classes},
    }  # fmt: skip
    return checkpoint.save(run_folder, tensors, {}, state).folder


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.open(tmp_path / "project", create=True) as opened:
        yield opened


@pytest.fixture
def styled(project: Project) -> Callable[..., Player]:
    """Play such a model of the run `styled` of `project`; another seed is another checkpoint."""
    from studio.engine.generation.player import Player

    def made(seed: int = 0, **changes: object) -> Player:
        return Player.open(save_styled(project.runs / "styled", seed, **changes), "cpu")

    return made
