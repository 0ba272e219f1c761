"""The directions of a model: of which kind, one row each, and what moves all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QProgressBar, QToolButton, QWidget

from studio.desktop import i18n, theme
from studio.desktop.generation.direction_line import FIRST_KIND, DirectionLine, KindLine
from studio.desktop.generation.direction_pad import DirectionPad
from studio.desktop.generation.direction_row import DirectionRow
from studio.desktop.i18n import tr
from studio.desktop.widgets import boxes
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.elided_combo import ElidedCombo
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.panel import SectionHeader

FIRST_SHOWN = 8


class DirectionList(QWidget):
    """Rows in the artist's order. Says what the hand did; shows what it is told."""

    moved = Signal(str, float)
    renamed = Signal(str, str)
    pinned = Signal(str, bool)
    zoned = Signal(str, str)
    ordered = Signal(str, int)
    limited = Signal(str, float, float)
    linked = Signal(str, str)
    grouped = Signal(str, str)
    kindChosen = Signal(str)
    randomized = Signal()
    zeroed = Signal()
    shown = Signal()
    """Other rows are in sight, or others stand in them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[DirectionRow] = []
        self._kinds: tuple[KindLine, ...] = ()
        self._top: list[str] = []
        self.heads: dict[str, QToolButton] = {}
        """Above the rows of each group, and where there is one above those of none; folded, a group
        shows what is in use."""
        self._values: Mapping[int | str, float] = {}
        self._zones: tuple[tuple[str, ...], int] = (), 1
        self.head, self.kind = SectionHeader(), ElidedCombo()
        self.dice, self.zero = QToolButton(), QToolButton()
        self.searching, self.search_bar = text_label(quiet=True), QProgressBar()
        self.search_bar.setTextVisible(False)
        self.search_bar.setFixedHeight(4)
        self.more, self.pad_button, self.pad = secondary(), secondary(), DirectionPad()
        for button in (self.more, self.pad_button):
            button.setCheckable(True)
        self.pad.setVisible(False)
        self._lay_out()
        self.kind.activated.connect(lambda row: self.kindChosen.emit(self.kind.itemData(row)))
        self.dice.clicked.connect(self.randomized)
        self.zero.clicked.connect(self.zeroed)
        self.more.toggled.connect(self._show_more)
        self.pad_button.toggled.connect(self.pad.setVisible)

    def _lay_out(self) -> None:
        for tool in (self.dice, self.zero):
            tool.setAutoRaise(True)
            tool.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            tool.setFixedSize(28, 20)
        self.kind.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.kind.setMinimumContentsLength(8)
        self._place = boxes.column(gap=2)
        head = boxes.row(self.head, None, self.dice, self.zero, gap=4)
        searching = self.searching, self.search_bar
        foot = boxes.row(self.more, None, self.pad_button, gap=6)
        boxes.column(head, self.kind, *searching, self._place, foot, self.pad, on=self, gap=6)

    # ------------------------------------------------------------------ what there is

    def set_model(self, kinds: Sequence[KindLine], zones: Sequence[str], slots: int) -> None:
        """The kinds that the open model can have, and its layers."""
        self._kinds, self._zones = tuple(kinds), (tuple(zones), slots)
        self._fill_kinds(FIRST_KIND)
        for row in self.rows:
            row.zone.set_zones(*self._zones)

    def chosen_kind(self) -> str:
        return str(self.kind.currentData() or FIRST_KIND)

    def _fill_kinds(self, chosen: str) -> None:
        self.kind.clear()
        for place, each in enumerate(self._kinds):
            self.kind.addItem(tr(each.title), each.name)
            self.kind.setItemData(place, tr(each.summary), Qt.ItemDataRole.ToolTipRole)
        self.kind.setCurrentIndex(max(0, self.kind.findData(chosen)))
        self.kind.setVisible(len(self._kinds) > 1)

    def set_lines(self, lines: Sequence[DirectionLine]) -> None:
        """One row for each; rows that are there already stay."""
        kind = self.chosen_kind()
        sorted_lines = sorted(
            lines, key=lambda each: (each.kind != kind, not each.number, each.number)
        )
        while len(self.rows) > len(sorted_lines):
            row = self.rows.pop()
            self._place.removeWidget(row)
            row.hide()
            row.deleteLater()
        while len(self.rows) < len(sorted_lines):
            self._add_row(sorted_lines[len(self.rows)])
        for row, line in zip(self.rows, sorted_lines, strict=True):
            row.show_line(line)
        self._top = [line.key for line in lines if line.note.pinned]
        self._order()
        self.pad.set_lines([row.line for row in self.in_order()])

    def show_lines(self, lines: Sequence[DirectionLine], top: Sequence[str]) -> None:
        """The same directions with other words; `top` is the order of those that are pinned."""
        by_key = {line.key: line for line in lines}
        for row in self.rows:
            if row.line.key in by_key:
                row.show_line(by_key[row.line.key])
        self._top = list(top)
        self._order()
        self.pad.set_lines([row.line for row in self.in_order()])
        self.show_values(self._values, {})

    def _add_row(self, line: DirectionLine) -> None:
        row = DirectionRow(line)
        row.moved.connect(self.moved)
        row.renamed.connect(self.renamed)
        row.pinned.connect(self.pinned)
        row.zoned.connect(self.zoned)
        row.ordered.connect(self.ordered)
        row.menu.limited.connect(lambda *ends: self.limited.emit(row.line.key, *ends))
        row.menu.linked.connect(lambda other: self.linked.emit(row.line.key, other))
        row.menu.grouped.connect(lambda group: self.grouped.emit(row.line.key, group))
        row.menu.others = lambda: self._others(row)
        row.menu.groups = lambda: [name for name in self.heads if name]
        if self._zones[0]:
            row.zone.set_zones(*self._zones)
        self.rows.append(row)
        self._place.addWidget(row)

    def _others(self, row: DirectionRow) -> list[tuple[str, str]]:
        """Those in sight that a direction could be linked with."""
        return [(each.line.key, each.title) for each in self.in_sight() if each is not row]

    def row(self, key: str) -> DirectionRow | None:
        return next((row for row in self.rows if row.line.key == key), None)

    def in_order(self) -> list[DirectionRow]:
        """From the top."""
        return sorted(self.rows, key=self._place.indexOf)

    def in_sight(self) -> list[DirectionRow]:
        return [row for row in self.in_order() if not row.isHidden()]

    # ------------------------------------------------------------------ their order

    def _order(self) -> None:
        places = {key: place for place, key in enumerate(self._top)}
        count = {row: number for number, row in enumerate(self.rows)}

        def place_of(row: DirectionRow) -> tuple[int, str, bool, int]:
            note = row.line.note
            rank = 1 if note.group else 0 if note.pinned else 2
            place = places.get(row.line.key, 0) if note.pinned else count[row]
            return rank, note.group.casefold(), not note.pinned, place

        ordered = sorted(self.rows, key=place_of)
        self._place_all(ordered)
        self._show_rows(ordered)

    def _place_all(self, ordered: Sequence[DirectionRow]) -> None:
        """Rows from the top, each group below its name, then the others."""
        named = list(dict.fromkeys(row.line.note.group for row in ordered if row.line.note.group))
        named += [""] if named else []
        for gone in [name for name in self.heads if name not in named]:
            head = self.heads.pop(gone)
            self._place.removeWidget(head)
            head.hide()
            head.deleteLater()
        self.heads = {name: self.heads.get(name) or self._head(name) for name in named}
        widgets: list[QWidget] = []
        for row in ordered:
            note = row.line.note
            own = self.heads.get(note.group) if note.group or not note.pinned else None
            widgets += [row] if own is None or own in widgets else [own, row]
        for place, widget in enumerate(widgets):
            if self._place.indexOf(widget) != place:
                self._place.removeWidget(widget)
                self._place.insertWidget(place, widget)

    def _head(self, name: str) -> QToolButton:
        head = QToolButton()
        head.setObjectName("fold")
        head.setCheckable(True)
        head.setChecked(True)
        head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        head.setIconSize(QSize(12, 12))
        head.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        head.toggled.connect(self._folded)
        self._dress(head, name)
        return head

    def _dress(self, head: QToolButton, name: str) -> None:
        title = name or tr("Other directions")
        set_words((head, title, tr("Show or hide the directions of the group {name}", name=title)))
        head.setText(title.replace("&", "&&"))  # or it were a key of the letter after it
        icon = "angle-down" if head.isChecked() else "angle-right"
        head.setIcon(theme.icon(icon, theme.colours().quiet))

    def _folded(self) -> None:
        for name, head in self.heads.items():
            self._dress(head, name)
        self._show_rows(self.in_order())

    def _show_rows(self, ordered: Sequence[DirectionRow]) -> None:
        kind, shown = self.chosen_kind(), 0
        for row in ordered:
            own = row.line.kind == kind
            # What is in use is never hidden, or it could not be put back.
            note = row.line.note
            used = row.value() != 0 or (note.pinned and not note.group)
            is_open = note.group not in self.heads or self.heads[note.group].isChecked()
            in_reach = bool(note.group) or (own and (shown < FIRST_SHOWN or self.more.isChecked()))
            row.setVisible(used or (is_open and in_reach))
            shown += own and not note.group
        self.more.setVisible(shown > FIRST_SHOWN)
        self.shown.emit()

    def _show_more(self, on: bool) -> None:
        self.more.setText(tr("Fewer directions") if on else tr("More directions"))
        self._order()

    def order(self) -> list[int]:
        """Places in `rows`, from the top."""
        return [self.rows.index(row) for row in self.in_order()]

    # ------------------------------------------------------------------ what goes on

    def set_searching(self, done: int | None, total: int = 0) -> None:
        """Progress of looking for directions; None when they are there."""
        self.searching.setText(tr("Looking for directions…"))
        for widget in (self.searching, self.search_bar):
            widget.setVisible(done is not None)
        self.search_bar.setRange(0, total)
        self.search_bar.setValue(done or 0)

    def show_reason(self, sentence: str) -> None:
        """Why there are none of this kind."""
        self.set_searching(None)
        self.searching.setText(i18n.said(sentence))
        self.searching.setVisible(True)
        self._show_rows(self.in_order())

    def show_values(self, values: Mapping[int | str, float], zones: Mapping[str, str]) -> None:
        """Steps by identity, and where they go."""
        self._values = values
        self.pad.show_values(values)
        hidden_one = False
        for row in self.rows:
            value = values.get(row.line.key, 0.0)
            row.show_value(value)
            row.show_zone(zones.get(row.line.key, row.line.note.zone))
            hidden_one |= value != 0 and row.isHidden()
        if hidden_one:
            self._order()

    # ------------------------------------------------------------------ words

    def restyle(self) -> None:
        quiet = theme.colours().quiet
        self.dice.setIcon(theme.icon("shuffle", quiet))
        self.zero.setIcon(theme.icon("rotate-ccw", quiet))
        for row in self.rows:
            row.restyle()
        for name, head in self.heads.items():
            self._dress(head, name)

    def retranslate(self) -> None:
        self.head.setText(tr("Directions"))
        self._fill_kinds(self.chosen_kind())
        kinds = tr("How directions are found: by what varies, by the weights, by what is said of "
                   "the pictures, or by what you picked")  # fmt: skip
        set_words(
            (self.kind, tr("Kind of directions"), kinds),
            (self.dice, "", tr("All directions in sight to values drawn by chance (randomize)")),
            (self.zero, "", tr("All directions back to 0")),
            (self.more, tr("More directions"), tr("Show the finer directions too")),
            (self.pad_button, tr("XY pad"), tr("Move two directions at once, on a square")),
        )
        self.searching.setText(tr("Looking for directions…"))
        self.search_bar.setAccessibleName(tr("Looking for directions…"))
        self._show_more(self.more.isChecked())
        for row in self.rows:
            row.retranslate()
        self.pad.retranslate()
        self.pad.set_lines([row.line for row in self.in_order()])
        self.restyle()
