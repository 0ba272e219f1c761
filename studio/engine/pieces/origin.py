"""What a file says of where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from studio import __version__

TRAINED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""Of the IPTC Digital Source Type vocabulary: made by a model trained on pictures."""


@dataclass(frozen=True)
class Origin:
    """What a file says of where it comes from.

    `source_type` is a term of IPTC's vocabulary; empty where nobody knows, as for a
    photograph that was only refined here.
    """

    title: str = ""
    creator: str = ""
    rights: str = ""
    recipe: dict[str, Any] = field(default_factory=dict)
    source_type: str = TRAINED
    version: str = __version__
    """Of the studio, where the picture was made first."""
