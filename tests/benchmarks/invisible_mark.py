"""The invisible mark: how often it is read after what others do, and never where there is none.

    python tests/benchmarks/invisible_mark.py PHOTOGRAPHS [--count 200] [--unmarked FOLDER ...]
        [--looked-at 10000] [--minutes M]

PHOTOGRAPHS and the folders hold pictures of any kind. Every cell is `--count` photographs, the
last by name, at 64 and at 256 pixels. Unmarked are pictures of all folders in turn, as they are,
and cut and enlarged at random, and noise, until `--looked-at` are seen. A part of which 0 are
wanted is left out. With `--minutes` each part ends after that long of the processor's time, and
says how far it came. Times are of the processor. One JSON object on stdout; exit 1 where a bound
is broken, whatever was seen.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from studio.engine.export.mark import code, label  # noqa: E402

Change = Callable[[Image.Image], Image.Image]
SECONDS = {64: 0.3, 256: 2.0}
ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}


def coded(kind: str, **options: int) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        stream = io.BytesIO()
        picture.save(stream, kind, **options)
        return Image.open(stream).convert("RGB")

    return change


def scaled(times: float) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        size = round(picture.width * times), round(picture.height * times)
        return picture.resize(size, Image.Resampling.LANCZOS)

    return change


def bent(gamma: float) -> Change:
    return lambda picture: picture.point([round(255 * (n / 255) ** gamma) for n in range(256)] * 3)


def cropped(picture: Image.Image) -> Image.Image:
    """75 % of the sides, from an odd place, then JPEG."""
    width, height = (round(side * 0.75) for side in picture.size)
    x, y = round((picture.width - width) * 0.31), round((picture.height - height) * 0.77)
    return coded("JPEG", quality=75)(picture.crop((x, y, x + width, y + height)))


CHANGES: dict[str, tuple[Change, dict[int, float]]] = {
    "png": (lambda p: p, {64: 0.99, 256: 0.99}),
    "jpeg 90": (coded("JPEG", quality=90), {64: 0.99, 256: 0.99}),
    "jpeg 75": (coded("JPEG", quality=75), {64: 0.99, 256: 0.99}),
    "jpeg 60": (coded("JPEG", quality=60), {64: 0.97, 256: 0.99}),
    "webp 80": (coded("WEBP", quality=80), {64: 0.97, 256: 0.99}),
    "x2": (scaled(2), {64: 0.99, 256: 0.99}),
    "x4": (scaled(4), {64: 0.99, 256: 0.99}),
    "x0.5": (scaled(0.5), {256: 0.99}),
    "contrast +20 %": (lambda p: ImageEnhance.Contrast(p).enhance(1.2), {64: 0.99, 256: 0.99}),
    "contrast -20 %": (lambda p: ImageEnhance.Contrast(p).enhance(0.8), {64: 0.99, 256: 0.99}),
    "gamma 0.7": (bent(0.7), {64: 0.99, 256: 0.99}),
    "gamma 1.4": (bent(1.4), {64: 0.99, 256: 0.99}),
    "blur 1 px": (lambda p: p.filter(ImageFilter.GaussianBlur(1)), {64: 0.97, 256: 0.99}),
    "brightness +20 %": (lambda p: ImageEnhance.Brightness(p).enhance(1.2), {64: 0.9, 256: 0.99}),
    "crop 75 %, jpeg 75": (cropped, {256: 0.95}),
}


def files_in(folder: Path) -> list[Path]:
    return sorted(each for each in folder.rglob("*") if each.suffix.lower() in ENDINGS)


def read(path: Path, side: int) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGB").resize((side, side), Image.Resampling.LANCZOS)


class Budget:
    """Minutes of the processor that a part may take."""

    def __init__(self, minutes: float) -> None:
        self._until = time.process_time() + minutes * 60

    @property
    def spent(self) -> bool:
        return time.process_time() > self._until


def side_of(files: list[Path], side: int, budget: Budget) -> dict[str, Any]:
    """Every cell of one size."""
    chance = np.random.default_rng(1)
    hits = {name: 0 for name, (_, bounds) in CHANGES.items() if side in bounds}
    lowest = dict.fromkeys(hits, 127**0.5)
    decibels, took, wrong, refused, seen = [], [], 0, 0, 0
    for path in files:
        if budget.spent:
            break
        seen += 1
        before = np.asarray(read(path, side))
        number = int(chance.integers(0, 2**code.IDENTIFIER_BITS))
        began = time.process_time()
        after = label.marked(before, number)
        took.append(time.process_time() - began)
        if after is None:
            refused += 1
            continue
        decibels.append(10 * np.log10(255**2 / np.mean((after.astype(float) - before) ** 2)))
        for name in hits:
            found = label.found(np.asarray(CHANGES[name][0](Image.fromarray(after))))
            if found is not None and found.identifier == number:
                hits[name] += 1
                lowest[name] = min(lowest[name], found.score)
            wrong += found is not None and found.identifier != number
    carried = max(seen - refused, 1)
    missed = [
        name for name, count in hits.items() if count / carried < CHANGES[name][1][side]
    ]  # fmt: skip
    return {
        "pictures": seen, "cannot carry it": refused, "wrong numbers": wrong,
        "mean psnr, dB": round(float(np.mean(decibels)), 2),
        "seconds to lay": round(float(np.median(took)), 3),
        "read": hits, "of": carried, "lowest score": lowest, "below their bound": missed,
        "holds": not wrong and not missed and float(np.median(took)) <= SECONDS[side],
    }  # fmt: skip


def unmarked(folders: list[Path], count: int) -> Iterator[tuple[str, Image.Image]]:
    """What it is, and the picture: as it is, cut and enlarged at random, or noise."""
    chance = np.random.default_rng(2)
    listed = [files_in(folder) for folder in folders]
    rows = itertools.cycle([itertools.cycle(files) for files in listed if files])
    for number in range(count):
        if number % 10 == 9:
            side = int(chance.integers(40, 200))
            pixels = chance.integers(0, 256, (side, side, 3), dtype=np.uint8)
            yield "noise", Image.fromarray(pixels)
            continue
        with Image.open(next(next(rows))) as opened:
            picture = opened.convert("RGB")
        if number % 10 < 3:
            side = max(64, *picture.size)
            yield "whole", picture.resize((side, side), Image.Resampling.LANCZOS)
            continue
        side = int(chance.integers(24, max(25, min(picture.size) + 1)))
        x, y = (int(chance.integers(0, max(1, each - side + 1))) for each in picture.size)
        part = picture.crop((x, y, x + side, y + side))
        shown = int(chance.integers(64, 257))
        yield "part", part.resize((shown, shown), Image.Resampling.LANCZOS)


def false_ones(folders: list[Path], count: int, budget: Budget) -> dict[str, Any]:
    """How many unmarked pictures are called marked, and how near the nearest one came."""
    seen: dict[str, int] = {}
    called = 0
    met: dict[str, list[float]] = {"whole, small": [], "whole, large": [], "cut out": []}
    began = time.process_time()
    for kind, picture in unmarked(folders, count):
        if budget.spent:
            break
        seen[kind] = seen.get(kind, 0) + 1
        pixels = np.asarray(picture)
        scores = label.scores(pixels)
        called += any(score >= enough for score, enough in scores)
        for way, (score, enough) in zip(met, scores, strict=True):
            if score:  # else too small to be asked
                met[way].append(score - enough)
    total = sum(seen.values())
    return {
        "looked at": total, "kinds": seen, "called marked": called,
        "seconds a look": round((time.process_time() - began) / max(total, 1), 4),
        "nearest, below what is enough": {way: round(-max(each), 2) for way, each in met.items()},
        "fitted chance of a false one": {way: fitted(each) for way, each in met.items()},
        "holds": not called,
    }  # fmt: skip


def fitted(beyond: list[float]) -> float:
    """The chance of a number above 0 by a Gumbel distribution with this mean and deviation: what
    the highest of many tries at random comes to. Pictures are not random: an estimate."""
    scale = float(np.std(beyond)) * 6**0.5 / np.pi
    middle = float(np.mean(beyond)) - np.euler_gamma * scale
    return float(f"{-np.expm1(-np.exp(middle / scale)):.1e}")


def main() -> int:
    """Measure, print, and exit 1 when a bound is broken."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("photographs", type=Path)
    options.add_argument("--count", type=int, default=200)
    options.add_argument("--unmarked", type=Path, nargs="*", default=[])
    options.add_argument("--looked-at", type=int, default=10_000)
    options.add_argument("--minutes", type=float, default=1e6)
    given = options.parse_args()
    files = files_in(given.photographs)[-given.count :]
    found: dict[str, Any] = {}
    if given.count:
        found |= {f"{side} px": side_of(files, side, Budget(given.minutes)) for side in SECONDS}
    if given.looked_at:
        folders = [given.photographs, *given.unmarked]
        found["unmarked"] = false_ones(folders, given.looked_at, Budget(given.minutes))
    found["holds"] = all(part["holds"] for part in found.values())
    print(json.dumps(found))
    return 0 if found["holds"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
