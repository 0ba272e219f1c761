"""Do enlarged pictures of a model look more like its originals than by Lanczos?

    python tests/benchmarks/enlarged_kid.py --project FOLDER --run RUN [--pictures 250]
        [--sharpness 0.5] [--sheet FILE]

Of a run that has an enlarger (`latent-studio enlarger`): so many of its pictures at the size that
the enlarger reaches, by it and by Lanczos, each against the originals at that size. KID of the
fixed extractor over tiles as large as its input (64 pixels), as it is blind to what is finer on
whole pictures; the interval is over tiles drawn anew. The ratio of both is to be 0.6 or less.
JSON on stdout.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from studio.engine.artwork import Pixels
from studio.engine.evaluation.copies import embed
from studio.engine.evaluation.measures.kernel_distance import kernel, unbiased
from studio.engine.generation.player import Player
from studio.engine.project import Project
from studio.engine.refinement.enlarger import card as cards
from studio.engine.refinement.enlarger.likeness import detail
from studio.engine.refinement.enlarger.originals import material
from studio.engine.refinement.enlarger.run_enlarger import enlarging, run_enlarger
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint

BOUND = 0.6
TILE, DRAWS = 64, 200


def by_lanczos(pixels: Pixels, factor: int) -> Pixels:
    size = pixels.shape[1] * factor, pixels.shape[0] * factor
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))


def tiles(pictures: Pixels) -> Pixels:
    """uint8 [n, 64, 64, 3] of [m, h, w, 3]."""
    count, height, width, channels = pictures.shape
    cut = pictures.reshape(count, height // TILE, TILE, width // TILE, TILE, channels)
    return np.ascontiguousarray(cut.swapaxes(2, 3).reshape(-1, TILE, TILE, channels))


def distance(real: np.ndarray, other: np.ndarray) -> dict[str, float]:
    """KID of features, and from where to where 95 % of it are when tiles are drawn anew."""
    draw = np.random.default_rng(0)

    def counts(size: int) -> np.ndarray:
        return draw.multinomial(size, np.full(size, 1 / size), DRAWS).astype(float)

    kernels = kernel(real, real), kernel(real, other), kernel(other, other)
    value = unbiased(*kernels, (np.ones((1, len(real))), np.ones((1, len(other)))))[0]
    spread = unbiased(*kernels, (counts(len(real)), counts(len(other))))
    low, high = np.percentile(spread - spread.mean() + value, (2.5, 97.5))
    return {
        "kid": round(float(value), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
    }


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--project", type=Path, required=True)
    options.add_argument("--run", required=True)
    options.add_argument("--pictures", type=int, default=250)
    options.add_argument("--sharpness", type=float, default=0.5)
    options.add_argument("--sheet", type=Path)
    given = options.parse_args()
    with Project.open(given.project) as project:
        run = runs.run(project, given.run)
        card = cards.read(cards.newest(run.folder, run.name))
        player = Player.open(checkpoint.required(run.folder, run.name), "cpu")
        found = material(project, run.name, player, card.scale, lambda *_: None, lambda: False)
        larger = enlarging(project, run_enlarger(project, run.name, sharpness=given.sharpness))
        small = player.pictures(range(given.pictures))
        ours = np.stack([larger(each) for each in small])
    plain = np.stack([by_lanczos(each, card.scale) for each in small])
    side = ours.shape[1]
    real = np.stack([found.train.large_part(place, 0, 0, side, ours.shape[2])
                     for place in range(min(given.pictures, len(found.train)))])  # fmt: skip
    features = embed(tiles(real))
    said = {name: {**distance(features, embed(tiles(each))),
                   "detail": round(detail(each) / detail(real), 3)}
            for name, each in (("ours", ours), ("lanczos", plain))}  # fmt: skip
    if given.sheet:
        rows = [np.concatenate([plain[n], ours[n], real[n]], axis=1) for n in range(4)]
        Image.fromarray(np.concatenate(rows)).save(given.sheet)
    ratio = said["ours"]["kid"] / said["lanczos"]["kid"]
    print(json.dumps({
        "benchmark": "enlarged_kid", "family": run.family, "pictures": len(small), "side": side,
        "sharpness": given.sharpness, **said, "ratio": round(ratio, 3), "bound": BOUND,
    }))  # fmt: skip
    return 0 if ratio <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
