"""Photoshop files, flattened: what is right about their composite, and what has to be mended.

Offsets after Adobe Photoshop File Formats Specification (2019), "Photoshop File Format".
"""

from __future__ import annotations

import struct
from typing import IO

import numpy as np
from PIL import Image

from studio.engine.said import Said

SIGNATURE = b"8BPS"
_DEPTH, _VERSION = 22, 4
_HEADER = 26


def refusal(head: bytes) -> Said:
    """Why the composite of a file cannot be read, in one sentence."""
    if len(head) < _HEADER:
        return Said("The file is cut off before its end.")
    (version,) = struct.unpack_from(">H", head, _VERSION)
    (depth,) = struct.unpack_from(">H", head, _DEPTH)
    if version == 2:
        return Said(
            "It is a large Photoshop document (PSB), which cannot be read: save it as TIFF."
        )
    if depth > 8:
        return Said(
            "It is a Photoshop file with {n} bits a channel, which cannot be read: save it "
            "with 8 bits, or as TIFF.",
            n=depth,
        )
    return Said("It is a Photoshop file of a kind that cannot be read: save it as TIFF or PNG.")


def is_transparent(stream: IO[bytes]) -> bool:
    """Whether the channel behind the colours of the composite is its transparency.

    It may just as well be a selection that was saved: a negative number of layers tells.
    The stream is left where it was; False for what cannot be told.
    """
    before = stream.tell()
    try:
        stream.seek(_HEADER)
        for _ in range(2):  # colour mode data, image resources
            (length,) = struct.unpack(">I", stream.read(4))
            stream.seek(length, 1)
        section, layers, count = struct.unpack(">IIh", stream.read(10))
        return bool(section and layers and count < 0)
    except (OSError, struct.error):
        return False
    finally:
        stream.seek(before)


def flattened(image: Image.Image, transparent: bool) -> Image.Image:
    """The composite in straight colour: a loaded RGBA picture of a Photoshop file.

    Colours of a transparent composite are mixed with white, which is taken out again. A
    channel that is no transparency is dropped.
    """
    if image.mode != "RGBA":
        return image
    if not transparent:
        kept = image.convert("RGB")
        kept.info = dict(image.info)
        return kept
    values = np.asarray(image).astype(np.float32)
    alpha = values[..., 3:] / 255.0
    colours = (values[..., :3] - 255.0 * (1.0 - alpha)) / np.maximum(alpha, 1 / 255)
    colours = np.where(alpha > 0, np.clip(colours + 0.5, 0, 255), 0)
    straight = np.concatenate([colours, values[..., 3:]], axis=2).astype(np.uint8)
    result = Image.fromarray(straight)
    result.info = dict(image.info)
    return result
