"""Where pictures go, and in which way they go there without a dialog: one line each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Destination:
    """A program or a use; `way` is a format or a collection, `names` a template of names."""

    name: str
    title: str
    summary: str
    way: str
    options: Mapping[str, bool | int | float | str] = field(default_factory=dict)
    names: str = ""


DESTINATIONS: tuple[Destination, ...] = (
    Destination("web", "Web", "WebP, small, sRGB", "webp", {"quality": 88}),
    Destination(
        "print", "Print", "TIFF, 16 bit, 300 dpi", "tiff",
        {"depth": "16", "profile": "adobe-rgb", "dpi": 300},
    ),
)  # fmt: skip
