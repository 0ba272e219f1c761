"""From a picture to the latent that comes nearest to it, by encoder and by gradients.

Abdal 2019 ('Image2StyleGAN', arXiv:1904.03189) and 2020 (arXiv:1911.11544) optimise a latent of
its own for every slot; the noise on it and the rates are of Karras 2020 (arXiv:1912.04958,
App. D). The latent is moved in units of its own spread (:mod:`models.parts.whitening`) and
pulled to the middle, so that it stays among those that the sliders were made for. What no latent
of the model can say is left to the coarsest layer (:mod:`moves.residual`), where the model has
layers that can be bent.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.facts import Ability
from studio.engine.artwork import Pixels
from studio.engine.generation import own_encoder
from studio.engine.generation.differentiable import drawn
from studio.engine.generation.moves.base import Move
from studio.engine.generation.moves.residual import Activations, Residual
from studio.engine.generation.player import Player
from studio.engine.generation.slerp import Latent

if TYPE_CHECKING:
    from torch import Tensor
    from torch.optim import Optimizer


STEPS = 200
MOST_STEPS = 10_000
POPULATION = 2_000
"""Latents that say what is ordinary."""
STARTS, _FEWEST_STARTS = 256, 32
"""Pictures at 64 pixels that a beginning is looked for among, where no encoder says it; of
larger ones fewer, as they take longer."""
_AT_ONCE = 16
RATE_ENCODED, RATE_FOUND = 0.3, 0.3
"""Of Adam, in standard deviations."""
_RISE, _FALL = 0.05, 0.25
"""Parts of the steps over which the rate climbs and falls: Karras 2020, App. D."""
NOISE, _NOISY = 0.05, 0.75
"""In standard deviations, falling to 0 over this part of the steps; only after a search."""
PULL, APART, ADDED = 2e-3, 2e-3, 2e-3
"""Weights of the mean square of a latent, of how far its slots are apart, and of what is added to
the coarsest layer, in standard deviations of what it says."""
SAID = 16
"""Pictures that these are found from."""


@dataclass(frozen=True)
class Reached:
    """How far it is: the best point so far, `psnr` in dB of its picture; `residual` is what is
    added to the coarsest layer, None where nothing is."""

    done: int
    total: int
    w: Latent
    psnr: float
    improved: bool
    residual: Activations | None = None

    @property
    def moves(self) -> tuple[Move, ...]:
        """Of a recipe that begins at the point."""
        return () if self.residual is None else (Residual.of(self.residual),)


def inversion(player: Player, target: Pixels, steps: int = STEPS) -> Iterator[Reached]:
    """Come nearer to `target`, uint8 [h, w, c] of the model's size, by so many steps.

    Yields while it looks for a beginning and after every step; whoever has enough ends it.
    Raises :class:`UsageError` where the model has no encoder and its latents cannot be moved.
    """
    able = player.latent.abilities
    if Ability.ENCODE not in able:
        player.need(Ability.INVERT)
    search = _Search(player, target, steps if Ability.INVERT in able else 0)
    yield from search.begin(target)
    yield from search.climb()


class _Search:
    """One picture that is being looked for."""

    def __init__(self, player: Player, target: Pixels, steps: int) -> None:
        import torch

        from models.learning.resemblance import Resemblance
        from models.parts.whitening import Whitening

        self._player, self._model, self._steps = player, player.model, steps
        own = own_encoder.find(player)
        self._encode = player.encode if own is None else own.encode
        self._is_encoded = own is not None or Ability.ENCODE in player.latent.abilities
        # Somebody's thread may draw without gradients: what is made then could not carry one.
        with torch.inference_mode(False), torch.no_grad(), player.model as family:
            picture = torch.from_numpy(target.copy())[None].to(player.device)
            self._wanted = Resemblance(family.to_network(picture))
            ordinary = family.population(POPULATION, 0).float()
            # Slots of one spread, as far as this goes: it is the same latent in all of them.
            self._units = Whitening(ordinary.flatten(0, 1)[:: ordinary.shape[1]])
            self._chance = torch.Generator(player.device).manual_seed(0)
            self._said: Tensor | None = None
            """Standard deviation of what the coarsest layer says; None where nothing is added."""
            if Ability.BEND in player.latent.abilities and steps:
                self._said = player.said_by(family, ordinary[:SAID], 0).float().std()
        self._added: Tensor | None = None
        self._best: Tensor = ordinary[:1]
        self._loss = self._error = math.inf
        self._done = 0
        self._total = steps + (0 if self._is_encoded else _starts(player))

    # ------------------------------------------------------------------ where it begins

    def begin(self, target: Pixels) -> Iterator[Reached]:
        """What the encoder says, or else the nearest of many."""
        import torch

        if self._is_encoded:
            w = torch.from_numpy(self._encode(target))[None].to(self._player.device)
            yield self._reached(self._better(w))
            return
        for start in range(0, self._total - self._steps, _AT_ONCE):
            with torch.inference_mode(False), torch.no_grad(), self._model as family:
                w = family.sample(_AT_ONCE, start)
            self._done += _AT_ONCE
            yield self._reached(self._better(w))

    def _better(self, w: Tensor) -> bool:
        """Take the best of w [n, slots, dim], where it is better than what there is."""
        import torch

        with torch.inference_mode(False), torch.no_grad():
            pictures = drawn(self._model, w)
            loss = self._wanted.distance(pictures) + self._strain(self._units.whitened(w))
            place = int(loss.argmin())
            error = float(self._wanted.error(pictures.clamp(-1, 1))[place])
        return self._take(w[place : place + 1], float(loss[place]), error)

    def _take(self, w: Tensor, loss: float, error: float, added: Tensor | None = None) -> bool:
        if not loss < self._loss:  # nor where it is no number
            return False
        self._best, self._loss, self._error = w.detach().clone(), loss, error
        self._added = None if added is None else added.detach().clone()
        return True

    def _reached(self, improved: bool) -> Reached:
        w = self._best[0].cpu().numpy()
        added = None if self._added is None else self._added[0].cpu().numpy().astype(np.float16)
        return Reached(self._done, self._total, w, _decibels(self._error), improved, added)

    # ------------------------------------------------------------------ how it comes nearer

    def climb(self) -> Iterator[Reached]:
        """Adam on the latent in units of its spread; every slot for itself."""
        import torch

        with torch.inference_mode(False):
            moved = [self._units.whitened(self._best).requires_grad_(True)]
            if self._said is not None:
                layer = self._player.layers()[0]
                shape = 1, layer.channels, layer.height, layer.width
                moved.append(torch.zeros(shape, device=self._player.device, requires_grad=True))
        adam = torch.optim.Adam(moved)
        for step in range(self._steps):
            improved = self._step(moved, adam, step / self._steps)
            self._done += 1
            yield self._reached(improved)

    def _step(self, moved: list[Tensor], adam: Optimizer, part: float) -> bool:
        """Look from u [1, slots, dim] and, where there is one, what is added to the coarsest layer
        [1, c, h, w], in standard deviations; move them downhill. `part` of the way is behind."""
        import torch

        from models.bending import Bends

        rate = RATE_ENCODED if self._is_encoded else RATE_FOUND
        adam.param_groups[0]["lr"] = rate * _shape(part)
        noise = 0.0 if self._is_encoded else NOISE * max(0.0, 1 - part / _NOISY) ** 2
        with torch.inference_mode(False), torch.enable_grad():
            u, *rest = moved
            shaken = u + noise * torch.randn(u.shape, device=u.device, generator=self._chance)
            w = self._units.coloured(shaken)
            added = None if self._said is None else rest[0] * self._said
            bends = None if added is None else Bends({0: lambda x: x + added})
            picture = drawn(self._model, w, bends=bends)
            loss = (self._wanted.distance(picture) + self._strain(shaken)).sum()
            if rest:
                loss = loss + ADDED * rest[0].square().mean().log1p()
            for each, gradient in zip(moved, torch.autograd.grad(loss, moved), strict=True):
                each.grad = gradient
            error = float(self._wanted.error(picture.detach().clamp(-1, 1)))
            better = self._take(w, float(loss.detach()), error, added)
            adam.step()
        return better

    def _strain(self, u: Tensor) -> Tensor:
        """What keeps u [n, slots, dim] ordinary, [n]: nearness to the middle and to each other.

        Like the negative logarithm of a prior with long tails (Student's): a decoder that has
        learnt little asks for latents far out, and a square would not let them go there.
        """
        apart = u - u.mean(1, keepdim=True)
        far, spread = u.square().mean((1, 2)), apart.square().mean((1, 2))
        return PULL * far.log1p() + APART * spread.log1p()


def _starts(player: Player) -> int:
    spec = player.image_spec
    count = STARTS * 64 * 64 // (spec.height * spec.width)
    return min(STARTS, max(_FEWEST_STARTS, count // _AT_ONCE * _AT_ONCE))


def _shape(part: float) -> float:
    """Of the rate, 0 to 1, at a part of the way."""
    fall = min(1.0, (1 - part) / _FALL)
    return (0.5 - 0.5 * math.cos(math.pi * fall)) * min(1.0, (part + 0.01) / _RISE)


def _decibels(error: float) -> float:
    """PSNR of a mean squared error of pictures from 0 to 1."""
    return -10 * math.log10(max(error, 1e-10))
