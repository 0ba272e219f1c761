"""Beside the picture: of whom it was bred, and the way to each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from studio.desktop import theme
from studio.desktop.i18n import said, tr
from studio.desktop.widgets.labels import set_words

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import Descent


class ParentsButton(QToolButton):
    """Can be pressed where the picture on the canvas was bred; always there, so that nothing
    beside it moves."""

    wanted = Signal(object)
    """The :class:`Parent` that was chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._descent: Descent | None = None
        self.setFixedSize(38, 30)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setEnabled(False)
        menu = QMenu(self)
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)

    def show_descent(self, descent: Descent | None) -> None:
        """That of the picture on the canvas."""
        if descent is not self._descent:
            self._descent = descent
            self.setEnabled(descent is not None)
            self.retranslate()

    def open(self) -> None:
        """By key."""
        if self._descent is not None:
            self.showMenu()

    def _fill(self) -> None:
        menu, born = self.menu(), self._descent
        menu.clear()
        if born is None:
            return
        for number, parent in enumerate(born.parents):
            action = menu.addAction(_line(born, number).replace("&", "&&"))
            action.triggered.connect(lambda _=False, one=parent: self.wanted.emit(one))
        menu.addSeparator()
        how = tr("Child {n} · random seed {seed} · mutation {mutation}", n=born.number + 1,
                 seed=born.seed, mutation=f"{born.mutation:.2f}")  # fmt: skip
        menu.addAction(how).setEnabled(False)

    def retranslate(self) -> None:
        self.setIcon(theme.icon("parents"))
        if self._descent is None:
            tip = tr("Parents of a picture that was bred; this one was not (Ctrl+P)")
        else:
            tip = tr(
                "Child of {parents}: a click shows what it has of each, and goes there (Ctrl+P)",
                parents=names_of(self._descent),
            )
        set_words((self, "", tip))
        self.setAccessibleName(tr("Parents of this picture"))


def names_of(descent: Descent) -> str:
    """All of them, as breeders write a cross."""
    from studio.engine.generation.offspring import cross

    return said(cross(descent))


def _line(descent: Descent, number: int) -> str:
    """A parent, and how much of its child's point is its own."""
    from studio.engine.generation.offspring import called

    name, whose = said(called(descent.parents[number])), descent.crossover
    if number not in whose:  # only a slider, a bend or the noise
        return name
    if descent.share is None:
        return tr("{name} · {n} of {count} layers", name=name, n=whose.count(number),
                  count=len(whose))  # fmt: skip
    share = descent.share if whose.index(number) else 1 - descent.share
    return tr("{name} · {share} %", name=name, share=round(100 * share))
