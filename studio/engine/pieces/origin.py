"""What a file says of where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from studio import __version__

TRAINED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""Of the IPTC Digital Source Type vocabulary: made by a model trained on pictures."""

FIRST = "0.1.0"
"""The version whose pieces leave as they did then."""


@dataclass(frozen=True)
class Origin:
    """What a file says of where it comes from.

    `source_type` is a term of IPTC's vocabulary; empty where nobody knows, as for a
    photograph that was only refined here.
    """

    title: str = ""
    creator: str | tuple[str, ...] = ""
    rights: str | dict[str, str] = ""
    """One line, or one for each language (RFC 3066, or `x-default`)."""
    recipe: dict[str, Any] = field(default_factory=dict)
    source_type: str = TRAINED
    version: str = __version__
    """Of the studio, where the picture was made first."""
    identifier: str = ""
    """Of a piece; it stays in a file where other programs drop the recipe."""
    further: tuple[str, ...] = ()
    """Other statements of rights that the picture came with: elements of XMP, as XML."""

    @property
    def as_first(self) -> bool:
        """Whether its file has to be byte for byte the one that version 0.1.0 made of it, which
        stated an ICC profile in PNG, a resolution only in TIFF, and no identifier."""
        return self.version == FIRST
