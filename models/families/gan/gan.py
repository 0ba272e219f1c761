"""The adversarial pair: the sharpest pictures, and the longest training."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

import torch
from torch import Tensor

from models.adversarial import AdversarialFamily
from models.base import register
from models.bending import Bends, Layer, inside
from models.facts import MANY, SMALL_SIDE, VERY_MANY, Curve, Facts
from models.families.gan import TITLES
from models.families.gan.gan_config import GanConfig
from models.families.gan.gan_networks import Critic, Generator
from models.image_spec import ImageSpec
from models.learning import losses
from models.parts.classes import labels_of
from models.parts.convolution import differentiated_twice
from models.parts.schedules import cosine
from models.train_state import TrainState

PENALISED_PIXELS = 32 * 64 * 64
"""So many are put through the critic at a time for its penalties."""


@register
class Gan(AdversarialFamily):
    """R3GAN: Huang 2024, 'The GAN is dead; long live the GAN!', arXiv:2501.05441.

    Critic: softplus(-(D(x) - D(G))) + gamma/2 (|grad D(x)|^2 + |grad D(G)|^2) (Eq. 2, R1 and
    R2 of Mescheder 2018), generator: softplus(-(D(G) - D(x))). Penalties are taken on the
    augmented pictures, every `reg_interval` steps times `reg_interval`
    (lazy: Karras 2020, arXiv:1912.04958, App. B). Both steps share the generated pictures, and
    D(x), which only weighs the generator's gradient, is that of the critic's step. Adam with
    beta1 = 0; cosines over the run: lr to a quarter, beta2 0.9 to 0.99, gamma to a tenth.

    With classes z is joined by a learnt vector of its class, and the critic adds <v_y, phi(x)>
    to its score (projection: Miyato & Koyama 2018, arXiv:1802.05637, Eq. 3). Generated
    pictures have the classes of the real ones they stand beside.

    Tensors: generator.*, critic.*, generator_ema.*, class_shares where there are classes.
    """

    name = "gan"
    title = TITLES["gan"]
    summary = "The sharpest new pictures; takes the longest and cannot redraw a given one."
    Config = GanConfig
    facts = Facts(
        first_picture=60_000, processor_rate=160, accelerator_cost=0.5,
        suits=lambda pictures, side: (
            pictures >= MANY and (side <= SMALL_SIDE or pictures > VERY_MANY)
        ),
        why="enough for the sharpest new ones", rung=1,
        curves={
            "critic": Curve("discriminator"), "real_wins": Curve("real wins"),
            "penalty": Curve("penalty", hidden=True), "generator": Curve("generator"),
        },
        training_only=("critic",), critic_levels=r"(?:stem|(?:levels|change)\.(\d+))\.",
    )  # fmt: skip
    config: GanConfig
    generator: Generator
    critic: Critic
    generator_ema: Generator
    betas = (0.0, 0.9)

    def _networks(self, widths: Sequence[int]) -> tuple[Generator, Critic]:
        made = self.image_spec, self.config, widths
        return Generator(*made), Critic(*made)

    @classmethod
    def preset(cls, image_spec: ImageSpec, *, accelerator: bool, pictures: int) -> GanConfig:
        side = max(image_spec.height, image_spec.width)
        gamma = {32: 0.1, 64: 1.0, 128: 10.0}.get(max(32, 1 << (side - 1).bit_length()), 100.0)
        p = 0.5 if pictures < 5_000 else 0.3
        if accelerator:
            # Half the widths of the paper: its batches need a room full of cards.
            top = 384 if side <= 32 else 192 if side <= 64 else 96 if side <= 128 else 48
            return GanConfig(
                top_width=top, width=384, blocks=2, fine_blocks=2, lr=2e-4, gamma=2 * gamma,
                batch_size=64 if side <= 64 else 32 if side <= 128 else 16,
                reg_interval=1, ema_half_life=100.0, augment_p=p,
            )  # fmt: skip
        # Small batches: on a processor what counts is how many steps fit into the time.
        return GanConfig(
            top_width=32 if side <= 32 else 16 if side <= 128 else 8,
            batch_size=16, lr=1e-3, gamma=gamma, reg_interval=16, augment_p=p,
        )  # fmt: skip

    def _set_rates(self, state: TrainState, n: int) -> None:
        super()._set_rates(state, n)
        for optimizer in self.optimizers().values():
            for group in optimizer.param_groups:
                group["betas"] = (0.0, cosine(0.9, 0.99, state.done_fraction))

    def _critic_step(
        self, x: Tensor, fake: Tensor, state: TrainState
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Real and generated pictures [N, ...]; the scores [N] of the real ones, what to show."""
        optimizer, labels = self.optimizers()["critic"], labels_of(self, state)
        both = None if labels is None else labels.repeat(2)
        pictures = self._disguised(torch.cat([x, fake]), state)
        optimizer.zero_grad(set_to_none=True)
        with state.autocast():
            scores = self.critic(pictures, both).float()
        real, generated = scores.chunk(2)
        loss = losses.relativistic_critic(real, generated)
        report = {"critic": loss.detach(), "real_wins": (real > generated).float().mean()}
        state.backward(loss)
        if state.step % self.config.reg_interval == 0:
            report["penalty"] = self._penalise(pictures.detach(), both, state)
        state.advance(optimizer)
        return real.detach(), report

    def _penalise(self, pictures: Tensor, labels: Tensor | None, state: TrainState) -> Tensor:
        """Add the gradients of R1 + R2 of pictures [2N, ...] (real, then generated): its mean.

        Some pictures at a time: what a second gradient keeps in memory is large.
        """
        interval = self.config.reg_interval
        gamma = cosine(1.0, 0.1, state.done_fraction) * self.config.gamma
        count = max(1, PENALISED_PIXELS // (pictures.shape[2] * pictures.shape[3]))
        whole = torch.zeros((), device=pictures.device)
        for start in range(0, len(pictures), count):
            part = slice(start, start + count)
            shown = pictures[part]
            penalty = self._penalty(shown, None if labels is None else labels[part], state)
            penalty = penalty * (len(shown) / len(pictures))
            state.backward(interval * 0.5 * gamma * penalty)
            whole = whole + penalty.detach()
        return whole

    def _penalty(self, pictures: Tensor, labels: Tensor | None, state: TrainState) -> Tensor:
        """Twice the mean squared slope over pictures: a scalar.

        In full precision away from the processor. There bf16 takes three fifths of the time and
        turns the gradient by a third of a degree (cosine 0.99998 after 20 steps at 64 pixels).
        """
        pictures = pictures.contiguous(memory_format=torch.channels_last).requires_grad_(True)
        precision = state.autocast() if pictures.device.type == "cpu" else nullcontext()
        with differentiated_twice(), precision:
            scores = self.critic.forward(pictures, labels).float()
        return 2 * losses.gradient_penalty(scores, pictures).mean()

    def _generator_loss(self, scores: Tensor, real: Tensor) -> Tensor:
        return losses.relativistic_generator(real, scores)

    def draw(
        self, w: Tensor, noise_seed: int = 0, resolution: int | None = None,
        bends: Bends | None = None,
    ) -> Tensor:  # fmt: skip
        return self.generator_ema(w.flatten(1), resolution, bends)

    def layers(self) -> tuple[Layer, ...]:
        return inside("generator_ema", self.generator_ema.layers())

    def styles(self, w: Tensor) -> Tensor:
        return self.generator_ema.dense(w.flatten(1))

    def opinion(self, x: Tensor) -> Tensor:
        return self.critic(x)
