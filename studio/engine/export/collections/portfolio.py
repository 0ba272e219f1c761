"""A portfolio: a PDF with one piece a page, lossless, with its name and its rights below it.

After ISO 32000-1. Words of scripts that Helvetica lacks are set in the song face that readers
bring for Chinese (Adobe-GB1); nothing is embedded, so files stay small.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

import numpy as np

from models.parameters import param
from studio.engine.export.collections.base import (
    Collection,
    Plate,
    Plates,
    Sheet,
    register,
    summary_of,
)
from studio.engine.export.formats.profiles import grey_profile, srgb_profile
from studio.engine.pieces.origin import Origin
from studio.engine.pieces.provenance import xmp_packet

_PAGES = {"a4": (595.28, 841.89), "letter": (612.0, 792.0)}
"""Points."""
_EDGE, _WORDS = 42.0, 54.0
_FONTS = (
    "/Latin << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> "
    "/Song << /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H "
    "/DescendantFonts [ << /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light "
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> "
    "/FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /ItalicAngle 0 "
    "/FontBBox [ -25 -254 1000 880 ] /Ascent 752 /Descent -271 /CapHeight 737 /StemV 58 >> >> ] >>"
)


@register
@dataclass(frozen=True)
class Portfolio(Collection):
    """PDF 1.7 with the packet of XMP of all pieces."""

    name = "portfolio"
    title = "Portfolio"
    suffix = ".pdf"
    summary = "A PDF with one piece a page, lossless, with its name and rights."

    page: str = param(
        "a4", label="Page", choices=tuple(_PAGES), names={"a4": "A4 paper", "letter": "US Letter"},
        help="The size of the paper.",
    )  # fmt: skip
    sideways: bool = param(False, label="Landscape", help="The paper lies on its side.")
    named: bool = param(True, label="Names", help="Write its name below every picture.")

    def endings(self, count: int) -> tuple[str, ...]:
        return (".pdf",)

    def write(self, plates: Plates, sheets: Sequence[Sheet]) -> None:
        """A page at a time; the packet and the list of pages come last."""
        origins: list[Origin] = []
        with sheets[0].path.open("wb") as file:
            document = _Document(file)
            profiles = [
                document.add(f"/N {n}", profile)
                for n, profile in ((1, grey_profile()), (3, srgb_profile()))
            ]
            for plate in plates:
                self._add_page(document, plate, profiles)
                origins.append(plate.origin)
            document.finish(xmp_packet(summary_of(origins, sheets[0].name)))

    def _add_page(self, document: _Document, plate: Plate, profiles: Sequence[int]) -> None:
        width, height = _PAGES[self.page][::-1] if self.sideways else _PAGES[self.page]
        pixels = plate.artwork.flat()
        rows, columns, channels = pixels.shape
        mask = ""
        if channels == 4:
            alpha = document.add(
                f"/Type /XObject /Subtype /Image /Width {columns} /Height {rows} "
                "/ColorSpace /DeviceGray /BitsPerComponent 8",
                np.ascontiguousarray(pixels[..., 3]).tobytes(),
            )
            mask, pixels = f" /SMask {alpha} 0 R", pixels[..., :3]
        profile = profiles[0 if channels == 1 else 1]
        image = document.add(
            f"/Type /XObject /Subtype /Image /Width {columns} /Height {rows} "
            f"/ColorSpace [ /ICCBased {profile} 0 R ] /BitsPerComponent 8{mask}",
            np.ascontiguousarray(pixels).tobytes(),
        )
        below = _WORDS if self.named else 0.0
        scale = min((width - 2 * _EDGE) / columns, (height - 2 * _EDGE - below) / rows)
        wide, high = columns * scale, rows * scale
        x, y = (width - wide) / 2, _EDGE + below + (height - 2 * _EDGE - below - high) / 2
        drawn = f"q {wide:.3f} 0 0 {high:.3f} {x:.3f} {y:.3f} cm /Picture Do Q\n".encode()
        if self.named:
            rights = plate.origin.rights if isinstance(plate.origin.rights, str) else ""
            drawn += _words(plate.name, 13, x, y - 24) + _words(rights, 9, x, y - 40)
        document.add_page(drawn, image, (width, height))


def _words(text: str, size: int, x: float, y: float) -> bytes:
    try:
        face, shown = "Latin", text.encode("cp1252")
    except UnicodeEncodeError:
        face, shown = "Song", text.encode("utf-16-be", "replace")
    place = f"BT /{face} {size} Tf 1 0 0 1 {x:.3f} {y:.3f} Tm <{shown.hex()}> Tj ET\n"
    return place.encode() if text else b""


class _Document:
    """A file of numbered objects; what is added lies on the disk at once."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._places: dict[int, int] = {}
        self._pages: list[int] = []
        self._next = 3  # 1 is the catalogue, 2 the list of pages
        file.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def add(self, words: str, data: bytes, *, packed: bool = True) -> int:
        """A stream; its number."""
        number, self._next = self._next, self._next + 1
        content = zlib.compress(data, 6) if packed else data
        kind = " /Filter /FlateDecode" if packed else ""
        self._put(
            number,
            f"<< {words}{kind} /Length {len(content)} >>\nstream\n".encode()
            + content + b"\nendstream",
        )  # fmt: skip
        return number

    def add_page(self, drawn: bytes, image: int, size: tuple[float, float]) -> None:
        content = self.add("", drawn)
        number, self._next = self._next, self._next + 1
        self._put(
            number,
            f"<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 {size[0]} {size[1]} ] "
            f"/Contents {content} 0 R /Resources << /XObject << /Picture {image} 0 R >> "
            f"/Font << {_FONTS} >> >> >>".encode(),
        )
        self._pages.append(number)

    def finish(self, packet: bytes) -> None:
        about = self.add("/Type /Metadata /Subtype /XML", packet, packed=False)
        kids = " ".join(f"{number} 0 R" for number in self._pages)
        self._put(2, f"<< /Type /Pages /Count {len(self._pages)} /Kids [ {kids} ] >>".encode())
        self._put(1, f"<< /Type /Catalog /Pages 2 0 R /Metadata {about} 0 R >>".encode())
        table = self._file.tell()
        lines = "".join(f"{self._places[each]:010} 00000 n \n" for each in range(1, self._next))
        self._file.write(
            f"xref\n0 {self._next}\n0000000000 65535 f \n{lines}"
            f"trailer\n<< /Size {self._next} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
        )

    def _put(self, number: int, body: bytes) -> None:
        self._places[number] = self._file.tell()
        self._file.write(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
