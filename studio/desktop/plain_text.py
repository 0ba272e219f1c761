"""Words as they are: Qt would render a name such as `<img src=…>` as a page."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as TextQt
from PySide6.QtWidgets import QLabel, QWidget


class Label(QLabel):
    """A label that shows its text, never a page."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)


def tip(text: str) -> str:
    """`text` for a tooltip, which has no plain kind: what looks like a page is written out."""
    return f"<qt>{html.escape(text)}</qt>" if TextQt.mightBeRichText(text) else text
