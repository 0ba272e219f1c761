"""How far a direction goes, which one moves together with it, and its group."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QLineEdit,
    QMenu,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from studio.desktop import theme
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.labels import set_words
from studio.engine.generation.directions.note import (
    FARTHEST_REACH,
    LONGEST_NAME,
    NO_NOTE,
    REACH,
    Note,
)


class DirectionMenu(QToolButton):
    """Amber where a direction has limits of its own, is linked or in a group."""

    limited = Signal(float, float)
    linked = Signal(str)
    """The identity of another one; empty for none."""
    grouped = Signal(str)
    """The name of a group; empty for none."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: Callable[[], Sequence[str]] = list
        """The groups that there are."""
        self.others: Callable[[], Sequence[tuple[str, str]]] = list
        """Identities and names of those that it could be linked with."""
        self._note = NO_NOTE
        self.setAutoRaise(True)
        self.setFixedSize(18, 18)
        self.setIconSize(QSize(12, 12))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self._menu.aboutToHide.connect(self._closed)
        self.setMenu(self._menu)
        self.low, self.high = QDoubleSpinBox(), QDoubleSpinBox()
        self._words = Label(), Label()
        for box, ends in ((self.low, (-FARTHEST_REACH, 0.0)), (self.high, (0.0, FARTHEST_REACH))):
            box.setRange(*ends)
            box.setSingleStep(0.5)
            box.setSuffix(" σ")
        self._limits = QWidget()
        grid = QGridLayout(self._limits)
        for number, (word, box) in enumerate(zip(self._words, (self.low, self.high), strict=True)):
            grid.addWidget(word, number, 0)
            grid.addWidget(box, number, 1)
        self._action, self._naming = QWidgetAction(self), QWidgetAction(self)
        self._action.setDefaultWidget(self._limits)
        self.new_group = QLineEdit()
        self.new_group.setMaxLength(LONGEST_NAME)
        self.new_group.returnPressed.connect(self._named)
        self._naming.setDefaultWidget(self.new_group)

    def show_note(self, note: Note) -> None:
        """Without telling anybody."""
        self._note = note
        self.low.setValue(note.low)
        self.high.setValue(note.high)
        self.restyle()

    def _fill(self) -> None:
        self._menu.clear()
        self._menu.addAction(self._action)
        self._menu.addSeparator()
        together = self._menu.addMenu(tr("Move together with"))
        for key, name in (("", tr("None")), *self.others()):
            action = together.addAction(name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(key == self._note.linked)
            action.triggered.connect(lambda _=False, key=key: self.linked.emit(key))
        self.new_group.clear()
        group = self._menu.addMenu(tr("Group"))
        for name in ("", *self.groups()):
            action = group.addAction(name.replace("&", "&&") or tr("None"))
            action.setCheckable(True)
            action.setChecked(name == self._note.group)
            action.triggered.connect(lambda _=False, name=name: self.grouped.emit(name))
        group.addAction(self._naming)

    def _named(self) -> None:
        name = self.new_group.text().strip()
        self._menu.close()
        if name:
            self.grouped.emit(name)

    def _closed(self) -> None:
        """What stands in the boxes is meant once the menu is closed."""
        limits = round(self.low.value(), 2), round(self.high.value(), 2)
        if limits != (self._note.low, self._note.high):
            self.limited.emit(*limits)

    def restyle(self) -> None:
        c, note = theme.colours(), self._note
        own = (note.low, note.high) != (-REACH, REACH) or bool(note.linked or note.group)
        self.setIcon(theme.icon("more", c.accent if own else c.quiet))

    def retranslate(self, title: str) -> None:
        words = tr("Limits of {name}, what moves together with it, and its group", name=title)
        set_words((self, "", words))
        ends = (self._words[0], self.low, tr("Lowest")), (self._words[1], self.high, tr("Highest"))
        for word, box, text in ends:
            word.setText(text)
            set_words((box, text, tr("How far the slider goes, in steps (σ)")))
        self.new_group.setPlaceholderText(tr("New group"))
        tip = tr("Name of a new group, under which directions stand together; then Enter")
        set_words((self.new_group, tr("New group"), tip))
