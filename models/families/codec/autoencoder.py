"""The regularised autoencoder: redraws pictures best, and generates from a mixture fitted after."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from models.base import register, seeded_normal
from models.codec import CURVES
from models.facts import FEW, Curve, Facts, LatentSpec
from models.families.codec import TITLES
from models.families.codec.codec import CodecConfig, CodecFamily
from models.image_spec import ImageSpec
from models.learning import losses
from models.parameters import param
from models.parts import mixture
from models.parts.classes import labels_for
from models.parts.convolution import differentiated_twice
from models.parts.flow import Flow
from models.train_state import TrainState

MOST_COMPONENTS = 10
MOST_FITTED = 20_000
"""Codes the prior is fitted to at most; more add time and nothing else."""
FLOW_FROM = 2_000
"""Pictures from which a flow is worth its fitting."""


@dataclass(frozen=True)
class AutoencoderConfig(CodecConfig):
    """Parameters of the regularised autoencoder."""

    latent_penalty: float = param(
        1e-4, label="Latent penalty", low=0.0, high=100.0, term="beta of RAE", live=True,
        help="Keeps the pictures' positions close together, so that there are no gaps between.",
    )  # fmt: skip
    regulariser: str = param(
        "rae_l2", label="Regulariser", choices=("rae_l2", "rae_gp"), term="decoder regulariser",
        live=True, advanced=True,
        help="rae_l2 keeps the weights of the drawing side small; rae_gp keeps the change of the "
        "picture small where its position changes, and takes about half as long again.",
    )  # fmt: skip
    decoder_penalty: float = param(
        1e-7, label="Decoder L2", low=0.0, high=1.0, term="lambda of RAE-L2", live=True,
        help="Keeps the drawing side smooth: near positions give near pictures.",
    )  # fmt: skip
    slope_penalty: float = param(
        1e-3, label="Gradient penalty", low=0.0, high=100.0, term="lambda of RAE-GP", live=True,
        advanced=True, help="The same for rae_gp: how strongly steep changes are held back.",
    )  # fmt: skip
    prior: str = param(
        "auto", label="Prior", choices=("auto", "mixture", "flow"),
        term="ex-post density", live=True, advanced=True,
        help="How the positions of new pictures are drawn. A mixture suits few pictures, a flow "
        "many; auto takes the flow from two thousand pictures on. With labels each has a mixture.",
    )  # fmt: skip


@register
class Autoencoder(CodecFamily):
    """RAE: Ghosh 2020, 'From variational to deterministic autoencoders', arXiv:1903.12436.

    Loss (Eq. 3-5): |x - y|^2 + beta/2 |z|^2 + lambda R, all divided by the D numbers of a
    picture. R is |decoder weights|^2 (RAE-L2) or |d y / d z|^2 (RAE-GP). Generating draws z
    from a density fitted to the encoded training pictures (Sec. 4): a mixture of Gaussians,
    or a flow. A step sees no labels; with classes each has a mixture of its own, fitted to the
    codes of its pictures (:func:`models.parts.mixture.fit_by_class`), and no flow is used.

    Tensors: encoder.*, decoder.*, encoder_ema.*, decoder_ema.*, mixture_weights [m],
    mixture_means [m, d], mixture_cholesky [m, d, d] (unused components have weight 0), where
    m is 10, or with classes as many for each of them; flow.*, flow_used [] (1 where the flow
    draws; checkpoints without a flow have none of these).
    """

    name = "autoencoder"
    title = TITLES["autoencoder"]
    summary = "Redraws pictures most faithfully; quick to train, and mixes what it has seen."
    Config = AutoencoderConfig
    facts = Facts(
        first_picture=20_000, processor_rate=260, accelerator_cost=0.08,
        suits=lambda pictures, side: pictures < FEW,
        why="too few for new ones: it redraws and mixes them", rung=4,
        small_set={"augment_cutout": 0.3},
        curves=CURVES | {"latent": Curve("latent size", hidden=True)},
    )  # fmt: skip
    config: AutoencoderConfig
    mixture_weights: Tensor
    mixture_means: Tensor
    mixture_cholesky: Tensor
    flow_used: Tensor

    def __init__(self, config: AutoencoderConfig, image_spec: ImageSpec) -> None:
        super().__init__(config, image_spec, outputs=config.latent_dim)
        dim, classes = config.latent_dim, max(1, image_spec.classes)
        self._each = max(1, MOST_COMPONENTS // classes)
        weights = torch.zeros(classes, self._each)
        weights[:, 0] = 1.0 / classes
        self.register_buffer("mixture_weights", weights.flatten())
        self.register_buffer("mixture_means", torch.zeros(classes * self._each, dim))
        self.register_buffer("mixture_cholesky", torch.eye(dim).repeat(classes * self._each, 1, 1))
        self.flow = Flow(dim)
        self.register_buffer("flow_used", torch.tensor(0.0))
        self.register_load_state_dict_pre_hook(_without_a_flow)  # type: ignore[no-untyped-call]

    @property
    def latent(self) -> LatentSpec:
        dim = self.config.latent_dim
        return LatentSpec(1, dim, "mixture", has_encoder=True, has_layers=True, has_styles=True)

    def _losses(self, x: Tensor, state: TrainState) -> tuple[Tensor, dict[str, Tensor]]:
        with state.autocast():
            z = self.encoder(self._hidden(x, state))
            reconstruction = self.decoder(z)
        error = losses.squared_error(reconstruction, x)
        energy = losses.latent_energy(z)
        rough, strength = self._roughness(z, state)
        count = x[0].numel()
        total = error + self.config.latent_penalty * energy + strength * rough
        report = {"mse": error.detach() / count, "latent": energy.detach()}
        return total / count, report | {"decoder": rough.detach()}

    def _roughness(self, z: Tensor, state: TrainState) -> tuple[Tensor, float]:
        """What keeps the decoder smooth, and how much it counts."""
        config = self.config
        if config.regulariser == "rae_l2":
            kernels = [p for p in self.decoder.parameters() if p.ndim > 1]
            return losses.weight_energy(kernels), config.decoder_penalty
        # A quarter of the batch has the same mean at less cost; in full precision.
        part = z[: max(1, len(z) // 4)].float()
        with differentiated_twice():
            pictures = self.decoder.forward(part)
        shape, device = pictures.shape, pictures.device
        direction = torch.randn(shape, device=device, generator=state.generator)
        return losses.slope_energy(pictures, part, direction).mean(), config.slope_penalty

    def _mean_code(self, x: Tensor) -> Tensor:
        return self.encoder_ema(x).float()

    @torch.no_grad()
    def refresh(
        self, batches: Callable[[], Iterable[Tensor]], labels: Tensor | None = None
    ) -> None:
        super().refresh(batches, labels)
        codes, own = self._codes(batches, labels)
        if len(codes) < 2:
            return
        step = max(1, len(codes) // MOST_FITTED)
        codes, own = codes[::step][:MOST_FITTED], own[::step][:MOST_FITTED]
        if self.image_spec.classes:
            fitted = mixture.fit_by_class(codes, own, self.image_spec.classes, self._each)
        else:
            fitted = mixture.fit(codes, mixture.component_count(len(codes), MOST_COMPONENTS))
        count = len(fitted.weights)
        self.mixture_weights.zero_()
        self.mixture_weights[:count] = fitted.weights.to(self.mixture_weights)
        self.mixture_means[:count] = fitted.means.to(self.mixture_means)
        self.mixture_cholesky[:count] = fitted.cholesky.to(self.mixture_cholesky)
        pictures = len(codes) // (2 if self.config.augment_mirror else 1)
        chosen = self.config.prior
        flowing = chosen == "flow" or (chosen == "auto" and pictures >= FLOW_FROM)
        flowing = flowing and not self.image_spec.classes
        if flowing:
            self.flow.fit(codes)
        self.flow_used.fill_(float(flowing))

    def sample(
        self, n: int, seed: int, truncation_psi: float = 1.0, label: int | None = None
    ) -> Tensor:
        normal = seeded_normal(n, seed, (self.config.latent_dim + 1,))
        labels = labels_for(self, n, seed, label)
        w = self._map(normal.to(self.mixture_means.device), labels).unsqueeze(1)
        mean = self.w_mean().expand(n, -1, -1)
        if self.image_spec.classes and n:
            mean = torch.stack([_mean(self._density(each)) for each in labels]).unsqueeze(1)
        return mean + truncation_psi * (w - mean)

    def map(self, z: Tensor, label: int | None = None) -> Tensor:
        """N(0, 1) numbers z [n, dim + 1] to w [n, 1, dim].

        The first picks the component of the mixture; a flow has no use for it. With classes
        and no `label` it picks a class, too.
        """
        return self._map(z.flatten(1), [label] * len(z)).unsqueeze(1)

    def _map(self, normal: Tensor, labels: list[int | None]) -> Tensor:
        if bool(self.flow_used):
            return self.flow.transform(normal[:, 1:])
        w = normal[:, 1:].clone()
        for label in set(labels):
            rows = torch.tensor([k for k, each in enumerate(labels) if each == label])
            w[rows] = self._density(label).transform(normal[rows])
        return w

    def _density(self, label: int | None) -> mixture.Mixture:
        """Of a class; of all pictures with None, and for a class that no picture is known of."""
        weights = self.mixture_weights
        if label is not None and self.image_spec.classes:
            own = torch.zeros_like(weights)
            part = slice(label * self._each, (label + 1) * self._each)
            own[part] = weights[part]
            weights = own if bool(own.sum() > 0) else weights
        return mixture.Mixture(weights, self.mixture_means, self.mixture_cholesky)

    def w_mean(self) -> Tensor:
        return (self.mixture_weights @ self.mixture_means).unsqueeze(0)


def _mean(density: mixture.Mixture) -> Tensor:
    return density.weights @ density.means / density.weights.sum()


def _without_a_flow(module: Autoencoder, state: dict[str, Tensor], prefix: str, *_: object) -> None:
    """Checkpoints from before there was a flow load as what they were: a mixture."""
    if prefix + "flow_used" in state:
        return
    with torch.device(state[prefix + "mixture_means"].device):
        state[prefix + "flow_used"] = torch.tensor(0.0)
        unused = Flow(module.config.latent_dim)
    for name, tensor in unused.state_dict().items():
        state.setdefault(f"{prefix}flow.{name}", tensor)
