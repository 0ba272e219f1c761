"""From a file that was met and the answer of its decoding to the columns of a row."""

from __future__ import annotations

import os

from studio.engine.dataset.doctor.checks import base as checks
from studio.engine.dataset.doctor.reconcile import Stored
from studio.engine.dataset.index.facts import Answer, Columns, Data
from studio.engine.dataset.intake.met import Candidate
from studio.engine.dataset.privacy import remeasure_hidden

Key = tuple[bytes, str]


def key(entry: Candidate) -> Key:
    """What tells files of a dataset apart: the path as bytes, and the member of an archive."""
    return os.fsencode(entry.path), entry.member


def unchanged(entry: Candidate, before: dict[Key, Stored]) -> bool:
    """Whether the file is as it was when it was decoded, so that nothing has to be done."""
    old = before.get(key(entry))
    return (
        old is not None
        and not old.missing
        and (old.measured or not old.usable)
        and (old.bytes, old.mtime_ns) == (entry.bytes, entry.mtime_ns)
    )


def values(entry: Candidate, answer: Answer) -> Columns:
    found: Columns = {
        "sha256": answer["sha256"], "format": answer["format"], "mode": answer["mode"],
        "width": answer["width"], "height": answer["height"], "channels": answer["channels"],
        "facts": answer["facts"], "usable": answer["kind"] == "picture",
        "bytes": entry.bytes, "mtime_ns": entry.mtime_ns,
    }  # fmt: skip
    if entry.caption:
        found["caption"] = entry.caption
    return found


def decided(
    entry: Candidate, answer: Answer, old: Stored | None, cover: str
) -> tuple[Answer, Columns, bool]:
    """What may be known of a file, the columns that follow, and whether parts of it are hidden.

    `cover` are the regions that are hidden in another file of the same bytes.
    """
    was_hidden = old is not None and old.hidden
    if was_hidden or cover:
        answer = remeasure_hidden.without(answer)
    found = values(entry, answer)
    if cover and not was_hidden:
        found["hidden"] = cover
    if answer["facts"].get("no_training") and not (old and old.barred):
        found["included"] = False
    return answer, found, bool(was_hidden or cover)


def findings(answer: Answer, limits: dict[str, float]) -> list[tuple[str, str, Data]]:
    """(kind, sentence, data) of everything that one picture shows by itself."""
    if answer["kind"] == "broken":
        return [("broken", answer["reason"], {"reason": answer["reason"]})]
    return [
        (kind, checks.sentence(kind, data), data) for kind, data in checks.check(answer, limits)
    ]
