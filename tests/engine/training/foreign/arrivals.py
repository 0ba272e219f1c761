"""Bringing a file in, and playing what came of it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch
from torch import Tensor

from models.families.stylegan2.stylegan2 import StyleGan2
from studio.engine.project import Project
from studio.engine.training.foreign import arrival, child
from studio.engine.training.foreign.arrival import bring_in
from studio.engine.training.foreign.container import contents
from studio.engine.training.foreign.contents import Contents
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint, checkpoint_model


def brought(project: Project, path: Path, name: str = "") -> StyleGan2:
    arrived = bring_in(project, path, name)
    saved = checkpoint.load_latest(runs.run(project, arrived.run).folder)
    assert saved is not None
    model = checkpoint_model.load_model(saved, "cpu")
    assert isinstance(model, StyleGan2)
    return model


def model_in(path: Path) -> StyleGan2:
    """The same without a project, and read in this process: a process takes its time."""
    with tempfile.TemporaryDirectory() as folder, path.open("rb") as file:
        child.write(contents(file), Path(folder), arrival.wanted())
        _, _, model = arrival.model_of(Contents.left_in(Path(folder)), path.name)
    assert isinstance(model, StyleGan2)
    return model


def played(model: StyleGan2, z: Tensor, psi: float = 1.0, label: int | None = None) -> Tensor:
    """By the ways of the canvas, one picture at a time."""
    mean = model.w_mean()
    return torch.cat([model.synthesize(mean + psi * (model.map(r[None], label) - mean)) for r in z])
