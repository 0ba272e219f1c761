"""The training loop against a bare loop over the same network, and against a naive one.

Bare is the family's own step on a batch in memory; `ratio` (ours / bare) has to stay at or below
`bound`. Naive is the same network and loss as the papers have them: full precision, the channels
first in memory, every pixel a place of its own, new pictures for each network's step, R1 and R2
at every step; `speedup` (naive / ours) should reach `wanted`, what such networks gained with 32
pictures a step in earlier measurements on a processor with AVX512-bf16. All three take turns,
block by block, and medians are compared; a block is as long as the longest interval of a
regulariser. Samples and checkpoints are left out: they are asked for, not overhead. Prints one
JSON object; exit 1 where a ratio breaks its bound. --profile prints where the loop's time goes,
--compile adds how many times as fast the step is with networks translated by `torch.compile`.

    python tests/benchmarks/training_loop.py [--families vae gan] [--size 64] [--blocks 9]
        [--batch 32] [--compile] [--profile]
"""

from __future__ import annotations

import argparse
import contextlib
import cProfile
import json
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from PIL import Image
from torch import Tensor

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from models.families.gan.gan import Gan  # noqa: E402
from models.parts import convolution  # noqa: E402
from models.parts.augment import Augmentation  # noqa: E402
from models.train_state import TrainState  # noqa: E402
from studio.engine.dataset.intake.importer import import_sources  # noqa: E402
from studio.engine.events import Command, Done, Failed, Stop  # noqa: E402
from studio.engine.project import Project  # noqa: E402
from studio.engine.training.planning import runs  # noqa: E402
from studio.engine.training.planning.runs import pictures_of  # noqa: E402
from studio.engine.training.record.recipe import Recipe  # noqa: E402
from studio.engine.training.session import compilation  # noqa: E402
from studio.engine.training.session.loop import train  # noqa: E402
from studio.engine.training.session.trainer import Trainer  # noqa: E402

BOUND = 1.05
PICTURES = 64
WANTED = {"vae": 693 / 349, "gan": 142 / 30}
NAIVE = {"reg_interval": 1, "patch": 1}


class PaperGan(Gan):
    """Every step of the generator has pictures of its own, and real ones judged anew."""

    def training_step(self, batch: Tensor, state: TrainState) -> dict[str, Tensor]:
        self._shown = self.to_network(batch)
        return super().training_step(batch, state)

    def _generator_step(self, real: Tensor, fake: Tensor, state: TrainState) -> dict[str, Tensor]:
        z = torch.randn(len(fake), self.config.latent_dim, generator=state.generator)
        shown = Augmentation.of(self.config)(self._shown, state.generator)
        with torch.no_grad():
            real = self.critic(shown)
        return super()._generator_step(real, self.generator(z), state)


class Interleaved:
    """Polled by the loop between two steps: times its blocks, and runs the others after each."""

    def __init__(self, bare: Trainer, naive: Trainer | None, steps: int, blocks: int) -> None:
        self.bare, self.naive, self.steps, self.blocks = bare, naive, steps, blocks
        self.batch = bare.pictures.batch(np.arange(bare.batch_size) % bare.pictures.count)
        self.ours: list[float] = []
        self.theirs: list[float] = []
        self.naives: list[float] = []
        self._asked = 0
        self._began = 0.0

    def __call__(self) -> Command | None:
        self._asked += 1
        if self._asked == 1:
            self._block(self.bare, self.steps)  # warm-up
        if self._asked == self.steps + 1:
            self._began = self._now()
        elif self._asked > self.steps and (self._asked - 1) % self.steps == 0:
            self.ours.append(self._now() - self._began)
            self.theirs.append(self._block(self.bare, self.steps))
            if self.naive is not None:
                with plainly():
                    # One step is like another there, and takes long.
                    self.naives.append(self._block(self.naive, 2) * self.steps / 2)
            self._began = self._now()
        return Stop() if len(self.ours) == self.blocks else None

    def _block(self, side: Trainer, steps: int) -> float:
        began = self._now()
        state = side.state
        for _ in range(steps):
            side.family.training_step(self.batch, state)
            state.step += 1
            state.images_seen += len(self.batch)
        return self._now() - began

    def _now(self) -> float:
        if self.bare.device.type != "cpu":
            torch.accelerator.synchronize()
        return time.perf_counter()


@contextlib.contextmanager
def plainly() -> Iterator[None]:
    """Nothing is laid out with its channels last, and second gradients are left to torch."""
    real: Callable[..., torch.Tensor] = torch.Tensor.contiguous
    torch.Tensor.contiguous = lambda tensor, **_: real(tensor)  # type: ignore[method-assign,assignment]
    try:
        with mock.patch.object(convolution, "_is_twice", return_value=False):
            yield
    finally:
        torch.Tensor.contiguous = real  # type: ignore[method-assign,assignment]


def naive_of(recipe: Recipe, project_folder: Path) -> Trainer:
    """The same network without anything that makes it quick."""
    known = {key: value for key, value in NAIVE.items() if key in recipe.config}
    plain = {"config": {**recipe.config, **known}, "precision": "fp32"}
    side = Trainer(recipe.model_copy(update=plain), pictures_of(project_folder, recipe))
    side.family = side.family.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    if isinstance(side.family, Gan):
        side.family.__class__ = PaperGan
    return side


def prepare(folder: Path, family: str, given: argparse.Namespace) -> tuple[Recipe, Path]:
    """A project of noise pictures and a long run in it."""
    generator = np.random.default_rng(0)
    size = given.size
    (folder / "pictures").mkdir()
    for number in range(PICTURES):
        pixels = generator.integers(0, 256, (size, size, 3), np.uint8)
        Image.fromarray(pixels).save(folder / "pictures" / f"{number}.png")
    with Project.open(folder / "project", create=True) as project:
        for _ in import_sources(project, [folder / "pictures"], "set"):
            pass
        made = runs.create_run(
            project, "set", family, size, size, images=10**9, device=given.device,
            overrides={"batch_size": given.batch} if given.batch else None,
        )  # fmt: skip
        run_folder = runs.run(project, made.run).folder
    recipe = made.model_copy(update={"sample_every_seconds": 1e6, "checkpoint_every_seconds": 1e6})
    recipe.save(run_folder)
    return recipe, run_folder


def measure(given: argparse.Namespace, family: str, place: Path) -> dict[str, object]:
    """All sides of one family."""
    recipe, run_folder = prepare(place, family, given)
    project_folder = place / "project"
    steps = max(given.steps, int(recipe.config.get("reg_interval", 1)))
    naive = None if given.profile else naive_of(recipe, project_folder)
    bare = Trainer(recipe, pictures_of(project_folder, recipe))
    sides = Interleaved(bare, naive, steps, given.blocks)
    for event in train(run_folder, project_folder, sides, resume=False):
        if isinstance(event, Failed):
            sys.exit(f"{family}: {event.message}\n{event.detail}")
    assert isinstance(event, Done)
    ours, theirs = (statistics.median(each) / steps for each in (sides.ours, sides.theirs))
    found: dict[str, object] = {
        "family": family, "size": given.size, "device": str(bare.device), "batch": bare.batch_size,
        "ms_per_step": round(1000 * ours, 3), "bare_ms_per_step": round(1000 * theirs, 3),
        "images_per_second": round(bare.batch_size / ours, 1),
        "ratio": round(ours / theirs, 4), "bound": BOUND, "ok": ours / theirs <= BOUND,
    }  # fmt: skip
    if sides.naives:
        slow = statistics.median(sides.naives) / steps
        found |= {
            "naive_images_per_second": round(bare.batch_size / slow, 1),
            "speedup": round(slow / ours, 2), "wanted": round(WANTED.get(family, 1.0), 2),
        }  # fmt: skip
    if given.compile:
        side = Trainer(recipe, pictures_of(project_folder, recipe))
        found["compiled_gain"] = compilation.obstacle(side.device) or round(
            compilation.gain(side), 3
        )
    return found


def main() -> int:
    """Measure, print, and exit 1 when a bound is broken."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--families", nargs="+", default=["vae", "gan"])
    options.add_argument("--size", type=int, default=64)
    options.add_argument("--device", default="auto")
    options.add_argument("--batch", type=int, default=0, help="pictures a step; 0: as preset")
    options.add_argument("--steps", type=int, default=4, help="steps a block, at least")
    options.add_argument("--blocks", type=int, default=9)
    options.add_argument("--compile", action="store_true", help="also what torch.compile gains")
    options.add_argument("--profile", action="store_true", help="where the time of ours goes")
    given = options.parse_args()
    results = []
    for family in given.families:
        profile = cProfile.Profile()
        watching = profile if given.profile else contextlib.nullcontext()
        with tempfile.TemporaryDirectory() as place, watching:
            results.append(measure(given, family, Path(place)))
        if given.profile:
            pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(25)
    fine = all(each["ok"] for each in results)
    print(json.dumps({"benchmark": "training loop", "families": results, "ok": fine}))
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
