"""What is known of a picture: every key of the JSON in `item.facts`, and how it gets there."""

from __future__ import annotations

from typing import TypedDict

from studio.engine.said import NOTHING, Said

Data = dict[str, object]
"""The values of a finding by their place in its sentence."""
Columns = dict[str, object]
"""A row of `item` that is written: columns as :class:`records.Item` has them, `hidden` as text."""


class Facts(TypedDict, total=False):
    """`item.facts`. What is usual (one frame, 8 bits, upright) is left out."""

    orientation: int
    """As EXIF has it, 2 to 8."""
    bits: int
    frames: int
    space: str
    """What its colours are stated as, where they were converted to sRGB."""
    high_range: bool
    """Whether lights brighter than a usual screen were compressed."""
    sharpness: float
    """Variance of the Laplacian."""
    deviation: float
    """Of the luminance or, where that is greater, of the colour from place to place."""
    colour: list[int]
    """The mean, red, green and blue from 0 to 255."""
    dark: int
    """The luminance that 5 % of the pixels lie above."""
    bright: int
    """The luminance that 5 % of the pixels lie below."""
    lettering: float
    """Percent that lettering takes."""
    bars: list[float]
    """Shares of the sides that plain bars take: left, top, right, bottom."""
    corners: float
    """Share of the area that plain slanted corners take."""
    no_training: str
    """The mark that the file itself carries."""
    made_by_model: str
    """The statement in the file that a trained model made it."""
    author: str
    licence: str
    outlier: float
    """How far it is from the others of its set."""
    label_by_hand: int
    caption_by_hand: int


class Likeness(TypedDict):
    """What pictures are compared by."""

    hash: str
    """64 bits as 16 hex digits."""
    small: str
    """16 x 16 luminance and 4 x 4 RGB in base 64."""


class Answer(TypedDict, total=False):
    """What the decoding process says of one file, as JSON."""

    kind: str
    """`picture`, `broken`, or `other` for what does not claim to be a picture."""
    reason: Said
    """Why it is broken."""
    memory: bool
    """Memory ran out: the process ends."""
    sha256: str
    format: str
    mode: str
    width: int
    height: int
    channels: int
    facts: Facts
    likeness: Likeness


def broken(reason: Said = NOTHING) -> Answer:
    """The answer for a file of which nothing is known."""
    found: Answer = {
        "kind": "broken", "sha256": "", "format": "", "mode": "", "width": 0, "height": 0,
        "channels": 0, "facts": {},
    }  # fmt: skip
    return found | Answer(reason=reason) if reason else found
