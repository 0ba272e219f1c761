"""The way from one latent to another keeps to where latents are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.engine.generation.slerp import Latent, slerp


def latent(seed: int, slots: int = 3, dim: int = 24) -> Latent:
    return np.random.default_rng(seed).normal(0, 1, (slots, dim)).astype(np.float32)


def norms(w: Latent) -> np.ndarray:
    return np.linalg.norm(w, axis=1)


CENTRE = latent(99) * 2


def test_the_ends_are_the_two_latents() -> None:
    a, b = latent(0), latent(1)
    assert np.allclose(slerp(a, b, 0.0, CENTRE), a, atol=1e-6)
    assert np.allclose(slerp(a, b, 1.0, CENTRE), b, atol=1e-6)


@given(st.integers(0, 500), st.floats(0, 1))
@settings(deadline=None)
def test_the_distance_from_the_centre_goes_linearly(seed: int, mix: float) -> None:
    a, b = latent(seed), latent(seed + 1000)
    made = norms(slerp(a, b, mix, CENTRE) - CENTRE)
    wanted = (1 - mix) * norms(a - CENTRE) + mix * norms(b - CENTRE)
    assert np.allclose(made, wanted, rtol=1e-4)


def test_the_middle_is_no_duller_than_the_ends() -> None:
    zero = np.zeros_like(CENTRE)
    a, b = latent(0), latent(1)
    a, b = (w / norms(w)[:, None] * 5 for w in (a, b))
    assert np.allclose(norms(slerp(a, b, 0.5, zero)), 5, rtol=1e-5)
    assert (norms((a + b) / 2) < 4.5).all()  # where a straight line would have led


def test_the_angle_goes_evenly() -> None:
    a = np.array([[1.0, 0.0]], np.float32)
    b = np.array([[0.0, 1.0]], np.float32)
    for mix in (0.25, 0.5, 0.9):
        made = slerp(a, b, mix, np.zeros_like(a))[0]
        assert np.isclose(np.arctan2(made[1], made[0]), mix * np.pi / 2, atol=1e-5)


def test_both_ways_are_one_way() -> None:
    a, b = latent(0), latent(1)
    there, back = slerp(a, b, 0.3, CENTRE), slerp(b, a, 0.7, CENTRE)
    assert np.allclose(there, back, atol=1e-5)


def test_slots_do_not_touch_each_other() -> None:
    a, b = latent(0), latent(1)
    whole = slerp(a, b, 0.4, CENTRE)
    for slot in range(len(a)):
        alone = slerp(*(w[slot : slot + 1] for w in (a, b)), 0.4, CENTRE[slot : slot + 1])
        assert np.array_equal(whole[slot], alone[0])


@pytest.mark.parametrize("mix", [0.0, 0.25, 0.5, 1.0])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([1.0, 2.0], [1.0, 2.0]), ([1.0, 2.0], [2.0, 4.0]), ([1.0, 2.0], [-1.0, -2.0]),
        ([0.0, 0.0], [1.0, 2.0]), ([0.0, 0.0], [0.0, 0.0]), ([1e-20, 0.0], [0.0, 1e-20]),
        ([1.0, 2.0], [1.0 + 1e-6, 2.0]),
    ],
    ids=["same", "parallel", "opposite", "one at the centre", "both there", "tiny", "close"],
)  # fmt: skip
def test_where_there_is_no_arc_a_line_serves(
    first: list[float], second: list[float], mix: float
) -> None:
    a, b = np.array([first], np.float32), np.array([second], np.float32)
    made = slerp(a, b, mix, np.zeros_like(a))
    assert made.dtype == np.float32
    assert np.allclose(made, (1 - mix) * a + mix * b, atol=1e-6)
