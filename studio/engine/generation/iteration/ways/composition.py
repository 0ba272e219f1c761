"""Towards the composition of a reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.engine.artwork import Pixels
from studio.engine.generation.given_picture import given
from studio.engine.generation.iteration.led import Led
from studio.engine.generation.iteration.reference import Composition as Masses
from studio.engine.generation.iteration.reference import wanted
from studio.engine.generation.iteration.subject import Subject
from studio.engine.generation.iteration.way import register
from studio.engine.said import Said

if TYPE_CHECKING:
    from torch import Tensor


@register
@dataclass(frozen=True)
class Composition(Led):
    """Where light and dark lie, at eight cells along the shorter side; by the layers of form and
    texture where a model has these."""

    name = "composition"
    title = "Towards a composition"
    summary = (
        "A neighbour of the picture that has light and dark where another picture has them, in "
        "large masses (low frequencies)."
    )
    rising = False
    wants_reference = True
    zones = ("form", "texture")

    def ready(self, subject: Subject) -> None:
        super().ready(subject)
        self._masses(subject)

    def measure(self, subject: Subject) -> Said:
        return Said("How far light and dark are from those of the reference (levels)")

    def figure(self, subject: Subject, pixels: Pixels) -> float:
        return float(self._masses(subject).distance(subject.network(pixels))[0])

    def _masses(self, subject: Subject) -> Masses:
        path, player = wanted(subject.given.reference), subject.player

        def made() -> Masses:
            shaped = given(subject.project, subject.run, player, path)
            return Masses(subject.network(shaped.pixels))

        return subject.remembered("composition", made)

    def grown(self, subject: Subject, x: Tensor) -> Tensor:
        return -self._masses(subject).distance(x)
