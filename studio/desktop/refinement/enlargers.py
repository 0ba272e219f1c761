"""Enlarging as a run's originals look close up: the networks there are, and how one is made."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from studio.desktop.base.piece_shelf import PieceShelf
from studio.desktop.base.studio import Studio
from studio.desktop.i18n import tr
from studio.desktop.refinement import worker
from studio.engine.jobs import Ending, Job
from studio.engine.project import Project
from studio.engine.refinement.enlarge import Enlarge
from studio.engine.refinement.enlarger import card as cards
from studio.engine.refinement.enlarger.card import Card
from studio.engine.refinement.enlarger.enlarger_training import Learned, Order
from studio.engine.refinement.places import changed, entry_at, places
from studio.engine.refinement.stack import Stack, Step
from studio.engine.said import Said

SCALES = (2, 4, 8)
MINUTES = (5, 15, 30, 60)
LANE = "enlarger"


class Enlarging(QObject):
    """Fills the menu of `button` whenever it opens, for the piece that `current` gives."""

    def __init__(
        self,
        button: QPushButton,
        studio: Studio,
        shelf: PieceShelf,
        current: Callable[[], int],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._button, self._studio, self._shelf, self._current = button, studio, shelf, current
        self.stack: Callable[[], Stack] = Stack
        self.put: Callable[[Stack, str], object] = lambda stack, text: None
        self._job: Job[Learned] | None = None
        self._menus: list[QMenu] = []
        self._menu = QMenu(button)
        button.setMenu(self._menu)
        self._menu.aboutToShow.connect(self.fill)

    def open(self) -> None:
        """The menu, for those who come by a key or by the list of steps."""
        if self._button.isVisible():
            self._button.showMenu()

    def fill(self) -> None:
        """The run's enlargers, the best known first, and what else could be learnt."""
        for menu in self._menus:
            menu.deleteLater()
        self._menus = []
        self._menu.clear()
        kept, project = self._shelf.kept.get(self._current()), self._shelf.project
        if kept is None or project is None:
            self._menu.addAction(tr("Choose a piece first")).setEnabled(False)
            return
        may_change = not project.read_only_reason
        for path, card in reversed(worker.enlargers(project, kept.piece.run_name).items()):
            action = self._menu.addAction(_words(card))
            action.setEnabled(may_change)
            action.triggered.connect(partial(self._use, path, card))
        if not self._menu.isEmpty():
            self._menu.addSeparator()
        for scale in SCALES:
            menu = QMenu(tr("Learn ×{scale} from the originals", scale=scale), self._menu)
            menu.setEnabled(may_change and self._job is None)
            for minutes in MINUTES:
                action = menu.addAction(tr("{n} minutes", n=minutes))
                order = Order(kept.piece.run_name, scale, float(minutes))
                action.triggered.connect(partial(self.learn, order))
            self._menus.append(menu)
            self._menu.addMenu(menu)

    # ------------------------------------------------------------------ steps

    def _use(self, path: Path, card: Card, _checked: bool = False) -> None:
        """One step that enlarges: the one that is there, or a new one at the end."""
        params = {"enlarger": cards.in_project(card.run, path), "factor": float(card.scale)}
        stack, title = self.stack(), tr(Enlarge.title)
        for place in places(stack):
            step = entry_at(stack, place)
            if isinstance(step, Step) and step.op == Enlarge.name:
                other = step.model_copy(update={"params": {**step.params, **params}})
                self.put(changed(stack, place, other), tr("Change {step}", step=title))
                return
        whole = Enlarge.from_mapping(params).as_dict()
        steps = [*stack.steps, Step(op=Enlarge.name, params=whole)]
        self.put(Stack(steps), tr("Add {step}", step=title))

    # ------------------------------------------------------------------ learning

    def learn(self, order: Order, _checked: bool = False) -> None:
        """Train beside the window; what was learnt is used where it was asked for."""
        project, piece = self._shelf.project, self._current()
        if project is None or self._job is not None:
            return
        title = Said("Learning to enlarge ×{scale}", scale=order.scale)
        self._job = Job(title, partial(worker.learn, project, order), ending=Ending.STOP)
        self._studio.jobs.start(
            self._job, "refinement", lane=LANE,
            done=partial(self._learnt, project, piece), over=self._over,
        )  # fmt: skip

    def _over(self) -> None:
        self._job = None

    def _learnt(self, project: Project, piece: int, made: Learned) -> None:
        if project is not self._shelf.project:
            return
        if piece == self._current():
            self._use(made.path, made.card)
        else:
            what = _words(made.card)
            told = tr("The enlarger is ready: {what}. Choose it under Enlarge.", what=what)
            self._studio.notices.info(told)
        if made.warning is not None:
            self._studio.notices.warn(made.warning)


def _words(card: Card) -> str:
    gain = f"{card.psnr - card.psnr_lanczos:+.1f}"
    words = tr("Enlarge ×{scale} ({gain} dB over Lanczos)", scale=card.scale, gain=gain)
    return f"{words} ⚠" if card.is_soft else words
