"""The "Undo" of a notice: takes back the step that the notice is about, whatever came since."""

from __future__ import annotations

from studio.desktop.base.undo_step import UndoStack, UndoStep
from studio.desktop.i18n import tr
from studio.desktop.notices.notices import Action, Notices


def way_back(undo: UndoStack, notices: Notices, step: UndoStep) -> Action:
    """For a notice about `step`; pressed a second time, or too late, it says so."""
    text = step.text()

    def take_back() -> None:
        if undo.take_back(step):
            notices.info(tr("Taken back: {step}", step=text))
        else:
            notices.warn(tr("“{step}” is taken back already, or its project is closed.", step=text))

    return tr("Undo"), take_back
