"""Filters by what is stated about pictures: licence, author, where they come from, consent."""

from __future__ import annotations

from collections import Counter
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.desktop.dataset import words
from studio.desktop.dataset.session.columns import Counts, View
from studio.desktop.i18n import tr
from studio.desktop.widgets import boxes
from studio.desktop.widgets.count_list import CountList, Entry

MOST = 30
"""More are not a list any more; the search box finds the others' pictures."""
_GAP = 6


class RightsLists(QWidget):
    """Four lists below each other; all but the licences only where there is anything to list."""

    chosen = Signal(str, object)
    """A field of the view, and what it is to be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.licences, self.authors = CountList(), CountList()
        self.sites, self.consents = CountList(), CountList()
        boxes.column(self.licences, self.authors, self.sites, self.consents, on=self, gap=_GAP)
        self.licences.chosen.connect(partial(self.chosen.emit, "licence"))
        self.authors.chosen.connect(partial(self.chosen.emit, "author"))
        self.sites.chosen.connect(partial(self.chosen.emit, "site"))
        self.consents.chosen.connect(partial(self.chosen.emit, "consent"))

    def retranslate(self) -> None:
        """Texts in the current language; the rows follow with the next `show_counts`."""
        self.licences.setAccessibleName(tr("Rights"))
        self.authors.setAccessibleName(tr("Authors"))
        self.sites.setAccessibleName(tr("Source addresses"))
        self.consents.setAccessibleName(tr("Consent notes"))

    def show_counts(self, counts: Counts, view: View) -> None:
        """How many pictures have each; what the view asks for is there in any case."""
        texts = tr("Any licence"), tr("Not stated")
        _fill(self.licences, counts.licences, view.licence, *texts, always=True)
        texts = tr("Any author"), tr("No author stated")
        _fill(self.authors, counts.authors, view.author, *texts)
        texts = tr("Any source address"), tr("No address stated")
        _fill(self.sites, counts.sites, view.site, *texts)
        texts = tr("Any consent note"), tr("No consent stated")
        _fill(self.consents, counts.consents, view.consent, *texts)


def _fill(
    rows: CountList, counts: Counter[str], chosen: str | None, any_: str, none: str,
    *, always: bool = False,
) -> None:  # fmt: skip
    names = [name for name, _ in counts.most_common() if name][:MOST]
    if chosen and chosen not in names:
        names.append(chosen)
    entries = [Entry(None, any_, words.number(sum(counts.values())))]
    entries += [Entry(name, name, words.number(counts[name]), help=name) for name in names]
    if counts[""] or chosen == "":
        entries.append(Entry("", none, words.number(counts[""])))
    wanted = always or bool(names) or chosen is not None
    rows.set_entries(entries if wanted else [], chosen)
    rows.setVisible(wanted)
