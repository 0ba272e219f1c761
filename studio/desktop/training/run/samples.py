"""The same seeds over time: the newest sheet, and a scrubber over the earlier ones."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSlider, QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.training import words
from studio.desktop.training.session.run_record import Sheet
from studio.desktop.widgets import boxes, checkerboard
from studio.desktop.widgets.labels import set_words

GAP = 8


class SheetView(QWidget):
    """Paints the cells of one sheet with air between them, as large as the room allows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image = QImage()
        self._columns = self._count = 1
        self.sentence = ""
        """What stands there in place of a sheet."""
        self.outlined = -1
        """The cell with a frame around it, -1 for none."""
        self.setMinimumSize(160, 120)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_sheet(self, image: QImage, columns: int, count: int) -> None:
        """Show `count` cells that lie in rows of `columns` in `image`; 0 for one whole picture."""
        self.image, self._columns, self._count = image, max(1, columns), max(1, count)
        self.update()

    def set_sentence(self, text: str) -> None:
        self.sentence = text
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(800, 320)

    def cell_size(self) -> QSize:
        rows = math.ceil(self._count / self._columns)
        return QSize(self.image.width() // self._columns, self.image.height() // max(1, rows))

    def places(self) -> list[QRect]:
        """Where the cells go now: the number of columns that makes them largest in whole rows."""
        cell = self.cell_size()
        if cell.isEmpty():
            return []
        best, best_columns = 0.0, 1
        for columns in range(1, self._count + 1):
            if self._count % columns:
                continue  # a gap in the last row would look like a picture that is missing
            scale = self._scale(columns, cell)
            # Ties go to more columns, which read more like a contact sheet.
            if scale >= best:
                best, best_columns = scale, columns
        width, height = max(1, int(cell.width() * best)), max(1, int(cell.height() * best))
        used = min(self._count, best_columns)
        rows = math.ceil(self._count / best_columns)
        left = (self.width() - used * width - (used - 1) * GAP) // 2
        top = (self.height() - rows * height - (rows - 1) * GAP) // 2
        return [
            QRect(
                left + (index % best_columns) * (width + GAP),
                top + (index // best_columns) * (height + GAP),
                width,
                height,
            )
            for index in range(self._count)
        ]

    def _scale(self, columns: int, cell: QSize) -> float:
        rows = math.ceil(self._count / columns)
        wide = (self.width() - (columns - 1) * GAP) / columns / cell.width()
        high = (self.height() - (rows - 1) * GAP) / rows / cell.height()
        return min(wide, high)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.image.isNull():
            painter.setPen(QColor(theme.colours().quiet))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), flags, self.sentence)
            return
        cell = self.cell_size()
        places = self.places()
        # Few pixels stay pixels when they are blown up; many are reduced smoothly.
        enlarged = bool(places) and places[0].width() >= 3 * cell.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not enlarged)
        for index, place in enumerate(places):
            row, column = divmod(index, self._columns)
            corner = QPoint(column * cell.width(), row * cell.height())
            checkerboard.lay(painter, place, self.image)
            painter.drawImage(place, self.image, QRect(corner, cell))
            if index == self.outlined:
                painter.setPen(QPen(QColor(theme.colours().accent), 2))
                painter.drawRect(place.adjusted(-1, -1, 0, 0))


class Scrubber(QWidget):
    """A slider over the moments of a run; it follows the newest until the artist goes back."""

    moved = Signal(int)
    """The number of the chosen sheet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setPageStep(1)
        self._first, self._last = Label("0"), Label()
        boxes.row(self._first, (self.slider, 1), self._last, on=self, gap=-1)
        self._sheets: list[Sheet] = []
        self._filling = False
        self.slider.valueChanged.connect(self._changed)

    def set_sheets(self, sheets: list[Sheet], *, follow: bool) -> None:
        """Offer these moments; `follow` goes to the newest even from an older one."""
        at_end = follow or not self._sheets or self.slider.value() >= len(self._sheets) - 1
        self._sheets = list(sheets)
        self._filling = True
        self.slider.setRange(0, max(0, len(sheets) - 1))
        if at_end:
            self.slider.setValue(max(0, len(sheets) - 1))
        self._filling = False
        self.slider.setEnabled(len(sheets) > 1)
        self._words()
        if sheets and at_end:
            self.moved.emit(self.slider.value())

    def go_to(self, images_seen: int) -> None:
        """Look at the sheet of this moment, or the last one before it."""
        before = [n for n, sheet in enumerate(self._sheets) if sheet.images_seen <= images_seen]
        self.slider.setValue(before[-1] if before else 0)

    def current(self) -> Sheet | None:
        value = self.slider.value()
        return self._sheets[value] if 0 <= value < len(self._sheets) else None

    @property
    def at_newest(self) -> bool:
        return self.slider.value() >= len(self._sheets) - 1

    def retranslate(self) -> None:
        tip = tr(
            "Look back: the same seeds at an earlier moment. Arrow keys step (sample snapshots)"
        )
        set_words((self.slider, tr("Moment of the run"), tip))
        self._words()

    def _words(self) -> None:
        sheet = self.current()
        self._first.setText(words.short_count(self._sheets[0].images_seen) if self._sheets else "0")
        self._last.setText(
            tr("{n} images", n=words.short_count(sheet.images_seen)) if sheet else ""
        )

    def _changed(self, value: int) -> None:
        self._words()
        if not self._filling:
            self.moved.emit(value)


class SamplesPanel(QWidget):
    """The sheet and its scrubber."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = SheetView()
        self.scrubber = Scrubber()
        boxes.column((self.view, 1), self.scrubber, on=self, gap=8, margins=(0, 0, 0, 6))

    def clear(self, sentence: str) -> None:
        self.view.set_sheet(QImage(), 0, 0)
        self.view.set_sentence(sentence)
        self.scrubber.set_sheets([], follow=True)
        self.scrubber.setVisible(False)
