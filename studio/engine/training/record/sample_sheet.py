"""The sample sheet: the same seeds again and again, as one PNG per moment."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from PIL import Image

from studio.engine.door import OutsideError, inside
from studio.engine.files import atomic_path

LONGEST_SIDE = 512
_NUMBER = re.compile(r"\d+")


def path_of(run_folder: Path, images_seen: int) -> Path:
    """Where the sheet of a moment lies."""
    return inside(run_folder, "samples") / f"{images_seen:09d}.png"


def told_of(run_folder: Path, path: str) -> Path | None:
    """The sheet that a diary names, which lies in this run's folder or is none: a diary may have
    been written by anybody."""
    try:
        return inside(run_folder, "samples", re.split(r"[/\\\\]", path)[-1])
    except OutsideError:
        return None


def sheets(run_folder: Path) -> list[tuple[int, Path]]:
    """The sheets there are with the images seen at their moment, in order of their names."""
    found = sorted(path_of(run_folder, 0).parent.glob("*.png"))
    numbers = [(_NUMBER.findall(path.stem), path) for path in found if not path.is_symlink()]
    return [(int(each[-1]), path) for each, path in numbers if each]


def layout(height: int, width: int) -> tuple[int, int]:
    """(columns, pictures): a square of 2 to 6 a side, about :data:`LONGEST_SIDE` pixels wide."""
    side = min(6, max(2, LONGEST_SIDE // max(height, width)))
    return side, side * side


def write_sheet(pictures: np.ndarray, columns: int, target: Path) -> None:
    """Write uint8 [n, H, W, C] row by row, edge to edge, as a PNG; empty cells are black."""
    count, height, width, channels = pictures.shape
    rows = -(-count // columns)
    page = np.zeros((rows * columns, height, width, channels), np.uint8)
    page[:count] = pictures
    page = page.reshape(rows, columns, height, width, channels).transpose(0, 2, 1, 3, 4)
    flat = page.reshape(rows * height, columns * width, channels)
    image = Image.fromarray(flat[..., 0] if channels == 1 else flat)
    target.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(target) as temporary:
        image.save(temporary, format="PNG", compress_level=1)
