"""What can be said of pictures of a dataset: labels, stars, and words of captions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from studio.engine.dataset.index.store import Item
from studio.engine.said import Said

FEWEST = 5
"""Pictures that have an attribute, and that have not, from which it is looked at."""
WORDS = 12
"""Words of captions at most: those that say most of the set first."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_SMALL = frozenset(
    [
        "the", "and", "with", "for", "from", "that", "this", "are", "was", "has", "have", "its",
        "his", "her", "their", "into", "onto", "over", "under", "very", "some", "out", "off",
    ]
)  # fmt: skip
"""Words that name nothing to be seen."""


@dataclass(frozen=True)
class Attribute:
    """`has` says of each picture 1 it has it, 0 it has not, -1 nobody knows: int8 [pictures]."""

    title: Said
    has: np.ndarray

    @property
    def is_telling(self) -> bool:
        """Whether there are enough pictures with and without."""
        return bool(min((self.has == 1).sum(), (self.has == 0).sum()) >= FEWEST)


def attributes(items: Sequence[Item | None]) -> list[Attribute]:
    """Of pictures, None for one that is no longer in the dataset; those that part them."""
    found = [*_labels(items), *_stars(items), *_words(items)]
    return [each for each in found if each.is_telling]


def _labels(items: Sequence[Item | None]) -> list[Attribute]:
    names = sorted({item.label for item in items if item and item.label})
    return [
        Attribute(
            Said("Label {name}", name=name),
            np.array([item.label == name if item else -1 for item in items], np.int8),
        )
        for name in names
    ]


def _stars(items: Sequence[Item | None]) -> list[Attribute]:
    """The number of stars that parts those that have some most evenly."""
    ratings = np.array([item.rating if item else 0 for item in items])
    found = []
    for least in range(2, 6):
        has = np.where(ratings == 0, -1, ratings >= least).astype(np.int8)
        found.append(Attribute(Said("{n} stars or more", n=least), has))
    return [max(found, key=lambda each: min((each.has == 1).sum(), (each.has == 0).sum()))]


def _words(items: Sequence[Item | None]) -> list[Attribute]:
    """Words that part the captions, the most even ones first; pictures without one say nothing."""
    captions = [item.caption if item else "" for item in items]
    spoken = [set(_WORD.findall(caption.lower())) - _SMALL for caption in captions]
    silent = np.array([not caption.strip() for caption in captions], np.bool_)
    counts = Counter(word for words in spoken for word in words)
    whole = int((~silent).sum())
    telling = sorted(counts, key=lambda word: (-min(counts[word], whole - counts[word]), word))
    found = []
    for word in telling[:WORDS]:
        has = np.array([word in words for words in spoken], np.int8)
        has[silent] = -1
        found.append(Attribute(Said("Word {name}", name=word), has))
    return found
