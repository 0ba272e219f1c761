"""Playing from a map: of the pictures that the model learnt from and of those that it makes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtWidgets import QWidget

from models.facts import Ability
from studio.desktop import theme
from studio.desktop.generation.map_page import MapPage
from studio.desktop.generation.newest_job import NewestJob
from studio.desktop.generation.tools.tool import Hand, Played, Tool, ToolAction, register
from studio.desktop.generation.worker import Model
from studio.desktop.pixels import to_qimage
from studio.desktop.widgets.map_view import TILE
from studio.engine.jobs import Job
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.artwork import Pixels
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.picture_map import PictureMap
    from studio.engine.generation.player import Player

REST_MS, TRACED = 600, 100
"""How long the picture is at rest before it is placed, and how many places are remembered."""
FIRST_SEEDS = 1_000_000


class Charted(NamedTuple):
    """The map, the prepared pictures on it, and small pictures of all points."""

    chart: PictureMap
    pictures: list[Pixels]
    small: list[QImage]


@register
class Map(Tool):
    """A picture of the model is played as it is on the map; one of the set is encoded, or the
    nearest of the model stands in for it. What is played leaves a trace."""

    name = "picture_map"
    finds = "Map"

    def __init__(self, hand: Hand) -> None:
        super().__init__(hand)
        self.sheet_page = MapPage()
        self.charted: Charted | None = None
        self._small: list[QPixmap] = []
        self._drawing: NewestJob[Charted] = NewestJob(hand.studio, "map")
        self._rest = QTimer(self.sheet_page)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._place)
        view = self.sheet_page.view
        view.tile_of, view.words_of = self._tile, self._words
        view.chosen.connect(self._choose)
        self.sheet_page.draw.clicked.connect(self.draw)
        hand.session.opened.connect(self._opened)
        hand.editing.changed.connect(self._rest.start)
        hand.studio.themeChanged.connect(self._show_points)

    def actions(self) -> Sequence[ToolAction]:
        return (ToolAction("generation.map", "Map of pictures", self.draw, "Shift+X", "globe"),)

    def page(self) -> QWidget:
        return self.sheet_page

    @property
    def is_drawing(self) -> bool:
        return self._drawing.is_running

    # ------------------------------------------------------------------ drawing

    def draw(self) -> None:
        """With every slider where it is, from other seeds each time."""
        played = self.hand.played()
        if played is None:
            return
        from studio.engine.generation.picture_map import SEEDS

        self.show_page()
        first = random.randrange(FIRST_SEEDS)
        recipes = [self.hand.editing.at_seed(seed) for seed in range(first, first + SEEDS)]
        job = Job(Said("Drawing the map"), lambda job: _charted(job, played, recipes))
        self._drawing.start(job, self._take)

    def _take(self, charted: Charted | None) -> None:
        self.charted = charted
        self._small = [QPixmap.fromImage(each) for each in charted.small] if charted else []
        self.sheet_page.view.show_trace([])
        self._show_points()
        self._rest.start()

    def _show_points(self) -> None:
        c, chart = theme.colours(), self.charted.chart if self.charted else None
        places = np.empty((0, 2), np.float32) if chart is None else chart.places
        learnt = 0 if chart is None else len(chart.rows)
        shades = [QColor(c.quiet)] * learnt + [QColor(c.accent)] * (len(places) - learnt)
        colours = [(each.red(), each.green(), each.blue()) for each in shades]
        self.sheet_page.view.show_points(
            np.arange(len(places)), places, np.array(colours, np.uint8).reshape(-1, 3)
        )

    def _tile(self, number: int) -> QPixmap | None:
        return self._small[number] if number < len(self._small) else None

    def _words(self, number: int) -> str:
        if self.charted is None:
            return ""
        learnt = len(self.charted.chart.rows)
        if number < learnt:
            return Said("Picture {n} of the set", n=int(self.charted.chart.rows[number]) + 1)
        return Said("Seed {n}", n=self.charted.chart.recipes[number - learnt].seed)

    # ------------------------------------------------------------------ playing

    def _choose(self, ids: np.ndarray, _add: bool) -> None:
        if len(ids) != 1 or self.charted is None:
            return
        number, chart = int(ids[0]), self.charted.chart
        self.sheet_page.view.show_chosen(ids, number)
        model, player = self.hand.session.model, self.hand.session.player()
        if number >= len(chart.rows):
            recipe = chart.recipes[number - len(chart.rows)]
            self.hand.editing.take("map", self._words(number), recipe)
        elif model is not None and player is not None and Ability.ENCODE in model.abilities:
            self._encode(player, self.charted.pictures[number], self._words(number))
        else:
            near = chart.nearest_made(number)
            self.hand.editing.take("map", Said("Nearest seed {n}", n=near.seed), near)

    def _encode(self, player: Player, pixels: Pixels, text: str) -> None:
        def work(_: Job[LatentRecipe]) -> LatentRecipe:
            from studio.engine.generation.beginnings import Point, pack_latent
            from studio.engine.generation.latent_recipe import LatentRecipe

            return LatentRecipe(beginning=Point(w=pack_latent(player.encode(pixels))))

        def done(recipe: LatentRecipe) -> None:
            if player is self.hand.session.player():
                self.hand.editing.take("map", text, recipe)

        self.hand.studio.jobs.start(
            Job(Said("Encoding a picture"), work), "generation", lane="map", in_strip=False,
            done=done, failed=self.hand.notices.error,
        )  # fmt: skip

    def _place(self) -> None:
        """Where the picture of the canvas is now, while anybody looks."""
        player, charted = self.hand.session.player(), self.charted
        if player is None or charted is None or not self.sheet_page.isVisible():
            return
        recipe = self.hand.editing.recipe()
        job = Job(
            Said("Placing the picture"), lambda _: charted.chart.place(player.picture(recipe))
        )

        def done(place: tuple[float, float]) -> None:
            view = self.sheet_page.view
            if charted is self.charted and view.trace[-1:] != [place]:
                view.show_trace([*view.trace, place][-TRACED:])

        # One that fails is said by the canvas, whose picture fails alike.
        self.hand.studio.jobs.start(
            job, "generation", lane="map", in_strip=False, done=done, failed=lambda *_: None
        )

    def _opened(self, _model: Model, _soft: bool) -> None:
        # A newer checkpoint makes other pictures of the same seeds.
        self._drawing.give_up()
        self._take(None)

    def retranslate(self) -> None:
        self.sheet_page.retranslate()


def _charted(job: Job[Charted], played: Played, recipes: list[LatentRecipe]) -> Charted:
    """On the job's thread."""
    from studio.engine.generation.picture_map import chart
    from studio.engine.training.planning import runs
    from studio.engine.training.record.recipe import Recipe

    recipe = Recipe.load(runs.run(played.project, played.model.run).folder)
    prepared = runs.pictures_of(played.project.folder, recipe, job.cancelled)
    made: list[QImage] = []
    found = chart(
        played.player, prepared, recipes, lambda _, pixels: made.append(_small(pixels)),
        job.advance, job.cancelled,
    )  # fmt: skip
    pictures = [np.array(prepared.images[row]) for row in found.rows]
    return Charted(found, pictures, [*map(_small, pictures), *made])


def _small(pixels: Pixels) -> QImage:
    return to_qimage(pixels).scaled(
        TILE, TILE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
