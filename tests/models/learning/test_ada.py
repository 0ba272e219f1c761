"""Adaptive augmentation: what it may do, how often, and who decides."""

import math

import pytest
import torch

from models.learning.ada import LARGEST_P, Controller, Pipe


def chance(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(n: int = 4, channels: int = 3, height: int = 12, width: int = 16) -> torch.Tensor:
    return torch.rand(n, channels, height, width, generator=chance(9)) * 2 - 1


# ---------------------------------------------------------------------- the controller


def test_p_rises_while_the_critic_is_too_sure_and_falls_otherwise() -> None:
    controller = Controller(0.3)
    controller.observe(torch.tensor([2.0, 0.1, 3.0, -1.0]))
    controller.observe(torch.ones(4))
    controller.adjust(0.6, 1000)  # r_t = 6 / 8
    assert float(controller.p) == pytest.approx(0.3 + 8 / 1000)
    controller.observe(torch.tensor([2.0, 0.1, 3.0, -1.0]))
    controller.adjust(0.6, 1000)  # r_t = 2 / 4
    assert float(controller.p) == pytest.approx(0.3 + 4 / 1000)
    controller.adjust(0.6, 1000)  # nothing seen, nothing decided
    assert float(controller.p) == pytest.approx(0.3 + 4 / 1000)


@pytest.mark.parametrize(("score", "end"), [(1.0, LARGEST_P), (-1.0, 0.0)])
def test_p_stays_where_augmentations_do_not_leak(score: float, end: float) -> None:
    controller = Controller(0.5)
    for _ in range(20):
        controller.observe(torch.full((8,), score))
        controller.adjust(0.6, 80)
    assert float(controller.p) == pytest.approx(end)
    controller.set_p(0.99)
    assert float(controller.p) == pytest.approx(LARGEST_P)


def test_the_whole_state_of_the_controller_is_saved() -> None:
    one, two = Controller(0.2), Controller(0.0)
    one.observe(torch.ones(3))
    two.load_state_dict(one.state_dict())
    for each in (one, two):
        each.observe(-torch.ones(1))
        each.adjust(0.4, 100)
    assert torch.equal(one.p, two.p)
    assert set(one.state_dict()) == {"p", "signs", "count"}


# ---------------------------------------------------------------------- the pipe


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_p_of_zero_is_the_identity_bit_by_bit(channels: int) -> None:
    x = pictures(channels=channels)
    assert torch.equal(Pipe(cutout=0.5)(x, torch.tensor(0.0), chance()), x)


def test_what_nothing_happens_to_comes_back_bit_by_bit() -> None:
    x, p = pictures(64), torch.tensor(0.05)
    _, moved = Pipe().geometry(x, p, chance())
    still = Pipe(colour=0.0)(x, p, chance())
    assert 0 < int(moved.sum()) < 64
    assert torch.equal(still[~moved], x[~moved])


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_all_of_it_keeps_the_shape_and_can_be_learnt_through(channels: int) -> None:
    x = pictures(8, channels).requires_grad_(True)
    y = Pipe(cutout=0.5)(x, torch.tensor(0.8), chance())
    y.square().sum().backward()
    assert y.shape == x.shape
    assert bool(y.isfinite().all())
    assert x.grad is not None
    assert float(x.grad.abs().sum()) > 0


def test_the_same_chance_gives_the_same_pictures() -> None:
    x, p = pictures(8), torch.tensor(0.6)
    one = Pipe(cutout=0.3)(x, p, chance(1))
    torch.manual_seed(77)
    assert torch.equal(one, Pipe(cutout=0.3)(x, p, chance(1)))
    assert not torch.equal(one, Pipe(cutout=0.3)(x, p, chance(2)))


def test_geometry_leans_nowhere() -> None:
    n = 20_000
    x = torch.empty(n, 3, 8, 32)
    matrix, moved = Pipe().geometry(x, torch.tensor(0.7), chance())
    scale = torch.linalg.det(matrix).abs().log2() / 2
    flip = torch.linalg.det(matrix) < 0
    where = matrix[:, :2, 2] / torch.tensor([32.0, 8.0])
    assert float(scale.mean()) == pytest.approx(0.0, abs=4 * 0.2 / n**0.5)
    assert float(flip.float().mean()) == pytest.approx(0.35, abs=4 * 0.5 / n**0.5)
    assert bool((where.mean(0).abs() < 4 * where.std(0) / n**0.5).all())
    # Quarter turns and rotations about the centre come out even: no direction is favoured.
    first = matrix[:, :2, 0] / matrix[:, :2, 0].norm(dim=1, keepdim=True)
    assert abs(float(first[:, 1].mean())) < 4 / n**0.5
    never = 1 - (1 - 0.35) * (1 - 0.7 * 1) ** 6  # six kinds, and half of the flips
    assert float(moved.float().mean()) == pytest.approx(never, abs=4 * 0.5 / n**0.5)


def test_colour_leans_nowhere_and_grey_stays_grey() -> None:
    n, p = 20_000, 0.7
    x = torch.empty(n, 3, 1, 1)
    matrix, offset, changed = Pipe().recolouring(x, torch.tensor(p), chance())
    assert abs(float(offset.mean())) < 4 * float(offset.std()) / n**0.5
    luma = matrix.sum(2)
    assert torch.allclose(luma, luma[:, :1].expand(-1, 3), atol=1e-5)
    assert float((luma[:, 0] < 0).float().mean()) == pytest.approx(p / 2, abs=4 * 0.5 / n**0.5)
    assert abs(float(luma[:, 0].abs().log2().mean())) < 4 * 0.5 / n**0.5
    still = (1 - p) ** 4 * (1 - p / 2)
    assert float((~changed).float().mean()) == pytest.approx(still, abs=4 * 0.5 / n**0.5)
    one, _, _ = Pipe().recolouring(torch.empty(5, 1, 1, 1), torch.tensor(p), chance())
    assert one.shape == (5, 1, 1)


def test_hue_turns_red_into_green_after_a_third() -> None:
    from models.learning.ada import _colour_axes

    grey, rest, cross = _colour_axes(torch.device("cpu"))
    angle = 2 * math.pi / 3
    turned = (grey + math.cos(angle) * rest + math.sin(angle) * cross) @ torch.tensor([1.0, 0, 0])
    assert torch.allclose(turned, torch.tensor([0.0, 1.0, 0.0]), atol=1e-6)


def test_a_quarter_turn_and_a_flip_are_the_ones_of_torch() -> None:
    x, seen = pictures(400, 1, 4, 4), set()
    still = Pipe(shift=0.0, zoom=0.0, colour=0.0)
    y = still(x, torch.tensor(0.3), chance(3))
    for one, other in zip(x, y, strict=True):
        for turns in range(4):
            for flipped in (False, True):
                wanted = torch.rot90(one, turns, (1, 2))
                if torch.allclose(wanted.flip(2) if flipped else wanted, other, atol=1e-5):
                    seen.add((turns, flipped))
    assert len(seen) == 8


def test_what_is_turned_off_does_not_happen() -> None:
    x = pictures(32)
    matrix, moved = Pipe(mirror=False, turn=0.0, shift=0.0, zoom=0.0).geometry(
        x, torch.tensor(0.8), chance()
    )
    assert torch.equal(matrix, torch.eye(3).expand(32, 3, 3))
    assert not bool(moved.any())


def test_recolouring_with_alpha_is_that_of_the_straight_colour() -> None:
    x = pictures(16, 4)
    alpha = (x[:, 3:] + 1) / 2
    straight = x[:, :3].clone()
    x[:, :3] = (straight + 1) * alpha - 1
    bright = Pipe(mirror=False, turn=0.0, shift=0.0, zoom=0.0)
    made = bright(x, torch.tensor(0.8), chance(5))
    # The same draws on straight colour, weighed with the alpha afterwards.
    opaque = bright(straight, torch.tensor(0.8), chance(5))
    assert torch.allclose(made[:, :3], (opaque + 1) * alpha - 1, atol=1e-4)
    assert torch.equal(made[:, 3:], x[:, 3:])
