"""The record of decisions about pieces: which, when, why, and by whom. It only ever grows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from studio.engine.errors import UsageError
from studio.engine.pieces import pieces
from studio.engine.pieces.pieces import Piece
from studio.engine.pieces.review import Review
from studio.engine.project import Project

LONGEST = 500
"""Letters of a reason."""


@dataclass(frozen=True)
class Verdict:
    """One decision."""

    piece_id: int
    piece_name: str
    """As the piece was called then."""
    moment: str
    """ISO 8601."""
    review: str
    reason: str = ""
    who: str = ""


def decide(
    project: Project,
    wanted: Sequence[Piece],
    review: Review,
    reason: str = "",
    who: str = "",
) -> int:
    """Decide about pieces, as far as they are not what is wanted already; how many were not.

    Raises :class:`UsageError` for a reason that is too long, before anything is decided.
    """
    if len(reason) > LONGEST:
        raise UsageError("A reason has at most {most} letters.", most=LONGEST)
    others = [piece for piece in wanted if piece.review is not review]
    for piece in others:
        pieces.set_review(project, piece.id, review, reason, who)
    return len(others)


def decide_all(
    project: Project, reviews: Mapping[int, Review], reason: str = "", who: str = ""
) -> None:
    """The same by their ids; those that are gone are passed over."""
    known = {each.id: each for each in pieces.pieces(project)}
    for review in dict.fromkeys(reviews.values()):
        wanted = [known[key] for key, each in reviews.items() if each is review and key in known]
        decide(project, wanted, review, reason, who)


def record(project: Project) -> list[Verdict]:
    """All decisions, the oldest first; also those about pieces that are gone."""
    return [_verdict(row) for row in project.query("SELECT * FROM verdict ORDER BY id")]


def of_pieces(project: Project, wanted: Iterable[Piece]) -> dict[int, list[Verdict]]:
    """The decisions about these pieces by their ids, the oldest first."""
    known = {(piece.id, piece.created): piece.id for piece in wanted}
    found: dict[int, list[Verdict]] = {key: [] for key in known.values()}
    for row in project.query("SELECT * FROM verdict ORDER BY id"):
        key = known.get((row["piece_id"], row["piece_created"]))
        if key is not None:
            found[key].append(_verdict(row))
    return found


def _verdict(row: sqlite3.Row) -> Verdict:
    names = ("piece_id", "piece_name", "created", "review", "reason", "who")
    return Verdict(*(row[name] for name in names))
