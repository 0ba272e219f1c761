"""What the artist says of the directions of a run: their names, which stay on top and in which
order, and their zones. Every change is a step that can be undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QUndoStack

from studio.desktop.base.undo_step import UndoStep
from studio.desktop.generation.controls import Controls
from studio.desktop.generation.direction_line import DirectionLine, State
from studio.desktop.generation.session import Session
from studio.desktop.i18n import tr
from studio.engine.generation.directions.note import NO_NOTE, Note


class Naming(QObject):
    """Joins the rows with the file beside the run."""

    def __init__(self, session: Session, controls: Controls, undo: QUndoStack) -> None:
        super().__init__(controls)
        self._session, self._controls, self._undo = session, controls, undo
        self._lines: list[DirectionLine] = []
        self._state: State = ()
        controls.directionRenamed.connect(self._rename)
        controls.directionPinned.connect(self._pin)
        controls.directionOrdered.connect(self._order)

    def take(self, lines: Sequence[DirectionLine]) -> list[DirectionLine]:
        """The lines of the open model: what they say is what the run keeps."""
        self._lines = list(lines)
        self._state = tuple((line.key, line.note) for line in lines if line.is_kept)
        return self._lines

    @Slot(str, str)
    def _rename(self, key: str, name: str) -> None:
        if name != self._note(key).name:
            self._say(tr("Rename a direction"), key, name=name)

    @Slot(str, bool)
    def _pin(self, key: str, on: bool) -> None:
        text = tr("Keep a direction on top") if on else tr("Let a direction go from the top")
        self._say(text, key, pinned=on)

    def set_zone(self, key: str, zone: str) -> None:
        """Where the next move along a direction goes."""
        self._say(tr("Layers of a direction"), key, zone=zone)

    @Slot(str, float, float)
    def set_limits(self, key: str, low: float, high: float) -> None:
        """How far its slider goes."""
        self._say(tr("Limits of a direction"), key, low=low, high=high)

    @Slot(str, str)
    def set_group(self, key: str, group: str) -> None:
        """Under which name it stands; empty for none."""
        self._say(tr("Group of a direction"), key, group=group)

    @Slot(str, str)
    def set_link(self, key: str, other: str) -> None:
        """Let two directions move together and with no third one; alone without `other`."""
        notes = dict(self._state)
        partners = {key, other, self._note(key).linked, self._note(other).linked} - {""}
        for each in partners:
            linked = {key: other, other: key}.get(each, "")
            notes[each] = replace(notes.get(each, NO_NOTE), linked=linked)
        self._put(tr("Link of directions"), self._kept(notes))

    @Slot(str, int)
    def _order(self, key: str, step: int) -> None:
        """Up or down among those that stay on top."""
        pinned = [each for each, note in self._state if note.pinned]
        if key not in pinned or not 0 <= pinned.index(key) + step < len(pinned):
            return
        place = pinned.index(key)
        pinned.insert(place + step, pinned.pop(place))
        rest = [each for each, note in self._state if not note.pinned]
        notes = dict(self._state)
        after = tuple((each, notes[each]) for each in (*pinned, *rest))
        self._put(tr("Order of directions"), after)

    def keep(self, text: str, line: DirectionLine, name: str) -> None:
        """A direction that was made: the run keeps it, called `name` and on top."""
        if all(each.key != line.key for each in self._lines):
            self._lines.append(line)
        rest = tuple(pair for pair in self._state if pair[0] != line.key)
        self._put(text, ((line.key, Note(name, pinned=True)), *rest))

    def free_name(self) -> str:
        """Of a direction from examples: with the first number that no name has yet."""
        taken = {note.name for _, note in self._state}
        numbers = range(1, len(taken) + 2)
        return next(name for n in numbers if (name := tr("Picked {n}", n=n)) not in taken)

    def _note(self, key: str) -> Note:
        return dict(self._state).get(key, NO_NOTE)

    def _say(self, text: str, key: str, **changes: str | bool | float) -> None:
        notes = dict(self._state)
        notes[key] = replace(notes.get(key, NO_NOTE), **changes)  # type: ignore[arg-type]  # by name
        self._put(text, self._kept(notes))

    def _kept(self, notes: dict[str, Note]) -> State:
        """Without what the model of today finds by itself and of which nothing is said."""
        own = {line.key for line in self._lines if line.number == 0}
        return tuple(pair for pair in notes.items() if pair[1] != NO_NOTE or pair[0] in own)

    def _put(self, text: str, after: State) -> None:
        model = self._session.model
        if model is not None:
            do = partial(self.show, model.folder, after)
            back = partial(self.show, model.folder, self._state)
            self._undo.push(UndoStep(text, do, back))

    def show(self, folder: Path, state: State) -> None:
        """Write what the run in `folder` keeps, and show it if it is the one that is open."""
        self._session.keep_notes(folder, state)
        model = self._session.model
        if model is not None and model.folder == folder:
            self._state, notes = state, dict(state)
            self._lines = [
                replace(line, note=notes.get(line.key, NO_NOTE), is_kept=line.key in notes)
                for line in self._lines
            ]
            # What is neither found in the model nor kept is there while a step could bring it back.
            shown = [line for line in self._lines if line.number or line.is_kept]
            if {line.key for line in shown} != {row.line.key for row in self._controls.rows}:
                order = {key: place for place, (key, _) in enumerate(state)}
                shown.sort(key=lambda line: order.get(line.key, len(order)))
                self._controls.set_directions(shown)
            else:
                self._controls.show_lines(self._lines, [key for key, _ in state])
