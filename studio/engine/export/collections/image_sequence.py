"""A numbered sequence of pictures, as films are put together from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.parameters import param
from studio.engine.errors import StudioError
from studio.engine.export.collections.base import Collection, Plates, Sheet, register
from studio.engine.export.formats.base import Format, format_of

_FRAMES: dict[str, tuple[str, dict[str, object]]] = {
    "png": ("png", {"compression": 4}), "png16": ("png", {"compression": 4, "depth": "16"}),
    "tiff16": ("tiff", {"depth": "16"}), "jpeg": ("jpeg", {}),
}  # fmt: skip
_NAMES = {"png": "PNG", "png16": "PNG 16 bit", "tiff16": "TIFF 16 bit", "jpeg": "JPEG"}
_DIGITS = 4


@register
@dataclass(frozen=True)
class ImageSequence(Collection):
    """`name.0001.png` and on: a dot, four digits, no gap; readers stop at the first one."""

    name = "image-sequence"
    title = "Image sequence"
    suffix = ".png"
    summary = "Numbered frames of one size. For After Effects, Resolve, Blender."

    frames: str = param(
        "png", label="Frames", choices=tuple(_FRAMES), names=_NAMES,
        help="The format of every frame.",
    )  # fmt: skip
    first: int = param(
        1, label="First number", low=0, high=1,
        help="Some programs look for the first frame only at 0 or 1.",
    )  # fmt: skip

    def endings(self, count: int) -> tuple[str, ...]:
        suffix = self._format().suffix
        last = self.first + count - 1
        digits = max(_DIGITS, len(str(last)))
        return tuple(f".{n:0{digits}}{suffix}" for n in range(self.first, last + 1))

    def write(self, plates: Plates, sheets: Sequence[Sheet]) -> None:
        """One picture at a time; all have the size of the first."""
        frame, size, first = self._format(), None, ""
        for plate, sheet in zip(plates, sheets, strict=True):
            height, width = plate.artwork.layers[0].content.shape[:2]
            size, first = size or (width, height), first or plate.name
            if (width, height) != size:
                raise StudioError(
                    "The frames of a sequence have one size: {first} has {size} pixels and {piece} "
                    "has {other}. Refine them to one size first.",
                    first=first, size=f"{size[0]} × {size[1]}", piece=plate.name,
                    other=f"{width} × {height}",
                )  # fmt: skip
            frame.write(plate.artwork, plate.origin, sheet.path)

    def _format(self) -> Format:
        name, options = _FRAMES[self.frames]
        return format_of(name).from_mapping(options)
