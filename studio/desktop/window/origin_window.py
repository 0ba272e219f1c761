"""What is known of where a picture file comes from, in a window of its own beside the work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QScrollArea, QWidget

from studio.desktop import theme
from studio.desktop.base.actions import GUIDE_PAGE
from studio.desktop.i18n import said, tr
from studio.desktop.plain_text import Label, tip
from studio.desktop.widgets.boxes import Part, column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.panel import SectionHeader

if TYPE_CHECKING:
    from studio.engine.export.origin_check import Origins

SIZE = 520, 560


class OriginWindow(QDialog):
    """The verdict, and below it what is proven, carried, only said, and changed since."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty(GUIDE_PAGE, "lawful")
        self._found: Origins | None = None
        self.resize(*SIZE)
        self.file, self.verdict = Label(), Label()
        self.file.setObjectName("quiet")
        self.verdict.setObjectName("accent")
        self.verdict.setWordWrap(True)
        self._parts = QWidget()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setWidget(self._parts)
        self.copy, self.close_button = secondary(), secondary()
        self.copy.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.close)
        foot = row(None, self.copy, self.close_button, gap=theme.SPACE)
        whole = self.file, self.verdict, (self._scroll, 1), foot
        column(*whole, on=self, gap=theme.SPACE, margins=(16, 16, 16, 16))

    def show_origins(self, found: Origins) -> None:
        """Show what was found about a file."""
        self._found = found
        self.retranslate()
        self.show()
        self.raise_()

    def lines(self) -> list[tuple[str, list[str]]]:
        """Every part with its sentences, in the language of the window."""
        found = self._found
        if found is None:
            return []
        parts: tuple[tuple[str, Sequence[str]], ...] = (
            (tr("Proven by a signature"), found.proven),
            (tr("In the pixels: a label, not a proof"), found.carried),
            (tr("Only said, by words that anyone can edit"), found.said),
            (tr("Changed since"), found.changed),
            (tr("Could not be read"), found.complaints),
        )
        shown = [(title, [said(each) for each in sentences]) for title, sentences in parts]
        if found.piece:
            shown.append((tr("In this project"), [tr("It is {piece}.", piece=found.piece)]))
        return [(title, sentences) for title, sentences in shown if sentences]

    def retranslate(self) -> None:
        found = self._found
        self.setWindowTitle(tr("Origin of a file"))
        set_words(
            (self.copy, tr("Copy details"), tr("Put all of this on the clipboard as text")),
            (self.close_button, tr("Close"), tr("Close this window (Esc)")),
        )
        if found is None:
            return
        self.file.setText(found.path.name)
        self.file.setToolTip(tip(str(found.path)))
        self.verdict.setText(said(found.verdict))
        parts = QWidget()
        inside: list[Part] = []
        for title, sentences in self.lines():
            header = SectionHeader()
            header.setText(title)
            inside += [theme.SPACE, header, *(text_label(each, copied=True) for each in sentences)]
        column(*inside, None, on=parts, gap=4, margins=(0, 0, theme.SPACE, 0))
        self._scroll.setWidget(parts)
        self._parts = parts

    def _copy(self) -> None:
        found = self._found
        if found is not None:
            text = [str(found.path), said(found.verdict)]
            for title, sentences in self.lines():
                text += ["", title, *sentences]
            QGuiApplication.clipboard().setText("\n".join(text))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
