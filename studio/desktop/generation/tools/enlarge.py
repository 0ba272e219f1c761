"""The picture enlarged with what was learnt from the originals of its run, in its place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QToolButton, QWidget

from studio.desktop import theme
from studio.desktop.generation.newest_job import NewestJob
from studio.desktop.generation.piece_queue import Steps
from studio.desktop.generation.tools.tool import Hand, Played, Tool, ToolAction, register
from studio.desktop.i18n import said, tr
from studio.desktop.pixels import to_qimage
from studio.desktop.widgets.labels import set_words
from studio.engine.errors import StudioError
from studio.engine.jobs import Ending, Job
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.evaluation.nearest_picture import Nearest
    from studio.engine.generation.latent_recipe import LatentRecipe


class Enlarged(NamedTuple):
    """A picture with the steps that made it larger, and the training picture it is nearest to;
    None where those are gone."""

    image: QImage
    size: QSize
    """Of the picture that it was made of."""
    steps: Steps
    nearest: Nearest | None


@register
class Enlarge(Tool):
    """It stays until the picture changes. What is kept, copied or dragged out meanwhile is the
    large one; a piece gets the step."""

    name = "enlarge"
    beside = True

    def __init__(self, hand: Hand) -> None:
        super().__init__(hand)
        self.button = QToolButton()
        self.button.setCheckable(True)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setFixedSize(38, 30)
        self.button.toggled.connect(self._toggled)
        self._working: NewestJob[Enlarged] = NewestJob(hand.studio, "enlarge")
        self._before: tuple[LatentRecipe | None, Steps] = (None, ())
        hand.session.rendered.connect(self.forget)
        hand.session.opened.connect(self.forget)
        hand.session.films.drawn.connect(self.forget)
        hand.studio.themeChanged.connect(self._restyle)
        self._restyle()

    def actions(self) -> Sequence[ToolAction]:
        return (
            ToolAction(
                "generation.enlarge", "Enlarge with own pictures", self.button.toggle, "Ctrl+U",
                "maximize",
            ),
        )  # fmt: skip

    def control(self) -> QWidget:
        return self.button

    @property
    def is_working(self) -> bool:
        return self._working.is_running

    @Slot()
    def forget(self) -> None:
        """Another picture is there: the large one is none of it."""
        self._working.give_up()
        session = self.hand.session
        if session.laid:
            session.laid, session.restored = (), self._before
        with QSignalBlocker(self.button):
            self.button.setChecked(False)

    def _toggled(self, on: bool) -> None:
        if not on:
            self.forget()
            self.hand.session.render(self.hand.editing.recipe())
            return
        played = self.hand.played()
        try:
            is_there = self.hand.picture() is not None
        except StudioError as error:
            self.hand.notices.warn(error.said)
            is_there = False
        if played is None or not is_there:
            self.forget()
            return
        recipe = self.hand.recipe()
        self._before = self.hand.session.restored
        steps = self._before[1] if self._before[0] == recipe else ()
        job = Job(
            Said("Enlarging with own pictures"),
            partial(_enlarged, played, recipe, steps), ending=Ending.DROP,
        )  # fmt: skip
        self._working.start(job, partial(self._show, recipe), failed=self.forget)

    def _show(self, recipe: LatentRecipe, made: Enlarged) -> None:
        session, size = self.hand.session, made.image.size()
        session.laid, session.restored = made.steps, (recipe, made.steps)
        # It stands for the small one: zoom, marks and points stay where they are.
        self.hand.view.set_image(made.image, made.size)
        told = [tr("Enlarged to {width} × {height} pixels; what you keep now is as large.",
                   width=size.width(), height=size.height())]  # fmt: skip
        near, notices = made.nearest, self.hand.notices
        if near is not None:
            told.append(said(near.said))
        tell = notices.warn if near is not None and near.too_close else notices.info
        tell(" ".join(told))

    def _restyle(self) -> None:
        self.button.setIcon(theme.icon("maximize"))

    def retranslate(self) -> None:
        tip = tr(
            "Show this picture enlarged with what was learnt from your own pictures "
            "(super-resolution, Ctrl+U); what you keep, copy or drag out meanwhile is the large one"
        )
        set_words((self.button, tr("Enlarge with own pictures"), tip))
        self.button.setText("")


def _enlarged(played: Played, recipe: LatentRecipe, before: Steps, job: Job[Enlarged]) -> Enlarged:
    """On the job's thread."""
    from studio.engine.evaluation.nearest_picture import NearestPicture
    from studio.engine.refinement import own_files
    from studio.engine.refinement.enlarger.run_enlarger import run_enlarger
    from studio.engine.refinement.stack import Stack, apply

    step = run_enlarger(played.project, played.model.run)
    stack = Stack([*Stack.lenient(before).steps, step])
    pixels = played.player.picture(recipe)
    large = apply(own_files.settled(stack, played.project.folder), pixels)
    if job.cancelled():
        raise StudioError("It was cancelled.")
    try:
        nearest = NearestPicture(played.project, played.model.run).of(large)
    except StudioError:
        nearest = None  # the pictures of the run are gone: nothing can be compared
    steps: Steps = stack.model_dump(mode="json")["steps"]
    small = QSize(pixels.shape[1], pixels.shape[0])
    return Enlarged(to_qimage(large).copy(), small, steps, nearest)
