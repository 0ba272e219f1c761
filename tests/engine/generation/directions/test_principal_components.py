"""Directions are what varies most, a standard deviation long, and the same every time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from models import base
from models.base import LatentSpec
from models.image_spec import ImageSpec
from studio.engine.errors import StudioError
from studio.engine.generation.directions import catalogue
from studio.engine.generation.directions.direction import Direction
from studio.engine.generation.directions.kind import Search
from studio.engine.generation.directions.principal_components import (
    PrincipalComponents,
    principal,
)
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.player import Player
from studio.engine.project import Project
from studio.engine.training.record.checkpoint import MODEL, Saved
from studio.engine.training.record.loaded_models import LoadedModel

Play = Callable[..., Player]
FAMILIES = ["autoencoder", "vae", "gan"]


class Known:
    """A model whose latents are known: uncorrelated along chosen axes, of chosen deviations."""

    def __init__(self, prior: str, slots: int = 2, dim: int = 6) -> None:
        self.latent = LatentSpec(slots, dim, prior)
        self.image_spec = ImageSpec(3, 16, 16)
        size = slots * dim
        chance = torch.Generator().manual_seed(3)
        self.axes = torch.linalg.qr(torch.randn(size, size, generator=chance)).Q
        self.deviations = torch.arange(size, 0, -1).float()
        self.mean = torch.full((size,), 5.0)

    def sample(self, n: int, seed: int, psi: float = 1.0, label: int | None = None) -> Tensor:
        """Rows that depend on seed + i alone."""
        rows = [
            torch.randn(len(self.mean), generator=torch.Generator().manual_seed(seed + i))
            for i in range(n)
        ]
        w = self.mean + (torch.stack(rows) * self.deviations) @ self.axes.T
        return w.reshape(n, self.latent.slots, self.latent.dim)

    population = sample

    def features(self, w: Tensor, resolution: int) -> Tensor:
        """Activations that see the first two coordinates only, the second twice as strongly."""
        flat = w.flatten(1)[:, :2] * torch.tensor([1.0, 2.0])
        return flat[:, :, None, None].expand(-1, -1, resolution, resolution)

    def synthesize(self, w: Tensor, *_: object) -> Tensor:
        """Pictures whose two halves are as bright as the first two coordinates."""
        bright = (128 + 20 * w.flatten(1)[:, :2]).clamp(0, 255).to(torch.uint8)
        return bright.repeat_interleave(8, 1)[:, None, :, None].expand(-1, 16, -1, 3)


@dataclass
class Found:
    """The directions of a model in arrays."""

    all: list[Direction]

    @property
    def vectors(self) -> np.ndarray:
        return np.stack([each.vector for each in self.all])

    @property
    def sigma(self) -> np.ndarray:
        return np.array([each.sigma for each in self.all])

    @property
    def explained(self) -> np.ndarray:
        return np.array([each.share for each in self.all])


def find_directions(
    player: Player, count: int = 16, samples: int = 10_000, seed: int = 0, **search: Any
) -> Found:
    return Found(
        catalogue.find(player, PrincipalComponents(count, samples, seed), Search(**search))
    )


def player_of(family: Any, labels: tuple[str, ...] = ()) -> Player:
    state = {"files": {MODEL: "0" * 64}, "labels": labels}
    return Player(LoadedModel(family, "cpu"), Saved(Path("nowhere"), state))


def flat(found: Found) -> np.ndarray:
    return found.vectors.reshape(len(found.vectors), -1).astype(np.float64)


def without_cache(project: Project) -> None:
    for path in (project.cache / "directions").glob("*"):
        path.unlink()


# ---------------------------------------------------------------------- latents with a shape


def test_the_axes_and_deviations_of_known_latents_are_found() -> None:
    family = Known("mixture")
    found = find_directions(player_of(family), count=5, samples=6000)
    assert found.vectors.shape == (5, 2, 6)
    assert np.allclose(found.sigma, [12, 11, 10, 9, 8], rtol=0.05)
    cosine = np.abs(flat(found) @ family.axes.numpy()[:, :5])
    assert (np.diag(cosine) > 0.9).all()
    wanted = family.deviations.square() / family.deviations.square().sum()
    assert np.allclose(found.explained, wanted[:5], rtol=0.1)
    assert (np.diff(found.explained) <= 0).all()


@pytest.mark.parametrize("count", [1, 7, 12])
def test_directions_are_orthonormal(count: int) -> None:
    found = find_directions(player_of(Known("mixture")), count=count, samples=600)
    assert np.allclose(flat(found) @ flat(found).T, np.eye(count), atol=1e-4)


def test_one_sigma_is_the_deviation_of_the_latents_along_it() -> None:
    family = Known("mixture")
    found = find_directions(player_of(family), count=12, samples=1500)
    w = torch.cat([family.sample(250, seed) for seed in range(0, 1500, 250)])
    along = w.flatten(1).double().numpy() @ flat(found).T
    assert np.allclose(along.std(0), found.sigma, rtol=1e-3)


def test_the_sign_is_fixed() -> None:
    found = flat(find_directions(player_of(Known("mixture")), count=8, samples=500))
    biggest = np.abs(found).argmax(1)
    assert (found[np.arange(8), biggest] > 0).all()


# ---------------------------------------------------------------------- latents without one


def test_where_the_prior_has_no_shape_the_activations_decide() -> None:
    family = Known("normal", slots=1, dim=4)
    family.axes, family.deviations = torch.eye(4), torch.ones(4)
    found = find_directions(player_of(family), count=2, samples=4000)
    assert np.allclose(np.abs(flat(found)), [[0, 1, 0, 0], [1, 0, 0, 0]], atol=0.05)
    assert np.allclose(found.sigma, 1, rtol=0.05)
    assert np.allclose(found.explained, [0.8, 0.2], atol=0.02)


# ---------------------------------------------------------------------- trained models


@pytest.mark.parametrize("family", FAMILIES)
def test_trained_models_have_directions_that_are_the_same_every_time(
    family: str, trained: Project, play: Play
) -> None:
    first = find_directions(play(family), samples=300)
    without_cache(trained)
    player = play(family)
    second = find_directions(player, samples=300)
    for name in ("vectors", "sigma", "explained"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()
    size = player.latent.slots * player.latent.dim
    assert len(first.vectors) == min(16, size)
    assert np.allclose(np.linalg.norm(flat(first), axis=1), 1, atol=1e-5)
    assert (first.sigma > 0).all()
    assert (np.diff(first.explained) <= 1e-7).all()
    assert 0 < first.explained.sum() <= 1 + 1e-5
    assert player.directions.numbered == second.all
    moved = player.latent_of(LatentRecipe(edits={"0": 1.0})) - player.latent_of(LatentRecipe())
    assert np.isclose(np.linalg.norm(moved), second.sigma[0], rtol=1e-3)


def test_other_samples_are_other_directions(play: Play) -> None:
    player = play("vae")
    first = find_directions(player, samples=100, seed=0)
    assert not np.array_equal(first.vectors, find_directions(player, samples=100, seed=9).vectors)


# ---------------------------------------------------------------------- the cache


def test_the_second_time_comes_from_the_cache(
    trained: Project, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = find_directions(play(), count=4, samples=200)

    def never(*_: object) -> None:
        raise AssertionError("searched again")

    monkeypatch.setattr(PrincipalComponents, "find", never)
    again = find_directions(play(), count=4, samples=200)
    assert np.array_equal(first.vectors, again.vectors)
    with pytest.raises(AssertionError):
        find_directions(play("gan"), count=4, samples=200)
    with pytest.raises(AssertionError):
        find_directions(play(), count=5, samples=200)


@pytest.mark.parametrize("damage", [b"", b"no safetensors", None])
def test_a_damaged_cache_is_made_again(damage: bytes | None, trained: Project, play: Play) -> None:
    first = find_directions(play(), count=4, samples=200)
    (path,) = (trained.cache / "directions").iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:-9] if damage is None else damage)
    again = find_directions(play(), count=4, samples=200)
    assert np.array_equal(first.vectors, again.vectors)
    assert path.read_bytes() == whole


def test_a_cache_of_another_shape_is_not_used(trained: Project, play: Play) -> None:
    from safetensors.numpy import save_file

    first = find_directions(play(), count=4, samples=200)
    (path,) = (trained.cache / "directions").iterdir()
    facts = {name: np.ones(4) for name in ("sigma", "share", "evenly")}
    said = json.dumps([{"kind": "pca", "title": "", "note": ""}] * 4)
    save_file({"vectors": np.ones((4, 1, 3), np.float32), **facts}, path, {"directions": said})
    again = find_directions(play(), count=4, samples=200)
    assert np.array_equal(first.vectors, again.vectors)


def test_a_checkpoint_outside_a_project_needs_no_cache(play: Play, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(play().folder, tmp_path / "alone" / "000001")
    player = Player.open(tmp_path / "alone" / "000001", "cpu")
    assert len(find_directions(player, count=3, samples=100).vectors) == 3
    assert [path.name for path in tmp_path.glob("alone/*")] == ["000001"]


# ---------------------------------------------------------------------- the search itself


def test_progress_goes_to_its_end_and_cancelling_keeps_nothing(
    trained: Project, play: Play
) -> None:
    seen: list[tuple[int, int]] = []
    with pytest.raises(StudioError, match="was stopped"):
        find_directions(
            play(), samples=1000, progress=lambda *at: seen.append(at),
            cancelled=lambda: len(seen) == 2,
        )  # fmt: skip
    assert seen == [(250, 1000), (500, 1000)]
    assert not (trained.cache / "directions").exists()
    find_directions(play(), samples=600, progress=lambda *at: seen.append(at))
    assert seen[2:] == [(250, 600), (500, 600), (600, 600)]


def test_never_more_directions_than_dimensions(play: Play) -> None:
    assert len(find_directions(play(), count=500, samples=100).vectors) == 8


def test_few_samples_give_finite_directions() -> None:
    found = find_directions(player_of(Known("mixture")), count=12, samples=3)
    assert all(np.isfinite(each).all() for each in (found.vectors, found.sigma, found.explained))


@pytest.mark.parametrize("traits", [40, 1500])
def test_principal_components_agree_with_a_singular_value_decomposition(traits: int) -> None:
    chance = torch.Generator().manual_seed(0)
    falling = torch.linspace(3, 0.01, traits) ** 3
    t = torch.randn(300, traits, generator=chance) * falling + 7
    scores, explained = principal(t, 6)
    centred = (t - t.mean(0)).double()
    u, s, _ = torch.linalg.svd(centred, full_matrices=False)
    assert torch.allclose(explained, s[:6] ** 2 / (s**2).sum(), rtol=1e-2)
    wanted = u[:, :6] * s[:6]
    cosine = (scores * wanted).sum(0).abs() / (scores.norm(dim=0) * wanted.norm(dim=0))
    assert (cosine > 0.97).all()


@pytest.mark.parametrize("name", ["autoencoder", "fewshot_gan", "gan", "stylegan2", "vae"])
def test_directions_stay_within_a_label(name: str) -> None:
    torch.manual_seed(0)
    kind = base.family(name)
    sizes = {"latent_dim": 16, "top_width": 8, "width": 16}
    model = kind(kind.Config.from_mapping(sizes), ImageSpec(3, 16, 16, classes=3)).eval()
    pictures = torch.randint(0, 256, (30, 16, 16, 3), dtype=torch.uint8)
    model.requires_grad_(False).refresh(lambda: [pictures], torch.arange(30) % 3)
    found = find_directions(player_of(model, ("a", "b", "c")), count=8, samples=300)
    assert np.isfinite(found.vectors).all()
    assert np.allclose(np.linalg.norm(flat(found), axis=1), 1, atol=1e-5)
    if model.latent.dim == 32:  # the latter half says which label it is
        assert np.abs(found.vectors[:, 0, 16:]).max() < 1e-3
