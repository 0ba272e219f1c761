"""What a picture file tells about itself, for the inspector: camera, profile, tones.

Read again from the file when one picture is looked at, and kept nowhere: where a picture was
taken is only said to be in the file, and never leaves it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
from PIL import Image

from studio.engine.dataset.decoding import colour, decode, pixels, tiff_pages
from studio.engine.dataset.decoding.limited import limited
from studio.engine.dataset.index.store import Item

_MAKE, _MODEL, _EXIF_IFD, _GPS_IFD, _DATE = 0x010F, 0x0110, 0x8769, 0x8825, 0x0132
_TAKEN, _LENS, _EXPOSURE, _APERTURE, _ISO, _FOCAL = (
    0x9003, 0xA434, 0x829A, 0x829D, 0x8827, 0x920A,
)  # fmt: skip
_LONGEST = 120
_TONED_SIDE = 512


@dataclass(frozen=True)
class About:
    """Absent facts are absent. Nothing here names a place or a person."""

    camera: str = ""
    lens: str = ""
    exposure: str = ""
    """Time, aperture, sensitivity and focal length, as far as they are stated."""
    taken: str = ""
    has_place: bool = False
    """Whether the file says where it was taken."""
    profile: str = ""
    """What it states its colours as: the name of a profile, or of what else states them."""
    tones: np.ndarray = field(default_factory=lambda: np.zeros((3, 256), np.int64))
    """int64 [3, 256]: how often each level of red, green and blue occurs, in sRGB."""


class Told(TypedDict, total=False):
    """The fields of :class:`About` that metadata states."""

    camera: str
    lens: str
    exposure: str
    taken: str
    has_place: bool
    profile: str


def about(item: Item) -> About:
    """The facts of a usable picture; raises :class:`StudioError` when it cannot be read."""
    picture = decode.make_thumbnail(item, _TONED_SIDE)
    return About(tones=tones(picture), **told(item.path, item.member))


@limited
def told(path: Path, member: str = "") -> Told:
    """What the metadata of a picture states, by the names of :class:`About`, without its tones.

    Metadata that cannot be read states nothing; it costs neither the picture nor an error.
    """
    facts = Told()
    _, page = tiff_pages.parted(path, member)
    # Hostile metadata may raise anything: it costs itself.
    with contextlib.suppress(Exception), decode.open_file(path, member) as stream:
        head = stream.read(64)
        stream.seek(0)
        with pixels.opened(stream, head, decode.suffix_of(path, member), page) as image:
            facts["profile"] = colour.stated_name(image)
            facts |= exif_facts(image)
    return facts


def tones(picture: Image.Image) -> np.ndarray:
    """int64 [3, 256] of a picture in mode L, RGB or RGBA; what cannot be seen does not count."""
    values = np.asarray(picture.convert("RGBA")).reshape(-1, 4)
    seen = values[values[:, 3] > 0]
    return np.stack([np.bincount(seen[:, channel], minlength=256) for channel in range(3)])


def exif_facts(image: Image.Image) -> Told:
    """The fields of :class:`About` that the EXIF of an opened picture states."""
    found = Told()
    with contextlib.suppress(Exception):  # hostile EXIF may raise anything
        tags = image.getexif()
        inner: Mapping[int, Any] = tags.get_ifd(_EXIF_IFD)
        make, model = _clean(tags.get(_MAKE)), _clean(tags.get(_MODEL))
        short = make.split(" ")[0].lower()
        found["camera"] = (
            model if short and model.lower().startswith(short) else (f"{make} {model}".strip())
        )
        found["lens"] = _clean(inner.get(_LENS))
        found["taken"] = _moment(inner.get(_TAKEN) or tags.get(_DATE))
        parts = (
            _stated(inner.get(_EXPOSURE), _seconds),
            _stated(inner.get(_APERTURE), lambda value: f"f/{value:.3g}"),
            _stated(_first(inner.get(_ISO)), lambda value: f"ISO {value:.0f}"),
            _stated(inner.get(_FOCAL), lambda value: f"{value:.4g} mm"),
        )
        found["exposure"] = " · ".join(part for part in parts if part)
        found["has_place"] = bool(tags.get_ifd(_GPS_IFD))
    return found


def _clean(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    text = "".join(letter if letter.isprintable() else " " for letter in value)
    return " ".join(text.split())[:_LONGEST]


def _first(value: object) -> object:
    return value[0] if isinstance(value, tuple) and value else value


def _stated(value: object, say: Callable[[float], str]) -> str:
    """A number above zero in words; hostile fractions are passed over."""
    with contextlib.suppress(Exception):
        number = float(value)  # type: ignore[arg-type]  # what is no number raises
        if 1e-6 <= number < 1e7:
            return say(number)
    return ""


def _seconds(value: float) -> str:
    return f"1/{1 / value:.0f} s" if value < 0.4 else f"{value:.3g} s"


def _moment(value: object) -> str:
    """`2026:11:25 14:03:59` as people write it."""
    text = _clean(value)
    day, _, time = text.partition(" ")
    if len(day) == 10 and day[4] == day[7] == ":" and day[:4] != "0000":
        return f"{day.replace(':', '-')} {time[:5]}".strip()
    return ""
