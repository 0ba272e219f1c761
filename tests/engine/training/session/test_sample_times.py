"""A run shows what it learns while it learns most."""

from __future__ import annotations

import itertools

import pytest

from studio.engine.training.session.sample_times import pause, sheets


def times(seconds: float, every: float) -> list[float]:
    """When sheets are drawn, the first at once."""
    drawn = [0.0]
    while (after := drawn[-1] + pause(drawn[-1], every)) <= seconds:
        drawn.append(after)
    return drawn


def test_every_few_seconds_at_first_and_rarer_from_then_on() -> None:
    drawn = times(180, 30)
    assert drawn[:4] == [0, 3, 6, 9]
    pauses = [after - before for before, after in itertools.pairwise(drawn)]
    assert pauses == sorted(pauses)
    assert 25 <= len(drawn) <= 32  # of a run of three minutes, where seven were
    assert pauses[-1] < 18


def test_a_long_run_keeps_to_its_interval() -> None:
    assert pause(3600, 30) == 30
    assert pause(0, 1e6) == 1e5  # of a recipe that wants none


@pytest.mark.parametrize(("seconds", "every"), [(5, 30), (180, 30), (7200, 30), (60, 2)])
def test_what_they_take_on_the_disk_is_counted(seconds: float, every: float) -> None:
    assert abs(sheets(seconds, every) - (len(times(seconds, every)) - 1)) <= 1
