"""Latents in the units of their own spread: 1 is one standard deviation, whichever way."""

from __future__ import annotations

import torch
from torch import Tensor

FLOOR = 1e-4
"""Of the largest variance: along what never varies a latent may still move a little."""


class Whitening:
    """Principal axes of latents, each divided by its standard deviation.

    In these units an ordinary latent has numbers about N(0, 1), so that the mean of their
    squares says how ordinary one is. For StyleGAN it is P_N of Zhu 2020 ('Improved StyleGAN
    embedding: where are the good latents?', arXiv:2012.09036, Eq. 6) without its leaky ReLU.
    """

    def __init__(self, latents: Tensor) -> None:
        """From `latents` [n, dim] that are ordinary; n may be smaller than dim."""
        exact = latents.double()
        mean = exact.mean(0)
        values, axes = torch.linalg.eigh(torch.cov(exact.T, correction=0).reshape(2 * mean.shape))
        sigma = values.clamp_min(FLOOR * float(values.max().clamp_min(1e-12))).sqrt()
        self._mean = mean.to(latents.dtype)
        self._colour = (sigma[:, None] * axes.T).to(latents.dtype)
        self._white = (axes / sigma).to(latents.dtype)

    def whitened(self, w: Tensor) -> Tensor:
        """w [..., dim] in standard deviations."""
        return (w - self._mean) @ self._white

    def coloured(self, u: Tensor) -> Tensor:
        """The inverse of :meth:`whitened`."""
        return self._mean + u @ self._colour
