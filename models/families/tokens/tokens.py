"""Pictures as grids of tokens: they are redrawn from them, and a prior lays new grids."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import ClassVar

import torch
from torch import Tensor, nn

from models.base import register
from models.bending import Bends
from models.codec import CURVES, WARMUP, Codec
from models.draws import Draws
from models.facts import Ability, Curve, Facts, LatentSpec
from models.families.tokens import TITLES
from models.families.tokens.orders import laid, uniform
from models.families.tokens.patch_critic import (
    BEGINS,
    PatchCritic,
    balance,
    told_apart,
    unlike,
)
from models.families.tokens.prior import GridPrior
from models.families.tokens.prior_loss import shown, surprise
from models.families.tokens.quantisers import perplexity, quantiser
from models.families.tokens.tokens_config import (
    GridSampling,
    MaskedSampling,
    TokensConfig,
    preset_of,
)
from models.image_spec import ImageSpec
from models.learning import ema, losses
from models.parameters import Declared
from models.parts.classes import labels_for, labels_of
from models.parts.schedules import cosine, set_rates, warmed
from models.train_state import TrainState

SHARE = 4
"""Until the tokens are settled, one of so many pictures teaches the prior."""
FLOOR = 0.02
"""Of the learning rate, where it has fallen."""
TOGETHER = 64
"""Grids that are laid at a time for statistics."""


@register
class Tokens(Codec):
    """A tokenizer (Esser 2021, arXiv:2012.09841) and a prior over its grid.

    The loss of the tokenizer is 1/2 log MSE (Rybkin 2021, arXiv:2006.13202) and what its
    quantiser asks for, with `adversarial` also what a discriminator of patches finds unlike real
    ones (Esser 2021, Eq. 5 to 7, hinge losses); that of the prior the cross entropy of the cells
    that it does not see (Chang 2022, arXiv:2202.04200, Eq. 1), or of every next one. Both learn in
    every step; from `settled` of the run on tokens stay, and the minutes of the tokenizer are the
    prior's. The prior learns the tokens of the averaged encoder, which are those that the artist
    sees.

    A latent w [cells, dim] holds the codes of a grid. The decoder draws what lies between
    codes, too: so pictures can be led over into each other, though no token stands for that.

    Tensors: encoder.*, decoder.*, encoder_ema.*, decoder_ema.*, prior.*, prior_ema.*, for a
    learnt book quantiser.*, for a discriminator critic.*; codes_mean [cells, dim], with classes
    class_codes [classes, cells, dim].
    """

    name = "tokens"
    title = TITLES["tokens"]
    summary = "Lays pictures from learnt tiles: parts can be drawn anew, and pictures be joined."
    Config = TokensConfig
    Sampling: ClassVar[type[GridSampling]] = MaskedSampling
    facts = Facts(
        first_picture=60_000, processor_rate=150, accelerator_cost=0.12,
        small_set={"augment_cutout": 0.0},
        curves={
            "loss": CURVES["loss"], "mse": CURVES["mse"], "gradient": CURVES["gradient"],
            "prior": Curve("surprise of a token"), "used": Curve("tokens in use", hidden=True),
            "prior_gradient": Curve("gradient of the prior", hidden=True),
            "critic": Curve("discriminator", hidden=True),
            "critic_gradient": Curve("gradient of the discriminator", hidden=True),
        },
        judged_by_samples=True,
    )  # fmt: skip
    divided = ("encoder", "decoder", "encoder_ema", "prior", "critic")
    config: TokensConfig
    codes_mean: Tensor
    class_codes: Tensor

    def __init__(self, config: TokensConfig, image_spec: ImageSpec) -> None:
        doublings = min(int(config.downscale).bit_length() - 1, image_spec.base_grid()[2])
        grid = image_spec.height >> doublings, image_spec.width >> doublings
        book, cells = quantiser(config.quantiser, config.book), grid[0] * grid[1]
        super().__init__(config, image_spec, cells * book.inputs, cells * book.dim, doublings)
        self.grid, self.quantiser = grid, book
        self.critic = PatchCritic(image_spec.channels) if config.adversarial else None
        self.prior = GridPrior(
            book.size, grid, config.prior_width, config.prior_depth,
            config.order == "in_turn", image_spec.classes, self._shares(),
        )  # fmt: skip
        self.prior_ema = ema.averaged_copy(self.prior)
        self.register_buffer("codes_mean", torch.zeros(cells, book.dim))
        if classes := image_spec.classes:
            self.register_buffer("class_codes", torch.zeros(classes, cells, book.dim))

    @classmethod
    def preset(cls, image_spec: ImageSpec, *, accelerator: bool, pictures: int) -> TokensConfig:
        """Squares so large that the longer side has 8 to 16 tokens, as far as that goes."""
        return preset_of(cls.Config, max(image_spec.height, image_spec.width), accelerator)

    def _shares(self) -> Tensor | None:
        return self.quantiser.shares() if self.config.factorised else None

    @property
    def latent(self) -> LatentSpec:
        lacks = {Ability.DIRECTIONS, Ability.TRUNCATION, Ability.DRAG, Ability.INVERT}
        return LatentSpec(
            len(self.codes_mean), self.quantiser.dim, "normal", has_encoder=True, has_layers=True,
            grid=self.grid, has_repair=not self.prior.causal, lacks=frozenset(lacks),
        )  # fmt: skip

    @property
    def sampling(self) -> type[GridSampling]:
        return GridSampling if self.prior.causal else MaskedSampling

    # ------------------------------------------------------------------ learning

    def _learnt(self) -> dict[str, list[nn.Parameter]]:
        learnt = super()._learnt()
        learnt["codec"] += self.quantiser.parameters()
        learnt["prior"] = [*self.prior.parameters()]
        if self.critic is not None:
            learnt["critic"] = [*self.critic.parameters()]
        return learnt

    def training_step(self, batch: Tensor, state: TrainState) -> dict[str, Tensor]:
        config, pictures = self.config, self.to_network(batch)
        warm = warmed(state.images_seen, len(batch), WARMUP)
        is_settled = state.done_fraction >= config.settled
        report = {}
        if not is_settled:
            for key in self._learnt().keys() - {"prior"}:
                self._set_rate(key, warm, state.done_fraction / config.settled)
            x = self._augmentation(config).shown()(pictures, state.generator)
            report = self._learn_tokens(x, state)
            self._average(len(batch), state)
        self._set_rate("prior", warm, state.done_fraction)
        own = pictures if is_settled else pictures[: -(-len(batch) // SHARE)]
        labels = labels_of(self, state)
        report |= self._learn_prior(own, None if labels is None else labels[: len(own)], state)
        keep = ema.decay(len(batch), config.ema_half_life * 1000, state.images_seen + len(batch))
        ema.update(self.prior_ema, self.prior, keep)
        return report

    def _set_rate(self, key: str, warm: float, fraction: float) -> None:
        rate = self.config.lr * warm * cosine(1.0, FLOOR, fraction)
        set_rates(self.optimizers()[key], rate, weight_decay=self.config.weight_decay)

    def _learn_tokens(self, x: Tensor, state: TrainState) -> dict[str, Tensor]:
        """One step of the tokenizer on network pictures."""
        done = min(1.0, state.done_fraction / self.config.settled)
        with state.autocast():
            z = self._cells(self.encoder(self._hidden(x, state)))
            codes, apart = self.quantiser.drawn(z, done, state.generator)
            made = self.decoder(_channels(codes))
        loss = losses.optimal_sigma_nll(made, x) / x[0].numel()
        critic = self.critic if done >= BEGINS else None
        judged = loss.new_zeros(())
        if critic is not None:
            with state.autocast():
                against = unlike(critic, made)
            weight = balance(loss, against, self.decoder.out.weight)
            judged = self.config.adversarial * weight * against
        norm = self._descend("codec", loss + apart + judged, state)
        report: dict[str, Tensor] = {}
        if critic is not None:
            with state.autocast():
                told = told_apart(critic, made.detach(), x)
            report["critic_gradient"] = self._descend("critic", told, state)
            report["critic"] = told.detach()
        self.quantiser.learn(z, codes, state.generator)
        mse = losses.mean_squared_error(made.detach(), x)
        used = perplexity(self.quantiser.tokens(codes.detach()), self.quantiser.size)
        report |= {"loss": (loss + apart).detach(), "mse": mse, "used": used, "gradient": norm}
        return report

    def _learn_prior(
        self, pictures: Tensor, labels: Tensor | None, state: TrainState
    ) -> dict[str, Tensor]:
        """One step of the prior on the tokens of network pictures."""
        pictures = self._upright(pictures, state.generator)
        with torch.no_grad(), state.autocast():
            tokens = self.quantiser.tokens(self._codes_of(pictures))
        given, wanted = shown(self.prior, tokens, self.config.token_noise, state.generator)
        with state.autocast():
            logits = self.prior(given, self._given(len(tokens), labels, state))
        loss = surprise(logits, tokens, wanted)
        norm = self._descend("prior", loss, state)
        return {"prior": loss.detach(), "prior_gradient": norm}

    def _given(self, n: int, labels: Tensor | None, state: TrainState) -> Tensor:
        """What stands in front of the cells of the first `n` pictures of a step."""
        return self.prior.condition(n, labels)

    def _conditions(
        self, prior: GridPrior, labels: Tensor | None, n: int, sampling: GridSampling
    ) -> Tensor:
        """What stands in front of the cells of `n` new pictures, or of several times as many."""
        return prior.condition(n, labels)

    def _weighed(self, logits: Tensor, n: int, sampling: GridSampling) -> Tensor:
        """Logits of `n` pictures of those of all conditions."""
        return logits

    def _upright(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """Mirrored, and rolled where they tile: new pictures look like what the prior is shown, so
        nothing may be moved or recoloured there."""
        still = replace(
            self._augmentation(self.config), zoom=0.0, rotate=0.0, crop=0.0, colour=0.0,
            noise=0.0, cutout=0.0,
        )  # fmt: skip
        return (still if self.config.seamless else replace(still, shift=0.0))(x, generator)

    # ------------------------------------------------------------------ latents

    def _cells(self, outputs: Tensor) -> Tensor:
        """[N, cells, inputs] of what an encoder gives [N, inputs * cells]."""
        return outputs.unflatten(1, (self.quantiser.inputs, -1)).mT

    def _codes_of(self, x: Tensor) -> Tensor:
        codes: Tensor = self.quantiser(self._cells(self.encoder_ema(x)))[0]
        return codes

    @torch.no_grad()
    def encode(self, images: Tensor) -> Tensor:
        return self._codes_of(self.to_network(images)).contiguous()

    @torch.no_grad()
    def refresh(
        self, batches: Callable[[], Iterable[Tensor]], labels: Tensor | None = None
    ) -> None:
        super().refresh(batches, labels)
        codes = [self.encode(batch) for batch in batches()]
        if not codes:
            return
        whole = torch.cat(codes)
        self.codes_mean.copy_(whole.mean(0))
        if self.image_spec.classes and labels is not None:
            for number in range(self.image_spec.classes):
                own = whole[labels.to(whole.device) == number]
                self.class_codes[number] = own.mean(0) if len(own) else self.codes_mean

    def sample(
        self, n: int, seed: int, truncation_psi: float = 1.0, label: int | None = None
    ) -> Tensor:
        return self._led(
            self.sample_by(self.sampling(), n, seed, label), seed, truncation_psi, label
        )

    def _led(self, w: Tensor, seed: int, psi: float, label: int | None) -> Tensor:
        """Towards the middle of their class; where truncation 0 leads there is no token."""
        if psi == 1 or not len(w):
            return w
        labels = labels_for(self, len(w), seed, label)
        mean = self.class_codes[labels] if self.image_spec.classes else self.w_mean()
        return mean + psi * (w - mean)

    @torch.no_grad()
    def sample_by(self, sampling: Declared, n: int, seed: int, label: int | None = None) -> Tensor:
        assert isinstance(sampling, GridSampling)
        labels = labels_for(self, n, seed, label)
        rows = [
            self._laid(self._chance(sampling, seed + k), _numbered(labels[k : k + 1]), sampling)
            for k in range(n)
        ]  # fmt: skip
        return torch.cat(rows) if rows else self.codes_mean.new_empty(0, *self.codes_mean.shape)

    def population(self, n: int, seed: int) -> Tensor:
        sampling, labels = self.sampling(), labels_for(self, n, seed, None)
        with torch.no_grad():
            parts = [
                self._laid(
                    torch.cat([self._chance(sampling, seed + k) for k in each]),
                    _numbered([labels[k] for k in each]), sampling,
                )
                for each in _parts(n)
            ]  # fmt: skip
        return torch.cat(parts)

    @torch.no_grad()
    def map(self, z: Tensor, label: int | None = None) -> Tensor:
        """N(0, 1) numbers z [n, looks * cells], two for each look at a cell, or one where cells
        are laid row by row, to w [n, cells, dim]."""
        looks = z.flatten(1).unflatten(1, (-1, len(self.codes_mean)))
        return self._laid(uniform(looks), _numbered([label] * len(z)), self.sampling())

    @torch.no_grad()
    def redraw(
        self, w: Tensor, chosen: Tensor, sampling: Declared, seed: int, label: int | None = None
    ) -> Tensor:
        assert isinstance(sampling, GridSampling)
        rows = []
        for k, row in enumerate(w.split(1)):
            tokens = self.quantiser.tokens(row).masked_fill(chosen, self.prior.hidden)
            chance = self._chance(sampling, seed + k).to(w.device)
            fresh = self._laid(chance, _numbered([label]), sampling, tokens)
            rows.append(torch.where(chosen.unsqueeze(1), fresh, row))
        return torch.cat(rows)

    def _chance(self, sampling: Declared, seed: int) -> Tensor:
        """Uniform numbers of one picture: [1, looks, cells]."""
        looks = 2 * sampling.steps if isinstance(sampling, MaskedSampling) else 1
        return uniform(Draws(seed).normal(1, looks, len(self.codes_mean)))

    def _laid(
        self, chance: Tensor, labels: Tensor | None, sampling: GridSampling,
        tokens: Tensor | None = None,
    ) -> Tensor:  # fmt: skip
        """w [n, cells, dim] of uniform numbers [n, looks, cells]; of `tokens` [n, cells] only the
        hidden ones are laid."""
        prior, n = self.prior_ema, len(chance)
        device = self.codes_mean.device
        chance = chance.to(device)
        labels = None if labels is None else labels.to(device)
        condition = self._conditions(prior, labels, n, sampling)

        def weighed(logits: Tensor) -> Tensor:
            return self._weighed(logits, n, sampling)

        cells = laid(prior, condition, weighed, chance, sampling, tokens)
        return self.quantiser.codes(cells).float()

    def w_mean(self) -> Tensor:
        return self.codes_mean

    def draw(
        self, w: Tensor, noise_seed: int = 0, resolution: int | None = None,
        bends: Bends | None = None,
    ) -> Tensor:  # fmt: skip
        return super().draw(_channels(w), noise_seed, resolution, bends)


def _channels(codes: Tensor) -> Tensor:
    """[N, dim * cells], as a decoder is given them, of codes [N, cells, dim]."""
    return codes.mT.flatten(1)


def _numbered(labels: list[int | None]) -> Tensor | None:
    """int64 [n]; None where one of them is unknown."""
    known = [label for label in labels if label is not None]
    return torch.tensor(known) if len(known) == len(labels) and labels else None


def _parts(n: int) -> list[range]:
    """0 to n in parts that are laid together."""
    return [range(start, min(n, start + TOGETHER)) for start in range(0, n, TOGETHER)]
