"""Tab goes as one reads: row by row, from left to right, panel by panel.

Qt's own order is that in which widgets were made; forms, sliders and cards are made when they are
needed, and would all come last.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QScrollArea, QWidget


def stops(root: QWidget, focused: QWidget | None = None) -> list[QWidget]:
    """What Tab comes by in `root`, in the order of reading; of buttons of which one is chosen that
    one, or the one that is `focused`, or the first."""
    found: list[QWidget] = []
    passed: set[QWidget] = set()
    for each in _read(root):
        together = _together(each)
        if each not in passed:
            held = [one for one in together if one is focused or one.isChecked()]
            found.append(focused if focused in held else next(iter(held), each))
            passed.update(together)
    return found


def _together(widget: QWidget) -> list[QAbstractButton]:
    """The buttons among which arrow keys go, `widget` one of them; empty for anything else."""
    if not isinstance(widget, QAbstractButton):
        return []
    group: QButtonGroup | None = widget.group()  # Qt's own declaration forgets that
    if group is not None:
        return list(group.buttons())
    parent = widget.parentWidget()
    if not widget.autoExclusive() or parent is None:
        return []
    return [each for each in parent.findChildren(QAbstractButton) if each.autoExclusive()]


def follow(root: QWidget, focused: QWidget, *, ahead: bool) -> bool:
    """Give the focus to what comes after (or before) `focused`; False where it is no stop."""
    order = stops(root, focused)
    if focused not in order:
        return False
    step = 1 if ahead else -1
    target = order[(order.index(focused) + step) % len(order)]
    reason = Qt.FocusReason.TabFocusReason if ahead else Qt.FocusReason.BacktabFocusReason
    target.setFocus(reason)
    _bring_into_sight(target)
    return True


def _read(widget: QWidget) -> Iterator[QWidget]:
    takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
    if takes and widget.isEnabled():
        yield widget
    for child in _as_read(_parts(widget)):
        yield from _read(child)


def _parts(widget: QWidget) -> list[QWidget]:
    found = widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [each for each in found if each.isVisible() and not each.isWindow()]


def _as_read(parts: list[QWidget]) -> list[QWidget]:
    """Sorted into rows: what begins above the middle of a row's first part is in that row."""
    rows: list[list[QWidget]] = []
    for part in sorted(parts, key=lambda each: (each.y(), each.x())):
        if rows and part.y() < rows[-1][0].geometry().center().y():
            rows[-1].append(part)
        else:
            rows.append([part])
    return [each for row in rows for each in sorted(row, key=lambda one: (one.x(), one.y()))]


def _bring_into_sight(widget: QWidget) -> None:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget)
        parent = parent.parentWidget()
