"""A model as it leaves: what it draws from, what it needs to be told, where it is from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.facts import Ability
from studio.engine.dataset.papers.dataset_card import JSON_NAME
from studio.engine.door import read_text
from studio.engine.training.foreign import origin
from studio.engine.training.foreign.origin import Origin
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint, checkpoint_model
from studio.engine.training.record.checkpoint import State

if TYPE_CHECKING:
    from torch import Tensor, nn

    from models.base import Family

EXAMPLES = 2
"""Pictures that a program is traced with: with one, their number would be fixed."""


@dataclass(frozen=True)
class Portable:
    """A verified checkpoint that can only generate, on the processor, in full precision."""

    family: Family
    state: State
    origin: Origin | None = None
    licences: tuple[tuple[str, int], ...] = ()
    """Of the pictures that it learnt from: a licence, and how many."""
    note: str = ""
    """What the artist wrote down about the run."""

    @classmethod
    def of(cls, folder: Path, run: Path | None = None) -> Portable:
        """Raises :class:`StudioError` for a damaged one."""
        saved = checkpoint.verify(folder, whole=False)
        family = checkpoint_model.load_model(saved, "cpu", whole=False)
        for name in family.kept_back:  # a program has all tensors, also those that none asks for
            family.get_buffer(name).zero_()
        made = origin.load(run) if run is not None else None
        note = runs.note_of(run) if run is not None else ""
        return cls(family, saved.state, made, _licences(run), note)

    @property
    def first(self) -> str:
        """What a picture is drawn from: `z`, normal numbers, or `w`, a latent as it is."""
        return "z" if self.family.chance else "w"

    @property
    def truncates(self) -> bool:
        return Ability.TRUNCATION in self.family.latent.abilities

    @property
    def inputs(self) -> dict[str, tuple[int | str, ...]]:
        """Shapes by name, in the order in which the network takes them; `n` is any number."""
        spec = self.family.latent
        found: dict[str, tuple[int | str, ...]] = {}
        chance = self.family.chance
        found[self.first] = ("n", chance) if chance else ("n", spec.slots, spec.dim)
        if self.truncates:
            found["psi"] = ()
        for place, side in enumerate(self.family.noise_sides()):
            found[f"noise_{place}"] = (1, 1, *side)
        return found

    @property
    def picture(self) -> tuple[int | str, ...]:
        """The shape of what comes out."""
        spec = self.family.image_spec
        return ("n", spec.channels, spec.height, spec.width)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """For programs: how the networks are put together, and what goes in and comes out."""
        state = self.state
        return {
            "format": 1, "family": state["family"], "config": state["config"],
            "image_spec": state["image_spec"], "labels": state.get("labels", []),
            "images_seen": state.get("images_seen", 0), "inputs": self.inputs,
            "slots": self.family.latent.slots, "dim": self.family.latent.dim,
        }  # fmt: skip

    def network(self) -> nn.Module:
        """One module of (first, psi where it truncates, noise) to pictures, about [-1, 1]."""
        return _network(self.family, truncates=self.truncates)

    def examples(self, count: int = EXAMPLES) -> tuple[Any, ...]:
        """Arguments of the network for so many pictures; always the same numbers."""
        import torch

        chance = torch.Generator().manual_seed(0)
        family = self.family
        if family.chance:
            first = torch.randn(count, family.chance, generator=chance)
        else:
            first = family.sample(count, 0).cpu().clone()
        noise = [torch.randn(1, 1, *side, generator=chance) for side in family.noise_sides()]
        psi = (torch.tensor(0.7),) if self.truncates else ()
        return (first, *psi, noise)

    def tensors(self) -> dict[str, Tensor]:
        """All weights that drawing asks, by their names in a checkpoint."""
        held, own = self.family.state_dict(), self.family.kept_back
        return {n: tensor for n, tensor in held.items() if not tensor.is_meta and n not in own}


def _network(family: Family, *, truncates: bool) -> nn.Module:
    import torch
    from torch import nn

    class Network(nn.Module):
        mean: torch.Tensor

        def __init__(self) -> None:
            super().__init__()
            self.family = family
            self.register_buffer("mean", family.w_mean().detach().clone(), persistent=False)

        def forward(self, first: torch.Tensor, *rest: Any) -> torch.Tensor:
            w = family.map(first) if family.chance else first
            if truncates:
                w = self.mean + rest[0] * (w - self.mean)
            picture: torch.Tensor = family.draw_with(w, rest[-1])
            return picture

    return Network().eval()


def _licences(run: Path | None) -> tuple[tuple[str, int], ...]:
    if run is None:
        return ()
    try:
        counts = json.loads(read_text(run / JSON_NAME))["rights"]["licence"]
        return tuple((str(name), int(n)) for name, n in counts.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ()
