"""A discriminator of patches, for sharper redrawn pictures of a tokenizer."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.learning import losses
from models.parts.convolution import Conv2d
from models.parts.layers import LEAK, Norm

FIRST = 32
"""Channels of the first layer."""
BEGINS = 0.25
"""Of the tokenizer's part of a run: before, pictures are still too soft to be worth judging."""
STRONGEST = 1e4
"""Of the balance of two gradients, as one of them may vanish."""
TINY = 1e-4


class PatchCritic(nn.Module):
    """Pictures [N, channels, H, W] to the scores [N, 1, h, w] of patches of 34 pixels a side.

    Isola 2017 (arXiv:1611.07004), Sec. 3.2.2 and Appendix 6.1.2, with two halvings, and groups
    in place of batches in its normalisation, so that a picture is judged by itself.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            Conv2d(channels, FIRST, 4, stride=2, padding=1), nn.LeakyReLU(LEAK),
            Conv2d(FIRST, 2 * FIRST, 4, stride=2, padding=1), Norm(2 * FIRST), nn.LeakyReLU(LEAK),
            Conv2d(2 * FIRST, 4 * FIRST, 4, padding=1), Norm(4 * FIRST), nn.LeakyReLU(LEAK),
            Conv2d(4 * FIRST, 1, 4, padding=1),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        # A layer may not lose the whole of a small picture.
        scores: Tensor = self.layers(F.pad(x, (2, 2, 2, 2), mode="replicate"))
        return scores


def unlike(critic: PatchCritic, made: Tensor) -> Tensor:
    """What the critic, which does not learn from it, finds unlike real ones in pictures: a scalar.

    Esser 2021 (arXiv:2012.09841), Eq. 5, of the generator by a hinge: Lim 2017, arXiv:1705.02894.
    """
    critic.requires_grad_(False)
    judged = -critic(made).float().mean()
    critic.requires_grad_(True)
    return judged


def told_apart(critic: PatchCritic, made: Tensor, real: Tensor) -> Tensor:
    """The loss by which it learns to tell real pictures from those that were made: a scalar."""
    known, other = critic(torch.cat([real, made.to(real.dtype)])).chunk(2)
    return losses.hinge_critic(known, other, 1.0, 1.0)


def balance(error: Tensor, judged: Tensor, last: Tensor) -> Tensor:
    """How strongly `judged` has to count so that both pull alike at the weights `last`: a scalar.

    |d error / d last| / |d judged / d last|: Esser 2021 (arXiv:2012.09841), Eq. 7.
    """
    own, other = (
        torch.autograd.grad(each, last, retain_graph=True)[0].float().norm()
        for each in (error, judged)
    )
    return (own / (other + TINY)).clamp(max=STRONGEST).detach()
