"""A mixture of Gaussians fitted after training: the density an autoencoder is sampled from.

Ex-post density estimation: Ghosh 2020 (arXiv:1903.12436), Sec. 4. EM: Dempster 1977;
covariances by maximum a posteriori, pulled towards the pooled covariance, because a
component rarely has as many pictures as the latent has numbers (Fraley & Raftery 2007).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Mixture:
    """`weights` [K] sum to 1, `means` [K, d], `cholesky` [K, d, d] lower triangular."""

    weights: Tensor
    means: Tensor
    cholesky: Tensor

    def component_log_prob(self, points: Tensor) -> Tensor:
        """log(weight * density) of points [N, d] under each component: [N, K]."""
        dim = points.shape[1]
        columns = []
        for weight, mean, cholesky in zip(self.weights, self.means, self.cholesky, strict=True):
            white = torch.linalg.solve_triangular(cholesky, (points - mean).T, upper=False)
            distance = white.square().sum(0) + dim * math.log(2 * math.pi)
            columns.append(weight.log() - 0.5 * distance - cholesky.diagonal().log().sum())
        return torch.stack(columns, 1)

    def log_prob(self, points: Tensor) -> Tensor:
        """Log density [N] in nats of points [N, d]."""
        return self.component_log_prob(points).logsumexp(1)

    def transform(self, normal: Tensor) -> Tensor:
        """N(0, 1) numbers [N, d + 1] to samples [N, d]; the first number picks the component."""
        uniform = 0.5 * (1 + torch.erf(normal[:, 0] / math.sqrt(2)))
        edges = self.weights.cumsum(0)
        index = torch.searchsorted(edges, uniform.to(edges.dtype) * edges[-1])
        index = index.clamp_max(len(edges) - 1)
        moved = torch.empty(len(normal), self.means.shape[1]).to(self.means)
        for k in range(len(edges)):
            chosen = index == k
            moved[chosen] = rows_times(self.cholesky[k], normal[chosen, 1:].to(edges.dtype))
        return self.means[index] + moved


def rows_times(matrix: Tensor, rows: Tensor) -> Tensor:
    """`matrix @ row` for every row of [N, d], one by one.

    A product of all rows at once rounds differently with N; a picture must depend on its
    own seed alone.
    """
    return torch.stack([matrix @ row for row in rows]) if len(rows) else rows


def component_count(points: int, most: int = 10) -> int:
    """At most `most` components, and at least twenty points for each."""
    return max(1, min(most, points // 20))


def fit(points: Tensor, components: int, seed: int = 0, rounds: int = 60) -> Mixture:
    """Fit `components` Gaussians to points [N, d]: float64, deterministic, on the CPU."""
    points = points.detach().to("cpu", torch.float64)
    return _settled(points, _initial(points, components, seed), rounds)


def fit_by_class(
    points: Tensor, labels: Tensor, classes: int, each: int, seed: int = 0, rounds: int = 60
) -> Mixture:
    """Fit at most `each` Gaussians to the points [N, d] of every class `labels` int64 [N].

    Components k * each to (k + 1) * each - 1 belong to class k; those that a class has no points
    for have weight 0 and the mean of all. The points of one class do not move another's
    components, but all covariances lean on the one within: a class of a single picture is
    about as wide as its neighbours (regularised discriminant analysis: Friedman 1989).
    """
    points, labels = points.detach().to("cpu", torch.float64), labels.cpu()
    member = torch.zeros(len(points), classes * each, dtype=points.dtype)
    for k in range(classes):
        own = labels == k
        if count := int(own.sum()):
            first, used = k * each, component_count(count, each)
            member[own, first : first + used] = _initial(points[own], used, seed)
    used_at_all = member.sum(0) > 0
    owner = torch.arange(classes).repeat_interleave(each)
    made = _settled(points, member, rounds, (labels[:, None] == owner) & used_at_all)
    weights = made.weights * used_at_all
    means = torch.where(used_at_all[:, None], made.means, points.mean(0))
    return Mixture(weights / weights.sum(), means, made.cholesky)


def _settled(
    points: Tensor, responsibility: Tensor, rounds: int, allowed: Tensor | None = None
) -> Mixture:
    """Rounds of EM from memberships [N, K] until nothing moves; `allowed` [N, K] limits them."""
    scale = float(points.var(0, correction=0).mean())
    previous = -math.inf
    for _ in range(rounds):
        mixture = _maximise(points, responsibility, scale)
        joint = mixture.component_log_prob(points)
        if allowed is not None:
            joint = joint.masked_fill(~allowed, -math.inf)
        total = joint.logsumexp(1, keepdim=True)
        responsibility = (joint - total).exp()
        likelihood = float(total.mean())
        if likelihood - previous < 1e-6 * max(1.0, abs(likelihood)):
            break
        previous = likelihood
    return mixture


def _maximise(points: Tensor, responsibility: Tensor, scale: float) -> Mixture:
    """The M step; every covariance leans on the one within components, as d/2 + 2 points would."""
    count = responsibility.sum(0).clamp_min(1e-9)
    means = (responsibility.T @ points) / count[:, None]
    scatters = []
    for mean, share in zip(means, responsibility.T, strict=True):
        centred = points - mean
        scatters.append(centred.T @ (centred * share[:, None]))
    within = torch.stack(scatters).sum(0) / len(points)
    lean = points.shape[1] / 2 + 2.0
    # A lift of the diagonal: fewer points than numbers must still give a factor.
    lift = (1e-4 * scale + 1e-12) * torch.eye(points.shape[1], dtype=points.dtype)
    factors = [
        torch.linalg.cholesky((s + lean * within) / (n + lean) + lift)
        for s, n in zip(scatters, count, strict=True)
    ]
    return Mixture(count / count.sum(), means, torch.stack(factors))


def _initial(points: Tensor, components: int, seed: int) -> Tensor:
    """Hard memberships [N, K] from k-means++ seeds (Arthur 2007) and ten Lloyd rounds."""
    generator = torch.Generator().manual_seed(seed)
    centres = points[torch.randint(len(points), (1,), generator=generator)]
    while len(centres) < components:
        distance = torch.cdist(points, centres).amin(1).square() + 1e-12
        chosen = torch.multinomial(distance, 1, generator=generator)
        centres = torch.cat([centres, points[chosen]])
    for _ in range(10):
        nearest = torch.cdist(points, centres).argmin(1)
        member = torch.nn.functional.one_hot(nearest, components).to(points.dtype)
        count = member.sum(0)
        moved = (member.T @ points) / count.clamp_min(1)[:, None]
        centres = torch.where(count[:, None] > 0, moved, centres)
    return member
