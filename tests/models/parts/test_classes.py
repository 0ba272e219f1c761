"""Classes: every family draws what it is asked for, and is the old one where there are none."""

from typing import Any

import pytest
import torch

from models.base import Family, family
from models.image_spec import ImageSpec
from models.parameters import ParameterError
from models.parts import mixture
from models.parts.classes import renamed
from models.train_state import TrainState
from tests.models.configs import config_of

NAMES = ["autoencoder", "fewshot_gan", "gan", "stylegan2", "tokens", "vae"]
SMALL: dict[str, Any] = {"latent_dim": 16, "top_width": 8, "width": 16, "batch_size": 8}
STILL = {"augment_mirror": False, "augment_shift": 0.0, "augment_colour": 0.0}
SPEC = ImageSpec(3, 16, 16, classes=2)


def build(name: str, spec: ImageSpec = SPEC, **changes: Any) -> Family:
    torch.manual_seed(0)
    return family(name)(config_of(name, SMALL, **changes), spec)


def start(total: int = 64) -> TrainState:
    generator = torch.Generator().manual_seed(5)
    return TrainState(torch.device("cpu"), generator, total_images=total, set_size=64)


def pictures(labels: torch.Tensor, seed: int = 0) -> torch.Tensor:
    """Class 0 is dark, class 1 bright; each picture with a little grain."""
    generator = torch.Generator().manual_seed(seed)
    shape = (len(labels), SPEC.height, SPEC.width, SPEC.channels)
    grain = torch.randint(0, 40, shape, generator=generator)
    return (30 + 150 * (labels > 0).view(-1, 1, 1, 1) + grain).to(torch.uint8)


def evenly(n: int) -> torch.Tensor:
    return torch.arange(n) % 2


def train(model: Family, state: TrainState, first: int, last: int) -> None:
    for index in range(first, last):
        state.labels = evenly(8)
        report = model.training_step(pictures(state.labels, index), state)
        assert all(bool(value.isfinite().all()) for value in report.values())
        state.step, state.images_seen = state.step + 1, state.images_seen + 8


def refreshed(model: Family, labels: torch.Tensor) -> Family:
    batch = pictures(labels, 99)
    half = len(labels) // 2
    model.refresh(lambda: [batch[:half], batch[half:]], labels)
    return model


def through_a_file(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().contiguous(memory_format=torch.contiguous_format).clone()
    if isinstance(value, dict):
        return {key: through_a_file(item) for key, item in value.items()}
    return [through_a_file(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("name", "changes"), [*((name, {}) for name in NAMES), ("vae", {"sharp": True})]
)
def test_resume_is_exact_with_classes(name: str, changes: dict[str, Any]) -> None:
    model, state = build(name, **changes), start()
    train(model, state, 0, 2)
    weights = through_a_file(model.state_dict())
    moments = {key: through_a_file(each.state_dict()) for key, each in model.optimizers().items()}
    randomness = state.generator.get_state()
    train(model, state, 2, 4)
    again = build(name, **changes)
    train(again, start(), 7, 8)
    again.load_state_dict(weights)
    for key, optimizer in again.optimizers().items():
        optimizer.load_state_dict(moments[key])
    resumed = start()
    resumed.generator.set_state(randomness)
    resumed.step, resumed.images_seen = 2, 16
    train(again, resumed, 2, 4)
    refreshed(model, evenly(60))
    refreshed(again, evenly(60))
    for key, tensor in model.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[key]), key


@pytest.mark.parametrize("name", NAMES)
def test_without_classes_nothing_is_added(name: str) -> None:
    plain = build(name, ImageSpec(3, 16, 16)).state_dict()
    labelled = build(name).state_dict()
    assert set(plain) < set(labelled)
    added = set(labelled) - set(plain)
    assert all("class" in key or key == "prior_means" for key in added)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_depends_on_its_seed_and_label_alone(name: str) -> None:
    model, state = build(name), start()
    train(model, state, 0, 2)
    refreshed(model, evenly(60))
    for label in (0, 1, None):
        many = model.sample(5, 10, label=label)
        assert many.shape == (5, model.latent.slots, model.latent.dim)
        assert torch.equal(many[3:4], model.sample(1, 13, label=label))
        bold = model.sample(5, 10, 1.2, label)
        assert torch.equal(bold[3:4], model.sample(1, 13, 1.2, label))
    one, other = model.sample(3, 10, label=0), model.sample(3, 10, label=1)
    assert not torch.allclose(one, other)
    assert model.sample(0, 10).shape[0] == 0
    assert model.synthesize(model.map(torch.zeros_like(_noise(model)), 1)).shape == (2, 16, 16, 3)
    assert model.synthesize(model.map(torch.zeros_like(_noise(model)))).shape == (2, 16, 16, 3)
    for wrong in (2, -1):
        with pytest.raises(ParameterError, match="use 0 to 1"):
            model.sample(1, 0, label=wrong)


def _noise(model: Family) -> torch.Tensor:
    sizes = {"autoencoder": 17, "tokens": 16 * model.latent.slots}
    return torch.zeros(2, sizes.get(model.name, 16))


@pytest.mark.parametrize("name", NAMES)
def test_truncation_leads_to_the_middle_of_the_class(name: str) -> None:
    model = build(name)
    train(model, start(), 0, 2)
    refreshed(model, evenly(60))
    middles = [model.sample(2, 5, 0.0, label) for label in (0, 1)]
    assert all(torch.allclose(each[0], each[1]) for each in middles)
    assert not torch.allclose(middles[0], middles[1])


@pytest.mark.parametrize("name", NAMES)
def test_the_class_of_a_seed_is_drawn_by_how_many_pictures_it_has(name: str) -> None:
    model = build(name)
    refreshed(model, torch.tensor([0] * 50 + [1] * 10))
    assert torch.allclose(model.class_shares, torch.tensor([50 / 60, 10 / 60]))
    drawn = model.sample(60, 0)
    ones = sum(torch.equal(drawn[k], model.sample(1, k, label=1)[0]) for k in range(60))
    zeros = sum(torch.equal(drawn[k], model.sample(1, k, label=0)[0]) for k in range(60))
    assert ones + zeros == 60
    assert 3 <= ones <= 20


@pytest.mark.parametrize(
    ("name", "steps", "changes"),
    [
        ("autoencoder", 60, {"lr": 3e-3}),
        ("vae", 80, {"lr": 3e-3, "kl_ramp": 2.0}),
        ("gan", 100, {"lr": 1e-2, "augment_p": 0.0, "gamma": 0.01}),
        ("stylegan2", 120, {"lr": 6e-3, "augment": "none", "gamma": 0.1, "path_weight": 0.0}),
        ("fewshot_gan", 80, {"lr": 2e-3, "augment_p": 0.0}),
        ("tokens", 120, {"lr": 5e-2, "book": "240", "token_noise": 0.0}),
    ],
)
def test_a_picture_belongs_to_the_class_it_was_asked_for(
    name: str, steps: int, changes: dict[str, Any]
) -> None:
    model, state = build(name, ema_half_life=0.1, **STILL, **changes), start(8 * steps)
    train(model, state, 0, steps)
    refreshed(model, evenly(60))
    dark, bright = (
        model.synthesize(model.sample(12, 0, label=label)).float().mean((1, 2, 3))
        for label in (0, 1)
    )
    assert float(dark.max()) < 115 < float(bright.min())
    if model.latent.has_encoder:
        shown = pictures(evenly(8), 3)
        again = model.synthesize(model.encode(shown)).float().mean((1, 2, 3))
        assert bool((((again > 115).long()) == evenly(8)).all())


@pytest.mark.parametrize("name", ["fewshot_gan", "gan", "stylegan2", "tokens", "vae"])
def test_labels_that_did_not_come_are_missed(name: str) -> None:
    with pytest.raises(ParameterError, match="without labels"):
        build(name).training_step(pictures(evenly(8)), start())


def test_a_mixture_for_each_class_holds_only_its_own_points() -> None:
    generator = torch.Generator().manual_seed(0)
    labels = torch.cat([torch.zeros(60), torch.ones(40), torch.full((1,), 3)]).long()
    points = torch.randn(101, 2, generator=generator, dtype=torch.float64)
    points[:60, 0] += 8.0
    points[100] = torch.tensor([0.0, -9.0])
    made = mixture.fit_by_class(points, labels, 4, 2)
    assert made.weights.shape == (8,)
    by_class = made.weights.view(4, 2).sum(1)
    assert torch.allclose(by_class, torch.tensor([60, 40, 0, 1]).double() / 101)
    alone = mixture.fit(points[:60], 2)
    inside = (made.weights.view(4, 2)[0, :, None] * made.means.view(4, 2, 2)[0]).sum(0)
    assert torch.allclose(inside / by_class[0], points[:60].mean(0))
    assert torch.allclose((alone.weights[:, None] * alone.means).sum(0), points[:60].mean(0))
    assert torch.allclose(made.means[4], points.mean(0))  # nothing is known of class 2
    assert torch.allclose(made.means[6], points[100])
    wide = made.cholesky[6].diagonal()
    assert bool((wide > 0.3).all())
    assert bool((wide < 2.0).all())


def test_a_class_without_a_picture_is_drawn_as_all_of_them() -> None:
    for name in ("autoencoder", "vae"):
        model = build(name, ImageSpec(3, 16, 16, classes=3))
        refreshed(model, evenly(60))
        assert bool(model.sample(4, 0, label=2).isfinite().all())
        middle = model.sample(1, 0, 0.0, label=2)[0]
        assert torch.allclose(middle, model.w_mean(), atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_known_of_a_class_goes_with_its_name(name: str) -> None:
    model = build(name, ImageSpec(3, 16, 16, classes=3))
    moved = renamed(model.state_dict(), ["ant", "bee", "cat"], ["bee", "dog", "ant", "cat"])
    wider = build(name, ImageSpec(3, 16, 16, classes=4))
    own, before = wider.state_dict(), model.state_dict()
    rows = [key for key in moved if moved[key].shape != before[key].shape]
    assert rows
    for key in rows:
        assert moved[key].shape == own[key].shape, key
        for place, old in ((0, 1), (2, 0), (3, 2)):
            assert torch.equal(moved[key][place], before[key][old])
        assert torch.allclose(moved[key][1], before[key].mean(0))
    same = renamed(before, ["ant", "bee", "cat"], ["ant", "bee", "cat"])
    assert all(same[key] is before[key] for key in before)
    assert all(renamed(before, [], ["ant"])[key] is before[key] for key in before)
