"""Pieces of a side panel."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from studio.desktop import theme


class SectionHeader(QLabel):
    """The small quiet words above a section."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sectionHeader")
        font = theme.font(11, bold=True)
        font.setLetterSpacing(font.SpacingType.AbsoluteSpacing, 0.6)
        self.setFont(font)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Capitals where the script has them."""
        super().setText(text.upper())
        self.setAccessibleName(text)
