"""The run on the screen: going on with it, renaming it, and another one behind its curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from studio.desktop.run_names import run_name
from studio.desktop.training.centre import Centre
from studio.desktop.training.new_run.new_run_actions import Planning
from studio.desktop.training.run.run_panel import RunPanel
from studio.desktop.training.run.run_steps import Managing
from studio.desktop.training.session.queries import Opened
from studio.desktop.training.session.session import Session

if TYPE_CHECKING:
    from studio.engine.training.planning.runs import Run


class Tending(QObject):
    """Between the panels that show a run and those that change it."""

    """A run has another title, is gone or is back."""
    gone = Signal()
    """The run on the screen was removed."""

    def __init__(
        self, session: Session, planning: Planning, managing: Managing, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.session, self.planning, self.managing = session, planning, managing
        managing.changed.connect(self._run_changed)

    def join(self, panel: RunPanel, centre: Centre) -> None:
        self.panel, self.centre = panel, centre
        centre.other.picked.connect(self._compare)
        self.session.otherRead.connect(self._other_read)

    @Slot()
    def go_on(self) -> None:
        """Train the run further, with other pictures where some were chosen."""
        viewed, other = self.session.viewed, self.panel.other_pictures()
        if viewed is None or self.session.training:
            return
        if other:
            self.planning.go_on_with(viewed.run.name, other)
        else:
            self.session.resume(viewed.run.name)

    @Slot(str)
    def rename(self, title: str) -> None:
        if self.session.viewed is not None:
            self.managing.rename(self.session.viewed.run.name, title)

    def offer_others(self, runs: Sequence[Run]) -> None:
        """All but the one on the screen may be compared with it."""
        viewed = self.session.viewed
        name = viewed.run.name if viewed is not None else ""
        self.centre.offer_others(
            [
                (run.name, run_name(run.name, run.family, run.title))
                for run in runs
                if run.name != name
            ]
        )

    @Slot(str)
    def _run_changed(self, name: str) -> None:
        self.session.read_runs()
        viewed = self.session.viewed
        if viewed is not None and viewed.run.name == name and not viewed.run.folder.exists():
            self.gone.emit()

    @Slot(str)
    def _compare(self, name: str) -> None:
        if name:
            self.session.read_other(name)
        else:
            self.centre.show_other(None)

    @Slot(object)
    def _other_read(self, other: Opened) -> None:
        if other.run.name == self.centre.other.key():
            self.centre.show_other(other.record)
