"""A picture from outside, as the model on the canvas would have been shown it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.dataset.decoding import decode
from studio.engine.dataset.index.safe_names import display_name
from studio.engine.dataset.preparation import policy as policies
from studio.engine.dataset.preparation import shape
from studio.engine.dataset.preparation.policy import Policy
from studio.engine.dataset.preparation.prepare import Prepared
from studio.engine.door import inside
from studio.engine.errors import StudioError
from studio.engine.evaluation import metrics
from studio.engine.generation.beginnings import Point, Source, pack_latent
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.base import Move
from studio.engine.generation.player import Player
from studio.engine.generation.slerp import Latent
from studio.engine.project import Project
from studio.engine.said import Said
from studio.engine.training.record.recipe import Recipe

Known = Literal["training", "held_out"]
FIRST_FRAME = Said("It moves: its first picture was taken.")
TONES = Said("It has more light than a screen: its tones were brought into range.")
_WORDS = (
    (32.0, Said("hardly to be told apart")),
    (27.0, Said("very close")),
    (22.0, Said("close")),
    (18.0, Said("recognisable")),
    (0.0, Said("only loosely alike")),
)
"""From so many dB of PSNR on."""


@dataclass(frozen=True)
class GivenPicture:
    """`pixels` uint8 [h, w, c] of the model's size and channels."""

    pixels: Pixels
    name: str
    sha256: str
    known: Known | None
    """What it was to the run, where it is one of its pictures."""
    notes: tuple[Said, ...]
    """What had to be done to it."""

    def recipe(self, player: Player, w: Latent, moves: tuple[Move, ...] = ()) -> LatentRecipe:
        """One that is to look like it: it begins at w [slots, dim]."""
        drawn = player.picture_of(w, LatentRecipe(moves=moves))
        psnr, ssim = metrics.compared(drawn, self.pixels)
        source = Source(
            file=self.name, sha256=self.sha256, psnr=psnr, ssim=min(1.0, ssim), known=self.known
        )
        return LatentRecipe(beginning=Point(w=pack_latent(w), source=source), moves=moves)


def given(project: Project, run_name: str, player: Player, path: Path) -> GivenPicture:
    """Read a picture that nobody vouches for, and bring it to the shape that the run learnt in.

    Raises :class:`StudioError` that names the file where it is none.
    """
    recipe = _recipe(project, run_name)
    policy = _policy(recipe)
    spec = player.image_spec
    size = spec.width, spec.height
    facts = decode.examined(path)
    picture = decode.read_picture(
        path, shape.decode_size((facts["width"], facts["height"]), size, policy)
    )
    made = shape.shaped(picture, size, policy)
    pixels = np.array(shape.with_channels(made[len(made) // 2], spec.channels))
    more = facts["facts"]
    notes = [note for key, note in (("frames", FIRST_FRAME), ("high_range", TONES)) if key in more]
    digest = str(facts["sha256"])
    known = _known(project, recipe, digest) if recipe else None
    return GivenPicture(pixels, display_name(path.name), digest, known, tuple(notes))


def in_words(psnr: float) -> Said:
    """How near a picture of so many dB is."""
    return next(words for least, words in _WORDS if psnr >= least or not least)


def _recipe(project: Project, run_name: str) -> Recipe | None:
    try:
        return Recipe.load(inside(project.runs, run_name))
    except StudioError:
        return None


def _policy(recipe: Recipe | None) -> Policy:
    """How the run shaped its pictures. A picture that is tiled there is cut here."""
    learnt = policies.parse(recipe.crop) if recipe and recipe.crop else Policy()
    return Policy("centre", "", learnt.linear, learnt.flatten) if learnt.crop == "tiles" else learnt


def _known(project: Project, recipe: Recipe, sha256: str) -> Known | None:
    """Whether the run learnt from a file with these bytes, or held it out."""
    found = "SELECT id FROM item WHERE dataset_id = ? AND sha256 = ?"
    own = {row["id"] for row in project.query(found, (recipe.dataset_id, sha256))}
    if not own:
        return None
    try:
        prepared = Prepared.load(inside(project.folder, *PurePosixPath(recipe.prepared).parts))
    except StudioError:  # a cache that was deleted; it is not worth making again for a word
        return None
    rows = [row for row, item in enumerate(prepared.item_ids) if item in own]
    if not rows:
        return None
    return "training" if set(rows) & set(prepared.train.tolist()) else "held_out"
