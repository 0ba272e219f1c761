"""Even speed: pictures go as far from each to the next, as they are compared for copies."""

from __future__ import annotations

import numpy as np
import pytest

from studio.engine.errors import StudioError, UsageError
from studio.engine.evaluation.copies import embed
from studio.engine.generation.film.between import Between
from studio.engine.generation.film.pace import Pace, evened
from studio.engine.generation.film.timeline import Timeline, of_seeds
from studio.engine.generation.film.walk import Walk


def unevenness(player, line, pace=None) -> float:
    """The coefficient of variation of the steps from frame to frame."""
    walk = Walk(player, line, pace=pace)
    seen = embed(np.stack([player.picture(each) for each in walk.recipes()]))
    steps = np.linalg.norm(np.diff(seen, axis=0), axis=1)
    return float(steps.std() / steps.mean())


def eased(line, name, **more):
    return line.changed(
        keys=tuple(key.model_copy(update={"easing": name, **more}) for key in line.keys)
    )


@pytest.mark.parametrize("loop", [True, False])
def test_even_speed_is_even(player, loop):
    line = Timeline.of_recipes(of_seeds([1, 5, 9], 1.0, None), 2, loop=loop)
    pace = Pace(player)
    after = evened(line, pace)
    straight, own, whole = (
        unevenness(player, each, pace)
        for each in (eased(line, "linear"), eased(line, "even"), after)
    )
    assert whole < own < straight
    assert whole < 0.3 * straight
    assert [key.recipe for key in after.keys] == [key.recipe for key in line.keys]
    assert after.keys[0].time == 0
    if not loop:
        assert after.keys[-1].time == pytest.approx(59 / 30)


def test_holds_and_jumps_stay(player):
    line = Timeline.of_recipes(of_seeds([1, 5, 9], 1.0, None), 3, loop=False)
    first = line.keys[0].model_copy(update={"hold": 0.5})
    second = line.keys[1].model_copy(update={"easing": "jump"})
    after = evened(line.changed(keys=(first, second, line.keys[2])), Pace(player))
    assert [key.easing for key in after.keys] == ["even", "jump", "even"]
    assert after.keys[0].hold == 0.5
    assert after.keys[1].time > 2.9  # nothing moves on the way to the last
    assert after.keys[1].time < after.keys[2].time


def test_ways_are_measured_once(player, monkeypatch):
    one, two = of_seeds([1, 5], 1.0, None)
    pace = Pace(player)
    first = pace.stretch(Between(player, one, two))
    monkeypatch.setattr(player, "picture", None)
    assert pace.stretch(Between(player, one, two)) is first
    assert first.mix(0) == 0
    assert first.mix(1) == 1


def test_keys_that_look_alike_keep_their_order(player):
    (one,) = of_seeds([1], 1.0, None)
    line = Timeline.of_recipes([one, one, one], 2, loop=False)
    after = evened(line, Pace(player))
    assert len(after.keys) == 3


def test_where_nothing_can_be_evened_it_is_said(player):
    line = Timeline.of_recipes(of_seeds([1, 5], 1.0, None), 1, loop=True)
    with pytest.raises(UsageError, match="at least two keys"):
        evened(line.without(1), Pace(player))
    with pytest.raises(UsageError, match="make the film longer"):
        evened(eased(line, "smooth", hold=0.5), Pace(player))
    with pytest.raises(StudioError, match="stay where they are"):
        evened(line, Pace(player), cancelled=lambda: True)
