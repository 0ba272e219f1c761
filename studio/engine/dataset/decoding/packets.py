"""The blocks of words that a picture file carries beside its pixels: XMP, EXIF, IPTC-IIM, C2PA.

They are found by the rules of each format, as bytes: what a PNG says stands before or after its
pixels and in any of its three kinds of text (PNG 3rd edition, 11.3.3), a long XMP packet of a
JPEG in parts (XMP specification part 3, 1.1.3.1). No pixel is decoded.
"""

from __future__ import annotations

import contextlib
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from PIL import Image

from studio.engine.dataset.decoding import content_credentials
from studio.engine.dataset.decoding.legacy_text import text_of
from studio.engine.door import opened

LARGEST = (4 << 20) + 1
"""Bytes of one block that are read; one byte more than anybody reads, so that this is seen."""
_ARTIST, _COPYRIGHT, _XP_AUTHOR = 0x013B, 0x8298, 0x9C9D
_XMP_TAG, _IPTC_TAG, _RESOURCES_TAG = 700, 33723, 34377
_XMP_RESOURCE, _IPTC_RESOURCE = 1060, 1028
_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_PNG = b"\x89PNG\r\n\x1a\n"
_XMP_KEYS = ("XML:com.adobe.xmp", "Raw profile type xmp")
_IPTC_KEYS = ("Raw profile type iptc", "Raw profile type 8bim")
_EXIF_KEYS = ("eXIf", "Raw profile type exif", "Raw profile type APP1")
# IPTC-IIM 4.2, record 2.
_BY_LINE, _NOTICE = 80, 116


@dataclass(frozen=True)
class Packets:
    """Absent blocks are empty. EXIF and IPTC are read as far as they name author and rights."""

    xmp: tuple[bytes, ...] = ()
    """Packets as they stand in the file, the principal one first."""
    authors: tuple[str, ...] = ()
    rights: str = ""
    content_credentials: bytes = b""
    """C2PA, as JUMBF."""


NOTHING = Packets()
_SAYING = {"APP1", "APP11", "APP13"}
"""Segments of a JPEG: EXIF and XMP, JUMBF, Photoshop's resources with IPTC-IIM."""


def packets_of(image: Image.Image, stream: IO[bytes] | None = None) -> Packets:
    """What an opened picture carries; `stream` is its file, which a PNG is read from."""
    if image.format == "JPEG" and _SAYING.isdisjoint(getattr(image, "app", ())):
        return NOTHING  # as of most pictures on the web: nothing is looked for
    texts = _png_texts(stream) if stream is not None and image.format == "PNG" else {}
    resources = _resources(image)
    iptc = next((texts[key] for key in _IPTC_KEYS if key in texts), b"") or resources.get(
        _IPTC_RESOURCE, b""
    )
    found = [texts[key] for key in _XMP_KEYS if key in texts]
    found = found or [_xmp(image) or resources.get(_XMP_RESOURCE, b""), *_extended(image)]
    authors, rights = _in_exif(image, texts)
    by_line, notice = _in_iptc(iptc)
    return Packets(
        tuple(each for each in found if each),
        authors or by_line,
        rights or notice,
        texts.get("caBX", b"") or _jumbf(image) or _elsewhere(image, stream),
    )


def sidecar_of(path: str, member: str = "") -> bytes:
    """What an `.xmp` beside a file says of it, under either usual name (`a.xmp`, `a.jpg.xmp`)."""
    for name in () if member else (f"{os.path.splitext(path)[0]}.xmp", f"{path}.xmp"):  # noqa: PTH122
        if os.path.isfile(name):  # noqa: PTH113  # the cheapest call, for nearly always it is not
            with contextlib.suppress(OSError), opened(name) as file:
                return file.read(LARGEST)
    return b""


def _png_texts(stream: IO[bytes]) -> dict[str, bytes]:
    """Texts by their keyword, and eXIf and caBX; of each the first."""
    texts: dict[str, bytes] = {}
    stream.seek(0)
    if stream.read(8) != _PNG:
        return texts
    while len(head := stream.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind == b"IEND":
            break
        if kind in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"caBX") and length <= LARGEST:
            with contextlib.suppress(ValueError, zlib.error):  # one damaged text
                key, text = _text(kind, stream.read(length))
                texts.setdefault(key, text)
            stream.seek(4, 1)
        else:
            stream.seek(length + 4, 1)
    return texts


def _text(kind: bytes, data: bytes) -> tuple[str, bytes]:
    if kind in (b"eXIf", b"caBX"):
        return kind.decode(), data
    name, rest = data.split(b"\0", 1)
    packed = kind == b"zTXt" or (kind == b"iTXt" and rest[:1] == b"\1")
    if kind == b"iTXt":
        rest = rest[2:].split(b"\0", 2)[2]
    elif packed:
        rest = rest[1:]
    if packed:
        rest = zlib.decompressobj().decompress(rest, LARGEST)
    key = name.decode("latin-1")
    return key, _raw_profile(rest) if key.startswith("Raw profile type") else rest


def _raw_profile(text: bytes) -> bytes:
    """As ImageMagick writes what PNG has no chunk for: a name, a length, hexadecimal digits."""
    _, _, digits = text.strip().split(b"\n", 2)
    return bytes.fromhex("".join(digits.decode("ascii").split()))


def _xmp(image: Image.Image) -> bytes:
    found: object = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    return _bytes(found) or _bytes(_tag(image, _XMP_TAG))


def _tag(image: Image.Image, tag: int) -> object:
    tags = getattr(image, "tag_v2", None)
    return tags.get(tag) if tags is not None else None


def _bytes(value: object) -> bytes:
    if isinstance(value, tuple) and value:
        if all(isinstance(each, int) for each in value):  # IPTC is often called numbers of 32 bits
            with contextlib.suppress(struct.error):
                return struct.pack(f"<{len(value)}I", *value)
        value = value[0]
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    return value[:LARGEST] if isinstance(value, bytes) else b""


def _segments(image: Image.Image, name: str) -> Iterator[bytes]:
    for marker, content in getattr(image, "applist", ()):
        if marker == name and isinstance(content, bytes):
            yield content


def _extended(image: Image.Image) -> list[bytes]:
    """The rest of a packet that was too long for one segment, put together."""
    parts: dict[bytes, dict[int, bytes]] = {}
    for segment in _segments(image, "APP1"):
        if segment.startswith(_EXTENSION) and len(segment) > len(_EXTENSION) + 40:
            rest = segment[len(_EXTENSION) :]
            (place,) = struct.unpack_from(">I", rest, 36)
            parts.setdefault(rest[:32], {})[place] = rest[40:]
    return [b"".join(part for _, part in sorted(each.items())) for each in parts.values()]


def _jumbf(image: Image.Image) -> bytes:
    """C2PA of a JPEG (ISO 19566-5, annex D): APP11, each part with its head."""
    return b"".join(part[8:] for part in _segments(image, "APP11") if part[:2] == b"JP")


def _elsewhere(image: Image.Image, stream: IO[bytes] | None) -> bytes:
    return content_credentials.in_file(image, stream) if stream is not None else b""


def _resources(image: Image.Image) -> dict[int, bytes]:
    """Photoshop's image resources, in whatever format."""
    found: object = image.info.get("photoshop")
    if isinstance(found, dict):
        return {key: value for key, value in found.items() if isinstance(value, bytes)}
    if image.format == "PSD":
        return {key: data for key, _, data in getattr(image, "resources", ())}
    iptc = _bytes(_tag(image, _IPTC_TAG))
    return {_IPTC_RESOURCE: iptc or _bytes(_tag(image, _RESOURCES_TAG))}


def _in_exif(image: Image.Image, texts: dict[str, bytes]) -> tuple[tuple[str, ...], str]:
    """Authors (several are parted by semicolons: EXIF 2.32, 4.6.5) and rights."""
    with contextlib.suppress(Exception):  # hostile EXIF may raise anything
        tags = image.getexif()
        late = next((texts[key] for key in _EXIF_KEYS if key in texts), b"")
        if late:
            tags = Image.Exif()
            tags.load(late)
        said = _exif_text(tags.get(_ARTIST)) or _exif_text(tags.get(_XP_AUTHOR))
        authors = tuple(part.strip() for part in said.split(";") if part.strip())
        return authors, _exif_text(tags.get(_COPYRIGHT))
    return (), ""


def _exif_text(value: object) -> str:
    if isinstance(value, bytes):  # XPAuthor
        value = value.decode("utf-16-le", "replace")
    if not isinstance(value, str):
        return ""
    with contextlib.suppress(UnicodeEncodeError):
        value = text_of(value.encode("latin-1"))  # Pillow takes every byte for a letter
    return ", ".join(part for each in value.split("\0") if (part := each.strip()))


def _in_iptc(block: bytes) -> tuple[tuple[str, ...], str]:
    """By-lines and the copyright notice of IIM, whatever lies around it."""
    found: dict[int, list[str]] = {_BY_LINE: [], _NOTICE: []}
    place = max(block.find(b"\x1c\x01"), 0) or max(block.find(b"\x1c\x02"), 0)
    place = place if block[:1] != b"\x1c" else 0
    while block[place : place + 1] == b"\x1c" and place + 5 <= len(block):
        record, kind, length = struct.unpack_from(">BBH", block, place + 1)
        place += 5
        if record == 2 and kind in found:
            found[kind].append(text_of(block[place : place + length]).strip())
        place += length
    authors = tuple(each for each in found[_BY_LINE] if each)
    return authors, next(iter(found[_NOTICE]), "")
