"""A discriminator of patches, for sharper redrawn pictures of a tokenizer."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

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


def balance(error: Tensor, judged: Tensor, last: Tensor) -> Tensor:
    """How strongly `judged` has to count so that both pull alike at the weights `last`: a scalar.

    |d error / d last| / |d judged / d last|: Esser 2021 (arXiv:2012.09841), Eq. 7.
    """
    own, other = (
        torch.autograd.grad(each, last, retain_graph=True)[0].float().norm()
        for each in (error, judged)
    )
    return (own / (other + TINY)).clamp(max=STRONGEST).detach()
