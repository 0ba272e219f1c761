"""Walking from seed to seed, and the sheet of small pictures to choose from."""

from __future__ import annotations

import random

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent

from studio.desktop.generation.recipe_editor import Editing
from studio.desktop.generation.seed_sheet import COUNT, ContactSheet
from studio.desktop.generation.session import Session
from studio.desktop.widgets.picture_view import PictureView
from studio.engine.seeds import following, previous


class Seeds(QObject):
    """Where the next picture comes from."""

    def __init__(
        self, session: Session, editing: Editing, sheet: ContactSheet, view: PictureView
    ) -> None:
        super().__init__(view)
        self._session, self._editing, self._sheet = session, editing, sheet
        view.installEventFilter(self)

    @Slot()
    def random(self) -> None:
        """Another seed, by chance."""
        self._editing.set_seed(random.randrange(100_000))

    @Slot()
    def following(self) -> None:
        """The seed above."""
        self._editing.set_seed(following(self._editing.recipe().seed))

    @Slot()
    def previous(self) -> None:
        """The seed below."""
        self._editing.set_seed(previous(self._editing.recipe().seed))

    @Slot()
    def shuffle(self) -> None:
        """Other seeds on the sheet."""
        if self._session.model is not None:
            self.lay_out(random.randrange(1_000_000))

    def lay_out(self, first: int) -> None:
        """The sheet shows this seed and those after it."""
        model = self._session.model
        if model is not None:
            self._sheet.set_seeds(range(first, first + COUNT), model.height / model.width)
            self.fill()

    def fill(self) -> None:
        """Draw the sheet at the truncation of the canvas, and of its label."""
        beginning = self._editing.recipe().beginning
        self._session.fill_sheet(self._sheet.seeds(), beginning.truncation_psi, beginning.label)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys on the picture walk the seeds."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        steps = {
            Qt.Key.Key_Right: self.following, Qt.Key.Key_Left: self.previous,
            Qt.Key.Key_Down: self.following, Qt.Key.Key_Up: self.previous,
        }  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            step()
        return step is not None
