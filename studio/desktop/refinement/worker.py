"""Where the refinement place meets the engine: functions that run on the room's threads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.engine.artwork import Pixels, to_pixels
from studio.engine.door import inside
from studio.engine.errors import StudioError
from studio.engine.jobs import Job
from studio.engine.pieces import pieces, removed_pieces
from studio.engine.pieces.pieces import Piece
from studio.engine.project import Project
from studio.engine.refinement import own_files
from studio.engine.refinement.enlarger import card as cards
from studio.engine.refinement.enlarger.card import Card
from studio.engine.refinement.enlarger.enlarger_training import Learned, Order
from studio.engine.refinement.histogram import Histogram
from studio.engine.refinement.masks import picture
from studio.engine.refinement.places import Place, changed, entry_at, places
from studio.engine.refinement.proxy import Preview, Proxy
from studio.engine.refinement.stack import Stack, Step, apply, refined


@dataclass(frozen=True)
class Asked:
    """What is to be shown of a piece. `opened` is the place of a step that is worked on by hand:
    the picture is shown as that step is given it, as far as its shape goes."""

    piece: Piece
    stack: Stack
    side: int
    """Pixels of the longer side that the screen has room for."""
    opened: Place = ()

    def shown(self) -> Stack:
        """Without the opened step where it reshapes, and what reshapes after it. As far as a
        step needs files, they are named in full."""
        stack = self.stack
        for place in places(stack) if self.opened else ():
            step = entry_at(stack, place)
            if place >= self.opened and isinstance(step, Step) and step.reshapes:
                stack = changed(stack, place, step.model_copy(update={"enabled": False}))
        return own_files.settled(stack, self.piece.home)


@dataclass(frozen=True)
class Refined:
    """A piece before and after its stack; before is cropped and resized as after is."""

    piece_id: int
    before: Pixels
    after: Pixels
    size: tuple[int, int]
    """Width and height of the whole result, for which a preview stands."""
    histogram: Histogram
    is_whole: bool
    mask: Pixels | None = None
    """uint8 [h, w, 1] of the opened step, where it has a mask."""


class Bench:
    """The piece that is worked on; used by one thread."""

    def __init__(self) -> None:
        self._of: tuple[int, int] = (0, 0)
        self._whole: Pixels | None = None
        self._after: Proxy | None = None
        self._before: Proxy | None = None
        self._shape: Preview | None = None
        self._plain: Pixels | None = None

    def preview(self, asked: Asked) -> Refined:
        """At the size of the screen, from where the stack changed."""
        after, before = self._opened(asked)
        shown = asked.shown()
        found = after.render(shown)
        pixels = to_pixels(found.image)
        mask = after.mask(shown, asked.opened) if asked.opened in places(shown) else None
        return Refined(
            asked.piece.id,
            self._unrefined(before.render(shown.reshaping())),
            pixels,
            found.true_size,
            Histogram.of(pixels),
            after.is_whole and found.scale == 1.0,
            None if mask is None else np.rint(mask * 255).astype(np.uint8)[..., None],
        )

    def _unrefined(self, found: Preview) -> Pixels:
        """Its pixels, which stay as they are until a step changes their shape."""
        if self._plain is None or found is not self._shape:
            self._shape, self._plain = found, to_pixels(found.image)
        return self._plain

    def _opened(self, asked: Asked) -> tuple[Proxy, Proxy]:
        key = asked.piece.id, asked.side
        if self._whole is None or self._of[0] != asked.piece.id:
            self._whole, self._after, self._before = pieces.stored(asked.piece), None, None
        if self._after is None or self._before is None or self._of != key:
            self._after, self._before = (Proxy(self._whole, asked.side) for _ in range(2))
        self._of = key
        return self._after, self._before


def refine(asked: Asked) -> Refined:
    """The whole picture through the stack, as it will leave."""
    whole, shown = pieces.stored(asked.piece), asked.shown()
    after = apply(shown, whole)
    return Refined(
        asked.piece.id,
        refined(shown.reshaping(), whole).flat(),
        after,
        (after.shape[1], after.shape[0]),
        Histogram.of(after),
        True,
    )


def colours_of(path: str) -> str:
    """The colours of a reference picture, as a step keeps them."""
    from studio.engine.refinement.colour_transfer import colours_of as taken

    return taken(Path(path))


def mask_of(project: Project, path: str) -> str:
    """A picture as a mask names it, once the project has a copy."""
    return picture.keep(project.folder, Path(path))


def enlargers(project: Project, run_name: str) -> dict[Path, Card]:
    """Those of a run, the newest last; none where the run is gone."""
    try:
        return cards.of_run(inside(project.runs, run_name))
    except StudioError:
        return {}


def learn(project: Project, order: Order, job: Job[Learned]) -> Learned:
    """Train an enlarger; when the job is cancelled, what it learnt by then is kept."""
    from studio.engine.refinement.enlarger import enlarger_training

    return enlarger_training.learn(project, order, job.advance, job.cancelled)


def save_stack(project: Project, piece_id: int, stack: Stack) -> None:
    pieces.set_stack(project, piece_id, [step.model_dump(mode="json") for step in stack.steps])


def purge(project: Project) -> None:
    """Forget what was deleted before: nobody can undo it any more."""
    removed_pieces.purge(project)
