"""A contact sheet: all pieces on one page, with their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.parameters import param
from studio.engine.artwork import Artwork
from studio.engine.export.collections.base import Collection, Plates, Sheet, register, summary_of
from studio.engine.export.contact_sheet import contact_sheet
from studio.engine.export.formats.png import Png


@register
@dataclass(frozen=True)
class ContactSheet(Collection):
    """One PNG, for looking and for choosing."""

    name = "contact-sheet"
    title = "Contact sheet"
    suffix = ".png"
    summary = "All pieces in rows on one PNG, to look at and to choose from."

    columns: int = param(
        4, label="Columns", low=1, high=50, help="Pictures in a row.",
    )  # fmt: skip
    scale: int = param(
        1, label="Enlarge", low=1, high=8, help="Repeat pixels, for small pictures.",
    )  # fmt: skip
    named: bool = param(True, label="Names", help="Write its name below every picture.")

    def endings(self, count: int) -> tuple[str, ...]:
        return (".png",)

    def write(self, plates: Plates, sheets: Sequence[Sheet]) -> None:
        """Pictures are needed together, so all of them are in memory."""
        shown, origins = [], []
        for plate in plates:
            shown.append((plate.name if self.named else "", plate.artwork.flat()))
            origins.append(plate.origin)
        page = contact_sheet(shown, min(self.columns, len(shown)), self.scale)
        Png().write(Artwork.of(page), summary_of(origins, sheets[0].name), sheets[0].path)
