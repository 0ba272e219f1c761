"""What augmentation may do in every family: no change at p = 0, no leaning, no leak."""

import dataclasses
import math
from typing import Any

import pytest
import torch

from models.base import Family, families, family
from models.families.codec.codec import CodecFamily
from models.image_spec import ImageSpec
from models.learning.ada import Pipe
from models.parts.augment import Augmentation
from models.train_state import TrainState
from tests.models.configs import config_of

FULL: dict[str, Any] = {
    "mirror": True, "shift": 0.2, "zoom": 0.3, "colour": 1.0, "cutout": 0.4, "rotate": 180.0,
    "crop": 0.5, "noise": 0.2,
}  # fmt: skip
KINDS = {
    "x-flip": "augment_mirror", "shift": "augment_shift", "rotate": "augment_rotate",
    "scale": "augment_zoom", "crop": "augment_crop", "colour": "augment_colour",
    "noise": "augment_noise", "cutout": "augment_cutout",
}  # fmt: skip
STRONG: dict[str, Any] = {
    "augment_mirror": True, "augment_shift": 0.3, "augment_rotate": 90.0, "augment_zoom": 0.4,
    "augment_crop": 0.6, "augment_colour": 1.0, "augment_noise": 0.3, "augment_cutout": 0.6,
}  # fmt: skip
SMALL: dict[str, Any] = {"latent_dim": 32, "top_width": 8, "width": 16, "batch_size": 4}


def chance(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(n: int = 8, channels: int = 3) -> torch.Tensor:
    x = torch.rand(n, channels, 12, 20, generator=chance(9)) * 2 - 1
    if channels == 4:
        x[:, :3] = (x[:, :3] + 1) * (x[:, 3:] + 1) / 2 - 1
    return x


# ---------------------------------------------------------------------- the new kinds


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_nothing_happens_at_p_0_bit_by_bit(channels: int) -> None:
    still = Augmentation(p=0.0, **(FULL | {"mirror": False}))
    x = pictures(channels=channels)
    assert torch.equal(still(x, chance()), x)
    pipe = Pipe(crop=0.5, noise=0.3, cutout=0.4)
    assert torch.equal(pipe(x, torch.tensor(0.0), chance()), x)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("kind", ["rotate", "crop", "noise"])
def test_new_kinds_change_pictures_and_repeat(channels: int, kind: str) -> None:
    x, only = pictures(channels=channels), Augmentation(**{kind: FULL[kind]})
    made = only(x, chance(3))
    assert made.shape == x.shape
    assert not torch.equal(made, x)
    assert torch.equal(made, only(x, chance(3)))


def test_what_is_off_draws_no_chance() -> None:
    """So that a run without the new kinds is the run it was before there were any."""
    x, one, other = pictures(), chance(), chance()
    Augmentation(colour=0.5, shift=0.1, cutout=0.3)(x, one)
    Augmentation(colour=0.5, shift=0.1, cutout=0.3, rotate=0.0, crop=0.0, noise=0.0)(x, other)
    assert torch.equal(one.get_state(), other.get_state())
    Augmentation().hide(x, one)
    assert torch.equal(one.get_state(), other.get_state())


def test_a_quarter_turn_is_that_of_torch_and_leans_to_no_side() -> None:
    x = torch.zeros(4000, 1, 9, 9)
    x[:, :, 4, 7] = 1.0  # right of the middle
    turned = Augmentation(rotate=90.0)(x, chance())
    across = torch.linspace(-4, 4, 9)
    mass = turned.sum((1, 2, 3)).clamp_min(1e-6)
    down = (turned.sum((1, 3)) * across).sum(1) / mass
    right = (turned.sum((1, 2)) * across).sum(1) / mass
    assert abs(float(down.mean())) < 4 * float(down.std()) / 4000**0.5
    angle = torch.atan2(down, right)
    assert float(angle.abs().max()) < math.pi / 2 + 0.1
    assert float(angle.abs().max()) > math.pi / 2 - 0.2


def test_turning_an_oblong_picture_keeps_its_shapes() -> None:
    """A disc stays a disc whatever the sides of the picture."""
    down, right = torch.meshgrid(torch.arange(24) - 11.5, torch.arange(48) - 23.5, indexing="ij")
    disc = ((down**2 + right**2) < 64).float().expand(16, 1, 24, 48)
    turned = Augmentation(rotate=180.0)(disc, chance())
    assert float((turned - disc).abs().mean()) < 0.02


def test_a_close_up_lies_inside_the_picture_and_anywhere_in_it() -> None:
    """Of a picture whose values are its places: no place beyond the edge, none preferred."""
    n = 4000
    place = (torch.arange(32) + 0.5) / 16 - 1
    x = torch.stack([place.expand(32, 32), place.view(-1, 1).expand(32, 32)]).expand(n, 2, 32, 32)
    part = Augmentation(crop=0.5, reflect=True)(torch.cat([x, x[:, :1]], 1), chance())
    middle = part[:, :2, 15:17, 15:17].mean((2, 3))
    wide = part[:, 0, 0, -1] - part[:, 0, 0, 0]
    assert float(wide.min()) > 0.9
    assert float(wide.max()) < 2.0
    edge = middle.abs() + wide.view(-1, 1) / 2 - 1.0
    assert float(edge.max()) < 0.05
    assert bool((middle.mean(0).abs() < 4 * middle.std(0) / n**0.5).all())


def test_grain_has_no_mean_and_at_most_the_asked_strength() -> None:
    x = torch.zeros(2000, 3, 8, 8)
    grain = Augmentation(noise=0.1)(x, chance())
    assert abs(float(grain.mean())) < 4 * float(grain.std()) / grain.numel() ** 0.5
    deviation = grain.std((1, 2, 3)) / 2
    assert float(deviation.max()) < 0.1 * 1.3
    assert float(deviation.mean()) == pytest.approx(0.05, rel=0.1)


def test_grain_spares_what_is_clear() -> None:
    clear = torch.full((4, 4, 8, 8), -1.0)
    assert torch.equal(Augmentation(noise=0.5)(clear, chance()), clear)
    assert torch.allclose(Pipe(noise=0.5)(clear, torch.tensor(1.0), chance()), clear, atol=1e-5)


def test_crops_of_the_pipe_lie_inside_and_lean_nowhere() -> None:
    n, x = 20_000, torch.empty(20_000, 3, 16, 48)
    only = Pipe(mirror=False, turn=0.0, shift=0.0, zoom=0.0, crop=0.6)
    matrix, moved = only.geometry(x, torch.tensor(0.7), chance())
    assert float(moved.float().mean()) == pytest.approx(0.7, abs=4 * 0.5 / n**0.5)
    part, where = matrix[:, 0, 0], matrix[:, :2, 2] / torch.tensor([48.0, 16.0])
    assert bool((where.abs() + part.view(-1, 1) / 2 <= 0.5 + 1e-5).all())
    assert bool((where.mean(0).abs() < 4 * where.std(0) / n**0.5).all())


def test_all_of_it_can_be_learnt_through() -> None:
    x = pictures(4).requires_grad_(True)
    torch.autograd.backward(Augmentation(**FULL)(x, chance()).square().sum())
    assert x.grad is not None
    assert bool((x.grad.flatten(1).abs().sum(1) > 0).all())


# ---------------------------------------------------------------------- no leak


def test_the_untouched_picture_stays_the_commonest() -> None:
    """Below p = 1 the true distribution can be told from the augmented one: ADA, Sec. 2.2.

    Quarter turns are the example of the paper: unless one of them is as likely as none, the
    generator has to keep to the true orientation.
    """
    x = torch.zeros(8000, 1, 5, 5)
    x[:, :, 0, 2] = 1.0
    pipe = Pipe(mirror=False, turn=1.0, shift=0.0, zoom=0.0, colour=0.0)
    matrix, _ = pipe.geometry(x, torch.tensor(0.8), chance())
    angle = torch.atan2(matrix[:, 1, 0], matrix[:, 0, 0])
    off = [(angle - k * math.pi / 2 + math.pi) % (2 * math.pi) - math.pi for k in range(4)]
    share = [float((each.abs() < 1e-3).float().mean()) for each in off]
    assert share[0] > 1.5 * max(share[1:])


@pytest.mark.parametrize("name", ["fewshot_gan", "gan", "stylegan2"])
def test_real_and_generated_pictures_are_changed_alike(name: str) -> None:
    """What happens to a picture depends on chance alone: the disguise gives nothing away."""
    kind = family(name)
    config = kind.Config.from_mapping({**STRONG, "augment_noise": 0.0, "augment_colour": 0.0})
    real = pictures(16)
    made = kind.augmented(config, real, chance(4), 0.6)
    other = kind.augmented(config, -real, chance(4), 0.6)
    assert torch.allclose(made, -other, atol=1e-5)  # moved and covered by the same draws


@pytest.mark.parametrize("name", ["fewshot_gan", "gan", "stylegan2"])
def test_gans_show_generated_pictures_without_the_disguise(name: str) -> None:
    """The generator is never changed itself: sampling knows no augmentation."""
    made = {}
    for strong in (False, True):
        torch.manual_seed(0)
        kind = family(name)
        config = kind.Config.from_mapping({**SMALL, **(STRONG if strong else {})})
        model = kind(config, ImageSpec(3, 16, 16)).eval()
        made[strong] = model.synthesize(model.sample(2, 1))
    assert torch.equal(made[False], made[True])


@pytest.mark.parametrize("name", ["autoencoder", "vae"])
def test_encoders_redraw_the_clean_picture(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Noise and cover lie over what the encoder sees alone; else they would be learnt."""
    torch.manual_seed(0)
    kind = family(name)
    hiding = {"augment_noise": 0.5, "augment_cutout": 0.8, "augment_mirror": False}
    still = {"augment_shift": 0.0, "augment_zoom": 0.0}
    model = kind(kind.Config.from_mapping({**SMALL, **hiding, **still}), ImageSpec(3, 16, 16))
    batch = torch.randint(0, 256, (4, 16, 16, 3), dtype=torch.uint8, generator=chance())
    assert isinstance(model, CodecFamily)
    seen: list[torch.Tensor] = []
    wanted: list[torch.Tensor] = []
    hook = model.encoder.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    losses_of = model._losses

    def noted(x: torch.Tensor, state: TrainState) -> Any:
        wanted.append(x)
        return losses_of(x, state)

    monkeypatch.setattr(model, "_losses", noted)
    model.train().training_step(batch, TrainState(torch.device("cpu"), chance(), 64, 8))
    hook.remove()
    clean = model.to_network(batch)
    assert torch.equal(wanted[0], clean)
    assert not torch.equal(seen[0], clean)


# ---------------------------------------------------------------------- every family


@pytest.mark.parametrize("name", sorted(families()))
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_family_has_every_kind_and_shows_it(name: str, kind: str) -> None:
    of = family(name)
    declared = of.Config.params()
    off: dict[str, Any] = {key: False if key == "augment_mirror" else 0.0 for key in KINDS.values()}
    off |= {"augment_turn": 0.0} if "augment_turn" in declared else {}
    key = KINDS[kind]
    assert declared[key].live
    if name == "stylegan2" and kind == "rotate":
        off |= {"augment": "diffaugment"}  # ada turns by a share, below
    config = of.Config.from_mapping({**off, key: STRONG[key]})
    x = pictures(16)
    made = of.augmented(config, x, chance(1), 0.8)
    assert made.shape == x.shape
    assert not torch.equal(made, x)
    still = of.augmented(of.Config.from_mapping(off), x, chance(1), 0.8)
    assert torch.equal(still, x)


def test_ada_turns_by_its_share() -> None:
    of = family("stylegan2")
    off: dict[str, Any] = {key: False if key == "augment_mirror" else 0.0 for key in KINDS.values()}
    x = pictures(16)
    turned = of.augmented(of.Config.from_mapping({**off, "augment_turn": 1.0}), x, chance(), 0.8)
    assert not torch.equal(turned, x)


@pytest.mark.parametrize("name", sorted(families()))
def test_a_step_learns_from_what_the_preview_shows(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The networks meet exactly the pictures that `augmented` gives for the same chance."""
    torch.manual_seed(0)
    kind = family(name)
    extra = {"augment_p": 0.8} if "augment_p" in kind.Config.params() else {}
    config = config_of(name, SMALL, **STRONG, **extra)
    model = kind(config, ImageSpec(3, 16, 16)).train()
    batch = torch.randint(0, 256, (4, 16, 16, 3), dtype=torch.uint8, generator=chance())
    state = TrainState(torch.device("cpu"), chance(5), 64, 8, total_images=640)
    state.captions = ["of nothing"] * 4
    net: Any = model.encoder if hasattr(model, "encoder") else model.critic
    shown: list[torch.Tensor] = []
    hook = net.register_forward_pre_hook(lambda _, given: shown.append(given[0].detach().clone()))
    before: list[torch.Tensor] = []
    _record_states(model, state, before, monkeypatch)
    model.training_step(batch, state)
    hook.remove()
    assert before, "training does not go through the code of the preview"
    assert any(
        torch.equal(each[: len(made)], made[: len(each)]) for each in shown for made in before
    )


def _record_states(
    model: Family, state: TrainState, made: list[torch.Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Note what the shared pieces of code give while a step runs."""
    from models.parts import augment

    for owner, method in (
        (augment.Augmentation, "__call__"),
        (augment.Augmentation, "hide"),
        (Pipe, "__call__"),
    ):
        original = getattr(owner, method)

        def noted(self: Any, *given: Any, _original: Any = original) -> torch.Tensor:
            result: torch.Tensor = _original(self, *given)
            made.append(result.detach().clone())
            return result

        monkeypatch.setattr(owner, method, noted)


def test_the_parameters_of_a_family_are_read_by_name() -> None:
    kind = family("gan")
    config = kind.Config.from_mapping({**STRONG, "augment_p": 0.3})
    read = Augmentation.of(config, reflect=True)
    assert read == Augmentation(
        p=0.3,
        reflect=True,
        **{
            **FULL,
            "shift": 0.3,
            "zoom": 0.4,
            "rotate": 90.0,
            "crop": 0.6,
            "noise": 0.3,
            "cutout": 0.6,
        },
    )
    assert dataclasses.asdict(read.shown()) == {
        **dataclasses.asdict(read),
        "noise": 0.0,
        "cutout": 0.0,
    }
