"""The same picture as other checkpoints and other runs draw it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from models.facts import Ability
from studio.engine.artwork import Pixels
from studio.engine.errors import StudioError
from studio.engine.generation.beginnings import Seeded
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.player import Player
from studio.engine.said import Said
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint

if TYPE_CHECKING:
    from studio.engine.project import Project

MOST = 24
"""Checkpoints that are looked at: the newest of the run, then the newest one of other runs."""


class Version(NamedTuple):
    """A checkpoint of a run."""

    run: str
    folder: Path


class Drawn(NamedTuple):
    """What it makes of a recipe; `missing` says why there is nothing, or what was left out."""

    version: Version
    recipe: LatentRecipe
    pixels: Pixels | None
    missing: Said | None = None
    sha256: str = ""
    """Of the checkpoint, where it drew something."""


def versions(project: Project, run_name: str) -> list[Version]:
    """Those of the run, the newest first, then the newest one of every other run."""
    own, others = [], []
    for run in reversed(runs.runs(project)):
        folders = checkpoint.folders(run.folder)
        if run.name == run_name:
            own = [Version(run.name, folder) for folder in reversed(folders)]
        elif folders:
            others.append(Version(run.name, folders[-1]))
    return [*own[: MOST // 2], *others][:MOST]


def drawn(
    player: Player, recipe: LatentRecipe, run_name: str, wanted: Sequence[Version],
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Drawn]:  # fmt: skip
    """A recipe of `player`, which plays `run_name`, by each of these checkpoints.

    The directions of the player serve checkpoints of its own run; for other runs only the
    beginning counts, as their latents mean something else.
    """
    for version in wanted:
        if cancelled():
            return
        try:
            other = Player.open(version.folder, player.device)
            other.directions = player.directions
            own = recipe if version.run == run_name else _begun(recipe, other)
            left_out = None if own == recipe else LEFT_OUT
            yield Drawn(version, own, other.picture(own), left_out, other.sha256)
        except StudioError as error:
            yield Drawn(version, recipe, None, error.said)


LEFT_OUT = Said("Only the seed is the same: what was done to the picture is of another model.")


def _begun(recipe: LatentRecipe, other: Player) -> LatentRecipe:
    """The beginning alone, as far as the other model can have it."""
    began = recipe.beginning
    if not isinstance(began, Seeded):
        raise StudioError("The picture begins at a point, which only the model of its run knows.")
    able = Ability.TRUNCATION in other.latent.abilities
    label = began.label if began.label is not None and began.label < len(other.labels) else None
    psi = began.truncation_psi if able else 1.0
    return LatentRecipe(beginning=Seeded(seed=began.seed, truncation_psi=psi, label=label))
