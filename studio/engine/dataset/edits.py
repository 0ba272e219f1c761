"""Labels and captions that the artist wrote: kept when the folder is imported again."""

from __future__ import annotations

from collections.abc import Mapping

from studio.engine.errors import UsageError
from studio.engine.project import Project

FIELDS = ("label", "caption")
LONGEST = {"label": 200, "caption": 10_000}
BY_HAND = {"label": "label_by_hand", "caption": "caption_by_hand"}
"""The fact that says so, by field."""


def clean(field: str, text: str) -> str:
    """One trimmed line; raises :class:`UsageError` when it is too long or no such field."""
    if field not in FIELDS:
        raise UsageError(f"There is no text {field!r}: write {' or '.join(FIELDS)}.")
    line = " ".join(text.split())
    if len(line) > LONGEST[field]:
        raise UsageError(f"A {field} has at most {LONGEST[field]} characters, not {len(line)}.")
    return line


def set_texts(project: Project, field: str, texts: Mapping[int, str]) -> None:
    """Give pictures a label or a caption, each its own; files are never touched.

    Raises :class:`UsageError` for another field or a text that is too long.
    """
    rows = [(clean(field, text), item_id) for item_id, text in texts.items()]
    project.write_many(
        f"UPDATE item SET {field} = ?, facts = json_set(facts, '$.{BY_HAND[field]}', 1) "
        "WHERE id = ?",
        rows,
    )
