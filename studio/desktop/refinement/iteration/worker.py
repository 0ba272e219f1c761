"""Where the window of iterating meets the engine: functions that run on threads of jobs."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.errors import StudioError
from studio.engine.generation.iteration.iteration import Candidate, Changed, Iteration
from studio.engine.generation.iteration.subject import Given
from studio.engine.generation.iteration.way import Way, ways
from studio.engine.jobs import Job
from studio.engine.pieces import piece_subject, pieces
from studio.engine.pieces.pieces import Piece
from studio.engine.project import Project
from studio.engine.refinement.masks.mask import Mask
from studio.engine.refinement.region_masks import weights_of
from studio.engine.said import Said

LEAST_SECONDS = 0.1
"""Between two pictures that are shown on the way."""
SHOWN = 24
"""Of the best that are found."""


@dataclass(frozen=True)
class Opened:
    """What is known of a piece before anything is tried: its picture, and the ways it cannot go."""

    pixels: Pixels
    refusals: Mapping[str, Said]


@dataclass(frozen=True)
class Order:
    """What is to be tried of a piece."""

    piece: Piece
    way: Way
    reference: Path | None = None
    mask: Mask | None = None


@dataclass(frozen=True)
class Found:
    """The best first, the beginning among it; `changed` is beside the beginning, by number."""

    order: Order
    iteration: Iteration
    candidates: tuple[Candidate, ...]
    changed: Mapping[int, Changed]


def kinds() -> list[type[Way]]:
    """The ways there are: those of one picture first, then those to choose from."""
    return sorted(
        ways().values(), key=lambda each: (each.wants_region, each.several, each.wants_reference)
    )


def opened(project: Project, piece: Piece) -> Opened:
    """Raises :class:`StudioError` where the piece cannot be iterated on at all."""
    subject = piece_subject.subject_of(project, piece)
    asked = ((each.name, each().refusal(subject.player)) for each in ways().values())
    return Opened(subject.pixels, {name: said for name, said in asked if said is not None})


def found(project: Project, order: Order, tell: Callable[[Pixels], None], job: Job[Found]) -> Found:
    """What is found; where the job is cancelled, what was found until then."""
    subject = piece_subject.subject_of(project, order.piece)
    weights = (
        None if order.mask is None else weights_of(order.mask, subject.pixels, order.piece.home)
    )
    subject.given = Given(order.reference, weights)
    iteration, told = Iteration(subject, order.way), 0.0
    for step in iteration:
        job.advance(step.done, step.total, Said("best so far {n:.3g}", n=step.best.figure))
        if time.monotonic() - told >= LEAST_SECONDS:
            told = time.monotonic()
            tell(step.shown)
        if job.cancelled():
            break
    best = iteration.best_first()
    shown = best[:SHOWN]
    if iteration.beginning not in shown:
        shown = [*shown[:-1], iteration.beginning]
    changed = {each.number: iteration.changed(each) for each in shown}
    return Found(order, iteration, tuple(shown), changed)


def keep(project: Project, found: Found, candidate: Candidate) -> Piece:
    """A new piece of one that was found; with the steps that the piece before it has by now."""
    beginning, subject = found.order.piece, found.iteration.subject
    with contextlib.suppress(StudioError):  # deleted meanwhile
        beginning = pieces.piece(project, beginning.id)
    return piece_subject.keep(project, subject, candidate.recipe, beginning)


def region(mask: Mask, piece: Piece) -> Pixels:
    """uint8 [h, w, 1]: where a mask works on the picture of a piece, to be shown."""
    weights = weights_of(mask, pieces.stored(piece), piece.home)
    return np.rint(weights * 255).astype(np.uint8)[..., None]


def reference(path: Path) -> Pixels:
    """A small picture of a file that nobody vouches for."""
    from studio.engine.dataset.decoding.decode import read_picture

    picture = read_picture(path).convert("RGB")
    picture.thumbnail((96, 96))
    return np.asarray(picture)
