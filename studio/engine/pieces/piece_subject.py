"""A piece that is iterated on, and the piece that becomes of it."""

from __future__ import annotations

from studio.engine.errors import StudioError
from studio.engine.generation.iteration.subject import Given, Subject
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.player import Player
from studio.engine.pieces import pieces
from studio.engine.pieces.pieces import Piece
from studio.engine.project import Project


def subject_of(
    project: Project, piece: Piece, given: Given | None = None, device: str = "auto"
) -> Subject:
    """Its recipe on the checkpoint that it was kept from; :class:`StudioError` where that is
    gone."""
    folder = pieces.checkpoint_of(project, piece)
    if folder is None:
        raise StudioError(
            "The piece {name} cannot be iterated on: the checkpoint that it was made with is "
            "gone. Its picture stays.", name=piece.name,
        )  # fmt: skip
    player = Player.open(folder, device)
    recipe = player.settled(piece.recipe)
    return Subject(player, recipe, project, piece.run_name, given)


def keep(project: Project, subject: Subject, recipe: LatentRecipe, beginning: Piece) -> Piece:
    """A new piece of a recipe, with the steps of the one that it began with."""
    return pieces.keep(project, beginning.run_name, subject.player, recipe, beginning.stack)
