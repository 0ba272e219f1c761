"""Rows and columns of widgets, each made in one call."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

Part = QWidget | QLayout | int | tuple[QWidget | QLayout, int] | None
"""What stands in a box, perhaps with the share of the room left over that it takes; a space of so
many pixels; or None for a space that takes what is left."""
Margins = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels."""
NO_MARGINS: Margins = (0, 0, 0, 0)


def column(
    *parts: Part, on: QWidget | None = None, gap: int = 0, margins: Margins = NO_MARGINS
) -> QVBoxLayout:
    """Parts below each other, `gap` pixels apart (-1: as the style has it), on a widget or free."""
    layout = QVBoxLayout() if on is None else QVBoxLayout(on)
    _fill(layout, parts, gap, margins)
    return layout


def row(
    *parts: Part, on: QWidget | None = None, gap: int = 0, margins: Margins = NO_MARGINS
) -> QHBoxLayout:
    """As :func:`column`, beside each other."""
    layout = QHBoxLayout() if on is None else QHBoxLayout(on)
    _fill(layout, parts, gap, margins)
    return layout


def _fill(layout: QBoxLayout, parts: tuple[Part, ...], gap: int, margins: Margins) -> None:
    layout.setContentsMargins(*margins)
    layout.setSpacing(gap)
    for part in parts:
        add(layout, part)


def add(layout: QBoxLayout, part: Part) -> None:
    what, share = part if isinstance(part, tuple) else (part, 0)
    if what is None:
        layout.addStretch(1)
    elif isinstance(what, int):
        layout.addSpacing(what)
    elif isinstance(what, QLayout):
        layout.addLayout(what, share)
    else:
        layout.addWidget(what, share)
