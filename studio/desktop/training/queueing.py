"""What the artist wants of the runs that wait, as steps that can be undone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Slot

from studio.desktop import i18n
from studio.desktop.base.actions import ActionRegistry
from studio.desktop.base.undo_step import UndoStack, UndoStep
from studio.desktop.i18n import tr
from studio.desktop.notices.notices import Notices
from studio.desktop.training.session import upkeep
from studio.desktop.training.session.queue import Queue
from studio.desktop.training.session.session import Session
from studio.desktop.training.side import Side
from studio.engine.said import Said


class Queueing(QObject):
    """Joins the queue with its panel, keys and notices."""

    def __init__(
        self, session: Session, side: Side, undo: UndoStack, notices: Notices, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._undo, self._notices = session, undo, notices
        self.queue = Queue(session, self)
        self._has_offered = False
        panel = side.queue
        panel.chosen.connect(session.view)
        panel.moved.connect(self.move)
        panel.removeRequested.connect(self.remove)
        panel.startRequested.connect(self.queue.start)
        session.runsRead.connect(self._offer)
        self.queue.held.connect(self._say_held)
        self.queue.passedOver.connect(self._say_passed)

    def register(self, actions: ActionRegistry, room: str) -> None:
        for id, text, do, keys, icon in (
            ("training.queue", "Let the run wait, or no longer", self.toggle, "Q", "play"),
            ("training.sooner", "Train the run sooner", partial(self._shift, -1), "Alt+Up",
             "arrow-up"),
            ("training.later", "Train the run later", partial(self._shift, 1), "Alt+Down",
             "arrow-down"),
            ("training.next", "Start the next run that waits", self.start_next,
             "Ctrl+Shift+Return", "play"),
        ):  # fmt: skip
            actions.add(id, text, do, keys, room=room, icon=icon)

    def forget(self) -> None:
        """The project is closed."""
        self._has_offered = False
        self.queue.forget()

    # ------------------------------------------------------------------ what is wanted

    @Slot()
    def start_next(self) -> None:
        """Nothing while a run trains: it is begun after it anyway."""
        if self.queue.waiting and not self._session.training:
            self.queue.start()

    @Slot()
    def toggle(self) -> None:
        """The run in view waits from now on, or no longer; the one that trains never does."""
        viewed = self._session.viewed
        if viewed is None or viewed.run.name == self._session.training:
            return
        if viewed.run.name in self.queue.names:
            self.remove(viewed.run.name)
        else:
            self.add(viewed.run.name)

    def add(self, name: str) -> None:
        """Let a run wait behind all others."""
        self._step(
            tr("Let a run wait"),
            partial(self._manage, upkeep.add_to_queue, name),
            partial(self._manage, upkeep.remove_from_queue, name),
        )

    @Slot(str)
    def remove(self, name: str) -> None:
        if name in self.queue.names:
            place = self.queue.names.index(name) + 1
            self._step(
                tr("Let a run no longer wait"),
                partial(self._manage, upkeep.remove_from_queue, name),
                partial(self._manage, upkeep.add_to_queue, name, place),
            )

    @Slot(str, int)
    def move(self, name: str, place: int) -> None:
        """Bring a run that waits to a place, from 0 on."""
        before = self.queue.names
        if name in before and 0 <= place < len(before) and before[place] != name:
            after = [each for each in before if each != name]
            after.insert(place, name)
            self._step(
                tr("Reorder the runs that wait"),
                partial(self._manage, upkeep.arrange_queue, after),
                partial(self._manage, upkeep.arrange_queue, before),
            )

    def _shift(self, by: int) -> None:
        viewed = self._session.viewed
        if viewed is not None and viewed.run.name in self.queue.names:
            self.move(viewed.run.name, self.queue.names.index(viewed.run.name) + by)

    def _step(self, text: str, do: Callable[..., None], back: Callable[[], None]) -> None:
        """Do it; it is a step of undo once it is done."""
        do(then=lambda: self._undo.push(UndoStep(text, do, back, is_done=True)))

    def _manage(
        self,
        function: Callable[..., object],
        *given: object,
        then: Callable[[], None] | None = None,
    ) -> None:
        def done(_: object) -> None:
            if then is not None:
                then()
            self._session.read_runs()

        self._session.manage(function, *given, done=done)

    # ------------------------------------------------------------------ what is said

    @Slot(list)
    def _offer(self, _runs: object) -> None:
        """Once for a project: what waits does not begin by itself."""
        if not self._has_offered and self._session.project is not None:
            self._has_offered = True
            if self.queue.waiting and not self._session.training:
                self._say_held()

    @Slot()
    def _say_held(self) -> None:
        # Without their number: the notice stays while runs are taken out or let wait.
        text = tr("Runs wait for their turn: none begins by itself now.")
        self._notices.info(text, "", (tr("Start the next"), self.start_next))

    @Slot(object)
    def _say_passed(self, sentence: Said) -> None:
        self._notices.warn(i18n.said(sentence))
