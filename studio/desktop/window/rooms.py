"""The six rooms, made in order and joined: rooms do not know each other, this file does."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from studio.desktop.base.room import Room
from studio.desktop.window.top_bar import PLACES

if TYPE_CHECKING:
    from studio.desktop.base.received import Received
    from studio.desktop.window.main_window import MainWindow
    from studio.engine.project import Project


class Rooms(QObject):
    """Makes `studio.desktop.<place>.room.<Place>Room` for every place."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._rooms: dict[str, Room] = {key: self._make(key) for key in PLACES}
        self._join()
        self._hang_actions()
        self._open = False

    def room(self, key: str) -> Room:
        """One of the six."""
        return self._rooms[key]

    def project_opened(self, project: Project) -> None:
        """Tell every room."""
        self._open = True
        for room in self._rooms.values():
            room.project_opened(project)

    def project_closed(self) -> None:
        """Tell every room, if they had one."""
        if self._open:
            self._open = False
            for room in self._rooms.values():
                room.project_closed()

    def retranslate(self) -> None:
        """Rooms that are not on the screen get no event of their own."""
        for room in self._rooms.values():
            room.retranslate()

    def unfinished(self) -> str:
        """What closing has to wait for, in words; empty for nothing."""
        return next((words for room in self._in_order() if (words := room.unfinished())), "")

    def finish(self) -> None:
        """Have each bring what is unfinished to its end; returns at once."""
        for room in self._in_order():
            room.finish()

    def shutdown(self) -> None:
        """Stop their threads; the one that trains first, since saving takes longest."""
        for room in self._in_order():
            room.shutdown()

    def _in_order(self) -> list[Room]:
        order = ("training", *(key for key in PLACES if key != "training"))
        return [self._rooms[key] for key in order]

    def import_paths(self, paths: list[Path]) -> None:
        """Hand dropped pictures to the dataset place; one file may carry a recipe instead."""
        if len(paths) == 1 and paths[0].is_file():
            self._any("generation").recall(paths[0])
        else:
            self._import(paths)

    def take_received(self, held: Received) -> None:
        """Hand a picture without a file to the dataset place."""
        self._window.go("dataset")
        self._any("dataset").take_received(held)

    def _import(self, paths: list[Path]) -> None:
        self._window.go("dataset")
        self._any("dataset").import_paths(paths)

    def _make(self, key: str) -> Room:
        module = importlib.import_module(f"studio.desktop.{key}.room")
        made: Room = getattr(module, f"{key.capitalize()}Room")(self._window.studio)
        made.retranslate()
        return made

    def _join(self) -> None:
        window = self._window
        # Rooms are told apart by their own signals, which the base class does not have.
        dataset, training, evaluation, generation, refinement, export = (
            self._any(key) for key in PLACES
        )

        def then(place: str, act: Callable[[Any], object]) -> Callable[[Any], None]:
            def go_and_act(value: Any) -> None:
                window.go(place)
                act(value)

            return go_and_act

        dataset.session.imported.connect(window.opening.pictures_came)
        dataset.session.failed.connect(window.opening.no_picture_came)
        dataset.session.datasetsChanged.connect(training.datasets_changed)
        dataset.trainRequested.connect(then("training", training.start_for))
        training.playRequested.connect(then("generation", generation.open_run))
        training.runProgress.connect(
            lambda run, part, said: window.status.show_run(training.name_of(run), part, said)
        )
        training.placeRequested.connect(window.go)
        training.runProgress.connect(generation.run_progress)
        training.checkpointLanded.connect(generation.checkpoint_landed)
        evaluation.placeRequested.connect(window.go)
        generation.trainRequested.connect(lambda: window.go("training"))
        generation.recipeRecalled.connect(lambda _run: window.go("generation"))
        generation.pictureDropped.connect(lambda path: self._import([path]))
        generation.refineRequested.connect(then("refinement", refinement.open_piece))
        refinement.exportRequested.connect(then("export", export.choose_pieces))
        for room in (refinement, export):
            room.generateRequested.connect(lambda: window.go("generation"))

    def _any(self, key: str) -> Any:
        return self._rooms[key]

    def _hang_actions(self) -> None:
        """An action of a room works only while the room is on the screen."""
        for entry in self._window.studio.actions.all():
            if entry.room in self._rooms:
                self._rooms[entry.room].addAction(entry.action)
