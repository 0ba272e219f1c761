"""Training an enlarger for a run: what the command line and the window start."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine import devices
from studio.engine.errors import ReadOnlyError
from studio.engine.project import Project
from studio.engine.refinement.enlarger import card as cards
from studio.engine.refinement.enlarger.card import Card
from studio.engine.said import Said

if TYPE_CHECKING:
    from torch import Tensor

    from studio.engine.refinement.enlarger.descent import Descent
    from studio.engine.refinement.enlarger.originals import Material

DEFAULT_SCALE, DEFAULT_MINUTES = 4, 15.0
CHECKS = 10
"""So often it is measured and kept on the way: what a power cut leaves behind."""
_LOOKED_AT, _MEASURED = 8, 24


@dataclass(frozen=True)
class Order:
    """What is to be learnt."""

    run: str
    scale: int = DEFAULT_SCALE
    minutes: float = DEFAULT_MINUTES
    device: str = "auto"
    seed: int = 0
    width: int = 32
    blocks: int = 8


@dataclass(frozen=True)
class Learned:
    """What came of it. `steps` says how far it got when it was stopped."""

    path: Path
    card: Card
    stopped: bool

    @property
    def warning(self) -> Said | None:
        """Where the model is too soft to gain much."""
        if not self.card.is_soft:
            return None
        return Said(
            "The pictures of this model have {percent} % of the fine detail of its originals: "
            "enlarging makes them larger, not richer. Train the model longer first.",
            percent=round(100 * self.card.detail),
        )


Advance = Callable[[int, int, Said | None], None]


def learn(
    project: Project, order: Order, advance: Advance, cancelled: Callable[[], bool]
) -> Learned:
    """Train an enlarger on the originals of a run and keep it with the run.

    When it is cancelled after its first steps, what it learnt by then is kept. Raises
    :class:`StudioError`, and `PreparationCancelled` before the first step; then nothing is kept.
    """
    from models.enlarger.network import Enlarger
    from studio.engine.generation.player import Player
    from studio.engine.refinement.enlarger.descent import Descent
    from studio.engine.refinement.enlarger.originals import material
    from studio.engine.training.planning import runs
    from studio.engine.training.record import checkpoint

    if project.read_only_reason:
        raise ReadOnlyError(project.read_only_reason)
    run = runs.run(project, order.run)
    player = Player.open(checkpoint.required(run.folder, order.run), order.device)

    def reading(done: int, total: int) -> None:
        advance(0, 0, Said("{n} of {n_all} originals read", n=done, n_all=total))

    found = material(project, order.run, player, order.scale, reading, cancelled)
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(order.seed)
        network = Enlarger(order.scale, order.width, order.blocks)
    descent = Descent(network, found.train, devices.choose(order.device), order.seed)
    about = Card(
        run=order.run, dataset=run.dataset, scale=order.scale,
        width=order.width, blocks=order.blocks, mends=found.mends,
        checkpoint_sha256=player.sha256, pictures=len(found.train), steps=0, seconds=0.0,
        psnr=0.0, psnr_lanczos=0.0, has_sharp=False, detail=found.detail,
    )  # fmt: skip
    return _Session(run.folder, about, descent, found).run(order.minutes * 60, advance, cancelled)


class _Session:
    """Steps until the time is over, measured and kept now and then."""

    def __init__(self, folder: Path, about: Card, descent: Descent, found: Material) -> None:
        self._folder, self._about, self._descent, self._found = folder, about, descent, found
        self._kept: Path | None = None
        self._card = about

    def run(self, seconds: float, advance: Advance, cancelled: Callable[[], bool]) -> Learned:
        began, checked, stopped, note = time.monotonic(), 0, False, None
        while True:
            done = (time.monotonic() - began) / seconds
            stopped = done < 1 and cancelled()
            if done >= 1 or stopped:
                break
            self._descent.step(done)
            if int(done * CHECKS) > checked:
                checked = int(done * CHECKS)
                self._keep(time.monotonic() - began, _LOOKED_AT)
                note = Said("{gain:+.1f} dB gained", gain=self._card.psnr - self._card.psnr_lanczos)
            # In steps, so that their rate can be said; how many there will be follows from it.
            advance(self._descent.steps, round(self._descent.steps / max(done, 1e-6)), note)
        self._keep(time.monotonic() - began, _MEASURED)
        assert self._kept is not None
        return Learned(self._kept, self._card, stopped)

    def _keep(self, seconds: float, pictures: int) -> None:
        from studio.engine.refinement.enlarger.descent import measured

        descent, before = self._descent, self._kept
        ours, theirs = measured(descent.faithful.to("cpu"), self._found.held_out, pictures)
        descent.faithful.to(descent.device)
        self._card = self._about.model_copy(
            update={
                "steps": descent.steps, "seconds": round(seconds, 1), "psnr": round(ours, 3),
                "psnr_lanczos": round(theirs, 3), "has_sharp": descent.sharp is not None,
            }
        )  # fmt: skip
        self._kept = cards.keep(self._folder, self._card, self._tensors())
        self._card = cards.read(self._kept)
        if before is not None and before != self._kept:
            cards.drop(before)

    def _tensors(self) -> dict[str, Tensor]:
        named = {
            cards.FAITHFUL + name: value
            for name, value in self._descent.faithful.state_dict().items()
        }
        if self._descent.sharp is not None:
            for name, value in self._descent.sharp.state_dict().items():
                named[cards.SHARP + name] = value
        return named
