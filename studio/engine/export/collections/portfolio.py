"""A portfolio: a PDF with one piece a page, lossless, with its name and its rights below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
from studio.engine.pdf import PAGES, Document, words
from studio.engine.pieces.origin import Origin
from studio.engine.pieces.provenance import xmp_packet

_EDGE, _WORDS = 42.0, 54.0


@register
@dataclass(frozen=True)
class Portfolio(Collection):
    """PDF 1.7 with the packet of XMP of all pieces."""

    name = "portfolio"
    title = "Portfolio"
    suffix = ".pdf"
    summary = "A PDF with one piece a page, lossless, with its name and rights."

    page: str = param(
        "a4", label="Page", choices=tuple(PAGES), names={"a4": "A4 paper", "letter": "US Letter"},
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
            document = Document(file)
            profiles = [
                document.add(f"/N {n}", profile)
                for n, profile in ((1, grey_profile()), (3, srgb_profile()))
            ]
            for plate in plates:
                self._add_page(document, plate, profiles)
                origins.append(plate.origin)
            document.finish(xmp_packet(summary_of(origins, sheets[0].name)))

    def _add_page(self, document: Document, plate: Plate, profiles: Sequence[int]) -> None:
        width, height = PAGES[self.page][::-1] if self.sideways else PAGES[self.page]
        pixels = plate.artwork.flat()
        rows, columns, channels = pixels.shape
        image = document.add_picture(pixels, f"[ /ICCBased {profiles[int(channels > 1)]} 0 R ]")
        below = _WORDS if self.named else 0.0
        scale = min((width - 2 * _EDGE) / columns, (height - 2 * _EDGE - below) / rows)
        wide, high = columns * scale, rows * scale
        x, y = (width - wide) / 2, _EDGE + below + (height - 2 * _EDGE - below - high) / 2
        drawn = f"q {wide:.3f} 0 0 {high:.3f} {x:.3f} {y:.3f} cm /Picture Do Q\n".encode()
        if self.named:
            rights = plate.origin.rights if isinstance(plate.origin.rights, str) else ""
            drawn += words(plate.name, 13, x, y - 24) + words(rights, 9, x, y - 40)
        document.add_page(drawn, {"Picture": image}, (width, height))
