"""The regularised autoencoder: redraws pictures best, and generates from a mixture fitted after."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from models import losses, mixture
from models.base import ImageSpec, LatentSpec, TrainState, register, seeded_normal
from models.codec import CodecConfig, CodecFamily, codec_size, latent_numbers
from models.parameters import param

MOST_COMPONENTS = 10
MOST_FITTED = 20_000
"""Pictures the mixture is fitted to at most; more add time and nothing else."""


@dataclass(frozen=True)
class AutoencoderConfig(CodecConfig):
    """Parameters of the regularised autoencoder."""

    latent_penalty: float = param(
        1e-4, label="Compactness", low=0.0, high=100.0, term="beta of RAE", live=True,
        help="Keeps the pictures' positions close together, so that there are no gaps between.",
    )  # fmt: skip
    decoder_penalty: float = param(
        1e-7, label="Smoothness", low=0.0, high=1.0, term="lambda of RAE-L2", live=True,
        help="Keeps the drawing side smooth: near positions give near pictures.",
    )  # fmt: skip


@register
class Autoencoder(CodecFamily):
    """RAE-L2: Ghosh 2020, 'From variational to deterministic autoencoders', arXiv:1903.12436.

    Loss (Eq. 3-5): |x - y|^2 + beta/2 |z|^2 + lambda |decoder weights|^2, all divided
    by the D numbers of a picture. Generating draws z from a mixture of Gaussians fitted
    to the encoded training pictures (Sec. 4). Labels are ignored: a step sees none.

    Tensors: encoder.*, decoder.*, encoder_ema.*, decoder_ema.*, mixture_weights [10],
    mixture_means [10, d], mixture_cholesky [10, d, d] (unused components have weight 0).
    """

    name = "autoencoder"
    title = "Autoencoder"
    summary = "Redraws pictures most faithfully; quick to train, and mixes what it has seen."
    Config = AutoencoderConfig
    config: AutoencoderConfig
    mixture_weights: Tensor
    mixture_means: Tensor
    mixture_cholesky: Tensor

    def __init__(self, config: AutoencoderConfig, image_spec: ImageSpec) -> None:
        super().__init__(config, image_spec, outputs=config.latent_dim)
        dim = config.latent_dim
        weights = torch.zeros(MOST_COMPONENTS)
        weights[0] = 1.0
        self.register_buffer("mixture_weights", weights)
        self.register_buffer("mixture_means", torch.zeros(MOST_COMPONENTS, dim))
        self.register_buffer("mixture_cholesky", torch.eye(dim).repeat(MOST_COMPONENTS, 1, 1))

    @classmethod
    def preset(
        cls, image_spec: ImageSpec, *, accelerator: bool, pictures: int
    ) -> AutoencoderConfig:
        small = not accelerator or max(image_spec.height, image_spec.width) <= 64
        return AutoencoderConfig(
            latent_dim=latent_numbers(image_spec, 128 if small else 256),
            lr=3e-4 if accelerator else 1e-3,
            **codec_size(image_spec, accelerator),  # type: ignore[arg-type]  # whole numbers all
        )

    @property
    def latent(self) -> LatentSpec:
        return LatentSpec(1, self.config.latent_dim, "mixture", has_encoder=True)

    def _losses(self, x: Tensor, state: TrainState) -> tuple[Tensor, dict[str, Tensor]]:
        with state.autocast():
            z = self.encoder(x)
            reconstruction = self.decoder(z)
        kernels = [p for p in self.decoder.parameters() if p.ndim > 1]
        error = losses.squared_error(reconstruction, x)
        energy = losses.latent_energy(z)
        smooth = losses.weight_energy(kernels)
        config, count = self.config, x[0].numel()
        total = error + config.latent_penalty * energy + config.decoder_penalty * smooth
        report = {"mse": error.detach() / count, "latent": energy.detach()}
        return total / count, report | {"decoder": smooth.detach()}

    def _mean_code(self, x: Tensor) -> Tensor:
        return self.encoder_ema(x).float()  # type: ignore[no-any-return]  # modules return Any

    @torch.no_grad()
    def refresh(self, batches: Callable[[], Iterable[Tensor]]) -> None:
        codes = self._codes(batches)
        if len(codes) < 2:
            return
        codes = codes[:: max(1, len(codes) // MOST_FITTED)][:MOST_FITTED]
        count = mixture.component_count(len(codes), MOST_COMPONENTS)
        fitted = mixture.fit(codes, count)
        self.mixture_weights.zero_()
        self.mixture_weights[:count] = fitted.weights.to(self.mixture_weights)
        self.mixture_means[:count] = fitted.means.to(self.mixture_means)
        self.mixture_cholesky[:count] = fitted.cholesky.to(self.mixture_cholesky)

    def sample(
        self, n: int, seed: int, truncation_psi: float = 1.0, label: int | None = None
    ) -> Tensor:
        normal = seeded_normal(n, seed, (self.config.latent_dim + 1,))
        w = self._map(normal.to(self.mixture_means.device)).unsqueeze(1)
        mean = self.w_mean()
        return mean + truncation_psi * (w - mean)

    def map(self, z: Tensor, label: int | None = None) -> Tensor:
        """N(0, 1) numbers z [n, dim + 1] to w [n, 1, dim]; the first picks the component."""
        return self._map(z.flatten(1)).unsqueeze(1)

    def _map(self, normal: Tensor) -> Tensor:
        density = mixture.Mixture(self.mixture_weights, self.mixture_means, self.mixture_cholesky)
        return density.transform(normal)

    def w_mean(self) -> Tensor:
        return (self.mixture_weights @ self.mixture_means).unsqueeze(0)
