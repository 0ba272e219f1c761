"""Joins what arrives by OSC and MIDI to the recipe on the canvas, and the window that sets it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.desktop.base.studio import Studio
from studio.desktop.base.ticker import Ticker
from studio.desktop.generation.direction_line import DirectionLine
from studio.desktop.generation.live.live_session import LiveSession
from studio.desktop.generation.live.setup_editor import SetupEditor
from studio.desktop.generation.recipe_editor import LIVE, Editing
from studio.desktop.generation.session import Session
from studio.desktop.generation.worker import Model
from studio.desktop.i18n import tr
from studio.engine.errors import StudioError
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.live.controls import Playable
    from studio.engine.live.desk import Desk
    from studio.engine.live.setup import Setup
    from studio.engine.project import Project

TELL_MS = 33
"""Controllers are told where things stand 30 times a second at most."""
LOOK_MS = 1000
"""Between two looks whether the MIDI input is still there."""


class Live(QObject):
    """Off until it is switched on: until then nothing listens. A step is made when something has
    arrived and the picture before it is painted, so that of a flood the newest is seen."""

    changed = Signal()
    """Something that the window of it shows."""
    learnt = Signal(str)
    """The address of a control that has its controller now."""

    def __init__(self, session: Session, editing: Editing, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._editing, self._studio = session, editing, studio
        self.editor = SetupEditor(studio.undo, self)
        self.engine = LiveSession(session.drawing_thread, self)
        self.desk: Desk | None = None
        self._lines: Sequence[DirectionLine] | None = None
        """Directions of the model; None while they are looked for."""
        self._is_drawing = False
        self.learning = False
        """Whether the next slider that the hand touches waits for a controller."""
        self._before: LatentRecipe | None = None
        self._said_left_out = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setTimerType(Qt.TimerType.PreciseTimer)
        self._later.timeout.connect(self._step)
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._look_at_input)
        self._tell = Ticker(self, self._tell_now, TELL_MS)
        self._connect()

    def _connect(self) -> None:
        session = self._session
        session.opened.connect(self._opened)
        session.directionsFound.connect(self._directions_found)
        session.searchFailed.connect(lambda *_: self._directions_found([]))
        # Queued: what was drawn is painted before the next step is made.
        session.rendered.connect(self._drawn, Qt.ConnectionType.QueuedConnection)
        session.failed.connect(self._drawn, Qt.ConnectionType.QueuedConnection)
        self._editing.changed.connect(self._edited)
        self.engine.arrived.connect(self._step, Qt.ConnectionType.QueuedConnection)
        self.engine.failed.connect(self._studio.notices.error)
        self.editor.changed.connect(self._setup_changed)
        self.editor.kept.connect(self._keep)

    # ------------------------------------------------------------------ the project

    def open(self, project: Project) -> None:
        """Read what a project keeps of playing live."""
        self.engine.ask_setup(project.folder, self.editor.open, self._unread)

    def _unread(self, sentence: str, detail: str) -> None:
        """A damaged file is said, and not written over before the artist changes something."""
        from studio.engine.live.setup import Setup

        self._studio.notices.error(sentence, detail)
        self.editor.open(Setup())

    def close(self) -> None:
        """Let go of every port and of the project."""
        self.switch(on=False)
        self.close_input()
        self.engine.finish()
        self.desk = self._lines = None
        self.learning = self._is_drawing = False
        self._later.stop()
        self.editor.open(None)

    @Slot(object)
    def _keep(self, setup: Setup) -> None:
        project = self._studio.project
        if project is not None and not project.read_only_reason:
            self.engine.keep_setup(project.folder, setup)

    @Slot()
    def _setup_changed(self) -> None:
        setup, desk = self.editor.setup, self.desk
        if setup is None:
            return
        if desk is None:
            self.desk = desk = self.engine.new_desk(setup)
            desk.play(self._playable())
            before = setup
        else:
            before = desk.setup
        desk.set_up(setup)
        if setup.bpm not in (before.bpm, desk.tempo.bpm):  # a clock may lead it meanwhile
            desk.tempo.set_bpm(setup.bpm, desk.inbox.clock())
        if self.is_on and (setup.port, setup.others) != (before.port, before.others):
            self.switch(on=True)
        told = [(s.feedback, s.feedback_host, s.feedback_port) for s in (setup, before)]
        if self.is_on and told[0] != told[1]:
            self.engine.open_feedback(setup, self._tell.soon)
        if setup.lessons != before.lessons or desk.taught is None:
            self._teach()
        self.changed.emit()

    # ------------------------------------------------------------------ on and off

    @property
    def is_on(self) -> bool:
        return self.engine.port is not None

    def switch(self, *, on: bool) -> None:
        """Listen to OSC, or to nothing."""
        self._said_left_out = False
        self.engine.close_feedback()
        self.engine.close_port()
        if on and self.desk is not None:
            try:
                self.engine.listen(self.desk)
            except StudioError as error:
                self._studio.notices.error(error.said, error.detail)
            else:
                self.engine.open_feedback(self.desk.setup, self._tell.soon)
        if not self.is_on and not self.engine.midi_is_open:
            self._later.stop()
        self.changed.emit()

    def toggle(self) -> None:
        self.switch(on=not self.is_on)

    # ------------------------------------------------------------------ what is played

    def _playable(self) -> Playable:
        from studio.engine.live.controls import Playable, Way

        model = self._session.model
        if model is None:
            return Playable(())
        ways = [
            Way(each.key, each.kind, each.number, each.name(), each.note.zone)
            for each in self._lines or () if each.key
        ]  # fmt: skip
        return Playable(model.abilities, model.labels, ways)

    @Slot(object, bool)
    def _opened(self, _model: Model, soft: bool) -> None:
        if not soft:
            self._lines = None
        self._is_drawing = False
        self._play_model()

    @Slot(list)
    def _directions_found(self, lines: list[DirectionLine]) -> None:
        self._lines = lines
        self._play_model()
        self._teach()

    def _play_model(self) -> None:
        if self.desk is not None:
            self.desk.play(self._playable())
            self.desk.look_at(self._editing.recipe())
            self._tell.soon()
        self.changed.emit()

    def _teach(self) -> None:
        desk, player = self.desk, self._session.player()
        if desk is None:
            return
        desk.taught = None
        lessons = desk.setup.lessons
        known = self._lines is not None  # pictures may lie along them
        if player is not None and known and len(lessons.lessons) > 1:
            self.engine.teach(player, lessons, partial(setattr, desk, "taught"), self._not_taught)

    def _not_taught(self, sentence: str, detail: str) -> None:
        self._studio.notices.warn(sentence, detail)

    # ------------------------------------------------------------------ steps

    @Slot()
    def _drawn(self) -> None:
        """The picture of the last step is painted, or cannot be drawn."""
        if self._is_drawing:
            self._is_drawing = False
            self._step()

    @Slot()
    def _step(self) -> None:
        desk = self.desk
        if self._is_drawing:
            return  # what arrives meanwhile needs to tell nobody: it is taken after the picture
        self.engine.looked()
        if desk is None:
            return
        if self._session.model is None:
            desk.inbox.take()  # there is nothing to play
            return
        made = desk.step(self._editing.recipe())
        if made is not None:
            self._is_drawing = True
            self._editing.play(made)
        self._take_learnt(desk)
        self._say_left_out(desk)
        due = desk.due
        if due is not None and not self._is_drawing:
            self._later.start(max(0, math.ceil(1000 * (due - desk.inbox.clock()))))

    def _say_left_out(self, desk: Desk) -> None:
        """Once; the window of it counts on."""
        tally = desk.inbox.tally
        if tally.left_out and not self._said_left_out:
            self._said_left_out = True
            self._studio.notices.warn(tally.last)

    @Slot()
    def _edited(self) -> None:
        desk, step = self.desk, self._editing.history.current
        if desk is None or step is None:
            return
        if desk.look_at(step.recipe):
            self.changed.emit()
        if self.learning and step.key != LIVE and self._before is not None:
            self._learn_touched(desk, self._before, step.recipe)
        self._before = step.recipe if self.learning else None
        self._tell.soon()

    def _tell_now(self) -> None:
        if self.desk is not None and self.is_on:
            self.engine.tell(self.desk, self._editing.recipe())

    # ------------------------------------------------------------------ learning

    def set_learning(self, *, on: bool, address: str = "") -> None:
        """The next slider that is touched, or the control at `address`, waits for a controller."""
        self.learning = on and not address
        self._before = self._editing.recipe() if self.learning else None
        if self.desk is not None:
            self.desk.learn(address if on else "")
        self.changed.emit()

    @property
    def waits_for(self) -> str:
        """The address of the control that waits for its controller."""
        return "" if self.desk is None else self.desk.learning

    def _learn_touched(self, desk: Desk, before: LatentRecipe, after: LatentRecipe) -> None:
        for address, control in desk.controls.items():
            if control.get(before) != control.get(after):
                self.set_learning(on=True, address=address)
                return

    def _take_learnt(self, desk: Desk) -> None:
        rule, desk.learnt = desk.learnt, None
        if rule is not None:
            text = tr("{source} plays {address}", source=rule.source, address=rule.target)
            self.editor.set_rule(text, rule)
            self._studio.notices.info(text)
            self.learnt.emit(rule.target)

    # ------------------------------------------------------------------ MIDI and the beat

    def open_input(self, name: str) -> None:
        """Listen to a MIDI input."""
        if self.desk is not None:
            self.engine.open_input(self.desk, name, self._input_opened, self._no_input)

    def _input_opened(self) -> None:
        self._look.start()
        self.changed.emit()

    def _no_input(self, sentence: str, detail: str) -> None:
        self._studio.notices.warn(sentence, detail)
        self.changed.emit()

    def close_input(self) -> None:
        self._look.stop()
        self.engine.close_input()
        self.changed.emit()

    @Slot()
    def _look_at_input(self) -> None:
        self.engine.look_at_input(self._looked_at_input)

    def _looked_at_input(self, said: Said) -> None:
        if said:
            self._studio.notices.warn(said)
            self.changed.emit()

    def tap(self) -> None:
        """A beat, here and now."""
        desk = self.desk
        if desk is not None:
            desk.tempo.tap(desk.inbox.clock())
            self.editor.change(
                tr("{n} beats a minute", n=f"{desk.tempo.bpm:.1f}"), "bpm", bpm=desk.tempo.bpm
            )

    # ------------------------------------------------------------------ lessons

    def add_lesson(self) -> None:
        """This pose of the controller is this picture."""
        desk, setup = self.desk, self.editor.setup
        if desk is not None and setup is not None and setup.lessons.sources:
            pose = desk.pose(setup.lessons.sources)
            lessons = setup.lessons.with_lesson(pose, self._editing.recipe())
            self.editor.change(tr("Pose taught"), lessons=lessons)

    def drop_lesson(self, place: int) -> None:
        setup = self.editor.setup
        if setup is not None:
            self.editor.change(tr("Pose forgotten"), lessons=setup.lessons.without(place))

    def choose_sources(self, sources: Sequence[str]) -> None:
        """Which values a pose is made of: other ones begin with no pose."""
        from studio.engine.live.lessons import Lessons

        self.editor.change(
            tr("Controller of {n} values", n=len(sources)), lessons=Lessons(sources=tuple(sources))
        )

    def show_lesson(self, place: int) -> None:
        """Take the picture of a pose to the canvas."""
        setup = self.editor.setup
        if setup is not None:
            recipe = setup.lessons.lessons[place].recipe
            self._editing.take("lesson", tr("Picture of a pose"), recipe)
