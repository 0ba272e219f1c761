"""Towards a higher score, without going far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.engine.generation.iteration.led import Led
from studio.engine.generation.iteration.subject import Subject
from studio.engine.generation.iteration.way import register

if TYPE_CHECKING:
    from torch import Tensor


@register
@dataclass(frozen=True)
class Score(Led):
    """By the discriminator where there is one, else by nearness to the training pictures, short
    of a copy."""

    name = "score"
    title = "Towards a higher score"
    summary = (
        "A neighbour of the picture that the discriminator finds more real, or, where there is "
        "none, that is more like the training pictures without being a copy."
    )

    def grown(self, subject: Subject, x: Tensor) -> Tensor:
        return subject.judge.opinion(x)
