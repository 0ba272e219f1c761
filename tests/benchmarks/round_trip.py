"""What other programs keep of an exported file: each that is installed opens it and saves it again.

    python tests/benchmarks/round_trip.py [--only gimp,vips]

A row for each program and format: whether the pixels are the same, and whether creator, rights,
kind of source, identifier, recipe and resolution are still there, as this program reads them, and
whether `refine` carries on what is left. JSON on stdout; what is not installed is named.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from studio.engine.artwork import Artwork  # noqa: E402
from studio.engine.errors import StudioError  # noqa: E402
from studio.engine.export.file_origin import read_provenance  # noqa: E402
from studio.engine.export.formats.base import FlatFormat, formats  # noqa: E402
from studio.engine.export.refined_origin import origin_of  # noqa: E402
from studio.engine.pieces.origin import Origin  # noqa: E402

SECONDS = 180
MADE = Origin(
    "Vase", ("Zoë 画家", "Ben"), {"x-default": "© Zoë", "de": "Alle Rechte"},
    {"latent": {"seed": 3}}, identifier="urn:uuid:6f1c7a5e-0000-5000-8000-000000000001",
)  # fmt: skip
WORDS = ("creator", "rights", "digital_source_type", "identifier", "recipe")
BLENDER = """
import bpy, sys
source, target, kind = sys.argv[-3:]
image = bpy.data.images.load(source)
image.pixels[0]  # only what is loaded is saved
image.file_format = kind
image.filepath_raw = target
image.save()
"""
GIMP = (
    '(let* ((i (car (gimp-file-load 1 "{0}" "{0}")))) '
    '(gimp-file-save 1 i (car (gimp-image-get-active-drawable i)) "{1}" "{1}"))'
)
_BLENDERS = {".png": "PNG", ".jpg": "JPEG", ".tif": "TIFF", ".webp": "WEBP"}
Order = Callable[[Path, Path], list[str]]


def _blender(source: Path, target: Path) -> list[str]:
    script = target.parent / "save.py"
    script.write_text(BLENDER)
    kind = _BLENDERS.get(target.suffix, "")  # what Blender calls no format is not saved
    return ["blender", "-b", "-P", str(script), "--", str(source), str(target), kind]


def _exiftool(source: Path, target: Path) -> list[str]:
    return ["exiftool", "-q", "-XMP-dc:Subject=a word", "-o", str(target), str(source)]


PROGRAMS: dict[str, Order] = {
    "gimp": lambda source, target: [
        "gimp", "-i", "-d", "-f", "-b", GIMP.format(source, target), "-b", "(gimp-quit 0)",
    ],
    "krita": lambda source, target: [
        "xvfb-run", "-a", "krita", str(source), "--export", "--export-filename", str(target),
    ],
    "blender": _blender,
    "convert": lambda source, target: ["convert", str(source), str(target)],
    "vips": lambda source, target: ["vips", "copy", str(source), str(target)],
    "exiftool": _exiftool,
    "ffmpeg": lambda source, target: ["ffmpeg", "-v", "error", "-i", str(source), str(target)],
    "darktable-cli": lambda source, target: ["darktable-cli", str(source), str(target)],
}  # fmt: skip


def row(program: str, source: Path, target: Path) -> dict[str, object]:
    """What is left of `source` when `program` has saved it as `target`."""
    found: dict[str, object] = {"program": program, "format": source.suffix[1:]}
    try:
        subprocess.run(
            PROGRAMS[program](source, target), capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return found | {"saved": False, "why": f"took longer than {SECONDS} s"}
    if not target.is_file() or not target.stat().st_size:
        return found | {"saved": False}
    return found | {"saved": True} | compared(source, target)


def compared(source: Path, target: Path) -> dict[str, object]:
    """Pixels, words and resolution, and whether the words are the same after `refine`."""
    with Image.open(source) as before, Image.open(target) as after:
        first, second = (np.asarray(each.convert("RGB"), int) for each in (before, after))
        apart = int(np.abs(first - second).max()) if first.shape == second.shape else None
        colours = after.info.get("icc_profile") is not None or "srgb" in after.info
        dpi = after.info.get("dpi", (None,))[0] or after.getexif().get(0x011A)
    try:
        old, new = read_provenance(source), read_provenance(target)
    except StudioError as error:
        return {"pixels_apart": apart, "damaged": str(error)}
    again = origin_of(target, [])
    creators = again.creator if isinstance(again.creator, tuple) else (again.creator,)
    return {
        "pixels_apart": apart,
        "colour_stated": colours,
        "dpi": None if dpi is None else round(float(dpi)),
        "kept": [word for word in WORDS if word in new and new[word] == old[word]],
        "lost": [word for word in WORDS if word not in new],
        "changed": {word: new[word] for word in WORDS if word in new and new[word] != old[word]},
        "verified": new.get("verified"),
        "refine_carries_on": "; ".join(creators) == new.get("creator", ""),
    }


def main() -> int:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(PROGRAMS), help="programs, with commas")
    wanted = parser.parse_args().only.split(",")
    missing = [each for each in wanted if shutil.which(each) is None]
    pixels = np.random.default_rng(1).integers(0, 256, (64, 80, 3), np.uint8)
    rows = []
    with tempfile.TemporaryDirectory() as place:
        for kind in formats().values():
            if not issubclass(kind, FlatFormat):  # what becomes of layers is in opened_elsewhere.py
                continue
            source = Path(place) / f"made{kind.suffix}"
            kind().write(Artwork.of(pixels), MADE, source)
            for program in wanted:
                if program not in missing:
                    target = Path(place) / f"{program}{kind.suffix}"
                    rows.append(row(program, source, target))
                    print(json.dumps(rows[-1], ensure_ascii=False), file=sys.stderr)
    table = {"benchmark": "round trip", "not_installed": missing, "rows": rows}
    print(json.dumps(table, indent=1, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
