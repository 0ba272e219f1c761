"""What the artist can tell a run, by button, key or palette."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from studio.desktop.base.actions import ActionRegistry
from studio.desktop.training.session.session import Session
from studio.engine import events
from studio.engine.events import RunState


class RunCommands(QObject):
    """Speaks to the run that trains, or takes up the one in view."""

    playRequested = Signal(str)
    checkpointRequested = Signal(str, str)
    """A run, and the folder of the checkpoint to play."""
    learnRequested = Signal(str)
    renameRequested = Signal()
    removeRequested = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.sample_now = partial(session.send, events.SampleNow())
        self.checkpoint_now = partial(session.send, events.CheckpointNow())
        self.stop = partial(session.send, events.Stop())

    def register(
        self,
        actions: ActionRegistry,
        room: str,
        new: Callable[[], None],
        measure: Callable[[], None],
        start: Callable[[], None],
    ) -> None:
        for id, text, callback, keys, icon in (
            ("training.new", "New run", new, "N", "plus"),
            ("training.measure", "Measure a new run first", measure, "M", "scale"),
            ("training.start", "Start training", start, "Ctrl+Return", "play"),
            ("training.pause", "Pause or resume training", self.toggle_pause, "Ctrl+P", "pause"),
            ("training.sample", "Sample now", self.sample_now, "S", "images"),
            ("training.save", "Save a checkpoint now", self.checkpoint_now, "Ctrl+S", "download"),
            ("training.stop", "Stop training", self.stop, "Ctrl+.", "square"),
            ("training.play", "Play this model on the canvas", self.play, "P", "sliders"),
            ("training.learn", "New run from this one", self.learn, "T", "copy"),
            ("training.rename", "Rename the run", self.rename, "F2", "refine"),
            ("training.remove", "Remove the run", self.remove, "Del", "trash"),
            ("training.best", "Play the best checkpoint", self.play_best, "Shift+P", "star"),
        ):
            actions.add(id, text, callback, keys, room=room, icon=icon)

    @Slot()
    def toggle_pause(self) -> None:
        live = self._session.live
        if live is not None:
            paused = live.record.stage is RunState.PAUSED
            self._session.send(events.Resume() if paused else events.Pause())

    def resume(self, name: str) -> None:
        """Train a run further, unless another one trains."""
        if not self._session.training:
            self._session.resume(name)

    @Slot()
    def learn(self) -> None:
        if self._session.viewed is not None:
            self.learnRequested.emit(self._session.viewed.run.name)

    @Slot()
    def rename(self) -> None:
        if self._session.viewed is not None:
            self.renameRequested.emit()

    @Slot()
    def remove(self) -> None:
        if self._session.viewed is not None:
            self.removeRequested.emit(self._session.viewed.run.name)

    @Slot()
    def play(self) -> None:
        opened = self._session.viewed
        if opened is not None and opened.record.checkpoint:
            self.playRequested.emit(opened.run.name)

    @Slot()
    def play_best(self) -> None:
        opened = self._session.viewed
        if opened is not None and opened.record.best is not None:
            self.checkpointRequested.emit(opened.run.name, str(opened.record.best))

    @Slot(str)
    def play_checkpoint(self, name: str) -> None:
        """Open one checkpoint of the run in view on the canvas, if it is still there."""
        opened = self._session.viewed
        folder = opened.record.checkpoint_of(name) if opened is not None else None
        if opened is not None and folder is not None:
            self.checkpointRequested.emit(opened.run.name, str(folder))
