"""The wall of augmentations between the form and the engine."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Signal, Slot

from studio.desktop.base.actions import ActionRegistry
from studio.desktop.base.threads import WorkerThread
from studio.desktop.base.ticker import Ticker
from studio.desktop.training import words
from studio.desktop.training.new_run import augmentation_queries
from studio.desktop.training.new_run.augmentation_queries import Drawn, Look, Warner
from studio.desktop.training.new_run.augmentation_wall import AugmentationWall
from studio.desktop.training.new_run.form import NewRunForm
from studio.engine.project import Project

PAUSE_MS = 60
"""A value that is being dragged is drawn about as often as it can be."""


class Previewing(QObject):
    """Draws what the form says, as soon as it says something else and somebody looks."""

    changed = Signal()
    """Another picture is on the wall."""

    def __init__(
        self, form: NewRunForm, wall: AugmentationWall, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.form, self.wall = form, wall
        self.project: Project | None = None
        # Two threads: a set is measured for seconds, the wall is drawn meanwhile.
        self.painter, self.judge = WorkerThread(parent=self), WorkerThread(parent=self)
        self._warner = Warner()
        self._place = self._seed = 0
        self._last: Look | None = None
        self._aged = False
        self._cancel = threading.Event()
        self._timer = Ticker(self, self._draw, PAUSE_MS)
        form.lookChanged.connect(self.update)
        wall.seen.connect(self._seen)
        wall.stepped.connect(self.step)
        wall.rolled.connect(self.roll)

    def register(self, actions: ActionRegistry, room: str) -> None:
        for id, text, callback, keys, icon in (
            ("training.wall_back", "Augment the picture before", lambda: self.step(-1), "[",
             "arrow-left"),
            ("training.wall_on", "Augment the next picture", lambda: self.step(1), "]",
             "arrow-right"),
            ("training.wall_roll", "Augment it by other chance", self.roll, "R", "shuffle"),
        ):  # fmt: skip
            actions.add(id, text, callback, keys, room=room, icon=icon)

    def open(self, project: Project) -> None:
        self.project = project
        self._place = self._seed = 0
        self._last = None

    def close(self) -> None:
        """The project goes: whoever reads in it has to be done."""
        self.forget()
        self.project = None
        self.wall.clear("")
        for thread in (self.painter, self.judge):
            thread.stop()
            thread.deleteLater()
        self.painter, self.judge = WorkerThread(parent=self), WorkerThread(parent=self)

    def shutdown(self) -> None:
        self.forget()
        self.project = None
        for thread in (self.painter, self.judge):
            thread.stop()

    @Slot(int)
    def step(self, by: int) -> None:
        self._place += by
        self.update()

    @Slot()
    def roll(self) -> None:
        self._seed += 1
        self.update()

    @Slot()
    def update(self) -> None:
        """Draw soon, if anybody looks."""
        if self.project is not None and self.wall.isVisible():
            self._timer.soon()

    @Slot()
    def _seen(self) -> None:
        # Its pictures may have been cropped, hidden or left out in another place meanwhile.
        self._aged = True
        self.update()

    def _look(self) -> Look | None:
        asked, forms = self.form.asked(), self.form.forms
        if asked is None or not asked.dataset or not forms.family or not forms.known:
            return None
        return Look(
            asked.dataset, forms.family, forms.values(), *asked.size, asked.options.crop,
            self._place, self._seed,
        )  # fmt: skip

    @Slot()
    def _draw(self) -> None:
        look = self._look()
        if self.project is None or not self.wall.isVisible():
            return
        if look == self._last and not self._aged:
            return
        before, self._last, self._aged = self._last, look, False
        if look is None:
            return
        if before is not None and before.dataset != look.dataset and self._place:
            self._place = 0
            self.update()
            return
        self.painter.latest(
            "wall",
            augmentation_queries.draw,
            self.project,
            look,
            done=self._drawn,
            failed=self._failed,
        )
        if before is None or _pictures(before) != _pictures(look):
            self._cancel.set()
            self._cancel = threading.Event()
        self.judge.latest(
            "warnings", self._warner.warn, self.project, look, self._cancel.is_set,
            done=self.wall.show_warnings, failed=lambda *_: self.wall.show_warnings([]),
        )  # fmt: skip

    def _drawn(self, drawn: Drawn) -> None:
        self.wall.show_drawn(drawn)
        self.changed.emit()

    def _failed(self, sentence: str, _detail: str) -> None:
        self.wall.clear(words.said(sentence), browsable=True)
        self.changed.emit()

    def forget(self) -> None:
        """Give up what is being worked out, without waiting for it."""
        self._timer.stop()
        self._cancel.set()
        self._last = None


def _pictures(look: Look) -> tuple[object, ...]:
    return look.dataset, look.width, look.height, look.crop
