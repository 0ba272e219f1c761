"""What lies beside a picture and speaks of it: captions, class numbers, masks, boxes.

Customs: `name.txt` (OneTrainer and most), `name.caption` (kohya's default), `name.jpg.txt`
(downloaders), capitals (cameras, Windows), and `name.json` and `name.cls` (WebDataset).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from studio.engine.dataset.intake.captions import caption_of, one_paragraph

ENDINGS = (".txt", ".caption", ".json", ".cls")
"""The first that has words is believed."""
METADATA = (".xmp", ".c2pa")
_MASKS = ("-masklabel", "-condlabel")
"""OneTrainer: a picture `name-masklabel.png` belongs to `name`."""
_IN_JSON = ("caption", "text", "prompt")
_LONGEST_LABEL = 200
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_FEWEST_NUMBERS = 4


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said of one picture; `used` and `boxes` are names of files."""

    caption: str = ""
    label: str = ""
    used: tuple[str, ...] = ()
    boxes: tuple[str, ...] = ()


NOTHING = Beside()


class SideFiles:
    """The side files among the `names` of one folder; `read` gives the bytes of one of them."""

    def __init__(self, names: Collection[str], read: Callable[[str], bytes]) -> None:
        self._read = read
        self._names: dict[str, list[str]] = {}
        self.has_metadata = False
        """Whether any XMP or Content Credentials lie here; the decoding process reads them."""
        for name in names:
            stem, ending = os.path.splitext(name)  # noqa: PTH122  # 100,000 names
            self.has_metadata |= ending in METADATA
            if ending.lower() in ENDINGS:
                self._names.setdefault(stem.casefold(), []).append(name)
        has_masks = any(mark in name for name in names for mark in _MASKS)
        self._stems = {os.path.splitext(name)[0] for name in names} if has_masks else set()  # noqa: PTH122

    def of(self, name: str) -> Beside:
        """What is said of the picture `name`."""
        if not self._names:
            return NOTHING
        stem = os.path.splitext(name)[0]  # noqa: PTH122
        found = [
            side
            for key in (stem.casefold(), name.casefold())
            for side in self._names.get(key, ())
            if side != name
        ]
        if not found:
            return NOTHING
        # A file of just this writing goes before one that differs in its capitals.
        found.sort(key=lambda side: (ENDINGS.index(_ending(side)), not side.startswith(stem)))
        captions: list[str] = []
        labels: list[str] = []
        used, boxes = [], []
        for side in found:
            data = self._read(side)
            if is_boxes(data):
                boxes.append(side)
                continue
            words = _words(data, _ending(side))
            (labels if _ending(side) == ".cls" else captions).append(words)
            if words or not data.strip():
                used.append(side)
        caption = next(filter(None, captions), "")
        label = next(filter(None, labels), "")
        return Beside(caption, label, tuple(used), tuple(boxes))

    def is_mask(self, name: str) -> bool:
        """Whether a picture is the mask of another one here."""
        if not self._stems:
            return False
        stem = os.path.splitext(name)[0]  # noqa: PTH122
        return any(stem.endswith(mark) and stem[: -len(mark)] in self._stems for mark in _MASKS)


def is_boxes(data: bytes) -> bool:
    """Whether a text holds places in a picture instead of words about it.

    Every line of YOLO, KITTI, MOT and DOTA is a row of numbers with at most two words.
    """
    lines = [line.replace(b",", b" ").split() for line in data.splitlines()]
    rows = [
        line
        for line in lines
        if line and not line[0].lower().startswith((b"imagesource:", b"gsd:"))
    ]
    return bool(rows) and all(_is_row(line) for line in rows)


def _is_row(line: list[bytes]) -> bool:
    numbers = sum(bool(_NUMBER.fullmatch(each.decode("latin-1"))) for each in line)
    return (
        numbers >= _FEWEST_NUMBERS
        and len(line) - numbers <= 2
        and numbers > 2 * (len(line) - numbers)
    )


def _ending(name: str) -> str:
    return os.path.splitext(name)[1].lower()  # noqa: PTH122


def _words(data: bytes, ending: str) -> str:
    if ending == ".json":
        return _in_json(data)
    words = caption_of(data)
    return words[:_LONGEST_LABEL] if ending == ".cls" else words


def _in_json(data: bytes) -> str:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(found, dict):
        return ""
    texts = (found.get(key) for key in _IN_JSON)
    return next((one_paragraph(text) for text in texts if isinstance(text, str) and text), "")
