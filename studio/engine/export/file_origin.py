"""What a picture file says of its origin, read by the format that such files have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.engine.dataset.decoding.decode import read_picture
from studio.engine.dataset.decoding.limited import limited
from studio.engine.dataset.decoding.packets import Packets
from studio.engine.errors import StudioError
from studio.engine.export.formats.base import FlatFormat, Format, reader_of
from studio.engine.pieces.provenance import facts_in, further_in, pixels_sha256

if TYPE_CHECKING:
    from PIL.Image import Image as Picture


@limited
def read_provenance(path: Path) -> dict[str, Any]:
    """What a picture file says of its origin; an empty dictionary when it says nothing.

    Keys: those of :func:`facts_in`, and `verified` for `pixels`; those that are there.
    `verified` is whether the pixels are still those that were exported; it is no signature,
    and says nothing of the words beside them. Raises :class:`StudioError` when the file is no
    picture, or its packet is damaged or huge.
    """
    kind = reader_of(path)
    facts = facts_in(_packets(kind, path), path)
    if "pixels" in facts:
        facts["verified"] = _shown_sha256(kind, path) == facts.pop("pixels").lower()
    return facts


@limited
def read_words(path: Path) -> dict[str, Any]:
    """As :func:`read_provenance`, without `verified`: no pixel of the file is decoded."""
    facts = facts_in(_packets(reader_of(path), path), path)
    facts.pop("pixels", None)
    return facts


def read_further(path: Path) -> tuple[str, ...]:
    """What else it states of its rights, as XML of XMP; nothing where that cannot be read."""
    try:
        return tuple(_further(path))
    except StudioError:
        return ()


@limited
def _further(path: Path) -> list[str]:
    return list(further_in(_packets(reader_of(path), path), path))


def seen(path: Path) -> Picture:
    """The picture in a file of any format of ours, upright and in sRGB where it is a flat one.

    Raises :class:`StudioError` where it is no picture.
    """
    return read_picture(path) if issubclass(reader_of(path), FlatFormat) else _layers_seen(path)


@limited
def _layers_seen(path: Path) -> Picture:
    return reader_of(path).read_picture(path)


def _packets(kind: type[Format], path: Path) -> Packets:
    packet, beside = kind.read_packet(path), kind.read_beside(path)
    return replace(beside, xmp=(packet, *(each for each in beside.xmp if each != packet)))


def _shown_sha256(kind: type[Format], path: Path) -> str:
    try:
        return pixels_sha256(kind.read_picture(path))
    except StudioError:
        return ""
