"""The two kinds of button: the one next step, and everything else."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton


def primary(text: str = "") -> QPushButton:
    """The amber button: one in sight at a time."""
    button = secondary(text)
    button.setProperty("role", "primary")
    return button


def secondary(text: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button
