"""A run that came from elsewhere is there already: one step of undo takes it away again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from studio.desktop.base.undo_step import UndoStep
from studio.desktop.notices.notices import Notices
from studio.desktop.training.session import upkeep
from studio.desktop.training.session.session import Session


def arrival_step(
    text: str, name: str, session: Session, notices: Notices, changed: Callable[[str], None]
) -> UndoStep:
    """`text` is what the step is called, `name` the run; `changed` is told of it both ways."""
    state: dict[str, object] = {}

    def gone(removed: object) -> None:
        if isinstance(removed, str):
            notices.warn(removed)
        else:
            state["removed"] = removed
        changed(name)

    def away() -> None:
        session.manage(upkeep.remove_run, name, False, done=gone)

    def again() -> None:
        back = partial(session.manage, upkeep.restore_run)
        back(state["removed"], done=lambda _: changed(name))

    return UndoStep(text, again, away, is_done=True)
