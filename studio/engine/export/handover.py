"""The hand-over: pieces become files with proof of their origin, never over an existing file."""

from __future__ import annotations

import contextlib
import os
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.parameters import ParameterError
from studio.engine.errors import StudioError, UsageError
from studio.engine.export import ledger
from studio.engine.export.base import Format, Origin, Pixels, format_of
from studio.engine.files import atomic_path, sha256_file
from studio.engine.generation import pieces as kept
from studio.engine.generation.pieces import Piece
from studio.engine.generation.player import Player
from studio.engine.project import Project
from studio.engine.refinement.stack import Stack, apply

LONGEST_NAME = 120
_RESERVED = {"con", "prn", "aux", "nul"} | {d + n for d in ("com", "lpt") for n in "123456789¹²³"}


@dataclass(frozen=True)
class Exported:
    """One written file."""

    path: Path
    sha256: str
    piece_id: int | None
    provenance: dict[str, Any]


def export_pieces(
    project: Project,
    wanted: Sequence[Piece],
    format_name: str,
    options: Mapping[str, object],
    folder: Path,
    creator: str = "",
    rights: str = "",
) -> list[Exported]:
    """Render the pieces with their stacks and write them into `folder`, which is made if needed.

    All names and stacks are checked before the first file is written. Where `creator` or
    `rights` is empty, what the piece says of itself serves. Raises
    :class:`StudioError` for an existing file, a folder that cannot be written, or a
    piece that waits for the artist's eye; :class:`ParameterError` for an option.
    """
    kind = format_of(format_name).from_mapping(options)
    _refuse_unreviewed(wanted)
    targets = [folder / (safe_name(piece.name) + kind.suffix) for piece in wanted]
    _check_targets(targets)
    stacks = [Stack.checked({"steps": piece.stack}) for piece in wanted]
    players: dict[str, Player] = {}
    made: list[Exported] = []
    with _made(folder, made):
        for piece, stack, target in zip(wanted, stacks, targets, strict=True):
            pixels = apply(stack, _render(project, piece, players))
            own = {"creator": creator, "rights": rights}
            own = {key: text or str(piece.rights.get(key, "")) for key, text in own.items()}
            origin = Origin(piece.name, **own, recipe=recipe_of(piece))
            sha256 = _write(kind, pixels, origin, target)
            made.append(Exported(target, sha256, piece.id, _facts(origin)))
        if not project.read_only_reason:
            ledger.record(project, kind.name, [(e.piece_id, e.path, e.sha256) for e in made])
    return made


def export_arrays(
    pictures: Sequence[tuple[str, Pixels, dict[str, Any]]],
    format_name: str,
    options: Mapping[str, object],
    folder: Path,
    creator: str = "",
    rights: str = "",
) -> list[Exported]:
    """Write (name, pixels, recipe) that a model made and that are no pieces, by the same rules."""
    told = [(name, pixels, Origin(name, creator, rights, said)) for name, pixels, said in pictures]
    return export_pictures(told, format_name, options, folder)


def export_pictures(
    pictures: Sequence[tuple[str, Pixels, Origin]],
    format_name: str,
    options: Mapping[str, object],
    folder: Path,
) -> list[Exported]:
    """Write (name, pixels, origin) of any pictures, by the same rules."""
    kind = format_of(format_name).from_mapping(options)
    targets = [folder / (safe_name(name) + kind.suffix) for name, _, _ in pictures]
    _check_targets(targets)
    made: list[Exported] = []
    with _made(folder, made):
        for (_, pixels, origin), target in zip(pictures, targets, strict=True):
            sha256 = _write(kind, pixels, origin, target)
            made.append(Exported(target, sha256, None, _facts(origin)))
    return made


def recipe_of(piece: Piece) -> dict[str, Any]:
    """What a file says of how its picture was made, enough to make it again."""
    return {
        "piece": piece.name,
        "run": piece.run_name,
        "checkpoint_sha256": piece.checkpoint_sha256,
        "latent": piece.recipe.model_dump(exclude_none=True),
        "stack": piece.stack,
    }


def safe_name(name: str) -> str:
    """`name` as a file name without ending that every system takes."""
    text = unicodedata.normalize("NFC", name)
    text = "".join("_" if ch in '<>:"/\\|?*' or not ch.isprintable() else ch for ch in text)
    text = text.strip(" .") or "piece"
    if text.split(".")[0].rstrip().lower() in _RESERVED:
        text = f"_{text}"
    while len(text.encode("utf-8", "replace")) > LONGEST_NAME:
        text = text[:-1]
    return text.rstrip(" .")


def _refuse_unreviewed(wanted: Sequence[Piece]) -> None:
    for piece in wanted:
        if piece.review == "rejected":
            raise StudioError(f"{piece.name} was rejected: it is not exported.")
        if piece.review == "look":
            raise StudioError(
                f"{piece.name} resembles a training picture more than unseen pictures do: look "
                "at it and approve it first; nothing was exported."
            )


def _check_targets(targets: Sequence[Path]) -> None:
    seen: set[str] = set()
    for target in targets:
        # Some file systems hold "A" and "a" for one name.
        key = unicodedata.normalize("NFC", str(target)).casefold()
        if key in seen:
            raise UsageError(f"Two pictures would both be written to {target}: rename one of them.")
        seen.add(key)
        if os.path.lexists(target):
            raise StudioError(
                f"{target} already exists: choose another folder or name; nothing was changed."
            )


@contextlib.contextmanager
def _made(folder: Path, made: Sequence[Exported]) -> Iterator[None]:
    """Have `folder`. All or nothing: when the work fails, what was `made` goes again, and so
    do folders that were made for it.
    """
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudioError(
            f"Could not make the folder {folder} ({error.strerror}): choose another one."
        ) from error
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            for file in made:
                file.path.unlink(missing_ok=True)
            for each in missing:
                each.rmdir()
        raise


def _render(project: Project, piece: Piece, players: dict[str, Player]) -> Pixels:
    """Render with one player for all pieces of a checkpoint."""
    sha256 = piece.checkpoint_sha256
    if sha256 not in players:
        folder = kept.checkpoint_of(project, piece)
        if folder is None:
            return kept.stored(piece)
        players[sha256] = Player.open(folder)
    return kept.render(project, piece, players[sha256])


def _write(kind: Format, pixels: Pixels, origin: Origin, target: Path) -> str:
    with atomic_path(target, overwrite=False) as temporary:
        kind.write(pixels, origin, temporary)
    return sha256_file(target)


def _facts(origin: Origin) -> dict[str, Any]:
    return {
        "digital_source_type": origin.source_type,
        "creator": origin.creator,
        "rights": origin.rights,
        "recipe": origin.recipe,
    }


__all__ = [
    "Exported", "ParameterError", "export_arrays", "export_pictures", "export_pieces", "recipe_of",
    "safe_name",
]  # fmt: skip
