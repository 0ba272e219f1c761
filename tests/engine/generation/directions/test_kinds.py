"""Directions from weights, labels and examples: they point where they say, or say so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from models import base
from models.image_spec import ImageSpec
from studio.engine.dataset.index import store
from studio.engine.errors import UsageError
from studio.engine.generation.directions import catalogue
from studio.engine.generation.directions.attributes import attributes
from studio.engine.generation.directions.closed_form import ClosedForm
from studio.engine.generation.directions.kind import Search
from studio.engine.generation.directions.labelled import Labelled
from studio.engine.generation.directions.picked import Picked
from studio.engine.generation.directions.principal_components import PrincipalComponents
from studio.engine.generation.directions.separation import separate
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.player import Player
from studio.engine.project import Project
from studio.engine.training.record.checkpoint import MODEL, Saved
from studio.engine.training.record.loaded_models import LoadedModel

Play = Callable[..., Player]
RunOf = Callable[[str], str]
FAMILIES = ["autoencoder", "fewshot_gan", "gan", "stylegan2", "vae"]


def player_of(name: str, **config: Any) -> Player:
    torch.manual_seed(1)
    kind = base.family(name)
    sizes = {"latent_dim": 16, "top_width": 8, "width": 16, **config}
    model = kind(kind.Config.from_mapping(sizes), ImageSpec(3, 16, 16)).eval()
    model.requires_grad_(False).refresh(
        lambda: [torch.randint(0, 256, (30, 16, 16, 3), dtype=torch.uint8)]
    )
    return Player(LoadedModel(model, "cpu"), Saved(Path("nowhere"), {"files": {MODEL: "0" * 64}}))


# ---------------------------------------------------------------------- weights


@pytest.mark.parametrize("name", FAMILIES)
def test_the_weights_answer_most_to_the_first_and_no_way_gets_more(name: str) -> None:
    player = player_of(name)
    found = ClosedForm(samples=300).find(player, Search())
    family, latent = player.model.family, player.latent

    def answer(vector: np.ndarray) -> float:
        nothing = torch.zeros(1, latent.slots, latent.dim)
        there = torch.from_numpy(vector)[None]
        return float((family.styles(there) - family.styles(nothing)).norm())

    answers = [answer(each.vector) for each in found]
    assert np.allclose(answers, sorted(answers, reverse=True), rtol=1e-4)
    chance = np.random.default_rng(0).normal(size=(50, 1, latent.dim)).astype(np.float32)
    others = np.repeat(chance, latent.slots, 1)
    others /= np.linalg.norm(others, axis=(1, 2), keepdims=True)
    assert max(map(answer, others)) <= answers[0] * 1.0001
    assert all(each.sigma > 0 for each in found)


def test_a_family_without_such_weights_says_so() -> None:
    player = player_of("vae")
    player.model.family.__class__ = type("Bare", (type(player.model.family),), {
        "latent": property(lambda self: base.LatentSpec(1, 16, "normal"))
    })  # fmt: skip
    with pytest.raises(UsageError, match="through no weights of its own"):
        catalogue.find(player, ClosedForm())


# ---------------------------------------------------------------------- separation


def groups(count: int, apart: float, dims: int = 20) -> tuple[torch.Tensor, torch.Tensor]:
    chance = torch.Generator().manual_seed(3)
    rows = torch.randn(2 * count, dims, generator=chance, dtype=torch.float64)
    rows[:count, 4] += apart
    return rows, torch.arange(2 * count) < count


def test_groups_that_lie_apart_are_told_apart_along_the_right_way() -> None:
    apart = separate(*groups(12, 6.0))
    assert apart.is_sure
    assert apart.right > 0.85
    assert apart.way[4] > 0.8


@pytest.mark.parametrize("count", [3, 8, 40])
def test_groups_by_chance_are_not_believed(count: int) -> None:
    assert not separate(*groups(count, 0.0)).is_sure


def test_the_larger_group_does_not_decide() -> None:
    rows, first = groups(40, 8.0)
    some = torch.cat([torch.arange(5), torch.arange(40, 80)])
    assert separate(rows[some], first[some]).right > 0.85


# ---------------------------------------------------------------------- picked


def test_what_was_picked_by_one_number_is_a_way_along_that_number() -> None:
    player = player_of("gan")
    points = [player.latent_of(LatentRecipe.model_validate({"seed": n})) for n in range(40)]
    points.sort(key=lambda w: w[0, 3])
    made = Picked(samples=500).between(player, points[-9:], points[:9], Search())
    assert made.vector[0, 3] > 0.5
    assert "Tells" in made.note
    assert made.share > 0
    again = Picked(samples=500).between(player, points[-9:], points[:9], Search())
    assert again.key == made.key


def test_examples_by_chance_get_an_honest_sentence() -> None:
    player = player_of("gan")
    points = [player.latent_of(LatentRecipe.model_validate({"seed": n})) for n in range(12)]
    made = Picked(samples=500).between(player, points[::2], points[1::2], Search())
    assert "No better than chance" in made.note
    assert made.share == 0


def test_too_few_examples_and_equal_ones_are_refused() -> None:
    player = player_of("gan")
    one = player.latent_of(LatentRecipe())
    with pytest.raises(UsageError, match="too few: mark at least 3 of each"):
        Picked().between(player, [one, one], [one] * 5, Search())
    with pytest.raises(UsageError, match="are the same"):
        Picked(samples=300).between(player, [one] * 3, [one] * 3, Search())


# ---------------------------------------------------------------------- labels


@pytest.fixture
def said(trained: Project) -> Project:
    """The pictures are labelled by how bright they are, some are rated, all have a caption."""
    from PIL import Image

    (dataset,) = store.datasets(trained)
    items = store.items(trained, dataset.id)
    bright = {item.id: np.asarray(Image.open(item.path)).mean() for item in items}
    middle = np.median(list(bright.values()))
    for item in items:
        label = "bright" if bright[item.id] > middle else "dark"
        words = f"a {label} thing" if item.id % 2 else f"one {label} object"
        trained.write(
            "UPDATE item SET label = ?, caption = ?, rating = ? WHERE id = ?",
            (label, words, 5 if label == "bright" else 1, item.id),
        )
    return trained


def test_attributes_are_labels_stars_and_words(said: Project) -> None:
    (dataset,) = store.datasets(said)
    found = attributes(store.items(said, dataset.id))
    titles = [str(each.title) for each in found]
    assert titles[:3] == ["Label bright", "Label dark", "2 stars or more"]
    assert {"Word bright", "Word thing", "Word object"} <= set(titles)
    assert "Word the" not in titles
    assert attributes([]) == []


@pytest.mark.parametrize("family", ["vae", "gan"])
def test_a_label_is_a_way_to_more_of_it(
    family: str, said: Project, play: Play, run_of: RunOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studio.engine.generation.directions import labelled

    monkeypatch.setattr(labelled, "_MADE", 64)
    player, search = play(family), Search(said, run_of(family))

    def encode(self: base.Family, images: torch.Tensor) -> torch.Tensor:
        w = torch.zeros(len(images), 1, self.latent.dim)
        w[:, 0, 2] = images.float().mean((1, 2, 3)) / 30
        return w

    monkeypatch.setattr(base.family("vae"), "encode", encode)  # an encoder that has learnt
    found = catalogue.find(player, Labelled(samples=400), search)
    titles = [str(each.title) for each in found]
    assert "Label bright" in titles
    assert not any("thing" in title or "object" in title for title in titles)
    assert all(0 < each.share <= 1 for each in found)
    assert all("rightly" in each.note for each in found)
    again = catalogue.find(play(family), Labelled(samples=400), search)
    assert [each.key for each in again] == [each.key for each in found]


def test_nothing_said_is_one_sentence(trained: Project, play: Play, run_of: RunOf) -> None:
    with pytest.raises(UsageError, match="Nothing is said of the pictures"):
        catalogue.find(play(), Labelled(), Search(trained, run_of("vae")))
    with pytest.raises(UsageError, match="outside of its project"):
        catalogue.find(play(), Labelled(), Search())


# ---------------------------------------------------------------------- how far a step goes


@pytest.mark.parametrize("kind", [PrincipalComponents(8, 400), ClosedForm(8, 400)])
def test_a_step_changes_pictures_alike_along_all_of_them(kind: Any, play: Play) -> None:
    from studio.engine.evaluation.copies import embed
    from studio.engine.generation.beginnings import Seeded

    player = play("vae")
    found = catalogue.find(player, kind)
    changes = []
    for each in found:
        starts = [player.sample(Seeded(seed=n)) for n in range(20, 24)]
        pictures = [player.picture_of(w) for w in starts]
        moved = [player.picture_of(w + each.step) for w in starts]
        gaps = embed(np.stack(moved)) - embed(np.stack(pictures))
        changes.append(np.linalg.norm(gaps, axis=1).mean())
    assert np.std(changes) / np.mean(changes) <= 0.5
    assert {np.log2(each.evenly) % 1 for each in found} == {0}
