"""Scores of pictures: the critic's where there is one, else near the training pictures but new."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from models.facts import LatentSpec
from studio.engine.errors import UsageError
from studio.engine.evaluation.copies import Likeness
from studio.engine.generation.beginnings import Seeded
from studio.engine.generation.best import Critic, NearButNew, best_first, judge, scored
from studio.engine.generation.latent_recipe import LatentRecipe

SEEDS = [LatentRecipe(beginning=Seeded(seed=seed)) for seed in range(5)]


def test_the_critic_sorts_and_the_same_picture_has_the_same_score(styled, project) -> None:
    player = styled()
    judging = judge(player, project, "styled")
    assert isinstance(judging, Critic)
    seen: list[tuple[int, int]] = []
    found = list(scored(player, judging, SEEDS, lambda *at: seen.append(at)))
    assert seen == [(n, 5) for n in range(1, 6)]
    order = best_first(found)
    assert [each.score for each in order] == sorted((each.score for each in found), reverse=True)
    assert judging.score(order[0].pixels) == order[0].score
    assert len(list(scored(player, judging, SEEDS, cancelled=lambda: len(seen) > 5))) == 5


def test_a_copy_is_worse_than_anything_new_and_near_is_better_than_far() -> None:
    class Check:
        def __init__(self) -> None:
            self.distance = 0.0

        def check(self, _pixels: object) -> Likeness:
            return Likeness(0, self.distance, ordinary=1.0)

    check = Check()
    judging = NearButNew(check)  # type: ignore[arg-type]  # all that is asked of it
    scores = []
    for distance in (0.0, 0.5, 1.0 + 1e-6, 1.5, 4.0):
        check.distance = distance
        scores.append(judging.score(np.zeros((2, 2, 3), np.uint8)))
    copy, half, limit, near, far = scores
    assert copy < half < 0 < far < near < limit <= 1


def test_without_a_critic_and_without_pictures_it_is_said(project) -> None:
    player = SimpleNamespace(latent=LatentSpec(1, 4, "normal"))
    with pytest.raises(UsageError, match=r"nothing to sort pictures of gone by"):
        judge(player, project, "gone")  # type: ignore[arg-type]
