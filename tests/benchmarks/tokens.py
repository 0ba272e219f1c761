"""Families beside each other, each after the same processor time: redrawn pictures and new ones.

    python tests/benchmarks/tokens.py FOLDER [--seconds 600] [--side 64] [--count 400]
        [--sides tokens vae tokens:quantiser=gumbel,settled=0.9] [--sampling choice=4.5 …]
        [--out FILE.json] [--sheet FILE.jpg]

Pictures of FOLDER are cropped to a square; the last 50 by name are held out. A side is a family,
with parameters that are other than its preset on a processor. Sides learn one after the other in
one thread, each for so many seconds of its processor time, by the clock of which their schedules
go, so that what runs beside them does not count. Of each:

- PSNR of held-out pictures that it redraws, in dB, and the patches distance of these (sliced
  Wasserstein, as `evaluate` has it; lower is better) beside that of other real pictures;
- of `count` new pictures KID, coverage and patches distance against the training pictures, with
  `sampling` also of as many drawn by each of these, of families that have such parameters;
- milliseconds in which one picture is laid and drawn (tokens: in 8 steps), of processor time.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from models.base import Family, family
from models.image_spec import ImageSpec
from models.train_state import TrainState
from studio.engine import devices
from studio.engine.evaluation.measures import numbers
from studio.engine.evaluation.measures.base import Sides, measures
from studio.engine.evaluation.measures.numbers import Numbers
from studio.engine.training.health import fidelity

HELD_OUT, SHOWN = 50, 12
KINDS = {".jpg", ".jpeg", ".png", ".webp"}


def squares(folder: Path, side: int) -> np.ndarray:
    """uint8 [n, side, side, 3] of all pictures under `folder`, in the order of their names."""
    found = []
    files = [path for path in folder.rglob("*") if path.suffix.lower() in KINDS]
    for path in sorted(files, key=lambda path: path.name):
        with Image.open(path) as image:
            short = min(image.size)
            left, top = (image.width - short) // 2, (image.height - short) // 2
            square = image.convert("RGB").crop((left, top, left + short, top + short))
            found.append(np.asarray(square.resize((side, side), Image.Resampling.LANCZOS)))
    if len(found) <= 2 * HELD_OUT:
        sys.exit(f"{folder} holds {len(found)} pictures: more than {2 * HELD_OUT} are needed.")
    return np.stack(found)


def learnt(text: str, train: Tensor, seconds: float) -> tuple[Family, int]:
    """A side after its time, and how many pictures it has seen."""
    name, _, rest = text.partition(":")
    changes = dict(each.split("=", 1) for each in rest.split(",") if each)
    spec = ImageSpec(3, *train.shape[1:3])
    torch.manual_seed(0)
    kind = family(name)
    config = kind.preset(spec, accelerator=False, pictures=len(train)).as_dict()
    known = {key: type(config[key])(value) for key, value in changes.items()}
    model = kind(kind.Config.from_mapping({**config, **known}), spec)
    model = model.train().to(memory_format=torch.channels_last)
    state = TrainState(torch.device("cpu"), torch.Generator().manual_seed(0), set_size=len(train))
    state.autocast_dtype = devices.autocast_dtype(devices.choose("cpu"), "auto")
    order, batch = torch.Generator().manual_seed(1), int(config["batch_size"])
    began = time.thread_time()
    while (done := (time.thread_time() - began) / seconds) < 1:
        state.total_images = max(1, round(state.images_seen / max(done, 1e-3)))
        model.training_step(train[torch.randint(len(train), (batch,), generator=order)], state)
        state.step += 1
        state.images_seen += batch
    model.eval()
    model.refresh(lambda: train.split(64))
    return model, state.images_seen


def compared(real: Numbers, other: Numbers, *names: str) -> dict[str, float]:
    """Measures of `other` against as many `real` pictures."""
    few = min(len(real), len(other))
    scale = real.take(slice(few))
    sides = Sides(scale.relative_to(scale), other.take(slice(few)).relative_to(scale))
    return {name: round(measures()[name].measure(sides).value, 4) for name in names}


@torch.inference_mode()
def judged(model: Family, train: Tensor, held_out: Tensor, count: int, samplings: Sequence[str]):
    """(figures, redrawn held-out pictures, new ones)."""
    redrawn = model.synthesize(model.encode(held_out))
    known = model.synthesize(model.encode(train[: len(held_out)]))
    made, spent = [], []
    for seed in range(count):
        began = time.thread_time()
        made.append(model.synthesize(model.sample(1, seed)))
        spent.append(time.thread_time() - began)
    new = torch.cat(made)
    real, unseen, drawn, again = (
        numbers.of_pictures(each.numpy()) for each in (train, held_out, new, redrawn)
    )
    others = {}
    for text in samplings if model.sampling is not None else ():
        how = model.sampling.from_mapping(dict(each.split("=", 1) for each in text.split(",")))
        made = [model.synthesize(model.sample_by(how, 1, seed)) for seed in range(count)]
        by_it = numbers.of_pictures(torch.cat(made).numpy())
        others[text] = compared(real, by_it, "kid", "coverage", "patches")
    figures = {
        "psnr_db": round(float(fidelity.psnr(redrawn, held_out).mean()), 2),
        "psnr_db, training": round(float(fidelity.psnr(known, train[: len(held_out)]).mean()), 2),
        "redrawn": compared(unseen, again, "patches"),
        "new": compared(real, drawn, "kid", "coverage", "patches"),
        **({"new, by sampling": others} if others else {}),
        "ms_a_picture": round(1000 * statistics.median(spent), 1),
    }  # fmt: skip
    return figures, redrawn.numpy(), new[:SHOWN].numpy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--sides", nargs="+", default=["tokens", "vae"])
    parser.add_argument("--sampling", nargs="+", default=[], help="choice=4.5,steps=16 and so on")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--sheet", type=Path, help="held-out ones; then of each: redrawn, new")
    given = parser.parse_args()
    torch.set_num_threads(1)
    pictures = torch.from_numpy(squares(given.folder, given.side))
    train, held_out = pictures[:-HELD_OUT], pictures[-HELD_OUT:]
    real = numbers.of_pictures(train.numpy()), numbers.of_pictures(held_out.numpy())
    result: dict[str, object] = {
        "benchmark": "tokens", "pictures": given.folder.name, "side": given.side,
        "train": len(train), "held_out": HELD_OUT, "processor_seconds": given.seconds,
        "real held-out pictures": compared(*real, "kid", "coverage", "patches"),
    }  # fmt: skip
    found, rows = {}, [held_out[:SHOWN].numpy()]
    for text in given.sides:
        model, seen = learnt(text, train, given.seconds)
        figures, redrawn, new = judged(model, train, held_out, given.count, given.sampling)
        found[text] = {"images_seen": seen, **figures}
        rows += [redrawn[:SHOWN], new]
        print(text, found[text], file=sys.stderr, flush=True)
        written = json.dumps({**result, "sides": found}, indent=1)
        if given.out:
            given.out.write_text(written + "\n", "utf-8")
        if given.sheet:
            page = np.concatenate([np.concatenate(list(row), 1) for row in rows])
            Image.fromarray(page).save(given.sheet, quality=85)
    print(written)


if __name__ == "__main__":
    main()
