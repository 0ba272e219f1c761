"""The middle of the training place: what the model draws, and how its losses fall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QSlider, QWidget

from models.facts import Curve
from studio.desktop.base import amounts
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.training import words
from studio.desktop.training.fields import Choice
from studio.desktop.training.flow_layout import Flow
from studio.desktop.training.new_run.augmentation_wall import AugmentationWall
from studio.desktop.training.run.curves import Curves, colour
from studio.desktop.training.run.health_cards import NOTES
from studio.desktop.training.run.samples import SamplesPanel
from studio.desktop.training.session.run_record import MarkKind, RunRecord, Sheet
from studio.desktop.widgets import boxes
from studio.desktop.widgets.labels import set_words
from studio.desktop.widgets.panel import RoomHeader
from studio.desktop.widgets.splitter import Splitter

SMOOTH = (1, 3, 5, 9, 15, 25, 50, 100)
MOST_CURVES = 6


class Centre(QWidget):
    """Header, samples, scrubber, legend, curves."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._header, self.moment = RoomHeader(), Label()
        self.title = self._header.title
        self.moment.setProperty("quiet", True)
        self._header.add(self.moment)
        self.samples, self.curves, self.wall = SamplesPanel(), Curves(), AugmentationWall()
        self.smooth = QSlider(Qt.Orientation.Horizontal)
        self.smooth.setRange(0, len(SMOOTH) - 1)
        self.smooth.setValue(2)
        self.smooth.setPageStep(1)
        self.smooth.setFixedWidth(90)
        self.smooth_label = Label()
        self.log = QCheckBox()
        self.legend = Flow(14, 4)
        self.other, self.other_label = Choice(), Label()
        self.smooth_label.setBuddy(self.smooth)
        self.other_label.setBuddy(self.other)
        self.other.setMinimumWidth(150)
        self._keys: dict[str, QCheckBox] = {}
        self._known: Mapping[str, Curve] = {}
        self._lay_out()
        self.smooth.valueChanged.connect(lambda place: self.curves.set_smoothing(SMOOTH[place]))
        self.smooth.installEventFilter(self)
        self.log.toggled.connect(self.curves.set_log)
        self.curves.set_smoothing(SMOOTH[2])

    def _lay_out(self) -> None:
        named = (self.other_label, self.other, self.smooth_label, self.smooth, self.log)
        tools = boxes.row(None, *named, gap=8)
        self.losses, below = QWidget(), (0, 8, 0, 0)
        boxes.column(self.legend, tools, (self.curves, 1), on=self.losses, gap=6, margins=below)
        # The picture is the largest thing on the screen.
        self.splitter = Splitter(self.samples, self.losses, 2 / 3)
        body = boxes.column(self.splitter, self.wall, gap=-1, margins=(16, 16, 16, 16))
        self.wall.setVisible(False)
        boxes.column(self._header, (body, 1), on=self)

    def open_record(self, record: RunRecord, *, live: bool) -> None:
        """Show another run than before; `live` where it trains just now."""
        if not record.sheets:
            sentence = tr("No samples of this run were kept. Play its model on the canvas instead.")
            if live:
                sentence = tr("The first pictures appear here in a moment.")
            elif not record.checkpoint:
                sentence = tr("This run has not trained yet.")
            self.samples.clear(sentence)
        self.show_record(record, fresh=True)

    def show_sheet(self, sheet: Sheet, image: QImage) -> bool:
        """Show samples that were read; False where others are wanted by now."""
        scrubber = self.samples.scrubber
        if sheet != scrubber.current() or image.isNull():
            return False
        self.samples.view.set_sheet(image, sheet.columns, sheet.count)
        self.curves.set_cursor(None if scrubber.at_newest else sheet.images_seen)
        return True

    def show_record(self, record: RunRecord, *, fresh: bool) -> None:
        """Show a run; `fresh` when it is another one than before."""
        # A model that came without its figures, as the sample's, has no curves to show.
        self.losses.setVisible(bool(record.curves) or not record.checkpoint)
        self._show_wall(False)
        if fresh:
            self._clear_legend()
            self.curves.set_series(record.curves)
            self.show_other(None)
            self.samples.set_sheets(record.sheets, follow=True)
        self._known = record.known_curves
        self._grow_legend(record)
        found = [mark.images_seen for mark in record.health if mark.about not in NOTES]
        saved = [mark.images_seen for mark in record.marks if mark.kind is MarkKind.CHECKPOINT]
        self.curves.set_marks(saved, found)
        self.samples.show_foot(bool(record.sheets))
        self.curves.changed()

    def show_empty(self, *, wall: bool) -> None:
        """No run is in view; `wall` where there are pictures to look at instead."""
        self._show_wall(wall)
        self._clear_legend()
        self.losses.setVisible(False)
        self.curves.set_series({})
        self.curves.set_marks([], [])
        self.curves.set_cursor(None)

    def name_wall(self, sentence: str) -> None:
        """Say over the wall what it is; without a wall `sentence` stands in its place."""
        hung = not self.wall.isHidden()
        self.title.setText(tr("What the run would see") if hung else tr("Training"))
        self.moment.setText(self.wall.moment() if hung else "")
        self.samples.view.set_sentence(sentence)

    def name_samples(self, run: str) -> None:
        """Say over the samples in view which they are; over none, of which run."""
        sheet = self.samples.scrubber.current()
        seen = amounts.count(sheet.images_seen) if sheet is not None else ""
        self.moment.setText(tr("{n} images", n=seen) if seen else "")
        count = sheet.count if sheet is not None else 0
        self.title.setText(tr("The same {n} seeds over time", n=count) if count else run)

    def offer_others(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Runs to compare this one with: (name, text)."""
        self.other.set_choices([("", tr("nothing")), *pairs])
        for widget in (self.other, self.other_label):
            widget.setVisible(bool(pairs))
        if not self.other.key():
            self.show_other(None)

    def show_other(self, record: RunRecord | None, names: tuple[str, str] = ("", "")) -> None:
        """Draw the curves of another run behind this one's, and offer its moments; None for no
        other. `names` are what it and this one are called."""
        if record is None:
            self.other.choose("")
        self.samples.compare_with(record.sheets if record is not None else None, names)
        self.curves.set_other(record.curves if record is not None else {})

    def _show_wall(self, on: bool) -> None:
        self.splitter.setVisible(not on)
        self.wall.setVisible(on)

    def _grow_legend(self, record: RunRecord) -> None:
        for index, name in enumerate(record.curves):
            if name in self._keys:
                continue
            curve = words.curve(name, record.known_curves)
            box = QCheckBox(curve.words)
            shown = index < MOST_CURVES and not curve.hidden
            box.setChecked(shown)
            box.setStyleSheet(f"QCheckBox {{ color: {colour(index)}; }}")
            box.setToolTip(tr("Show or hide this curve"))
            box.toggled.connect(lambda on, name=name: self.curves.set_shown(name, on))
            self.curves.set_shown(name, shown)
            self._keys[name] = box
            self.legend.addWidget(box)

    def _clear_legend(self) -> None:
        for box in self._keys.values():
            self.legend.removeWidget(box)
            box.hide()
            box.deleteLater()
        self._keys.clear()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self.smooth and event.type() == QEvent.Type.MouseButtonDblClick:
            self.smooth.setValue(2)
            return True
        return False

    def restyle(self) -> None:
        for index, box in enumerate(self._keys.values()):
            box.setStyleSheet(f"QCheckBox {{ color: {colour(index)}; }}")
        self.curves.restyle()
        self.samples.restyle()
        self.wall.restyle()

    def retranslate(self) -> None:
        self.smooth_label.setText(tr("Smooth"))
        self.other_label.setText(tr("Compare with"))
        set_words(
            (self.smooth, tr("Smoothing of the curves"),
             tr("Average over more points (moving average); double-click resets")),
            (self.other, tr("Compare with"),
             tr("Draw the curves of another run dimmed behind this one's")),
            (self.log, tr("Log"), tr("Logarithmic height (log scale)")),
        )  # fmt: skip
        for name, box in self._keys.items():
            box.setText(words.curve(name, self._known).words)
            box.setToolTip(tr("Show or hide this curve"))
        self.samples.retranslate()
        self.wall.retranslate()
        self.curves.retranslate()
        self.restyle()
