"""What adversarial pairs share: two networks that learn from each other, and the canvas side.

A family adds its networks and its losses.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from models.base import Family, seeded_normal
from models.facts import LatentSpec
from models.image_spec import ImageSpec
from models.learning import ema
from models.parameters import Declared, param
from models.parts.augment import Augmentation
from models.parts.classes import joined, joined_to_all, joined_to_drawn, labels_of
from models.parts.hyperparameters import Hyperparameters
from models.parts.inference import Inference
from models.parts.layers import level_widths
from models.parts.schedules import adam, cosine, set_rates, warmed
from models.parts.seamless import RollingAugmentation, close
from models.train_state import TrainState


@dataclass(frozen=True)
class AdversarialConfig(Hyperparameters):
    """Parameters of a generator and its critic."""

    augment_p: float = param(
        0.5, label="Augmentation chance", low=0.0, high=0.9, step=0.05,
        term="augmentation probability", live=True,
        help="How often real and generated pictures are moved, recoloured or "
        "covered before the discriminator sees them. Higher for small sets; above 0.8 it shows.",
    )  # fmt: skip


@dataclass(frozen=True)
class PenalisedConfig(AdversarialConfig):
    """And of a critic whose slope is held back."""

    gamma: float = param(
        1.0, label="R1 gamma", low=0.0, high=10_000.0, term="R1 gamma", live=True,
        help="Keeps the discriminator calm: it cannot jump to conclusions. Raise it when "
        "pictures repeat or never settle; lower it when they stay soft.",
    )  # fmt: skip
    reg_interval: int = param(
        16, label="R1 interval", low=1, high=64, unit="steps", term="lazy regularisation interval",
        live=True, advanced=True,
        help="Work out the R1 penalty only every so many steps, that much stronger: saves time.",
    )  # fmt: skip


class AdversarialFamily(Family):
    """`generator` and `critic`; the average of the generator does everything the artist sees.

    With classes a latent is z joined by a learnt vector of its class, and generated pictures
    have the classes of the real ones they stand beside.
    """

    Config: ClassVar[type[AdversarialConfig]]
    config: AdversarialConfig
    generator: nn.Module
    critic: nn.Module
    generator_ema: nn.Module
    divided: ClassVar[tuple[str, ...]] = ("generator", "critic")
    betas: ClassVar[tuple[float, float]]
    """Of both optimisers at the start."""
    warmup: ClassVar[int] = 2_000
    """Pictures over which the learning rate climbs."""

    def __init__(self, config: AdversarialConfig, image_spec: ImageSpec) -> None:
        super().__init__(config, image_spec)
        widths = level_widths(image_spec, config.top_width, config.width)
        self.generator, self.critic = self._networks(widths)
        if config.seamless:
            close(self.generator, *self._critic_on_torus())
        self.generator_ema = ema.averaged_copy(self.generator)
        self.inference = Inference()
        self._optimizers: dict[str, torch.optim.Optimizer] = {}

    @abstractmethod
    def _networks(self, widths: Sequence[int]) -> tuple[nn.Module, nn.Module]:
        """Generator and critic, with so many channels from full resolution down."""

    def _critic_on_torus(self) -> list[nn.Module]:
        """The parts of the critic that may look across the edge."""
        return [self.critic]

    @property
    def latent(self) -> LatentSpec:
        parts = 2 if self.image_spec.classes else 1
        dim, layers = parts * self.config.latent_dim, self.layers()
        return LatentSpec(
            1, dim, "normal", has_critic=True, has_styles=True, has_layers=bool(layers),
            has_noise=any(layer.noisy for layer in layers),
        )  # fmt: skip

    @property
    def chance(self) -> int:
        return self.config.latent_dim

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        if not self._optimizers:
            for key, net in (("generator", self.generator), ("critic", self.critic)):
                self._optimizers[key] = adam(net.parameters(), self.config.lr, self.betas)
        return self._optimizers

    # ------------------------------------------------------------------ training

    def training_step(self, batch: Tensor, state: TrainState) -> dict[str, Tensor]:
        n = len(batch)
        self._set_rates(state, n)
        x = self.to_network(batch)
        z = torch.randn(n, self.config.latent_dim, device=x.device, generator=state.generator)
        with state.autocast():
            latents = joined(_vectors(self.generator), z, labels_of(self, state))
            fake = self._generated(latents, state).float()
        real, report = self._critic_step(x, fake.detach(), state)
        report |= self._generator_step(real, fake, state)
        self._average(n, state)
        return report

    def _set_rates(self, state: TrainState, n: int) -> None:
        """The rate of the coming step: down to a quarter along a cosine."""
        rate = warmed(state.images_seen, n, self.warmup) * cosine(1.0, 0.25, state.done_fraction)
        for optimizer in self.optimizers().values():
            set_rates(optimizer, self.config.lr * rate)

    def _generated(self, latents: Tensor, state: TrainState) -> Tensor:
        """Pictures by the generator as it learns."""
        return self.generator(latents)

    @abstractmethod
    def _critic_step(
        self, x: Tensor, fake: Tensor, state: TrainState
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """From real and generated pictures [N, ...]: the scores of the real ones, what to show."""

    def _generator_step(self, real: Tensor, fake: Tensor, state: TrainState) -> dict[str, Tensor]:
        """From the scores of real pictures, and generated ones with their gradients."""
        optimizer = self.optimizers()["generator"]
        optimizer.zero_grad(set_to_none=True)
        self.critic.requires_grad_(False)
        pictures = self._disguised(fake, state)
        with state.autocast():
            scores = self._scores(pictures, labels_of(self, state)).float()
        loss = self._generator_loss(scores, real)
        state.backward(loss)
        self.critic.requires_grad_(True)
        state.advance(optimizer)
        return {"generator": loss.detach()}

    def _scores(self, pictures: Tensor, labels: Tensor | None) -> Tensor:
        """The critic's opinion of what the generator made, [N] or [N, parts]."""
        return self.critic(pictures, labels)

    @abstractmethod
    def _generator_loss(self, scores: Tensor, real: Tensor) -> Tensor:
        """A scalar from the scores of generated and of real pictures."""

    def _average(self, n: int, state: TrainState) -> None:
        self.inference.drop()
        keep = ema.decay(n, self.config.ema_half_life * 1000, state.images_seen + n)
        ema.update(self.generator_ema, self.generator, keep)

    def _disguised(self, x: Tensor, state: TrainState) -> Tensor:
        """Real or generated pictures as the critic sees them."""
        return self.augmented(self.config, x, state.generator)

    @classmethod
    def augmented(
        cls, config: Declared, x: Tensor, generator: torch.Generator, p: float | None = None
    ) -> Tensor:
        """See the contract: what the critic sees, real and generated alike."""
        kind = RollingAugmentation if config.as_dict()["seamless"] else Augmentation
        return kind.of(config, **({} if p is None else {"p": p}))(x, generator)

    # ------------------------------------------------------------------ generating

    def sample(
        self, n: int, seed: int, truncation_psi: float = 1.0, label: int | None = None
    ) -> Tensor:
        z = truncation_psi * seeded_normal(n, seed, (self.config.latent_dim,))
        return joined_to_drawn(self, _vectors(self.generator_ema), z.to(self._device), seed, label)

    def map(self, z: Tensor, label: int | None = None) -> Tensor:
        return joined_to_all(_vectors(self.generator_ema), z.flatten(1), label)

    def w_mean(self) -> Tensor:
        nowhere = torch.zeros(1, self.config.latent_dim, device=self._device)
        return joined(_vectors(self.generator_ema), nowhere, None)

    @property
    def _device(self) -> torch.device:
        return next(self.generator_ema.parameters()).device


def _vectors(net: nn.Module) -> nn.Embedding | None:
    """Those of the classes that a generator knows."""
    return getattr(net, "classes", None)
