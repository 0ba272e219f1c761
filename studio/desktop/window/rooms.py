"""The six rooms, made in order and joined: rooms do not know each other, this file does.

Imported after the first paint: with it comes everything that the rooms are made of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.desktop.base.room import Room
from studio.desktop.dataset.room import DatasetRoom
from studio.desktop.evaluation.room import EvaluationRoom
from studio.desktop.export.room import ExportRoom
from studio.desktop.generation.room import GenerationRoom
from studio.desktop.refinement.room import RefinementRoom
from studio.desktop.training.room import TrainingRoom

if TYPE_CHECKING:
    from studio.desktop.window.shell import Shell
    from studio.engine.project import Project


class Rooms:
    """Every room by its name, and what crosses between them."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        studio = shell.studio
        self.dataset = DatasetRoom(studio)
        self.training = TrainingRoom(studio)
        self.evaluation = EvaluationRoom(studio)
        self.generation = GenerationRoom(studio)
        self.refinement = RefinementRoom(studio)
        self.export = ExportRoom(studio)
        self._open = False
        self._join()
        for room in self.all():
            room.retranslate()
            room.addActions([e.action for e in studio.actions.all() if e.room == room.key])

    def all(self) -> tuple[Room, ...]:
        """The six, in the order of the work."""
        return (
            self.dataset, self.training, self.evaluation,
            self.generation, self.refinement, self.export,
        )  # fmt: skip

    def room(self, key: str) -> Room:
        return next(room for room in self.all() if room.key == key)

    def project_opened(self, project: Project) -> None:
        self._open = True
        for room in self.all():
            room.project_opened(project)

    def project_closed(self) -> None:
        """Tell every room, if they had one."""
        if self._open:
            self._open = False
            for room in self.all():
                room.project_closed()

    def retranslate(self) -> None:
        """Rooms that are not on the screen get no event of their own."""
        for room in self.all():
            room.retranslate()

    def shutdown(self) -> None:
        """Stop their threads; the one that trains first, since saving takes longest."""
        for room in self._in_order():
            room.shutdown()

    def _in_order(self) -> list[Room]:
        return sorted(self.all(), key=lambda room: room is not self.training)

    def _join(self) -> None:
        shell, dataset, training = self._shell, self.dataset, self.training
        dataset.datasetsChanged.connect(training.datasets_changed)
        dataset.trainRequested.connect(self._train)
        training.playRequested.connect(self._play)
        training.checkpointRequested.connect(self._play)
        training.runProgress.connect(self._progress)
        training.checkpointLanded.connect(self.generation.checkpoint_landed)
        for room in (training, self.evaluation):
            room.placeRequested.connect(shell.go)
        self.generation.trainRequested.connect(lambda: shell.go("training"))
        self.generation.refineRequested.connect(self._refine)
        self.refinement.exportRequested.connect(self._export)
        for end in (self.refinement, self.export):
            end.generateRequested.connect(lambda: shell.go("generation"))

    def _train(self, dataset: str) -> None:
        self._shell.go("training")
        self.training.start_for(dataset)

    def _play(self, run: str, checkpoint: str = "") -> None:
        self._shell.go("generation")
        self.generation.open_run(run, checkpoint)

    def _progress(self, run: str, part: float, words: str) -> None:
        self._shell.show_run(self.training.name_of(run), part, words)
        self.generation.run_progress(run, part, words)

    def _refine(self, piece: int) -> None:
        self._shell.go("refinement")
        self.refinement.open_piece(piece)

    def _export(self, pieces: list[int]) -> None:
        self._shell.go("export")
        self.export.choose_pieces(pieces)
