"""Documents of painting programs by the merged picture that they hold beside their layers.

Krita and OpenRaster (openraster.org, baseline) keep `mergedimage.png` in full size; Procreate
keeps only a smaller one for QuickLook.
"""

from __future__ import annotations

import io
from typing import IO

from studio.engine.dataset.decoding import archives

_ZIP = b"PK\3\4"
_MERGED = {
    ".kra": "mergedimage.png", ".krz": "mergedimage.png", ".ora": "mergedimage.png",
    ".procreate": "QuickLook/Thumbnail.png",
}  # fmt: skip
SUFFIXES = frozenset(_MERGED)


def claims_painting(head: bytes, suffix: str) -> bool:
    """Whether a file is such a document."""
    return suffix in _MERGED and head.startswith(_ZIP)


def merged(stream: IO[bytes], suffix: str) -> IO[bytes]:
    """The PNG of the merged picture; raises :class:`ArchiveError`."""
    found = archives.read_inside(stream, _MERGED[suffix])
    if found is None:
        raise archives.ArchiveError(
            "It holds no merged picture: open it in its program and save it as PNG."
        )
    return io.BytesIO(found)
