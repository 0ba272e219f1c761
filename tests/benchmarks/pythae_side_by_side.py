"""Our VAE and autoencoder against pythae's, on the same pictures, cores and minutes.

Both sides of a pair learn at the same time, each in a process of its own with the same
number of threads, so that whatever else the machine does disturbs both. Pictures are cropped to a
square and reduced to 64 px; the last 50 by name are held out. pythae 0.1.2 runs with its own
ResNet networks, losses and latent of 64 numbers, in a bare loop with flips. On both sides
the rate of learning falls along a cosine of the clock. Prints one JSON object: PSNR in dB, SSIM and
pictures a second of every side. Exit 1 where ours is less than 1 dB ahead of pythae's best.

    python tests/benchmarks/pythae_side_by_side.py FOLDER [--minutes 5] [--python ENV/bin/python]
        [--sheets FOLDER]

Without --python, pythae is installed from the registry into a temporary environment.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[2]
BOUND = 1.0
SIDE, HELD_OUT, SHOWN = 64, 50, 10
NEEDED = ["pythae==0.1.2", "torch==2.13.0", "numpy"]
FAMILIES = ("vae", "autoencoder")


class Clock:
    """What part of the minutes is over."""

    def __init__(self, minutes: float) -> None:
        self.began, self.length = time.monotonic(), 60 * minutes

    def part(self) -> float:
        return (time.monotonic() - self.began) / self.length


# ---------------------------------------------------------------------- the two sides


def learn_ours(family: str, train: np.ndarray, held_out: np.ndarray, minutes: float, seed: int):
    """(redrawn held-out pictures, pictures seen): the family's recommended settings."""
    sys.path.insert(0, str(ROOT))
    from models.base import family as find
    from models.image_spec import ImageSpec
    from models.train_state import TrainState
    from studio.engine import devices

    kind, spec = find(family), ImageSpec(3, SIDE, SIDE)
    config = kind.preset(spec, accelerator=False, pictures=len(train))
    model = kind(config, spec).train().to(memory_format=torch.channels_last)
    precision = devices.autocast_dtype(devices.choose("cpu"), "auto")
    generator = torch.Generator().manual_seed(seed)
    state = TrainState(torch.device("cpu"), generator, set_size=len(train))
    state.autocast_dtype = precision
    pictures, batch = torch.from_numpy(train), config.batch_size
    order, clock = torch.Generator().manual_seed(seed + 1), Clock(minutes)
    while (part := clock.part()) < 1:
        state.total_images = max(1, round(state.images_seen / max(part, 1e-3)))
        model.training_step(pictures[torch.randint(len(train), (batch,), generator=order)], state)
        state.step += 1
        state.images_seen += batch
    seen = torch.from_numpy(held_out)
    with torch.no_grad():
        return model.eval().synthesize(model.encode(seen)).numpy(), state.images_seen


def learn_theirs(family: str, train: np.ndarray, held_out: np.ndarray, minutes: float, seed: int):
    """(redrawn held-out pictures, pictures seen): pythae's networks and losses."""
    from pythae.models import RAE_L2, VAE, RAE_L2_Config, VAEConfig
    from pythae.models.nn.benchmarks import celeba

    shape = {"input_dim": (3, SIDE, SIDE), "latent_dim": 64}
    decay = 0.0
    if family == "vae":
        settings = VAEConfig(**shape)
        encoder = celeba.Encoder_ResNet_VAE_CELEBA(settings)
        model = VAE(settings, encoder, celeba.Decoder_ResNet_AE_CELEBA(settings))
    else:
        settings = RAE_L2_Config(**shape)
        encoder, decay = celeba.Encoder_ResNet_AE_CELEBA(settings), settings.reg_weight
        model = RAE_L2(settings, encoder, celeba.Decoder_ResNet_AE_CELEBA(settings))
    groups = [
        {"params": model.encoder.parameters(), "weight_decay": 0.0},
        {"params": model.decoder.parameters(), "weight_decay": decay},
    ]
    optimizer = torch.optim.Adam(groups, lr=1e-3)
    pictures = torch.from_numpy(train).permute(0, 3, 1, 2).contiguous()
    order, clock, seen = torch.Generator().manual_seed(seed + 1), Clock(minutes), 0
    model.train()
    while (part := clock.part()) < 1:
        x = pictures[torch.randint(len(train), (64,), generator=order)].float() / 255
        flip = torch.rand(64, 1, 1, 1, generator=order) < 0.5
        x = torch.where(flip, x.flip(3), x)
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * part)))
        optimizer.zero_grad(set_to_none=True)
        model({"data": x}).loss.backward()
        optimizer.step()
        seen += 64
    model.eval()
    with torch.no_grad():
        x = torch.from_numpy(held_out).permute(0, 3, 1, 2).float() / 255
        made = model.decoder(model.encoder(x).embedding).reconstruction
    return (made.clamp(0, 1) * 255).round().to(torch.uint8).permute(0, 2, 3, 1).numpy(), seen


def work(given: argparse.Namespace) -> None:
    """One side, in its own process: reads the pictures, writes what it redrew."""
    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    with np.load(given.pictures) as arrays:
        train, held_out = arrays["train"], arrays["held_out"]
    learn = learn_ours if given.worker == "ours" else learn_theirs
    redrawn, seen = learn(given.family, train, held_out, given.minutes, given.seed)
    busy = time.process_time()
    np.savez(given.out, redrawn=redrawn, seen=seen, processor_seconds=busy)


# ---------------------------------------------------------------------- the comparison


def prepare(folder: Path, target: Path) -> None:
    """Squares of 64 px of every picture under `folder`, in the order of their names."""
    from PIL import Image

    squares = []
    kinds = {".jpg", ".jpeg", ".png", ".webp"}
    files = [path for path in folder.rglob("*") if path.suffix.lower() in kinds]
    for path in sorted(files, key=lambda path: path.name):
        with Image.open(path) as image:
            side = min(image.size)
            left, top = (image.width - side) // 2, (image.height - side) // 2
            square = image.convert("RGB").crop((left, top, left + side, top + side))
            squares.append(np.asarray(square.resize((SIDE, SIDE), Image.Resampling.LANCZOS)))
    if len(squares) <= 2 * HELD_OUT:
        sys.exit(f"{folder} holds {len(squares)} pictures: more than {2 * HELD_OUT} are needed.")
    all_ = np.stack(squares)
    np.savez(target, train=all_[:-HELD_OUT], held_out=all_[-HELD_OUT:])


def environment(place: Path) -> str:
    """A Python with pythae in it."""
    print("Installing pythae into an environment of its own.", file=sys.stderr)
    venv.create(place, with_pip=True)
    python = str(place / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", *NEEDED], check=True)
    return python


def pair(given: argparse.Namespace, place: Path, family: str) -> dict[str, dict[str, np.ndarray]]:
    """Both sides at once."""
    started = {}
    for side, python in (("ours", sys.executable), ("theirs", given.python)):
        out = place / f"{side}-{family}.npz"
        command = [
            python, __file__, str(given.folder), "--worker", side, "--family", family,
            "--pictures", str(place / "pictures.npz"), "--out", str(out),
            "--minutes", str(given.minutes), "--threads", str(given.threads),
            "--seed", str(given.seed),
        ]  # fmt: skip
        started[side] = (subprocess.Popen(command), out)
    found = {}
    for side, (process, out) in started.items():
        if process.wait():
            sys.exit(f"The {side} side of {family} failed.")
        with np.load(out) as arrays:
            found[side] = dict(arrays)
    return found


def figures(made: np.ndarray, wanted: np.ndarray) -> tuple[float, float]:
    """Mean PSNR in dB and mean SSIM of uint8 pictures [N, H, W, 3]."""
    from torchmetrics.functional.image import peak_signal_noise_ratio as psnr
    from torchmetrics.functional.image import structural_similarity_index_measure as ssim

    have, want = (torch.from_numpy(a).permute(0, 3, 1, 2).float() / 255 for a in (made, wanted))
    noise = psnr(have, want, data_range=1.0, dim=(1, 2, 3), reduction="elementwise_mean")
    return float(noise), float(ssim(have, want, data_range=1.0))


def sheet(held_out: np.ndarray, sides: dict[str, dict[str, np.ndarray]], target: Path) -> None:
    """Held-out pictures, ours, theirs: three rows."""
    from PIL import Image

    rows = [held_out, sides["ours"]["redrawn"], sides["theirs"]["redrawn"]]
    page = np.concatenate([np.concatenate(list(row[:SHOWN]), 1) for row in rows], 0)
    target.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(page).save(target, quality=90)


def compare(given: argparse.Namespace, place: Path) -> dict[str, object]:
    """Every pair, its figures, and whether ours is far enough ahead of the best of theirs."""
    prepare(given.folder, place / "pictures.npz")
    with np.load(place / "pictures.npz") as arrays:
        held_out, count = arrays["held_out"], len(arrays["train"])
    sides: dict[str, dict[str, dict[str, float]]] = {"ours": {}, "theirs": {}}
    for family in FAMILIES:
        found = pair(given, place, family)
        for side, arrays_of in found.items():
            noise, likeness = figures(arrays_of["redrawn"], held_out)
            sides[side][family] = {
                "psnr_db": round(noise, 2), "ssim": round(likeness, 3),
                "images_seen": int(arrays_of["seen"]),
                "images_per_second": round(float(arrays_of["seen"]) / 60 / given.minutes, 1),
                "processor_seconds": round(float(arrays_of["processor_seconds"])),
            }  # fmt: skip
        if given.sheets:
            sheet(held_out, found, given.sheets / f"pythae-{family}.jpg")
    best = max(each["psnr_db"] for each in sides["theirs"].values())
    ahead = {family: round(sides["ours"][family]["psnr_db"] - best, 2) for family in FAMILIES}
    return {
        "benchmark": "pythae side by side", "pictures": given.folder.name, "side": SIDE,
        "train": count, "held_out": HELD_OUT, "minutes": given.minutes,
        "threads_each": given.threads, **sides, "ahead_of_their_best_db": ahead,
        "bound_db": BOUND, "ok": min(ahead.values()) >= BOUND,
    }  # fmt: skip


def main() -> int:
    """Measure, print, and exit 1 when the bound is broken."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--minutes", type=float, default=5.0)
    options.add_argument("--threads", type=int, default=1, help="of each side")
    options.add_argument("--python", help="of an environment that has pythae")
    options.add_argument("--sheets", type=Path, help="where contact sheets go")
    options.add_argument("--seed", type=int, default=0)
    for hidden in ("--worker", "--family", "--pictures", "--out"):
        options.add_argument(hidden, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.worker:
        work(given)
        return 0
    with contextlib.ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        given.python = given.python or environment(place / "pythae")
        result = compare(given, place)
    print(json.dumps(result))
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
