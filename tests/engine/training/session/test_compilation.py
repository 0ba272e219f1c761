"""Translated networks: only where it pays, exactly resumed, and never the end of a run."""

from __future__ import annotations

import dataclasses
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from studio.engine.dataset.preparation.prepare import Prepared
from studio.engine.events import Checkpoint, Done, Health, Preflight
from studio.engine.training.record.recipe import Recipe
from studio.engine.training.session import compilation, trainer
from studio.engine.training.session.compilation import AS_WRITTEN
from studio.engine.training.session.preflight import preflight
from tests.engine.training.conftest import made_once, one_thread, project, run_of, vae
from tests.engine.training.support import Driven, assert_same, state_of

__all__ = ["made_once", "one_thread", "project", "run_of", "vae"]

# Dynamo asks tensors for gradients that may not be there, and traces what is cached.
pytestmark = [
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor"),
    pytest.mark.filterwarnings("ignore:Dynamo detected a call to a"),
]

EVERYTHING: dict[str, dict[str, Any]] = {
    "autoencoder": {"regulariser": "rae_gp"},
    "gan": {"reg_interval": 2},
    "stylegan2": {"reg_interval": 2, "path_weight": 2.0, "path_interval": 2},
    "fewshot_gan": {},
}


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everything but the machine code: traced and differentiated ahead of time, then run."""
    monkeypatch.setattr(compilation, "BACKEND", "aot_eager")
    monkeypatch.setattr(compilation, "TIMED_STEPS", 2)
    monkeypatch.setattr(compilation, "obstacle", lambda device: "")
    monkeypatch.setattr(logging.getLogger("torch.__trace"), "disabled", True)
    # What is traced may be remembered, and with it the pictures: they shall keep no file open.
    real = trainer.Pictures.__init__

    def begin(pictures: Any, prepared: Prepared, *arguments: Any, **options: Any) -> None:
        copied = dataclasses.replace(prepared, images=np.array(prepared.images))
        real(pictures, copied, *arguments, **options)

    monkeypatch.setattr(trainer.Pictures, "__init__", begin)
    yield
    torch.compiler.reset()


def insisting(run: Driven, **changes: Any) -> Driven:
    """The run with translated networks, whatever they gain."""
    config = {**Recipe.load(run.folder).config, **changes}
    run.change(compile="on", config=config, device="cpu")
    return run


def told(events: list[Any]) -> list[Health]:
    """What was said about speed."""
    return [each for each in events if isinstance(each, Health) and each.kind == "speed"]


@pytest.mark.parametrize("family", EVERYTHING)
def test_translated_runs_learn_the_same_and_resume_exactly(
    run_of: Callable[[str], Driven], tmp_path: Path, family: str
) -> None:
    """Every regulariser is due, those with gradients of gradients too."""
    run = insisting(run_of(family), **EVERYTHING[family])
    whole, plain = run.twin(tmp_path / "whole"), run.twin(tmp_path / "plain")
    plain.change(compile="off")
    events = whole.train()
    assert isinstance(events[-1], Done), events[-1]
    (said,) = told(events)
    assert said.action == "They run translated.", said.sentence
    if family == "gan":  # tracing takes long; one family has every kind of state
        assert run.stop_after(3)[-1].reason == "stopped"
        assert isinstance(run.train(resume=True)[-1], Done)
        assert_same(run.folder, whole.folder)
    assert told(plain.train()) == []
    facts, tensors = state_of(whole.folder)
    assert facts["compiled"]
    for key, wanted in state_of(plain.folder)[1].items():
        if key.startswith("model.safetensors:") and wanted.is_floating_point():
            torch.testing.assert_close(tensors[key], wanted, atol=1e-3, rtol=1e-2)


def test_measuring_leaves_no_trace(
    vae: Driven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compilation, "gain", lambda held: (held.step(), 1.0)[1])
    monkeypatch.setattr(compilation, "is_worth_trying", lambda *_: True)
    twin = vae.twin(tmp_path / "twin")
    twin.change(compile="off")
    twin.train()
    (said,) = told(vae.train())
    assert (said.sentence, said.action) == (
        "Networks translated for this machine are 1.00 times as fast.", AS_WRITTEN
    )  # fmt: skip
    assert_same(vae.folder, twin.folder)


def test_short_runs_and_machines_without_a_compiler_do_not_try(
    vae: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    cpu, cuda, mps = (torch.device(name) for name in ("cpu", "cuda", "mps"))
    assert not compilation.is_worth_trying(cpu, 30.0)
    assert compilation.is_worth_trying(cuda, 30.0)
    assert not compilation.is_worth_trying(cuda, None)
    assert not compilation.is_worth_trying(mps, 1e4)
    monkeypatch.undo()
    monkeypatch.setitem(os.environ, "PATH", "")
    monkeypatch.delenv("CXX", raising=False)
    assert compilation.obstacle(cpu).endswith("there is no compiler here.")
    assert "mps" in compilation.obstacle(mps)
    events = insisting(vae).train()
    (said,) = told(events)
    assert said.sentence == (
        "Networks cannot be translated for this machine: there is no compiler here."
    )
    assert said.action == AS_WRITTEN
    assert isinstance(events[-1], Done)
    assert not state_of(vae.folder)[0]["compiled"]


def test_what_cannot_be_translated_runs_as_it_is_written(
    vae: Driven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("C++ compile error")

    monkeypatch.setattr(compilation, "BACKEND", broken)
    plain = vae.twin(tmp_path / "plain")
    plain.train()
    events = insisting(vae).train()
    (said,) = told(events)
    assert said.sentence.startswith("Networks could not be translated for this machine (")
    assert said.action == AS_WRITTEN
    assert isinstance(events[-1], Done)
    one, two = state_of(vae.folder)[1], state_of(plain.folder)[1]
    assert all(torch.equal(one[key], two[key]) for key in one)


def test_what_fails_later_does_not_end_the_run(
    vae: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    insisting(vae).stop_after(2)

    def fails(net: nn.Module, **_: Any) -> None:
        def call(*arguments: Any) -> Tensor:
            raise RuntimeError("kernel cannot be loaded")

        net._compiled_call_impl = call

    monkeypatch.setattr(nn.Module, "compile", fails)
    events = vae.train(resume=True)
    assert isinstance(events[-1], Done), events[-1]
    (said,) = told(events)
    assert said.sentence == "The translated networks failed on this machine."
    assert not state_of(vae.folder)[0]["compiled"]


def test_a_pre_flight_says_which(vae: Driven) -> None:
    for way, compiled in (("on", True), ("off", False)):
        vae.change(compile=way)
        events = list(preflight(Recipe.load(vae.folder), vae.project_folder, lambda: None))
        (found,) = [each for each in events if isinstance(each, Preflight)]
        assert found.compiled is compiled
        assert not [each for each in events if isinstance(each, Checkpoint)]
