"""What families share that learn to redraw pictures: an encoder, a decoder, and their averages.

A family adds what lies between the two networks, and what they learn by.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from models.base import Family
from models.bending import Bends, Layer, inside
from models.facts import Curve
from models.image_spec import ImageSpec
from models.learning import ema
from models.parameters import Declared, param
from models.parts.augment import Augmentation
from models.parts.hyperparameters import NetworkParameters
from models.parts.inference import Inference
from models.parts.layers import Decoder, Encoder, level_widths
from models.parts.schedules import adam
from models.parts.seamless import RollingAugmentation, close
from models.train_state import TrainState


@dataclass(frozen=True)
class CodecParameters(NetworkParameters):
    """Parameters of a network that learns to redraw pictures."""

    width: int = param(128, label="Network width")
    batch_size: int = param(32, low=1)
    lr: float = param(
        1e-3,
        help="How far one step goes. Lower it when the curves jump, raise it when nothing moves. "
        "Falls to a fiftieth by the end of the run.",
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
        1, label="Patch size", low=1, high=2, unit="pixels", term="patch size", advanced=True,
        help="Squares of so many pixels a side are one place for the networks. With 2 they learn "
        "half as fast again on a processor; with 1 every pixel is a place of its own, as it always "
        "is in tileable runs.",
    )  # fmt: skip
    weight_decay: float = param(
        0.01, label="Weight decay", low=0.0, high=1.0, step=0.01, term="weight_decay",
        advanced=True, live=True,
        help="Pulls all weights gently to zero. Raise it when the model learns by heart.",
    )  # fmt: skip
    clip: float = param(
        1.0, label="Gradient clipping", low=0.01, high=1000.0, term="gradient clipping",
        advanced=True, live=True,
        help="Longest step that a single batch may ask for. Lower it when the curves have spikes.",
    )  # fmt: skip


WARMUP = 3_000
"""Pictures over which the learning rate climbs."""
CURVES = {
    "loss": Curve("loss"), "mse": Curve("error (MSE)"), "gradient": Curve("gradient", hidden=True),
    "decoder": Curve("decoder size", hidden=True),
}  # fmt: skip


class Codec(Family):
    """Encoder and decoder, trained together; averages of both do everything the artist sees."""

    Config: ClassVar[type[CodecParameters]]
    config: CodecParameters
    divided: ClassVar[tuple[str, ...]] = ("encoder", "decoder")

    def __init__(
        self, config: CodecParameters, image_spec: ImageSpec, outputs: int, inputs: int,
        doublings: int | None = None,
    ) -> None:  # fmt: skip
        """`outputs` of the encoder and `inputs` of the decoder are of all cells of the grid where
        they meet, which is `doublings` from the picture; None is the base grid."""
        super().__init__(config, image_spec)
        # The border of a tile would lie on the grid of squares, which shows early in a run.
        patch = 1 if config.seamless else config.patch
        widths = level_widths(image_spec, config.top_width, config.width)
        widths = widths[patch - 1 : None if doublings is None else doublings + 1]
        self.encoder = Encoder(image_spec, widths, outputs, config.blocks, patch)
        self.decoder = Decoder(image_spec, widths, inputs, config.blocks, patch)
        if config.seamless:
            close(self.encoder, self.decoder)
        self.encoder_ema = ema.averaged_copy(self.encoder)
        self.decoder_ema = ema.averaged_copy(self.decoder)
        self.inference = Inference()
        self._optimizers: dict[str, torch.optim.Optimizer] = {}

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

    def _descend(self, key: str, loss: Tensor, state: TrainState) -> Tensor:
        """One clipped step of an optimiser; returns the norm of the gradient before clipping."""
        optimizer = self.optimizers()[key]
        optimizer.zero_grad(set_to_none=True)
        state.backward(loss)
        norm = state.advance(optimizer, self.config.clip)
        assert norm is not None
        return norm

    def _average(self, batch: int, state: TrainState) -> None:
        """Let the averages follow one step of so many pictures."""
        self.inference.drop()
        seen = state.images_seen + batch
        keep = ema.decay(batch, self.config.ema_half_life * 1000, seen)
        ema.update(self.encoder_ema, self.encoder, keep)
        ema.update(self.decoder_ema, self.decoder, keep)

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

    def draw(
        self, w: Tensor, noise_seed: int = 0, resolution: int | None = None,
        bends: Bends | None = None,
    ) -> Tensor:  # fmt: skip
        return self.inference.of(self.decoder_ema, w)(w.flatten(1), resolution, bends)

    def layers(self) -> tuple[Layer, ...]:
        return inside("decoder_ema", self.decoder_ema.layers())
