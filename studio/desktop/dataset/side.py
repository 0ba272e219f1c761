"""The left panel: datasets, sources, findings and labels, each a list of filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QMenu, QPushButton, QToolButton, QWidget

from studio.desktop import theme
from studio.desktop.dataset import words
from studio.desktop.dataset.inspector.rights_lists import MOST, RightsLists
from studio.desktop.dataset.session.columns import (
    EVERYTHING,
    EXCLUDED,
    HELD_OUT,
    TRAINS,
    Counts,
    View,
)
from studio.desktop.i18n import tr
from studio.desktop.widgets import boxes
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.count_list import CountList, Entry
from studio.desktop.widgets.labels import set_words
from studio.desktop.widgets.panel import SIDE_WIDTH, SectionHeader
from studio.desktop.widgets.steady_scroll import SteadyScroll, panel_column
from studio.engine.dataset.doctor import fixes
from studio.engine.dataset.doctor.checks.base import grouped
from studio.engine.dataset.index.store import Dataset, Source

_MORE = (28, 20)
_SUMS = {EVERYTHING: "found", TRAINS: "trains", HELD_OUT: "held_out", EXCLUDED: "excluded"}
"""Rows of the first list that are no findings, and what counts them."""


class Side(SteadyScroll):
    """Says what is chosen; the room decides what that means."""

    datasetChosen = Signal(object)
    filterChosen = Signal(str, object)
    """A field of the view, and what it is to be."""
    thresholdsWanted = Signal()
    outliersWanted = Signal()
    watchWanted = Signal(bool)
    reportWanted = Signal()
    cardWanted = Signal()
    addFolder = Signal()
    addFiles = Signal()
    newDataset = Signal()
    deleteWanted = Signal()
    removeWanted = Signal()
    """The dataset, or the source, that is chosen is to go."""
    fixWanted = Signal(str)
    """Leave out what has the finding that is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        inner, self._column = panel_column(2)
        super().__init__(inner, parent)
        self.setFixedWidth(SIDE_WIDTH)
        self.heads = [SectionHeader("") for _ in range(6)]
        self.more = [QToolButton(), QToolButton()]
        """The menus of datasets and of sources."""
        self.datasets, self.sources = CountList(), CountList()
        self.findings, self.labels = CountList(), CountList()
        self.ratings, self.rights = CountList(), RightsLists()
        self.report, self.card = secondary(""), secondary("")
        self.thresholds, self.outliers, self.watch = secondary(""), secondary(""), QCheckBox()
        self.fix, self._kind = secondary(""), ""
        self.new_dataset, self.add_folder, self.add_files = (secondary("") for _ in range(3))
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        # Each head carries the space above it, so that a hidden section leaves no gap.
        for head in self.heads[1:]:
            head.setContentsMargins(0, 14, 0, 0)
        groups: list[list[QWidget]] = [
            [self._headed(0), self.datasets, self.new_dataset],
            [self._headed(1), self.sources, self.add_folder, self.add_files, self.watch],
            [self.heads[2], self.findings, self.fix, self.thresholds, self.outliers, self.report],
            [self.heads[3], self.labels],
            [self.heads[4], self.ratings],
            [self.heads[5], self.rights, self.card],
        ]
        for group in groups:
            for widget in group:
                if isinstance(widget, QPushButton | QCheckBox):
                    self._column.addSpacing(4)
                self._column.addWidget(widget)
        self.fix.hide()
        self._column.addStretch(1)

    def _headed(self, place: int) -> QWidget:
        line, head, button = QWidget(), self.heads[place], self.more[place]
        button.setObjectName("cross")
        button.setFixedSize(*_MORE)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        above = head.contentsMargins().top()
        head.setContentsMargins(0, 0, 0, 0)
        boxes.row((head, 1), button, on=line, gap=-1, margins=(0, above, 0, 0))
        return line

    def set_menus(self, datasets: QMenu, sources: QMenu) -> None:
        """What can be done with the chosen dataset, and with the chosen source.

        By the button, by the other mouse button or the menu key on a row; Delete is the quick way.
        """
        wishes = ((self.datasets, datasets, self.deleteWanted),
                  (self.sources, sources, self.removeWanted))  # fmt: skip
        for (rows, menu, gone), button in zip(wishes, self.more, strict=True):
            button.setMenu(menu)
            rows.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            rows.customContextMenuRequested.connect(partial(_pop_up, rows, menu))
            quick = QShortcut(QKeySequence.StandardKey.Delete, rows)
            quick.setContext(Qt.ShortcutContext.WidgetShortcut)
            quick.activated.connect(gone)

    def _connect(self) -> None:
        self.datasets.chosen.connect(self.datasetChosen)
        self.findings.chosen.connect(partial(self.filterChosen.emit, "kind"))
        self.sources.chosen.connect(partial(self.filterChosen.emit, "source_id"))
        self.labels.chosen.connect(partial(self.filterChosen.emit, "label"))
        self.ratings.chosen.connect(partial(self.filterChosen.emit, "rating"))
        self.rights.chosen.connect(self.filterChosen)
        self.thresholds.clicked.connect(self.thresholdsWanted)
        self.outliers.clicked.connect(self.outliersWanted)
        self.watch.clicked.connect(self.watchWanted)
        self.fix.clicked.connect(lambda: self.fixWanted.emit(self._kind))
        self.report.clicked.connect(self.reportWanted)
        self.card.clicked.connect(self.cardWanted)
        self.add_folder.clicked.connect(self.addFolder)
        self.add_files.clicked.connect(self.addFiles)
        self.new_dataset.clicked.connect(self.newDataset)

    def retranslate(self) -> None:
        """Texts in the current language; the lists follow with the next `show_*`."""
        titles = (
            tr("Datasets"), tr("Sources"), tr("Findings"), tr("Labels"), tr("Rating"), tr("Rights"),
        )  # fmt: skip
        lists = (
            self.datasets, self.sources, self.findings, self.labels, self.ratings, self.rights,
        )  # fmt: skip
        for head, title, rows in zip(self.heads, titles, lists, strict=True):
            head.setText(title)
            rows.setAccessibleName(title)
        self.rights.retranslate()
        self.setAccessibleName(tr("Filters"))
        set_words(
            (self.add_folder, tr("Add a folder…"),
             tr("Add the pictures of a folder to this dataset. The originals are only read.")),
            (self.add_files, tr("Add pictures or a zip…"),
             tr("Add single pictures or zip archives to this dataset.")),
            (self.new_dataset, tr("New dataset…"),
             tr("Make another dataset of this project from a folder.")),
            (self.watch, tr("Watch the folders"),
             tr("Import by itself what appears in the folders of this dataset.")),
            (self.thresholds, tr("Thresholds…"),
             tr("Set on a histogram from where on a picture is blurred, dark, small… (T).")),
            (self.outliers, tr("Find outliers"),
             tr("Compare every picture with its neighbours in feature space (kNN distance).")),
            (self.report, tr("Save the report…"),
             tr("Write what was found to a file: a web page with small pictures, or JSON.")),
            (self.card, tr("Save the dataset card…"),
             tr("Write what this dataset is and under which terms: Markdown and JSON.")),
            (self.more[0], tr("Dataset menu"),
             tr("Rename or delete the chosen dataset (F2, Del in the list).")),
            (self.more[1], tr("Source menu"),
             tr("Remove the chosen source or add one (Del in the list).")),
        )  # fmt: skip
        for tool in self.more:
            tool.setIcon(theme.icon("more", theme.colours().quiet))
        self._say_fix()

    # ------------------------------------------------------------------ what is shown

    def show_datasets(
        self, datasets: Sequence[Dataset], counts: dict[int, int], current: int | None
    ) -> None:
        entries = [
            Entry(d.id, d.name, words.number(counts.get(d.id, 0)), help=d.name) for d in datasets
        ]
        self.datasets.set_entries(entries, current)

    def show_counts(self, counts: Counts, sources: Sequence[Source], view: View) -> None:
        by_source = counts.sources
        rows = [Entry(None, tr("All sources"), words.number(counts.totals.get("found", 0)))]
        rows += [
            Entry(s.id, s.path.name or str(s.path), words.number(by_source[s.id]), help=str(s.path))
            for s in sources
        ]
        self.sources.set_entries(rows if len(sources) > 1 else rows[1:], view.source_id)
        if len(sources) == 1:
            self.sources.setCurrentRow(-1)
        self._show_findings(counts, view)
        self._show_fix(counts.kinds, view.kind)
        self._show_labels(counts.labels, view)
        self._show_ratings(counts.ratings, view)
        self.rights.show_counts(counts, view)
        for button in (self.report, self.card, self.thresholds, self.outliers):
            button.setEnabled(counts.totals.get("found", 0) > 0)

    def _show_fix(self, counts: Counter[str], kind: str) -> None:
        self._kind = kind if counts[kind] and fixes.fixable(kind) else ""
        self.fix.setVisible(bool(self._kind))
        self._say_fix()

    def _say_fix(self) -> None:
        if self._kind in grouped():
            text = tr("Keep only the best of each")
            help = tr("Leave out every copy but one of each group; Ctrl+Z undoes it.")
        else:
            text = tr("Exclude all found")
            help = tr("Leave out every picture with this finding; Ctrl+Z undoes it.")
        set_words((self.fix, text, help))

    def show_watch(self, on: bool, possible: bool) -> None:
        """Whether the folders of the dataset are watched, and whether it has any."""
        self.watch.setChecked(on)
        self.watch.setEnabled(possible)

    def _show_findings(self, found: Counts, view: View) -> None:
        counts, totals = Counter(found.kinds), found.shown()
        for kind, sum_of in _SUMS.items():
            counts[kind] = totals.get(sum_of, 0)
        kinds = [*words.kinds(), *sorted(set(counts) - set(words.kinds()))]
        entries = []
        for kind in kinds:
            count = counts[kind]
            if not count and not words.always(kind) and kind != view.kind:
                continue
            tone = "bad" if words.is_bad(kind) else "warn"
            if not count or kind in _SUMS:
                tone = "quiet"
            text, help = words.kind_title(kind), words.kind_help(kind)
            entries.append(Entry(kind, text, words.number(count), tone, help))
        self.findings.set_entries(entries, view.kind)

    def _show_labels(self, counts: Counter[str], view: View) -> None:
        labelled = any(counts[label] for label in counts if label)
        names = [label for label, _ in counts.most_common() if label][:MOST]
        entries = [Entry(None, tr("All labels"), words.number(sum(counts.values())))]
        entries += [Entry(name, name, words.number(counts[name])) for name in names]
        if counts[""]:
            entries.append(Entry("", tr("Not labelled"), words.number(counts[""])))
        self.labels.set_entries(entries if labelled else [], view.label)
        self.heads[3].setVisible(labelled)
        self.labels.setVisible(labelled)

    def _show_ratings(self, counts: Counter[int], view: View) -> None:
        rated = any(counts[stars] for stars in range(1, 6)) or view.rating > 0
        entries = [Entry(0, tr("Any rating"), words.number(sum(counts.values())))]
        for stars in range(5, 0, -1):
            many = sum(counts[each] for each in range(stars, 6))
            text = "★" * stars + "☆" * (5 - stars)
            if many or view.rating == stars:
                help = tr("At least {n} stars.", n=stars)
                entries.append(Entry(stars, text, words.number(many), help=help))
        self.ratings.set_entries(entries if rated else [], view.rating)
        self.heads[4].setVisible(rated)
        self.ratings.setVisible(rated)


def _pop_up(rows: QWidget, menu: QMenu, place: QPoint) -> None:
    menu.popup(rows.mapToGlobal(place))
