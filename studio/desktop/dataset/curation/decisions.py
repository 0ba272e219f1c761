"""Decisions about pictures that are on the screen: leave out, take in, rate; seen at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from studio.desktop.base.undo_step import UndoStep
from studio.desktop.dataset.curation import steps
from studio.desktop.dataset.curation.steps import Plan
from studio.desktop.dataset.session.collection import Desk


def decision(desk: Desk, field: str, ids: Sequence[int], value: int) -> UndoStep | None:
    """The step that sets `field` (included or rating); None when it would change nothing.

    Pictures that cannot be used are neither taken in nor left out.
    """
    before: dict[int, int] = {}
    for key in ids:
        row = desk.collection.rows.get(key)
        if row is None or (field == "included" and not row.usable):
            continue
        if getattr(row, field) != value:
            before[key] = getattr(row, field)

    def write(plan: Plan, function: Callable[[], object]) -> None:
        # In this order: who counts the decision already finds it in the line to be stored.
        desk.decide(function)
        done = function is plan.do
        desk.collection.change(field, dict.fromkeys(before, value) if done else before)
        desk.changed(plan.ids)

    return steps.step(steps.decided(desk.project, field, before, value), write) if before else None
