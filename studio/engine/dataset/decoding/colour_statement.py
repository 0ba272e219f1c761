"""What a picture file says of its colours, wherever it says it, as ICC profiles.

Precedence: PNG (third edition, 4.3): cICP, iCCP, sRGB, gAMA and cHRM. HEIF and AVIF: a profile
before nclx. Behind what the format itself says stand EXIF and TIFF: DCF 2.0 (Adobe RGB by
ColorSpace and the interoperability index R03), WhitePoint, PrimaryChromaticities and Gamma. Names
of profiles mean nothing; whether one equals sRGB is decided by values (:mod:`colour`).
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from PIL import Image

from studio.engine.dataset.decoding import boxes, icc_profile, png, transfer

STATED = "stated colours"
"""The key in `image.info` of what :func:`statements` found."""

# libpng's PNG_GAMMA_THRESHOLD: a gamma that is within 5 % of another is the same.
_GAMMA_NEAR = 0.05
_USUAL_GAMMA = 2.2
_EXIF, _INTEROPERABILITY, _COLOUR_SPACE, _INDEX, _GAMMA = 0x8769, 0xA005, 0xA001, 1, 0xA500
_WHITE_POINT, _CHROMATICITIES = 0x013E, 0x013F
_IS_SRGB, _IS_ADOBE = 1, 2


@dataclass(frozen=True)
class Statement:
    """One place that states the colours. No `profile` says that they are sRGB."""

    name: str
    """What to call the colour space; the profile's own name where this is empty."""
    profile: bytes
    high_range: bool = False
    """Whether it is brighter than a usual screen and is compressed by the profile."""


SRGB = Statement("sRGB", b"")


def statements(image: Image.Image, stream: IO[bytes]) -> tuple[Statement, ...]:
    """All that an opened picture states, what counts first in front. Hostile bytes cost only
    what they state.
    """
    if image.format == "JPEG" and "icc_profile" not in image.info and "exif" not in image.info:
        return ()  # as of most pictures on the web
    found: list[Statement] = []
    for source in _SOURCES.get(image.format or "", (_embedded, _exif)):
        with contextlib.suppress(Exception):  # any of them may hold anything
            found += source(image, stream)
    return tuple(found)


def embedded(profile: object) -> Iterator[Statement]:
    """What a profile states; nothing where it is none."""
    if (
        isinstance(profile, bytes)
        and len(profile) <= icc_profile.LARGEST
        and icc_profile.space_of(profile)
    ):
        points = icc_profile.code_points(profile)
        if points and points[1] in (transfer.PQ, transfer.HLG):
            yield from _coded(points[0], points[1])
        yield Statement("", profile)


def _embedded(image: Image.Image, _stream: IO[bytes]) -> Iterator[Statement]:
    yield from embedded(image.info.get("icc_profile"))


def _coded(primaries: int, curve: int, *, narrow: bool = False) -> Iterator[Statement]:
    """What the code points of ITU-T H.273 state; 2 is "unspecified"."""
    light = transfer.light(curve, narrow=narrow)
    name, white, colours = transfer.PRIMARIES.get(
        primaries, transfer.PRIMARIES[9 if curve in (transfer.PQ, transfer.HLG) else 1]
    )
    if light is None or (primaries == 2 and curve == 2):
        return
    high = {transfer.PQ: "PQ", transfer.HLG: "HLG"}.get(curve, "")
    profile = icc_profile.matrix_profile(white, colours, light)
    yield Statement(f"{name} {high}".strip(), profile, bool(high))


def _cicp_of_png(image: Image.Image, stream: IO[bytes]) -> Iterator[Statement]:
    """The chunk cICP, which Pillow does not know; only as RGB, as it has to be."""
    for kind, data in png.chunks(stream):
        if kind == b"cICP" and len(data) == 4 and data[2] == 0:
            yield from _coded(data[0], data[1], narrow=data[3] == 0)


def _boxed(image: Image.Image, stream: IO[bytes]) -> Iterator[Statement]:
    """`colr` of HEIF, AVIF and JPEG 2000: profiles first, then code points."""
    found = boxes.colours(stream)
    for data in found:
        if data[:4] in (b"prof", b"rICC"):
            yield from embedded(data[4:])
        if image.format == "JPEG2000" and data[:1] in (b"\2", b"\3"):
            yield from embedded(data[3:])
    for data in found:
        if data[:4] == b"nclx":
            yield from _coded(*struct.unpack_from(">HH", data, 4))


def _chunks(image: Image.Image, _stream: IO[bytes]) -> Iterator[Statement]:
    """sRGB, or gAMA and cHRM of PNG."""
    if "srgb" in image.info:
        yield SRGB
        return
    gamma, points = image.info.get("gamma"), image.info.get("chromaticity")
    if gamma or points:
        numbers = list(points or ())
        colours = [(numbers[i], numbers[i + 1]) for i in range(0, 8, 2)] if points else []
        yield _measured(colours, 1 / gamma if gamma else None)


def _exif(image: Image.Image, _stream: IO[bytes]) -> Iterator[Statement]:
    tags = image.getexif()
    if not tags:
        return
    inner = tags.get_ifd(_EXIF)
    space, gamma = inner.get(_COLOUR_SPACE), inner.get(_GAMMA)
    index = str(tags.get_ifd(_INTEROPERABILITY).get(_INDEX, "")) if space != _IS_SRGB else ""
    if space == _IS_ADOBE or index.startswith("R03"):
        light = transfer.power(transfer.GAMMA_OF_ADOBE_RGB)
        white = transfer.D65
        yield Statement("Adobe RGB", icc_profile.matrix_profile(white, transfer.ADOBE_RGB, light))
        return
    points = [*(tags.get(_WHITE_POINT) or ()), *(tags.get(_CHROMATICITIES) or ())]
    numbers = [float(number) for number in points]
    colours = [(numbers[i], numbers[i + 1]) for i in range(0, 8, 2)] if len(numbers) == 8 else []
    if space == _IS_SRGB:
        yield SRGB
    elif colours or gamma:
        yield _measured(colours, float(gamma) if gamma else None)


def _measured(points: list[icc_profile.Point], gamma: float | None) -> Statement:
    """By white, red, green and blue, and the power from levels to light; sRGB for what is absent.

    The usual gamma stands for the curve of sRGB unless the primaries are others.
    """
    colours = points or [transfer.D65, *transfer.SRGB_PRIMARIES]
    usual = gamma is None or abs(gamma / _USUAL_GAMMA - 1) <= _GAMMA_NEAR
    near = all(
        abs(a - b) < 0.003
        for found, known in zip(colours, (transfer.D65, *transfer.SRGB_PRIMARIES), strict=True)
        for a, b in zip(found, known, strict=True)
    )
    if usual and near:
        return SRGB
    light = transfer.power(gamma) if gamma else transfer.light(13)
    assert light is not None
    name = f"gamma {gamma:.3g}" if near else "own primaries"
    return Statement(name, icc_profile.matrix_profile(colours[0], colours[1:], light))


_SOURCES = {
    "PNG": (_cicp_of_png, _embedded, _chunks, _exif),
    **dict.fromkeys(("AVIF", "HEIF", "JPEG2000"), (_embedded, _boxed, _exif)),
}
"""Where each format states its colours, what counts first in front."""
