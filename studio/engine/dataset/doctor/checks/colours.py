"""What a file states of its colours, where that is not sRGB, and what was done about it."""

from __future__ import annotations

from studio.engine.dataset.doctor.checks.base import Check, Measured, register
from studio.engine.dataset.index.facts import Data


def _space(picture: Measured) -> Data | None:
    facts = picture["facts"]
    space = facts.get("space")
    return {"space": space} if space and not facts.get("high_range") else None


def _high_range(picture: Measured) -> Data | None:
    facts = picture["facts"]
    return {"space": facts.get("space", "")} if facts.get("high_range") else None


register(Check(
    "colour_space", order=82, listed=142, title="Other colour space", badge="Converted",
    help="Pictures that state another colour space than sRGB, by a profile, by marks of the "
    "camera or by numbers; converted to sRGB.",
    advice="Very strong colours are a little weaker in sRGB.",
    sentence="Its colours are stated as {space} and were converted to sRGB.",
    find=_space,
))  # fmt: skip
register(Check(
    "high_range", order=84, listed=144, title="High dynamic range", badge="HDR",
    help="Pictures in PQ or HLG, which are brighter than a usual screen; their lights were "
    "compressed (ITU-R BT.2390).",
    advice="Check that the lights look right, or export it again for a usual screen.",
    sentence="It is of high dynamic range ({space}); its lights were compressed for sRGB.",
    find=_high_range,
))  # fmt: skip
