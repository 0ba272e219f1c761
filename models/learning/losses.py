"""The loss functions, each written from its paper. All take and return float32.

Call them outside autocast: sums over pixels and squared gradients need more than bf16's
eight bits.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor

from models.parts.convolution import slope

MSE_FLOOR = 1e-6
"""Below half a grey level of 8 bits; keeps log MSE finite on a memorised picture."""


def kl_to_standard_normal(mean: Tensor, logvar: Tensor) -> Tensor:
    """KL(N(mean, exp(logvar)) || N(0, 1)) per number, in nats, same shape as `mean`.

    -1/2 (1 + log sigma^2 - mu^2 - sigma^2): Kingma & Welling 2013 (arXiv:1312.6114), Appendix B.
    """
    return -0.5 * (1 + logvar - mean.square() - logvar.exp())


def with_free_bits(kl: Tensor, nats: float) -> Tensor:
    """KL [N, d] averaged over the batch, each number floored at `nats`, summed: a scalar.

    Kingma 2016 (arXiv:1606.04934), Appendix C.8, with one group per latent number.
    """
    per_number = kl.mean(0)
    return (per_number.clamp_min(nats) if nats > 0 else per_number).sum()


def optimal_sigma_nll(reconstruction: Tensor, picture: Tensor) -> Tensor:
    """(D/2) log MSE, in nats per picture up to a constant: a scalar.

    The Gaussian likelihood D/2 log(2 pi s^2) + |x - y|^2 / (2 s^2) with one shared s
    at its optimum s^2 = MSE of the batch: Rybkin 2021 (arXiv:2006.13202), Sec. 4. D
    counts the numbers of one picture.
    """
    mse = mean_squared_error(reconstruction, picture).clamp_min(MSE_FLOOR)
    return 0.5 * picture[0].numel() * mse.log()


def mean_squared_error(reconstruction: Tensor, picture: Tensor) -> Tensor:
    """Mean over batch and pixels, in float32."""
    return F.mse_loss(reconstruction.float(), picture.float())


def squared_error(reconstruction: Tensor, picture: Tensor) -> Tensor:
    """|x - y|^2 summed over a picture, averaged over the batch (Ghosh 2020, arXiv:1903.12436)."""
    return mean_squared_error(reconstruction, picture) * picture[0].numel()


def unit_error(reconstruction: Tensor, picture: Tensor) -> Tensor:
    """|x - y|^2 of each picture [N], as if it ran from 0 to 1 instead of -1 to 1."""
    return 0.25 * (reconstruction.float() - picture.float()).square().flatten(1).sum(1)


def soft_intro_encoder(energy: Tensor, refused: Tensor, count: int) -> Tensor:
    """The encoder's loss of Soft-IntroVAE: Daniel & Tamar 2021 (arXiv:2012.13253), Eq. 3: a scalar.

    Mean of s e(x) + 1/2 exp(-2 s e(G)): `energy` e(x) [N] of real pictures and `refused` e(G)
    [M] of made ones are weighted negative ELBOs in nats; s = 1 / `count`, the numbers of a picture.
    """
    return energy.mean() / count + 0.5 * (-2 * refused / count).exp().mean()


def latent_energy(z: Tensor) -> Tensor:
    """1/2 |z|^2 averaged over the batch: L_Z of Ghosh 2020 (arXiv:1903.12436), Sec. 3."""
    return 0.5 * z.float().square().sum(1).mean()


def weight_energy(weights: Iterable[Tensor]) -> Tensor:
    """The sum of squares of `weights`: L_REG of RAE-L2 (Ghosh 2020, Sec. 3.1)."""
    return torch.stack(torch._foreach_norm(list(weights))).square().sum()


def slope_energy(pictures: Tensor, z: Tensor, direction: Tensor) -> Tensor:
    """|J^T y|^2 of each picture, J = d picture / d z: [N], differentiable again.

    With `direction` y from N(0, 1), of the shape of the pictures, its mean is |J|^2, L_REG of
    RAE-GP (Ghosh 2020, Sec. 3.1; the estimate is Hutchinson's, 1990).
    """
    along = (pictures.float() * direction).sum()
    return slope(along, z).square().sum(1)


def relativistic_critic(real: Tensor, fake: Tensor) -> Tensor:
    """Mean of softplus(-(D(x) - D(G(z)))) over pairs: the critic's loss.

    Relativistic pairing: Jolicoeur-Martineau 2018 (arXiv:1807.00734), RpGAN, as in
    R3GAN: Huang 2024 (arXiv:2501.05441), Eq. 2 with f(t) = -log(1 + exp(-t)).
    """
    return F.softplus(-(real.float() - fake.float())).mean()


def relativistic_generator(real: Tensor, fake: Tensor) -> Tensor:
    """Mean of softplus(-(D(G(z)) - D(x))) over pairs: the generator's loss (as above)."""
    return F.softplus(-(fake.float() - real.float())).mean()


def gradient_penalty(scores: Tensor, pictures: Tensor) -> Tensor:
    """Squared norm of d score / d picture of each picture: [N], differentiable again.

    Times gamma/2 this is R1 on real and R2 on generated pictures: Mescheder 2018
    (arXiv:1801.04406), Eq. 9-10. `pictures` must require a gradient.
    """
    return slope(scores.sum(), pictures).square().flatten(1).sum(1)


def logistic_critic(real: Tensor, fake: Tensor) -> Tensor:
    """Mean of softplus(D(G(z))) + softplus(-D(x)): Goodfellow 2014 (arXiv:1406.2661), Eq. 1."""
    return F.softplus(fake.float()).mean() + F.softplus(-real.float()).mean()


def logistic_generator(fake: Tensor) -> Tensor:
    """Mean of softplus(-D(G(z))): the non-saturating loss (Goodfellow 2014, Sec. 3)."""
    return F.softplus(-fake.float()).mean()


def path_lengths(pictures: Tensor, w: Tensor, direction: Tensor) -> Tensor:
    """|J^T y| of each picture, the root of the mean over slots: [N], differentiable again.

    `pictures` [N, C, H, W] made from w [N, slots, dim]; `direction` y is N(0, 1) of the shape
    of the pictures, here divided by sqrt(H W): Karras 2020 (arXiv:1912.04958), Sec. 3.2.
    """
    height, width = pictures.shape[2:]
    along = (pictures * direction).sum() / (height * width) ** 0.5
    return slope(along, w).square().sum(2).mean(1).sqrt()


def hinge_critic(
    real: Tensor, fake: Tensor, upper: Tensor | float, lower: Tensor | float
) -> Tensor:
    """Mean of max(0, upper - D(x)) + max(0, lower + D(G(z))): Miyato 2018 (1802.05957), Eq. 16.

    Both margins are 1 there; Liu 2021 (arXiv:2101.04775) draws them from U[0.8, 1]. The
    generator's loss that belongs to it is the mean of -D(G(z)) (Eq. 17).
    """
    return F.relu(upper - real.float()).mean() + F.relu(lower + fake.float()).mean()


def edges_and_pixels(reconstruction: Tensor, picture: Tensor) -> Tensor:
    """Mean |x - y| plus that of the differences of neighbours, across and down: a scalar.

    The gradient difference term is of Mathieu 2016 (arXiv:1511.05440), Eq. 6, with alpha 1
    and signs kept.
    """
    error = reconstruction.float() - picture.float()
    across, down = error.diff(dim=3).abs().mean(), error.diff(dim=2).abs().mean()
    return error.abs().mean() + across + down
