"""Where the canvas meets the engine: everything here runs in the room's threads.

Threads share one player and take turns: one renders, and its newest request wins; another looks
for directions meanwhile, and a third makes pieces, so that the canvas is never held up by them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from models.facts import Ability
from studio.desktop.base.threads import Worker
from studio.desktop.pixels import from_qimage, to_qimage
from studio.engine.door import read_text
from studio.engine.errors import StudioError
from studio.engine.files import write_json
from studio.engine.jobs import Job
from studio.engine.project import Project

if TYPE_CHECKING:
    from models.bending import Layer
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.moves.bend import Bend
    from studio.engine.generation.other_models import OtherModel
    from studio.engine.generation.player import Player
    from studio.engine.training.planning.runs import Run

DIRECTIONS = 16
LONG = 0.05
"""Seconds for a picture, from which on the hand would wait: a draft is shown first."""
SAMPLES = 10_000
NAMES_FILE = "directions.json"


@dataclass
class Names:
    """What the artist called the directions of a run, and which stay on top."""

    names: dict[int, str] = field(default_factory=dict)
    pinned: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Model:
    """The open model, as the window shows it."""

    run: str
    folder: Path
    checkpoint: str
    sha256: str
    width: int
    height: int
    labels: tuple[str, ...]
    """Names of its classes; empty where it knows none."""
    seamless: bool
    """Whether its pictures are made to be laid side by side."""
    abilities: frozenset[Ability]
    """What its latents allow; a control for anything else would do nothing."""
    names: Names
    slots: int = 1
    """Rows of its latents."""
    slot_groups: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Ranges of them by name, half-open."""
    layers: tuple[Layer, ...] = ()
    """Where its drawing can be bent."""


class Drawn(NamedTuple):
    """A picture at its full size; a draft has fewer details, and the whole one follows."""

    image: QImage
    is_draft: bool = False


class GenerationWorker(Worker):
    """Owns the player. Methods run on the rendering thread unless they say otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self._player: Player | None = None
        self._run = ""
        self._took = 0.0
        """Seconds for the last picture of the canvas."""

    # ------------------------------------------------------------------ opening

    def playable(self, project: Project) -> list[Run]:
        from studio.engine.training.planning import runs
        from studio.engine.training.record import checkpoint

        return [r for r in reversed(runs.runs(project)) if checkpoint.folders(r.folder)]

    def open(self, project: Project, run_name: str, device: str, folder: str = "") -> Model:
        """Load the newest good checkpoint of a run, or the one in `folder`."""
        from studio.engine.generation.player import Player
        from studio.engine.training.planning import runs
        from studio.engine.training.record import checkpoint

        run = runs.run(project, run_name)
        chosen = Path(folder) if folder else checkpoint.load_latest(run.folder, whole=False)
        if chosen is None:
            raise StudioError(
                "The run {run} has no checkpoint yet: train it a little longer first.",
                run=run_name,
            )
        fresh = Player.open(chosen, device)
        before = self._player
        if before is not None and self._run == run_name and before.latent == fresh.latent:
            # A newer checkpoint of the same run: the old directions serve until its own are found.
            fresh.directions = before.directions
        self._player, self._run, self._took = fresh, run_name, 0.0
        spec = self._player.image_spec
        return Model(
            run_name, run.folder, fresh.folder.name, fresh.sha256, spec.width, spec.height,
            tuple(fresh.labels), fresh.seamless, fresh.latent.abilities,
            read_names(run.folder), fresh.latent.slots, fresh.latent.groups, fresh.layers(),
        )  # fmt: skip

    def close(self) -> None:
        self._player = None

    # ------------------------------------------------------------------ pictures

    def soonest(self, recipe: LatentRecipe) -> Drawn:
        """The picture, or where the last one took long a draft of it, if the model has one."""
        player, began = self._need_player(), time.perf_counter()
        if self._took > LONG:
            draft = player.draft(recipe)
            if draft is not None:
                spec, shown = player.image_spec, to_qimage(draft)
                shown = shown.scaled(
                    spec.width, spec.height, mode=Qt.TransformationMode.SmoothTransformation
                )
                self._took = time.perf_counter() - began
                return Drawn(shown, is_draft=True)
        self._took = 0.0
        return self.whole(recipe)

    def whole(self, recipe: LatentRecipe) -> Drawn:
        """The picture of the canvas; what a draft of it took counts as its time."""
        began = time.perf_counter()
        image = self.picture(recipe)
        self._took += time.perf_counter() - began
        return Drawn(image)

    def picture(self, recipe: LatentRecipe) -> QImage:
        return to_qimage(self._need_player().picture(recipe))

    def settled(self, recipe: LatentRecipe) -> LatentRecipe:
        """The recipe of a file, once it leads to the picture that the file shows."""
        return self._need_player().settled(recipe)

    def label_of(self, recipe: LatentRecipe) -> str:
        """The name of the label that a recipe begins in."""
        return self._need_player().label_of(recipe)

    def thumbnails(self, seeds: Sequence[int], psi: float, label: int | None) -> list[QImage]:
        """Small pictures of seeds as they come, without edits."""
        pictures = self._need_player().pictures(list(seeds), psi, label)
        return [to_qimage(picture) for picture in pictures]

    # ------------------------------------------------------------------ directions

    def player(self) -> Player | None:
        """The open model, for who takes it along. Any thread may ask."""
        return self._player

    def find(self, job: Job[list[float]]) -> list[float]:
        """Find the directions; how much each explains, 0 to 1. Runs on the job's thread."""
        from studio.engine.generation.directions import find_directions

        shown = self._need_player()

        def given_up() -> bool:
            if self._player is not shown:
                job.cancel()  # that another model was opened is no failure
            return job.cancelled()

        found = find_directions(
            shown, count=DIRECTIONS, samples=SAMPLES,
            progress=job.advance, cancelled=given_up,
        )  # fmt: skip
        return [float(share) for share in found.explained]

    def group(self, move: Bend, number: int, count: int) -> Bend:
        """A bend of one group of channels alone. Runs on the job's thread."""
        from studio.engine.generation.channel_groups import grouped

        return grouped(self._need_player(), move, number, count)

    def others(self) -> list[OtherModel]:
        """Other models of the project that could be mixed with the open one."""
        from studio.engine.generation.other_models import others

        return others(self._need_player().folder)

    def _need_player(self) -> Player:
        if self._player is None:
            raise StudioError("No model is open: choose one on the left.")
        return self._player


def read_names(run_folder: Path) -> Names:
    """The artist's names for directions; a damaged file is the same as none."""
    try:
        stored = json.loads(read_text(run_folder / NAMES_FILE))
        return Names(
            {int(index): str(name) for index, name in stored.get("names", {}).items()},
            {int(index) for index in stored.get("pinned", [])},
        )
    except (OSError, ValueError, TypeError, AttributeError):
        return Names()


def write_names(run_folder: Path, names: Names) -> None:
    stored = {
        "names": {str(index): name for index, name in sorted(names.names.items())},
        "pinned": sorted(names.pinned),
    }
    write_json(run_folder / NAMES_FILE, stored)


def write_file(image: QImage, model: Model, recipe: LatentRecipe, folder: Path) -> Path:
    """The picture of the canvas as a PNG that says where it comes from, for dragging out."""
    from studio.engine.export.handover import export_arrays

    latent = recipe.model_dump(exclude_none=True)
    said = {"run": model.run, "checkpoint_sha256": model.sha256, "latent": latent}
    name = f"{model.run}-point" if recipe.seed is None else f"{model.run}-seed-{recipe.seed}"
    return export_arrays([(name, from_qimage(image), said)], "png", {}, folder)[0].path
