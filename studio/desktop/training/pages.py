"""All of the training place, or the next step where there is nothing to train on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from studio.desktop.i18n import tr
from studio.desktop.widgets.empty_state import EmptyState


class Pages(QStackedWidget):
    """Shows the whole place until it is known that it is empty."""

    datasetWanted = Signal()

    def __init__(self, whole: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty = EmptyState("images", "", "", self.datasetWanted.emit)
        self.addWidget(whole)
        self.addWidget(self.empty)
        self._there: dict[str, bool] = {}

    def forget(self) -> None:
        self._there.clear()
        self.setCurrentIndex(0)

    def tell(self, what: str, there: bool) -> None:
        """Whether there are `datasets`, or `runs` to look at without them."""
        self._there[what] = there
        known = len(self._there) == 2
        self.setCurrentIndex(1 if known and not any(self._there.values()) else 0)

    def retranslate(self) -> None:
        self.empty.set_texts(
            tr("No pictures yet. Add some in Dataset, then train a model on them here."),
            tr("Go to Dataset"),
        )
