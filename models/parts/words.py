"""Words of captions and prompts: how a text falls into them, and which captions are near to it.

No torch: the window may read it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

ENOUGH_CAPTIONS = 2_000
"""Below, a model of captions rather finds pictures again than makes new ones."""
_ALONE = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Characters of scripts without spaces: each is a word."""
_WORD = re.compile(rf"[{_ALONE}]|[^\W_{_ALONE}]+")


def words_of(text: str) -> list[str]:
    """In their order, small, without what stands between them."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).lower())


def counted(texts: Iterable[str]) -> dict[str, int]:
    """Every word and how many texts have it, the most frequent first."""
    found = Counter(word for text in texts for word in dict.fromkeys(words_of(text)))
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


@lru_cache(1 << 14)
def _kinds(text: str) -> frozenset[str]:
    """Remembered, as captions are looked through at every key of a prompt."""
    return frozenset(words_of(text))


def nearest(prompt: str, captions: Sequence[str], most: int) -> list[str]:
    """Captions that share words with a prompt, those that share most of theirs first."""
    asked = _kinds(prompt)

    def share(caption: str) -> float:
        own = _kinds(caption)
        return len(asked & own) / max(1, len(asked | own))

    near = sorted(dict.fromkeys(captions), key=lambda each: (-share(each), each))
    return [each for each in near[:most] if share(each) > 0]
