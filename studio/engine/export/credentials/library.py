"""Whether the optional library for Content Credentials is there, and how it is called."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from studio.engine.extras import extra, needed
from studio.engine.said import NOTHING, Said

_SETTINGS = {
    # A second small picture inside would go on showing what was cropped away.
    "builder": {"thumbnail": {"enabled": False}},
    # Nothing is fetched: what is offline is checked offline.
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
}
# The names of containers that the library knows, by the endings of files. Not SVG: of a signed one
# our own packet was not found again.
_KINDS = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp",
    ".tif": "image/tiff", ".tiff": "image/tiff", ".avif": "image/avif", ".gif": "image/gif",
    ".mp4": "video/mp4", ".mov": "video/quicktime",
    ".heic": "image/heic", ".heif": "image/heif", ".dng": "image/dng", ".jxl": "image/jxl",
    ".wav": "audio/wav",
}  # fmt: skip
ANY = "application/octet-stream"
"""For what is signed beside itself."""


def complaint() -> Said:
    """Why credentials can be neither written nor read; empty where they can be."""
    if not extra("provenance").is_installed:
        return needed(Said("What signs files"), "provenance")
    return _trouble()


@cache
def _trouble() -> Said:
    """Why the library does not start; empty where it does."""
    try:
        library()
    except Exception as error:  # noqa: BLE001  # it looks for a part outside Python as it begins
        return Said(
            "The library of Content Credentials is there and does not start ({reason}): files "
            "leave without them. `latent-studio extras check` tries it again.",
            reason=str(error),
        )
    return NOTHING


def library() -> Any:
    import c2pa

    return c2pa


def context() -> Any:
    """The settings, for every single call: the library has others of its own."""
    return library().Context.from_dict(_SETTINGS)


def kind_of(path: Path) -> str:
    """The container that the library embeds into; empty where it can only write beside it."""
    return _KINDS.get(path.suffix.lower(), "")
