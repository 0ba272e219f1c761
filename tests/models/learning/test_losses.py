"""Each formula against an independent way to the same number."""

import math

import pytest
import torch

from models.learning import losses


def test_kl_is_the_monte_carlo_mean_of_the_log_ratio() -> None:
    generator = torch.Generator().manual_seed(0)
    mean = torch.tensor([0.7, -1.2], dtype=torch.float64)
    logvar = torch.tensor([-0.5, 0.4], dtype=torch.float64)
    noise = torch.randn(200_000, 2, generator=generator, dtype=torch.float64)
    z = mean + (0.5 * logvar).exp() * noise
    posterior = torch.distributions.Normal(mean, (0.5 * logvar).exp())
    prior = torch.distributions.Normal(torch.zeros(2, dtype=torch.float64), 1.0)
    estimate = (posterior.log_prob(z) - prior.log_prob(z)).mean(0)
    assert torch.allclose(losses.kl_to_standard_normal(mean, logvar), estimate, atol=0.02)


def test_kl_is_zero_only_at_the_prior() -> None:
    assert float(losses.kl_to_standard_normal(torch.zeros(1), torch.zeros(1))) == 0.0
    assert float(losses.kl_to_standard_normal(torch.ones(1), torch.zeros(1))) == 0.5


def test_free_bits_floor_the_batch_mean_of_each_number() -> None:
    kl = torch.tensor([[0.0, 2.0], [0.1, 4.0]])
    assert float(losses.with_free_bits(kl, 0.25)) == pytest.approx(0.25 + 3.0)
    assert float(losses.with_free_bits(kl, 0.0)) == pytest.approx(0.05 + 3.0)


def test_optimal_sigma_is_the_minimum_of_the_gaussian_likelihood() -> None:
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(4, 3, 8, 8, generator=generator)
    y = x + 0.3 * torch.randn(x.shape, generator=generator)
    size = x[0].numel()

    def likelihood(sigma: float) -> float:
        squared = (x - y).square().flatten(1).sum(1).mean()
        constant = 0.5 * size * math.log(2 * math.pi)
        return float(squared / (2 * sigma**2) + size * math.log(sigma)) + constant

    best = float(losses.mean_squared_error(y, x)) ** 0.5
    closed = float(losses.optimal_sigma_nll(y, x)) + 0.5 * size * (1 + math.log(2 * math.pi))
    assert closed == pytest.approx(likelihood(best), rel=1e-5)
    assert likelihood(best) < min(likelihood(best * 1.02), likelihood(best * 0.98))


def test_optimal_sigma_survives_a_perfect_picture() -> None:
    x = torch.zeros(2, 1, 4, 4)
    assert math.isfinite(float(losses.optimal_sigma_nll(x, x)))


def test_rae_terms() -> None:
    x, y = torch.zeros(2, 1, 2, 2), torch.full((2, 1, 2, 2), 0.5)
    assert float(losses.squared_error(y, x)) == pytest.approx(4 * 0.25)
    assert float(losses.latent_energy(torch.tensor([[3.0, 4.0], [0.0, 0.0]]))) == 6.25
    weights = [torch.full((2, 2), 2.0), torch.ones(3)]
    assert float(losses.weight_energy(weights)) == pytest.approx(19.0)


def test_relativistic_losses_are_log_sigmoids_of_the_difference() -> None:
    real, fake = torch.tensor([1.0, -0.5]), torch.tensor([0.2, 0.7])
    critic = -torch.log(torch.sigmoid(real - fake)).mean()
    generator = -torch.log(torch.sigmoid(fake - real)).mean()
    assert torch.allclose(losses.relativistic_critic(real, fake), critic)
    assert torch.allclose(losses.relativistic_generator(real, fake), generator)
    assert not torch.allclose(critic, generator)


def test_gradient_penalty_and_its_own_gradient_against_finite_differences() -> None:
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Conv2d(2, 4, 3), torch.nn.Tanh(), torch.nn.Flatten(), torch.nn.Linear(16, 1)
    ).double()
    x = torch.randn(2, 2, 4, 4, dtype=torch.float64, requires_grad=True)

    def penalty() -> torch.Tensor:
        return losses.gradient_penalty(net(x).squeeze(1), x).mean()

    step, total = 1e-5, torch.zeros(2, dtype=torch.float64)
    with torch.no_grad():
        for index in range(x[0].numel()):
            nudge = torch.zeros(x[0].numel(), dtype=torch.float64)
            nudge[index] = step
            nudge = nudge.view(x[0].shape)
            slope = (net(x + nudge) - net(x - nudge)).squeeze(1) / (2 * step)
            total += slope.square()
    assert torch.allclose(losses.gradient_penalty(net(x).squeeze(1), x), total, rtol=1e-6)

    weight = net[0].weight
    (exact,) = torch.autograd.grad(penalty(), weight)
    for place in ((0, 0, 0, 0), (3, 1, 2, 1)):
        with torch.no_grad():
            weight[place] += step
        up = float(penalty().detach())
        with torch.no_grad():
            weight[place] -= 2 * step
        down = float(penalty().detach())
        with torch.no_grad():
            weight[place] += step
        assert float(exact[place]) == pytest.approx((up - down) / (2 * step), rel=1e-4)
