"""How many pictures a second every family learns from on this machine's device, and in what memory.

For each family and size with its recommended settings for a graphics card: the studio's own
training step on a set of noise, some steps to warm up and then whole rounds, each as long as the
longest interval of a regulariser, until `--seconds` are over. Prints a line for each and one JSON
object at the end. `seconds_per_1000` are those of 1,000 pictures, the unit of the published
rates; StyleGAN2 at 256 pixels should stay at or below 8 on an H200.

    python tests/benchmarks/device_rates.py [--families stylegan2 vae] [--sizes 64 256]
        [--seconds 4] [--device auto] [--precision auto] [--compile] [--profile]

--compile adds how many times as fast the step is with networks translated by `torch.compile`,
--profile prints where the time of the device goes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from models import base  # noqa: E402
from models.image_spec import ImageSpec  # noqa: E402
from studio.engine import devices  # noqa: E402
from studio.engine.dataset.preparation.prepare import Prepared  # noqa: E402
from studio.engine.training.record.recipe import Recipe  # noqa: E402
from studio.engine.training.session import compilation, memory  # noqa: E402
from studio.engine.training.session.trainer import Trainer  # noqa: E402

FAMILIES = ("autoencoder", "vae", "gan", "stylegan2", "fewshot_gan")
PICTURES = 512
WANTED = {("stylegan2", 256): 8.0}
"""Seconds per 1,000 pictures on an H200."""


def noise(size: int, place: Path) -> Prepared:
    """A prepared set that was never in a project."""
    file = place / f"{size}.npy"
    generator = np.random.default_rng(0)
    np.save(file, generator.integers(0, 256, (PICTURES, size, size, 3), np.uint8))
    rows = np.arange(PICTURES, dtype=np.int64)
    return Prepared(
        folder=place, images=np.load(file, mmap_mode="r"), train=rows[:-32], held_out=rows[-32:],
        item_ids=rows.tolist(), classes=[], labels=np.zeros(PICTURES, np.int64),
        captions=[""] * PICTURES, fingerprint="", crop="centre",
    )  # fmt: skip


def trainer_of(family: str, size: int, prepared: Prepared, given: argparse.Namespace) -> Trainer:
    """The studio's own trainer, as a run with the recommended settings has it."""
    spec = ImageSpec(3, size, size)
    machine = devices.choose(given.device)
    accelerated = machine.name != "cpu"
    preset = base.family(family).preset(spec, accelerator=accelerated, pictures=PICTURES)
    recipe = Recipe.model_validate({
        "run": "rates", "dataset": "noise", "dataset_id": 1, "family": family, "channels": 3,
        "height": size, "width": size, "config": preset.as_dict(), "device": given.device,
        "precision": given.precision, "total_images": 10**7, "prepared": "", "fingerprint": "",
        "created": "",
    })  # fmt: skip
    return Trainer(recipe, prepared)


def steps(trainer: Trainer, count: int) -> float:
    """Seconds of so many steps, to the end of what the device was given."""
    _wait(trainer)
    began = time.perf_counter()
    for _ in range(count):
        trainer.step()
    _wait(trainer)
    return time.perf_counter() - began


def _wait(trainer: Trainer) -> None:
    if trainer.device.type != "cpu":
        torch.accelerator.synchronize()


def round_of(trainer: Trainer) -> int:
    """Steps until everything that a family does now and then was done."""
    values = trainer.config.as_dict()
    return max([4, *(int(value) for key, value in values.items() if key.endswith("_interval"))])


def warm(trainer: Trainer, seconds: float) -> None:
    """One round at least; memory is found, kernels are chosen."""
    spent = steps(trainer, round_of(trainer))
    while spent < seconds:
        spent += steps(trainer, 1)


def rate(trainer: Trainer, seconds: float) -> float:
    """Pictures a second, by the quickest round."""
    best, spent, count = float("inf"), 0.0, round_of(trainer)
    while spent < seconds:
        took = steps(trainer, count)
        best, spent = min(best, took), spent + took
    return count * trainer.batch_size / best


def measure(
    family: str, size: int, prepared: Prepared, given: argparse.Namespace
) -> dict[str, object]:
    """One family at one size."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    trainer = trainer_of(family, size, prepared, given)
    warm(trainer, given.seconds)
    written = rate(trainer, given.seconds)
    found: dict[str, object] = {
        "family": family, "size": size, "batch": trainer.batch_size,
        "precision": str(trainer.state.autocast_dtype or "float32").removeprefix("torch."),
        "images_per_second": round(written, 1), "seconds_per_1000": round(1000 / written, 2),
        "memory_gb": round(memory.peak(trainer.device) / 1e9, 2),
    }  # fmt: skip
    if given.profile:
        profile(trainer)
    if given.compile:
        began = time.perf_counter()
        compilation.translate(trainer)
        warm(trainer, given.seconds)
        found["translating_seconds"] = round(time.perf_counter() - began, 1)
        translated = rate(trainer, given.seconds)
        found |= {
            "translated_per_second": round(translated, 1),
            "translated_gain": round(translated / written, 3),
        }
    return found


def profile(trainer: Trainer) -> None:
    """Where a round goes, by kernel."""
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as seen:
        took = steps(trainer, round_of(trainer))
    print(f"one round took {took:.3f} s", file=sys.stderr)
    kernels = sorted(seen.key_averages(), key=lambda each: -each.self_device_time_total)
    for each in kernels[:25]:
        spent = each.self_device_time_total / 1e6
        print(f"{spent:8.4f} s {each.count:7d} times  {each.key[:110]}", file=sys.stderr)


def main() -> int:
    """Measure all; exit 1 where a wanted rate is missed on the card that it is wanted on."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--families", nargs="+", default=FAMILIES, choices=FAMILIES)
    options.add_argument("--sizes", nargs="+", type=int, default=[64, 128, 256, 512])
    options.add_argument("--seconds", type=float, default=4.0, help="of every measurement")
    options.add_argument("--device", default="auto")
    options.add_argument("--precision", default="auto", choices=("auto", "bf16", "fp16", "fp32"))
    options.add_argument("--compile", action="store_true")
    options.add_argument("--profile", action="store_true")
    given = options.parse_args()
    card = devices.choose(given.device)
    results: list[dict[str, object]] = []
    fine = True
    with tempfile.TemporaryDirectory() as place:
        for size in given.sizes:
            prepared = noise(size, Path(place))
            for family in given.families:
                try:
                    results.append(measure(family, size, prepared, given))
                except (RuntimeError, MemoryError) as error:
                    results.append({"family": family, "size": size, "failed": str(error)[:200]})
                print(json.dumps(results[-1]), file=sys.stderr, flush=True)
    if "H200" in card.title:
        fine = all(
            float(str(each.get("seconds_per_1000", "inf"))) <= WANTED[family, size]
            for each in results
            for family, size in WANTED
            if (each["family"], each["size"]) == (family, size)
        )
    print(json.dumps({
        "benchmark": "device rates", "card": card.title, "torch": torch.__version__,
        "wanted": {f"{family} {size}": bound for (family, size), bound in WANTED.items()},
        "runs": results, "ok": fine,
    }))  # fmt: skip
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
