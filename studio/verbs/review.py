"""`review`: what was decided about pieces, when, why and by whom; and decisions, many at once."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from studio.engine.errors import UsageError
from studio.engine.pieces.review import Review
from studio.verbs.console import Console, Result
from studio.verbs.options import Verbs, folder, words

if TYPE_CHECKING:
    from studio.engine.pieces.pieces import Piece
    from studio.engine.pieces.verdicts import Verdict
    from studio.engine.project import Project


def add(verbs: Verbs) -> None:
    parser = verbs.add("review", "Approve and reject pieces, with reasons; list what waits.", run)
    parser.add_argument("project", type=folder, metavar="PROJECT", help="project folder")
    parser.add_argument(
        "pieces", nargs="*", metavar="PIECE", type=words,
        help="names or numbers of pieces; without any, all of --state",
    )  # fmt: skip
    parser.add_argument(
        "--state", choices=[*Review], help="only pieces in this state: look is what waits"
    )
    decision = parser.add_mutually_exclusive_group()
    for flag, review, about in (
        ("--approve", Review.APPROVED, "let them be exported"),
        ("--reject", Review.REJECTED, "keep them from being exported"),
        ("--reset", Review.NEW, "take decisions back"),
    ):
        decision.add_argument(flag, dest="review", action="store_const", const=review, help=about)
    parser.add_argument("--reason", type=words, default="", help="why; kept in the project")
    parser.add_argument(
        "--by", type=words, default="", help="who decides; default: the creator of the settings"
    )
    parser.add_argument(
        "--ledger", type=folder, metavar="FILE",
        help="also write all exports and decisions as a table (CSV)",
    )  # fmt: skip


def run(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine import settings
    from studio.engine.export import ledger
    from studio.engine.pieces import verdicts
    from studio.engine.project import Project

    if options.reason and options.review is None:
        raise UsageError("A reason needs a decision: --approve, --reject or --reset.")
    with Project.open(options.project) as project:
        wanted, changed = _wanted(options, project), 0
        if options.review is not None:
            if not options.pieces and options.state is None:
                raise UsageError("Say which pieces are meant: PIECE …, or all of a --state.")
            who = options.by or settings.load()[0].creator
            changed = verdicts.decide(project, wanted, options.review, options.reason, who)
            wanted = _again(project, wanted)
        if options.ledger is not None:
            ledger.write_table(project, options.ledger)
        decided = verdicts.of_pieces(project, wanted)
    facts = {
        "pieces": [_facts(piece, decided[piece.id]) for piece in wanted],
        "changed": changed,
        **({"ledger": options.ledger} if options.ledger is not None else {}),
    }
    return Result(facts, [_line(piece, decided[piece.id]) for piece in wanted])


def _wanted(options: argparse.Namespace, project: Project) -> list[Piece]:
    from studio.engine.pieces import pieces

    named = [pieces.piece(project, name) for name in options.pieces]
    found = named if options.pieces else pieces.pieces(project)
    return [each for each in found if options.state in (None, each.review)]


def _again(project: Project, wanted: list[Piece]) -> list[Piece]:
    from studio.engine.pieces import pieces

    return [pieces.piece(project, piece.id) for piece in wanted]


def _facts(piece: Piece, decided: list[Verdict]) -> dict[str, object]:
    return {
        "name": piece.name, "review": piece.review,
        "verdicts": [asdict(each) for each in decided],
    }  # fmt: skip


def _line(piece: Piece, decided: list[Verdict]) -> str:
    if not decided:
        return f"{piece.name}: {piece.review}"
    last = decided[-1]
    who = f" by {last.who}" if last.who else ""
    why = f": {last.reason}" if last.reason else ""
    return f"{piece.name}: {piece.review}, {last.moment}{who}{why}"
