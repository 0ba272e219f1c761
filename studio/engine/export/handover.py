"""The hand-over: pieces become files with proof of their origin, over others only when asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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

Make = Callable[[int], tuple[Artwork, Origin]]
"""The picture that belongs to the name at a place, and where it comes from."""
Progress = Callable[[int, int], object]
"""Called with (done, total)."""


def export_pieces(
    project: Project,
    wanted: Sequence[Piece],
    format_name: str,
    options: Mapping[str, object],
    folder: Path,
    creator: str = "",
    rights: str = "",
    taken: Taken = Taken.NEXT,
    progress: Progress = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
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

    def make(place: int) -> tuple[Artwork, Origin]:
        piece = wanted[place]
        own = {key: str(piece.rights.get(key, "")) for key in ("creator", "rights")}
        artwork = refined(stacks[place], _render(project, piece, players), layered=kind.layered)
        said = Origin(
            piece.name, creator or own["creator"], rights or own["rights"], recipe_of(piece),
            version=piece.version, identifier=piece.identifier,
        )  # fmt: skip
        return artwork, said

    with delivery.begun():
        _write_all(delivery, make, progress, cancelled, [piece.id for piece in wanted])
        delivery.finish()
        # What lies in the folder by now stays there, even if nobody is left to note it.
        if not project.read_only_reason and not project.is_closed:
            rows = [(e.piece_id, e.path, e.sha256) for e in delivery.files]
            ledger.record(project, kind.name, rows)
    return delivery.files


def _write_all(
    delivery: Delivery,
    make: Make,
    progress: Progress,
    cancelled: Callable[[], bool],
    piece_ids: Sequence[int] | None = None,
) -> None:
    """One picture at a time is in memory."""
    count = len(delivery.targets)
    for place in range(count):
        if cancelled():
            raise StudioError("The export was stopped; nothing was written.")
        artwork, origin = make(place)
        delivery.write(place, artwork, origin, piece_ids[place] if piece_ids else None)
        progress(place + 1, count)


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
    names = [name for name, _, _ in pictures]
    return export_made(names, lambda n: pictures[n][1:], format_name, options, folder)


def export_made(
    names: Sequence[str],
    make: Make,
    format_name: str,
    options: Mapping[str, object],
    folder: Path,
    progress: Progress = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Exported]:
    """Write `make(place)` for the name at every place; all names are checked before the first."""
    kind = format_of(format_name).from_mapping(options)
    delivery = Delivery(kind, folder, names, Taken.REFUSE)
    with delivery.begun():
        _write_all(delivery, make, progress, cancelled)
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
            raise StudioError("{piece} was rejected: it is not exported.", piece=piece.name)
        if piece.review is Review.LOOK:
            raise StudioError(
                "{piece} resembles a training picture more than unseen pictures do: look "
                "at it and approve it first; nothing was exported.",
                piece=piece.name,
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
    "Exported", "ParameterError", "Taken", "export_arrays", "export_made", "export_pictures",
    "export_pieces",
    "recipe_of", "safe_name",
]  # fmt: skip
