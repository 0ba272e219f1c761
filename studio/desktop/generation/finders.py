"""The ways to find a picture, one of them in sight: seeds, and what tools of the canvas add."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QLayout, QWidget

from studio.desktop.generation.tools.tool import Tool
from studio.desktop.i18n import tr
from studio.desktop.widgets.boxes import column
from studio.desktop.widgets.elided_combo import ElidedCombo
from studio.desktop.widgets.labels import set_words


class Finders(QWidget):
    """A page for each, under a box that says which. The first is that of seeds."""

    def __init__(self, seeds: QLayout, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = ElidedCombo()
        self.kind.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.kind.setMinimumContentsLength(8)
        first = QWidget()
        first.setLayout(seeds)
        self._titles, self._pages = ["Seeds"], [first]
        self._place = column(self.kind, (first, 1), on=self, gap=8)
        self.kind.activated.connect(self._show)

    def take_up(self, tools: Iterable[Tool]) -> None:
        """Have the pages of these tools."""
        for tool in tools:
            if (page := tool.page()) is not None:
                self._titles.append(tool.finds)
                holder = QWidget()
                column(page, None, on=holder)
                holder.setVisible(False)
                tool.show_page = partial(self._show, len(self._pages))
                self._pages.append(holder)
                self._place.addWidget(holder, 1)

    @Slot(int)
    def _show(self, place: int) -> None:
        self.kind.setCurrentIndex(place)
        for number, page in enumerate(self._pages):
            page.setVisible(number == place)

    def retranslate(self) -> None:
        place = max(0, self.kind.currentIndex())
        self.kind.clear()
        self.kind.addItems([tr(title) for title in self._titles])
        self.kind.setCurrentIndex(place)
        set_words((self.kind, tr("Find"), tr("How a picture is looked for")))
