"""Goes through the steps on the project that is open, or on the sample where none is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, QTimer
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from studio.desktop.window.rooms import Rooms
    from studio.desktop.window.shell import Shell
    from studio.desktop.window.tour.tour_card import TargetFrame, TourCard

_MOVES = {QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide}
_FRAME = 4
"""Pixels between a control and the line around it."""


class Tour(QObject):
    """Shows one step after the other over `window`, which can be used as ever meanwhile."""

    def __init__(
        self, shell: Shell, rooms: Callable[[], Rooms], sample: Callable[[], None], window: QWidget
    ) -> None:
        super().__init__(window)
        self._shell, self._rooms, self._sample, self._window = shell, rooms, sample, window
        self.step = -1
        """The one that is shown; -1 for none."""
        self._waits = False
        """For the sample to be open."""
        self._target: QWidget | None = None
        shell.studio.projectChanged.connect(self._project_changed)

    @cached_property
    def card(self) -> TourCard:
        from studio.desktop.window.tour.tour_card import TourCard

        card = TourCard(self._window)
        card.nextWanted.connect(lambda: self._turn(1))
        card.backWanted.connect(lambda: self._turn(-1))
        card.endWanted.connect(self.end)
        self._window.installEventFilter(self)
        return card

    @cached_property
    def frame(self) -> TargetFrame:
        from studio.desktop.window.tour.tour_card import TargetFrame

        return TargetFrame(self._window)

    def begin(self) -> None:
        """At the first step; where no project is open the sample comes first."""
        if self._shell.studio.project is None:
            self._waits = True
            self._sample()
        else:
            self._show(0)

    def _begin_at_last(self) -> None:
        self._waits = False
        if self._shell.studio.project is not None:
            self._show(0)

    @property
    def is_under_way(self) -> bool:
        """Whether it is shown, or waits for the sample."""
        return self._waits or self.step >= 0

    def end(self) -> None:
        if self.step >= 0:
            self.step = -1
            self._watch(None)
            self.card.hide()
            self.frame.hide()

    def _turn(self, by: int) -> None:
        from studio.desktop.window.tour.steps import STEPS

        wanted = self.step + by
        if wanted >= len(STEPS):
            self.end()
        elif wanted >= 0:
            self._show(wanted)

    def _show(self, step: int) -> None:
        from studio.desktop.window.tour.steps import STEPS

        self.step = step
        self._shell.go(STEPS[step].place)
        self.card.show_step(step)
        self._place()
        # A place that is seen for the first time is laid out after this.
        QTimer.singleShot(0, self, self._place)

    def _place(self) -> None:
        """Frame and card where the control is by now."""
        from studio.desktop.window.tour.steps import STEPS

        if self.step < 0:
            return
        targets = STEPS[self.step].targets(self._rooms())
        room = targets[-1]
        target = next((each for each in targets if each.isVisible()), room)
        self._watch(target)
        spot, inside = self._in_window(target), self._in_window(room)
        self.frame.setGeometry(spot.adjusted(-_FRAME, -_FRAME, _FRAME, _FRAME).intersected(inside))
        self.frame.setVisible(target.isVisible())
        self.frame.raise_()
        self.card.stand_beside(spot, inside)
        self.card.raise_()

    def _in_window(self, widget: QWidget) -> QRect:
        return QRect(widget.mapTo(self._window, widget.rect().topLeft()), widget.size())

    def _watch(self, target: QWidget | None) -> None:
        """What is pointed at may grow while it is filled, and go when another place is chosen."""
        if target is not self._target:
            if self._target is not None:
                self._target.removeEventFilter(self)
            if target is not None:
                target.installEventFilter(self)
            self._target = target

    def _project_changed(self) -> None:
        if self._shell.studio.project is None:
            self.end()
        elif self._waits:
            # The sample goes to a place of its own when it is open: the tour begins after that.
            QTimer.singleShot(0, self, self._begin_at_last)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.step >= 0 and event.type() in _MOVES:
            QTimer.singleShot(0, self, self._place)
        if self.step >= 0 and event.type() == QEvent.Type.LanguageChange:
            self.card.retranslate()
            QTimer.singleShot(0, self, self._place)
        return super().eventFilter(watched, event)
