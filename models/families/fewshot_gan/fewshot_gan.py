"""The few-picture pair: an adversarial pair that begins to draw from fifty pictures."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor, nn

from models.adversarial import AdversarialConfig, AdversarialFamily
from models.base import register
from models.bending import Bends, Layer, inside
from models.draws import Draws
from models.facts import FEW, MANY, Curve, Facts
from models.families.fewshot_gan import TITLES
from models.families.fewshot_gan.fewshot_networks import Critic, Generator, Noise
from models.image_spec import ImageSpec
from models.learning import losses
from models.parameters import param
from models.parts.classes import labels_of
from models.train_state import TrainState


@dataclass(frozen=True)
class FewshotConfig(AdversarialConfig):
    """Parameters of the few-picture pair."""

    latent_dim: int = 128
    top_width: int = param(16, high=256)
    batch_size: int = param(8, high=512)
    lr: float = 2e-4
    ema_half_life: float = 5.0
    augment_p: float = param(
        1.0, high=1.0, help="How often real and generated pictures are moved, recoloured or "
        "covered before the discriminator sees them. Lower it for thousands of pictures.",
    )  # fmt: skip
    augment_zoom: float = 0.0
    augment_colour: float = 1.0
    redraw_weight: float = param(
        1.0, label="Self-supervision", low=0.0, high=100.0, step=0.1,
        term="self-supervised reconstruction", live=True,
        help="How well the discriminator must be able to redraw what it has seen. It keeps it from "
        "judging by a single trait; 0 turns it off.",
    )  # fmt: skip


SMALL_SET = 200
"""A set below this is small: the critic's pictures are covered too."""


@register
class FewshotGan(AdversarialFamily):
    """FastGAN: Liu 2021, arXiv:2101.04775.

    Hinge losses on the scores of parts, the critic's margins drawn from U[0.8, 1]; the critic
    also redraws real pictures from its activations (Sec. 3.2), here compared by their
    pixels and edges, since nothing pretrained is used. All it sees goes through
    differentiable augmentation (Zhao 2020, arXiv:2006.10738). Both steps share the
    generated pictures.

    With classes z is joined by a learnt vector of its class, and each score by the product of
    what is seen with one (projection: Miyato & Koyama 2018, arXiv:1802.05637, Eq. 3).
    Generated pictures have the classes of the real ones of their batch.

    The averaged generator is normalised by statistics of its own, which `refresh` measures:
    those of the trained weights do not fit the averaged ones.

    Tensors: generator.*, critic.*, generator_ema.*.
    """

    name = "fewshot_gan"
    title = TITLES["fewshot_gan"]
    summary = "Sharp new pictures from fifty to a thousand; cannot redraw a given one."
    Config = FewshotConfig
    facts = Facts(
        first_picture=8_000, processor_rate=45, accelerator_cost=0.1,
        suits=lambda pictures, side: FEW <= pictures < MANY,
        why="as few as it was made for", rung=2,
        curves={
            "critic": Curve("discriminator"), "redrawing": Curve("redrawing error"),
            "real_score": Curve("score of real ones"), "fake_score": Curve("score of made ones"),
            "generator": Curve("generator"),
        },
        training_only=("critic",), critic_levels=r"fine\.(?:stem|downs\.(\d+))\.",
    )  # fmt: skip
    config: FewshotConfig
    generator: Generator
    critic: Critic
    generator_ema: Generator
    divided = (
        "generator", "critic", "critic.redraw_fine", "critic.redraw_small", "critic.redraw_part",
    )  # fmt: skip
    betas = (0.5, 0.999)
    warmup = 1_000

    def _networks(self, widths: Sequence[int]) -> tuple[Generator, Critic]:
        spec = self.image_spec
        return Generator(spec, self.config.latent_dim, widths), Critic(spec, widths)

    def _critic_on_torus(self) -> list[nn.Module]:
        return self.critic.on_torus()

    @classmethod
    def preset(cls, image_spec: ImageSpec, *, accelerator: bool, pictures: int) -> FewshotConfig:
        side = max(image_spec.height, image_spec.width)
        cutout = 0.5 if pictures < SMALL_SET else 0.0
        if accelerator:
            top = 128 if side <= 64 else 64 if side <= 128 else 32 if side <= 512 else 16
            return FewshotConfig(
                latent_dim=256, top_width=top, width=512, batch_size=16 if side <= 256 else 8,
                ema_half_life=10.0, augment_cutout=cutout,
            )  # fmt: skip
        return FewshotConfig(top_width=16 if side <= 128 else 8, augment_cutout=cutout)

    def train(self, mode: bool = True) -> Self:
        """The average never works on the statistics of a batch, whoever asks."""
        super().train(mode)
        self.generator_ema.eval()
        return self

    def _generated(self, latents: Tensor, state: TrainState) -> Tensor:
        return self.generator(latents, _drawn_from(state.generator))

    def _critic_step(
        self, x: Tensor, fake: Tensor, state: TrainState
    ) -> tuple[Tensor, dict[str, Tensor]]:
        optimizer, n, labels = self.optimizers()["critic"], len(x), labels_of(self, state)
        both = None if labels is None else labels.repeat(2)
        pictures = self._disguised(torch.cat([x, fake]), state)
        quarter = torch.randint(4, (n,), device=x.device, generator=state.generator)
        optimizer.zero_grad(set_to_none=True)
        with state.autocast():
            scores, kept = self.critic(pictures, both)
            redrawn = self.critic.redrawn([k[:n] for k in kept], pictures[:n], quarter)
        real, generated = scores.float().chunk(2)
        margins = 0.8 + 0.2 * torch.rand(scores.shape, device=x.device, generator=state.generator)
        loss = losses.hinge_critic(real, generated, *margins.chunk(2))
        redraw = torch.stack([losses.edges_and_pixels(made, wanted) for made, wanted in redrawn])
        state.backward(loss + self.config.redraw_weight * redraw.sum())
        state.advance(optimizer)
        return real.detach(), {
            "critic": loss.detach(),
            "redrawing": redraw.detach().mean(),
            "real_score": real.detach().mean(),
            "fake_score": generated.detach().mean(),
        }

    def _scores(self, pictures: Tensor, labels: Tensor | None) -> Tensor:
        return self.critic(pictures, labels)[0]

    def _generator_loss(self, scores: Tensor, real: Tensor) -> Tensor:
        return -scores.mean()

    @torch.no_grad()
    def refresh(
        self, batches: Callable[[], Iterable[Tensor]], labels: Tensor | None = None
    ) -> None:
        """Measure the averaged generator's statistics on latents that are always the same."""
        super().refresh(batches, labels)
        spec, device = self.image_spec, self.generator_ema.start.weight.device
        count = max(32, min(256, (1 << 21) // (spec.height * spec.width)))
        norms = [m for m in self.generator_ema.modules() if isinstance(m, nn.BatchNorm2d)]
        momentum = norms[0].momentum
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # the plain mean over all batches
            norm.train()
        for start in range(0, count, 32):
            self.generator_ema(self.sample(32, start).flatten(1), _fixed(start, device))
        for norm in norms:
            norm.momentum = momentum
            norm.eval()

    # ------------------------------------------------------------------ generating

    def draw(
        self, w: Tensor, noise_seed: int = 0, resolution: int | None = None,
        bends: Bends | None = None,
    ) -> Tensor:  # fmt: skip
        noise = _fixed(noise_seed, w.device)
        draws = self.inference.of(self.generator_ema, w)
        return draws(w.flatten(1), noise, resolution, bends)

    def draw_with(self, w: Tensor, noise: Sequence[Tensor]) -> Tensor:
        rest = iter(noise)
        return self.generator_ema(w.flatten(1), lambda n, height, width: next(rest))

    def layers(self) -> tuple[Layer, ...]:
        return inside("generator_ema", self.generator_ema.layers())

    def styles(self, w: Tensor) -> Tensor:
        return self.generator_ema.start(w.flatten(1))

    def opinion(self, x: Tensor) -> Tensor:
        with _at_rest(self.critic):
            scores, _ = self.critic(x)
        return scores.mean(1)


def _drawn_from(generator: torch.Generator) -> Noise:
    """Another noise for every picture, from the generator of the training step."""

    def noise(n: int, height: int, width: int) -> Tensor:
        return torch.randn(n, 1, height, width, device=generator.device, generator=generator)

    return noise


def _fixed(seed: int, device: torch.device) -> Noise:
    """The same noise for every picture, whatever the device and the number of pictures."""
    draws = Draws(seed)

    def noise(n: int, height: int, width: int) -> Tensor:
        return draws.normal(1, 1, height, width).to(device)

    return noise


@contextlib.contextmanager
def _at_rest(net: nn.Module) -> Iterator[None]:
    """Looking must not move the estimates of the spectral norms."""
    before = net.training
    net.eval()
    try:
        yield
    finally:
        net.train(before)
