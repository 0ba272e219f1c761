"""Sentences as template and values: what errors, events and findings carry.

A :class:`Said` is its English; the window has other languages. Over a pipe and on the disk it
is `{"template": ..., "values": {...}}`.
"""

from __future__ import annotations

import json
from typing import Any

from models.errors import Said, SaidError, either, lines, listed, sentences

__all__ = [
    "NOTHING", "Said", "SaidError", "either", "from_text", "lines", "listed", "plain", "reason",
    "sentences", "spoken", "to_text", "unforeseen",
]  # fmt: skip


NOTHING = Said("")


def reason(error: BaseException) -> Said:
    """Why it failed: what one of our own errors says, else the system's words."""
    if isinstance(error, SaidError):
        return error.said
    if isinstance(error, UnicodeDecodeError):
        return Said("it is not a text file")
    if isinstance(error, RecursionError):
        return Said("it is nested too deeply")
    return Said((error.strerror if isinstance(error, OSError) else None) or str(error))


def unforeseen(error: Exception) -> Said:
    """The words of an error that is nobody's fault but ours."""
    return Said("{kind}: {reason}", kind=type(error).__name__, reason=error)


def plain(value: Any) -> Any:
    """`value` with every sentence in it as JSON values."""
    if isinstance(value, Said) and value:
        return {"template": value.template, "values": plain(value.values)}
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


def spoken(value: Any) -> Any:
    """What :func:`plain` made, with its sentences."""
    if isinstance(value, list):
        return [spoken(each) for each in value]
    if not isinstance(value, dict):
        return value
    made = {key: spoken(each) for key, each in value.items()}
    if made.keys() == {"template", "values"} and isinstance(made["values"], dict):
        return Said(str(made["template"]), **made["values"])
    return made


def to_text(said: str) -> str:
    """For a column of the index: a text alone where nothing stands in it, as it always was."""
    held = getattr(said, "values", None)
    return json.dumps(plain(said), ensure_ascii=False) if held else said


def from_text(text: str) -> Said:
    try:
        found = spoken(json.loads(text)) if text.startswith('{"template"') else text
    except (ValueError, KeyError, IndexError):
        found = text
    return Said.of(found)
