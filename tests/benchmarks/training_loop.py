"""Our training loop against a bare loop over the same network and batch: a ratio, bound 1.05.

    python tests/benchmarks/training_loop.py [SECONDS] [ROUNDS]

Both run in this process in turns, on the same kind of family, with the same batch size and
precision. The bare loop takes one batch from memory again and again; ours has its sampler,
metrics, commands and events. One JSON object on stdout.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch
from PIL import Image

from studio.engine.dataset.importing import import_sources
from studio.engine.project import Project
from studio.engine.training import loop, runs
from studio.engine.training.care import Care
from studio.engine.training.recipe import Recipe
from studio.engine.training.trainer import Trainer

BOUND = 1.05


def pictures(folder: Path) -> Path:
    """Sixty-four pictures of noise over a gradient."""
    chance = np.random.default_rng(0)
    place = folder / "pictures"
    place.mkdir()
    for number in range(64):
        pixels = chance.integers(0, 256, (64, 64, 3), np.uint8)
        Image.fromarray(pixels).save(place / f"{number:02}.png")
    return place


def bare(trainer: Trainer, seconds: float) -> float:
    """Images a second of nothing but steps."""
    batch = trainer.pictures.batch(np.arange(trainer.batch_size) % trainer.pictures.count)
    images, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        trainer.family.training_step(batch, trainer.state)
        trainer.state.step += 1
        trainer.state.images_seen += trainer.batch_size
        images += trainer.batch_size
    return images / (time.perf_counter() - began)


def ours(trainer: Trainer, care: Care, recipe: Recipe, seconds: float) -> float:
    """Images a second of our loop between its first and its last step; saving is not counted."""
    running = loop._Loop(recipe, trainer, care, None, seconds / 60 + trainer.seconds / 60)
    running.sampled = time.monotonic() + 1e6
    running.saved = time.monotonic() + 1e6
    before, began = trainer.state.images_seen, time.perf_counter()
    while not running.finished():
        for _ in running._obey(lambda: None):
            pass
        for _ in care.step():
            pass
        now = time.monotonic()
        trainer.seconds = running._seconds_before + now - running._started
        running._plan()
        for _ in running._due(now):
            pass
    return (trainer.state.images_seen - before) / (time.perf_counter() - began)


def main() -> None:
    """Measure and print."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 6.0
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Project.open(folder / "project", create=True) as project:
            for _ in import_sources(project, [pictures(folder)], "noise"):
                pass
            recipe = runs.create_run(project, "noise", "vae", 64, 64, minutes=600)
            run = runs.run(project, recipe.run)
            trainer = Trainer(recipe, runs.pictures_of(project.folder, recipe))
            care = Care(run.folder, trainer, resume=False)
            bare(trainer, 2.0)
            pairs = [
                (bare(trainer, seconds), ours(trainer, care, recipe, seconds))
                for _ in range(rounds)
            ]
            care.close()
    ratios = [plain / mine for plain, mine in pairs]
    print(
        json.dumps(
            {
                "benchmark": "training_loop",
                "bare_images_per_second": statistics.median(plain for plain, _ in pairs),
                "ours_images_per_second": statistics.median(mine for _, mine in pairs),
                "ratio": statistics.median(ratios),
                "ratios": ratios,
                "bound": BOUND,
                "threads": torch.get_num_threads(),
            }
        )
    )


if __name__ == "__main__":
    main()
