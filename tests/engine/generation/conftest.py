"""Players of briefly trained models."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.engine.generation.player import Player
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint

Play = Callable[..., Player]


@pytest.fixture
def run_of(trained: Project) -> Callable[[str], str]:
    """The name of the run of a family."""
    return lambda family: next(r.name for r in runs.runs(trained) if r.family == family)


@pytest.fixture
def play(trained: Project, run_of: Callable[[str], str]) -> Play:
    """Open the newest checkpoint of a family's run."""

    def opened(family: str = "vae") -> Player:
        newest = checkpoint.load_latest(trained.runs / run_of(family))
        assert newest is not None
        return Player.open(newest.folder, "cpu")

    return opened
