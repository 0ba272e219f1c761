"""The best of many seeds: they are drawn beside the canvas, sorted by a score, and chosen from."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from studio.desktop.generation.best_page import BestPage
from studio.desktop.generation.newest_job import NewestJob
from studio.desktop.generation.small_pictures import SIDE
from studio.desktop.generation.tools.tool import Hand, Played, Tool, ToolAction, register
from studio.desktop.generation.worker import Model
from studio.desktop.pixels import to_qimage
from studio.engine.jobs import Ending, Job
from studio.engine.said import NOTHING, Said

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe

FIRST_SEEDS = 1_000_000
"""Seeds on trial begin below."""


class Placed(NamedTuple):
    """A picture in its place among those that were drawn with it."""

    recipe: LatentRecipe
    score: float
    small: QImage


class Ranking(NamedTuple):
    """All of them, the best first, and what the score is called."""

    title: Said
    places: tuple[Placed, ...] = ()


@register
class BestOf(Tool):
    """With every slider where it is. The score is named: it is an opinion, not the truth."""

    name = "best_of"
    finds = "Best of many"

    def __init__(self, hand: Hand) -> None:
        super().__init__(hand)
        self.sheet_page = BestPage()
        self.ranking = Ranking(NOTHING)
        self._drawing: NewestJob[Ranking] = NewestJob(hand.studio, "best")
        hand.session.opened.connect(self._opened)
        self.sheet_page.draw.clicked.connect(self.draw)
        self.sheet_page.sheet.chosen.connect(self._play)

    def actions(self) -> Sequence[ToolAction]:
        draw = ToolAction(
            "generation.best_of", "Draw many, sort by score", self.draw, "Shift+F", "images"
        )
        return (draw,)

    def page(self) -> QWidget:
        return self.sheet_page

    @property
    def is_drawing(self) -> bool:
        return self._drawing.is_running

    def draw(self) -> None:
        """Other seeds; those of before stay in sight until they are there."""
        played = self.hand.played()
        if played is None:
            return
        self.show_page()
        count, first = self.sheet_page.count(), random.randrange(FIRST_SEEDS)
        recipes = [self.hand.editing.at_seed(seed) for seed in range(first, first + count)]
        job = Job(
            Said("Drawing pictures to choose from"),
            lambda job: _ranked(job, played, recipes), ending=Ending.DROP,
        )  # fmt: skip
        self._drawing.start(job, self._show)

    def _show(self, found: Ranking) -> None:
        self.ranking = found
        self.sheet_page.show_ranking(
            found.title, [(each.recipe.seed or 0, each.score) for each in found.places]
        )
        for number, each in enumerate(found.places):
            self.sheet_page.sheet.set_picture(number, each.small)

    def _play(self, number: int) -> None:
        recipe = self.ranking.places[number].recipe
        self.hand.editing.take("best of", Said("Seed {n}", n=recipe.seed), recipe)

    def _opened(self, model: Model, _soft: bool) -> None:
        # A newer checkpoint draws the same seeds otherwise, and judges them otherwise.
        self._drawing.give_up()
        self._show(Ranking(NOTHING))
        self.sheet_page.sheet.set_ratio(model.height / model.width)

    def retranslate(self) -> None:
        self.sheet_page.retranslate()


def _ranked(job: Job[Ranking], played: Played, recipes: list[LatentRecipe]) -> Ranking:
    """On the job's thread; only small pictures are held."""
    from studio.engine.generation.best import best_first, judge, scored

    judging, found = judge(played.player, played.project, played.model.run), []
    for each in scored(played.player, judging, recipes, job.advance, job.cancelled):
        small = to_qimage(each.pixels).scaled(
            SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )  # fmt: skip
        found.append(Placed(each.recipe, each.score, small))
    return Ranking(judging.title, tuple(best_first(found)))
