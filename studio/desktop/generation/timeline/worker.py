"""Where the timeline meets the engine: everything here runs in threads of the room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtGui import QImage

from studio.desktop.pixels import to_qimage
from studio.engine.jobs import Job

if TYPE_CHECKING:
    from studio.engine.generation.film.camera import Camera
    from studio.engine.generation.film.pace import Pace
    from studio.engine.generation.film.render import Film
    from studio.engine.generation.film.timeline import Timeline
    from studio.engine.generation.film.walk import Walk
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player
    from studio.engine.generation.sound.heard import Heard
    from studio.engine.project import Project

FILE = "timeline.toml"
"""In the folder of the run that it belongs to."""


class Moment(NamedTuple):
    """A picture of a film: how it is made, and how it is looked at."""

    image: QImage
    recipe: LatentRecipe
    camera: Camera


class FilmWorker:
    """Plays timelines with the model that `player` says is open."""

    def __init__(self, player: Callable[[], Player]) -> None:
        self._player = player
        self._walk: tuple[Player, Timeline, Heard | None, Walk] | None = None
        self._heard: Heard | None = None
        """The sound that was listened to last."""
        self._pace: Pace | None = None

    def stored(self, folder: Path) -> Timeline:
        """The timeline of a run, or an empty one; :class:`StudioError` where it is damaged."""
        from studio.engine.generation.film.timeline import Timeline, read_keys

        path = folder / FILE
        return read_keys(path, empty=True) if path.is_file() else Timeline()

    def keep(self, folder: Path, line: Timeline) -> None:
        """Write the timeline of a run, durably; one that was deleted meanwhile has none."""
        from studio.engine.files import write_text

        if folder.is_dir():
            write_text(folder / FILE, line.text())

    def moment(self, line: Timeline, time: float) -> Moment:
        """What is seen at `time` in seconds."""
        walk = self._walked(line)
        return Moment(to_qimage(walk.picture(time)), walk.at(time), walk.camera(time))

    def recipe(self, line: Timeline, time: float) -> LatentRecipe:
        """How that is made."""
        return self._walked(line).at(time)

    def listen(self, path: str, job: Job[Heard]) -> Heard:
        """Hear a file; moments are drawn with it from then on. Runs on the job's thread."""
        from studio.engine.generation.sound.heard import listen

        self._heard = found = listen(Path(path), job.cancelled)
        return found

    def heard(self, path: str) -> Heard | None:
        """What was heard in a file, if it was listened to."""
        found = self._heard
        return found if found is not None and str(found.path) == path else None

    def evened(self, player: Player, line: Timeline, job: Job[Timeline]) -> Timeline:
        """The same keys at even speed. Runs on the job's thread."""
        from studio.engine.generation.film.pace import evened

        return evened(line, self._pace_of(player), job.cancelled)

    def film(
        self, player: Player, run: str, line: Timeline, target: Path, enlarge: int,
        learnt: Project | None, job: Job[Film],
    ) -> Film:  # fmt: skip
        """Write a film, marked and signed as exports are. Runs on the job's thread."""
        from studio.engine.export.film_proof import FilmProof, film_origin
        from studio.engine.export.finish import Finishing
        from studio.engine.generation.film.render import render
        from studio.engine.generation.film.walk import Walk
        from studio.engine.generation.sound.heard import listen
        from studio.engine.refinement.enlarger.run_enlarger import enlarging, run_enlarger

        step = None if learnt is None else run_enlarger(learnt, run, enlarge)
        larger = None if learnt is None or step is None else enlarging(learnt, step)
        heard = self.heard(line.sound)
        if heard is None and line.sound:
            heard = listen(Path(line.sound), job.cancelled)
        origin = film_origin(target.stem, run, player.sha256, line, step)
        proof = FilmProof(Finishing.kept(), origin, target)
        made = render(
            player, Walk(player, line, heard, self._pace_of(player)), target, enlarge=enlarge,
            larger=larger, told=job.advance, cancelled=job.cancelled, changed=proof.marked,
        )  # fmt: skip
        signed = proof.signed(made.file)
        said = heard.notes if heard is not None else ()
        return replace(made, notes=(*made.notes, *said, *signed.remarks))

    def _pace_of(self, player: Player) -> Pace:
        from studio.engine.generation.film.pace import Pace

        if self._pace is None or self._pace.player is not player:
            self._pace = Pace(player)
        return self._pace

    def _walked(self, line: Timeline) -> Walk:
        from studio.engine.generation.film.walk import Walk

        player, heard, known = self._player(), self.heard(line.sound), self._walk
        if known is None or not (known[0] is player and known[1] is line and known[2] is heard):
            made = Walk(player, line, heard, self._pace_of(player))
            self._walk = known = player, line, heard, made
        return known[3]
