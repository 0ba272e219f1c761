"""What other programs see in every file that is exported here: size, pixels, alpha, layers.

    python tests/benchmarks/opened_elsewhere.py [--only gimp,vips] [--ag-psd FOLDER]

Each program that is installed opens each format with its defaults and gives a PNG of what it
shows, and the names of the layers where it has any. FOLDER is one in which `npm install ag-psd`
was run. JSON on stdout; what is not installed is named. What they keep of the origin when they
save a file again is in `round_trip.py`.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import numpy as np
from defusedxml import ElementTree
from PIL import Image, ImageCms

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from studio.engine.artwork import Artwork, Layer  # noqa: E402
from studio.engine.export.formats.base import formats  # noqa: E402
from studio.engine.pieces.origin import Origin  # noqa: E402

SECONDS = 60
NAMES = ["Ground", "Vase ✓ 花瓶"]
SIDES = 80, 64
BLENDER = """
import bpy, sys
source, target = sys.argv[-2:]
image = bpy.data.images.load(source)
image.pixels[0]  # only what is loaded is saved
image.file_format = "PNG"
image.filepath_raw = target
image.save()
"""
GIMP = (
    '(let* ((i (car (gimp-file-load 1 "{0}" "{0}"))) (all (gimp-image-get-layers i)) (n 0)) '
    "(while (< n (car all)) "
    '(gimp-message (string-append "layer:" '
    "(car (gimp-item-get-name (vector-ref (cadr all) n))))) (set! n (+ n 1))) "
    "(gimp-image-merge-visible-layers i 1) "
    '(gimp-file-save 1 i (car (gimp-image-get-active-drawable i)) "{1}" "{1}"))'
)
AG_PSD = """
const fs = require("fs");
const { readPsd, initializeCanvas } = require(process.argv[2] + "/node_modules/ag-psd");
initializeCanvas(() => null, (width, height) => (
  { width, height, data: new Uint8ClampedArray(width * height * 4) }));
const psd = readPsd(fs.readFileSync(process.argv[3]), { useImageData: true });
fs.writeFileSync(process.argv[4], Buffer.from(psd.imageData.data));
console.log(JSON.stringify({ width: psd.width, height: psd.height,
  layers: psd.children.map((each) => each.name) }));
"""


@dataclass
class Seen:
    """What a program made of a file."""

    layers: list[str] | None = None
    why: str = ""


Look = Callable[[Path, Path], Seen]


def told(command: list[str]) -> str:
    """What it says on both streams."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        return process.communicate(timeout=SECONDS)[0].decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        # With all that it began: a Krita that hangs is given the files of those after it.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise


def gimp(source: Path, target: Path) -> Seen:
    script = GIMP.format(source, target)
    said = told(["gimp", "-i", "-d", "-f", "-b", script, "-b", "(gimp-quit 0)"])
    names = [line.partition("layer:")[2] for line in said.splitlines() if "layer:" in line]
    return Seen(names[::-1] or None, said[-200:])


def krita(source: Path, target: Path) -> Seen:
    command = ["xvfb-run", "-a", "krita", str(source), "--export", "--export-filename"]
    said = told([*command, str(target)])
    again = target.with_suffix(".again.ora")
    told([*command, str(again)])
    if not again.is_file():
        return Seen(None, said[-200:])
    with ZipFile(again) as archive:
        stack = ElementTree.fromstring(archive.read("stack.xml"))
    return Seen([each.get("name", "") for each in stack.iter("layer")][::-1])


def blender(source: Path, target: Path) -> Seen:
    script = target.with_suffix(".py")
    script.write_text(BLENDER)
    said = told(["blender", "-b", "-P", str(script), "--", str(source), str(target)])
    return Seen(None, said[-200:])


def imagemagick(source: Path, target: Path) -> Seen:
    said = told(["convert", f"{source}[0]", str(target)])
    names = told(["identify", "-format", "%l\\n", str(source)]).split("\n")
    return Seen([each for each in names if each.strip()] or None, said[-200:])


def plainly(*words: str) -> Look:
    """By one command; `{0}` is the file and `{1}` the picture to make."""

    def look(source: Path, target: Path) -> Seen:
        return Seen(None, told([word.format(source, target) for word in words])[-200:])

    return look


PROGRAMS: dict[str, tuple[str, Look]] = {
    "gimp": ("gimp", gimp),
    "krita": ("krita", krita),
    "inkscape": ("inkscape", plainly("inkscape", "{0}", "--export-filename={1}")),
    "blender": ("blender", blender),
    "imagemagick": ("convert", imagemagick),
    "vips": ("vips", plainly("vips", "copy", "{0}", "{1}")),
    "darktable": ("darktable-cli", plainly("darktable-cli", "{0}", "{1}")),
    "ffmpeg": ("ffmpeg", plainly("ffmpeg", "-v", "error", "-i", "{0}", "-frames:v", "1", "{1}")),
}


def ag_psd(folder: Path) -> Look:
    def look(source: Path, target: Path) -> Seen:
        script, raw = target.with_suffix(".cjs"), target.with_suffix(".raw")
        script.write_text(AG_PSD)
        said = told(["node", str(script), str(folder), str(source), str(raw)])
        try:
            facts = json.loads(said)
        except ValueError:
            return Seen(None, said[-200:])
        size = facts["width"], facts["height"]
        Image.frombytes("RGBA", size, raw.read_bytes()).save(target)
        return Seen(facts["layers"])

    return look


def row(name: str, look: Look, source: Path, truth: np.ndarray, place: Path) -> dict[str, object]:
    """One program and one file. Distances are in levels of 255, of what can be seen."""
    found: dict[str, object] = {"program": name, "format": source.suffix[1:]}
    target = place / f"{name}-{source.suffix[1:]}.png"
    try:
        seen = look(source, target)
    except subprocess.TimeoutExpired:
        return found | {"opens": False, "why": f"took longer than {SECONDS} s"}
    if not target.is_file() or not target.stat().st_size:
        return found | {"opens": False, "why": seen.why.strip()}
    with Image.open(target) as shown:
        found |= {"opens": True, "size": list(shown.size), "bands": "".join(shown.getbands())}
        found["profile"], pixels = in_srgb(shown)
    if pixels.shape == truth.shape:
        apart = np.abs(pixels - truth)
        there = truth[..., 3] > 0
        found |= {
            "colour_apart": int(apart[..., :3][there].max()),
            "colour_apart_mean": round(float(apart[..., :3][there].mean()), 2),
            "alpha_apart": int(apart[..., 3].max()),
        }
    if seen.layers is not None and len(seen.layers) > 1:
        found |= {"layers": seen.layers, "layers_named_alike": seen.layers == NAMES}
    return found


def in_srgb(shown: Image.Image) -> tuple[str, np.ndarray]:
    """The name of the space that a program states, and pixels [h, w, 4] converted from it."""
    profile = shown.info.get("icc_profile")
    plain = shown.convert("RGBA")
    if not profile:
        return "sRGB chunk" if "srgb" in shown.info else "", np.asarray(plain, int)
    space = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    name = ImageCms.getProfileDescription(space).strip()
    if not name.startswith(("sRGB", "GIMP built-in sRGB")):
        colour = ImageCms.profileToProfile(
            plain.convert("RGB"), space, ImageCms.createProfile("sRGB")
        )
        colour.putalpha(plain.getchannel("A"))
        plain = colour
    return name, np.asarray(plain, int)


def made() -> Artwork:
    """A soft ground that is clear at its rim, and a figure over it with a soft edge."""
    width, height = SIDES
    y, x = np.mgrid[:height, :width]
    ground = np.stack([x * 3, y * 3, 200 - x, 255 + 0 * x], axis=2)
    ground[:, :8, 3] = 0
    figure = np.stack([220 + 0 * x, 40 + y, 30 + x, 0 * x], axis=2)
    from_middle = np.hypot(x - width / 2, y - height / 2)
    figure[..., 3] = np.clip(255 - (from_middle - 12) * 20, 0, 255)
    layers = (ground, figure)
    return Artwork(
        tuple(Layer(name, each.astype(np.uint8)) for name, each in zip(NAMES, layers, strict=True))
    )


def main() -> int:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join([*PROGRAMS, "ag-psd"]), help="with commas")
    parser.add_argument("--ag-psd", type=Path, help="a folder in which it is installed")
    given = parser.parse_args()
    programs = {name: look for name, (command, look) in PROGRAMS.items() if shutil.which(command)}
    if given.ag_psd is not None and shutil.which("node"):
        programs["ag-psd"] = ag_psd(given.ag_psd.resolve())
    wanted = given.only.split(",")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        place, artwork = Path(folder), made()
        for kind in formats().values():
            source = place / f"made{kind.suffix}"
            kind().write(artwork, Origin("Vase", "Zoë"), source)
            with kind.read_picture(source) as picture:
                truth = np.asarray(picture.convert("RGBA"), int)
            for name in wanted:
                if name in programs and (name != "ag-psd" or kind.suffix == ".psd"):
                    rows.append(row(name, programs[name], source, truth, place))
                    print(json.dumps(rows[-1], ensure_ascii=False), file=sys.stderr)
    missing = [each for each in wanted if each not in programs]
    table = {"benchmark": "opened elsewhere", "not_installed": missing, "rows": rows}
    print(json.dumps(table, indent=1, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
