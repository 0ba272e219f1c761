"""The five steps: a place, what is pointed at there, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.desktop.window.rooms import Rooms


@dataclass(frozen=True)
class Step:
    """`targets` are looked through for the first that is on the screen."""

    place: str
    title: Said
    words: Said
    targets: Callable[[Rooms], tuple[QWidget, ...]]


STEPS = (
    Step(
        "dataset", Said("Your pictures"),
        Said("All that came in (the dataset). Space looks closer, X leaves a picture out, 1 "
             "to 5 rate it; the files themselves are never touched."),
        lambda rooms: (rooms.dataset.grid, rooms.dataset),
    ),
    Step(
        "training", Said("A model learns from them"),
        Said("“New run” sets up a training run, with a recommendation for the number of "
             "pictures. The sample has one that is finished."),
        lambda rooms: (rooms.training.side.new, rooms.training),
    ),
    Step(
        "generation", Said("Play with sliders"),
        Said("Each slider is a direction in what the model knows (latent space): move one "
             "and look. A double click brings it back, R draws from another seed."),
        lambda rooms: (rooms.generation.controls.directions, rooms.generation),
    ),
    Step(
        "generation", Said("Keep what is good"),
        Said("Enter keeps the picture as a piece, with all that made it, so that it can be "
             "drawn again and refined."),
        lambda rooms: (rooms.generation.controls.keep_button, rooms.generation),
    ),
    Step(
        "export", Said("Hand it over"),
        Said("Pieces leave here as files for Photoshop, Krita, Blender or print, with proof "
             "of their origin. F1 opens the guide at the place where you are."),
        lambda rooms: (rooms.export.formats, rooms.export.empty, rooms.export),
    ),
)  # fmt: skip
