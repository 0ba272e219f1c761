"""This process among several that train one run together, as `torchrun` started them.

Process 0 leads: it has the clock, the files and the user, and its step is everybody's. Before each
it says how it stands; the others take that step with it (:mod:`following`) and wait otherwise.
They read the project and never write in it. What a step shares is :mod:`models.learning.division`.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from studio.engine import devices
from studio.engine.errors import StudioError, UsageError
from studio.engine.training.session import memory

if TYPE_CHECKING:
    from torch import Tensor

    from models.base import Family
    from models.learning.division import Division
    from models.train_state import TrainState
    from studio.engine.training.record.checkpoint import State
    from studio.engine.training.record.recipe import Recipe

PATIENCE = timedelta(hours=1)
"""So long may the leader take over samples, or a machine be out of reach."""
ALIKE_EVERY = 256
"""Steps after which the others take over all that the leader has: machines of different kinds
round differently, and would drift apart."""
_STARTED_BY = "TORCHELASTIC_RUN_ID"
_WORDS = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")


class Lost(StudioError):  # noqa: N818  # named as what happened
    """Another process of the run has ended, or cannot be reached."""


@dataclass(frozen=True)
class Place:
    """The words of `torchrun`: rank, world size, and both on this machine alone."""

    rank: int
    count: int
    local_rank: int
    local_count: int

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def device(self, wanted: str) -> str:
        """torch's word for the device of this process: one of its own, or the processor."""
        kind = devices.choose(wanted).name.split(":")[0]
        if kind not in ("cpu", "cuda"):
            raise UsageError(
                "Several processes cannot share a run on {kind}: train in one, without torchrun, "
                "or with --device cpu.",
                kind=kind,
            )
        known = [each.name for each in devices.devices() if each.name.split(":")[0] == kind]
        if kind == "cpu":
            return kind
        if self.local_count > len(known):
            raise UsageError(
                "There are {n} processes and {m} devices ({kind}) on this machine: start as many "
                "processes as there are devices, or train with --device cpu.",
                n=self.local_count,
                m=len(known),
                kind=kind,
            )
        return known[self.local_rank]


def place() -> Place | None:
    """That of this process; None where it trains by itself."""
    if _STARTED_BY not in os.environ:
        return None
    found = Place(*(int(os.environ[word]) for word in _WORDS))
    return found if found.count > 1 else None


def failure(error: Exception, own: Place) -> StudioError:
    """The sentence of what ended the work of this process in a step."""
    from models.learning.division import PartnerLost

    if isinstance(error, PartnerLost):
        return _lost(error)
    if isinstance(error, RuntimeError | MemoryError) and memory.is_want_of(error):
        return StudioError(
            "The device of process {k} of {n} has too little memory for its part of a step; the "
            "last checkpoint is intact: resume the run with more processes, or start one with a "
            "smaller batch or size.",
            str(error),
            k=own.rank + 1,
            n=own.count,
        )
    return StudioError(
        "Process {k} of {n} failed in a step ({kind}); the last checkpoint is intact: resume the "
        "run.",
        repr(error),
        k=own.rank + 1,
        n=own.count,
        kind=type(error).__name__,
    )


class Shared(Protocol):
    """What a trainer has for the other processes."""

    family: Family
    state: TrainState

    def stand(self) -> State: ...

    def capture(self) -> tuple[dict[str, Tensor], dict[str, Tensor], State]: ...


class Ranks:
    """The line between the processes; what is said on it goes from the leader to all others."""

    def __init__(self, own: Place) -> None:
        """Waits for all of them."""
        import torch.distributed as dist

        from models.learning.division import Division

        self.own = own
        self.division: Division = Division(own.rank, own.count)
        self._is_midway = self._is_alike = False
        kinds = "cpu:gloo,cuda:nccl" if dist.is_nccl_available() else "gloo"
        with _reached():
            dist.init_process_group(kinds, timeout=PATIENCE)

    def begin(self, recipe: Recipe, family: Family) -> None:
        """Tell the others what is trained, once its pictures lie ready."""
        if not family.divided:
            raise StudioError(
                "The {name} family does not say which of its networks can be divided: train it in "
                "one process, without torchrun.",
                name=family.name,
            )
        self.tell({"recipe": recipe.written()})

    @contextlib.contextmanager
    def step(self, trainer: Shared) -> Iterator[None]:
        """A step that all take; the leader says how it stands."""
        if self.own.leads:
            self._lead(trainer)
        self._is_midway = True
        with self.division.of(trainer.family):
            yield
        self._is_midway = False

    def _lead(self, trainer: Shared) -> None:
        if self._is_alike and trainer.state.step % ALIKE_EVERY:
            self.tell({"state": trainer.stand()})
            return
        model, training, state = trainer.capture()
        named = {"model": dict(model), "training": training}
        lists = {
            name: [(key, str(t.dtype).removeprefix("torch."), list(t.shape)) for key, t in each]
            for name, each in ((name, tensors.items()) for name, tensors in named.items())
        }
        self.tell({"state": state, "tensors": lists})
        for tensors in named.values():
            for tensor in tensors.values():
                self._send(_bytes_of(tensor))
        self._is_alike = True

    def take_over(self, lists: Mapping[str, Any]) -> dict[str, dict[str, Tensor]]:
        """The tensors that the leader announced."""
        import torch

        found: dict[str, dict[str, Tensor]] = {}
        for name, entries in lists.items():
            found[name] = {}
            for key, kind, shape in entries:
                tensor = torch.empty(shape, dtype=getattr(torch, kind))
                self._send(tensor.view(-1).view(torch.uint8))
                found[name][key] = tensor
        return found

    def changed(self) -> None:
        """The leader stands elsewhere than a step would have led to."""
        self._is_alike = False

    def tell(self, order: Mapping[str, object]) -> None:
        import torch

        written = json.dumps(order).encode()
        self._send(torch.tensor([len(written)]))
        self._send(torch.frombuffer(bytearray(written), dtype=torch.uint8))

    def hear(self) -> dict[str, Any]:
        """The next order of the leader; empty where it lets go."""
        import torch

        length = torch.zeros(1, dtype=torch.int64)
        self._send(length)
        written = torch.empty(int(length), dtype=torch.uint8)
        self._send(written)
        order: dict[str, Any] = json.loads(bytes(written.tolist()))
        return order

    def leave(self) -> None:
        """The leader lets the others go; torn out of a step, all end as they are."""
        import torch.distributed as dist

        with contextlib.suppress(StudioError):
            if self.own.leads and not self._is_midway:
                self.tell({})
        with contextlib.suppress(RuntimeError):
            dist.destroy_process_group()

    @staticmethod
    def _send(tensor: Tensor) -> None:
        """From the leader; the others receive it in place."""
        import torch.distributed as dist

        with _reached():
            dist.broadcast(tensor, 0)


def _bytes_of(tensor: Tensor) -> Tensor:
    import torch

    return tensor.detach().cpu().contiguous().view(-1).view(torch.uint8)


def _lost(error: Exception) -> Lost:
    return Lost(
        "Another process of the run has ended or cannot be reached; the last checkpoint is "
        "intact: look at what that process said, then resume the run.",
        repr(error),
    )


@contextlib.contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        raise _lost(error) from error
