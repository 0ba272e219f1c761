"""Going where something grows, without going far: gradients inside a ball around a latent.

The latent is moved in standard deviations (:mod:`models.parts.whitening`), by steps of one length
along the gradient, as its size says little from one model to the next, and is brought back to the
surface of the ball where it has left it (projected gradient ascent).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from studio.engine.errors import StudioError
from studio.engine.generation import zones
from studio.engine.generation.iteration.subject import Subject
from studio.engine.generation.latent_units import units_of
from studio.engine.generation.slerp import Latent

if TYPE_CHECKING:
    from torch import Tensor

FARTHEST = 1.0
"""Standard deviations, root of the mean square over what may move, at strength 1: two pictures by
chance are 1.4 apart."""
_RATE, _MOMENTUM = 0.12, 0.7
"""Of the radius of the ball; falls to nothing along a cosine."""
_SMALL = 1e-12


def climb(
    subject: Subject, opinion: Callable[[Tensor], Tensor], strength: float, steps: int,
    parts: tuple[str, ...] = (),
) -> Iterator[Latent]:  # fmt: skip
    """Points w [slots, dim] after each of `steps`, of which more of `opinion` ([n] of network
    pictures) is expected. `strength` above 0, to 1, is the radius; `parts` are zones that may
    move, all where the model has none of these."""
    import torch

    player, reach = subject.player, strength * FARTHEST
    units = units_of(player)
    free = _free(subject, parts)
    with torch.inference_mode(False), torch.no_grad():
        start = torch.from_numpy(subject.start).to(player.device)
        moves = torch.from_numpy(free)[:, None].to(start)
        steps_made, speed = torch.zeros_like(start), torch.zeros_like(start)
        middle = units.coloured(torch.zeros_like(start))
    for number in range(steps):
        with torch.inference_mode(False), torch.enable_grad():
            moved = steps_made.clone().requires_grad_(True)
            grown = opinion(subject.drawn((start + units.coloured(moved) - middle)[None])).sum()
            (slope,) = torch.autograd.grad(grown, moved)
        with torch.inference_mode(False), torch.no_grad():
            slope = slope * moves
            size = float(_length(slope, moves))
            if not math.isfinite(size):
                raise StudioError(
                    "This model draws no picture from here: take the last steps back, or open "
                    "another checkpoint."
                )
            rate = _RATE * reach * (0.5 + 0.5 * math.cos(math.pi * number / steps))
            speed = _MOMENTUM * speed + slope / max(size, _SMALL)
            steps_made = steps_made + rate * speed
            steps_made = steps_made * min(
                1.0, reach / max(float(_length(steps_made, moves)), _SMALL)
            )
            w = start + (units.coloured(steps_made) - middle) * moves
        yield w.cpu().numpy()


def _length(steps: Tensor, moves: Tensor) -> Tensor:
    """Root of the mean square over the slots that move."""
    return (steps.square().mean(1).sum() / moves.sum()).sqrt()


def _free(subject: Subject, parts: tuple[str, ...]) -> np.ndarray:
    """bool [slots]: what may move."""
    latent = subject.player.latent
    known = [each for each in parts if each in zones.zones_of(latent)]
    if not known:
        return np.ones(latent.slots, np.bool_)
    return np.asarray(np.any([zones.slots_of(each, latent) for each in known], axis=0))
