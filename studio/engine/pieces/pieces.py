"""Pieces: pictures that the artist kept, each a recipe that can be rendered again."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from studio import __version__
from studio.engine.artwork import Pixels
from studio.engine.dataset.decoding.decode import own_picture
from studio.engine.door import inside
from studio.engine.errors import ReadOnlyError, StudioError, UsageError
from studio.engine.evaluation.copies import CopyCheck
from studio.engine.files import atomic_path, discard
from studio.engine.generation.beginnings import pack_latent
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.other_models import GoneError
from studio.engine.generation.player import Player
from studio.engine.pieces.origin import FIRST
from studio.engine.pieces.review import Review
from studio.engine.project import Project, now
from studio.engine.said import Said
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint
from studio.engine.training.record.recipe import Recipe

_ROUNDING = 2
"""Levels of 255 by which machines differ over one recipe."""
_PIECES = uuid.uuid5(uuid.NAMESPACE_URL, "https://latent.studio/ns/1.0/piece")


@dataclass(frozen=True)
class Piece:
    """One kept picture. `stack` is the refine stack as plain values, `written` the recipe in the
    words that it was kept in, which is what leaves with its files."""

    id: int
    name: str
    created: str
    run_name: str
    checkpoint_sha256: str
    recipe: LatentRecipe
    written: dict[str, Any]
    stack: list[dict[str, Any]]
    rating: int
    review: Review
    rights: dict[str, Any]
    file: Path

    @property
    def home(self) -> Path:
        """The folder of its project, where paths in its stack begin."""
        return self.file.parent.parent

    @property
    def version(self) -> str:
        """The studio that it was kept with, which its files name as their first tool
        (xmp:CreatorTool); only the first one kept recipes without a beginning."""
        return __version__ if "beginning" in self.written else FIRST

    @property
    def identifier(self) -> str:
        """A name of its own, by what it was kept from and when; those of the first version have
        none, as their files are to stay what they were."""
        if self.version == FIRST:
            return ""
        point = json.dumps(self.written, sort_keys=True)
        return uuid.uuid5(_PIECES, f"{self.created} {self.checkpoint_sha256} {point}").urn


def pieces(project: Project) -> list[Piece]:
    return project.rows(_piece, "SELECT * FROM piece ORDER BY id")


def piece(project: Project, wanted: int | str) -> Piece:
    """A piece by id or name; :class:`StudioError` naming those there are."""
    column = "id" if isinstance(wanted, int) else "name"
    try:
        found = project.query(f"SELECT * FROM piece WHERE {column} = ?", (wanted,))
    except (OverflowError, UnicodeEncodeError):  # nothing that an index can hold
        found = []
    if not found and isinstance(wanted, str) and wanted.isdecimal() and len(wanted) < 19:
        return piece(project, int(wanted))
    if not found:
        known = [each.name for each in pieces(project)]
        listed = ", ".join(known[:20]) + (" …" if len(known) > 20 else "") or Said("none yet")
        raise StudioError(
            "There is no piece {name!r} in {folder}. Known: {known}.",
            name=wanted,
            folder=project.folder,
            known=listed,
        )
    return project.row(_piece, found[0])


def keep(
    project: Project,
    run_name: str,
    player: Player,
    recipe: LatentRecipe,
    stack: Sequence[dict[str, Any]] = (),
) -> Piece:
    """Make a piece: render, store the exact latent, and compare with the training pictures.

    `stack` is the steps to begin with, as those of a file that came back.
    """
    if project.read_only_reason:
        raise ReadOnlyError(project.read_only_reason)
    w = player.latent_of(recipe)
    pixels = player.picture_of(w, recipe)
    whole = recipe.model_copy(update={"point": pack_latent(w)})
    review = _review(project, run_name, pixels)
    name = free_name(project)
    file = project.pieces / f"{name}.png"
    with atomic_path(file, overwrite=False) as temporary:
        save_png(pixels, temporary)
    try:
        # Otherwise the run would tidy away what the piece is rendered from.
        for folder in (player.folder, player.beside(recipe)):
            if folder is not None:
                checkpoint.pin(folder)
        key = project.write(
            "INSERT INTO piece (name, created, run_name, checkpoint_sha256, recipe, stack, review, "
            "file) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                name,
                now(),
                run_name,
                player.sha256,
                whole.model_dump_json(exclude_none=True),
                json.dumps(list(stack), ensure_ascii=False),
                review,
                file.name,
            ),
        )
    except StudioError:
        discard(file)  # a picture that no piece knows of
        raise
    return piece(project, key)


def set_stack(project: Project, piece_id: int, stack: Sequence[dict[str, Any]]) -> None:
    """Remember the refine stack of a piece."""
    _set(project, piece_id, "stack", json.dumps(list(stack), ensure_ascii=False))


def set_rating(project: Project, piece_id: int, rating: int) -> None:
    """Remember 0 to 5 stars."""
    if not 0 <= rating <= 5:
        raise UsageError("{rating} stars are not possible: give 0 to 5.", rating=rating)
    _set(project, piece_id, "rating", rating)


def set_review(
    project: Project, piece_id: int, review: str, reason: str = "", who: str = ""
) -> None:
    """Remember the artist's decision about a piece, and in the record of :mod:`verdicts` when,
    why and by whom it was made."""
    if review not in tuple(Review):
        raise UsageError(
            "There is no review state {name!r}: use {choices}.",
            name=review,
            choices=", ".join(Review),
        )
    found = piece(project, piece_id)
    with project.transaction() as connection:
        connection.execute("UPDATE piece SET review = ? WHERE id = ?", (review, piece_id))
        connection.execute(
            "INSERT INTO verdict (piece_id, piece_created, piece_name, created, review, reason, "
            "who) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (piece_id, found.created, found.name, now(), review, reason.strip(), who.strip()),
        )


def set_rights(project: Project, piece_id: int, creator: str = "", rights: str = "") -> None:
    """Remember who made a piece and the rights line; what is exported of it says so."""
    said = {key: text for key, text in (("creator", creator), ("rights", rights)) if text}
    _set(project, piece_id, "rights", json.dumps(said, ensure_ascii=False))


def rename(project: Project, piece_id: int, name: str) -> None:
    """Give a piece another name, which no other has."""
    name = name.strip()
    # Control characters, and halves of characters, which no file and no index can hold.
    odd = any(unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") for each in name)
    if not name or len(name) > 100 or odd:
        raise UsageError("A piece needs a name of 1 to 100 characters on one line.")
    if project.query("SELECT 1 FROM piece WHERE name = ? AND id != ?", (name, piece_id)):
        raise UsageError(
            "There is a piece called {name!r} already: choose another name.", name=name
        )
    _set(project, piece_id, "name", name)


def _set(project: Project, piece_id: int, column: str, value: str | int) -> None:
    piece(project, piece_id)  # says which there are when this one is not there
    project.write(f"UPDATE piece SET {column} = ? WHERE id = ?", (value, piece_id))


def render(project: Project, wanted: Piece, player: Player | None = None) -> Pixels:
    """uint8 [h, w, c] of a piece: the picture that was kept, and that its recipe leads to.

    Another build or device rounds elsewhere, so that a picture may differ by :data:`_ROUNDING`;
    then it is the stored one. That serves also without a checkpoint that it was made with.
    """
    if player is None or player.sha256 != wanted.checkpoint_sha256:
        folder = checkpoint_of(project, wanted)
        if folder is None:
            return stored_alone(wanted)
        player = Player.open(folder)
    try:
        made = player.recorded_picture(wanted.recipe)
    except GoneError:
        return stored_alone(wanted)
    with contextlib.suppress(StudioError):  # gone or damaged: it is made again
        before = stored(wanted)
        if before.shape == made.shape and _apart(before, made) <= _ROUNDING:
            return before
    return made


def _apart(one: Pixels, two: Pixels) -> int:
    return int(np.abs(one.astype(np.int16) - two).max(initial=0))


def checkpoint_of(project: Project, wanted: Piece) -> Path | None:
    """The checkpoint folder that a piece was made with, or None when it is gone."""
    return checkpoint_with(project, wanted.run_name, wanted.checkpoint_sha256)


def checkpoint_with(project: Project, run_name: str, sha256: str) -> Path | None:
    """The checkpoint folder of a run whose model has this SHA-256, or None when it is gone."""
    for folder in reversed(checkpoint.folders(inside(project.folder, "runs", run_name))):
        try:
            if checkpoint.verify(folder, whole=False).sha256 == sha256:
                return folder
        except StudioError:
            continue
    return None


def stored(wanted: Piece) -> Pixels:
    """The picture as it was when the piece was kept; :class:`StudioError` when it is gone."""
    try:
        image = own_picture(wanted.file, "PNG")
        mode = image.mode if image.mode in ("L", "RGB", "RGBA") else "RGBA"
        pixels = np.asarray(image.convert(mode))
    except OSError as error:
        raise StudioError(
            "The piece {name} cannot be shown: its picture {path} is gone or damaged.",
            repr(error), name=wanted.name, path=wanted.file,
        ) from error  # fmt: skip
    return pixels if pixels.ndim == 3 else pixels[..., None]


def stored_alone(wanted: Piece) -> Pixels:
    """The same of a piece whose model is gone."""
    try:
        return stored(wanted)
    except StudioError as error:
        raise StudioError(
            "The piece {name} cannot be shown: its model and its picture {path} are both gone.",
            error.detail, name=wanted.name, path=wanted.file,
        ) from error  # fmt: skip


def save_png(pixels: Pixels, path: Path) -> None:
    """A plain PNG; what leaves the house goes through the export room."""
    from PIL import Image

    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    image.save(path, format="PNG", compress_level=3)


def _review(project: Project, run_name: str, pixels: Pixels) -> Review:
    try:
        recipe = Recipe.load(inside(project.runs, run_name))
        prepared = runs.pictures_of(project.folder, recipe)
    except StudioError:
        return Review.NEW  # without the training pictures nothing can be compared
    return Review.LOOK if CopyCheck.of(prepared).check(pixels).too_close else Review.NEW


def free_name(project: Project) -> str:
    taken = {row["name"] for row in project.query("SELECT name FROM piece")}
    number = len(taken) + 1
    while f"piece-{number:03d}" in taken or (project.pieces / f"piece-{number:03d}.png").exists():
        number += 1
    return f"piece-{number:03d}"


def _piece(project: Project, row: sqlite3.Row) -> Piece:
    written, stack, rights = (json.loads(row[name]) for name in ("recipe", "stack", "rights"))
    if not isinstance(stack, list) or not all(isinstance(each, dict) for each in [*stack, rights]):
        raise ValueError("a stack is a list of steps, and rights are words by name")
    return Piece(
        id=row["id"],
        name=row["name"],
        created=row["created"],
        run_name=row["run_name"],
        checkpoint_sha256=row["checkpoint_sha256"],
        recipe=LatentRecipe.model_validate(written),
        written={key: value for key, value in written.items() if value is not None},
        stack=stack,
        rating=row["rating"],
        review=Review(row["review"]),
        rights=rights,
        file=inside(project.folder, "pieces", row["file"]),
    )
