"""What the autoencoder and the VAE share: the two networks, their averages, and the canvas side.

A family adds its loss (`_losses`), its prior (`sample`, `w_mean`) and its `refresh`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from models.base import Family, ImageSpec, TrainState
from models.bending import Bends, Layer, inside
from models.facts import Curve
from models.learning import ema
from models.parameters import Declared, param
from models.parts.augment import Augmentation
from models.parts.hyperparameters import Hyperparameters
from models.parts.inference import Inference
from models.parts.layers import Decoder, Encoder, level_widths
from models.parts.schedules import adam, cosine, set_rates, warmed
from models.parts.seamless import RollingAugmentation, close


@dataclass(frozen=True)
class CodecConfig(Hyperparameters):
    """Parameters of a network that learns to redraw pictures."""

    latent_dim: int = param(
        128, low=8, high=2048, step=8,
        help="How many numbers describe one picture. More keep more detail; fewer mix better.",
    )  # fmt: skip
    width: int = param(128, label="Size of the network")
    batch_size: int = param(32, low=1)
    lr: float = param(
        1e-3, help="How far one step goes. Falls to a fiftieth by the end of the run."
    )
    ema_half_life: float = param(5.0, low=0.1)
    augment_shift: float = param(
        0.1, step=0.01,
        help="Move pictures by up to this part of their side, against learning by heart.",
    )  # fmt: skip
    augment_zoom: float = param(
        0.1, step=0.01, help="Enlarge or shrink pictures by up to this part."
    )
    augment_colour: float = param(0.0, step=0.05, help="Vary brightness, contrast and saturation.")
    augment_noise: float = param(
        0.0, help="Grain over what the encoder sees; it has to redraw the clean picture."
    )
    augment_cutout: float = param(
        0.0, help="Side of the square that hides a part of the picture from the encoder, which "
        "has to redraw it nevertheless.",
    )  # fmt: skip
    blocks: int = param(
        1, label="Depth", low=1, high=4, term="blocks", advanced=True,
        help="Residual blocks at every resolution.",
    )  # fmt: skip
    patch: int = param(
        1, label="Pixel squares", low=1, high=2, unit="pixels", term="patch size", advanced=True,
        help="Squares of so many pixels a side are one place for the networks. With 2 they learn "
        "half as fast again on a processor; with 1 every pixel is a place of its own, as it always "
        "is in tileable runs.",
    )  # fmt: skip
    weight_decay: float = param(
        0.01, label="Forgetting", low=0.0, high=1.0, step=0.01, term="weight_decay", advanced=True,
        live=True, help="Pulls all weights gently to zero.",
    )  # fmt: skip
    clip: float = param(
        1.0, label="Shock absorber", low=0.01, high=1000.0, term="gradient clipping", advanced=True,
        live=True, help="Longest step that a single batch may ask for.",
    )  # fmt: skip


WARMUP = 3_000
"""Pictures over which the learning rate climbs."""
CURVES = {
    "loss": Curve("loss"), "mse": Curve("error (mse)"), "gradient": Curve("gradient", hidden=True),
    "decoder": Curve("decoder size", hidden=True),
}  # fmt: skip


class CodecFamily(Family):
    """Encoder and decoder, trained together; averages of both do everything the artist sees."""

    Config: ClassVar[type[CodecConfig]]
    config: CodecConfig

    def __init__(self, config: CodecConfig, image_spec: ImageSpec, outputs: int) -> None:
        super().__init__(config, image_spec)
        # The border of a tile would lie on the grid of squares, which shows early in a run.
        patch = 1 if config.seamless else config.patch
        widths = level_widths(image_spec, config.top_width, config.width)[patch - 1 :]
        self.encoder = Encoder(image_spec, widths, outputs, config.blocks, patch)
        self.decoder = Decoder(image_spec, widths, config.latent_dim, config.blocks, patch)
        if config.seamless:
            close(self.encoder, self.decoder)
        self.encoder_ema = ema.averaged_copy(self.encoder)
        self.decoder_ema = ema.averaged_copy(self.decoder)
        self.inference = Inference()
        self._optimizers: dict[str, torch.optim.Optimizer] = {}

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

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        if not self._optimizers:
            for key, weights in self._learnt().items():
                self._optimizers[key] = adam(
                    weights, self.config.lr, (0.9, 0.99), self.config.weight_decay
                )
        return self._optimizers

    def _learnt(self) -> dict[str, list[nn.Parameter]]:
        """The weights of each optimiser by its name."""
        return {"codec": [*self.encoder.parameters(), *self.decoder.parameters()]}

    def training_step(self, batch: Tensor, state: TrainState) -> dict[str, Tensor]:
        config = self.config
        rate = warmed(state.images_seen, len(batch), WARMUP)
        rate *= cosine(1.0, 0.02, state.done_fraction)
        for optimizer in self.optimizers().values():
            set_rates(optimizer, config.lr * rate, weight_decay=config.weight_decay)
        x = self._augmentation(config).shown()(self.to_network(batch), state.generator)
        report = self._learn(x, state)
        self.inference.drop()
        seen = state.images_seen + len(batch)
        keep = ema.decay(len(batch), config.ema_half_life * 1000, seen)
        ema.update(self.encoder_ema, self.encoder, keep)
        ema.update(self.decoder_ema, self.decoder, keep)
        return report

    def _learn(self, x: Tensor, state: TrainState) -> dict[str, Tensor]:
        """Move the weights by one step on network pictures; returns what to show."""
        loss, report = self._losses(x, state)
        norm = self._descend("codec", loss, state)
        return {"loss": loss.detach(), **report, "gradient": norm}

    def _descend(self, key: str, loss: Tensor, state: TrainState) -> Tensor:
        """One clipped step of an optimiser; returns the norm of the gradient before clipping."""
        optimizer = self.optimizers()[key]
        optimizer.zero_grad(set_to_none=True)
        state.backward(loss)
        norm = state.advance(optimizer, self.config.clip)
        assert norm is not None
        return norm

    @abstractmethod
    def _losses(self, x: Tensor, state: TrainState) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss to minimise, per number of a picture, and scalars to show."""

    @abstractmethod
    def _mean_code(self, x: Tensor) -> Tensor:
        """Latents [n, dim] of network pictures by the averaged encoder, without noise."""

    def _hidden(self, x: Tensor, state: TrainState) -> Tensor:
        """What the encoder sees in place of x, which is to be redrawn: Vincent 2008 (ICML)."""
        return self._augmentation(self.config).hide(x, state.generator)

    @classmethod
    def augmented(
        cls, config: Declared, x: Tensor, generator: torch.Generator, p: float | None = None
    ) -> Tensor:
        """See the contract: what the encoder sees. There is no probability."""
        augmentation = cls._augmentation(config)
        return augmentation.hide(augmentation.shown()(x, generator), generator)

    @staticmethod
    def _augmentation(config: Declared) -> Augmentation:
        if config.as_dict()["seamless"]:
            # What enlarges or turns a tile opens a seam in it, and that would be learnt.
            return RollingAugmentation.of(config, reflect=True, zoom=0.0, rotate=0.0, crop=0.0)
        return Augmentation.of(config, reflect=True)

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

    def draw(
        self, w: Tensor, noise_seed: int = 0, resolution: int | None = None,
        bends: Bends | None = None,
    ) -> Tensor:  # fmt: skip
        return self.inference.of(self.decoder_ema, w)(w.flatten(1), resolution, bends)

    def layers(self) -> tuple[Layer, ...]:
        return inside("decoder_ema", self.decoder_ema.layers())

    def styles(self, w: Tensor) -> Tensor:
        return self.decoder_ema.first(w.flatten(1)).flatten(1)


def latent_numbers(image_spec: ImageSpec, wanted: int) -> int:
    """The multiple of the base grid's cells nearest to `wanted`, at least two a cell."""
    height, width, _ = image_spec.base_grid()
    return height * width * max(2, round(wanted / (height * width)))
