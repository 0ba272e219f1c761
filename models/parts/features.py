"""A fixed network of random convolutions that turns a picture into numbers.

Random embeddings compare pictures that are unlike ImageNet's better than networks trained
on it: Naeem 2020 (arXiv:2002.09797), Sec. 5. The weights come from a seed, so the version
name says everything, and nothing has to be downloaded. Used for likeness, outliers, metrics.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from models.parameters import ParameterError

VERSIONS = {"random-features-v1": 20_261_123}
"""Version name to seed. A version never changes once it has been released."""
SIDE = 64
WIDTHS = (32, 64, 128, 256)


class Extractor:
    """`version` fixes seed, layers and resize; `dim` is the length of an embedding."""

    def __init__(self, version: str = "random-features-v1", device: str = "cpu") -> None:
        if version not in VERSIONS:
            raise ParameterError(
                "There is no extractor {name!r}. Known: {names}.",
                name=version,
                names=", ".join(VERSIONS),
            )
        self.version = version
        self.device = torch.device(device)
        generator = torch.Generator().manual_seed(VERSIONS[version])
        self.kernels: list[Tensor] = []
        before = 3
        for width in WIDTHS:
            kernel = torch.randn(width, before, 3, 3, generator=generator)
            if before == 3:
                # The first layer looks at differences between pixels, half of it at level too.
                kernel[: width // 2] -= kernel[: width // 2].mean((2, 3), keepdim=True)
            kernel *= (2 / kernel[0].numel()) ** 0.5
            self.kernels.append(kernel.to(self.device))
            before = width
        self.dim = 2 * sum(WIDTHS)

    @torch.no_grad()
    def embed(self, images: Tensor, batch: int = 64) -> Tensor:
        """uint8 NHWC pictures (1, 3 or 4 channels) to float32 [N, dim] on the CPU.

        Mean and standard deviation over the picture of every channel at four scales.
        Transparent parts count as middle grey; pictures are resized to 64x64, antialiased.
        """
        parts = [self._embed(images[i : i + batch]) for i in range(0, len(images), batch)]
        return torch.cat(parts) if parts else torch.empty(0, self.dim)

    def _embed(self, images: Tensor) -> Tensor:
        x = images.to(self.device).permute(0, 3, 1, 2).float() / 127.5 - 1
        if x.shape[1] == 4:
            x = x[:, :3] * (x[:, 3:] + 1) / 2
        return self.described(x).float().cpu()

    def described(self, x: Tensor) -> Tensor:
        """The embedding [N, dim] of what :meth:`levels` is given, differentiable."""
        numbers = [
            part for level in self.levels(x) for part in (level.mean((2, 3)), _spread(level))
        ]
        return torch.cat(numbers, 1)

    def levels(self, x: Tensor) -> list[Tensor]:
        """Activations [N, c, h, w] at 64, 32, 16 and 8 pixels, differentiable.

        Of pictures float NCHW in [-1, 1] on the device of the extractor, 1 or 3 channels.
        """
        if x.shape[1] == 1:
            x = x.expand(-1, 3, -1, -1)
        if x.shape[2:] != (SIDE, SIDE):
            x = F.interpolate(x, (SIDE, SIDE), mode="bilinear", antialias=True)
        found = []
        for kernel in self.kernels:
            x = F.leaky_relu(F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), kernel), 0.2)
            found.append(x)
            x = F.avg_pool2d(x, 2)
        return found


def _spread(level: Tensor) -> Tensor:
    """Standard deviation over the picture of every channel, [N, c]."""
    return level.std((2, 3))
