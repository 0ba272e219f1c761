"""A picture becomes a latent: at once by an encoder, then nearer and nearer, and never worse."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import torch
from PIL import Image

from models.base import family
from models.facts import Ability
from models.image_spec import ImageSpec
from studio.engine.artwork import Pixels
from studio.engine.errors import StudioError, UsageError
from studio.engine.generation import inversion as inverting
from studio.engine.generation.beginnings import Point, Seeded, Source, pack_latent
from studio.engine.generation.differentiable import drawn
from studio.engine.generation.directions.direction import Direction
from studio.engine.generation.given_picture import given, in_words
from studio.engine.generation.inversion import inversion
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.along import Along
from studio.engine.generation.moves.residual import Residual
from studio.engine.generation.player import Player
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.record.checkpoint import Saved
from studio.engine.training.record.loaded_models import LoadedModel
from studio.engine.training.record.recipe import Recipe

Play = Callable[..., Player]
STEPS = 30
SMALL = {"latent_dim": 8, "top_width": 8, "width": 8}


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(inverting, "STARTS", 48)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def untrained() -> Callable[[str], Player]:
    """A player of a family whose weights are those of chance."""

    def made(name: str, *spec: int) -> Player:
        kind = family(name)
        torch.manual_seed(3)
        model = kind(kind.Config.from_mapping(SMALL), ImageSpec(*spec or (3, 16, 16)))
        held = LoadedModel(model.eval().requires_grad_(False), "cpu")
        saved = SimpleNamespace(folder=Path("nowhere"), sha256="0" * 64, state={})
        return Player(held, cast(Saved, saved))

    return made


def target_of(player: Player, seed: int = 77) -> Pixels:
    """A picture that the model can make, though not from the seeds that are tried first."""
    return player.picture(LatentRecipe(seed=seed))


def psnr(one: Pixels, other: Pixels) -> float:
    return float(-10 * np.log10(((one / 255.0 - other / 255.0) ** 2).mean() + 1e-10))


def whole(player: Player, reached: inverting.Reached) -> Pixels:
    """With what is added to the coarsest layer."""
    return player.picture_of(reached.w, LatentRecipe(moves=reached.moves))


@pytest.mark.parametrize("name", ["autoencoder", "vae"])
def test_the_encoder_says_where_it_begins(name: str, play: Play) -> None:
    player = play(name)
    target = target_of(player)
    (first,) = inversion(player, target, 0)
    encoded = player.encode(target)
    assert np.array_equal(first.w, encoded)
    assert abs(first.psnr - psnr(player.picture_of(encoded), target)) < 0.2
    assert (first.done, first.total) == (0, 0)


@pytest.mark.parametrize("name", ["autoencoder", "vae", "gan"])
def test_every_family_comes_nearer(name: str, play: Play) -> None:
    player = play(name)
    target = target_of(player)
    way = list(inversion(player, target, STEPS))
    assert [each.done for each in way[-STEPS:]] == list(
        range(way[-1].total - STEPS + 1, way[-1].total + 1)
    )
    assert way[-1].psnr > way[-STEPS - 1].psnr
    assert any(each.improved for each in way[-STEPS:])
    assert abs(way[-1].psnr - psnr(whole(player, way[-1]), target)) < 0.3


def test_what_no_latent_says_goes_into_the_coarsest_layer(play: Play) -> None:
    player = play("vae")
    rows = np.random.default_rng(1).integers(0, 256, (8, 8, 3), np.uint8)
    target = rows.repeat(2, 0).repeat(2, 1)  # nothing that it has learnt
    way = list(inversion(player, target, STEPS))
    assert way[0].residual is None
    (move,) = way[-1].moves
    layer = player.layers()[0]
    assert way[-1].residual.shape == (layer.channels, layer.height, layer.width)
    alone = psnr(player.picture_of(way[-1].w), target)
    assert psnr(whole(player, way[-1]), target) > alone + 0.5
    recipe = LatentRecipe(beginning=Point(w=pack_latent(way[-1].w)), moves=(move,))
    # It stays with its picture while sliders are moved and reset, and not with another one.
    assert recipe.unmoved().moves == recipe.begun(recipe.beginning).moves == (move,)
    assert recipe.begun(Seeded(seed=1)).moves == ()
    half = player.picture(recipe.moved(move.model_copy(update={"share": 0.5})))
    assert not np.array_equal(half, player.picture(recipe))
    none = recipe.moved(move.model_copy(update={"share": 0.0}))
    assert np.array_equal(player.picture(none), player.picture_of(way[-1].w))


@pytest.mark.parametrize("values", ["AAAA", "no base64", Residual.of(np.full(9, np.nan)).values])
def test_a_residual_of_another_model_is_one_sentence(values: str, play: Play) -> None:
    with pytest.raises(StudioError, match="does not fit the model"):
        play("vae").picture(LatentRecipe(moves=(Residual(values=values),)))


@pytest.mark.parametrize(
    ("name", "spec"),
    [
        ("stylegan2", (3, 16, 16)), ("stylegan2", (4, 24, 16)), ("stylegan2", (1, 16, 16)),
        ("stylegan2", (3, 16, 16, 2)), ("gan", (3, 16, 16, 2)), ("fewshot_gan", (3, 32, 32)),
    ],
)  # fmt: skip
def test_no_shape_of_latent_or_picture_is_left_out(
    name: str, spec: tuple[int, ...], untrained: Callable[..., Player]
) -> None:
    player = untrained(name, *spec)
    target = target_of(player)
    way = list(inversion(player, target, STEPS))
    assert way[-1].w.shape == (player.latent.slots, player.latent.dim)
    assert way[-1].psnr > way[-STEPS - 1].psnr
    slots = way[-1].w
    assert (len(slots) == 1) or not np.array_equal(slots[0], slots[-1])  # each for itself


def test_it_is_the_same_way_again_and_in_a_thread_without_gradients(play: Play) -> None:
    player = play("gan")
    target = target_of(player)
    one = list(inversion(player, target, 5))
    with torch.inference_mode():
        other = list(inversion(player, target, 5))
    assert [each.w.tobytes() for each in one] == [each.w.tobytes() for each in other]


def test_whoever_has_enough_keeps_the_best(play: Play) -> None:
    player = play("vae")
    target = target_of(player)
    some = list(itertools.islice(inversion(player, target, 1000), 12))
    best = [each.psnr for each in some if each.improved]
    assert some[-1].psnr == best[-1]
    assert player.picture_of(some[-1].w).shape == target.shape


def test_weights_that_are_no_numbers_leave_a_point_that_is_one(play: Play) -> None:
    player = play("vae")
    target = target_of(player)
    encoded = player.encode(target)
    with torch.no_grad(), player.model as model:
        next(model.decoder_ema.parameters()).fill_(float("nan"))  # type: ignore[operator]
    last = list(inversion(player, target, 3))[-1]
    assert np.isfinite(last.w).all()
    assert not last.improved
    assert last.w.shape == encoded.shape


def test_a_family_that_cannot_says_so(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    player = play("gan")
    kind = type(player.latent)
    less = player.latent.abilities - {Ability.INVERT}
    monkeypatch.setattr(kind, "abilities", property(lambda self: less))
    with pytest.raises(UsageError, match="cannot look for a picture"):
        next(inversion(player, np.zeros((16, 16, 3), np.uint8)))


def test_gradients_flow_where_none_are_wanted_otherwise(play: Play) -> None:
    player = play("vae")
    with torch.inference_mode():
        pass  # as in the threads that render
    w = torch.zeros(1, 1, player.latent.dim, requires_grad=True)
    with torch.no_grad():
        picture = drawn(player.model, w)
    picture.sum().backward()
    assert w.grad is not None
    assert w.grad.abs().sum() > 0


# ---------------------------------------------------------------------- what becomes of it


def test_the_point_remembers_its_picture_and_sliders_go_on(
    trained: Project, play: Play, run_of: Callable[[str], str], tmp_path: Path
) -> None:
    player, path = play("vae"), tmp_path / "my photo.png"
    Image.fromarray(np.full((40, 60, 3), (200, 90, 30), np.uint8)).save(path)
    picture = given(trained, run_of("vae"), player, path)
    last = list(inversion(player, picture.pixels, 5))[-1]
    recipe = picture.recipe(player, last.w, last.moves)
    again = LatentRecipe.model_validate_json(recipe.model_dump_json(exclude_none=True))
    assert again == recipe
    source = recipe.beginning.source if isinstance(recipe.beginning, Point) else None
    assert source is not None
    assert source.file == "my photo.png"
    assert source.known is None
    assert source.psnr == pytest.approx(psnr(player.picture(recipe), picture.pixels), abs=0.05)
    vector = np.zeros((1, player.latent.dim), np.float32)
    vector[0, 0] = 1
    player.directions.number([Direction("pca", vector, 1.0)])
    moved = player.picture(recipe.moved(Along(direction=0, sigma=3.0)))
    assert not np.array_equal(moved, player.picture(recipe))


def test_its_own_pictures_are_told_from_others(
    trained: Project, play: Play, run_of: Callable[[str], str]
) -> None:
    run = run_of("vae")
    prepared = runs.pictures_of(trained.folder, Recipe.load(trained.runs / run))
    files = {row["id"]: Path(row["path"].decode()) for row in trained.query("SELECT * FROM item")}
    for rows, known in ((prepared.train, "training"), (prepared.held_out, "held_out")):
        row = int(rows[0])
        picture = given(trained, run, play("vae"), files[prepared.item_ids[row]])
        assert picture.known == known
        assert np.array_equal(picture.pixels, prepared.images[row])


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "CMYK", "I;16", "1", "LA"])
def test_any_picture_has_the_shape_of_the_model(
    mode: str, trained: Project, play: Play, run_of: Callable[[str], str], tmp_path: Path
) -> None:
    path = tmp_path / ("picture.jpg" if mode == "CMYK" else "picture.png")
    Image.new(mode, (70, 31)).save(path)
    picture = given(trained, run_of("vae"), play("vae"), path)
    assert picture.pixels.shape == (16, 16, 3)
    assert picture.notes == ()


def test_of_a_film_the_first_picture_is_taken_and_that_is_said(
    trained: Project, play: Play, run_of: Callable[[str], str], tmp_path: Path
) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "moves.gif", save_all=True, append_images=frames[1:])
    picture = given(trained, run_of("vae"), play("vae"), tmp_path / "moves.gif")
    assert picture.pixels[8, 8].tolist() == [255, 0, 0]
    (note,) = picture.notes
    assert "first picture" in note


def test_what_is_no_picture_is_one_sentence(
    trained: Project, play: Play, run_of: Callable[[str], str], tmp_path: Path
) -> None:
    broken, text = tmp_path / "broken.png", tmp_path / "notes.txt"
    Image.new("RGB", (64, 64)).save(broken)
    broken.write_bytes(broken.read_bytes()[:60])
    text.write_text("no picture")
    for path in (broken, text, tmp_path / "gone.png", tmp_path):
        with pytest.raises(StudioError, match=path.name):
            given(trained, run_of("vae"), play("vae"), path)


@pytest.mark.parametrize(
    "values",
    [
        {"psnr": float("nan")}, {"psnr": float("inf")}, {"ssim": 2}, {"sha256": "x"},
        {"file": "x" * 2000}, {"known": "stolen"}, {"further": 1},
    ],
)  # fmt: skip
def test_a_source_that_was_made_up_is_refused(values: dict[str, object]) -> None:
    good: dict[str, object] = {"file": "a.png", "psnr": 20.0, "ssim": 0.5}
    w = pack_latent(np.zeros((1, 8), np.float32))
    assert Point(w=w, source=Source.model_validate(good)).source is not None
    with pytest.raises(ValueError, match="validation error"):
        Source.model_validate(good | values)


def test_nearness_has_words_from_none_to_all() -> None:
    said = [str(in_words(decibels)) for decibels in (-3.0, 5.0, 19.0, 25.0, 28.0, 60.0)]
    assert said[0] == said[1]
    assert len(set(said)) == 5
