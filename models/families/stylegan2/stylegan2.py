"""StyleGAN2 with adaptive augmentation: styles that can be mixed, coarse to fine."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from models.adversarial import AdversarialFamily
from models.base import register, seeded_normal
from models.bending import Bends, Layer, inside
from models.facts import MANY, SMALL_SIDE, VERY_MANY, Curve, Facts, LatentSpec
from models.families.stylegan2 import TITLES
from models.families.stylegan2.layouts import generator_of
from models.families.stylegan2.prepared import PreparedGenerator
from models.families.stylegan2.stylegan2_config import StyleGan2Config
from models.families.stylegan2.stylegan2_networks import Critic, Generator, still_noise
from models.image_spec import ImageSpec
from models.learning import losses
from models.learning.ada import Controller, Pipe
from models.parameters import Declared
from models.parts.augment import Augmentation
from models.parts.classes import labels_for, labels_of
from models.parts.convolution import differentiated_twice
from models.parts.inference import Drawing
from models.parts.schedules import set_rates, warmed
from models.parts.seamless import RollingAugmentation, rolled
from models.train_state import TrainState

ADA_INTERVAL = 4
"""Steps between two decisions about disguise."""
PATH_KEEP = 0.99
W_KEEP = 0.995


@register
class StyleGan2(AdversarialFamily):
    """StyleGAN2-ADA: Karras 2019 to 2020, arXiv:1812.04948, 1912.04958 and 2006.06676.

    Critic: softplus(D(G)) + softplus(-D(x)), R1 on augmented reals; generator: softplus(-D(G))
    and path length regularisation of half a batch. Both regularisers are lazy: their own
    Adam steps every so many steps, times the interval, rates adapted (1912.04958, App. B).
    Adam with beta1 = 0. With classes the mapping and the critic know the class of a picture.

    Tensors: generator.*, generator_ema.*, critic.*, ada.*, path_mean. The mean latent is
    generator.mapping.w_avg, that of a class a row of generator.mapping.class_avg.
    """

    name = "stylegan2"
    title = TITLES["stylegan2"]
    summary = "Sharp new pictures whose shape, parts and colours can be mixed from several."
    Config = StyleGan2Config
    facts = Facts(
        first_picture=100_000, processor_rate=130, accelerator_cost=0.2,
        suits=lambda pictures, side: MANY <= pictures <= VERY_MANY and side > SMALL_SIDE,
        why="enough for sharp new ones whose styles can be mixed",
        longest={"ema_half_life": 20_000, "ada_pictures": 4_000},
        curves={
            "critic": Curve("discriminator"), "real_sign": Curve("real found real"),
            "disguise": Curve("augmentation (p)"), "penalty": Curve("penalty", hidden=True),
            "generator": Curve("generator"), "path": Curve("path length"),
        },
        training_only=("critic", "ada"), critic_levels=r"(?:stem|down\.(\d+))\.",
    )  # fmt: skip
    config: StyleGan2Config
    generator: Generator
    critic: Critic
    generator_ema: Generator
    betas = (0.0, 0.99)
    path_mean: Tensor

    def __init__(self, config: StyleGan2Config, image_spec: ImageSpec) -> None:
        super().__init__(config, image_spec)
        self.ada = Controller(config.augment_p)
        self.register_buffer("path_mean", torch.zeros(()))
        if config.own_noise:
            for place, side in enumerate(self.generator.noise_sides()):
                self.register_buffer(f"noise_{place}", torch.randn(1, 1, *side))

    def _networks(self, widths: Sequence[int]) -> tuple[Generator, Critic]:
        spec, config = self.image_spec, self.config
        generator = generator_of(config.layout)(
            spec, config.latent_dim, config.mapping_layers, widths,
            clamp=config.clamp, dark_edge=config.dark_edge,
        )  # fmt: skip
        return generator, Critic(spec, widths)

    @classmethod
    def preset(cls, image_spec: ImageSpec, *, accelerator: bool, pictures: int) -> StyleGan2Config:
        side = max(image_spec.height, image_spec.width)
        batch = min(32, max(4, 4096 // side)) if accelerator else 16
        gamma = 0.0002 * image_spec.height * image_spec.width / batch
        if accelerator:
            return StyleGan2Config(
                latent_dim=512, top_width=min(512, (16384 if side < 512 else 32768) // side),
                width=512, batch_size=batch, lr=2.5e-3 if side < 1024 else 2e-3,
                gamma=gamma, ema_half_life=batch * 10 / 32,
            )  # fmt: skip
        # Thousands of steps instead of a million: longer ones, a calmer critic, quicker disguise,
        # and nothing spent on even steps.
        return StyleGan2Config(
            top_width=16 if side <= 64 else 8, batch_size=batch, lr=6e-3, gamma=6 * gamma,
            path_weight=0.0, ada_pictures=20.0,
        )  # fmt: skip

    @property
    def latent(self) -> LatentSpec:
        """Slots: 1 at the base grid, 2 a doubling, and the last picture's; half-open groups.

        Where slots are levels there is one for each.
        """
        slots, doublings = self.generator.slots, len(self.generator.grow)
        each = self.generator.slots_of_level
        coarse = each * max(1, min(2, doublings - 1)) - each + 1
        middle = each * min(4, doublings) - each + 1
        groups = {"coarse": (0, coarse), "middle": (coarse, middle), "fine": (middle, slots)}
        return LatentSpec(
            slots, self.config.latent_dim, "normal", groups, has_critic=True, has_layers=True,
            has_noise=True, has_styles=True,
        )  # fmt: skip

    def set_live(self, config: Declared) -> None:
        before = self.config
        super().set_live(config)
        if self.config.augment_p != before.augment_p:
            self.ada.set_p(self.config.augment_p)

    # ------------------------------------------------------------------ training

    def training_step(self, batch: Tensor, state: TrainState) -> dict[str, Tensor]:
        config, n = self.config, len(batch)
        self._set_rates(state, n)
        x = self.to_network(batch)
        x = _mirrored(config, x, state.generator)
        with torch.no_grad(), state.autocast():
            fake = self._picture(self._styles(n, state), state)
        real, report = self._critic_step(x, fake, state)
        with state.autocast():
            fake = self._picture(self._styles(n, state, track=True), state)
        report |= self._generator_step(real, fake, state)
        if config.path_weight > 0 and state.step % config.path_interval == 0:
            report |= self._path_step(max(1, n // 2), state)
        if config.augment == "ada" and state.step % ADA_INTERVAL == ADA_INTERVAL - 1:
            self.ada.adjust(config.ada_target, 1000 * config.ada_pictures)
        self._average(n, state)
        return report

    def _set_rates(self, state: TrainState, n: int) -> None:
        """Lazy regularisation takes k + 1 steps instead of k: 1912.04958, App. B."""
        config = self.config
        lr = config.lr * warmed(state.images_seen, n, self.warmup)
        path = config.path_interval if config.path_weight > 0 else 0
        for key, k in (("generator", path), ("critic", config.reg_interval)):
            share = k / (k + 1) if k else 1.0
            set_rates(self.optimizers()[key], lr * share, (0.0, 0.99**share))

    def _critic_step(
        self, x: Tensor, fake: Tensor, state: TrainState
    ) -> tuple[Tensor, dict[str, Tensor]]:
        config, optimizer, labels = self.config, self.optimizers()["critic"], labels_of(self, state)
        both = None if labels is None else labels.repeat(2)
        pictures = self._disguised(torch.cat([x, fake]), state)
        optimizer.zero_grad(set_to_none=True)
        with state.autocast():
            real, generated = self.critic(pictures, both, track=True).chunk(2)
        loss = losses.logistic_critic(real, generated)
        state.backward(loss)
        state.advance(optimizer)
        self.ada.observe(real.detach())
        report = {"critic": loss.detach(), "real_sign": real.detach().sign().mean()}
        if config.augment == "ada":
            report["disguise"] = self.ada.p
        if config.gamma > 0 and state.step % config.reg_interval == 0:
            shown = pictures[: len(x)].detach().requires_grad_(True)
            with differentiated_twice():
                scores = self.critic.forward(shown, labels)
            penalty = losses.gradient_penalty(scores, shown).mean()
            optimizer.zero_grad(set_to_none=True)
            state.backward(config.reg_interval * 0.5 * config.gamma * penalty)
            state.advance(optimizer)
            report["penalty"] = penalty.detach()
        return real.detach(), report

    def _generator_loss(self, scores: Tensor, real: Tensor) -> Tensor:
        return losses.logistic_generator(scores)

    def _path_step(self, n: int, state: TrainState) -> dict[str, Tensor]:
        """(|J^T y| - its mean)^2 in full precision: 1912.04958, Sec. 3.2, Eq. 4."""
        config, optimizer = self.config, self.optimizers()["generator"]
        w = self._styles(n, state)
        with differentiated_twice():
            pictures = self._picture(w, state, self.generator.forward)
        direction = torch.randn(pictures.shape, device=w.device, generator=state.generator)
        lengths = losses.path_lengths(pictures, w, direction)
        self.path_mean.lerp_(lengths.detach().mean(), 1 - PATH_KEEP)
        penalty = (lengths - self.path_mean).square().mean()
        optimizer.zero_grad(set_to_none=True)
        state.backward(config.path_interval * config.path_weight * penalty)
        state.advance(optimizer)
        return {"path": penalty.detach()}

    def _styles(self, n: int, state: TrainState, *, track: bool = False) -> Tensor:
        """Random w [n, slots, dim], most of them from two sources: 1812.04948, Sec. 3.1.

        With classes picture i has the one of picture i of the batch, and so have both sources.
        """
        config, slots, mapping = self.config, self.generator.slots, self.generator.mapping
        labels = labels_of(self, state)
        if labels is not None:
            labels = labels[:n]
        chance, device = state.generator, self.path_mean.device
        z = torch.randn(2 * n, config.latent_dim, device=device, generator=chance)
        one, two = mapping(z, None if labels is None else labels.repeat(2)).chunk(2)
        if track:
            mapping.track(one.detach(), min(W_KEEP, state.step / (state.step + 1)), labels)
        cut = torch.randint(1, slots, (n, 1, 1), device=device, generator=chance)
        mixed = torch.rand(n, 1, 1, device=device, generator=chance) < config.mixing
        place = torch.arange(slots, device=device).view(1, -1, 1)
        return torch.where(mixed & (place >= cut), two[:, None], one[:, None])

    def _picture(
        self, w: Tensor, state: TrainState, draw: Callable[..., Tensor] | None = None
    ) -> Tensor:
        noise = [
            torch.randn(len(w), 1, *side, device=w.device, generator=state.generator)
            for side in self.generator.noise_sides()
        ]
        return (draw or self.generator)(w, noise)

    def _disguised(self, x: Tensor, state: TrainState) -> Tensor:
        c = self.config
        p = self.ada.p if c.augment == "ada" else c.augment_p
        return _disguised(c, x, p, state.generator)

    @classmethod
    def augmented(
        cls, config: Declared, x: Tensor, generator: torch.Generator, p: float | None = None
    ) -> Tensor:
        """See the contract: what the critic sees of real pictures."""
        assert isinstance(config, StyleGan2Config)
        often = config.augment_p if p is None else p
        return _disguised(config, _mirrored(config, x, generator), often, generator)

    # ------------------------------------------------------------------ generating

    def sample(
        self, n: int, seed: int, truncation_psi: float = 1.0, label: int | None = None
    ) -> Tensor:
        mean = self.w_mean()
        z = seeded_normal(n, seed, (self.config.latent_dim,)).to(mean.device)
        if not n:
            return mean.expand(0, -1, -1)
        labels = labels_for(self, n, seed, label)
        # One at a time: sums of a whole batch may differ in the last bit from those of one row.
        w = torch.cat([self.map(row[None], k) for row, k in zip(z, labels, strict=True)])
        if truncation_psi == 1:
            return w
        if self.image_spec.classes:
            means = self.generator_ema.mapping.class_avg[labels]
            mean = means[:, None].expand(-1, self.generator.slots, -1)
        return mean + truncation_psi * (w - mean)

    def population(self, n: int, seed: int) -> Tensor:
        z = seeded_normal(n, seed, (self.config.latent_dim,)).to(self.path_mean.device)
        drawn = labels_for(self, n, seed, None)
        labels = torch.tensor(drawn, device=z.device) if self.image_spec.classes else None
        w = self.generator_ema.mapping(z, labels)
        return w[:, None].expand(-1, self.generator.slots, -1)

    def map(self, z: Tensor, label: int | None = None) -> Tensor:
        labels = None if label is None else torch.full((len(z),), label, device=z.device)
        w = self.generator_ema.mapping(z.flatten(1), labels)
        return w[:, None].expand(-1, self.generator.slots, -1)

    def w_mean(self) -> Tensor:
        return self.generator_ema.mapping.w_avg.repeat(self.generator.slots, 1)

    def draw(
        self, w: Tensor, noise_seed: int = 0, resolution: int | None = None,
        bends: Bends | None = None,
    ) -> Tensor:  # fmt: skip
        draws = self.inference.of(self.generator_ema, w, _prepared)
        return draws(w, self._noise(noise_seed, bends), resolution, bends)

    def draw_with(self, w: Tensor, noise: Sequence[Tensor]) -> Tensor:
        return self.generator_ema(w, noise)

    @torch.no_grad()
    def draft(self, w: Tensor, noise_seed: int = 0, bends: Bends | None = None) -> Tensor | None:
        draws = self.inference.of(self.generator_ema, w, _prepared)
        if not isinstance(draws, PreparedGenerator):
            return None  # it would begin anew for the whole picture
        return self.to_picture(draws.half(w, self._noise(noise_seed, bends), bends))

    def _noise(self, seed: int, bends: Bends | None) -> list[Tensor]:
        """[1, 1, h, w] for every layer."""
        sides = tuple(self.generator.noise_sides())
        if self.config.own_noise and seed == 0:
            noise = [self.get_buffer(f"noise_{place}") for place in range(len(sides))]
        else:
            noise = still_noise(seed, sides, self.path_mean.device)
        if bends is not None and bends.noise:
            # Only what is changed: whatever is drawn with the noise of before need not be again.
            much = [bends.strength(layer) for layer in range(len(noise))]
            noise = [n if m == 1 else n * m for n, m in zip(noise, much, strict=True)]
        return noise

    def layers(self) -> tuple[Layer, ...]:
        return inside("generator_ema", self.generator_ema.layers())

    def styles(self, w: Tensor) -> Tensor:
        return self.generator_ema.styles(w)

    def opinion(self, x: Tensor) -> Tensor:
        return self.critic(x, alone=True)


def _prepared(net: Generator) -> Drawing:
    """What draws single pictures as `net` does: sooner, for the layout that this is made for."""
    return PreparedGenerator(net) if type(net) is Generator else net


def _mirrored(config: StyleGan2Config, x: Tensor, generator: torch.Generator) -> Tensor:
    """Real pictures, half of them mirrored: that is learnt, not hidden from the critic."""
    if not config.augment_mirror:
        return x
    half = torch.rand(len(x), 1, 1, 1, device=x.device, generator=generator) < 0.5
    return torch.where(half, x.flip(3), x)


def _disguised(
    config: StyleGan2Config, x: Tensor, p: Tensor | float, generator: torch.Generator
) -> Tensor:
    """Real or generated pictures as the critic sees them; `p` is ada's, or that of the config."""
    if config.augment == "none":
        return x
    if config.augment == "diffaugment":
        kind = RollingAugmentation if config.seamless else Augmentation
        return kind.of(config, p=p, mirror=False)(x, generator)
    shift = config.augment_shift
    if config.seamless:
        x, shift = rolled(x, shift, p, generator), 0.0
    pipe = Pipe(
        mirror=config.augment_mirror, turn=config.augment_turn, shift=shift,
        zoom=config.augment_zoom, colour=config.augment_colour, cutout=config.augment_cutout,
        crop=config.augment_crop, noise=config.augment_noise,
    )  # fmt: skip
    return pipe(x, torch.as_tensor(p, device=x.device), generator)
