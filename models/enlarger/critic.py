"""What tells originals from enlarged pictures, patch by patch."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

_LEAK = 0.2


class Critic(nn.Module):
    """Six spectrally normalised convolutions (Miyato 2018, arXiv:1802.05957); every number of
    the result judges a patch of some 30 pixels."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        plan = ((3, 1, 1), (1, 1, 2), (1, 2, 1), (2, 2, 2), (2, 4, 1))
        layers = [
            spectral_norm(
                nn.Conv2d(
                    3 if place == 0 else before * width, after * width, 3, stride=step, padding=1
                )
            )
            for place, (before, after, step) in enumerate(plan)
        ]
        self.layers = nn.ModuleList(layers)
        self.verdict = spectral_norm(nn.Conv2d(4 * width, 1, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        """[N, 3, h, w] in [0, 1] to [N, 1, h / 4, w / 4]; higher is more like an original."""
        x = 2 * x - 1
        for layer in self.layers:
            x = F.leaky_relu(layer(x), _LEAK)
        return self.verdict(x)
