"""What the autoencoder and the VAE share: the two networks, their averages, and the canvas side.

A family adds its loss (`_losses`), its prior (`sample`, `w_mean`) and its `refresh`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.base import Family, ImageSpec, TrainState
from models.facts import Curve
from models.learning import ema
from models.parameters import Declared, param
from models.parts.augment import Augmentation, crop_param, noise_param, rotate_param
from models.parts.layers import Decoder, Encoder, level_widths
from models.parts.schedules import adam, cosine, set_rates, warmed
from models.parts.seamless import RollingAugmentation, close, seamless_param


@dataclass(frozen=True)
class CodecConfig(Declared):
    """Parameters of a network that learns to redraw pictures."""

    latent_dim: int = param(
        128, label="Sliders inside", low=8, high=2048, step=8, term="latent_dim",
        help="How many numbers describe one picture. More keep more detail; fewer mix better.",
    )  # fmt: skip
    top_width: int = param(
        32, label="Detail", low=8, high=512, step=8, term="top_width",
        help="Channels at full resolution; doubles at every halving of the picture.",
    )  # fmt: skip
    width: int = param(
        128, label="Size of the network", low=8, high=1024, step=8, term="width",
        help="Most channels at any resolution. Twice as many: four times the work.",
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
    seamless: bool = seamless_param()
    batch_size: int = param(
        32, label="Pictures at once", low=1, high=1024, term="batch_size",
        live=True, help="How many pictures one step looks at.",
    )  # fmt: skip
    lr: float = param(
        1e-3, label="Learning speed", low=1e-6, high=0.1, step=1e-4, term="learning rate",
        live=True, help="How far one step goes. Falls to a fiftieth by the end of the run.",
    )  # fmt: skip
    weight_decay: float = param(
        0.01, label="Forgetting", low=0.0, high=1.0, step=0.01, term="weight_decay", advanced=True,
        live=True, help="Pulls all weights gently to zero.",
    )  # fmt: skip
    clip: float = param(
        1.0, label="Shock absorber", low=0.01, high=1000.0, term="gradient clipping", advanced=True,
        live=True, help="Longest step that a single batch may ask for.",
    )  # fmt: skip
    ema_half_life: float = param(
        5.0, label="Steadiness", low=0.1, high=1000.0, unit="thousand pictures",
        term="EMA half-life", live=True,
        help="What you see is an average of the past weights: after so many pictures an old "
        "state counts one half.",
    )  # fmt: skip
    augment_mirror: bool = param(
        True, label="Mirror", term="x-flip", live=True,
        help="Also show every picture mirrored. Turn off for lettering.",
    )  # fmt: skip
    augment_shift: float = param(
        0.1, label="Shift", low=0.0, high=0.5, step=0.01, term="translation", live=True,
        help="Move pictures by up to this part of their side, against learning by heart.",
    )  # fmt: skip
    augment_zoom: float = param(
        0.1, label="Zoom", low=0.0, high=0.5, step=0.01, term="scale", live=True,
        help="Enlarge or shrink pictures by up to this part.",
    )  # fmt: skip
    augment_colour: float = param(
        0.0, label="Colour changes", low=0.0, high=1.0, step=0.05, term="colour jitter", live=True,
        help="Vary brightness, contrast and saturation.",
    )  # fmt: skip
    augment_rotate: float = rotate_param()
    augment_crop: float = crop_param()
    augment_noise: float = noise_param(
        "Grain over what the encoder sees; it has to redraw the clean picture."
    )
    augment_cutout: float = param(
        0.0, label="Cover", low=0.0, high=0.9, step=0.1, term="cutout", live=True,
        help="Side of the square that hides a part of the picture from the encoder, which has to "
        "redraw it nevertheless.",
    )  # fmt: skip


WARMUP = 3_000
"""Pictures over which the learning rate climbs."""
CURVES = {
    "loss": Curve("loss"), "mse": Curve("error (mse)"), "gradient": Curve("gradient", hidden=True),
    "decoder": Curve("decoder size", hidden=True),
}  # fmt: skip


class CodecFamily(Family):
    """Encoder and decoder, trained together; averages of both do everything the artist sees."""

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
        self._optimizers: dict[str, torch.optim.Optimizer] = {}

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        if not self._optimizers:
            weights = [
                *self.encoder.parameters(), *self.decoder.parameters(), *self._weights_of_prior(),
            ]  # fmt: skip
            self._optimizers["codec"] = adam(
                weights, self.config.lr, (0.9, 0.99), self.config.weight_decay
            )
        return self._optimizers

    def _weights_of_prior(self) -> list[nn.Parameter]:
        """What is learnt beside the two networks."""
        return []

    def training_step(self, batch: Tensor, state: TrainState) -> dict[str, Tensor]:
        config = self.config
        rate = warmed(state.images_seen, len(batch), WARMUP) * cosine(
            1.0, 0.02, state.done_fraction
        )
        for optimizer in self.optimizers().values():
            set_rates(optimizer, config.lr * rate, weight_decay=config.weight_decay)
        x = self._augmentation(config).shown()(self.to_network(batch), state.generator)
        report = self._learn(x, state)
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

    @torch.no_grad()
    def synthesize(
        self, w: Tensor, noise_seed: int = 0, max_resolution: int | None = None
    ) -> Tensor:
        """See the contract; `max_resolution` shrinks the finished picture, noise is not used."""
        return self.to_picture(shrink(self.decoder_ema(w.flatten(1)), max_resolution))

    def features(self, w: Tensor, resolution: int) -> Tensor:
        return self.decoder_ema(w.flatten(1), resolution)


def shrink(x: Tensor, longest: int | None) -> Tensor:
    """Halve network pictures until their longer side is at most `longest`; None leaves them."""
    while longest is not None and max(x.shape[2:]) > longest and min(x.shape[2:]) > 1:
        x = F.avg_pool2d(x, 2)
    return x


def latent_numbers(image_spec: ImageSpec, wanted: int) -> int:
    """The multiple of the base grid's cells nearest to `wanted`, at least two a cell."""
    height, width, _ = image_spec.base_grid()
    return height * width * max(2, round(wanted / (height * width)))


def codec_size(image_spec: ImageSpec, accelerator: bool) -> dict[str, int]:
    """Widths by picture size: 512 channels at the bottom on an accelerator, 128 on a processor.

    A processor spends most of its time on the finest level, and gains more by more rounds.
    """
    side = max(image_spec.height, image_spec.width)
    if accelerator:
        top = 256 if side <= 32 else 128 if side <= 64 else 64 if side <= 128 else 32
        return {"top_width": top, "width": 512, "batch_size": 64 if side <= 128 else 32}
    top = 32 if side <= 32 else 16 if side <= 128 else 8
    return {"top_width": top, "width": 128, "patch": 2, "batch_size": 32 if side <= 128 else 16}
