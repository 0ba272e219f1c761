"""Pages of pictures and words as a PDF, after ISO 32000-1.

Words of scripts that Helvetica lacks are set in the song face that readers bring for Chinese
(Adobe-GB1); nothing is embedded, so files stay small.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import IO

import numpy as np

from studio.engine.artwork import Pixels

PAGES = {"a4": (595.28, 841.89), "letter": (612.0, 792.0)}
"""Points."""
_FONTS = (
    "/Latin << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> "
    "/Song << /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H "
    "/DescendantFonts [ << /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light "
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> "
    "/FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /ItalicAngle 0 "
    "/FontBBox [ -25 -254 1000 880 ] /Ascent 752 /Descent -271 /CapHeight 737 /StemV 58 >> >> ] >>"
)


def words(text: str, size: int, x: float, y: float) -> bytes:
    """What sets a line of `text` at `size` points, from `x` on the line `y` above the foot."""
    try:
        face, shown = "Latin", text.encode("cp1252")
    except UnicodeEncodeError:
        face, shown = "Song", text.encode("utf-16-be", "replace")
    place = f"BT /{face} {size} Tf 1 0 0 1 {x:.3f} {y:.3f} Tm <{shown.hex()}> Tj ET\n"
    return place.encode() if text else b""


class Document:
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

    def add_picture(self, pixels: Pixels, colours: str) -> int:
        """uint8 [h, w, c] without loss, in the colour space `colours`; its number."""
        rows, columns, channels = pixels.shape
        mask = ""
        if channels == 4:
            alpha = self.add_picture(pixels[..., 3:], "/DeviceGray")
            mask, pixels = f" /SMask {alpha} 0 R", pixels[..., :3]
        return self.add(
            f"/Type /XObject /Subtype /Image /Width {columns} /Height {rows} "
            f"/ColorSpace {colours} /BitsPerComponent 8{mask}",
            np.ascontiguousarray(pixels).tobytes(),
        )

    def add_page(
        self, drawn: bytes, pictures: Mapping[str, int], size: tuple[float, float]
    ) -> None:
        """A page of `size` points on which `drawn` shows pictures by their names."""
        content = self.add("", drawn)
        named = " ".join(f"/{name} {image} 0 R" for name, image in pictures.items())
        number, self._next = self._next, self._next + 1
        self._put(
            number,
            f"<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 {size[0]} {size[1]} ] "
            f"/Contents {content} 0 R /Resources << /XObject << {named} >> "
            f"/Font << {_FONTS} >> >> >>".encode(),
        )
        self._pages.append(number)

    def finish(self, packet: bytes = b"") -> None:
        """The list of pages, and a packet of XMP where there is one."""
        about = ""
        if packet:
            number = self.add("/Type /Metadata /Subtype /XML", packet, packed=False)
            about = f" /Metadata {number} 0 R"
        kids = " ".join(f"{number} 0 R" for number in self._pages)
        self._put(2, f"<< /Type /Pages /Count {len(self._pages)} /Kids [ {kids} ] >>".encode())
        self._put(1, f"<< /Type /Catalog /Pages 2 0 R{about} >>".encode())
        table = self._file.tell()
        lines = "".join(f"{self._places[each]:010} 00000 n \n" for each in range(1, self._next))
        self._file.write(
            f"xref\n0 {self._next}\n0000000000 65535 f \n{lines}"
            f"trailer\n<< /Size {self._next} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
        )

    def _put(self, number: int, body: bytes) -> None:
        self._places[number] = self._file.tell()
        self._file.write(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
