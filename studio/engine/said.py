"""Sentences as template and values: what errors, events and findings carry.

English is one rendering of them, by `str()`; the window has others. As JSON a sentence is
`{"template": ..., "values": {...}}`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from functools import reduce

from models.errors import Said

__all__ = ["Said", "joined", "listed", "reason", "said_in", "to_json"]


def joined(sentences: Iterable[Said]) -> Said:
    """Whole sentences, one after the other."""
    kept = list(sentences)
    return reduce(lambda a, b: Said("{first} {next}", first=a, next=b), kept) if kept else Said("")


def listed(parts: Iterable[object], last: str = "{first}, {next}") -> Said:
    """`parts` after commas; the last one as `last` has it, such as `{first} or {next}`."""
    kept = list(parts)
    if not kept:
        return Said("")
    *before, end = (part if isinstance(part, Said) else Said(str(part)) for part in kept)
    if not before:
        return end
    head = reduce(lambda a, b: Said("{first}, {next}", first=a, next=b), before)
    return Said(last, first=head, next=end)


def reason(error: BaseException) -> Said:
    """Why it failed: what one of our own errors says, else the system's words."""
    said = getattr(error, "said", None)
    if isinstance(said, Said):
        return said
    return Said((error.strerror if isinstance(error, OSError) else None) or str(error))


def to_json(said: Said) -> dict[str, object]:
    """`said` as JSON values."""
    return asdict(said)


def said_in(value: dict[str, object]) -> object:
    """`object_hook` of `json.loads`: what :func:`to_json` made is a Said again."""
    if value.keys() == {"template", "values"} and isinstance(value["values"], dict):
        return Said(str(value["template"]), **value["values"])
    return value
