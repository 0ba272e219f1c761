"""The merged picture of a Photoshop file of any mode and depth, also of large documents (PSB).

After Adobe Photoshop File Formats Specification (2019), "Photoshop File Format". Where a file was
saved without a merged picture, psd-tools puts the layers together.
"""

from __future__ import annotations

import importlib.util
import struct
from dataclasses import dataclass, field
from typing import IO, Any

import numpy as np
from PIL import Image

from studio.engine.extras import needed
from studio.engine.said import Said, SaidError

SIGNATURE = b"8BPS"
BITS = "bits of Photoshop"
"""Where the depth of a picture is noted in its `info`."""
NEEDS_LIBRARY = needed(
    Said("A Photoshop file that was saved without a merged picture (maximised compatibility)"),
    "layered",
)
_CUT_OFF = Said("The file is cut off before its end.")
_UNKNOWN = Said("It is a Photoshop file of a kind that cannot be read: save it as TIFF or PNG.")
_BITMAP, _GREY, _INDEXED, _RGB, _CMYK, _INKS, _DUOTONE, _LAB = 0, 1, 2, 3, 4, 7, 8, 9
_COLOURS = {_BITMAP: 1, _GREY: 1, _INDEXED: 1, _RGB: 3, _CMYK: 4, _DUOTONE: 1, _LAB: 3}
_PROFILE, _CLEAR_INDEX, _VERSION_INFO, _XMP = 1039, 1047, 1057, 1060
_KEPT = (_PROFILE, _CLEAR_INDEX, _VERSION_INFO, _XMP)
_LARGEST_RESOURCE = 16 << 20
_ENDLESS = 1 << 60
_RAW, _PACKED = 0, 1


class PhotoshopError(SaidError):
    """The file cannot be used; `said` tells why."""


@dataclass
class _Document:
    """What stands before the pixels."""

    large: bool
    channels: int
    width: int
    height: int
    depth: int
    mode: int
    palette: bytes = b""
    resources: dict[int, bytes] = field(default_factory=dict)
    layers: bool = False
    transparent: bool = False
    """Whether the channel behind the colours is transparency and not a selection that was saved."""


def opened(stream: IO[bytes], most_pixels: int) -> Image.Image | int:
    """The merged picture, decoded; the number of its pixels where it has more than `most_pixels`.

    Raises :class:`PhotoshopError`.
    """
    stream.seek(0)
    try:
        document = _header(stream)
        if document.width * document.height > most_pixels:
            return document.width * document.height
        merged = document.resources.get(_VERSION_INFO, b"\0\0\0\0\1")[4:5] != b"\0"
        if not merged and document.layers:
            return _composed(stream)
        picture = _picture(document, _planes(stream, document))
    except (struct.error, EOFError, ValueError, OSError) as error:
        raise PhotoshopError(_CUT_OFF) from error
    picture.format = "PSD"
    picture.info[BITS] = document.depth
    if profile := document.resources.get(_PROFILE):
        picture.info["icc_profile"] = profile
    return picture


def _header(stream: IO[bytes]) -> _Document:
    signature, version, channels, height, width, depth, mode = _read(stream, ">4sH6xHIIHH")
    if signature != SIGNATURE or version not in (1, 2):
        raise PhotoshopError(_UNKNOWN)
    document = _Document(version == 2, channels, width, height, depth, mode)
    count = _COLOURS.get(mode, min(channels, 3))
    if mode not in (*_COLOURS, _INKS) or depth not in (1, 8, 16, 32) or not 0 < count <= channels:
        raise PhotoshopError(_UNKNOWN)
    if not (width and height):
        raise PhotoshopError("It has no pixels.")
    document.palette = _exactly(stream, min(_read(stream, ">I")[0], _LARGEST_RESOURCE))
    _resources(stream, document)
    length = _length(stream, ">Q" if document.large else ">I")
    end = stream.tell() + length
    _layers(stream, document, end)
    stream.seek(end)
    return document


def _resources(stream: IO[bytes], document: _Document) -> None:
    (length,) = _read(stream, ">I")
    end = stream.tell() + length
    while stream.tell() + 12 <= end:
        _, number, name = _read(stream, ">4sHB")
        stream.seek(name + (1 - name % 2), 1)  # with its length, the name is even
        (size,) = _read(stream, ">I")
        if number in _KEPT and size <= _LARGEST_RESOURCE:
            document.resources[number] = _exactly(stream, size)
        else:
            stream.seek(size, 1)
        stream.seek(size % 2, 1)
    stream.seek(end)


def _layers(stream: IO[bytes], document: _Document, end: int) -> None:
    """Whether there are layers, and what their count and the blocks behind say of transparency."""
    wide = ">Q" if document.large else ">I"
    if stream.tell() + 6 > end:
        return
    length = _length(stream, wide)
    start = stream.tell()
    if length:
        (count,) = _read(stream, ">h")
        document.layers, document.transparent = count != 0, count < 0
    stream.seek(start + length)
    if stream.tell() + 4 > end:
        return
    stream.seek(_read(stream, ">I")[0], 1)  # global mask
    while stream.tell() + 12 <= end:
        _, key = _read(stream, ">4s4s")
        long = document.large and key in (b"Lr16", b"Lr32", b"Layr", b"Mt16", b"Mt32", b"Mtrn")
        size = _length(stream, ">Q" if long else ">I")
        start = stream.tell()
        if key in (b"Lr16", b"Lr32", b"Layr") and size >= 2:
            (count,) = _read(stream, ">h")
            document.layers, document.transparent = count != 0, count < 0
        document.transparent |= key in (b"Mt16", b"Mt32", b"Mtrn")
        stream.seek(start + size + -size % 4)


def _planes(stream: IO[bytes], document: _Document) -> np.ndarray:
    """Colours and transparency, uint8 [C, H, W]."""
    colours = _COLOURS.get(document.mode, min(document.channels, 3))
    count = colours + (document.transparent and document.channels > colours)
    row = (document.width * document.depth + 7) // 8
    (packing,) = _read(stream, ">H")
    if packing == _RAW:
        data = [_exactly(stream, row * document.height) for _ in range(count)]
    elif packing == _PACKED:
        wide = np.dtype(">u4" if document.large else ">u2")
        table = _exactly(stream, document.channels * document.height * wide.itemsize)
        rows = np.frombuffer(table, wide).reshape(document.channels, -1)
        sizes = rows.sum(axis=1, dtype=np.int64)
        data = [_unpacked(_exactly(stream, int(size)), row, document) for size in sizes[:count]]
    else:
        raise PhotoshopError(_UNKNOWN)
    return np.stack([_eight_bits(each, row, document) for each in data])


def _unpacked(data: bytes, row: int, document: _Document) -> bytes:
    return Image.frombytes("L", (row, document.height), data, "packbits", "L").tobytes()


def _eight_bits(data: bytes, row: int, document: _Document) -> np.ndarray:
    """One channel, uint8 [H, W]."""
    size = (document.height, document.width)
    if document.depth == 1:
        rows = np.frombuffer(data, np.uint8).reshape(document.height, row)
        return np.unpackbits(rows, axis=1, count=document.width) * np.uint8(255)
    if document.depth == 16:
        return _rounded(np.frombuffer(data, ">u2").reshape(size))
    if document.depth == 32:
        light = np.nan_to_num(np.frombuffer(data, ">f4").reshape(size)).clip(0, 1)
        if _PROFILE not in document.resources:  # light without a profile is linear
            light = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
        return np.asarray(light * 255 + 0.5).astype(np.uint8)
    return np.frombuffer(data, np.uint8).reshape(size)


def _picture(document: _Document, planes: np.ndarray) -> Image.Image:
    if document.mode == _BITMAP:
        return Image.fromarray(255 - planes[0])  # a bit that is set is ink
    if document.mode == _INDEXED:
        return _indexed(document, planes[0])
    if document.mode == _CMYK:
        return _merged("CMYK", 255 - planes[:4])  # stored inverted: 255 is no ink
    if document.mode == _LAB:
        return _merged("LAB", planes[:3])
    colours = 3 if len(planes) >= 3 else 1
    if len(planes) > colours:
        planes = _freed_of_white(planes[:colours], planes[colours])
    return _merged({1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[len(planes)], planes)


def _rounded(deep: np.ndarray) -> np.ndarray:
    """The nearest 8 bits of 16."""
    return ((deep.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)


def shown(planes: np.ndarray, *, alpha: bool) -> Image.Image:
    """What is read of a merged picture, uint8 or uint16 [C, H, W] as it is to be stored."""
    eight = planes if planes.dtype == np.uint8 else _rounded(planes)
    if alpha:
        eight = _freed_of_white(eight[:-1], eight[-1])
    return _merged({1: "L", 3: "RGB", 4: "RGBA"}[len(eight)], eight)


def packet(stream: IO[bytes]) -> bytes:
    """The XMP of a file, empty where it has none; raises :class:`PhotoshopError`."""
    stream.seek(0)
    try:
        return _header(stream).resources.get(_XMP, b"")
    except (struct.error, EOFError, ValueError, OSError) as error:
        raise PhotoshopError(_CUT_OFF) from error


def _merged(mode: str, planes: np.ndarray) -> Image.Image:
    return Image.merge(mode, [Image.fromarray(np.ascontiguousarray(each)) for each in planes])


def _indexed(document: _Document, plane: np.ndarray) -> Image.Image:
    picture = Image.fromarray(plane)
    table = np.frombuffer(document.palette[:768].ljust(768, b"\0"), np.uint8).reshape(3, 256)
    picture.putpalette(table.T.tobytes())
    if clear := document.resources.get(_CLEAR_INDEX):
        picture.info["transparency"] = int.from_bytes(clear[:2], "big")
    return picture


def _freed_of_white(colours: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Straight colour: that of a transparent picture is mixed with white, which is taken out."""
    share = alpha.astype(np.float32) / 255.0
    straight = (colours - 255.0 * (1.0 - share)) / np.maximum(share, 1 / 255)
    straight = np.where(alpha > 0, np.clip(straight + 0.5, 0, 255), 0)
    return np.concatenate([straight, alpha[None]]).astype(np.uint8)


def _composed(stream: IO[bytes]) -> Image.Image:
    if importlib.util.find_spec("psd_tools") is None:
        raise PhotoshopError(NEEDS_LIBRARY)
    stream.seek(0)
    try:
        from psd_tools import PSDImage

        picture: Image.Image | None = PSDImage.open(stream).composite(ignore_preview=True)
    except MemoryError:
        raise
    except Exception as error:  # the library may raise anything on hostile bytes
        raise PhotoshopError(
            "Its layers cannot be put together ({reason}).", reason=error
        ) from error
    if picture is None:
        raise PhotoshopError(_UNKNOWN)
    picture.format = "PSD"
    return picture


def _read(stream: IO[bytes], layout: str) -> tuple[Any, ...]:
    return struct.unpack(layout, stream.read(struct.calcsize(layout)))


def _length(stream: IO[bytes], layout: str) -> int:
    """How long a part says that it is; no file can be as long as eight bytes can say."""
    (length,) = _read(stream, layout)
    if length >= _ENDLESS:
        raise EOFError
    return int(length)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data
