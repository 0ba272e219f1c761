"""A recipe is a picture: the same one, byte for byte, whenever it is played."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from models.parameters import ParameterError
from studio.engine.errors import StudioError, UsageError
from studio.engine.generation.beginnings import Point, Seeded, pack_latent, unpack_latent
from studio.engine.generation.directions.direction import Direction, Known
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.along import Along
from studio.engine.generation.moves.blend import Blend
from studio.engine.generation.player import Player
from studio.engine.seeds import LARGEST_SEED
from studio.engine.training.record import checkpoint

Play = Callable[..., Player]
FAMILIES = ["autoencoder", "vae", "gan"]
RECIPES = [
    LatentRecipe(seed=3), LatentRecipe(seed=LARGEST_SEED, truncation_psi=0.5),
    LatentRecipe(seed=1, seed_b=2, mix=0.4, truncation_psi=1.2),
    LatentRecipe(seed=1, edits={"0": 1.5, "2": -3.0}, noise_seed=9),
]  # fmt: skip


def some_directions(player: Player) -> Known:
    shape = (3, player.latent.slots, player.latent.dim)
    vectors = np.zeros(shape, np.float32)
    for index in range(3):
        vectors[index, :, index] = 1
    known = Known()
    known.number(
        [Direction("pca", vector, sigma) for vector, sigma in zip(vectors, (1, 2, 3), strict=True)]
    )
    return known


def mean_of(player: Player) -> np.ndarray:
    return player.model.family.w_mean().detach().numpy()


@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_recipe_is_the_same_picture(family: str, play: Play) -> None:
    players = [play(family), play(family)]
    for player in players:
        player.directions = some_directions(player)
    for recipe in RECIPES:
        again = LatentRecipe.model_validate_json(recipe.model_dump_json())
        first, second = players[0].picture(recipe), players[1].picture(again)
        assert first.shape == (16, 16, 3)
        assert first.dtype == np.uint8
        assert first.tobytes() == second.tobytes()
        assert first.tobytes() == players[0].picture(recipe).tobytes()


@pytest.mark.parametrize("family", FAMILIES)
def test_the_number_of_threads_changes_no_value_by_more_than_a_level(
    family: str, play: Play
) -> None:
    """As README and guide promise: sums are then taken in another order."""
    player, before, drawn = play(family), torch.get_num_threads(), []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            drawn.append(player.pictures(range(16)).astype(np.int16))
    finally:
        torch.set_num_threads(before)
    assert np.abs(drawn[0] - drawn[1]).max() <= 1


@pytest.mark.parametrize("family", FAMILIES)
def test_company_does_not_change_a_picture(family: str, play: Play) -> None:
    player = play(family)
    together = player.pictures([5, 0, 7], psi=0.9)
    for seed, picture in zip([5, 0, 7], together, strict=True):
        alone = player.picture(LatentRecipe(seed=seed, truncation_psi=0.9))
        assert alone.tobytes() == picture.tobytes()
    assert player.pictures([]).shape == (0, 16, 16, 3)


@pytest.mark.parametrize("family", FAMILIES)
def test_different_seeds_are_different_points(family: str, play: Play) -> None:
    player = play(family)
    points = {player.latent_of(LatentRecipe(seed=seed)).tobytes() for seed in range(8)}
    assert len(points) == 8


@pytest.mark.parametrize("family", FAMILIES)
def test_seeds_differ_in_every_bit(family: str, play: Play) -> None:
    player = play(family)
    seeds = [5, *(5 + (1 << bit) for bit in range(32, 63)), LARGEST_SEED, LARGEST_SEED - (1 << 32)]
    points = {player.latent_of(LatentRecipe(seed=seed)).tobytes() for seed in seeds}
    assert len(points) == len(seeds)


@pytest.mark.parametrize("family", FAMILIES)
def test_truncation_leads_to_the_mean(family: str, play: Play) -> None:
    player = play(family)
    mean = mean_of(player)
    for seed in (0, 4):
        whole = player.latent_of(LatentRecipe(seed=seed))
        none = player.latent_of(LatentRecipe(seed=seed, truncation_psi=0))
        half = player.latent_of(LatentRecipe(seed=seed, truncation_psi=0.5))
        assert np.allclose(none, mean, atol=1e-6)
        assert np.allclose(half, (whole + mean) / 2, atol=1e-5)
    pictures = [player.picture(LatentRecipe(seed=s, truncation_psi=0)) for s in (0, 4)]
    assert pictures[0].tobytes() == pictures[1].tobytes()


def test_a_blend_begins_and_ends_at_its_seeds(play: Play) -> None:
    player = play()
    ends = [player.latent_of(LatentRecipe(seed=seed)) for seed in (1, 2)]
    for mix, end in ((0.0, ends[0]), (1.0, ends[1])):
        made = player.latent_of(LatentRecipe(seed=1, seed_b=2, mix=mix))
        assert np.allclose(made, end, atol=1e-5)
    middle = player.latent_of(LatentRecipe(seed=1, seed_b=2, mix=0.5)) - mean_of(player)
    lengths = [np.linalg.norm(end - mean_of(player)) for end in ends]
    assert np.isclose(np.linalg.norm(middle), np.mean(lengths), rtol=1e-4)


def test_edits_are_standard_deviations_and_add_up(play: Play) -> None:
    player = play()
    player.directions = some_directions(player)
    plain = player.latent_of(LatentRecipe(seed=1))
    moved = player.latent_of(LatentRecipe(seed=1, edits={"0": 2.0, "2": -0.5}))
    step = np.zeros_like(plain)
    step[:, 0], step[:, 2] = 2.0 * 1, -0.5 * 3
    assert np.allclose(moved - plain, step, atol=1e-5)


def test_an_edit_of_nothing_needs_no_directions(play: Play) -> None:
    player = play()
    assert np.array_equal(
        player.latent_of(LatentRecipe(edits={"7": 0.0})), player.latent_of(LatentRecipe())
    )


def test_a_recipe_begins_at_a_point_and_goes_on_from_there(play: Play) -> None:
    player = play()
    player.directions = some_directions(player)
    w = player.latent_of(LatentRecipe(seed=5))
    recipe = LatentRecipe(beginning=Point(w=pack_latent(w)))
    assert np.array_equal(player.latent_of(recipe), w)
    moved = player.latent_of(recipe.moved(Along(direction=1, sigma=0.5)))
    assert np.array_equal(moved - w, np.float32(0.5) * player.direction(1))
    half = player.latent_of(recipe.begun(Point(w=pack_latent(w), truncation_psi=0.5)))
    assert np.allclose(half, (w + mean_of(player)) / 2, atol=1e-5)
    there = player.latent_of(recipe.moved(Blend(seed=2, mix=1.0)))
    assert np.allclose(there, player.latent_of(LatentRecipe(seed=2)), atol=1e-5)


def test_a_recorded_point_overrules_nothing(play: Play) -> None:
    player = play()
    w = player.latent_of(LatentRecipe(seed=5))
    for recipe in (LatentRecipe(seed=1, latent=pack_latent(w)), LatentRecipe(seed=1)):
        assert np.array_equal(player.latent_of(recipe), player.latent_of(LatentRecipe(seed=1)))


def test_a_recorded_point_is_what_a_recipe_is_checked_by(play: Play) -> None:
    player, recipe = play(), LatentRecipe(seed=5, edits={"1": 2.0}, seed_b=3, mix=0.25)
    player.directions = some_directions(player)
    w = player.latent_of(recipe)
    recorded = recipe.model_copy(update={"point": pack_latent(w)})
    assert player.settled(recorded) == recipe
    wrong = recorded.model_copy(update={"beginning": Seeded(seed=6), "noise_seed": 3})
    instead = LatentRecipe(beginning=Point(w=pack_latent(w)), noise_seed=3)
    assert player.settled(wrong) == instead
    player.directions = Known()  # as where they are not found
    assert player.settled(recorded) == instead.model_copy(update={"noise_seed": 0})
    assert np.array_equal(player.recorded(recorded), w)


def test_moves_keep_their_order_and_one_control_has_one_move() -> None:
    recipe = LatentRecipe(seed=1, edits={"4": 1.0, "0": -2.0})
    assert list(recipe.edits) == [4, 0]
    recipe = recipe.moved(Blend(seed=2, mix=0.5)).moved(Along(direction=4, sigma=3.0))
    assert recipe.moves == (
        Blend(seed=2, mix=0.5), Along(direction=4, sigma=3.0), Along(direction=0, sigma=-2.0),
    )  # fmt: skip
    recipe = recipe.moved(Along(direction=4, sigma=0.0)).moved(Along(direction=4, sigma=1.0))
    assert list(recipe.edits) == [0, 4]
    late = LatentRecipe(moves=(Along(direction=1, sigma=1.0), Blend(seed=3, mix=0.5)))
    assert late.moved(Blend(seed=3, mix=0.75)).moves[1] == Blend(seed=3, mix=0.75)
    assert late.unmoved().moves == (Blend(seed=3),)


def test_recipes_of_the_flat_form_are_read() -> None:
    flat = {"seed": 2, "truncation_psi": 0.9, "noise_seed": 5, "label": 1, "mix": 0.3}
    read = LatentRecipe.model_validate({**flat, "seed_b": 8, "edits": {"3": 1.5, "0": 0.0}})
    assert read == LatentRecipe(
        beginning=Seeded(seed=2, truncation_psi=0.9, label=1), noise_seed=5,
        moves=(Blend(seed=8, mix=0.3), Along(direction=3, sigma=1.5), Along(direction=0, sigma=0)),
    )  # fmt: skip
    assert LatentRecipe.model_validate(flat).moves == ()  # a mix with nothing
    point = LatentRecipe.model_validate({"latent": "AAAA", "noise_seed": 4})
    assert point == LatentRecipe(beginning=Point(w="AAAA"), noise_seed=4)


@pytest.mark.parametrize("index", ["-1", "x", "", "1.0", "²", "9" * 5000])
def test_what_is_no_direction_at_all_is_refused(index: str) -> None:
    with pytest.raises(ValidationError):
        LatentRecipe(edits={index: 1.0})


@pytest.mark.parametrize("index", ["3", "999999"])
def test_an_unknown_direction_gets_one_sentence(index: str, play: Play) -> None:
    player = play()
    player.directions = some_directions(player)
    with pytest.raises(StudioError, match="is not known: find directions first") as caught:
        player.latent_of(LatentRecipe(edits={index: 1.0}))
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("label", [0, 3, -1])
def test_a_model_without_labels_takes_none(label: int, play: Play) -> None:
    with pytest.raises(UsageError, match=r"no label .* it was trained without labels"):
        play().picture(LatentRecipe(label=label))


@pytest.mark.parametrize(
    "values",
    [
        {"seed": -1}, {"seed": LARGEST_SEED + 1}, {"seed": 0.5}, {"seed": "x"},
        {"truncation_psi": -0.1}, {"truncation_psi": 1.6}, {"truncation_psi": float("nan")},
        {"mix": 1.1}, {"mix": float("nan")}, {"noise_seed": -1}, {"seed_b": -1},
        {"edits": {"0": float("nan")}}, {"edits": {"0": float("inf")}}, {"edits": {"0": 1e30}},
        {"edits": {"0": "much"}}, {"latent": 7}, {"colour": "red"},
        {"beginning": {"kind": "dreamt"}}, {"moves": [{"kind": "along", "direction": -1}]},
        {"moves": [{"kind": "blend", "seed": 1, "mix": 1.1}]}, {"moves": [], "seed": 1},
        {"beginning": {"kind": "point"}}, {"beginning": {"kind": "seeded", "w": "AAAA"}},
    ],
)  # fmt: skip
def test_a_wrong_recipe_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        LatentRecipe.model_validate(values)


@pytest.mark.parametrize(
    "text",
    ["", "AAAA", "not base64!", "é", "A", base64.b64encode(bytes(4 * 9)).decode(),
     base64.b64encode(np.full(8, np.nan, "<f4").tobytes()).decode(),
     base64.b64encode(np.full(8, np.inf, "<f4").tobytes()).decode()],
    ids=["empty", "short", "no base64", "no ascii", "cut", "long", "nan", "inf"],
)  # fmt: skip
def test_a_point_of_another_model_gets_one_sentence(text: str, play: Play) -> None:
    with pytest.raises(StudioError, match="does not fit the model: open the model it was made"):
        play().picture(LatentRecipe(latent=text))


def test_a_point_survives_as_text() -> None:
    w = np.random.default_rng(0).normal(0, 1, (4, 6)).astype(np.float32)
    w[0, 0] = np.float32(1e-40)  # a subnormal number
    assert unpack_latent(pack_latent(w), (4, 6)).tobytes() == w.tobytes()


def test_encoding_and_the_lack_of_it(play: Play) -> None:
    player = play("autoencoder")
    picture = player.picture(LatentRecipe(seed=1))
    w = player.encode(picture)
    assert w.shape == (player.latent.slots, player.latent.dim)
    assert w.dtype == np.float32
    assert player.picture_of(w).shape == picture.shape
    with pytest.raises(ParameterError, match="has no encoder"):
        play("gan").encode(picture)


def test_damaged_and_missing_checkpoints_get_one_sentence(play: Play, tmp_path: Path) -> None:
    folder = play().folder
    shutil.copytree(folder, tmp_path / "copy")
    weights = tmp_path / "copy" / checkpoint.MODEL
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(bytes(data))
    for place in (tmp_path / "copy", tmp_path / "gone"):
        with pytest.raises(StudioError, match="is missing or damaged") as caught:
            Player.open(place, "cpu")
        assert str(place) in str(caught.value)
        assert "\n" not in str(caught.value)
    with pytest.raises(UsageError, match="There is no device 'abacus' here"):
        Player.open(folder, "abacus")
