"""The hand-over: pieces become files with proof of their origin, over others only when asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from models.parameters import ParameterError
from studio.engine.artwork import Artwork, Pixels
from studio.engine.errors import StudioError, UsageError
from studio.engine.export import ledger, name_template, protected_files
from studio.engine.export.collections.base import Plate
from studio.engine.export.credentials.signature import SUFFIX
from studio.engine.export.delivery import Delivery, Exported
from studio.engine.export.file_names import Parcel, Taken, safe_name
from studio.engine.export.finish import Finishing
from studio.engine.export.formats.base import Format
from studio.engine.export.lanes import in_lanes
from studio.engine.export.name_template import Facts
from studio.engine.export.print_size import LargeCopies, PrintSize
from studio.engine.export.training_licences import licences_of
from studio.engine.export.ways import Way, endings, is_layered, is_shared, template_of, way_of
from studio.engine.export.writer import Writer
from studio.engine.generation.player import Player
from studio.engine.pieces import pieces as kept
from studio.engine.pieces.origin import Origin
from studio.engine.pieces.pieces import Piece
from studio.engine.pieces.review import Review
from studio.engine.project import Project, now
from studio.engine.refinement import own_files
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
    names: str = "",
    stems: Sequence[str] = (),
    finishing: Finishing | None = None,
) -> list[Exported]:
    """Render the pieces with their stacks and write them into `folder`, which is made if needed.

    `format_name` is a format, a collection or a destination; `names` a template of the names of
    files, and `stems` the names themselves, where they are known. All names and stacks are
    checked before the first file is written; `taken` says what becomes of names that are not
    free. Where `creator` or `rights` is empty, what the piece says of itself serves.
    `finishing` is what is added to the files beside their words.

    Raises :class:`StudioError` for a folder that cannot be written,
    a file that may not be replaced, or a piece that waits for the artist's eye;
    :class:`ParameterError` for an option.
    """
    way = way_of(format_name, options)
    _refuse_unreviewed(wanted)
    called = stems or piece_names(project, wanted, names or template_of(format_name))
    beside = [finishing is not None and finishing.signs_beside(way.suffix, piece.version)
              for piece in wanted]  # fmt: skip
    delivery = Delivery(folder, _parcels(way, called, beside), taken)
    if taken is Taken.REPLACE:
        protected_files.refuse(project, delivery.targets)
    stacks = [own_files.settled(Stack.checked({"steps": each.stack}), each.home) for each in wanted]
    printing, copies = PrintSize.of(format_name, way), LargeCopies(project)
    if printing is not None:
        printing.known(project, wanted)
    players: dict[str, Player] = {}
    learned_from = cache(partial(licences_of, project))

    def make(place: int) -> Plate:
        piece = wanted[place]
        own = {key: str(piece.rights.get(key, "")) for key in ("creator", "rights")}
        pixels = _render(project, piece, players)
        stack, steps = stacks[place], piece.stack
        artwork = refined(stack, pixels, layered=is_layered(way))
        step = printing.step(project, piece, artwork) if printing is not None else None
        if step is not None:
            artwork = Artwork.of(step.settled(piece.home).apply(artwork.image()))
            stack, steps = Stack([*stack.steps, step]), [*steps, step.model_dump(mode="json")]
        copies.refuse(piece, stack, artwork)
        said = Origin(
            piece.name, creator or own["creator"], rights or own["rights"],
            {**recipe_of(piece), "stack": steps},
            version=piece.version, identifier=piece.identifier, steps=tuple(steps),
            training_data=learned_from(piece.run_name),
        )  # fmt: skip
        player = players.get(piece.checkpoint_sha256)
        remarks = (printing.said(artwork),) if printing is not None else ()
        return Plate(piece.name, artwork, said, player.folder if player else None, remarks)

    with delivery.begun():
        plate_names, ids = [piece.name for piece in wanted], [piece.id for piece in wanted]
        writer = Writer(way, finishing)
        _write_all(delivery, writer, plate_names, make, progress, cancelled, ids)
        delivery.finish()
        # What lies in the folder by now stays there, even if nobody is left to note it.
        if not project.read_only_reason and not project.is_closed:
            rows = [(e.piece_id, e.path, e.sha256) for e in delivery.files]
            ledger.record(project, way.name, rows)
    return delivery.files


def piece_names(project: Project, wanted: Sequence[Piece], template: str) -> list[str]:
    """What a template of names makes of pieces; :class:`UsageError` as `name_template.checked`."""
    today, many = now()[:10], len(wanted)
    facts = [
        Facts({
            "piece": piece.name, "n": number, "project": project.name, "run": piece.run_name,
            "rating": piece.rating, "seed": "" if piece.recipe.seed is None else piece.recipe.seed,
            "date": today,
        }) for number, piece in enumerate(wanted, 1)
    ]  # fmt: skip
    return name_template.names(template, facts) if many else []


def planned(
    project: Project,
    wanted: Sequence[Piece],
    format_name: str,
    options: Mapping[str, object],
    names: str = "",
) -> list[str]:
    """The names of the files that :func:`export_pieces` is to write, where all are free."""
    way = way_of(format_name, options)
    called = piece_names(project, wanted, names or template_of(format_name))
    parcels = _parcels(way, called, [False] * len(called))
    return [parcel.stem + ending for parcel in parcels for ending in parcel.endings]


def _parcels(way: Way, names: Sequence[str], beside: Sequence[bool]) -> list[Parcel]:
    """`beside` says of which pictures the credentials come in a file of their own."""
    if not names:
        raise UsageError("Choose at least one piece.")
    if is_shared(way):
        return [Parcel.of(names[0], *endings(way, len(names)))]
    own = (SUFFIX,) if isinstance(way, Format) else ()
    return [
        Parcel.of(name, *endings(way, 1), *(own if apart else ()))
        for name, apart in zip(names, beside, strict=True)
    ]


def _write_all(
    delivery: Delivery,
    writer: Writer,
    names: Sequence[str],
    make: Callable[[int], Plate],
    progress: Progress,
    cancelled: Callable[[], bool],
    piece_ids: Sequence[int] | None = None,
) -> None:
    """A few pictures at a time are in memory, unless a collection wants more."""
    count = len(names)

    def go_on() -> None:
        if cancelled():
            raise StudioError("The export was stopped; nothing was written.")

    def made(place: int) -> Plate:
        go_on()
        plate = make(place)
        progress(place + 1, count)
        return plate

    if is_shared(writer.way):
        delivery.write(0, lambda sheets: writer.collection(names, map(made, range(count)), sheets))
        return

    def write(place: int, plate: Plate) -> None:
        key = piece_ids[place] if piece_ids else None
        delivery.write(place, partial(writer.one, plate), key)

    in_lanes(count, made, write)
    go_on()  # the last ones may still have been written then


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
    finishing: Finishing | None = None,
) -> list[Exported]:
    """Write `make(place)` for the name at every place; all names are checked before the first."""
    way = way_of(format_name, options)
    beside = finishing is not None and finishing.signs_beside(way.suffix)
    delivery = Delivery(folder, _parcels(way, names, [beside] * len(names)), Taken.REFUSE)
    writer = Writer(way, finishing)
    with delivery.begun():
        _write_all(
            delivery, writer, names, lambda n: Plate(names[n], *make(n)), progress, cancelled
        )
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
    "export_pieces", "planned",
    "recipe_of", "safe_name",
]  # fmt: skip
