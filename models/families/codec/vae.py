"""The variational autoencoder: an even latent space, good for sliders and for mixing pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.base import register, seeded_normal
from models.codec import CURVES
from models.facts import Curve, Facts, LatentSpec
from models.families.codec import TITLES
from models.families.codec.codec import CodecConfig, CodecFamily
from models.image_spec import ImageSpec
from models.learning import losses
from models.parameters import param
from models.parts import mixture
from models.parts.classes import labels_for, labels_of
from models.train_state import TrainState

LOGVAR_LIMIT = 10.0


@dataclass(frozen=True)
class VaeConfig(CodecConfig):
    """Parameters of the variational autoencoder."""

    kl_weight: float = param(
        1.0, label="KL weight (beta)", low=0.0, high=100.0, step=0.1, term="beta", live=True,
        help="1 is the plain bound. Higher makes the space between pictures more even and "
        "the pictures softer.",
    )  # fmt: skip
    kl_ramp: float = param(
        10.0, label="KL warm-up", low=0.0, high=1000.0, unit="rounds of the set",
        term="KL warm-up epochs", advanced=True, live=True,
        help="First learn to draw, then to be even: over so many rounds the KL weight grows to "
        "full.",
    )  # fmt: skip
    free_bits: float = param(
        0.1, label="Free bits", low=0.0, high=5.0, step=0.05, unit="nats a number",
        term="free bits", live=True, advanced=True,
        help="Detail that each number may carry at no cost, so that none falls asleep.",
    )  # fmt: skip
    sharp: bool = param(
        False, label="Soft-IntroVAE", term="Soft-IntroVAE",
        help="Sharper new pictures: the encoder also learns to tell generated ones from real "
        "ones. Takes about four times as long; redraws a little less faithfully.",
    )  # fmt: skip
    sharp_rec: float = param(
        0.2, label="Reconstruction (beta_rec)", low=0.0, high=1000.0, step=0.1, term="beta_rec",
        live=True, advanced=True, help="What redrawing counts in a Soft-IntroVAE run.",
    )  # fmt: skip
    sharp_kl: float = param(
        0.2, label="KL (beta_kl)", low=0.0, high=1000.0, step=0.1, term="beta_kl",
        live=True, advanced=True, help="What the KL term counts in a Soft-IntroVAE run.",
    )  # fmt: skip
    sharp_neg: float = param(
        256.0, label="Rejection (beta_neg)", low=0.0, high=10_000.0, step=16, term="beta_neg",
        live=True, advanced=True,
        help="How hard the encoder pushes generated pictures away in a Soft-IntroVAE run.",
    )  # fmt: skip


@register
class Vae(CodecFamily):
    """Sigma-VAE: Kingma & Welling 2013 (arXiv:1312.6114) with Rybkin 2021 (arXiv:2006.13202).

    Loss: (D/2) log MSE + w KL, in nats, divided by D; w climbs linearly from 0 to
    `kl_weight` (Bowman 2016, arXiv:1511.06349); free bits by Kingma 2016. The
    noise z = mu + sigma * eps comes from the state's generator. Generating draws from the
    Gaussian with the mean and covariance of the aggregated posterior, which `refresh`
    measures: it is N(0, 1) where training has brought it there.

    With `sharp` it is Soft-IntroVAE: Daniel & Tamar 2021 (arXiv:2012.13253), Algorithm 1: the
    encoder raises the KL of generated and redrawn pictures while the decoder lowers it, and
    new pictures are drawn from N(0, 1). Healthy while `fake_kl` stays above `kl`.

    With classes the prior is conditional (Sohn 2015, 'Learning structured output representation
    using deep conditional generative models', NIPS, Eq. 4; class means as in Ilse 2019,
    arXiv:1905.10427, Sec. 2.1): the KL is to N(m_y, 1) with a learnt m_y for each class y, and
    generating draws from the mean and covariance of the posterior of that class. Neither network
    is told the class, so a picture without a label can be encoded.

    Tensors: encoder.*, decoder.*, encoder_ema.*, decoder_ema.*, posterior_mean [d],
    posterior_cholesky [d, d], active_units [] (numbers with Var[mu] > 0.01); with classes
    prior_means [classes, d], class_means [classes, d], class_cholesky [classes, d, d].
    """

    name = "vae"
    title = TITLES["vae"]
    summary = "An even space of pictures: smooth sliders and mixing, softer detail."
    Config = VaeConfig
    facts = Facts(
        first_picture=20_000, processor_rate=260, accelerator_cost=0.08, rung=3,
        small_set={"augment_cutout": 0.3},
        curves=CURVES | {
            "kl": Curve("KL divergence", hidden=True),
            "fake_kl": Curve("KL of made ones"),
            "decoder_gradient": Curve("gradient of the decoder"),
        },
        class_tensors=("prior_means",),
    )  # fmt: skip
    config: VaeConfig
    posterior_mean: Tensor
    posterior_cholesky: Tensor
    active_units: Tensor
    class_means: Tensor
    class_cholesky: Tensor

    def __init__(self, config: VaeConfig, image_spec: ImageSpec) -> None:
        super().__init__(config, image_spec, outputs=2 * config.latent_dim)
        dim = config.latent_dim
        self.register_buffer("posterior_mean", torch.zeros(dim))
        self.register_buffer("posterior_cholesky", torch.eye(dim))
        self.register_buffer("active_units", torch.tensor(0.0))
        if classes := image_spec.classes:
            self.prior_means = nn.Parameter(torch.zeros(classes, dim))
            self.register_buffer("class_means", torch.zeros(classes, dim))
            self.register_buffer("class_cholesky", torch.eye(dim).repeat(classes, 1, 1))

    @property
    def latent(self) -> LatentSpec:
        dim = self.config.latent_dim
        return LatentSpec(1, dim, "normal", has_encoder=True, has_layers=True, has_styles=True)

    def _learnt(self) -> dict[str, list[nn.Parameter]]:
        prior = [self.prior_means] if self.image_spec.classes else []
        if not self.config.sharp:
            return {"codec": super()._learnt()["codec"] + prior}
        encoder = [*self.encoder.parameters(), *prior]
        return {"encoder": encoder, "decoder": [*self.decoder.parameters()]}

    def _centre(self, state: TrainState) -> Tensor | None:
        """The mean [N, d] of the prior of each picture of the batch; None stands for 0."""
        labels = labels_of(self, state)
        return None if labels is None else self.prior_means[labels]

    def _learn(self, x: Tensor, state: TrainState) -> dict[str, Tensor]:
        if not self.config.sharp:
            return super()._learn(x, state)
        shape = (2 * len(x), self.config.latent_dim)
        prior, noise = torch.randn((2, *shape), device=x.device, generator=state.generator)
        centre = self._centre(state)
        if centre is not None:
            prior = prior + centre.detach().repeat(2, 1)
        self.decoder.requires_grad_(False)
        code, report = self._encoder_step(x, prior[: len(x)], noise, state)
        self.decoder.requires_grad_(True)
        self.encoder.requires_grad_(False)
        report |= self._decoder_step(x, code, prior[len(x) :], state)
        self.encoder.requires_grad_(True)
        return report

    def _encoder_step(
        self, x: Tensor, prior: Tensor, noise: Tensor, state: TrainState
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Real pictures to the prior, made ones away from it; (code of x, what to show)."""
        config = self.config
        mean, logvar = self._moments(self._hidden(x, state), state)
        code = _drawn(mean, logvar, noise[: len(x)])  # [N, dim]
        redrawn, fake = self._pictures(torch.cat([code, prior]), state).chunk(2)
        made = torch.cat([redrawn, fake]).detach()  # [2N, channels, H, W]
        made_mean, made_logvar = self._moments(made, state)
        again = self._pictures(_drawn(made_mean, made_logvar, noise), state)
        centre = self._centre(state)
        kl = _kl(mean, logvar, centre).sum(1)
        made_kl = _kl(made_mean, made_logvar, _claimed(centre)).sum(1)
        mse = losses.mean_squared_error(redrawn.detach(), x)
        energy = config.sharp_rec * losses.unit_error(redrawn, x) + config.sharp_kl * kl
        refused = config.sharp_rec * losses.unit_error(again, made) + config.sharp_neg * made_kl
        loss = losses.soft_intro_encoder(energy, refused, x[0].numel())
        norm = self._descend("encoder", loss, state)
        report = {
            "loss": loss.detach(), "mse": mse, "kl": kl.detach().mean(),
            "fake_kl": made_kl.detach()[len(x) :].mean(), "gradient": norm,
        }  # fmt: skip
        return code.detach(), report

    def _decoder_step(
        self, x: Tensor, code: Tensor, prior: Tensor, state: TrainState
    ) -> dict[str, Tensor]:
        """Redraw faithfully, and make pictures that the encoder takes for real ones."""
        made = self._pictures(torch.cat([code, prior]), state)
        mean, logvar = self._moments(made, state)
        kl = _kl(mean, logvar, _claimed(self._centre(state))).sum(1).mean()
        error = losses.unit_error(made[: len(x)], x).mean()
        loss = (self.config.sharp_rec * error + self.config.sharp_kl * kl) / x[0].numel()
        return {"decoder": loss.detach(), "decoder_gradient": self._descend("decoder", loss, state)}

    def _moments(self, x: Tensor, state: TrainState) -> tuple[Tensor, Tensor]:
        with state.autocast():
            moments = self.encoder(x)
        return _split(moments)

    def _pictures(self, z: Tensor, state: TrainState) -> Tensor:
        with state.autocast():
            return self.decoder(z).float()

    def _losses(self, x: Tensor, state: TrainState) -> tuple[Tensor, dict[str, Tensor]]:
        mean, logvar = self._moments(self._hidden(x, state), state)
        noise = torch.randn(mean.shape, device=mean.device, generator=state.generator)
        reconstruction = self._pictures(_drawn(mean, logvar, noise), state)
        count = x[0].numel()
        nll = losses.optimal_sigma_nll(reconstruction, x)
        kl = _kl(mean, logvar, self._centre(state))
        weight = self.config.kl_weight * self._ramp(state)
        total = nll + weight * losses.with_free_bits(kl, self.config.free_bits)
        mse = losses.mean_squared_error(reconstruction.detach(), x)
        return total / count, {"mse": mse, "kl": kl.detach().sum(1).mean()}

    def _ramp(self, state: TrainState) -> float:
        """0 to 1 over `kl_ramp` rounds of the set, and never longer than half of the run."""
        length = min(self.config.kl_ramp * state.set_size, 0.5 * max(1, state.total_images))
        return min(1.0, state.images_seen / length) if length > 0 else 1.0

    def _mean_code(self, x: Tensor) -> Tensor:
        return _split(self.encoder_ema(x))[0]

    @torch.no_grad()
    def kl_by_number(self, images: Tensor, labels: Tensor | None = None) -> Tensor:
        mean, logvar = _split(self.encoder_ema(self.to_network(images)))
        known = bool(self.image_spec.classes) and labels is not None
        return _kl(mean, logvar, self.prior_means[labels] if known else None).mean(0)

    @torch.no_grad()
    def refresh(
        self, batches: Callable[[], Iterable[Tensor]], labels: Tensor | None = None
    ) -> None:
        super().refresh(batches, labels)
        means, variances = [], []
        for batch in batches():
            mean, logvar = _split(self.encoder_ema(self.to_network(batch)))
            means.append(mean.to("cpu", torch.float64))
            variances.append(logvar.to("cpu", torch.float64).exp())
        if sum(len(m) for m in means) < 2:
            return
        mu, variance = torch.cat(means), torch.cat(variances)
        spread = torch.cov(mu.T, correction=0).reshape(mu.shape[1], mu.shape[1])
        covariance = spread + torch.diag(variance.mean(0))
        if self.config.sharp:  # its decoder has learnt to draw from N(0, 1)
            self.posterior_mean.zero_()
            self.posterior_cholesky.copy_(torch.eye(mu.shape[1]))
        else:
            self.posterior_mean.copy_(mu.mean(0))
            self.posterior_cholesky.copy_(torch.linalg.cholesky(covariance))
        self.active_units.copy_((spread.diagonal() > 0.01).sum())
        if self.image_spec.classes and labels is not None:
            self._measure_classes(mu, variance.mean(0), labels)

    def _measure_classes(self, mu: Tensor, variance: Tensor, labels: Tensor) -> None:
        """Where the pictures of each class lie, from means [N, d] and the mean variance [d]."""
        if self.config.sharp:
            self.posterior_mean.copy_(self.class_shares @ self.prior_means)
            self.class_means.copy_(self.prior_means)
            return
        fitted = mixture.fit_by_class(mu, labels, self.image_spec.classes, 1)
        spread = fitted.cholesky @ fitted.cholesky.mT + torch.diag(variance)
        self.class_means.copy_(fitted.means)
        self.class_cholesky.copy_(torch.linalg.cholesky(spread))

    def sample(
        self, n: int, seed: int, truncation_psi: float = 1.0, label: int | None = None
    ) -> Tensor:
        z = seeded_normal(n, seed, (self.config.latent_dim,)).to(self.posterior_mean.device)
        labels = labels_for(self, n, seed, label)
        if not self.image_spec.classes or not n:
            w, mean = self.map(z), self.w_mean()
        else:
            w = torch.cat([self.map(row[None], k) for row, k in zip(z, labels, strict=True)])
            mean = self.class_means[labels].unsqueeze(1)
        return mean + truncation_psi * (w - mean)

    def map(self, z: Tensor, label: int | None = None) -> Tensor:
        """N(0, 1) numbers z [n, dim] to w [n, 1, dim] of the aggregated posterior."""
        mean, cholesky = self.posterior_mean, self.posterior_cholesky
        if label is not None and self.image_spec.classes:
            mean, cholesky = self.class_means[label], self.class_cholesky[label]
        return (mean + mixture.rows_times(cholesky, z.flatten(1))).unsqueeze(1)

    def w_mean(self) -> Tensor:
        return self.posterior_mean.unsqueeze(0)


def _kl(mean: Tensor, logvar: Tensor, centre: Tensor | None) -> Tensor:
    """KL(N(mean, exp(logvar)) || N(centre, 1)) per number, in nats; None stands for 0."""
    return losses.kl_to_standard_normal(mean if centre is None else mean - centre, logvar)


def _claimed(centre: Tensor | None) -> Tensor | None:
    """Pictures that were made claim classes; where these lie, real ones alone may say."""
    return None if centre is None else centre.detach().repeat(2, 1)


def _drawn(mean: Tensor, logvar: Tensor, noise: Tensor) -> Tensor:
    return mean + (0.5 * logvar).exp() * noise


def _split(moments: Tensor) -> tuple[Tensor, Tensor]:
    """Encoder outputs [N, 2d] to mean and clamped log variance, float32 [N, d]."""
    mean, logvar = moments.float().chunk(2, dim=1)
    return mean, logvar.clamp(-LOGVAR_LIMIT, LOGVAR_LIMIT)
