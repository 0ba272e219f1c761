"""The same seeds over time: the newest sheet, a scrubber over the earlier ones, and a second moment
beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QGridLayout, QSlider, QToolButton, QWidget

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.training import words
from studio.desktop.training.run.sheet_view import SheetView
from studio.desktop.training.session.run_record import Sheet
from studio.desktop.widgets import boxes
from studio.desktop.widgets.labels import set_words, text_label


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

    def step(self, by: int) -> None:
        """So many moments later, or earlier."""
        self.slider.setValue(self.slider.value() + by)

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
    """The sheet and its scrubber; left of it, where it is wanted, another moment of the run, or of
    the run that it is compared with. A lens lies over the same place of both."""

    otherWanted = Signal(object)
    """The :class:`Sheet` of the other moment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view, self.other_view = SheetView(), SheetView()
        self.scrubber, self.other = Scrubber(), Scrubber()
        self.caption, self.other_caption = text_label(quiet=True), text_label(quiet=True)
        self.together, self.beside = QCheckBox(), QToolButton()
        self.beside.setCheckable(True)
        self._own: list[Sheet] = []
        self._others: list[Sheet] | None = None
        self._gap = 0
        self._following = False
        self._lay_out()
        self.beside.toggled.connect(self._show_beside)
        self.together.toggled.connect(self._keep_gap)
        self.scrubber.moved.connect(lambda _: self._follow(self.scrubber, self.other, -1))
        self.other.moved.connect(self._other_moved)
        for view in (self.view, self.other_view):
            view.lensMoved.connect(self._lay_lens)
        self._show_beside(False)

    def _lay_out(self) -> None:
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 6)
        grid.setSpacing(8)
        own = boxes.row((self.scrubber, 1), self.beside, gap=8)
        other = boxes.row((self.other, 1), self.together, gap=8)
        for column, (label, view, foot) in enumerate(
            ((self.other_caption, self.other_view, other), (self.caption, self.view, own))
        ):
            grid.addWidget(label, 0, column)
            grid.addWidget(view, 1, column)
            grid.addLayout(foot, 2, column)
        grid.setRowStretch(1, 1)
        grid.setColumnStretch(1, 1)

    # ------------------------------------------------------------------ filling

    def clear(self, sentence: str) -> None:
        for view in (self.view, self.other_view):
            view.set_sheet(QImage(), 0, 0)
        self.view.set_sentence(sentence)
        self.set_sheets([], follow=True)
        self.show_foot(False)

    def show_foot(self, on: bool) -> None:
        """Whether there are moments to choose from."""
        for widget in (self.scrubber, self.beside):
            widget.setVisible(on)
        if not on:
            self.beside.setChecked(False)

    def set_sheets(self, sheets: Sequence[Sheet], *, follow: bool) -> None:
        """The moments of the run in view; `follow` where it is another run than before."""
        self._own = list(sheets)
        self.scrubber.set_sheets(self._own, follow=follow)
        if self._others is None:
            self._offer_others(fresh=follow)

    def compare_with(self, sheets: Sequence[Sheet] | None, names: tuple[str, str]) -> None:
        """The moments of another run, and what it and the one in view are called; None for none."""
        fresh = sheets is not None or self._others is not None
        self._others = list(sheets) if sheets is not None else None
        for label, name in zip((self.other_caption, self.caption), names, strict=True):
            label.setText(name if sheets is not None else "")
        if fresh:
            self._offer_others(fresh=True)
            # Two runs are looked at after as many pictures, one run then and now.
            self.together.setChecked(sheets is not None)
            self._keep_gap()
        self._show_beside(self.beside.isChecked())

    def show_other(self, sheet: Sheet, image: QImage) -> bool:
        """Show the other moment that was read; False where another one is wanted by now."""
        if not self.beside.isChecked() or sheet != self.other.current() or image.isNull():
            return False
        self.other_view.set_sheet(image, sheet.columns, sheet.count)
        return True

    # ------------------------------------------------------------------ two moments

    def toggle(self) -> None:
        """Two moments side by side, or one; nothing where there are none."""
        if self.beside.isVisible():
            self.beside.toggle()

    def _offer_others(self, *, fresh: bool) -> None:
        sheets = self._own if self._others is None else self._others
        self._following = True
        self.other.set_sheets(sheets, follow=fresh)
        if fresh:
            here = self.scrubber.current()
            if self._others is None or here is None:
                self.other.slider.setValue(0)
            else:
                self.other.go_to(here.images_seen)
        self._following = False
        if not sheets:
            self.other_view.set_sheet(QImage(), 0, 0)
            self.other_view.set_sentence(tr("No samples of this run were kept."))
        self._want_other()

    def _show_beside(self, on: bool) -> None:
        for widget in (self.other_view, self.other, self.together):
            widget.setVisible(on)
        two = on and self._others is not None
        for label in (self.caption, self.other_caption):
            label.setVisible(two)
        self._grid.setColumnStretch(0, 1 if on else 0)
        self._grid.setHorizontalSpacing(16 if on else 0)
        for view in (self.view, self.other_view):
            view.setMouseTracking(on)
            view.set_lens(-1, QPointF())
        self._want_other()

    def _want_other(self) -> None:
        sheet = self.other.current()
        if self.beside.isChecked() and sheet is not None:
            self.otherWanted.emit(sheet)

    def _other_moved(self, _place: int) -> None:
        self._follow(self.other, self.scrubber, 1)
        self._want_other()

    def _keep_gap(self) -> None:
        """Both moments go on with as many pictures between them as now; two runs with none."""
        here, there = self.scrubber.current(), self.other.current()
        self._gap = 0
        if self._others is None and here is not None and there is not None:
            self._gap = here.images_seen - there.images_seen

    def _follow(self, moved: Scrubber, other: Scrubber, sign: int) -> None:
        sheet = moved.current()
        if self._following or sheet is None or not self.beside.isChecked():
            return
        if self.together.isChecked():
            self._following = True
            other.go_to(sheet.images_seen + sign * self._gap)
            self._following = False

    def _lay_lens(self, cell: int, at: QPointF) -> None:
        for view in (self.view, self.other_view):
            view.set_lens(cell if self.beside.isChecked() else -1, at)

    # ------------------------------------------------------------------ words

    def restyle(self) -> None:
        self.beside.setIcon(theme.icon("compare"))
        for view in (self.view, self.other_view):
            view.update()

    def retranslate(self) -> None:
        for scrubber in (self.scrubber, self.other):
            scrubber.retranslate()
        other = tr("Moment of the run on the left")
        self.other.slider.setAccessibleName(other)
        set_words(
            (self.view, tr("Samples of the fixed seeds"), ""),
            (self.other_view, tr("Samples of the other moment"), ""),
            (self.together, tr("Together"),
             tr("Move both moments at once; two runs after as many pictures (linked scrubbing)")),
            (self.beside, "",
             tr("Two moments side by side, of this run or of the one it is compared with (B). "
                "The pointer lays a lens over the same place of both")),
        )  # fmt: skip
        self.restyle()
