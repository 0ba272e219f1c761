"""Naming runs, removing them and bringing them back: steps that can be undone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from studio.desktop.base.undo_step import UndoStack, UndoStep
from studio.desktop.base.way_back import way_back
from studio.desktop.i18n import tr
from studio.desktop.notices.notices import Notices
from studio.desktop.training.session import upkeep
from studio.desktop.training.session.session import Session
from studio.engine.errors import StudioError


class Managing(QObject):
    """Asks the engine in the room's thread; a step lands on the stack when it is done."""

    changed = Signal(str)
    """The run of this name has another title, is gone, or is back."""

    def __init__(
        self, session: Session, undo: UndoStack, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._undo, self._notices = session, undo, notices

    def rename(self, name: str, title: str) -> None:
        """Call a run something; empty gives it its own name again."""

        def done(before: str) -> None:
            after = " ".join(title.split())
            if before != after:
                again, back = partial(self._call, name, after), partial(self._call, name, before)
                self._undo.push(UndoStep(tr("Rename a run"), again, back, is_done=True))
            self.changed.emit(name)

        self._submit(upkeep.set_title, name, title, done=done)

    def note(self, name: str, text: str) -> None:
        """Write something down about a run. What is typed in a row is one step."""

        def done(before: str) -> None:
            after = text.strip()
            if before != after:
                again, back = partial(self._note, name, after), partial(self._note, name, before)
                words, key = tr("Note about a run"), ("note", name)
                self._undo.push(UndoStep(words, again, back, key=key, is_done=True))
            self.changed.emit(name)

        self._submit(upkeep.set_note, name, text, done=done)

    def remove(self, name: str, *, with_pieces: bool = False) -> None:
        """Take a run out of the project; nothing happens to the one that trains."""
        if name == self._session.training:
            self._notices.warn(tr("This run is training: stop it before it is removed."))
            return
        state: dict[str, object] = {}

        def away() -> None:
            self._submit(upkeep.remove_run, name, with_pieces, done=gone)

        def gone(removed: object) -> None:
            if isinstance(removed, str):
                anyway = (tr("Remove it anyway"), lambda: self.remove(name, with_pieces=True))
                self._notices.warn(removed, "", anyway)
                return
            first = not state
            state["removed"] = removed
            if first:
                step = UndoStep(tr("Remove a run"), away, back, is_done=True)
                self._undo.push(step)
                text = tr("{run} was removed.", run=name)
                self._notices.info(text, "", way_back(self._undo, self._notices, step))
            self.changed.emit(name)

        def back() -> None:
            self._submit(
                upkeep.restore_run, state["removed"], done=lambda _: self.changed.emit(name)
            )

        away()

    def _call(self, name: str, title: str) -> None:
        self._submit(upkeep.set_title, name, title, done=lambda _: self.changed.emit(name))

    def keep_note(self, name: str, text: str) -> None:
        """As :meth:`note`, at once, for its project is about to be closed."""
        try:
            if self._session.project is not None:
                upkeep.set_note(self._session.project, name, text)
        except StudioError as error:
            self._notices.error(error.said, error.detail)

    def _note(self, name: str, text: str) -> None:
        self._submit(upkeep.set_note, name, text, done=lambda _: self.changed.emit(name))

    def _submit(
        self, function: Callable[..., object], *given: object, done: Callable[..., None]
    ) -> None:
        session = self._session
        if session.project is not None:
            session.thread_.submit(
                function, session.project, *given, done=done, failed=self._failed
            )

    def _failed(self, sentence: str, detail: str) -> None:
        self._notices.error(sentence, detail)
        self.changed.emit("")
