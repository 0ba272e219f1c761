"""Directions for sliders: what varies most among the pictures a model makes.

GANSpace (Härkönen et al. 2020): the principal components of the latents where they
have a shape of their own (a mixture, a mapped space), else of early activations,
carried back to the latent by least squares (their Sec. 3.3), since an even Gaussian
prior has no axis that means more than another. In a model with labels they are what varies
within a label: a slider never leads from one to another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from models.facts import Ability
from studio.engine.door import inside, ordinary
from studio.engine.errors import StudioError
from studio.engine.files import atomic_path
from studio.engine.generation.player import Directions, Player
from studio.engine.project import INDEX

if TYPE_CHECKING:
    from torch import Tensor

    from models.base import Family

FEATURE_SIDE = 4
_BATCH = 250
_EXACT = 1024
_SPARE = 16
_ROUNDS = 8
_NAMES = ("vectors", "sigma", "explained")
# Part of the name in the cache: raise it when what is found changes.
_RECIPE = 2


def find_directions(
    player: Player,
    count: int = 16,
    samples: int = 10_000,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Directions:
    """Find the directions of a model and give them to `player`.

    Kept in the project's cache, so the second time is instant. Raises
    :class:`StudioError` when cancelled.
    """
    player.need(Ability.DIRECTIONS)
    count = min(count, player.latent.slots * player.latent.dim)
    path = _cache_path(player, f"{count}-{samples}-{seed}")
    shape = (count, player.latent.slots, player.latent.dim)
    found = _read(path, shape) if path else None
    if found is None:
        found = _find(player, count, samples, seed, progress, cancelled)
        if path is not None:
            _write(path, found)
    player.directions = found
    return found


def _find(
    player: Player,
    count: int,
    samples: int,
    seed: int,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> Directions:
    import torch

    from models.parts.classes import labels_for

    slots, dim = player.latent.slots, player.latent.dim
    shapeless = player.latent.prior == "normal" and slots == 1
    latents, traits, labels = [], [], []
    with torch.inference_mode():
        for start in range(0, samples, _BATCH):
            if cancelled():
                raise StudioError("Looking for directions was stopped.")
            with player.model as family:
                w = family.population(min(_BATCH, samples - start), seed + start)
                if shapeless:
                    traits.append(_activations(family, w))
                if player.labels:
                    labels += labels_for(family, len(w), seed + start, None)
            alike = dim >= count and bool((w == w[:, :1]).all())
            latents.append((w[:, :1] if alike else w).float().cpu())
            progress(min(start + _BATCH, samples), samples)
        # Slots that always say the same are as one that is longer: all that follows is of lengths.
        copies = slots if all(w.shape[1] == 1 for w in latents) else 1
        whole = latents if copies == slots else [w.expand(-1, slots, -1) for w in latents]
        points = torch.cat(whole).flatten(1) * copies**0.5
        seen = torch.cat(traits) if shapeless else points
        if player.labels:
            points, seen = _within(points, labels), _within(seen, labels)
        return _solve(points, seen, (count, slots, dim), copies)


def _within(rows: Tensor, labels: Sequence[int | None]) -> Tensor:
    """Rows [n, d] less the mean of those of the same label."""
    import torch

    made = rows.clone()
    for label in set(labels):
        own = torch.tensor([each == label for each in labels])
        made[own] -= rows[own].mean(0)
    return made


def _activations(family: Family, w: Tensor) -> Tensor:
    """Early ones, pooled: [n, d]. What is compared where latents have no shape of their own."""
    from torch.nn import functional as F

    activations = family.features(w, 2 * FEATURE_SIDE).float()
    return F.adaptive_avg_pool2d(activations, FEATURE_SIDE).flatten(1).cpu()


def _solve(latents: Tensor, traits: Tensor, shape: tuple[int, int, int], copies: int) -> Directions:
    """Directions [count, slots, dim] of latents [n, slots * dim], or [n, dim] for `copies` slots
    that are alike."""
    import torch

    w = (latents - latents.mean(0)).double()
    scores, explained = principal(traits, shape[0], copies)
    covariance = w.T @ w / len(w)
    # Least squares of the latent on the scores; the scores are uncorrelated, so each alone.
    slopes = (w.T @ scores / len(w)).T
    ridge = 1e-9 * covariance.diagonal().mean().clamp_min(1e-12)
    solved = torch.linalg.solve(
        covariance + ridge * torch.eye(len(covariance), dtype=w.dtype), slopes.T
    ).T
    # Length that is one standard deviation: 1 in the space where the latents are white.
    white = (slopes * solved).sum(1).clamp_min(1e-30).sqrt()
    steps = slopes / white[:, None]
    length = steps.norm(dim=1).clamp_min(1e-30)
    vectors = steps / length[:, None]
    biggest = vectors.abs().argmax(dim=1)
    signs = vectors[torch.arange(len(vectors)), biggest].sign()
    vectors = (vectors * signs[:, None]).repeat(1, copies) * copies**-0.5
    # safetensors writes the memory as it lies, whatever the strides say.
    whole = vectors.float().contiguous().numpy().reshape(shape)
    return Directions(whole, length.float().numpy(), explained.float().numpy())


def principal(traits: Tensor, count: int, copies: int = 1) -> tuple[Tensor, Tensor]:
    """(scores [n, count], explained [count]) of the principal components of `traits` [n, d].

    Exact up to 1024 traits; beyond, by randomised subspace iteration (Halko et al. 2011,
    Alg. 4.4) from a fixed start, as a whole decomposition of 12,288 takes minutes. Each trait
    may stand for `copies` that are alike, 1 / sqrt(copies) as long: that is how they are counted.
    """
    import torch

    t = traits - traits.mean(0)
    if t.shape[1] * copies <= _EXACT:
        t = t.double()
        values, axes = torch.linalg.eigh(t.T @ t / len(t))
    else:
        start = torch.Generator().manual_seed(0)
        basis = torch.randn(t.shape[1] * copies, count + _SPARE, generator=start)
        basis = basis.view(copies, t.shape[1], -1).sum(0)
        for _ in range(_ROUNDS):
            basis = torch.linalg.qr(t.T @ (t @ basis)).Q
        seen = (t @ basis).double()
        values, inner = torch.linalg.eigh(seen.T @ seen / len(t))
        axes = basis.double() @ inner
    order = torch.argsort(values, descending=True)[:count]
    total = t.square().sum(dtype=torch.float64) / len(t)
    explained = values[order].clamp_min(0) / total.clamp_min(1e-30)
    return (t @ axes[:, order].to(t.dtype)).double(), explained


def _cache_path(player: Player, settings: str) -> Path | None:
    """In the cache of the project whose run the checkpoint belongs to, if it belongs to one."""
    parents = player.folder.absolute().parents
    if len(parents) < 4 or not (parents[3] / INDEX).is_file():
        return None
    name = f"{player.sha256[:32]}-{settings}-{_RECIPE}.safetensors"
    return inside(parents[3], "cache", "directions", name)


def _read(path: Path, shape: tuple[int, int, int]) -> Directions | None:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        stored = load_file(ordinary(path))
        found = Directions(*(stored[name] for name in _NAMES))
    except (OSError, SafetensorError, KeyError, ValueError):
        return None  # not there yet, or damaged: found again
    wanted = (shape, shape[:1], shape[:1])
    fits = tuple(getattr(found, name).shape for name in _NAMES) == wanted
    return found if fits else None


def _write(path: Path, found: Directions) -> None:
    from safetensors.numpy import save_file

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary:
            save_file({name: getattr(found, name) for name in _NAMES}, temporary)
    except (OSError, StudioError):
        pass  # a cache on a read-only place is a cache we do without
