"""The few-picture pair: an adversarial pair that begins to draw from fifty pictures."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor, nn

from models.base import Family, ImageSpec, TrainState, register, seeded_normal
from models.facts import FEW, MANY, Curve, Facts, LatentSpec
from models.families.codec.codec import shrink
from models.families.fewshot_gan.fewshot_networks import Critic, Generator, Noise
from models.learning import ema, losses
from models.parameters import Declared, param
from models.parts.augment import Augmentation, crop_param, noise_param, rotate_param
from models.parts.classes import joined, joined_to_all, joined_to_drawn, labels_of
from models.parts.layers import level_widths
from models.parts.schedules import adam, cosine, set_rates, warmed
from models.parts.seamless import RollingAugmentation, close, seamless_param


@dataclass(frozen=True)
class FewshotConfig(Declared):
    """Parameters of the few-picture pair."""

    latent_dim: int = param(
        128, label="Sliders inside", low=4, high=1024, step=4, term="latent_dim",
        help="How many numbers one picture is drawn from.",
    )  # fmt: skip
    top_width: int = param(
        16, label="Detail", low=8, high=256, step=8, term="top_width",
        help="Channels at full resolution; doubles at every halving of the picture.",
    )  # fmt: skip
    width: int = param(
        128, label="Size of the networks", low=8, high=1024, step=8, term="width",
        help="Most channels at any resolution. Twice as many: four times the work.",
    )  # fmt: skip
    seamless: bool = seamless_param()
    batch_size: int = param(
        8, label="Pictures at once", low=2, high=512, term="batch_size",
        live=True, help="How many pictures one step looks at.",
    )  # fmt: skip
    lr: float = param(
        2e-4, label="Learning speed", low=1e-6, high=0.1, step=1e-4, term="learning rate",
        live=True, help="How far one step goes. Falls to a quarter by the end of the run.",
    )  # fmt: skip
    redraw_weight: float = param(
        1.0, label="Critic's memory", low=0.0, high=100.0, step=0.1,
        term="self-supervised reconstruction", live=True,
        help="How well the critic must be able to redraw what it has seen. It keeps it from "
        "judging by a single trait; 0 turns it off.",
    )  # fmt: skip
    ema_half_life: float = param(
        5.0, label="Steadiness", low=0.05, high=1000.0, unit="thousand pictures",
        term="EMA half-life", live=True,
        help="What you see is an average of the past weights: after so many pictures an old "
        "state counts one half.",
    )  # fmt: skip
    augment_p: float = param(
        1.0, label="Disguise", low=0.0, high=1.0, step=0.05, term="augmentation probability",
        live=True, help="How often real and generated pictures are moved, recoloured or "
        "covered before the critic sees them. Lower it for thousands of pictures.",
    )  # fmt: skip
    augment_mirror: bool = param(
        True, label="Mirror", term="x-flip", live=True,
        help="Also show every picture mirrored. Turn off for lettering.",
    )  # fmt: skip
    augment_shift: float = param(
        0.125, label="Shift", low=0.0, high=0.5, step=0.025, term="translation", live=True,
        help="Largest shift, as a part of the picture's side.",
    )  # fmt: skip
    augment_zoom: float = param(
        0.0, label="Zoom", low=0.0, high=0.5, step=0.05, term="scale", live=True,
        help="Largest enlargement or reduction.",
    )  # fmt: skip
    augment_colour: float = param(
        1.0, label="Colour changes", low=0.0, high=1.0, step=0.1, term="colour jitter", live=True,
        help="How much brightness, contrast and saturation vary.",
    )  # fmt: skip
    augment_rotate: float = rotate_param()
    augment_crop: float = crop_param()
    augment_noise: float = noise_param(
        "Grain over real and generated pictures before the critic sees them."
    )
    augment_cutout: float = param(
        0.0, label="Cover", low=0.0, high=0.9, step=0.1, term="cutout", live=True,
        help="Side of the square that hides a part of the picture from the critic.",
    )  # fmt: skip


WARMUP = 1_000
"""Pictures over which the learning rate climbs."""
SMALL_SET = 200
"""A set below this is small: the critic's pictures are covered too."""


@register
class FewshotGan(Family):
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
    title = "Few-picture pair"
    summary = "Sharp new pictures from fifty to a thousand; cannot redraw a given one."
    Config = FewshotConfig
    facts = Facts(
        first_picture=8_000, processor_rate=45, accelerator_cost=0.1,
        suits=lambda pictures, side: FEW <= pictures < MANY,
        why="as few as it was made for", rung=2,
        curves={
            "critic": Curve("critic"), "redrawing": Curve("redrawing error"),
            "real_score": Curve("score of real ones"), "fake_score": Curve("score of made ones"),
            "generator": Curve("generator"),
        },
        critic_levels=r"fine\.(?:stem|downs\.(\d+))\.",
    )  # fmt: skip
    config: FewshotConfig

    def __init__(self, config: FewshotConfig, image_spec: ImageSpec) -> None:
        super().__init__(config, image_spec)
        widths = level_widths(image_spec, config.top_width, config.width)
        self.generator = Generator(image_spec, config.latent_dim, widths)
        self.critic = Critic(image_spec, widths)
        if config.seamless:
            close(self.generator, *self.critic.on_torus())
        self.generator_ema = ema.averaged_copy(self.generator)
        self._optimizers: dict[str, torch.optim.Optimizer] = {}

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

    @property
    def latent(self) -> LatentSpec:
        parts = 2 if self.image_spec.classes else 1
        return LatentSpec(1, parts * self.config.latent_dim, "normal", has_critic=True)

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        if not self._optimizers:
            for key, net in (("generator", self.generator), ("critic", self.critic)):
                self._optimizers[key] = adam(net.parameters(), self.config.lr, (0.5, 0.999))
        return self._optimizers

    # ------------------------------------------------------------------ training

    def training_step(self, batch: Tensor, state: TrainState) -> dict[str, Tensor]:
        config, n = self.config, len(batch)
        rate = warmed(state.images_seen, n, WARMUP) * cosine(1.0, 0.25, state.done_fraction)
        for optimizer in self.optimizers().values():
            set_rates(optimizer, config.lr * rate)
        x = self.to_network(batch)
        z = torch.randn(n, config.latent_dim, device=x.device, generator=state.generator)
        latents = joined(self.generator.classes, z, labels_of(self, state))
        with state.autocast():
            fake = self.generator(latents, _drawn_from(state.generator)).float()
        report = self._critic_step(x, fake.detach(), state)
        report |= self._generator_step(fake, state)
        keep = ema.decay(n, config.ema_half_life * 1000, state.images_seen + n)
        ema.update(self.generator_ema, self.generator, keep)
        return report

    def _critic_step(self, x: Tensor, fake: Tensor, state: TrainState) -> dict[str, Tensor]:
        optimizer, n, labels = self.optimizers()["critic"], len(x), labels_of(self, state)
        both = None if labels is None else labels.repeat(2)
        pictures = self.augmented(self.config, torch.cat([x, fake]), state.generator)
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
        return {
            "critic": loss.detach(),
            "redrawing": redraw.detach().mean(),
            "real_score": real.detach().mean(),
            "fake_score": generated.detach().mean(),
        }

    def _generator_step(self, fake: Tensor, state: TrainState) -> dict[str, Tensor]:
        optimizer = self.optimizers()["generator"]
        optimizer.zero_grad(set_to_none=True)
        self.critic.requires_grad_(False)
        pictures = self.augmented(self.config, fake, state.generator)
        with state.autocast():
            scores, _ = self.critic(pictures, labels_of(self, state))
        loss = -scores.float().mean()
        state.backward(loss)
        self.critic.requires_grad_(True)
        state.advance(optimizer)
        return {"generator": loss.detach()}

    @classmethod
    def augmented(
        cls, config: Declared, x: Tensor, generator: torch.Generator, p: float | None = None
    ) -> Tensor:
        """See the contract: what the critic sees, real and generated alike."""
        kind = RollingAugmentation if config.as_dict()["seamless"] else Augmentation
        return kind.of(config, **({} if p is None else {"p": p}))(x, generator)

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

    def sample(
        self, n: int, seed: int, truncation_psi: float = 1.0, label: int | None = None
    ) -> Tensor:
        z = truncation_psi * seeded_normal(n, seed, (self.config.latent_dim,))
        z = z.to(self.generator_ema.start.weight.device)
        return joined_to_drawn(self, self.generator_ema.classes, z, seed, label)

    def map(self, z: Tensor, label: int | None = None) -> Tensor:
        return joined_to_all(self.generator_ema.classes, z.flatten(1), label)

    def w_mean(self) -> Tensor:
        device = self.generator_ema.start.weight.device
        nowhere = torch.zeros(1, self.config.latent_dim, device=device)
        return joined(self.generator_ema.classes, nowhere, None)

    @torch.no_grad()
    def synthesize(
        self, w: Tensor, noise_seed: int = 0, max_resolution: int | None = None
    ) -> Tensor:
        """See the contract; `max_resolution` shrinks the finished picture."""
        x = self.generator_ema(w.flatten(1), _fixed(noise_seed, w.device))
        return self.to_picture(shrink(x, max_resolution))

    @torch.no_grad()
    def score(self, images: Tensor) -> Tensor:
        with _at_rest(self.critic):
            scores, _ = self.critic(self.to_network(images))
        return scores.mean(1)

    def features(self, w: Tensor, resolution: int) -> Tensor:
        return self.generator_ema(w.flatten(1), _fixed(0, w.device), resolution)


def _drawn_from(generator: torch.Generator) -> Noise:
    """Another noise for every picture, from the generator of the training step."""

    def noise(n: int, height: int, width: int) -> Tensor:
        return torch.randn(n, 1, height, width, device=generator.device, generator=generator)

    return noise


def _fixed(seed: int, device: torch.device) -> Noise:
    """The same noise for every picture, whatever the device and the number of pictures."""
    generator = torch.Generator().manual_seed(seed % (1 << 63))

    def noise(n: int, height: int, width: int) -> Tensor:
        return torch.randn(1, 1, height, width, generator=generator).to(device)

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
