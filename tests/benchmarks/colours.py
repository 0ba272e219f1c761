"""What is read of pictures beside ImageMagick, libvips and Qt: mean difference in levels a file.

    python tests/benchmarks/colours.py FOLDER... > result.json

Each picture is read here and by `convert`, `vips` (as far as they are installed) and Qt, turned
upright, converted to sRGB and laid over black where transparent. Prints one JSON object: for
each other program how many files both read, and each that is more than 2 levels off.
libvips applies profiles and no gamma. OWN as a FOLDER stands for pictures that are made here:
the same colours in profiles, gammas and depths that the sets lack.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from studio.engine.dataset.decoding import pixels
from studio.engine.dataset.decoding.probe import probe

ENOUGH = 2.0
SECONDS = 20
IN_ALL = float(os.environ.get("SECONDS_IN_ALL", "inf"))
MOST = 20_000_000
P3 = (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)
OWN = "OWN"
SRGB = Path(tempfile.gettempdir()) / "latent-studio-srgb.icc"


def ours(path: Path) -> np.ndarray:
    with path.open("rb") as stream:
        head = stream.read(64)
        stream.seek(0)
        image = pixels.opened(stream, head, path.suffix)
        header = pixels.header_of(image)
        return over_black(pixels.upright(image, header.orientation, header.bits))


def over_black(picture: Image.Image) -> np.ndarray:
    """float64 [H, W, 3]."""
    values = np.asarray(picture.convert("RGBA"), np.float64)
    return np.asarray(values[..., :3] * (values[..., 3:] / 255))


def by_command(*command: str) -> Callable[[Path], np.ndarray]:
    def read(path: Path) -> np.ndarray:
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "made.png"
            filled = [each.format(path=path, made=made, srgb=SRGB) for each in command]
            subprocess.run(filled, check=True, capture_output=True, timeout=SECONDS)
            with Image.open(made) as image:
                return over_black(image)

    return read


def qt(path: Path) -> np.ndarray:
    from PySide6.QtGui import QColorSpace, QImage, QImageReader

    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    image = reader.read()
    if image.isNull():
        raise ValueError("Qt does not read it")
    if image.colorSpace().isValid():
        image = image.convertedToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    values = rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)
    return over_black(Image.fromarray(values.copy()))


def has_profile(path: Path) -> bool:
    with Image.open(path) as image:
        return bool(image.info.get("icc_profile"))


def readers() -> dict[str, Callable[[Path], np.ndarray]]:
    found: dict[str, Callable[[Path], np.ndarray]] = {"Qt": qt}
    if shutil.which("convert"):
        found["ImageMagick"] = by_command(
            "convert", "{path}[0]", "-auto-orient", "-profile", "{srgb}", "-colorspace", "sRGB",
            "-depth", "8", "PNG32:{made}",
        )  # fmt: skip
    if shutil.which("vipsthumbnail"):
        plain = ("vipsthumbnail", "{path}", "--size", "100000x100000>", "--output", "{made}")
        as_it_is = by_command(*plain)
        converted = by_command(*plain, "--export-profile", "srgb")
        # Asked to convert what states no profile, it would assume one.
        found["libvips"] = lambda path: (converted if has_profile(path) else as_it_is)(path)
    return found


def own(folder: Path) -> Path:
    """Twelve colours and a ramp, as files whose statements of colour differ."""
    from PIL import ImageCms, PngImagePlugin

    from studio.engine.dataset.decoding import icc_profile, transfer

    folder.mkdir()
    white, primaries = (0.3127, 0.329), transfer.SRGB_PRIMARIES
    profiles = {
        "linear": icc_profile.matrix_profile(white, primaries, transfer.power(1.0), "linear"),
        "gamma_1.8": icc_profile.matrix_profile(white, primaries, transfer.power(1.8), "1.8"),
        "adobe": icc_profile.matrix_profile(
            white, transfer.ADOBE_RGB, transfer.power(transfer.GAMMA_OF_ADOBE_RGB), "A"
        ),
        "p3": icc_profile.matrix_profile(white, P3, transfer.power(2.2), "P3"),
        "swapped": icc_profile.matrix_profile(
            white, primaries[::-1], transfer.power(2.2), "red and blue swapped"
        ),
    }
    ramp = np.linspace(0, 255, 192).round().astype(np.uint8)
    patches = np.random.default_rng(5).integers(0, 256, (4, 3, 3), dtype=np.uint8)
    blocks = np.repeat(np.repeat(patches, 16, 0), 64, 1)
    grey = np.repeat(ramp[None, :, None], 32, 0).repeat(3, 2)
    picture = Image.fromarray(np.concatenate([blocks, grey]))
    srgb = SRGB.read_bytes()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    picture.save(folder / "plain.png")
    picture.save(folder / "srgb.png", icc_profile=srgb)
    picture.save(folder / "srgb.jpg", icc_profile=srgb, quality=98, subsampling=0)
    picture.save(folder / "srgb.tif", icc_profile=srgb, compression="tiff_lzw")
    picture.save(folder / "srgb.webp", icc_profile=srgb, lossless=True)
    picture.save(folder / "wrong_space.png", icc_profile=lab)
    picture.convert("L").save(folder / "grey.png")
    deep = np.asarray(picture.convert("L"), np.uint16) * 257
    Image.fromarray(deep).save(folder / "grey16.png")
    picture.convert("CMYK").save(folder / "cmyk.tif")
    picture.convert("CMYK").save(folder / "cmyk.jpg", quality=98)
    picture.quantize(32).save(folder / "palette.gif")
    for gamma in (1.0, 1.8, 2.2):
        chunks = PngImagePlugin.PngInfo()
        chunks.add(b"gAMA", round(100_000 / gamma).to_bytes(4, "big"))
        picture.save(folder / f"gamma_{gamma}.png", pnginfo=chunks)
    for name, profile in profiles.items():
        picture.save(folder / f"{name}.png", icc_profile=profile)
        picture.save(folder / f"{name}.jpg", icc_profile=profile, quality=98, subsampling=0)
        picture.save(folder / f"{name}.tif", icc_profile=profile, compression="tiff_lzw")
    return folder


def compared(path: Path, found: dict[str, Callable[[Path], np.ndarray]]) -> dict[str, object]:
    answer = probe(str(path), "")
    row: dict[str, object] = {"mode": answer.get("mode", ""), **({} if "facts" not in answer else {
        "space": answer["facts"].get("space", "")})}  # fmt: skip
    if answer["kind"] != "picture" or answer["width"] * answer["height"] > MOST:
        return row | {"ours": str(answer.get("reason", answer["kind"]))}
    mine = ours(path)
    for name, read in found.items():
        try:
            other = read(path)
        except (OSError, ValueError, subprocess.SubprocessError, SyntaxError):
            row[name] = None
            continue
        same = other.shape == mine.shape
        row[name] = round(float(np.abs(mine - other).mean()), 2) if same else "another size"
    return row


def main(folders: list[str]) -> int:
    from PIL import ImageCms

    SRGB.write_bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    found = readers()
    rows: dict[str, dict[str, object]] = {}
    made = tempfile.mkdtemp()
    files = [
        (folder, path)
        for folder in (own(Path(made) / OWN) if each == OWN else Path(each) for each in folders)
        for path in sorted(each for each in folder.rglob("*") if each.is_file())
    ]
    ends = time.monotonic() + IN_ALL
    for folder, path in files:
        if time.monotonic() > ends:
            break
        rows[f"{folder.name}/{path.relative_to(folder)}"] = compared(path, found)
    summary = {
        name: {
            "both": sum(isinstance(row.get(name), float) for row in rows.values()),
            "within 2 levels": sum(
                isinstance(value := row.get(name), float) and value <= ENOUGH
                for row in rows.values()
            ),
        }
        for name in found
    }
    off = {
        file: row for file, row in rows.items()
        if any(
            row.get(name) == "another size"
            or (isinstance(value := row.get(name), float) and value > ENOUGH)
            for name in found
        )
    }  # fmt: skip
    told = {"files": len(files), "reached": len(rows), "summary": summary}
    print(json.dumps(told | {"more than 2 levels off": off}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
