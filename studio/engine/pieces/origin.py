"""What a file says of where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
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
    parent: Path | None = None
    """The file of the picture that this one was worked out of."""
    steps: tuple[Mapping[str, Any], ...] = ()
    """The refine steps that were done here, as they are stored."""
    training_data: str = ""
    """The licences of the pictures that the model learned from, in one line."""

    @property
    def is_made(self) -> bool:
        """Whether a model made the picture, or a part of it."""
        return "trainedalgorithmicmedia" in self.source_type.lower()

    @property
    def as_first(self) -> bool:
        """Whether its file has to be byte for byte the one that version 0.1.0 made of it, which
        stated an ICC profile in PNG, a resolution only in TIFF, and no identifier."""
        return self.version == FIRST
