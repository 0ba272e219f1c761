"""The adversarial pair: the sharpest pictures, and the longest training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models import ema, losses
from models.augment import Augmentation, crop_param, noise_param, rotate_param
from models.base import Family, ImageSpec, LatentSpec, TrainState, register, seeded_normal
from models.classes import (
    class_vectors,
    joined,
    joined_to_all,
    joined_to_drawn,
    labels_of,
    vectors_of,
)
from models.layers import LEAK, GroupedBlock, double, halve, he_normal_, level_widths, nearest_level
from models.parameters import Declared, param
from models.schedules import adam, cosine, set_rates, warmed
from models.seamless import Edged, RollingAugmentation, close, seamless_param


@dataclass(frozen=True)
class GanConfig(Declared):
    """Parameters of the adversarial pair."""

    latent_dim: int = param(
        64, label="Sliders inside", low=4, high=1024, step=4, term="latent_dim",
        help="How many numbers one picture is drawn from.",
    )  # fmt: skip
    top_width: int = param(
        32, label="Detail", low=8, high=768, step=8, term="top_width",
        help="Channels at full resolution; doubles at every halving of the picture.",
    )  # fmt: skip
    width: int = param(
        128, label="Size of the networks", low=8, high=1024, step=8, term="width",
        help="Most channels at any resolution. Twice as many: four times the work.",
    )  # fmt: skip
    blocks: int = param(
        1, label="Depth", low=1, high=4, term="blocks", advanced=True,
        help="Residual blocks at every resolution.",
    )  # fmt: skip
    fine_blocks: int = param(
        0, label="Depth of fine detail", low=0, high=4, term="blocks at full resolution",
        advanced=True, help="Residual blocks at full resolution, where they cost the most.",
    )  # fmt: skip
    group_size: int = param(
        16, label="Channels a group", low=1, high=1024, term="group size", advanced=True,
        help="Channels that are filtered together; fewer are lighter.",
    )  # fmt: skip
    seamless: bool = seamless_param()
    batch_size: int = param(
        32, label="Pictures at once", low=2, high=1024, term="batch_size",
        live=True, help="How many pictures one step looks at.",
    )  # fmt: skip
    lr: float = param(
        5e-4, label="Learning speed", low=1e-6, high=0.1, step=1e-4, term="learning rate",
        live=True, help="How far one step goes. Falls to a quarter by the end of the run.",
    )  # fmt: skip
    gamma: float = param(
        1.0, label="Critic's calm", low=0.0, high=10_000.0, term="R1 and R2 gamma", live=True,
        help="Stops the critic from jumping to conclusions. Raise it when pictures repeat; "
        "falls to a tenth by the end of the run.",
    )  # fmt: skip
    reg_interval: int = param(
        8, label="Calm every", low=1, high=64, unit="steps", term="lazy regularisation interval",
        live=True, advanced=True,
        help="Work out the critic's calm only every so many steps, that much stronger: saves time.",
    )  # fmt: skip
    ema_half_life: float = param(
        2.0, label="Steadiness", low=0.05, high=1000.0, unit="thousand pictures",
        term="EMA half-life", live=True,
        help="What you see is an average of the past weights: after so many pictures an old "
        "state counts one half.",
    )  # fmt: skip
    augment_p: float = param(
        0.5, label="Disguise", low=0.0, high=0.9, step=0.05, term="augmentation probability",
        live=True, help="How often real and generated pictures are moved, recoloured or "
        "covered before the critic sees them. Higher for small sets; above 0.8 it shows.",
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
        0.1, label="Zoom", low=0.0, high=0.5, step=0.05, term="scale", live=True,
        help="Largest enlargement or reduction.",
    )  # fmt: skip
    augment_colour: float = param(
        0.5, label="Colour changes", low=0.0, high=1.0, step=0.1, term="colour jitter", live=True,
        help="How much brightness, contrast and saturation vary.",
    )  # fmt: skip
    augment_rotate: float = rotate_param()
    augment_crop: float = crop_param()
    augment_noise: float = noise_param(
        "Grain over real and generated pictures before the critic sees them."
    )
    augment_cutout: float = param(
        0.4, label="Cover", low=0.0, high=0.9, step=0.1, term="cutout", live=True,
        help="Side of the square that hides a part of the picture from the critic.",
    )  # fmt: skip


class Generator(Edged, nn.Module):
    """Latents [N, dim] to pictures [N, channels, H, W], about [-1, 1]: R3GAN, Sec. 3.

    A learnt pattern on the base grid is scaled by a dense layer of z; then blocks and
    [1, 2, 1] doubling. Neither normalisation, nor injected noise, nor a mapping network.
    With classes the latent is twice as long: z and the vector of a class (:func:`joined`).
    """

    def __init__(self, spec: ImageSpec, config: GanConfig, widths: Sequence[int]) -> None:
        super().__init__()
        height, width, _ = spec.base_grid()
        self.grid = (height, width)
        counts = _block_counts(config, len(widths))
        coarsest = widths[-1]
        self.pattern = nn.Parameter(torch.randn(1, coarsest, height, width))
        self.classes = class_vectors(spec.classes, config.latent_dim)
        inputs = config.latent_dim * (1 if self.classes is None else 2)
        self.dense = nn.Linear(inputs, coarsest, bias=False)
        nn.init.normal_(self.dense.weight, std=inputs**-0.5)
        self.levels = nn.ModuleList(reversed(_levels(config, widths, counts)))
        self.change = nn.ModuleList(_change(a, b) for a, b in pairwise(reversed(widths)))
        self.out = nn.Conv2d(widths[0], spec.channels, 3, padding=1)
        he_normal_(self.out.weight, gain=0.5)
        nn.init.zeros_(self.out.bias)  # type: ignore[arg-type]  # made with a bias just above

    def forward(self, z: Tensor, resolution: int | None = None) -> Tensor:
        """Pictures, or with `resolution` the activations whose shorter side is nearest to it."""
        x = self.pattern * self.dense(z)[:, :, None, None]
        x = self.levels[0](x.contiguous(memory_format=torch.channels_last))
        stop = len(self.change)
        if resolution is not None:
            stop = nearest_level(self.grid, stop, resolution)
        for change, level in list(zip(self.change, self.levels[1:], strict=True))[:stop]:
            x = level(double(change(x), self.seamless))
        if resolution is None:
            x = self.out(F.leaky_relu(x, LEAK))
        return x  # type: ignore[no-any-return]  # modules return Any


class Critic(Edged, nn.Module):
    """Pictures [N, channels, H, W] to scores [N]: the generator mirrored."""

    def __init__(self, spec: ImageSpec, config: GanConfig, widths: Sequence[int]) -> None:
        super().__init__()
        height, width, _ = spec.base_grid()
        counts = _block_counts(config, len(widths))
        self.stem = nn.Conv2d(spec.channels, widths[0], 3, padding=1)
        he_normal_(self.stem.weight)
        self.levels = nn.ModuleList(_levels(config, widths, counts))
        self.change = nn.ModuleList(_change(a, b) for a, b in pairwise(widths))
        last = widths[-1]
        self.pattern = nn.Conv2d(last, last, (height, width), groups=last, bias=False)
        he_normal_(self.pattern.weight)
        self.dense = nn.Linear(last, 1, bias=False)
        nn.init.normal_(self.dense.weight, std=last**-0.5)
        self.classes = class_vectors(spec.classes, last, std=last**-0.5)

    def forward(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
        """[N, channels, H, W] to [N]; higher means more like a real picture (of its class [N])."""
        x = self.levels[0](F.leaky_relu(self.stem(x), LEAK))
        for change, level in zip(self.change, self.levels[1:], strict=True):
            x = level(change(halve(x, self.seamless)))
        seen = self.pattern(x).flatten(1)
        score = self.dense(seen).squeeze(1)
        if self.classes is not None:
            score = score + (seen * vectors_of(self.classes, labels, len(x))).sum(1)
        return score  # type: ignore[no-any-return]  # modules return Any


def _block_counts(config: GanConfig, levels: int) -> list[int]:
    """Blocks of every level, from full resolution down."""
    return [config.fine_blocks, *[config.blocks] * (levels - 1)]


def _levels(config: GanConfig, widths: Sequence[int], counts: Sequence[int]) -> list[nn.Sequential]:
    """The blocks of every resolution, in the order of `widths`."""
    total = sum(counts)
    return [
        nn.Sequential(*(GroupedBlock(w, 2, config.group_size, total) for _ in range(count)))
        for w, count in zip(widths, counts, strict=True)
    ]


def _change(c_in: int, c_out: int) -> nn.Module:
    """A 1x1 layer where the number of channels changes between two resolutions."""
    if c_in == c_out:
        return nn.Identity()
    layer = nn.Conv2d(c_in, c_out, 1, bias=False)
    nn.init.normal_(layer.weight, std=c_in**-0.5)
    return layer


WARMUP = 2_000
"""Pictures over which the learning rate climbs."""


@register
class Gan(Family):
    """R3GAN: Huang 2024, 'The GAN is dead; long live the GAN!', arXiv:2501.05441.

    Critic: softplus(-(D(x) - D(G))) + gamma/2 (|grad D(x)|^2 + |grad D(G)|^2) (Eq. 2, R1 and
    R2 of Mescheder 2018), generator: softplus(-(D(G) - D(x))). Penalties are taken on the
    augmented pictures, in float32, every `reg_interval` steps times `reg_interval`
    (lazy: Karras 2020, arXiv:1912.04958, App. B). Adam with beta1 = 0; cosines over the run:
    lr to a quarter, beta2 0.9 to 0.99, gamma to a tenth.

    With classes z is joined by a learnt vector of its class, and the critic adds <v_y, phi(x)>
    to its score (projection: Miyato & Koyama 2018, arXiv:1802.05637, Eq. 3). Generated
    pictures have the classes of the real ones they stand beside.

    Tensors: generator.*, critic.*, generator_ema.*, class_shares where there are classes.
    """

    name = "gan"
    title = "Adversarial pair"
    summary = "The sharpest new pictures; takes the longest and cannot redraw a given one."
    Config = GanConfig
    config: GanConfig

    def __init__(self, config: GanConfig, image_spec: ImageSpec) -> None:
        super().__init__(config, image_spec)
        widths = level_widths(image_spec, config.top_width, config.width)
        self.generator = Generator(image_spec, config, widths)
        self.critic = Critic(image_spec, config, widths)
        if config.seamless:
            close(self.generator, self.critic)
        self.generator_ema = ema.averaged_copy(self.generator)
        self._optimizers: dict[str, torch.optim.Optimizer] = {}

    @classmethod
    def preset(cls, image_spec: ImageSpec, *, accelerator: bool, pictures: int) -> GanConfig:
        side = max(image_spec.height, image_spec.width)
        gamma = {32: 0.1, 64: 1.0, 128: 10.0}.get(max(32, 1 << (side - 1).bit_length()), 100.0)
        p = 0.5 if pictures < 5_000 else 0.3
        if accelerator:
            top = 768 if side <= 32 else 384 if side <= 64 else 192 if side <= 128 else 96
            return GanConfig(
                top_width=top,
                width=768,
                blocks=2,
                fine_blocks=2,
                batch_size=128 if side <= 64 else 64,
                lr=2e-4,
                gamma=2 * gamma,
                reg_interval=1,
                ema_half_life=100.0,
                augment_p=p,
            )
        top = 32 if side <= 32 else 16 if side <= 128 else 8
        return GanConfig(top_width=top, width=128, gamma=gamma, augment_p=p)

    @property
    def latent(self) -> LatentSpec:
        parts = 2 if self.image_spec.classes else 1
        return LatentSpec(1, parts * self.config.latent_dim, "normal", has_critic=True)

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        if not self._optimizers:
            for key, net in (("generator", self.generator), ("critic", self.critic)):
                self._optimizers[key] = adam(net.parameters(), self.config.lr, (0.0, 0.9))
        return self._optimizers

    def training_step(self, batch: Tensor, state: TrainState) -> dict[str, Tensor]:
        config, n = self.config, len(batch)
        rate = warmed(state.images_seen, n, WARMUP) * cosine(1.0, 0.25, state.done_fraction)
        for optimizer in self.optimizers().values():
            set_rates(optimizer, config.lr * rate, (0.0, cosine(0.9, 0.99, state.done_fraction)))
        x = self.to_network(batch)
        z = torch.randn(2 * n, config.latent_dim, device=x.device, generator=state.generator)
        report = self._critic_step(x, z[:n], state)
        report |= self._generator_step(x, z[n:], state)
        keep = ema.decay(n, config.ema_half_life * 1000, state.images_seen + n)
        ema.update(self.generator_ema, self.generator, keep)
        return report

    def _critic_step(self, x: Tensor, z: Tensor, state: TrainState) -> dict[str, Tensor]:
        augment, optimizer = _augmentation(self.config), self.optimizers()["critic"]
        labels = labels_of(self, state)
        both = None if labels is None else labels.repeat(2)
        with torch.no_grad(), state.autocast():
            fake = self.generator(joined(self.generator.classes, z, labels)).float()
        pictures = augment(torch.cat([x, fake]), state.generator)
        optimizer.zero_grad(set_to_none=True)
        with state.autocast():
            scores = self.critic(pictures, both).float()
        real, generated = scores.chunk(2)
        loss = losses.relativistic_critic(real, generated)
        report = {"critic": loss.detach(), "real_wins": (real > generated).float().mean()}
        interval = self.config.reg_interval
        if state.step % interval == 0:
            penalty = self._penalty(pictures, both)
            report["penalty"] = penalty.detach()
            gamma = cosine(1.0, 0.1, state.done_fraction) * self.config.gamma
            loss = loss + interval * 0.5 * gamma * penalty
        state.backward(loss)
        state.advance(optimizer)
        return report

    def _penalty(self, pictures: Tensor, labels: Tensor | None) -> Tensor:
        """R1 + R2 of pictures [2N, ...] (real, then generated), in full precision: a scalar."""
        pictures = pictures.detach().requires_grad_(True)
        squared = losses.gradient_penalty(self.critic.forward(pictures, labels), pictures)
        return 2 * squared.mean()

    def _generator_step(self, x: Tensor, z: Tensor, state: TrainState) -> dict[str, Tensor]:
        augment, optimizer = _augmentation(self.config), self.optimizers()["generator"]
        labels = labels_of(self, state)
        both = None if labels is None else labels.repeat(2)
        optimizer.zero_grad(set_to_none=True)
        self.critic.requires_grad_(False)
        with state.autocast():
            fake = self.generator(joined(self.generator.classes, z, labels))
        pictures = augment(torch.cat([x, fake.float()]), state.generator)
        with state.autocast():
            real, generated = self.critic(pictures, both).float().chunk(2)
        loss = losses.relativistic_generator(real, generated)
        state.backward(loss)
        self.critic.requires_grad_(True)
        state.advance(optimizer)
        return {"generator": loss.detach()}

    @classmethod
    def augmented(
        cls, config: Declared, x: Tensor, generator: torch.Generator, p: float | None = None
    ) -> Tensor:
        """See the contract: what the critic sees, real and generated alike."""
        return _augmentation(config, p)(x, generator)

    def sample(
        self, n: int, seed: int, truncation_psi: float = 1.0, label: int | None = None
    ) -> Tensor:
        z = truncation_psi * seeded_normal(n, seed, (self.config.latent_dim,))
        z = z.to(self.generator_ema.pattern.device)
        return joined_to_drawn(self, self.generator_ema.classes, z, seed, label)

    def map(self, z: Tensor, label: int | None = None) -> Tensor:
        return joined_to_all(self.generator_ema.classes, z.flatten(1), label)

    def w_mean(self) -> Tensor:
        nowhere = torch.zeros(1, self.config.latent_dim, device=self.generator_ema.pattern.device)
        return joined(self.generator_ema.classes, nowhere, None)

    @torch.no_grad()
    def synthesize(
        self, w: Tensor, noise_seed: int = 0, max_resolution: int | None = None
    ) -> Tensor:
        """See the contract; `max_resolution` shrinks the finished picture, noise is not used."""
        x = self.generator_ema(w.flatten(1))
        while max_resolution is not None and max(x.shape[2:]) > max_resolution:
            x = F.avg_pool2d(x, 2)
        return self.to_picture(x)

    @torch.no_grad()
    def score(self, images: Tensor) -> Tensor:
        return self.critic(self.to_network(images))  # type: ignore[no-any-return]

    def features(self, w: Tensor, resolution: int) -> Tensor:
        return self.generator_ema(w.flatten(1), resolution)  # type: ignore[no-any-return]


def _augmentation(config: Declared, p: float | None = None) -> Augmentation:
    kind = RollingAugmentation if config.as_dict()["seamless"] else Augmentation
    return kind.of(config, **({} if p is None else {"p": p}))
