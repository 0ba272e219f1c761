"""Where the canvas meets the engine: everything here runs in the room's threads.

Threads share one player and take turns: one renders, and its newest request wins; another looks
for directions meanwhile, and a third makes pieces, so that the canvas is never held up by them.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from models.facts import Ability
from models.parameters import Param
from studio.desktop.base.threads import Worker
from studio.desktop.generation.direction_line import (
    FIRST_KIND,
    DirectionLine,
    KindLine,
    State,
)
from studio.desktop.generation.piece_queue import Steps
from studio.desktop.pixels import from_qimage, to_qimage
from studio.engine.artwork import Artwork
from studio.engine.errors import StudioError
from studio.engine.jobs import Job
from studio.engine.project import Project

if TYPE_CHECKING:
    from models.bending import Layer
    from studio.engine.export.delivery import Exported
    from studio.engine.generation.directions.catalogue import Listed
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.moves.bend import Bend
    from studio.engine.generation.other_models import OtherModel
    from studio.engine.generation.player import Player
    from studio.engine.pieces.origin import Origin
    from studio.engine.said import Said
    from studio.engine.training.planning.runs import Run

LONG = 0.05
"""Seconds for a picture, from which on the hand would wait: a draft is shown first."""
SAMPLES = 10_000
"""Seeds from whose latents the directions that vary most are found."""


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
    zones: tuple[str, ...]
    """Parts of its layers that have a name; one where it has no layers of its own."""
    kinds: tuple[KindLine, ...]
    """The kinds of directions that it can have."""
    slots: int = 1
    """Rows of its latents."""
    slot_groups: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Ranges of them by name, half-open."""
    layers: tuple[Layer, ...] = ()
    """Where its drawing can be bent."""
    grid: tuple[int, int] | None = None
    """(rows, columns), where the rows of its latents are cells over the picture."""
    sampling: Mapping[str, Param] = field(default_factory=dict)
    """What can be set of how its chance is used."""
    captions: tuple[str, ...] = ()
    """Those that it has learnt from, where it can be asked in words."""


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

    def open(
        self, project: Project, run_name: str, device: str, folder: str = ""
    ) -> tuple[Model, Player]:
        """Load the newest good checkpoint of a run, or the one in `folder`."""
        from studio.engine.generation.player import Player
        from studio.engine.generation.zones import zones_of
        from studio.engine.training.planning import runs
        from studio.engine.training.record import checkpoint

        run = runs.run(project, run_name)
        chosen = Path(folder) if folder else checkpoint.required(run.folder, run_name, whole=False)
        fresh = Player.open(chosen, device)
        before = self._player
        if before is not None and self._run == run_name and before.latent == fresh.latent:
            # A newer checkpoint of the same run: the old directions serve until its own are found,
            # and what a recipe says of them holds.
            fresh.directions = before.directions
        self._player, self._run, self._took = fresh, run_name, 0.0
        spec = fresh.image_spec
        model = Model(
            run_name, run.folder, fresh.folder.name, fresh.sha256, spec.width, spec.height,
            tuple(fresh.labels), fresh.seamless, fresh.latent.abilities,
            zones_of(fresh.latent), _kinds_of(fresh), fresh.latent.slots, fresh.latent.groups,
            fresh.layers(), fresh.latent.grid, fresh.sampling_params(),
            fresh.known_captions(),
        )  # fmt: skip
        return model, fresh

    def close(self) -> None:
        self._player = None

    # ------------------------------------------------------------------ pictures

    def soonest(self, recipe: LatentRecipe) -> Drawn:
        """The picture, or where the last one took long a draft of it, if the model has one."""
        player, began = self.needed(), time.perf_counter()
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
        return to_qimage(self.needed().picture(recipe))

    def settled(self, recipe: LatentRecipe) -> LatentRecipe:
        """The recipe of a file, once it leads to the picture that the file shows."""
        player = self.needed()
        return player.by_identity(player.settled(recipe))

    def label_of(self, recipe: LatentRecipe) -> str:
        """The name of the label that a recipe begins in."""
        return self.needed().label_of(recipe)

    def small(self, recipe: LatentRecipe, side: int) -> QImage:
        """A picture of a recipe, its longer side so many pixels."""
        whole = self.picture(recipe)
        return whole.scaled(
            side, side, Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )  # fmt: skip

    # ------------------------------------------------------------------ directions

    def player(self) -> Player | None:
        """The open model, for who takes it along. Any thread may ask."""
        return self._player

    def find(
        self, project: Project, run: str, kind: str, in_use: Sequence[str],
        job: Job[list[DirectionLine]],
    ) -> list[DirectionLine]:  # fmt: skip
        """The directions of a kind, and all that the run keeps or a recipe has `in_use`.

        Runs on the job's thread.
        """
        from studio.engine.generation.directions import catalogue
        from studio.engine.generation.directions.kind import Search
        from studio.engine.generation.directions.kind import kind as kind_of
        from studio.engine.training.planning import runs

        shown = self.needed()

        def given_up() -> bool:
            if self._player is not shown:
                job.cancel()  # that another model was opened is no failure
            return job.cancelled()

        search = Search(project, run, job.advance, given_up)
        first = kind_of(catalogue.COUNTED)(samples=SAMPLES)
        catalogue.find(shown, first, search)  # recipes may call these by number
        chosen = first if kind == catalogue.COUNTED else kind_of(kind)()
        found = catalogue.listed(shown, runs.run(project, run).folder, [chosen], search)
        return [_line(each) for each in catalogue.held(shown, found, in_use)]

    def pick(
        self, more: Sequence[LatentRecipe], less: Sequence[LatentRecipe], job: Job[DirectionLine]
    ) -> DirectionLine:
        """The direction from some pictures to others. Runs on the job's thread."""
        from studio.engine.generation.directions.catalogue import Listed
        from studio.engine.generation.directions.kind import Search
        from studio.engine.generation.directions.picked import Picked

        player = self.needed()
        first, second = ([player.latent_of(each) for each in some] for some in (more, less))
        search = Search(None, "", job.advance, job.cancelled)
        made = Picked().between(player, first, second, search)
        player.directions.add([made])
        return _line(Listed(made))

    def keep_notes(self, folder: Path, state: State) -> None:
        """Write what the run in `folder` keeps of directions."""
        from studio.engine.generation.directions import notes
        from studio.engine.generation.directions.direction import Known

        player = self._player
        notes.write(folder, state, player.directions if player is not None else Known())

    def group(self, move: Bend, number: int, count: int) -> Bend:
        """A bend of one group of channels alone. Runs on the job's thread."""
        from studio.engine.generation.channel_groups import grouped

        return grouped(self.needed(), move, number, count)

    def others(self) -> list[OtherModel]:
        """Other models of the project that could be mixed with the open one."""
        from studio.engine.generation.other_models import others

        return others(self.needed().folder)

    def needed(self) -> Player:
        """The same; :class:`StudioError` where none is."""
        if self._player is None:
            raise StudioError("No model is open: choose one on the left.")
        return self._player


def _kinds_of(player: Player) -> tuple[KindLine, ...]:
    from studio.engine.generation.directions.kind import kinds

    able = player.latent.abilities
    found = [each for each in kinds().values() if each.ability in able]
    # The one that a model opens with comes first.
    found.sort(key=lambda each: each.name != FIRST_KIND)
    return tuple(KindLine(each.name, each.title, each.summary) for each in found)


def _line(listed: Listed) -> DirectionLine:
    one = listed.direction
    return DirectionLine(
        one.key, one.kind, listed.number, one.share, one.title, one.note, listed.note,
        listed.is_kept,
    )  # fmt: skip


def write_file(
    image: QImage, model: Model, recipe: LatentRecipe, folder: Path, steps: Steps = ()
) -> Exported:
    """The picture of the canvas as a PNG, finished as exports are, for dragging out. `steps` are
    those that it has been through."""
    from studio.engine.export.finish import Finishing
    from studio.engine.export.handover import export_made

    origin = _origin_of(model, recipe, steps)
    made = Artwork.of(from_qimage(image))
    (file,) = export_made(
        [origin.title], lambda _: (made, origin), "png", {}, folder, finishing=Finishing.kept()
    )
    return file


def marked(
    image: QImage, model: Model, recipe: LatentRecipe, steps: Steps = ()
) -> tuple[QImage, Said]:
    """The picture of the canvas as it goes to the clipboard, which holds no words; and why it
    goes without a mark, where one was wanted."""
    from studio.engine.export.finish import Finishing

    origin = _origin_of(model, recipe, steps)
    made, why = Finishing.kept().marked(Artwork.of(from_qimage(image)), origin)
    return to_qimage(made.flat()), why


def _origin_of(model: Model, recipe: LatentRecipe, steps: Steps) -> Origin:
    from studio.engine.pieces.origin import Origin

    latent = recipe.model_dump(exclude_none=True)
    said: dict[str, Any] = {
        "run": model.run, "checkpoint_sha256": model.sha256, "latent": latent,
    }  # fmt: skip
    if steps:
        said["stack"] = list(steps)
    name = f"{model.run}-point" if recipe.seed is None else f"{model.run}-seed-{recipe.seed}"
    return Origin(name, recipe=said, steps=tuple(steps))
