"""Read one file, decode it, measure it: what a worker process does with an untrusted file."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path, PurePosixPath
from typing import IO, Any

import numpy as np
from PIL import Image

from studio.engine.dataset import archives, pixels

# Everything up to here is read once and kept for hashing and decoding.
_WHOLE_BYTES = 64 << 20
_HEAD_BYTES = 64
# Measurements are made on a picture of this longer side, so that they can be compared.
MEASURED_SIDE = 256
# A picture of several parts that is not an animation: previews, stereo pairs, layers.
_NOT_FRAMES = {"MPO", "PSD", "ICO", "ICNS", "CUR"}


def probe(path: str, member: str) -> dict[str, Any]:
    """The columns of an item for one file, as JSON values.

    `kind` is `picture`, `broken` (with `reason`) or `other` for what does not claim to
    be a picture; `memory` is there when memory ran out. Never raises for anything else
    that a file contains.
    """
    result: dict[str, Any] = {"kind": "broken", "sha256": "", "format": "", "mode": "", "facts": {}}
    result |= {"width": 0, "height": 0, "channels": 0}
    suffix = PurePosixPath(member).suffix if member else Path(path).suffix
    try:
        with _stream(path, member) as stream:
            head = stream.read(_HEAD_BYTES)
            stream.seek(0)
            try:
                _examine(stream, head, suffix, result)
            except pixels.BadPicture as error:
                result["reason"] = str(error)
            result["sha256"] = _digest(stream)
    except pixels.NotAPicture:
        return {"kind": "other"}
    except archives.ArchiveError as error:
        result["reason"] = str(error)
    except PermissionError:
        result["reason"] = "It may not be read by you: change its permissions and import again."
    except OSError as error:
        result["reason"] = f"It cannot be read ({error.strerror or error})."
    return result


def _stream(path: str, member: str) -> IO[bytes]:
    if member:
        return io.BytesIO(archives.read_member(Path(path), member))
    file = Path(path).open("rb")  # noqa: SIM115  # the caller closes it
    data = file.read(_WHOLE_BYTES + 1)
    if len(data) > _WHOLE_BYTES:
        file.seek(0)
        return file
    file.close()
    return io.BytesIO(data)


def _digest(stream: IO[bytes]) -> str:
    stream.seek(0)
    if isinstance(stream, io.BytesIO):
        return hashlib.sha256(stream.getbuffer()).hexdigest()
    return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]


def _examine(stream: IO[bytes], head: bytes, suffix: str, result: dict[str, Any]) -> None:
    # Pillow closes a stream that it refuses, so it gets its own view of small files.
    own: IO[bytes] = io.BytesIO(stream.getbuffer()) if isinstance(stream, io.BytesIO) else stream
    image = pixels.opened(own, head, suffix)
    header = pixels.header_of(image)
    result["format"], result["mode"] = header.format, header.mode
    result["width"], result["height"] = header.size
    facts = result["facts"]
    _state(facts, "orientation", header.orientation, 1)
    _state(facts, "bits", max(header.bits, _png_bits(head)), 8)
    _state(facts, "frames", _frames(image), 1)
    if image.info.get("icc_profile"):
        facts["icc"] = True
    wanted = _shrunk(header.size)
    try:
        picture = pixels.upright(image, header.orientation, header.bits, wanted)
    except MemoryError as error:
        result["memory"] = True
        raise pixels.BadPicture(pixels.why(error)) from error
    except Exception as error:  # any decoder may raise anything on hostile bytes
        raise pixels.BadPicture(pixels.why(error)) from error
    result["channels"] = {"L": 1, "RGB": 3, "RGBA": 4}[picture.mode]
    facts |= measurements(picture)
    result["kind"] = "picture"


def _state(facts: dict[str, Any], name: str, value: int, usual: int) -> None:
    if value > usual:
        facts[name] = value


def _frames(image: Image.Image) -> int:
    if image.format in _NOT_FRAMES or not getattr(image, "is_animated", False):
        return 1
    try:
        frames = int(getattr(image, "n_frames", 1))
        image.seek(0)
    except Exception:  # noqa: BLE001  # a damaged later frame must not cost the first
        return 2
    return frames


def _png_bits(head: bytes) -> int:
    return head[24] if head.startswith(b"\x89PNG") and len(head) > 24 else 0


def _shrunk(size: tuple[int, int]) -> tuple[int, int]:
    """The size at which a picture is measured; never larger than it is."""
    scale = min(1.0, MEASURED_SIDE / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def measurements(picture: Image.Image) -> dict[str, Any]:
    """Sharpness, deviation, mean colour and a difference hash of an upright picture."""
    factor = max(picture.size) // MEASURED_SIDE
    if factor > 1:
        picture = picture.reduce(factor)
    size = _shrunk(picture.size)
    grey = picture if picture.mode == "L" else _over_grey(picture)
    if grey.size != size:
        grey = grey.resize(size, Image.Resampling.BOX)
    means, deviations = _spread(picture)
    return {
        "sharpness": round(sharpness(np.asarray(grey)), 2),
        "deviation": round(float(deviations.max()), 2),
        "colour": [round(float(value)) for value in means[:3]],
        "dhash": difference_hash(grey),
    }


def _spread(picture: Image.Image) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each channel, from histograms: exact and quick."""
    counts = np.asarray(picture.histogram(), np.float64).reshape(-1, 256)
    counts /= counts.sum(axis=1, keepdims=True)
    levels = np.arange(256.0)
    means = counts @ levels
    return means, np.sqrt(np.maximum(counts @ levels**2 - means**2, 0.0))


def _over_grey(picture: Image.Image) -> Image.Image:
    """Luminance; what is transparent is laid over middle grey so that hidden colour is not seen."""
    if picture.mode == "RGBA":
        ground = Image.new("RGBA", picture.size, (128, 128, 128, 255))
        picture = Image.alpha_composite(ground, picture)
    return picture.convert("L")


def sharpness(grey: np.ndarray) -> float:
    """Variance of the 4-neighbour Laplacian (Pech-Pacheco et al. 2000, focus by LAPV).

    `grey` is uint8 [H, W]; 0 for a picture without detail or smaller than 3 x 3.
    """
    if min(grey.shape) < 3:
        return 0.0
    values = grey.astype(np.int16)
    laplacian = (
        values[:-2, 1:-1] + values[2:, 1:-1] + values[1:-1, :-2] + values[1:-1, 2:]
    ) - 4 * values[1:-1, 1:-1]
    flat = laplacian.astype(np.float32).ravel()
    mean = float(flat.sum()) / flat.size
    return max(0.0, float(np.dot(flat, flat)) / flat.size - mean * mean)


def difference_hash(grey: Image.Image) -> str:
    """64 bits as 16 hex digits: is each of 8 x 8 cells brighter than its right neighbour?"""
    small = np.asarray(grey.resize((9, 8), Image.Resampling.BOX), dtype=np.int16)
    return np.packbits(small[:, :-1] > small[:, 1:]).tobytes().hex()
