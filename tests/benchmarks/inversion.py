"""How near pictures are brought in, in dB, and what encoder and gradients each do for it.

    python tests/benchmarks/inversion.py FOLDER [--families vae autoencoder stylegan2]
        [--images 4000] [--pictures 8] [--steps 200]

The studio's own short runs on the pictures in FOLDER at 64 pixels, then held-out pictures and
pictures of the training, as many of each. Bounds: with an encoder, 0.2 dB from what it says at
step 0, and 2 dB more after the steps; without one 18 dB; training pictures nearer than others.
`--project P` takes the newest run of each family in a project instead. JSON on stdout; seconds
are those of the processor, as a machine may be shared.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch

from models.facts import Ability
from studio.engine.dataset.intake.importer import import_sources
from studio.engine.evaluation.metrics import compared
from studio.engine.events import Failed
from studio.engine.generation.inversion import inversion
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.player import Player
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint
from studio.engine.training.record.recipe import Recipe
from studio.engine.training.session.loop import train

SIDE = 64
AT_ONCE, GAIN, WITHOUT = 0.2, 2.0, 18.0


def learn(folder: Path, family: str, images: int) -> None:
    """A short run as a user would start it."""
    with Project.open(folder) as project:
        recipe = runs.create_run(project, "set", family, SIDE, SIDE, images=images, device="cpu")
        place = project.runs / recipe.run
    for event in train(place, folder, lambda: None, resume=False):
        if isinstance(event, Failed):
            sys.exit(f"{family}: {event.message}")


def measured(folder: Path, family: str, given: argparse.Namespace) -> dict[str, object]:
    """Means over the pictures, dB."""
    with Project.open(folder) as project:
        run = [each for each in runs.runs(project) if each.family == family][-1]
        prepared = runs.pictures_of(folder, Recipe.load(run.folder))
        saved = checkpoint.load_latest(run.folder, whole=False)
    if saved is None:
        sys.exit(f"{run.name} has no checkpoint")
    player = Player.open(saved, "cpu")
    facts: dict[str, object] = {"images_seen": run.images_seen}
    last = {}
    for kind, rows in (("held_out", prepared.held_out), ("training", prepared.train)):
        chosen = rows[:: max(1, len(rows) // given.pictures)][: given.pictures]
        began = time.thread_time()
        found = [reached(player, np.array(prepared.images[row]), given.steps) for row in chosen]
        seconds = (time.thread_time() - began) / len(found)
        means = np.mean(found, 0).tolist()
        names = ("encoder", "at_first", "after", "ssim")
        facts[kind] = {
            **{name: round(value, 3) for name, value in zip(names, means, strict=True)},
            "least": round(float(np.min(found, 0)[2]), 3), "pictures": len(found),
            "processor_seconds": round(seconds, 1),
        }  # fmt: skip
        last[kind] = means
    encoded, first, after, _ = last["held_out"]
    has_encoder = Ability.ENCODE in player.latent.abilities
    held = after >= WITHOUT
    if has_encoder:
        held = abs(first - encoded) <= AT_ONCE and after - first >= GAIN
    return facts | {
        "gain": round(after - first, 3), "holds": held,
        "training_nearer": last["training"][2] >= after,
    }  # fmt: skip


def reached(player: Player, target: np.ndarray, steps: int) -> tuple[float, float, float, float]:
    """PSNR of the encoder's answer, at step 0 and after the steps; SSIM in the end."""
    way = list(inversion(player, target, steps))
    first = way[len(way) - 1 - steps]
    encoded = first.psnr
    if Ability.ENCODE in player.latent.abilities:
        encoded = compared(player.picture_of(player.encode(target)), target)[0]
    found = LatentRecipe(moves=way[-1].moves)
    psnr, ssim = compared(player.picture_of(way[-1].w, found), target)
    return encoded, compared(player.picture_of(first.w), target)[0], psnr, ssim


def main() -> None:
    """Print the figures, and leave with 1 where a bound does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--families", nargs="+", default=["vae", "autoencoder", "stylegan2"])
    parser.add_argument("--project", type=Path)
    parser.add_argument("--images", type=int, default=4000)
    parser.add_argument("--pictures", type=int, default=8)
    parser.add_argument("--steps", type=int, default=200)
    given = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as place:
        folder = given.project or Path(place) / "project"
        if given.project is None:
            with Project.open(folder, create=True) as project:
                for _ in import_sources(project, [given.folder], "set"):
                    pass
            for family in given.families:
                learn(folder, family, given.images)
        found = {family: measured(folder, family, given) for family in given.families}
    said = {"side": SIDE, "steps": given.steps, "families": found}
    print(json.dumps(said, indent=1))
    if not all(each["holds"] and each["training_nearer"] for each in found.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
