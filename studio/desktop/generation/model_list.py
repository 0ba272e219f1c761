"""The models that can be played: the runs of the project that have a checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.desktop.generation.session import Session
from studio.desktop.generation.side import Side
from studio.desktop.i18n import tr
from studio.desktop.run_names import distinct, run_name, when

if TYPE_CHECKING:
    from studio.engine.training.planning.runs import Run


class Models:
    """Knows what runs are called and which of them trains, and keeps the list in step."""

    def __init__(self, session: Session, side: Side) -> None:
        self._session, self._side = session, side
        self.runs: list[Run] = []
        self._live = ""

    def clear(self) -> None:
        self.runs, self._live = [], ""

    def set_live(self, run: str) -> None:
        """Which run trains now; empty for none."""
        if run != self._live:
            self._live = run
            self.show()

    def name(self, run: str) -> str:
        found = next((each for each in self.runs if each.name == run), None)
        return run_name(run, found.family, found.title) if found is not None else run

    def show(self) -> None:
        """All of them, the one on the canvas with its checkpoint."""
        model = self._session.model
        current = model.run if model is not None else ""
        names = {}
        for run in self.runs:
            words = self.name(run.name)
            if model is not None and run.name == current:
                number = model.checkpoint.lstrip("0")
                words = tr("{run} · checkpoint {n}", run=words, n=number)
            else:
                words = f"{words} · {when(run.created)}"
            names[run.name] = words
        self._side.show_models(list(distinct(names).items()), current, self._live)
