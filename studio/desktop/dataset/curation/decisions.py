"""Decisions about pictures as undoable steps: leave out, take in, rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtGui import QUndoCommand

from studio.desktop.dataset import words
from studio.desktop.dataset.session.collection import Desk
from studio.desktop.i18n import tr
from studio.engine.dataset.index import store

Value = bool | int


class Decision(QUndoCommand):
    """One field of many pictures gets one value; undo gives each its own back."""

    def __init__(self, desk: Desk, field: str, before: Mapping[int, Value], value: Value) -> None:
        super().__init__(decision_title(field, value, len(before)))
        self._desk = desk
        self._field = field
        self._before = dict(before)
        self._value = value

    def redo(self) -> None:
        self._apply(dict.fromkeys(self._before, self._value))

    def undo(self) -> None:
        """Give every picture the value it had."""
        self._apply(self._before)

    def _apply(self, values: Mapping[int, Value]) -> None:
        groups: dict[Value, list[int]] = {}
        for key, value in values.items():
            groups.setdefault(value, []).append(key)
        # In this order: who counts the decision already finds it in the line to be stored.
        for value, ids in groups.items():
            project = self._desk.project
            if self._field == "included":
                self._desk.decide(partial(store.set_included, project, ids, bool(value)))
            else:
                self._desk.decide(partial(store.set_rating, project, ids, int(value)))
        self._desk.collection.change(self._field, values)
        self._desk.changed(list(values))


def decision(desk: Desk, field: str, ids: Sequence[int], value: Value) -> Decision | None:
    """The step that sets `field` (included or rating); None when it would change nothing.

    Pictures that cannot be used are neither taken in nor left out.
    """
    before: dict[int, Value] = {}
    for key in ids:
        row = desk.collection.rows.get(key)
        if row is None or (field == "included" and not row.usable):
            continue
        if getattr(row, field) != value:
            before[key] = getattr(row, field)
    return Decision(desk, field, before, value) if before else None


def decision_title(field: str, value: Value, count: int) -> str:
    """The name of a step."""
    pictures = words.pictures(count)
    if field == "rating":
        return tr("Rate {pictures} with {n}", pictures=pictures, n=value)
    if value:
        return tr("Include {pictures}", pictures=pictures)
    return tr("Exclude {pictures}", pictures=pictures)
