"""What new pictures are drawn from: the flow and the mixture against known densities."""

from __future__ import annotations

from functools import partialmethod
from typing import Any

import pytest
import torch
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal

from models.families.codec import autoencoder
from models.families.codec.autoencoder import Autoencoder
from models.image_spec import ImageSpec
from models.learning import losses
from models.parts import mixture
from models.parts.flow import Flow
from models.train_state import TrainState

SPEC = ImageSpec(3, 16, 16)


def drawn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def build(**changes: Any) -> Autoencoder:
    torch.manual_seed(0)
    small = {"latent_dim": 16, "top_width": 8, "width": 16, "batch_size": 4}
    return Autoencoder(Autoencoder.Config.from_mapping({**small, **changes}), SPEC)


def pictures(n: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (n, 16, 16, 3), dtype=torch.uint8, generator=generator)


def start() -> TrainState:
    return TrainState(torch.device("cpu"), torch.Generator().manual_seed(5), set_size=8)


def two_hills(n: int, seed: int = 0) -> tuple[torch.Tensor, MixtureSameFamily]:
    """Points [n, 2] of a known mixture, and the mixture."""
    means = torch.tensor([[-2.0, 0.0], [2.0, 1.0]])
    factors = torch.tensor([[[0.5, 0.0], [0.2, 0.4]], [[0.4, 0.0], [-0.3, 0.8]]])
    weights = torch.tensor([0.35, 0.65])
    generator = torch.Generator().manual_seed(seed)
    member = torch.multinomial(weights, n, replacement=True, generator=generator)
    points = means[member] + (factors[member] @ drawn(n, 2, 1, seed=seed + 1)).squeeze(2)
    parts = MultivariateNormal(means, scale_tril=factors)
    return points, MixtureSameFamily(Categorical(weights), parts)


# ---------------------------------------------------------------------- the flow


def test_before_it_is_fitted_a_flow_is_the_normal_distribution() -> None:
    flow, points = Flow(3), drawn(20, 3)
    normal = MultivariateNormal(torch.zeros(3), torch.eye(3))
    assert torch.allclose(flow.log_prob(points), normal.log_prob(points), atol=0.01)
    assert torch.allclose(flow.transform(points), points, rtol=0.002, atol=0.002)


def test_whitening_counts_in_the_likelihood() -> None:
    flow, points = Flow(2), drawn(20, 2)
    flow.shift.copy_(torch.tensor([1.0, -2.0]))
    flow.scale.copy_(torch.tensor([[0.3, 0.0], [1.5, 2.0]]))
    known = MultivariateNormal(flow.shift, scale_tril=flow.scale)
    points = flow.shift + points @ flow.scale.T
    assert torch.allclose(flow.log_prob(points), known.log_prob(points), atol=0.02)


def test_a_gaussian_is_fitted_to_its_own_likelihood() -> None:
    factor = torch.tensor([[1.0, 0.0, 0.0], [0.5, 0.2, 0.0], [-1.0, 0.3, 2.0]])
    centre = torch.tensor([3.0, 0.0, -1.0])
    flow = Flow(3)
    flow.fit(centre + drawn(3000, 3) @ factor.T, steps=150)
    fresh = centre + drawn(400, 3, seed=7) @ factor.T
    known = MultivariateNormal(centre, scale_tril=factor).log_prob(fresh)
    gap = known - flow.log_prob(fresh)
    assert float(gap.mean()) == pytest.approx(0.0, abs=0.08)
    assert float(gap.abs().mean()) < 0.3


def test_the_likelihood_is_the_change_of_variables_of_what_is_drawn() -> None:
    points, _ = two_hills(1500)
    flow = Flow(2)
    flow.fit(points, steps=150)
    start = drawn(12, 2, seed=3)
    nudge = 1e-2
    columns = []
    for axis in range(2):
        step = torch.zeros(2)
        step[axis] = nudge
        columns.append((flow.transform(start + step) - flow.transform(start - step)) / (2 * nudge))
    volume = torch.linalg.det(torch.stack(columns, 2)).abs().log()
    base = MultivariateNormal(torch.zeros(2), torch.eye(2)).log_prob(start)
    made = flow.transform(start)
    assert torch.allclose(flow.log_prob(made), base - volume, atol=0.1)


def test_two_hills_are_told_from_one() -> None:
    points, known = two_hills(3000)
    flow = Flow(2)
    flow.fit(points)
    fresh, _ = two_hills(500, seed=9)
    one_hill = MultivariateNormal(points.mean(0), torch.cov(points.T)).log_prob(fresh).mean()
    best = known.log_prob(fresh).mean()
    found = flow.log_prob(fresh).mean()
    assert float(best - found) < 0.25 * float(best - one_hill)
    made = flow.transform(drawn(400, 2, seed=4))
    assert float((made[:, 0] > 0).float().mean()) == pytest.approx(0.65, abs=0.08)


def test_a_flow_is_fitted_the_same_way_twice_and_touches_no_other_chance() -> None:
    points, _ = two_hills(200)
    one, two = Flow(2), Flow(2)
    chance = torch.get_rng_state()
    one.fit(points, steps=5)
    one.fit(points, steps=5)
    two.fit(points, steps=5)
    assert torch.equal(torch.get_rng_state(), chance)
    assert all(
        torch.equal(a, b)
        for a, b in zip(one.state_dict().values(), two.state_dict().values(), strict=True)
    )
    assert not list(one.parameters())


def test_points_that_are_all_the_same_do_not_break_the_fit() -> None:
    flow = Flow(4)
    flow.fit(torch.ones(30, 4), steps=5)
    assert bool(torch.isfinite(flow.transform(drawn(3, 4))).all())
    assert flow.transform(drawn(0, 4)).shape == (0, 4)


# ---------------------------------------------------------------------- the mixture


def test_the_mixture_likelihood_is_that_of_torch_distributions() -> None:
    points, known = two_hills(300)
    inside = known.component_distribution
    same = mixture.Mixture(known.mixture_distribution.probs, inside.loc, inside.scale_tril)
    assert torch.allclose(same.log_prob(points), known.log_prob(points), atol=1e-4)
    fitted = mixture.fit(points, 2)
    assert (
        float(fitted.log_prob(points.double()).mean()) > float(known.log_prob(points).mean()) - 0.02
    )


# ---------------------------------------------------------------------- the autoencoder


def test_auto_takes_the_flow_where_there_are_many_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autoencoder, "FLOW_FROM", 30)
    monkeypatch.setattr(Flow, "fit", partialmethod(Flow.fit, steps=5))
    model = build()
    model.refresh(lambda: [pictures(29)])
    assert not bool(model.flow_used)
    model.refresh(lambda: [pictures(30)])
    assert bool(model.flow_used)
    model.set_live(Autoencoder.Config.from_mapping({**model.config.as_dict(), "prior": "mixture"}))
    model.refresh(lambda: [pictures(30)])
    assert not bool(model.flow_used)


def test_drawing_from_a_flow_keeps_the_promises_of_a_latent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Flow, "fit", partialmethod(Flow.fit, steps=100))
    model, batch = build(prior="flow"), pictures(60)
    model.refresh(lambda: [batch])
    codes, many = model.encode(batch).flatten(1), model.sample(6, seed=10)
    assert many.shape == (6, 1, 16)
    assert torch.equal(many[3:4], model.sample(1, seed=13))
    assert not torch.equal(many[0], many[1])
    assert torch.allclose(model.sample(1, 10, truncation_psi=0.0)[0], model.w_mean())
    drawn_codes = model.sample(300, seed=0).flatten(1)
    assert float(drawn_codes.std(0).mean() / codes.std(0).mean()) == pytest.approx(1.0, abs=0.3)


def test_checkpoints_from_before_the_flow_still_load() -> None:
    model, batch = build(), pictures(40)
    model.refresh(lambda: [batch])
    old = {k: v for k, v in model.state_dict().items() if not k.startswith("flow")}
    values = {
        key: value for key, value in model.config.as_dict().items()
        if key not in ("regulariser", "slope_penalty", "prior")
    }  # fmt: skip
    again = Autoencoder(Autoencoder.Config.from_mapping(values), SPEC)
    again.flow_used.fill_(1.0)
    again.load_state_dict(old)
    assert "flow_used" not in old
    assert torch.equal(again.sample(3, 5), model.sample(3, 5))
    del old["mixture_weights"]
    with pytest.raises(RuntimeError, match="mixture_weights"):
        again.load_state_dict(old)


def test_the_flow_travels_with_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Flow, "fit", partialmethod(Flow.fit, steps=5))
    model = build(prior="flow")
    model.refresh(lambda: [pictures(40)])
    again = build()
    again.load_state_dict(model.state_dict())
    assert torch.equal(again.sample(2, 5), model.sample(2, 5))
    assert not torch.equal(build().sample(2, 5), model.sample(2, 5))


def test_the_slope_is_the_jacobian_seen_from_a_direction() -> None:
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(3, 6), torch.nn.Tanh(), torch.nn.Linear(6, 8))
    z = drawn(2, 3).requires_grad_()

    def pictures_of(codes: torch.Tensor) -> torch.Tensor:
        return net(codes).view(-1, 2, 2, 2)

    direction = drawn(2, 2, 2, 2, seed=1)
    found = losses.slope_energy(pictures_of(z), z, direction)
    for index in range(2):
        jacobian = torch.autograd.functional.jacobian(pictures_of, z[index : index + 1].detach())
        along = direction[index].flatten() @ jacobian.reshape(8, 3)
        assert float(found[index].detach()) == pytest.approx(float(along.square().sum()), rel=1e-4)
    many = torch.stack(
        [losses.slope_energy(pictures_of(z), z, drawn(2, 2, 2, 2, seed=s)) for s in range(2, 800)]
    )
    whole = torch.autograd.functional.jacobian(pictures_of, z[:1].detach()).square().sum()
    assert float(many.detach()[:, 0].mean()) == pytest.approx(float(whole), rel=0.1)


def test_gentle_slopes_reach_both_networks_and_hold_back() -> None:
    def steepness(penalty: float) -> float:
        model, state = build(regulariser="rae_gp", slope_penalty=penalty, lr=0.1), start()
        state.total_images, batch = 10_000, pictures(4)
        for _ in range(25):
            report = model.training_step(batch, state)
            state.step += 1
            state.images_seen += 4
        assert all(bool(torch.isfinite(v)) and not v.requires_grad for v in report.values())
        return float(report["decoder"])

    assert steepness(10.0) < 0.5 * steepness(0.0)


def test_plain_steps_are_what_they_were() -> None:
    """RAE-L2 draws nothing from the generator of the step but its augmentation."""
    model, state = build(augment_mirror=False, augment_shift=0.0, augment_zoom=0.0), start()
    chance = state.generator.get_state()
    model.training_step(pictures(4), state)
    assert torch.equal(state.generator.get_state(), chance)
