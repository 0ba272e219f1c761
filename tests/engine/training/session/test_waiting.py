"""A step never waits for the device: nothing in it asks for a number that only the device knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from studio.engine.training.planning.runs import pictures_of
from studio.engine.training.record.recipe import Recipe
from studio.engine.training.session.trainer import Trainer
from tests.engine.training.conftest import made_once, one_thread, project, run_of, vae
from tests.engine.training.support import TINY, Driven

__all__ = ["made_once", "one_thread", "project", "run_of", "vae"]

ATEN = torch.ops.aten
WAITING = {
    ATEN._local_scalar_dense.default,  # item(), float(), int(), bool(), if
    ATEN.nonzero.default, ATEN.masked_select.default, ATEN.equal.default, ATEN.is_nonzero.default,
    ATEN._unique2.default, ATEN.bincount.default,
    ATEN.repeat_interleave.Tensor,
}  # fmt: skip
EVERYTHING: dict[str, dict[str, Any]] = {
    "autoencoder": {"augment_colour": 0.5},
    "vae": {"augment_colour": 0.5},
    "gan": {"reg_interval": 1},
    "stylegan2": {"reg_interval": 1, "path_weight": 2.0, "path_interval": 1},
    "fewshot_gan": {"augment_cutout": 0.3},
}


class Watching(TorchDispatchMode):
    """Notes every operation whose answer, or whose shape, the host has to wait for."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        masks = func in (ATEN.index.Tensor, ATEN.index_put_.default) and any(
            isinstance(each, Tensor) and each.dtype == torch.bool for each in args[1]
        )
        if func in WAITING or masks:
            self.seen.append(str(func))
        return func(*args, **(kwargs or {}))


def trainer_of(run: Driven, **changes: Any) -> Trainer:
    """The run's trainer with other parameters."""
    recipe = Recipe.load(run.folder)
    recipe = recipe.model_copy(update={"config": {**recipe.config, **changes}, "device": "cpu"})
    return Trainer(recipe, pictures_of(run.project_folder, recipe))


@pytest.mark.parametrize("precision", ["fp32", "fp16"])
@pytest.mark.parametrize("family", TINY)
def test_a_step_never_waits(run_of: Callable[[str], Driven], family: str, precision: str) -> None:
    run = run_of(family)
    run.change(precision=precision)
    trainer = trainer_of(run, **EVERYTHING[family])
    trainer.step()
    # Optimisers on the processor keep their counters there, where reading them costs nothing.
    with Watching() as watching:
        for _ in range(5):
            trainer.step()
    assert watching.seen == []
    with Watching() as watching:
        assert trainer.averages.read()
    assert watching.seen == [], "tolist() is one transfer, not one for each number"


def test_the_watcher_sees_what_waits() -> None:
    with Watching() as watching:
        x = torch.ones(3)
        float(x.sum())
        if x[0] > 0:
            x[x > 0]
    assert len(watching.seen) == 3
