"""Where the timeline meets the engine: everything here runs in threads of the room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from studio.desktop.pixels import to_qimage
from studio.engine.jobs import Job

if TYPE_CHECKING:
    from studio.engine.generation.film.render import Film
    from studio.engine.generation.film.timeline import Timeline
    from studio.engine.generation.film.walk import Walk
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player

FILE = "timeline.toml"
"""In the folder of the run that it belongs to."""


class FilmWorker:
    """Plays timelines with the model that `player` says is open."""

    def __init__(self, player: Callable[[], Player]) -> None:
        self._player = player
        self._walk: tuple[Player, Timeline, Walk] | None = None

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

    def moment(self, line: Timeline, time: float) -> QImage:
        """What is seen at `time` in seconds."""
        return to_qimage(self._player().picture(self.recipe(line, time)))

    def recipe(self, line: Timeline, time: float) -> LatentRecipe:
        """How that is made."""
        return self._walked(line).at(time)

    def _walked(self, line: Timeline) -> Walk:
        from studio.engine.generation.film.walk import Walk

        player = self._player()
        if self._walk is None or self._walk[0] is not player or self._walk[1] is not line:
            self._walk = player, line, Walk(player, line)
        return self._walk[2]


def film(
    player: Player, run: str, line: Timeline, target: Path, enlarge: int, job: Job[Film]
) -> Film:  # fmt: skip
    """Write a film, marked and signed as exports are. Runs on the job's thread."""
    from studio.engine.export.film_proof import FilmProof, film_origin
    from studio.engine.export.finish import Finishing
    from studio.engine.generation.film.render import render
    from studio.engine.generation.film.walk import Walk

    origin = film_origin(target.stem, run, player.sha256, line)
    proof = FilmProof(Finishing.kept(), origin)
    made = render(
        player, Walk(player, line), target, enlarge=enlarge, told=job.advance,
        cancelled=job.cancelled, changed=proof.marked,
    )  # fmt: skip
    signed = proof.signed(made.file, target)
    return replace(made, notes=(*made.notes, *signed.remarks))
