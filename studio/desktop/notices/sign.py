"""What stands before a notice, on its card and in the list of past ones."""

from __future__ import annotations

from PySide6.QtGui import QPixmap

from studio.desktop import theme


def sign(kind: str) -> QPixmap:
    """What stands before a notice of this kind."""
    c = theme.colours()
    shade = {"error": c.bad, "warn": c.accent_text}.get(kind, c.quiet)
    return theme.pixmap("info" if kind == "info" else "alert", 16, shade)
