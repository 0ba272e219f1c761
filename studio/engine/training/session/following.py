"""What every process but the first does in a run that several train together."""

from __future__ import annotations

from pathlib import Path

from studio.engine.training.planning.runs import pictures_of
from studio.engine.training.record.recipe import Recipe
from studio.engine.training.session.ranks import Ranks, failure
from studio.engine.training.session.trainer import Trainer


def follow(ranks: Ranks, project_folder: Path) -> None:
    """Take every step that the leader takes, until it lets go; nothing is written.

    Raises :class:`StudioError` where this process fails, or another is lost.
    """
    try:
        begun = ranks.hear()
        if not begun:  # it had something to say, and said it
            return
        # Of a run that began just now, a copy of the project on another machine knows nothing.
        recipe = Recipe.of(begun["recipe"].encode(), project_folder)
        trainer = Trainer(recipe, pictures_of(project_folder, recipe), ranks)
        while order := ranks.hear():
            if "tensors" in order:
                trainer.become(order["state"], **ranks.take_over(order["tensors"]))
            else:
                trainer.stand_as(order["state"])
            try:
                trainer.step()
            except (RuntimeError, MemoryError) as error:
                raise failure(error, ranks.own) from error
            trainer.averages.clear()
    finally:
        ranks.leave()
