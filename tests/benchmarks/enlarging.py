"""Enlarging façades that were held out, against Lanczos, after so many minutes of one processor.

    python tests/benchmarks/enlarging.py [--scale 4] [--minutes 15] [--sheet FILE]
        [--pictures ZIP] [--threads 1]

The minutes are of processor time, as other programs may run beside: two quiet cores give about
twice as many a minute on the clock. 450 pictures are learnt from, the last 50 by name are held
out; small ones are made as a run prepares them. JSON on stdout: gain over Lanczos (bound +1.6 dB
at x4), gradient energy as a share of the originals', what is left when the result is made small
again, and time and memory of one megapixel (bounds 3 s, 600 MB over what is loaded).
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from models.enlarger.network import Enlarger, blended  # noqa: E402
from studio.engine import devices  # noqa: E402
from studio.engine.refinement.enlarger.descent import Descent, measured, psnr  # noqa: E402
from studio.engine.refinement.enlarger.enlarged import by_tiles, small_again  # noqa: E402
from studio.engine.refinement.enlarger.likeness import detail  # noqa: E402
from studio.engine.refinement.enlarger.originals import Pairs, small  # noqa: E402
from studio.engine.refinement.planes import resized  # noqa: E402

LARGE, HELD_OUT = 256, 50
BOUND_DB = {2: 2.4, 4: 1.6}
DATA = ROOT.parent / "shared" / "data" / "cmp_facades_photos.zip"
WALL_FACTOR = 4
"""Ends after so many times the minutes on the clock, whatever the processor gave."""


def pictures(place: Path, side: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """uint8 [n, side, side, 3], by name; the middle square of each."""
    made = []
    with zipfile.ZipFile(place) as archive:
        names = [name for name in archive.namelist() if name.lower().endswith((".jpg", ".png"))]
        for name in sorted(names):
            with archive.open(name) as stream, Image.open(stream) as opened:
                picture = opened.convert("RGB")
                edge = min(picture.size)
                left, top = (picture.width - edge) / 2, (picture.height - edge) / 2
                box = (left, top, left + edge, top + edge)
                made.append(
                    np.asarray(
                        picture.resize(
                            (side, side), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0
                        )
                    )
                )
    return np.stack(made)


def pairs(large: np.ndarray[Any, Any], rows: np.ndarray[Any, Any], side: int) -> Pairs:
    shrunk = np.stack([small(large[row], (side, side)) for row in rows])
    return Pairs(large, rows, shrunk, shrunk[:0])


def learn(descent: Descent, held: Pairs, seconds: float) -> list[dict[str, float]]:
    """Steps for so much processor time; the curve of what it gained on the way."""
    curve: list[dict[str, float]] = []
    began, measuring, on_clock = time.process_time(), 0.0, time.monotonic()
    while True:
        spent = time.process_time() - began - measuring
        if spent >= seconds or time.monotonic() - on_clock > WALL_FACTOR * seconds:
            return curve
        if spent >= seconds * (len(curve) + 1) / 8:
            before = time.process_time()
            ours, theirs = measured(descent.faithful, held, 16)
            measuring += time.process_time() - before
            curve.append({"cpu_minutes": round(spent / 60, 2), "steps": descent.steps,
                          "gain_db": round(ours - theirs, 3)})  # fmt: skip
            print(curve[-1], file=sys.stderr, flush=True)
        descent.step(spent / seconds)


def at(descent: Descent, sharpness: float) -> Enlarger:
    weights = descent.faithful.state_dict()
    if descent.sharp is not None:
        weights = blended(weights, descent.sharp.state_dict(), sharpness)
    network = Enlarger(descent.network.factor, descent.network.width, descent.network.blocks)
    network.load_state_dict(weights)
    return network.eval().requires_grad_(False)


def figures(network: Enlarger | None, held: Pairs, factor: int) -> dict[str, float]:
    """Means over all that was held out; None is Lanczos."""
    values: dict[str, list[float]] = {"psnr_db": [], "detail": [], "small_again_db": []}
    for place in range(len(held)):
        given = held.small[place].astype(np.float32) / np.float32(255)
        wanted = held.large[held.rows[place]].astype(np.float32) / np.float32(255)
        size = given.shape[1] * factor, given.shape[0] * factor
        made = resized(given, size) if network is None else by_tiles(network, given)
        values["psnr_db"].append(psnr(made, wanted))
        values["small_again_db"].append(small_again(made, given))
        energy = detail(np.rint(made * 255).astype(np.uint8)[None])
        values["detail"].append(energy / max(1e-9, detail((wanted * 255).astype(np.uint8)[None])))
    return {name: round(float(np.mean(each)), 3) for name, each in values.items()}


def megapixel(network: Enlarger) -> dict[str, float]:
    side = round(1024 / network.factor)
    given = np.random.default_rng(3).random((side, side, 3)).astype(np.float32)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, clock = time.process_time(), time.monotonic()
    by_tiles(network, given)
    return {
        "cpu_seconds": round(time.process_time() - began, 2),
        "seconds": round(time.monotonic() - clock, 2),
        "more_megabytes": round(
            (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, 1
        ),
    }


def sheet(descent: Descent, held: Pairs, factor: int, path: Path) -> None:
    """Rows of six pictures: Lanczos, faithful, half sharp, sharp, original."""
    networks = [None, at(descent, 0.0), at(descent, 0.5), at(descent, 1.0)]
    rows = []
    for place in range(0, len(held), max(1, len(held) // 6)):
        given = held.small[place].astype(np.float32) / np.float32(255)
        size = given.shape[1] * factor, given.shape[0] * factor
        line = [resized(given, size) if each is None else by_tiles(each, given)
                for each in networks]  # fmt: skip
        line.append(held.large[held.rows[place]].astype(np.float32) / np.float32(255))
        rows.append(np.concatenate(line, axis=1))
    Image.fromarray(np.rint(np.concatenate(rows) * 255).astype(np.uint8)).save(path)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=int, default=4)
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--pictures", type=Path, default=DATA)
    parser.add_argument("--sheet", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    large = pictures(options.pictures, LARGE)
    rows = np.arange(len(large), dtype=np.int64)
    side = LARGE // options.scale
    train, held = pairs(large, rows[:-HELD_OUT], side), pairs(large, rows[-HELD_OUT:], side)
    torch.manual_seed(0)
    descent = Descent(Enlarger(options.scale), train, devices.choose("cpu"), 0)
    clock = time.monotonic()
    speed = megapixel(at(descent, 0.0))
    curve = learn(descent, held, options.minutes * 60)
    found = {
        "scale": options.scale, "cpu_minutes": options.minutes, "threads": options.threads,
        "minutes_on_the_clock": round((time.monotonic() - clock) / 60, 1),
        "steps": descent.steps, "curve": curve, "lanczos": figures(None, held, options.scale),
        "faithful": figures(at(descent, 0.0), held, options.scale),
        "half": figures(at(descent, 0.5), held, options.scale),
        "sharp": figures(at(descent, 1.0), held, options.scale),
        "one_megapixel": speed,
        "bound_db": BOUND_DB.get(options.scale),
    }  # fmt: skip
    for name in ("faithful", "half", "sharp"):
        found[name]["gain_db"] = round(found[name]["psnr_db"] - found["lanczos"]["psnr_db"], 3)
    if options.sheet:
        sheet(descent, held, options.scale, options.sheet)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
