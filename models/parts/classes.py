"""Classes: which one each picture has, and a learnt vector for each in adversarial families."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from models.base import Family
from models.draws import mixed_bits
from models.parameters import ParameterError
from models.train_state import TrainState


def labels_of(family: Family, state: TrainState) -> Tensor | None:
    """The classes int64 [N] of the batch of this step; None where the family has no classes."""
    if not family.image_spec.classes:
        return None
    if state.labels is None:
        raise ParameterError("The model has classes, and the pictures came without labels.")
    return state.labels


def labels_for(family: Family, n: int, seed: int, label: int | None) -> list[int | None]:
    """The class of each of `n` pictures, as `Family.sample` promises; None without classes.

    Raises :class:`ParameterError` for a class that there is not.
    """
    classes = family.image_spec.classes
    if not classes:
        return [None] * n
    if label is not None:
        if not 0 <= label < classes:
            raise ParameterError(
                "There is no label {label}: use 0 to {last}.", label=label, last=classes - 1
            )
        return [label] * n
    edges = family.class_shares.cpu().double().cumsum(0)
    places = torch.tensor([_place(family, seed + i) for i in range(n)], dtype=torch.float64)
    found = torch.searchsorted(edges, places * edges[-1], right=True).clamp_max(classes - 1)
    return [int(each) for each in found]


def _place(family: Family, seed: int) -> float:
    """Where in [0, 1) the seed of a picture points, to draw its class."""
    if family.image_spec.classes_apart or seed % (1 << 63) >> 32:
        return mixed_bits(~seed & (1 << 63) - 1) / (1 << 64)
    generator = torch.Generator().manual_seed(seed)
    return float(torch.rand((), dtype=torch.float64, generator=generator))


def class_vectors(classes: int, dim: int, std: float = 1.0) -> nn.Embedding | None:
    """A vector N(0, std) of `dim` numbers for each class; None where there are none."""
    if not classes:
        return None
    vectors = nn.Embedding(classes, dim)
    nn.init.normal_(vectors.weight, std=std)
    return vectors


def vectors_of(vectors: nn.Embedding, labels: Tensor | None, n: int) -> Tensor:
    """[n, dim] of the classes `labels` int64 [n]; None is the middle of them all."""
    if labels is None:
        return vectors.weight.mean(0).expand(n, -1)
    return vectors(labels)


def joined(vectors: nn.Embedding | None, z: Tensor, labels: Tensor | None) -> Tensor:
    """z [n, dim] followed by the vectors of its classes, [n, 2 dim]; z alone without classes."""
    if vectors is None:
        return z
    return torch.cat([z, vectors_of(vectors, labels, len(z)).to(z.dtype)], 1)


def renamed(
    tensors: Mapping[str, Tensor],
    before: Sequence[str],
    after: Sequence[str],
    own: Sequence[str] = (),
) -> dict[str, Tensor]:
    """A model's tensors with the classes called `before` for one whose classes are `after`.

    What is known of a class goes to the one of the same name; any other begins in the middle
    of all that are known. `own` are the family's `class_tensors`.
    """
    places = [before.index(name) if name in before else -1 for name in after]

    def moved(name: str, rows: Tensor) -> Tensor:
        if not _has_rows(name, own) or len(rows) != len(before):
            return rows
        known = torch.cat([rows, rows.mean(0, keepdim=True)])
        return known[[len(before) if place < 0 else place for place in places]]

    if not before or not after or list(before) == list(after):
        return dict(tensors)
    return {name: moved(name, tensor) for name, tensor in tensors.items()}


def _has_rows(name: str, own: Sequence[str]) -> bool:
    """Whether a tensor called so has a row for each class; `_v` of a spectral norm has not."""
    last = name.rpartition(".")[2]
    vectors = "classes" in name.split(".") and last != "_v"
    return vectors or last.startswith("class_") or last in own


def joined_to_drawn(
    family: Family, vectors: nn.Embedding | None, z: Tensor, seed: int, label: int | None
) -> Tensor:
    """z [n, dim] of the seeds from `seed` on as `Family.sample` gives it: [n, 1, dim or 2 dim]."""
    if vectors is None:
        return z.unsqueeze(1)
    labels = torch.tensor(labels_for(family, len(z), seed, label), device=z.device)
    return joined(vectors, z, labels.long()).unsqueeze(1)


def joined_to_all(vectors: nn.Embedding | None, z: Tensor, label: int | None) -> Tensor:
    """z [n, dim] of one class as `Family.map` gives it: [n, 1, dim or 2 dim]."""
    labels = None if label is None else torch.full((len(z),), label, device=z.device)
    return joined(vectors, z, labels).unsqueeze(1)
