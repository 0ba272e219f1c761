"""What every family owes the house: exact resume, determinism, all channels and aspects."""

from typing import Any

import pytest
import torch

from models.base import Family, families, family, seeded_normal
from models.image_spec import ImageSpec
from models.parameters import ParameterError
from models.train_state import TrainState
from tests.models.configs import config_of

NAMES = ["autoencoder", "fewshot_gan", "gan", "stylegan2", "text2image", "tokens", "vae"]
SMALL: dict[str, Any] = {"latent_dim": 16, "top_width": 8, "width": 16, "batch_size": 4}


def build(name: str, spec: ImageSpec, **changes: Any) -> Family:
    torch.manual_seed(0)
    return family(name)(config_of(name, SMALL, **changes), spec)


def start(bf16: bool = False) -> TrainState:
    dtype = torch.bfloat16 if bf16 else None
    generator = torch.Generator().manual_seed(5)
    state = TrainState(torch.device("cpu"), generator, total_images=64, set_size=8)
    state.autocast_dtype = dtype
    state.captions = ["a dark one", "", "of nothing", "a dark day"]
    return state


def pictures(spec: ImageSpec, n: int = 4, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    shape = (n, spec.height, spec.width, spec.channels)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)


def steps(model: Family, state: TrainState, first: int, last: int) -> dict[str, torch.Tensor]:
    report: dict[str, torch.Tensor] = {}
    for index in range(first, last):
        report = model.training_step(pictures(model.image_spec, seed=index), state)
        state.step += 1
        state.images_seen += 4
    return report


def through_a_file(value: Any) -> Any:
    """What a checkpoint gives back: plain contiguous copies."""
    if isinstance(value, torch.Tensor):
        return value.detach().contiguous(memory_format=torch.contiguous_format).clone()
    if isinstance(value, dict):
        return {key: through_a_file(item) for key, item in value.items()}
    if isinstance(value, list):
        return [through_a_file(item) for item in value]
    return value


def test_all_three_are_registered_with_words_for_every_parameter() -> None:
    assert set(NAMES) <= set(families())
    for name in NAMES:
        kind = family(name)
        assert kind.title
        assert kind.summary
        for declared in kind.Config.params().values():
            assert declared.label
            assert declared.help.endswith(".")
            assert declared.term
            assert isinstance(declared.default, bool) or declared.describe_range()


@pytest.mark.parametrize("bf16", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_resume_is_exact(name: str, bf16: bool) -> None:
    spec = ImageSpec(3, 16, 16)
    changes = {"reg_interval": 2} if name == "gan" else {}
    model, state = build(name, spec, **changes), start(bf16)
    steps(model, state, 0, 2)
    weights = through_a_file(model.state_dict())
    moments = {k: through_a_file(o.state_dict()) for k, o in model.optimizers().items()}
    randomness = state.generator.get_state()
    steps(model, state, 2, 4)

    again = build(name, spec, **changes)
    steps(again, start(bf16), 7, 8)
    again.load_state_dict(weights)
    for key, optimizer in again.optimizers().items():
        optimizer.load_state_dict(moments[key])
    resumed = start(bf16)
    resumed.generator.set_state(randomness)
    resumed.step, resumed.images_seen = 2, 8
    torch.manual_seed(99)
    steps(again, resumed, 2, 4)
    for (key, one), other in zip(
        model.state_dict().items(), again.state_dict().values(), strict=True
    ):
        assert torch.equal(one, other), key


@pytest.mark.parametrize(
    ("channels", "height", "width"), [(1, 16, 16), (3, 48, 64), (4, 32, 16), (3, 24, 40)]
)
@pytest.mark.parametrize("name", NAMES)
def test_channels_and_aspects(name: str, channels: int, height: int, width: int) -> None:
    spec = ImageSpec(channels, height, width)
    model = build(name, spec)
    report = steps(model, start(), 0, 1)
    assert all(bool(torch.isfinite(v)) and not v.requires_grad for v in report.values())
    batch = pictures(spec)
    model.refresh(lambda: [batch])
    w = model.sample(2, seed=1)
    assert w.shape == (2, model.latent.slots, model.latent.dim)
    made = model.synthesize(w)
    assert made.shape == (2, height, width, channels)
    assert made.dtype == torch.uint8
    assert max(model.synthesize(w, max_resolution=16).shape[1:3]) <= 16
    assert model.features(w, 8).shape[0] == 2
    assert model.features(w, height).shape[2] == height
    if model.latent.has_encoder:
        assert model.encode(batch).shape == (4, model.latent.slots, model.latent.dim)
        assert torch.equal(model.encode(batch), model.encode(batch))
    if model.latent.has_critic:
        assert model.score(batch).shape == (4,)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_depends_on_its_seed_alone(name: str) -> None:
    spec = ImageSpec(3, 16, 16)
    model = build(name, spec)
    steps(model, start(), 0, 1)
    batch = pictures(spec, 60)
    model.refresh(lambda: [batch[:30], batch[30:]])
    many = model.sample(6, seed=10)
    assert torch.equal(many[3:4], model.sample(1, seed=13))
    assert torch.equal(many, model.sample(6, seed=10))
    assert not torch.equal(many[0], many[1])
    assert torch.allclose(model.sample(1, 10, truncation_psi=0.0)[0], model.w_mean())
    half = model.w_mean() + 0.5 * (many - model.w_mean())
    assert torch.allclose(model.sample(6, 10, truncation_psi=0.5), half, atol=1e-6)
    assert torch.equal(model.sample(2, 10, label=1), many[:2])


@pytest.mark.parametrize("name", NAMES)
def test_refreshing_is_deterministic_and_leaves_chance_alone(name: str) -> None:
    model = build(name, ImageSpec(3, 16, 16))
    state = start()
    steps(model, state, 0, 1)
    chance, batch = state.generator.get_state(), pictures(model.image_spec, 50)
    model.refresh(lambda: [batch])
    first = through_a_file(model.state_dict())
    model.refresh(lambda: [batch])
    assert torch.equal(state.generator.get_state(), chance)
    assert all(
        torch.equal(a, b) for a, b in zip(first.values(), model.state_dict().values(), strict=True)
    )
    model.refresh(lambda: [])


def test_the_autoencoder_samples_what_it_has_encoded() -> None:
    model = build("autoencoder", ImageSpec(3, 16, 16))
    batch = pictures(model.image_spec, 80)
    model.refresh(lambda: [batch])
    codes = model.encode(batch).flatten(1)
    drawn = model.sample(2000, seed=0).flatten(1)
    assert int((model.mixture_weights > 0).sum()) == 8  # mirrored pictures count too
    assert torch.allclose(drawn.mean(0), model.w_mean()[0], atol=0.1 * float(codes.std()) + 1e-3)
    assert float(drawn.std(0).mean() / codes.std(0).mean()) == pytest.approx(1.0, abs=0.2)


def test_the_vae_measures_its_aggregated_posterior() -> None:
    model = build("vae", ImageSpec(3, 16, 16))
    batch = pictures(model.image_spec, 40)
    assert torch.equal(model.sample(3, 4), seeded_normal(3, 4, (16,)).unsqueeze(1))
    model.refresh(lambda: [batch])
    assert torch.allclose(model.w_mean(), model.encode(batch).mean(0), atol=1e-5)
    covariance = model.posterior_cholesky @ model.posterior_cholesky.T
    spread = torch.cov(model.encode(batch).flatten(1).T, correction=0)
    assert bool((covariance.diagonal() > spread.diagonal()).all())


def test_the_kl_ramp_ends_within_the_first_half_of_a_run() -> None:
    model, state = build("vae", ImageSpec(3, 16, 16)), start()
    assert model._ramp(state) == 0.0
    state.images_seen = 16
    assert model._ramp(state) == pytest.approx(0.5)
    state.images_seen = 33
    assert model._ramp(state) == 1.0


@pytest.mark.parametrize("name", ["autoencoder", "vae"])
def test_a_small_set_is_learnt(name: str) -> None:
    spec = ImageSpec(1, 16, 16)
    model, state = build(name, spec, lr=3e-3, augment_zoom=0.0, augment_shift=0.0), start()
    state.total_images, state.set_size = 2000, 4
    ramp = torch.arange(16).view(1, 1, 16, 1) * torch.tensor([0, 5, 10, 15]).view(4, 1, 1, 1)
    batch = ramp.expand(4, 16, 16, 1).to(torch.uint8)
    before = (model.synthesize(model.encode(batch)).float() - batch).abs().mean()
    for _ in range(100):
        model.training_step(batch, state)
        state.step += 1
        state.images_seen += 4
    after = (model.synthesize(model.encode(batch)).float() - batch).abs().mean()
    assert float(after) < 0.5 * float(before)


def test_the_critic_learns_to_tell_and_penalties_come_when_due() -> None:
    model, state = build("gan", ImageSpec(3, 16, 16), reg_interval=2), start()
    critic = through_a_file(model.critic.state_dict())
    generator = through_a_file(model.generator.state_dict())
    assert "penalty" in steps(model, state, 0, 1)
    assert "penalty" not in steps(model, state, 1, 2)
    for net, before in ((model.critic, critic), (model.generator, generator)):
        changed = [not torch.equal(v, before[k]) for k, v in net.state_dict().items()]
        assert sum(changed) > len(changed) // 2
    assert all(p.requires_grad for p in model.critic.parameters())


def test_live_changes_reach_the_next_step() -> None:
    model, state = build("vae", ImageSpec(3, 16, 16)), start()
    steps(model, state, 0, 1)
    values = {**model.config.as_dict(), "lr": 0.02}
    model.set_live(type(model.config).from_mapping(values))
    state.images_seen = 0
    steps(model, state, 1, 2)
    assert model.optimizers()["codec"].param_groups[0]["lr"] == pytest.approx(0.02 * 4 / 3000)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("accelerator", [False, True])
def test_there_is_a_preset_for_every_size(name: str, accelerator: bool) -> None:
    for side in (32, 64, 128, 256):
        spec = ImageSpec(3, side, side)
        config = family(name).preset(spec, accelerator=accelerator, pictures=450)
        assert isinstance(config, family(name).Config)
        if not accelerator:
            model = family(name)(config, spec)
            assert sum(p.numel() for p in model.parameters() if p.requires_grad) < 5_000_000


@pytest.mark.parametrize("name", NAMES)
def test_bad_settings_are_refused_with_a_sentence(name: str) -> None:
    config = family(name).Config
    for key, value, words in (
        ("lr", -1, "lr=-1 is not possible"),
        ("batch_size", 0, "batch_size=0 is not possible"),
        ("augment_shift", "far", "augment_shift=far is not possible"),
        ("widht", 3, "no parameter widht"),
    ):
        with pytest.raises(ParameterError, match=words):
            config.from_mapping({key: value})


def test_no_encoder_and_no_critic_are_said() -> None:
    spec = ImageSpec(3, 16, 16)
    with pytest.raises(ParameterError, match="gan family has no encoder"):
        build("gan", spec).encode(pictures(spec))
    with pytest.raises(ParameterError, match="vae family has no discriminator"):
        build("vae", spec).score(pictures(spec))


def test_transparency_survives_the_border() -> None:
    model = build("vae", ImageSpec(4, 16, 16))
    image = pictures(model.image_spec, 2)
    image[..., 3] = image[..., 3].clamp_min(200)
    image[0, :4, :4, 3] = 0
    back = model.to_picture(model.to_network(image))
    assert torch.equal(back[..., 3], image[..., 3])
    seen = image[..., 3] > 0
    assert int((back[seen].int() - image[seen].int()).abs().max()) <= 1
    assert int(back[0, :4, :4].sum()) == 0
