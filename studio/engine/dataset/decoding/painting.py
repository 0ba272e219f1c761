"""Documents of painting programs by the merged picture that they hold beside their layers.

Krita and OpenRaster (openraster.org, baseline) keep `mergedimage.png` in full size; Procreate
keeps only a smaller one for QuickLook.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import IO

from studio.engine.said import SaidError

_ZIP = b"PK\3\4"
_MERGED = {
    ".kra": "mergedimage.png", ".krz": "mergedimage.png", ".ora": "mergedimage.png",
    ".procreate": "QuickLook/Thumbnail.png",
}  # fmt: skip
SUFFIXES = frozenset(_MERGED)
_MOST_BYTES = 512 << 20


class PaintingError(SaidError):
    """The document cannot be used; `said` tells why."""


def claims_painting(head: bytes, suffix: str) -> bool:
    """Whether a file is such a document."""
    return suffix in _MERGED and head.startswith(_ZIP)


def merged(stream: IO[bytes], suffix: str) -> IO[bytes]:
    """The PNG of the merged picture; raises :class:`PaintingError`."""
    try:
        with zipfile.ZipFile(stream) as document:
            info = document.getinfo(_MERGED[suffix])
            if info.file_size > _MOST_BYTES:
                raise PaintingError(
                    "Its merged picture unpacks to more than {n} MB.", n=_MOST_BYTES >> 20
                )
            with document.open(info) as picture:
                return io.BytesIO(picture.read(_MOST_BYTES))
    except KeyError as error:
        raise PaintingError(
            "It holds no merged picture: open it in its program and save it as PNG."
        ) from error
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
        raise PaintingError("The document is damaged ({reason}).", reason=error) from error
