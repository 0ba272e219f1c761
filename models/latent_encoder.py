"""An encoder for a generator that has none, learnt from its own pictures.

Pairs are made without end: w is drawn as the generator draws it, x = G(w), and the network says w
of x (the latent loss of Nitzan 2020, arXiv:2005.07728, Sec. 3.3), while the picture of what it
says has to be x again (the L2 loss of pSp: Richardson 2021, 'Encoding in style',
arXiv:2008.00951, Eq. 1). Latents that are one in all slots are said as one, where an inversion
can be edited best (Tov 2021, e4e, arXiv:2102.02766, Sec. 3).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import torch
from torch import Tensor, nn

from models.base import Family
from models.facts import LatentSpec
from models.image_spec import ImageSpec
from models.parts.layers import Encoder, level_widths
from models.parts.schedules import cosine

TOP, WIDEST, BLOCKS = 24, 128, 1
"""Channels at full resolution and at most; residual blocks a level: 0.8 M numbers at 64 px."""
RATE, BATCH = 1e-3, 16
AGAIN = 5.0
"""Weight of the mean squared error of pictures (from -1 to 1) beside that of latents, which are
counted in standard deviations."""
POPULATION = 2_000
"""Latents that say what is ordinary."""


class Turns(Protocol):
    """The generator, while it is this thread's turn."""

    def __enter__(self) -> Family: ...
    def __exit__(self, *_: object) -> None: ...


class LatentEncoder(nn.Module):
    """Network pictures [N, channels, H, W] in [-1, 1] to w [N, slots, dim].

    Tensors: encoder.*, mean [dim] and deviation [dim] of ordinary latents.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, spec: ImageSpec, latent: LatentSpec, alike: bool) -> None:
        """`alike`: an ordinary latent is the same in all its slots."""
        super().__init__()
        self._shape = (1 if alike else latent.slots), latent.dim
        self._slots = latent.slots
        widths = level_widths(spec, TOP, WIDEST)
        self.encoder = Encoder(spec, widths, self._shape[0] * latent.dim, BLOCKS)
        self.register_buffer("mean", torch.zeros(latent.dim))
        self.register_buffer("deviation", torch.ones(latent.dim))

    def forward(self, x: Tensor) -> Tensor:
        """w [N, slots, dim]."""
        return self.latents(self.said(x))

    def said(self, x: Tensor) -> Tensor:
        """What it says [N, slots or 1, dim], in standard deviations."""
        return self.encoder(x).unflatten(1, self._shape)

    def latents(self, said: Tensor) -> Tensor:
        return (self.mean + said * self.deviation).expand(-1, self._slots, -1)

    def wanted(self, w: Tensor) -> Tensor:
        """What it should have said of w [N, slots, dim]."""
        return ((w - self.mean) / self.deviation)[:, : self._shape[0]]


def begin(model: Turns, device: str, seed: int = 0) -> LatentEncoder:
    """One that has learnt nothing, for latents as the generator draws them."""
    with torch.no_grad(), model as family:
        ordinary = family.population(POPULATION, seed).float()
        alike = bool((ordinary == ordinary[:, :1]).all())
        with torch.random.fork_rng([]):
            torch.manual_seed(seed)
            made = LatentEncoder(family.image_spec, family.latent, alike)
    made.mean.copy_(ordinary.mean((0, 1)))
    made.deviation.copy_(ordinary.std((0, 1)).clamp_min(1e-6))
    return made.to(device)


def learn(encoder: LatentEncoder, model: Turns, steps: int, seed: int = 1) -> Iterator[float]:
    """Adam on fresh pairs; yields the loss of each step. Whoever has enough ends it.

    Takes two turns of the model in each step, to draw; gradients are worked out beside who plays.
    """
    adam = torch.optim.Adam(encoder.parameters(), betas=(0.9, 0.99))
    for step in range(steps):
        adam.param_groups[0]["lr"] = RATE * cosine(1.0, 0.02, step / steps)
        with torch.inference_mode(False), torch.enable_grad():
            with torch.no_grad(), model as family:
                w = family.population(BATCH, seed + step).float().clone()
                x = family.draw(w, seed + step).float().clone()
            said = encoder.said(x)
            latents = encoder.latents(said)
            with model as family:
                again = family.draw(latents, seed + step).float()
            loss = (said - encoder.wanted(w)).square().mean()
            loss = loss + AGAIN * (again - x).square().mean()
            adam.zero_grad(set_to_none=True)
            loss.backward()
            adam.step()
        yield float(loss.detach())
