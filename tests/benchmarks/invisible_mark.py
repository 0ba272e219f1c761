"""The invisible mark: how often it is read after what others do, and never where there is none.

    python tests/benchmarks/invisible_mark.py PHOTOGRAPHS [--count 200] [--unmarked FOLDER ...]

PHOTOGRAPHS and the folders hold pictures of any kind. Every cell is `--count` photographs, the
last by name, at 64 and at 256 pixels; of the unmarked ones crops and shrunk forms are looked at,
too, until `--looked-at` are. Times are of the processor. One JSON object on stdout; exit 1 where
a bound is broken.
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

from studio.engine.export.mark import label  # noqa: E402

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


def side_of(files: list[Path], side: int) -> dict[str, Any]:
    """Every cell of one size."""
    chance = np.random.default_rng(1)
    hits = {name: 0 for name, (_, bounds) in CHANGES.items() if side in bounds}
    decibels, took, wrong, refused = [], [], 0, 0
    for path in files:
        before = np.asarray(read(path, side))
        number = int(chance.integers(0, 2**label.IDENTIFIER_BITS))
        began = time.process_time()
        after = label.marked(before, number)
        took.append(time.process_time() - began)
        if after is None:
            refused += 1
            continue
        decibels.append(10 * np.log10(255**2 / np.mean((after.astype(float) - before) ** 2)))
        for name in hits:
            found = label.found(np.asarray(CHANGES[name][0](Image.fromarray(after))))
            hits[name] += found is not None and found.identifier == number
            wrong += found is not None and found.identifier != number
    carried = len(files) - refused
    shares = {name: count / max(carried, 1) for name, count in hits.items()}
    return {
        "pictures": len(files), "cannot carry it": refused, "wrong numbers": wrong,
        "mean psnr, dB": round(float(np.mean(decibels)), 2),
        "seconds to lay": round(float(np.median(took)), 3),
        "read": {name: round(share, 4) for name, share in shares.items()},
        "holds": not wrong and float(np.median(took)) <= SECONDS[side]
        and all(share >= CHANGES[name][1][side] for name, share in shares.items()),
    }  # fmt: skip


def unmarked(folders: list[Path], count: int) -> Iterator[Image.Image]:
    """Pictures as they are, crops of them, and noise."""
    chance = np.random.default_rng(2)
    listed = [files_in(folder) for folder in folders]
    rows = itertools.cycle([itertools.cycle(files) for files in listed if files])
    for number in range(count):
        if number % 10 == 9:
            side = int(chance.integers(40, 200))
            yield Image.fromarray(chance.integers(0, 256, (side, side, 3), dtype=np.uint8))
            continue
        with Image.open(next(next(rows))) as opened:
            picture = opened.convert("RGB")
        side = int(chance.integers(48, max(49, min(picture.size) + 1)))
        x, y = (int(chance.integers(0, max(1, each - side + 1))) for each in picture.size)
        yield picture.crop((x, y, x + side, y + side))


def main() -> int:
    """Measure, print, and exit 1 when a bound is broken."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("photographs", type=Path)
    options.add_argument("--count", type=int, default=200)
    options.add_argument("--unmarked", type=Path, nargs="*", default=[])
    options.add_argument("--looked-at", type=int, default=10_000)
    given = options.parse_args()
    files = files_in(given.photographs)[-given.count :]
    found: dict[str, Any] = {f"{side} px": side_of(files, side) for side in SECONDS}
    folders = [given.photographs, *given.unmarked]
    false = sum(label.found(np.asarray(each)) is not None
                for each in unmarked(folders, given.looked_at))  # fmt: skip
    found["unmarked"] = {"looked at": given.looked_at, "called marked": false}
    found["holds"] = not false and all(found[f"{side} px"]["holds"] for side in SECONDS)
    print(json.dumps(found))
    return 0 if found["holds"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
