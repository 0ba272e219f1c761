"""How large a picture is, of what shape, and in what form it is stored."""

from __future__ import annotations

from studio.engine.dataset.doctor.checks.base import Check, Measured, Threshold, register
from studio.engine.dataset.index.facts import Data

_ODD_MODES = {
    "CMYK": "CMYK", "LAB": "CIE Lab", "YCbCr": "YCbCr", "HSV": "HSV", "I": "32-bit integers",
    "F": "floating point", "I;16": "16-bit grey", "I;16B": "16-bit grey", "I;16L": "16-bit grey",
    "I;16N": "16-bit grey",
}  # fmt: skip


def _frames(picture: Measured) -> Data | None:
    frames = picture["facts"].get("frames", 1)
    return {"frames": frames} if frames > 1 else None


def _stored(picture: Measured) -> Data | None:
    stored = _ODD_MODES.get(picture["mode"])
    if stored is None and picture["facts"].get("bits", 8) > 8:
        stored = f"{picture['facts']['bits']} bits a channel"
    return {"stored": stored, "mode": picture["mode"]} if stored else None


def _side(picture: Measured) -> float:
    return float(min(picture["width"], picture["height"]))


def _aspect(picture: Measured) -> float | None:
    short, long = sorted((int(picture["width"]), int(picture["height"])))
    return long / short if short else None


def _bars(picture: Measured) -> float | None:
    """Percent of the area, 0 where there are none; None where it was never looked for."""
    if "dark" not in picture["facts"]:
        return None
    left, top, right, bottom = picture["facts"].get("bars", (0.0, 0.0, 0.0, 0.0))
    bars = 1 - (1 - left - right) * (1 - top - bottom)
    return 100.0 * float(bars + picture["facts"].get("corners", 0.0))


register(Check(
    "animated", order=70, listed=130, title="Animated", badge="First frame",
    help="Files with several frames, of which only the first is used.",
    advice="“Take in all pages of scans” (import --pages) makes pictures of the pages of a TIFF; "
    "save the frames of others as pictures to train on them too.",
    sentence="It has {frames} frames; only the first is used.",
    find=_frames,
))  # fmt: skip
register(Check(
    "odd_mode", order=80, listed=140, title="Unusual colour", badge="Converted",
    help="Pictures stored as CMYK, Lab or more than 8 bits; converted to sRGB.",
    advice="Check that the colours still look right.",
    sentence="It is stored as {stored} and was converted to 8-bit sRGB.",
    find=_stored,
))  # fmt: skip
register(Check(
    "tiny", order=90, listed=90, title="Too small", badge="Too small",
    help="Pictures with fewer pixels than the smallest training size.",
    advice="It would be enlarged for training and look soft.",
    sentence="Its shorter side is {side} pixels, fewer than {limit}.",
    limit=Threshold("side", 32, 1, 16384, "pixels", below=True, measure=_side),
))  # fmt: skip
register(Check(
    "aspect", order=100, listed=100, title="Very long or tall", badge="Long side",
    help="Pictures of which a crop would lose most.",
    advice="Most of it is lost in a square crop: pad it, or leave it out.",
    sentence="Its longer side is {aspect} times its shorter one (limit {limit}).",
    limit=Threshold("aspect", 3.0, 1.0, 100.0, "times", measure=_aspect),
))  # fmt: skip
register(Check(
    "borders", order=140, listed=110, title="Plain bars", badge="Bars",
    help="Pictures with plain bars at opposite edges, such as film stills have, or plain slanted "
    "corners, as where a picture was turned or set upright.",
    advice="The model would learn the bars as part of the picture.",
    sentence="Plain bars or corners at its edges take {bars} % of it (limit {limit} %).",
    limit=Threshold("bars", 3.0, 0.0, 100.0, "percent", fact="bars", measure=_bars, blank=False),
))  # fmt: skip
