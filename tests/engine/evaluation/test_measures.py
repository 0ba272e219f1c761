"""Every measure is the one of its paper: beside the plainest way of writing it down."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch

from studio.engine.errors import UsageError
from studio.engine.evaluation import metrics
from studio.engine.evaluation.measures import base, kernel_distance, numbers, patches, vendi
from studio.engine.evaluation.measures.base import Sides, measures
from studio.engine.evaluation.measures.numbers import Numbers

K = 5
TOLERANCE = 1e-4


def known(features: np.ndarray, seed: int = 0) -> Numbers:
    """Numbers with these features, and spectra and patches by chance."""
    chance = np.random.default_rng(seed)
    count = len(features)
    return Numbers(
        features, chance.normal(20, 5, (count, 8)),
        (chance.normal(0, 9, (count, 16, 147)).astype(np.float16),),
    )  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(3)
    return chance.normal(0, 1, (32, 6)), chance.normal(1.0, 0.8, (26, 6))


@pytest.fixture(scope="module")
def sides(rows) -> Sides:
    return Sides(known(rows[0]), known(rows[1], 1))


def gap(one: np.ndarray, other: np.ndarray) -> float:
    return math.sqrt(sum((a - b) ** 2 for a, b in zip(one, other, strict=True)))


def reach(rows: np.ndarray, number: int) -> float:
    """Distance of a row to its k-th nearest other one."""
    return sorted(gap(rows[number], each) for n, each in enumerate(rows) if n != number)[K - 1]


def covered(real, other) -> float:
    return sum(
        any(gap(one, each) <= reach(real, n) for each in other) for n, one in enumerate(real)
    ) / len(real)


def density(real, other) -> float:
    balls = [(one, reach(real, n)) for n, one in enumerate(real)]
    return sum(gap(one, each) <= far for each in other for one, far in balls) / (K * len(other))


def precision(real, other) -> float:
    balls = [(one, reach(real, n)) for n, one in enumerate(real)]
    return sum(any(gap(one, each) <= far for one, far in balls) for each in other) / len(other)


def kid(real, other) -> float:
    def k(x, y):
        return (float(x @ y) / len(x) + 1) ** 3

    def within(rows):
        pairs = list(itertools.permutations(range(len(rows)), 2))
        return sum(k(rows[i], rows[j]) for i, j in pairs) / len(pairs)

    across = [k(x, y) for x in real for y in other]
    return within(real) + within(other) - 2 * sum(across) / len(across)


def score(rows: np.ndarray) -> float:
    """Vendi by the eigenvalues of the whole matrix of cosines."""
    unit = [row / math.sqrt(float(row @ row)) for row in rows]
    cosines = np.array([[float(a @ b) for b in unit] for a in unit])
    found = [value for value in np.linalg.eigvals(cosines / len(rows)).real if value > 1e-12]
    return math.exp(-sum(value * math.log(value) for value in found))


def pairwise(rows) -> float:
    return float(np.mean([gap(a, b) for a, b in itertools.combinations(rows, 2)]))


BY_HAND = {
    "coverage": covered, "density": density, "precision": precision, "kid": kid,
    "recall": lambda real, other: precision(other, real),
    "vendi": lambda real, other: score(other) / score(real[np.arange(26) * 32 // 26]),
    "variety": lambda real, other: pairwise(other) / pairwise(real),
}  # fmt: skip


@pytest.mark.parametrize("name", BY_HAND)
def test_a_measure_is_that_of_its_paper(name: str, rows, sides: Sides) -> None:
    found = measures()[name].measure(sides)
    assert found.value == pytest.approx(BY_HAND[name](*rows), abs=TOLERANCE)
    low, high = found.interval()
    assert low <= found.value <= high
    assert high > low


def test_patches_are_the_mean_of_distances_along_lines() -> None:
    chance = np.random.default_rng(0)
    one, other = (chance.normal(m, 1, (40, 10)) for m in (0, 0.5))
    along = patches.directions(10, 6).astype(np.float64)
    by_hand = []
    for line in along.T:
        a, b = (sorted(float(row @ line) for row in each) for each in (one, other))
        by_hand.append(sum(abs(x - y) for x, y in zip(a, b, strict=True)) / len(a))
    assert patches.sliced(one, other, along) == pytest.approx(np.mean(by_hand), abs=TOLERANCE)
    assert np.linalg.norm(along, axis=0) == pytest.approx(1.0, abs=1e-6)


def test_each_channel_of_patches_counts_as_much() -> None:
    rows = np.random.default_rng(1).normal(
        [[[3.0], [70.0], [0.0]]], [[[1.0], [9.0], [0.0]]], (50, 3, 49)
    )
    channels = patches.normalised(rows.reshape(50, -1)).reshape(50, 3, 49)
    for number, spread in enumerate((1, 1, 0)):
        assert channels[:, number].mean() == pytest.approx(0, abs=1e-5)
        assert channels[:, number].std() == pytest.approx(spread, abs=1e-5)


@pytest.mark.parametrize("shape", [(16, 16, 3), (16, 24, 1)])
def test_a_spectrum_is_the_power_in_rings(shape: tuple[int, int, int]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, shape).astype(np.float64)
    height, width, channels = shape
    luma = picture[..., 0] if channels == 1 else picture @ [0.299, 0.587, 0.114]
    window = np.outer(np.hanning(height), np.hanning(width))
    luma = (luma - luma.mean()) * window
    rings: dict[int, list[float]] = {}
    for row, column in itertools.product(range(height), range(width)):
        y, x = (n if n < side / 2 else n - side for n, side in ((row, height), (column, width)))
        wave = [
            [np.exp(-2j * np.pi * (row * i / height + column * j / width)) for j in range(width)]
            for i in range(height)
        ]
        power = abs((luma * wave).sum()) ** 2 / (window**2).sum()
        far = round(math.hypot(y / height, x / width) * min(height, width))
        rings.setdefault(far, []).append(power)
    by_hand = [10 * math.log10(np.mean(rings[n]) + 1e-3) for n in range(1, min(shape[:2]) // 2 + 1)]
    x = torch.from_numpy(picture).permute(2, 0, 1)[None].float()
    assert numbers.spectra(x)[0] == pytest.approx(by_hand, abs=TOLERANCE)


def test_a_spectrum_distance_is_that_of_the_means() -> None:
    one, other = (known(np.zeros((9, 2)), seed) for seed in (0, 1))
    gaps = [float(np.mean(one.spectra[:, n]) - np.mean(other.spectra[:, n])) for n in range(8)]
    by_hand = math.sqrt(sum(each**2 for each in gaps) / 8)
    found = measures()["spectrum"].measure(Sides(one, other))
    assert found.value == pytest.approx(by_hand, abs=TOLERANCE)


def test_a_pyramid_gives_the_picture_back() -> None:
    x = torch.from_numpy(np.random.default_rng(0).normal(128, 40, (2, 3, 64, 64)))
    levels = numbers.laplacian(x)
    assert [level.shape[-1] for level in levels] == [64, 32, 16]
    whole = levels[-1]
    for level in levels[-2::-1]:
        whole = level + numbers._enlarged(whole)
    assert torch.allclose(whole, x, atol=1e-9)
    flat = numbers.laplacian(torch.full((1, 3, 32, 48), 77.0))
    assert flat[0].abs().max() < 1e-4


def windows(picture: np.ndarray) -> np.ndarray:
    """Gaussian means of 11 x 11 at every place where the window fits."""
    line = np.exp(-((np.arange(11) - 5) ** 2) / 4.5)
    line /= line.sum()
    rows = np.apply_along_axis(np.convolve, 0, picture, line, "valid")
    return np.apply_along_axis(np.convolve, 1, rows, line, "valid")


def multiscale(first: np.ndarray, second: np.ndarray, count: int) -> float:
    """Wang 2003, Eq. 7, by plain sums. The paper leaves the border open: contrast and structure
    are of where the window fits, the last scale mirrors the picture beyond its border."""
    weights = np.array([0.0448, 0.2856, 0.3001, 0.2363, 0.1333][:count])
    weights /= weights.sum()
    a, b = first / 255, second / 255
    found = 1.0
    for scale, weight in enumerate(weights):
        structure, likeness = [], []
        for channel in range(a.shape[2]):
            x, y = (np.pad(each[..., channel], 5, "reflect") for each in (a, b))
            mx, my = windows(x), windows(y)
            vx, vy, both = windows(x * x) - mx**2, windows(y * y) - my**2, windows(x * y) - mx * my
            cs = (2 * both + 0.03**2) / (vx + vy + 0.03**2)
            structure.append(cs[5:-5, 5:-5])
            likeness.append(cs * (2 * mx * my + 0.01**2) / (mx**2 + my**2 + 0.01**2))
        used = likeness if scale == count - 1 else structure
        found *= max(0.0, float(np.mean(used))) ** weight
        a, b = (
            each.reshape(each.shape[0] // 2, 2, each.shape[1] // 2, 2, -1).mean((1, 3))
            for each in (a, b)
        )
    return found


@pytest.mark.parametrize(("side", "count"), [(64, 3), (32, 2)])
def test_multiscale_similarity_is_that_of_the_paper(side: int, count: int) -> None:
    chance = np.random.default_rng(0)
    first = chance.integers(0, 256, (2, side, side, 3), dtype=np.uint8)
    second = np.clip(first + chance.normal(0, 40, first.shape), 0, 255).astype(np.uint8)
    assert metrics.scales(side) == count
    found = metrics.ms_ssim(torch.from_numpy(second), torch.from_numpy(first))
    by_hand = [multiscale(a, b, count) for a, b in zip(first, second, strict=True)]
    assert found.numpy() == pytest.approx(by_hand, abs=TOLERANCE)
    turned = metrics.ms_ssim(torch.from_numpy(255 - first), torch.from_numpy(first))
    assert np.isfinite(turned.numpy()).all()


@pytest.mark.parametrize(("side", "count"), [(16, 1), (22, 2), (44, 3), (175, 4), (176, 5)])
def test_so_many_scales_fit(side: int, count: int) -> None:
    assert metrics.scales(side) == count


# ---------------------------------------------------------------------- intervals


def test_an_interval_holds_what_other_pictures_would_give() -> None:
    """Of 20 sets, about one may lie outside."""
    chance = np.random.default_rng(0)
    real = chance.normal(0, 1, (60, 4))
    outside = 0
    for _ in range(20):
        one = known(chance.normal(0, 1.3, (60, 4)))
        low, high = measures()["variety"].measure(Sides(known(real), one)).interval()
        outside += not low <= 1.3 * pairwise_of_normal(4) / pairwise(real) <= high
    assert outside <= 4


def pairwise_of_normal(dim: int) -> float:
    """Mean distance of two draws of N(0, 1)."""
    return 2 * math.exp(math.lgamma((dim + 1) / 2) - math.lgamma(dim / 2))


def test_drawn_pictures_are_no_pair_with_themselves() -> None:
    """Or a set would come nearer to itself by being drawn anew."""
    rows = np.random.default_rng(0).normal(0, 1, (30, 4))
    drawn = (base.shares(30, 400, 1), base.shares(30, 400, 2))
    kernels = (kernel_distance.kernel(*pair) for pair in ((rows, rows), (rows, rows), (rows, rows)))
    found = kernel_distance.unbiased(*kernels, drawn)
    once = (np.ones((1, 30)), np.ones((1, 30)))
    kernels = (kernel_distance.kernel(*pair) for pair in ((rows, rows), (rows, rows), (rows, rows)))
    value = kernel_distance.unbiased(*kernels, once)[0]
    assert abs(found.mean() - value) < 0.5 * found.std()


# ---------------------------------------------------------------------- sense


def test_the_score_of_kinds_counts_them() -> None:
    corners = np.eye(6)
    assert vendi.vendi(corners) == pytest.approx(6)
    assert vendi.vendi(np.repeat(corners[:3], 4, 0)) == pytest.approx(3)
    assert vendi.vendi(np.ones((5, 4))) == pytest.approx(1)


def test_a_model_of_one_picture_is_lifelike_and_not_varied(rows) -> None:
    real = rows[0]
    one = np.repeat(real[:1], 30, 0)
    found = {
        name: each.measure(Sides(known(real), known(one))).value
        for name, each in measures().items() if not each.by_encoder
    }  # fmt: skip
    assert found["precision"] == 1.0
    assert found["recall"] < 0.1
    assert found["variety"] == pytest.approx(0.0, abs=1e-6)
    assert found["vendi"] < 0.5
    assert found["coverage"] < 0.4


def test_soft_pictures_have_less_detail_and_equal_ones_none_less() -> None:
    chance = np.random.default_rng(0)
    sharp = chance.integers(0, 256, (24, 32, 32, 3), dtype=np.uint8)
    soft = torch.nn.functional.avg_pool2d(
        torch.from_numpy(sharp).permute(0, 3, 1, 2).float(), 3, 1, 1
    )
    soft = soft.permute(0, 2, 3, 1).numpy().astype(np.uint8)
    real, other = numbers.of_pictures(sharp), numbers.of_pictures(soft)
    for name in ("spectrum", "patches"):
        measure = measures()[name].measure
        assert measure(Sides(real, real)).value == pytest.approx(0, abs=1e-6)
        assert measure(Sides(real, other)).value > 3


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_flat_pictures_of_every_kind_are_measured(channels: int) -> None:
    flat = np.full((24, 16, 20, channels), 128, np.uint8)
    found = numbers.of_pictures(flat)
    real = found.relative_to(found)
    for each in measures().values():
        if not each.by_encoder:
            assert np.isfinite(each.measure(Sides(real, real)).value)


def test_an_unknown_measure_is_refused() -> None:
    with pytest.raises(UsageError, match="There is no measure 'beauty'"):
        base.measure("beauty")
