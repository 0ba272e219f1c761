"""The timeline of the open run, and every way the hand changes it, each an undoable step."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from studio.desktop.base.undo_step import UndoStep
from studio.desktop.i18n import tr

if TYPE_CHECKING:
    from studio.engine.generation.film.timeline import Timeline
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.sound.drive import Drive


class LineEditor(QObject):
    """Steps of a run that is not open any more are undone without being seen."""

    changed = Signal()
    kept = Signal(str, object)
    """The timeline of a run is another one: it is to be written."""

    def __init__(self, undo: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._undo, self._run, self._gesture = undo, "", 0
        self.line: Timeline | None = None

    def open(self, run: str, line: Timeline) -> None:
        """Show the timeline of a run, as it is on the disk."""
        self._run, self.line = run, line
        self.changed.emit()

    def close(self) -> None:
        self._run, self.line = "", None
        self.changed.emit()

    # ------------------------------------------------------------------ changes

    def add(self, time: float, recipe: LatentRecipe) -> None:
        """A key at a moment; one that is there gets the recipe."""
        from studio.engine.generation.film.timeline import Key

        if self.line is None:
            return
        key = Key(time=time, recipe=recipe)
        for before in self.line.keys:
            if before.time == time:
                key = before.model_copy(update={"recipe": recipe})
        self._put(tr("Key at {n} s", n=f"{time:.2f}"), self.line.with_key(key))

    def move(self, place: int, time: float) -> int:
        """Take a key to a moment that is free, and say its place in the order from now on."""
        if self.line is None or any(each.time == time for each in self.line.keys):
            return place
        key = self.line.keys[place].model_copy(update={"time": time})
        after = self.line.replaced(place, key)
        self._put(tr("Key at {n} s", n=f"{time:.2f}"), after, f"move {self._gesture}")
        return after.keys.index(key)

    def end_gesture(self) -> None:
        """What comes next is a step of its own."""
        self._gesture += 1

    def change(self, place: int, text: str, join: str | None = None, **values: object) -> None:
        """Other values of a key. Changes that `join` under one name are one step."""
        if self.line is not None:
            key = self.line.keys[place].model_copy(update=values)
            self._put(text, self.line.replaced(place, key), join and f"{join} {self._gesture}")

    def delete(self, place: int) -> None:
        if self.line is not None:
            self._put(tr("Key deleted"), self.line.without(place))

    def set_seconds(self, seconds: float) -> None:
        """Another length; keys beyond it stay, and are seen again when it is longer."""
        self._set(tr("Length {n} s", n=f"{seconds:.1f}"), "seconds", seconds)

    def set_rate(self, fps: str) -> None:
        self._set(tr("{n} frames a second", n=fps), "fps", fps)

    def set_loop(self, on: bool) -> None:
        self._set(tr("Loop") if on else tr("No loop"), "loop", on)

    def set_sound(self, sound: str) -> None:
        """A file that is heard with the film; empty takes it away. What it moves stays."""
        self._set(tr("Sound of the film") if sound else tr("No sound"), "sound", sound)

    def set_drives(self, text: str, drives: Sequence[Drive], key: str = "") -> None:
        """What of the sound moves what. Changes with one `key` are one step."""
        if self.line is not None:
            after = self.line.changed(drives=tuple(drives))
            self._put(text, after, f"drive {key} {self._gesture}" if key else None)

    def set_evened(self, before: Timeline, after: Timeline) -> None:
        """Keys at even speed, unless they were changed while that was measured."""
        if self.line is before:
            self._put(tr("Even speed"), after)

    def _set(self, text: str, name: str, value: object) -> None:
        if self.line is not None and getattr(self.line, name) != value:
            self._put(text, self.line.changed(**{name: value}), f"{name} {self._gesture}")

    def _put(self, text: str, line: Timeline, key: str | None = None) -> None:
        if self.line is not None and line != self.line:
            show = partial(self._show, self._run)
            do, back = partial(show, line), partial(show, self.line)
            # A length is typed or stepped: of one run of changes a step is left.
            self._undo.push(UndoStep(text, do, back, key=key and (self._run, key)))

    def _show(self, run: str, line: Timeline) -> None:
        self.kept.emit(run, line)
        if run == self._run:
            self.line = line
            self.changed.emit()
