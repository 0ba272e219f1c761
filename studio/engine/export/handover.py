"""The hand-over: pieces become files with proof of their origin, over others only when asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from models.parameters import ParameterError
from studio.engine.artwork import Artwork, Pixels
from studio.engine.errors import StudioError
from studio.engine.export import ledger, protected_files
from studio.engine.export.delivery import Delivery, Exported
from studio.engine.export.file_names import Taken, safe_name
from studio.engine.export.formats.base import format_of
from studio.engine.generation.player import Player
from studio.engine.pieces import pieces as kept
from studio.engine.pieces.origin import Origin
from studio.engine.pieces.pieces import Piece
from studio.engine.pieces.review import Review
from studio.engine.project import Project
from studio.engine.refinement.stack import Stack, refined


def export_pieces(
    project: Project,
    wanted: Sequence[Piece],
    format_name: str,
    options: Mapping[str, object],
    folder: Path,
    creator: str = "",
    rights: str = "",
    taken: Taken = Taken.NEXT,
) -> list[Exported]:
    """Render the pieces with their stacks and write them into `folder`, which is made if needed.

    All names and stacks are checked before the first file is written; `taken` says what
    becomes of names that are not free. Where `creator` or `rights` is empty, what the piece
    says of itself serves. Raises :class:`StudioError` for a folder that cannot be written,
    a file that may not be replaced, or a piece that waits for the artist's eye;
    :class:`ParameterError` for an option.
    """
    kind = format_of(format_name).from_mapping(options)
    _refuse_unreviewed(wanted)
    delivery = Delivery(kind, folder, [piece.name for piece in wanted], taken)
    if taken is Taken.REPLACE:
        protected_files.refuse(project, delivery.targets)
    stacks = [Stack.checked({"steps": piece.stack}) for piece in wanted]
    players: dict[str, Player] = {}
    with delivery.begun():
        for place, (piece, stack) in enumerate(zip(wanted, stacks, strict=True)):
            pixels = _render(project, piece, players)
            artwork = refined(stack, pixels, layered=kind.layered)
            own = {"creator": creator, "rights": rights}
            own = {key: text or str(piece.rights.get(key, "")) for key, text in own.items()}
            origin = Origin(piece.name, **own, recipe=recipe_of(piece))
            delivery.write(place, artwork, origin, piece.id)
        delivery.finish()
        if not project.read_only_reason:
            rows = [(e.piece_id, e.path, e.sha256) for e in delivery.files]
            ledger.record(project, kind.name, rows)
    return delivery.files


def export_arrays(
    pictures: Sequence[tuple[str, Pixels, dict[str, Any]]],
    format_name: str,
    options: Mapping[str, object],
    folder: Path,
    creator: str = "",
    rights: str = "",
) -> list[Exported]:
    """As :func:`export_pictures`, of (name, pixels, recipe) that a model made."""
    told = [
        (name, Artwork.of(pixels), Origin(name, creator, rights, said))
        for name, pixels, said in pictures
    ]
    return export_pictures(told, format_name, options, folder)


def export_pictures(
    pictures: Sequence[tuple[str, Artwork, Origin]],
    format_name: str,
    options: Mapping[str, object],
    folder: Path,
) -> list[Exported]:
    """Write (name, artwork, origin) of any pictures; a name that is taken is refused."""
    kind = format_of(format_name).from_mapping(options)
    delivery = Delivery(kind, folder, [name for name, _, _ in pictures], Taken.REFUSE)
    with delivery.begun():
        for place, (_, artwork, origin) in enumerate(pictures):
            delivery.write(place, artwork, origin)
    return delivery.files


def recipe_of(piece: Piece) -> dict[str, Any]:
    """What a file says of how its picture was made, enough to make it again."""
    return {
        "piece": piece.name,
        "run": piece.run_name,
        "checkpoint_sha256": piece.checkpoint_sha256,
        "latent": piece.written,
        "stack": piece.stack,
    }


def _refuse_unreviewed(wanted: Sequence[Piece]) -> None:
    for piece in wanted:
        if piece.review is Review.REJECTED:
            raise StudioError(f"{piece.name} was rejected: it is not exported.")
        if piece.review is Review.LOOK:
            raise StudioError(
                f"{piece.name} resembles a training picture more than unseen pictures do: look "
                "at it and approve it first; nothing was exported."
            )


def _render(project: Project, piece: Piece, players: dict[str, Player]) -> Pixels:
    """Render with one player for all pieces of a checkpoint."""
    sha256 = piece.checkpoint_sha256
    if sha256 not in players:
        folder = kept.checkpoint_of(project, piece)
        if folder is None:
            return kept.stored_alone(piece)
        players[sha256] = Player.open(folder)
    return kept.render(project, piece, players[sha256])


__all__ = [
    "Exported", "ParameterError", "Taken", "export_arrays", "export_pictures", "export_pieces",
    "recipe_of", "safe_name",
]  # fmt: skip
