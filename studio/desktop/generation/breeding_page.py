"""What is seen of breeding: the parents, how strange children may be, and the children."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from studio.desktop.generation.recipe_sheet import RecipeSheet
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.param_slider import ParamSlider

CHILDREN = 9


class BreedingPage(QWidget):
    """Says what the hand wants; shows what it is told."""

    strengthMoved = Signal(float)
    currentWanted = Signal()
    markedWanted = Signal()
    keptWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parents, self.children_sheet = RecipeSheet(1), RecipeSheet(3)
        self.strength = ParamSlider("", 0.0, 1.0, 0.2, 0.01, "")
        self.breed, self.add = secondary(), QToolButton()
        self.reason = text_label(quiet=True)
        self.words = Label()
        self._quiet = False
        self._menu = QMenu(self)
        self._ways = {
            self._menu.addAction(""): signal
            for signal in (self.currentWanted, self.markedWanted, self.keptWanted)
        }
        for action, signal in self._ways.items():
            action.triggered.connect(signal)
        self.add.setMenu(self._menu)
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._all = QWidget()
        column(
            row(self.words, None, self.add, gap=6), self.parents, self.strength,
            self.children_sheet, row(self.breed, None), on=self._all, gap=8,
        )  # fmt: skip
        column(self.reason, self._all, on=self)
        self.strength.valueChanged.connect(self._moved)
        self.show_reason("")
        self.show_parents(0)
        self.show_children(0)

    def show_reason(self, sentence: str) -> None:
        """Why pictures cannot be bred; empty where they can."""
        self.reason.setText(sentence)
        self.reason.setVisible(bool(sentence))
        self._all.setVisible(not sentence)

    def set_ratio(self, ratio: float) -> None:
        self.parents.set_ratio(ratio)
        self.children_sheet.set_ratio(ratio)

    def show_parents(self, count: int) -> None:
        self.parents.set_tiles(_parents(count))
        self.parents.set_marks(range(count))
        self._say_parents()

    def show_children(self, count: int) -> None:
        self.children_sheet.set_tiles(_children(count))

    def show_strength(self, value: float) -> None:
        self._quiet = True
        self.strength.setValue(value)
        self._quiet = False

    def _moved(self, value: float) -> None:
        if not self._quiet:
            self.strengthMoved.emit(value)

    def _say_parents(self) -> None:
        count = self.parents.count()
        self.words.setText(tr("Parents: {n}", n=count) if count else tr("Parent: this picture"))

    def retranslate(self) -> None:
        ways = tr("This picture"), tr("Pictures marked as more"), tr("The newest kept pictures")
        for action, text in zip(self._ways, ways, strict=True):
            action.setText(text)
        self.strength.set_label(tr("Mutation"))
        self.strength.setToolTip(tr(
            "How far children lie from their parents, towards pictures that chance draws; "
            "double-click resets"
        ))  # fmt: skip
        breed = tr(
            "Children of the parents: each layer is that of one of them (uniform crossover, "
            "Shift+N); of this picture where there are none"
        )
        parent = tr("A parent")
        self.parents.offer_mark(parent)
        self.children_sheet.offer_mark(parent)
        add = tr("Choose what children are made of (Shift+P: this picture)")
        play = tr("A click plays it; right-click or + takes it from the parents")
        child = tr("A click plays it; right-click or + makes it a parent")
        set_words(
            (self.breed, tr("Breed"), breed), (self.parents, tr("Parents"), play),
            (self.children_sheet, tr("Children"), child),
        )  # fmt: skip
        set_words((self.add, "", add))
        self.add.setText(tr("Add…"))
        self.add.setAccessibleName(tr("Add to the parents"))
        self.parents.name_tiles(_parents(self.parents.count()))
        self.children_sheet.name_tiles(_children(self.children_sheet.count()))
        self._say_parents()


def _parents(count: int) -> list[str]:
    return [tr("Parent {n}", n=n + 1) for n in range(count)]


def _children(count: int) -> list[str]:
    return [tr("Child {n}", n=n + 1) for n in range(count)]
