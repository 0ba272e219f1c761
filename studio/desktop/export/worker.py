"""Where the export place meets the engine: functions that run on the room's thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.engine.artwork import Artwork, Pixels
from studio.engine.export import live_links
from studio.engine.export.choices import Choices
from studio.engine.export.finish import Finishing
from studio.engine.export.handover import Exported, Taken, export_pieces
from studio.engine.export.live_links import Change
from studio.engine.jobs import Job
from studio.engine.pieces import pieces
from studio.engine.pieces.origin import Origin
from studio.engine.pieces.pieces import Piece
from studio.engine.project import Project
from studio.engine.refinement import own_files
from studio.engine.refinement.enlarge import Enlarge
from studio.engine.refinement.resize import Resize
from studio.engine.refinement.stack import Stack, apply
from studio.engine.refinement.upscale import Upscale
from studio.engine.said import Said

SIZES = (Resize.name, Upscale.name, Enlarge.name)
"""Steps that do no more than give a picture another size."""


@dataclass(frozen=True)
class Order:
    """What the artist wants handed over, how and where."""

    piece_ids: tuple[int, ...]
    format_name: str
    options: Mapping[str, Any]
    folder: Path
    creator: str
    rights: str
    replace: bool = False
    """Files of the same name; otherwise the next free name is taken."""
    names: str = ""
    """A template of their names; empty for that of the format."""
    live: bool = False
    """Whether the files are written again when their pieces change."""
    choices: Choices = field(default_factory=Choices)
    credit: str = ""
    key: str = ""
    """A PEM file that signs, with its certificates; empty for that of this machine."""


def refined(piece: Piece, *, resized: bool = True) -> Pixels:
    """The stored picture of a piece with its steps."""
    stack = Stack.lenient(piece.stack)
    if not resized:
        stack = stack.only(lambda step: step.op not in SIZES)
    return apply(own_files.settled(stack, piece.home), pieces.stored(piece))


def copied(piece: Piece, choices: Choices) -> tuple[Pixels, Said]:
    """A piece as it goes to the clipboard, with the mark that its files get; and why without."""
    artwork = Artwork.of(refined(piece))
    origin = Origin(piece.name, version=piece.version, identifier=piece.identifier)
    made, unmarked = Finishing(choices).marked(artwork, origin)
    return made.flat(), unmarked


def export(project: Project, order: Order, job: Job[Any]) -> list[Exported]:
    """Hand the pieces over; nothing stays behind when one fails or `job` is cancelled."""
    wanted = [pieces.piece(project, key) for key in order.piece_ids]
    made = export_pieces(
        project, wanted, order.format_name, order.options, order.folder,
        creator=order.creator, rights=order.rights,
        taken=Taken.REPLACE if order.replace else Taken.NEXT,
        progress=job.advance, cancelled=job.cancelled, names=order.names,
        finishing=Finishing(order.choices, order.credit, order.key),
    )  # fmt: skip
    if order.live:
        live_links.keep(
            project, wanted, order.format_name, order.options, made, order.creator, order.rights
        )
    return made


def send_again(
    project: Project, changed: Mapping[int, Change], job: Job[list[Exported]]
) -> list[Exported]:
    """Write the files of links whose pieces have changed; the first that cannot be ends it."""
    made: list[Exported] = []
    for number, change in changed.items():
        if job.cancelled():
            break
        made += live_links.send_again(project, number, change.link, job.advance)
    return made
