"""Children of pictures: of their parents, the same for a seed, and as strange as was asked for."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from models.facts import Ability, LatentSpec
from studio.engine.errors import UsageError
from studio.engine.generation.beginnings import Seeded
from studio.engine.generation.directions.direction import Direction, Known
from studio.engine.generation.latent_recipe import MOST_PARENTS, LatentRecipe
from studio.engine.generation.moves.along import Along
from studio.engine.generation.moves.blend import Blend
from studio.engine.generation.moves.mix import Mix
from studio.engine.generation.moves.noise import NoiseStrength
from studio.engine.generation.offspring import breed, of_whom
from studio.engine.generation.player import Player
from studio.engine.generation.slerp import slerp

SEEDS = [LatentRecipe(beginning=Seeded(seed=seed)) for seed in (3, 4, 5)]


def some_directions(player: Player) -> None:
    vectors = np.zeros((2, player.latent.slots, player.latent.dim), np.float32)
    vectors[0, :, 0] = vectors[1, :, 1] = 1
    player.directions = Known()
    player.directions.number([Direction("pca", vector, 1.0) for vector in vectors])


def test_each_slot_is_that_of_one_parent_and_no_child_has_a_single_one(styled) -> None:
    player = styled()
    own = np.stack([player.latent_of(parent) for parent in SEEDS])
    seen = set()
    for child in breed(player, SEEDS, 12, 0.0, 1):
        same = (own == player.latent_of(child)).all(axis=2)
        assert same.any(axis=0).all()
        whose = tuple(same.argmax(axis=0).tolist())
        assert len(set(whose)) > 1
        seen.add(whose)
    assert len(seen) > 6


def test_the_same_seed_is_the_same_children_however_many(styled) -> None:
    first, again = styled(), styled()
    few, many = breed(first, SEEDS, 3, 0.3, 7), breed(again, SEEDS, 6, 0.3, 7)
    assert few == many[:3]
    assert len({child.model_dump_json() for child in many}) == 6
    assert breed(first, SEEDS, 3, 0.3, 8) != few
    assert first.picture(few[0]).tobytes() == again.picture(many[0]).tobytes()


@pytest.mark.parametrize("family", ["autoencoder", "vae", "gan"])
def test_points_of_one_slot_lie_between_two_parents(family: str, play) -> None:
    player = play(family)
    one, two = (player.latent_of(parent) for parent in SEEDS[:2])
    apart = np.linalg.norm(one - two)
    for child in breed(player, SEEDS[:2], 6, 0.0, 2):
        w = player.latent_of(child)
        for parent in (one, two):
            assert 0 < np.linalg.norm(w - parent) < apart


def test_strength_leads_from_the_parent_to_another_picture(styled) -> None:
    player = styled()
    own = player.latent_of(SEEDS[0])
    away = []
    for strength in (0.0, 0.1, 0.4, 1.0):
        (child,) = breed(player, SEEDS[:1], 1, strength, 5)
        away.append(float(np.linalg.norm(player.latent_of(child) - own)))
    assert away[0] == 0
    assert away == sorted(away)
    assert len(set(away)) == 4


def test_sliders_and_noise_stay_what_they_are(styled) -> None:
    player = styled()
    some_directions(player)
    along = [Along(direction=number, sigma=2.0 + number) for number in (0, 1)]
    noise = NoiseStrength(strength=0.5)
    one = SEEDS[0].moved(along[0]).moved(noise).with_noise(9)
    two = SEEDS[1].moved(along[1])
    children = breed(player, [one, two], 24, 0.0, 3)
    for child in children:
        assert all(move in (*along, noise) for move in child.moves)
    assert {len(child.moves) for child in children} == {0, 1, 2, 3}
    assert {child.noise_seed for child in children} == {0, 9}


def test_children_say_of_whom_they_are_and_how(styled) -> None:
    player = styled()
    own = [player.latent_of(parent) for parent in SEEDS]
    for child in breed(player, SEEDS, 6, 0.0, 1, ["a piece"]):
        born = child.descent
        assert (born.mutation, born.seed) == (0.0, 1)
        w = np.stack([own[SEEDS.index(born.parents[who].recipe)][slot]
                      for slot, who in enumerate(born.crossover)])  # fmt: skip
        assert (player.latent_of(child) == w).all()
        assert set(born.crossover) == set(range(len(born.parents)))
        for parent in born.parents:
            assert parent.name == ("a piece" if parent.recipe.seed == 3 else "")
        assert LatentRecipe.model_validate_json(child.model_dump_json()) == child
    grandchild = breed(player, [child, SEEDS[0]], 1, 0.3, 4)[0]
    first = next(each for each in grandchild.descent.parents if each.name)
    assert str(of_whom(grandchild.descent)) in {
        "Child of child-1-6 × Seed 3", "Child of Seed 3 × child-1-6"
    }  # fmt: skip
    assert player.picture(first.recipe).tobytes() == player.picture(child).tobytes()
    assert grandchild.moved(NoiseStrength(strength=0.5)).descent == grandchild.descent
    assert grandchild.begun(Seeded(seed=1)).descent is None


def test_the_share_of_a_single_slot_leads_to_the_child_again(play) -> None:
    player = play("vae")
    (child,) = breed(player, SEEDS[:2], 1, 0.0, 2)
    born = child.descent
    one, two = (player.latent_of(born.parents[who].recipe) for who in born.crossover)
    centre = player.centre(SEEDS[0].beginning, SEEDS[1].beginning)
    np.testing.assert_allclose(slerp(one, two, born.share, centre), player.latent_of(child))


@pytest.mark.parametrize("wrong", [{"crossover": [1]}, {"parents": []}, {"mutation": 2}])
def test_a_descent_that_somebody_wrote_is_checked(wrong, play) -> None:
    (child,) = breed(play("vae"), SEEDS[:1], 1, 0.2, 2)
    said = child.model_dump(mode="json")
    for descent in (wrong, {"parents": [{"recipe": said}]}):
        with pytest.raises(ValidationError):
            LatentRecipe.model_validate({**said, "descent": {**said["descent"], **descent}})


def test_an_only_parent_without_mutation_is_its_own_child(styled) -> None:
    player = styled()
    some_directions(player)
    recipe = SEEDS[0]
    for move in (Blend(seed=8, mix=0.4), Mix(slots={1: 6}), Along(direction=1, sigma=1.5)):
        recipe = recipe.moved(move)
    (child,) = breed(player, [recipe], 1, 0.0, 0)
    assert player.picture(child).tobytes() == player.picture(recipe).tobytes()
    assert child.edits == {1: 1.5}


def test_children_have_the_label_of_their_parent(styled) -> None:
    player = styled(classes=2)
    parents = [LatentRecipe(beginning=Seeded(seed=3, label=1))]
    (child,) = breed(player, parents, 1, 1.0, 0)
    chance = np.random.default_rng((0, 0))
    chance.permutation(1)
    drawn = Seeded(seed=int(chance.integers(1 << 62)), label=1)
    np.testing.assert_allclose(player.latent_of(child), player.sample(drawn), atol=1e-4)


@pytest.mark.parametrize("count", [0, MOST_PARENTS + 1])
def test_too_few_and_too_many_parents(count: int, styled) -> None:
    with pytest.raises(UsageError, match=f"There are {count} parents"):
        breed(styled(), SEEDS[:1] * count, 1, 0.0, 0)


def test_a_model_without_anything_between_its_latents_says_so(styled, monkeypatch) -> None:
    player = styled()
    plain = LatentSpec(1, 4, "normal", lacks=frozenset({Ability.BLEND}))
    monkeypatch.setattr(type(player), "latent", plain)
    with pytest.raises(UsageError, match="cannot be bred"):
        breed(player, SEEDS, 1, 0.0, 0)
