"""The canvas: one picture, the model behind it, and a slider for each way it can change."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QStackedWidget, QWidget

from models.facts import Ability
from studio.desktop import i18n
from studio.desktop.base.room import Room
from studio.desktop.base.studio import Studio
from studio.desktop.generation.canvas import Canvas
from studio.desktop.generation.controls import Controls
from studio.desktop.generation.directions import Directions
from studio.desktop.generation.dropped_recipe import Recalling
from studio.desktop.generation.family_button import names_of
from studio.desktop.generation.history_view import HistoryPictures
from studio.desktop.generation.labels import Labels
from studio.desktop.generation.live.entrance import Entrance
from studio.desktop.generation.marks import Marks
from studio.desktop.generation.model_list import Models
from studio.desktop.generation.moves.move_panels import Shaping
from studio.desktop.generation.recipe_editor import LIVE, Editing
from studio.desktop.generation.sampling_controls import SamplingControls
from studio.desktop.generation.session import Session
from studio.desktop.generation.sheet_pictures import SheetPictures
from studio.desktop.generation.side import Side
from studio.desktop.generation.timeline.timing import Timing
from studio.desktop.generation.tools.tool import Hand
from studio.desktop.generation.worker import Model
from studio.desktop.i18n import tr
from studio.desktop.widgets import boxes
from studio.desktop.widgets.empty_state import EmptyState
from studio.desktop.widgets.job_strip import JobStrip
from studio.engine.project import Project

if TYPE_CHECKING:
    from studio.engine.export.recall import Recalled
    from studio.engine.training.planning.runs import Run

LONGEST_NAME = 18
PANELS_MS, LIVE_PANELS_MS = 80, 200
"""While a slider is moved, panels follow the picture, or this much later: painted at once, they
would hold it up. What a controller plays they follow more slowly: the eyes are on the picture."""


_SLID = ("psi", "blend", "bring in", "pull", LIVE)
"""Controls that move as directions do."""


class GenerationRoom(Room):
    """Joins the panels; the engine is behind `session`, the recipe in `editing`."""

    key: ClassVar[str] = "generation"
    refineRequested = Signal(int)
    trainRequested = Signal()
    """The empty canvas asks for the training place."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        self.session = Session(studio.jobs, studio.settings.device, self)
        self.editing = Editing(studio.undo, self)
        # Before all others: what they do would hold the picture up.
        self.editing.changed.connect(self._ask_picture)
        self.session.rendered.connect(self._rendered)
        self.side, self.controls = Side(), Controls()
        self.canvas = Canvas()
        self.view, self.title, self.note = self.canvas.view, self.canvas.title, self.canvas.note
        self.strip = JobStrip(studio.jobs, self.key, self.canvas)
        self.empty = EmptyState("sliders", "", "", self.trainRequested.emit)
        self.pages = QStackedWidget()
        self.labels = Labels(self.session, self.editing, self.controls.label, self.studio.notices)
        self.sampling = SamplingControls(
            self.session, self.editing, self.controls.sampling, studio
        )  # fmt: skip
        self.recalling = Recalling(self.session, self.editing, studio.notices)
        self.shaping = Shaping(self.session, self.editing, self)
        self.controls.add_below(self.shaping.sections)
        self.playing = Directions(self.session, self.editing, self.controls, studio)
        self.marks = Marks(
            self.session, self.editing, self.side, self.playing.naming, studio.undo, studio.notices
        )
        self.models = Models(self.session, self.side)
        self.sheet = SheetPictures(self.session, self.editing, self.side.sheet)
        self.past = HistoryPictures(self.session, self.editing, self.side.history)
        self.timing = Timing(self.session, self.editing, studio, self)
        self.entrance = Entrance(self.session, self.editing, studio, self)
        self._follow = QTimer(self)
        self._follow.setSingleShot(True)
        self._follow.timeout.connect(self._panels_follow)
        self._lay_out()
        self.canvas.take_up(Hand(
            self.session, self.editing, self.view, studio, self.refineRequested.emit,
            self.marks.liked,
        ))  # fmt: skip
        self.canvas.add_control(self.entrance.button)
        self.side.finders.take_up(self.canvas.tools.values())
        self._add_actions()
        self._connect()
        self._show_page()
        self.retranslate()

    def _lay_out(self) -> None:
        full = QWidget()
        middle = boxes.column((self.canvas, 1), self.timing.strip, gap=1)
        boxes.row(self.side, (middle, 1), self.controls, on=full, gap=1)
        for page in (self.empty, full):
            self.pages.addWidget(page)
        boxes.column(self.pages, on=self, gap=-1)

    def _connect(self) -> None:
        session, side, controls, editing = self.session, self.side, self.controls, self.editing
        session.runsRead.connect(self._runs_read)
        session.opening.connect(self._opening)
        session.opened.connect(self._opened)
        session.openFailed.connect(self._open_failed)
        session.films.drawn.connect(self._moment_drawn)
        self.playing.ready.connect(self._directions_found)
        session.failed.connect(self.studio.notices.error)
        session.keeping.connect(self._keeping)
        side.runChosen.connect(self.open_run)
        side.shuffled.connect(self.sheet.shuffle)
        side.stepChosen.connect(editing.go_to)
        side.sheet.seedChosen.connect(editing.set_seed)
        controls.psiMoved.connect(editing.set_psi)
        controls.mixMoved.connect(self._mix_moved)
        controls.seedEntered.connect(editing.set_seed)
        controls.secondSeedEntered.connect(editing.set_second)
        controls.resetAll.connect(editing.reset)
        controls.keep.connect(self.studio.actions.get("generation.keep").trigger)
        editing.changed.connect(self._edited)
        self.studio.themeChanged.connect(self._restyle)

    def _add_actions(self) -> None:
        """Give every command its name, key and icon."""
        labels, editing = self.labels, self.editing
        own = (
            (
                "generation.shuffle",
                "Shuffle the contact sheet",
                self.sheet.shuffle,
                "Shift+R",
                "shuffle",
            ),
            ("generation.label", "Next label", labels.following, "L", "arrow-right"),
            ("generation.reset", "Reset all sliders", editing.reset, "Ctrl+0", "rotate-ccw"),
        )
        of_tools = (each for tool in self.canvas.tools.values() for each in tool.actions())
        for id, text, callback, keys, icon in (
            *own,
            *self.marks.actions(),
            *self.timing.actions(),
            *of_tools,
            *self.entrance.actions(),
        ):
            self.studio.actions.add(id, text, callback, keys, room=self.key, icon=icon)

    # ------------------------------------------------------------------ the room's hooks

    def project_opened(self, project: Project) -> None:
        self.session.open_project(project)
        self.entrance.project_opened(project)

    def project_closed(self) -> None:
        self.session.close_project()
        self.sampling.copying.forget()
        self.entrance.project_closed()
        self.editing.close()
        self.timing.close()
        self.models.clear()
        self.view.set_image(QImage())
        self.view.set_before(None)
        self._show_page()

    def entered(self) -> None:
        """Open the newest run when none is open yet; torch is loaded then, not before."""
        self.session.read_runs()
        self.canvas.entered()

    def main_view(self) -> QWidget:
        return self.view

    def shutdown(self) -> None:
        self.session.shutdown()
        self.sampling.copying.forget()
        self.entrance.shutdown()
        self.canvas.close_tools()

    # ------------------------------------------------------------------ the model

    @Slot(str)
    def open_run(self, run: str, folder: str = "") -> None:
        """Put a run on the canvas, at its newest checkpoint or at the one in `folder`."""
        if (run, folder) != (self.session.wanted, self.session.chosen):
            self.session.open_run(run, folder)

    def recall(self, found: Recalled) -> None:
        """A file was dropped: play on with the recipe that it carries."""
        self.recalling.begin(found)

    def checkpoint_landed(self, run: str, folder: str) -> None:
        """A run that trains has saved: play that, with every slider where it is."""
        self.models.set_live(run)
        self.session.follow(run, folder)
        self.session.read_runs()

    def run_progress(self, run: str, fraction: float, _sentence: str) -> None:
        """Which run trains now; a fraction below 0 with no sentence is its end."""
        self.models.set_live(run if fraction >= 0 or _sentence else "")

    @Slot(list)
    def _runs_read(self, runs: list[Run]) -> None:
        self.models.runs = runs
        self.models.show()
        self._show_page()
        if not self.session.wanted and runs and self.isVisible():
            self.open_run(runs[0].name)

    def _show_page(self) -> None:
        self.pages.setCurrentIndex(1 if self.models.runs or self.session.model is not None else 0)

    @Slot(str)
    def _opening(self, run: str) -> None:
        self.title.setText(tr("Opening {run}…", run=self.models.name(run)))
        self.note.setText("")
        self.controls.setEnabled(False)

    @Slot(object, str)
    def _open_failed(self, sentence: str, detail: str) -> None:
        self.studio.notices.error(sentence, detail)
        self.title.setText(i18n.said(sentence))
        self.models.show()

    @Slot(object, bool)
    def _opened(self, model: Model, soft: bool) -> None:
        self.controls.setEnabled(True)
        if soft:
            self.session.render(self.editing.recipe())
            self.note.setText(self._said_of(model))
            self.sheet.forget()
        else:
            self.controls.set_abilities(model.abilities)
            self.playing.open(model)
            self.editing.open(model.run)
            self.sheet.lay_out(0)
            self.side.sheet.mark(self.editing.recipe().seed)
        self.models.show()
        self._show_page()
        self.playing.find()

    def _said_of(self, model: Model) -> str:
        number = model.checkpoint.lstrip("0")
        if self.session.chosen:
            return tr("Checkpoint {n}", n=number)
        return tr("Newer checkpoint {n}", n=number)

    @Slot()
    def _directions_found(self) -> None:
        self.recalling.play()
        self._show_values()
        if self.editing.recipe().edits:
            self.session.render(self.editing.recipe())

    # ------------------------------------------------------------------ the picture

    @Slot()
    def _ask_picture(self) -> None:
        step, model = self.editing.history.current, self.session.model
        if step is not None and model is not None and step.run == model.run:
            self.session.render(step.recipe)

    @Slot()
    def _edited(self) -> None:
        step = self.editing.history.current
        if step is None:
            self.side.show_history(self.editing.history)
            self.editing.shown.emit()
            return
        if self.session.model is not None and step.run != self.session.model.run:
            return
        if step.key not in _SLID and not step.key.startswith("direction"):
            self._panels_follow()
        elif not self._follow.isActive():
            self._follow.start(LIVE_PANELS_MS if step.key == LIVE else PANELS_MS)

    @Slot()
    def _panels_follow(self) -> None:
        step = self.editing.history.current
        if step is not None:
            self._show_values()
            self.side.show_history(self.editing.history)
            self.side.sheet.mark(step.recipe.seed)
            self.editing.shown.emit()

    def _show_values(self) -> None:
        recipe = self.editing.recipe()
        self.controls.show_recipe(recipe)
        self.playing.find_missing(recipe)
        source = getattr(recipe.beginning, "source", None)
        said = (
            tr("Seed {n}", n=recipe.seed) if recipe.seed is not None
            else _short(source.file) if source is not None
            else names_of(recipe.descent) if recipe.descent
            else tr("Point")
        )  # fmt: skip
        model = self.session.model
        truncates = model is not None and Ability.TRUNCATION in model.abilities
        psi = f"ψ {recipe.beginning.truncation_psi:.2f}" if truncates else ""
        self.title.setText(" · ".join(each for each in (said, psi, self.labels.name()) if each))

    @Slot(QImage, object)
    def _rendered(self, image: QImage, _recipe: object) -> None:
        self.view.set_image(image)
        # Now: an update would wait for the panels to be painted.
        self.view.repaint(self.view.picture_rect())
        if self._follow.isActive() and self._follow.interval() == PANELS_MS:
            self._follow.stop()
            self._panels_follow()

    @Slot(QImage)
    def _moment_drawn(self, image: QImage) -> None:
        """Of the film; the sliders stay those of the picture on the canvas."""
        self.view.set_image(image)
        self.view.repaint(self.view.picture_rect())

    @Slot(float)
    def _mix_moved(self, value: float) -> None:
        self.editing.set_mix(value, self.controls.second.seed())

    @Slot()
    def _keeping(self) -> None:
        # It is compared with the training pictures first, which may take a while.
        self.note.setText(tr("Keeping…") if self.session.is_keeping else "")

    # ------------------------------------------------------------------ words

    @Slot()
    def _restyle(self) -> None:
        self.controls.restyle()
        self.shaping.restyle()
        self.timing.strip.restyle()
        self.entrance.restyle()
        self.side.sheet.viewport().update()
        self.side.dot.update()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Generation"))
        self.canvas.retranslate()
        self.empty.set_texts(
            tr("No model yet. Train one, and play it here as soon as its first checkpoint lands."),
            tr("Go to Training"),
        )
        for part in (self.side, self.controls, self.labels, self.sampling, self.shaping, self.marks,
                     self.timing.strip, self.strip, self.entrance):  # fmt: skip
            part.retranslate()
        self.models.show()
        if self.editing.history.current is not None:
            self._show_values()
            self.side.show_history(self.editing.history)
        else:
            self.title.setText(tr("Generation"))
        self._restyle()


def _short(name: str) -> str:
    """A file's name in the line above the picture, which has room for little."""
    return name if len(name) <= LONGEST_NAME else f"{name[:9]}…{name[10 - LONGEST_NAME :]}"
