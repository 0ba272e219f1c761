"""What stands before a notice, on its card and in the list of past ones."""

from __future__ import annotations

from PySide6.QtGui import QPixmap

from studio.desktop import theme
from studio.desktop.notices.notices import NoticeKind


def sign(kind: NoticeKind) -> QPixmap:
    """What stands before a notice of this kind."""
    c = theme.colours()
    shade = {NoticeKind.ERROR: c.bad, NoticeKind.WARN: c.accent_text}.get(kind, c.quiet)
    return theme.pixmap("info" if kind is NoticeKind.INFO else "alert", 16, shade)
