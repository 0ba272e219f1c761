"""One picture of a StyleGAN2 of a graphics card's size, drawn on a processor.

    python tests/benchmarks/stylegan2_synthesis.py --against CHECKOUT [--nvidia CHECKOUT]
        [--sizes 64 128 256] [--threads 1 2] [--rounds 10] [--family stylegan2]

Ours as it is here, beside an earlier build of this program and, where a checkout of
stylegan2-ada-pytorch is given, NVIDIA's network on its way for processors; of theirs nothing is
kept here. Each side is a process of its own with the same widths and random weights, in full
precision; they take turns, one picture at a time, and the least of all rounds counts: CPU time of
the thread where there is one, of the clock where there are more. "all" moves every slot of w,
"fine" only those of the group fine, "last" only those of the last resolution. Ratios are theirs
over ours, against what is wanted. `--family` draws another family of ours beside its earlier
build. JSON on stdout; exit 1 where a ratio is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
WANTED = {64: 1.9, 128: 1.75, 256: 1.65}
WANTED_FINE = 2.5
WANTED_OF_OTHERS = 1.2
KINDS = ("all", "fine", "last")
NOISE = 0.1
"""Strength of the noise: a network that has not been trained has none."""
Draw = Callable[[str, int], Any]
"""By kind and round: a picture, of ours uint8 [1, side, side, 3]."""


def built(family: str, side: int) -> tuple[Any, Any]:
    """A model of ours (of whatever checkout comes first on the path), and its latents [9, ...]."""
    import torch

    from models.base import family as find

    try:
        from models.image_spec import ImageSpec
    except ModuleNotFoundError:  # where earlier builds have it
        from models.base import ImageSpec  # type: ignore[no-redef,attr-defined]

    torch.manual_seed(0)
    kind, spec = find(family), ImageSpec(3, side, side)
    model = kind(kind.preset(spec, accelerator=True, pictures=1000), spec).eval()
    model = model.to(memory_format=torch.channels_last).requires_grad_(False)
    if family == "stylegan2":
        net = model.generator_ema
        for layer in (net.first, *net.grow, *net.refine):
            layer.noise_strength.fill_(NOISE)
    return model, torch.cat([model.sample(1, seed) for seed in range(9)])


def ours(family: str, side: int) -> Draw:
    """Drawn as the canvas draws."""

    model, latents = built(family, side)
    slots = latents.shape[1]
    groups = model.latent.groups
    first = {"all": 0, "fine": groups["fine"][0] if groups else 0, "last": max(0, slots - 3)}

    def draw(kind: str, number: int) -> Any:
        w = latents[:1].clone()
        w[:, first[kind] :] = latents[1 + number % 8, first[kind] :]
        return model.synthesize(w, 0)

    draw("all", 0)  # whatever is made ready once
    return draw


def nvidia(side: int) -> Draw:
    """The network of `training/networks.py`; its widths as ours are."""
    import torch
    from training.networks import Generator

    torch.manual_seed(0)
    net = Generator(
        z_dim=512, c_dim=0, w_dim=512, img_resolution=side, img_channels=3,
        mapping_kwargs={"num_layers": 2},
        synthesis_kwargs={"channel_base": 16384, "channel_max": 512, "num_fp16_res": 0},
    ).eval().requires_grad_(False)  # fmt: skip
    for name, weight in net.named_parameters():
        if name.endswith("noise_strength"):
            weight.fill_(NOISE)
    latents = net.mapping(torch.randn(9, 512), None)

    return lambda _, number: net.synthesis(
        latents[1 + number % 8][None], noise_mode="const", force_fp32=True
    )


def serve(given: argparse.Namespace) -> None:
    """A side: for each line `kind number` on stdin, milliseconds on stdout."""
    sys.path.insert(0, str(given.serve))
    import torch

    torch.set_num_threads(given.threads[0])
    answers, sys.stdout = sys.stdout, sys.stderr  # what a network prints is no answer
    size = given.sizes[0]
    clock = time.thread_time if given.threads[0] == 1 else time.perf_counter
    is_theirs = given.serve == given.nvidia
    draw = nvidia(size) if is_theirs else ours(given.family, size)
    print("ready", file=answers, flush=True)
    with torch.inference_mode():
        for line in sys.stdin:
            kind, number, *file = line.split()
            began = clock()
            picture = draw(kind, int(number))
            took = 1000 * (clock() - began)
            if file:
                torch.save(picture, file[0])
            print(took, file=answers, flush=True)


class Side:
    """A process that draws on demand."""

    def __init__(self, place: Path, size: int, threads: int, given: argparse.Namespace) -> None:
        command = [
            sys.executable, __file__, "--serve", str(place), "--sizes", str(size),
            "--threads", str(threads), "--family", given.family,
        ]  # fmt: skip
        if given.nvidia is not None:
            command += ["--nvidia", str(given.nvidia)]
        # Threads that spin while the others' turn is on would slow them down.
        quiet = {"OMP_WAIT_POLICY": "PASSIVE", "OMP_NUM_THREADS": str(threads), "PYTHONPATH": ""}
        self.process = subprocess.Popen(  # this script, started again
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **quiet},
        )  # fmt: skip
        self._answer()

    def draw(self, kind: str, number: int, save: str = "") -> float:
        """Milliseconds of one picture."""
        assert self.process.stdin is not None
        print(kind, number, save, file=self.process.stdin, flush=True)
        return float(self._answer())

    def _answer(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args} ended: see above")
        return line.strip()

    def close(self) -> None:
        self.process.communicate()


@contextmanager
def sides(size: int, threads: int, given: argparse.Namespace) -> Iterator[dict[str, Side]]:
    places = {"ours": ROOT, "before": given.against, "nvidia": given.nvidia}
    with ExitStack() as stack:
        opened = {}
        for name, place in places.items():
            if place is not None:
                opened[name] = Side(place, size, threads, given)
                stack.callback(opened[name].close)
        yield opened


def measured(size: int, threads: int, given: argparse.Namespace) -> dict[str, object]:
    """The least milliseconds of every side and kind of move, and what they come to."""
    least: dict[str, dict[str, float]] = {}
    with sides(size, threads, given) as opened, tempfile.TemporaryDirectory() as folder:
        kinds = KINDS if given.family == "stylegan2" else KINDS[:1]
        for kind in kinds:
            for number in range(1, given.rounds + 1):  # a picture is never drawn twice running
                for name, side in opened.items():
                    took = least.setdefault(name, {})
                    made = side.draw(kind, number)
                    took[kind] = min(took.get(kind, made), made)
        apart = difference(opened, Path(folder))
    ratios = {
        name: {kind: round(took[kind] / least["ours"][kind], 2) for kind in kinds}
        for name, took in least.items() if name != "ours"
    }  # fmt: skip
    wanted = WANTED.get(size, 1.0) if given.family == "stylegan2" else WANTED_OF_OTHERS
    good = all(found["all"] >= wanted for found in ratios.values())
    good &= all(found.get("last", WANTED_FINE) >= WANTED_FINE for found in ratios.values())
    return {
        "size": size, "threads": threads, "clock": "thread" if threads == 1 else "wall",
        "ms": {name: {k: round(v, 1) for k, v in took.items()} for name, took in least.items()},
        "ratio": ratios, "wanted": wanted, "wanted_last": WANTED_FINE,
        "levels_apart": apart, "ok": good,
    }  # fmt: skip


def difference(opened: dict[str, Side], folder: Path) -> int | None:
    """The largest between our picture and the earlier build's, in levels of 255."""
    import torch

    if "before" not in opened:
        return None
    pictures = []
    for name in ("ours", "before"):
        opened[name].draw("all", 0, str(folder / name))
        pictures.append(torch.load(folder / name, weights_only=True))
    return int((pictures[0].int() - pictures[1].int()).abs().max())


def main() -> int:
    """Measure, print, and exit 1 where a ratio is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--against", type=Path)
    options.add_argument("--nvidia", type=Path)
    options.add_argument("--sizes", type=int, nargs="+", default=list(WANTED))
    options.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    options.add_argument("--rounds", type=int, default=10)
    options.add_argument("--family", default="stylegan2")
    options.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.serve is not None:
        serve(given)
        return 0
    found = [measured(size, count, given) for size in given.sizes for count in given.threads]
    load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
    result = {
        "benchmark": "stylegan2 synthesis", "family": given.family, "rounds": given.rounds,
        "load": load, "results": found, "ok": all(each["ok"] for each in found),
    }  # fmt: skip
    print(json.dumps(result))
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
