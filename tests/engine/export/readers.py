"""Readers that share no code with the writers: Qt for the pixels, `struct` for what lies beside."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from defusedxml.ElementTree import fromstring
from PySide6.QtGui import QImage, QImageReader

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"
IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
OURS = "{https://latent.studio/ns/1.0/}"
_ADOBE = b"http://ns.adobe.com/xap/1.0/\0"
_TYPES = {1: "B", 2: "c", 3: "H", 4: "I", 5: "II", 7: "B"}

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True)
class Beside:
    """What a file holds beside its pixels."""

    icc: bytes
    xmp: bytes
    tags: dict[int, tuple[int, ...]]
    """Of a TIFF; empty for the others."""


def by_qt(path: Path, channels: int) -> Pixels:
    """uint8 [h, w, channels] as Qt reads the file, its pixels untouched by any profile."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(False)
    image = reader.read()
    assert not image.isNull(), f"{path}: {reader.errorString()}"
    formats = {
        1: QImage.Format.Format_Grayscale8,
        3: QImage.Format.Format_RGB888,
        4: QImage.Format.Format_RGBA8888,
    }
    if channels == 1:
        assert image.isGrayscale()
    assert image.hasAlphaChannel() == (channels == 4)
    image = image.convertToFormat(formats[channels])
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * channels].reshape(image.height(), -1, channels).copy()


def beside(path: Path) -> Beside:
    """Profile and packet of a PNG, JPEG, TIFF or WebP, found by the rules of its format."""
    data = path.read_bytes()
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return _of_png(data)
    if data[:2] == b"\xff\xd8":
        return _of_jpeg(data)
    if data[:4] == b"II*\0":
        return _of_tiff(data)
    assert data[:4] == b"RIFF"
    assert data[8:12] == b"WEBP"
    return _of_webp(data)


def _of_png(data: bytes) -> Beside:
    icc = xmp = b""
    place, seen = 8, []
    while place < len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        content = data[place + 8 : place + 8 + length]
        (crc,) = struct.unpack_from(">I", data, place + 8 + length)
        assert crc == zlib.crc32(kind + content)
        seen.append(kind)
        if kind == b"iCCP":
            icc = zlib.decompress(content.split(b"\0", 1)[1][1:])
        if kind == b"iTXt" and content.startswith(b"XML:com.adobe.xmp\0\0\0"):
            xmp = content.split(b"\0", 5)[5]
        place += 12 + length
    assert seen[0] == b"IHDR"
    assert seen[-1] == b"IEND"
    colour = b"iCCP" if icc else b"sRGB"
    assert seen.index(colour) < seen.index(b"IDAT")
    assert len({b"iCCP", b"sRGB"} & set(seen)) == 1, "PNG 3rd edition, 11.3.2.5"
    return Beside(icc, xmp, {})


def _of_jpeg(data: bytes) -> Beside:
    place, xmp, parts = 2, b"", {}
    while data[place] == 0xFF and data[place + 1] != 0xDA:
        marker, length = struct.unpack_from(">BH", data, place + 1)
        content = data[place + 4 : place + 2 + length]
        if marker == 0xE1 and content.startswith(_ADOBE):
            xmp = content[len(_ADOBE) :]
        if marker == 0xE2 and content.startswith(b"ICC_PROFILE\0"):
            parts[content[12]] = content[14:]
        place += 2 + length
    return Beside(b"".join(parts[number] for number in sorted(parts)), xmp, {})


def _of_tiff(data: bytes) -> Beside:
    (place,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, place)
    tags: dict[int, tuple[int, ...]] = {}
    for number in range(count):
        at = place + 2 + 12 * number
        tag, kind, length = struct.unpack_from("<HHI", data, at)
        if kind not in _TYPES or kind == 2:
            continue
        layout = "<" + _TYPES[kind] * length
        inline = struct.calcsize(layout) <= 4
        start = at + 8 if inline else struct.unpack_from("<I", data, at + 8)[0]
        tags[tag] = struct.unpack_from(layout, data, start)
    return Beside(bytes(tags.get(34675, ())), bytes(tags.get(700, ())), tags)


def _of_webp(data: bytes) -> Beside:
    assert struct.unpack_from("<I", data, 4)[0] == len(data) - 8
    place, chunks = 12, {}
    while place < len(data):
        name, length = struct.unpack_from("<4sI", data, place)
        chunks[name] = data[place + 8 : place + 8 + length]
        place += 8 + length + length % 2
    return Beside(chunks.get(b"ICCP", b""), chunks.get(b"XMP ", b""), {})


def described(xmp: bytes) -> dict[str, str]:
    """Properties of the packet by their full names, lists and alternatives as their text."""
    root = fromstring(xmp.decode("utf-8"), forbid_dtd=True)
    (found,) = root.iter(f"{RDF}Description")
    assert found.get(f"{RDF}about") == ""
    return {each.tag: "".join(each.itertext()) for each in found}
