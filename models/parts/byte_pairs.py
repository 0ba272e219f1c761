"""Byte-pair encoding: Sennrich 2016, 'Neural machine translation of rare words with subword
units', arXiv:1508.07909, Sec. 3.2, over the bytes of UTF-8, so that every text can be written.

Numbers 0 to 255 are bytes, `END` the end of a word, and `END + 1 + k` what merge k joins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from models.parts.words import words_of

END = 256
Pair = tuple[int, int]


def learnt(texts: Iterable[str], most: int) -> list[Pair]:
    """The merges that the words of `texts` ask for, at most so many; ties go to lower numbers."""
    counts = Counter(word for text in texts for word in words_of(text))
    pieces = {word: [*word.encode(), END] for word in counts}
    merges: list[Pair] = []
    while len(merges) < most:
        pairs: Counter[Pair] = Counter()
        for word, parts in pieces.items():
            for pair in pairwise(parts):
                pairs[pair] += counts[word]
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        if pairs[best] < 2:
            break
        made = END + 1 + len(merges)
        merges.append(best)
        for parts in pieces.values():
            _join(parts, best, made)
    return merges


def encoded(text: str, merges: Sequence[Pair], most: int) -> list[int]:
    """The numbers of a text, at most so many."""
    found: list[int] = []
    for word in words_of(text):
        parts = [*word.encode(), END]
        for number, pair in enumerate(merges):
            if len(parts) == 1:
                break
            _join(parts, pair, END + 1 + number)
        found += parts
        if len(found) >= most:
            break
    return found[:most]


def _join(parts: list[int], pair: Pair, made: int) -> None:
    """Put `made` for every `pair` in its place, from the left."""
    place = 0
    while place < len(parts) - 1:
        if (parts[place], parts[place + 1]) == pair:
            parts[place : place + 2] = [made]
        place += 1
