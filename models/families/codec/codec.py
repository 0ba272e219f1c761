"""What the autoencoder and the VAE share: the two networks, their averages, and the canvas side.

A family adds its loss (`_losses`), its prior (`sample`, `w_mean`) and its `refresh`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from models.codec import WARMUP, Codec, CodecParameters
from models.image_spec import ImageSpec
from models.parameters import param
from models.parts.hyperparameters import Hyperparameters
from models.parts.schedules import cosine, set_rates, warmed
from models.train_state import TrainState


@dataclass(frozen=True)
class CodecConfig(CodecParameters, Hyperparameters):
    """And of a latent of one row."""

    latent_dim: int = param(
        128, low=8, high=2048, step=8,
        help="How many numbers describe one picture. More keep more detail; fewer mix better.",
    )  # fmt: skip


class CodecFamily(Codec):
    """Networks whose latent is one row of numbers."""

    Config: ClassVar[type[CodecConfig]]
    config: CodecConfig

    def __init__(self, config: CodecConfig, image_spec: ImageSpec, outputs: int) -> None:
        super().__init__(config, image_spec, outputs, config.latent_dim)

    @classmethod
    def preset(cls, image_spec: ImageSpec, *, accelerator: bool, pictures: int) -> CodecConfig:
        """Widths by picture size: 512 channels at the bottom on an accelerator, 128 on a processor.

        A processor spends most of its time on the finest level, and gains more by more rounds.
        """
        side = max(image_spec.height, image_spec.width)
        dim = latent_numbers(image_spec, 256 if accelerator and side > 64 else 128)
        if accelerator:
            top = 256 if side <= 32 else 128 if side <= 64 else 64 if side <= 128 else 32
            batch = 64 if side <= 128 else 32
            return cls.Config(latent_dim=dim, lr=3e-4, top_width=top, width=512, batch_size=batch)
        top = 32 if side <= 32 else 16 if side <= 128 else 8
        batch = 32 if side <= 128 else 16
        return cls.Config(
            latent_dim=dim, lr=1e-3, top_width=top, width=128, patch=2, batch_size=batch
        )

    def training_step(self, batch: Tensor, state: TrainState) -> dict[str, Tensor]:
        config = self.config
        rate = warmed(state.images_seen, len(batch), WARMUP)
        rate *= cosine(1.0, 0.02, state.done_fraction)
        for optimizer in self.optimizers().values():
            set_rates(optimizer, config.lr * rate, weight_decay=config.weight_decay)
        x = self._augmentation(config).shown()(self.to_network(batch), state.generator)
        report = self._learn(x, state)
        self._average(len(batch), state)
        return report

    def _learn(self, x: Tensor, state: TrainState) -> dict[str, Tensor]:
        """Move the weights by one step on network pictures; returns what to show."""
        loss, report = self._losses(x, state)
        norm = self._descend("codec", loss, state)
        return {"loss": loss.detach(), **report, "gradient": norm}

    @abstractmethod
    def _losses(self, x: Tensor, state: TrainState) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss to minimise, per number of a picture, and scalars to show."""

    @abstractmethod
    def _mean_code(self, x: Tensor) -> Tensor:
        """Latents [n, dim] of network pictures by the averaged encoder, without noise."""

    @torch.no_grad()
    def _codes(
        self, batches: Callable[[], Iterable[Tensor]], labels: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Latents [M, dim] of all pictures, float64 on the CPU, mirrored ones too if trained on.

        And their classes int64 [M]: of `labels` [N] in the order of the pictures, or all 0.
        """
        codes, classes, seen = [], [], 0
        for batch in batches():
            x = self.to_network(batch)
            own = torch.zeros(len(x), dtype=torch.long)
            if labels is not None:
                own = labels[seen : seen + len(x)].cpu()
            seen += len(x)
            for picture in (x, x.flip(3)) if self.config.augment_mirror else (x,):
                codes.append(self._mean_code(picture))
                classes.append(own)
        if not codes:
            none = torch.empty(0, self.config.latent_dim, dtype=torch.float64)
            return none, torch.empty(0, dtype=torch.long)
        return torch.cat(codes).to("cpu", torch.float64), torch.cat(classes)

    @torch.no_grad()
    def encode(self, images: Tensor) -> Tensor:
        return self._mean_code(self.to_network(images)).unsqueeze(1)

    def styles(self, w: Tensor) -> Tensor:
        return self.decoder_ema.first(w.flatten(1)).flatten(1)


def latent_numbers(image_spec: ImageSpec, wanted: int) -> int:
    """The multiple of the base grid's cells nearest to `wanted`, at least two a cell."""
    height, width, _ = image_spec.base_grid()
    return height * width * max(2, round(wanted / (height * width)))
