"""Towards the colours of a reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.engine.artwork import Pixels
from studio.engine.generation.iteration.led import Led
from studio.engine.generation.iteration.reference import Palette as Colours
from studio.engine.generation.iteration.reference import wanted
from studio.engine.generation.iteration.subject import Subject
from studio.engine.generation.iteration.way import register
from studio.engine.generation.player import Player
from studio.engine.said import Said

if TYPE_CHECKING:
    from torch import Tensor


@register
@dataclass(frozen=True)
class Palette(Led):
    """Wherever they lie (sliced optimal transport); by the layers of colour and texture where a
    model has these."""

    name = "palette"
    title = "Towards a palette"
    summary = (
        "A neighbour of the picture in the colours of another picture: drawn so by the model, "
        "not tinted afterwards."
    )
    rising = False
    wants_reference = True
    zones = ("texture", "colour")

    def refusal(self, player: Player) -> Said | None:
        if player.image_spec.channels == 1:
            return Said("This model draws in grey: there are no colours to go towards.")
        return super().refusal(player)

    def ready(self, subject: Subject) -> None:
        super().ready(subject)
        self._colours(subject)

    def measure(self, subject: Subject) -> Said:
        return Said("How far the colours are from those of the reference (levels)")

    def figure(self, subject: Subject, pixels: Pixels) -> float:
        return float(self._colours(subject).distance(subject.network(pixels))[0])

    def _colours(self, subject: Subject) -> Colours:
        path = wanted(subject.given.reference)
        device = str(subject.player.device)
        return subject.remembered("palette", lambda: Colours(path, device))

    def grown(self, subject: Subject, x: Tensor) -> Tensor:
        return -self._colours(subject).distance(x)
