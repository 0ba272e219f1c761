"""A run that begins with another one's weights; FreezeD; TensorBoard files."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import types
from pathlib import Path
from typing import Any

import pytest
import torch

from models import base
from models.image_spec import ImageSpec
from studio.engine.errors import StudioError, UsageError
from studio.engine.events import CheckpointNow, Done, Failed
from studio.engine.project import Project
from studio.engine.training.planning import runs, transfer
from studio.engine.training.process.driver import run_training
from studio.engine.training.record import checkpoint
from studio.engine.training.record.recipe import Recipe
from tests.engine.training.conftest import made_once, one_thread, project, run_of, vae
from tests.engine.training.support import TINY, Driven, assert_same, script, state_of

__all__ = ["made_once", "one_thread", "project", "run_of", "vae"]


def learn(project: Project, run: Driven, **options: Any) -> Driven:
    """A new run that begins where `run` stands."""
    given = {"images": 24, "width": 16, "height": 16, "family": "auto", **options}
    recipe = runs.create_run(project, "set", start_from=run.folder.name, **given)
    return Driven(runs.run(project, recipe.run).folder, project.folder)


def tensors_of(folder: Path, number: int) -> dict[str, torch.Tensor]:
    """The model of a generation."""
    return checkpoint.read_tensors(folder / "checkpoints" / f"{number:06d}" / checkpoint.MODEL)


@pytest.mark.parametrize("family", ["vae", "gan"])
def test_a_run_begins_with_the_weights_of_another(
    project: Project, run_of: Any, family: str
) -> None:
    old = run_of(family)
    old.stop_after(3)
    new = learn(project, old)
    recipe = Recipe.load(new.folder)
    assert recipe.family == family
    assert recipe.config == Recipe.load(old.folder).config
    best = checkpoint.load_best(old.folder)
    assert best is not None
    assert recipe.start_sha256 == best.sha256
    # It stands alone from here on.
    shutil.rmtree(old.folder)
    new.stop_after(0)
    before, after = checkpoint.read_tensors(new.folder / transfer.START), tensors_of(new.folder, 1)
    weights = [name for name in before if name.startswith(("decoder.", "generator.", "critic."))]
    assert weights
    assert all(torch.equal(before[name], after[name]) for name in weights)
    assert "transfer" in (new.folder / "stats.jsonl").read_text()
    assert isinstance(new.train(resume=True)[-1], Done)


def test_what_an_older_run_does_not_say_is_as_it_was_then(
    project: Project, vae: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Presets change between versions; networks of an older one have what was the default."""
    vae.stop_after(1)
    saved = checkpoint.load_best(vae.folder)
    assert saved is not None
    assert saved.state["config"].pop("patch") == 2
    monkeypatch.setattr(transfer, "source", lambda *_: saved)
    monkeypatch.setattr(transfer, "take_over", lambda *_: "")
    assert Recipe.load(learn(project, vae).folder).config["patch"] == 1


def test_another_size_takes_what_fits(project: Project, vae: Driven) -> None:
    vae.stop_after(2)
    new = learn(project, vae, width=32, height=32)
    new.stop_after(0)
    assert "% of its weights" in (new.folder / "stats.jsonl").read_text()
    before, after = checkpoint.read_tensors(new.folder / transfer.START), tensors_of(new.folder, 1)
    same = [n for n in before if n in after and before[n].shape == after[n].shape]
    assert 0 < len(same) < len(after)


def test_a_transfer_resumes_exactly(project: Project, run_of: Any, tmp_path: Path) -> None:
    old = run_of("gan")
    old.stop_after(2)
    new = learn(project, old, freeze=2)
    whole = new.twin(tmp_path / "whole")
    whole.train()
    new.stop_after(3)
    new.train(resume=True)
    assert_same(new.folder, whole.folder)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"family": "gan"}, "choose vae"),
        ({"overrides": {"width": 16, "top_width": 16, "latent_dim": 32}}, ""),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_written(
    project: Project, vae: Driven, changes: dict[str, Any], words: str, monkeypatch: Any
) -> None:
    vae.stop_after(1)
    if not words:
        monkeypatch.setattr(transfer, "fitting", lambda family, tensors: {})
        words = "same family"
    before = sorted(project.runs.rglob("*"))
    with pytest.raises(StudioError, match=words):
        learn(project, vae, **changes)
    assert sorted(project.runs.rglob("*")) == before


def test_a_run_without_a_checkpoint_cannot_be_learnt_from(project: Project, vae: Driven) -> None:
    with pytest.raises(StudioError, match="no checkpoint"):
        learn(project, vae)
    with pytest.raises(StudioError, match="There is no run"):
        runs.create_run(project, "set", "vae", 16, 16, images=8, start_from="nowhere")


def test_damaged_weights_are_a_sentence(project: Project, vae: Driven) -> None:
    vae.stop_after(1)
    new = learn(project, vae)
    (new.folder / transfer.START).write_bytes(b"nonsense")
    end = new.train()[-1]
    assert isinstance(end, Failed)
    assert transfer.START in end.message


# ---------------------------------------------------------------------- FreezeD


@pytest.mark.parametrize("family", ["gan", "stylegan2", "fewshot_gan"])
def test_frozen_layers_stay_and_the_others_move(run_of: Any, family: str) -> None:
    run = run_of(family)
    run.change(freeze=1)
    run.train(commands=script({4: [CheckpointNow()]}))
    first = tensors_of(run.folder, 1)
    _, last = state_of(run.folder)
    moved = {
        name: not torch.equal(first[name], last[f"{checkpoint.MODEL}:{name}"]) for name in first
    }
    stems = [name for name in first if name.startswith(("critic.stem.", "critic.fine.stem."))]
    weights = [name for name in stems if name.endswith((".weight", ".original", ".bias"))]
    assert weights
    assert not any(moved[name] for name in weights)
    assert any(moved[name] for name in first if name.startswith("critic.") and name not in stems)
    assert any(moved[name] for name in first if name.startswith("generator."))


def test_more_levels_freeze_more_and_encoders_have_none() -> None:
    def frozen(family: str, levels: int) -> int:
        kind = base.family(family)
        model = kind(kind.Config.from_mapping(TINY[family]), ImageSpec(3, 32, 32))
        return transfer.freeze(model, levels)

    for family in ("gan", "stylegan2", "fewshot_gan"):
        assert 0 == frozen(family, 0) < frozen(family, 1) <= frozen(family, 2)
    assert frozen("vae", 3) == 0


# ---------------------------------------------------------------------- TensorBoard


class Writer:
    """What tensorboardX's writer is to us."""

    made: list[Writer] = []

    def __init__(self, folder: str, purge_step: int) -> None:
        self.folder, self.purge_step, self.closed = folder, purge_step, False
        self.scalars: list[tuple[str, float, int]] = []
        self.texts: list[str] = []
        Writer.made.append(self)

    def add_scalar(self, name: str, value: float, step: int) -> None:
        self.scalars.append((name, value, step))

    def add_text(self, name: str, text: str, step: int) -> None:
        self.texts.append(text)

    def close(self) -> None:
        self.closed = True


def test_curves_go_to_tensorboard_when_asked_for(
    vae: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = types.ModuleType("tensorboardX")
    module.SummaryWriter = Writer  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tensorboardX", module)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: module)
    Writer.made.clear()
    vae.change(tensorboard=True)
    vae.stop_after(3)
    vae.train(resume=True)
    first, second = Writer.made
    assert {name for name, _, _ in first.scalars} >= {"loss", "mse", "kl"}
    assert (first.purge_step, second.purge_step) == (1, 13)
    assert min(step for _, _, step in second.scalars) > 12
    assert first.closed
    assert second.closed


def test_without_the_package_the_command_is_named(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match="extras install tensorboard"):
        runs.create_run(project, "set", "vae", 16, 16, images=8, tensorboard=True)


def test_real_event_files(project: Project) -> None:
    pytest.importorskip("tensorboardX", reason="the extra package is not installed")
    recipe = runs.create_run(
        project, "set", "vae", 16, 16, images=8, overrides=TINY["vae"], tensorboard=True
    )
    assert isinstance(run_training(project, recipe.run, resume=False), Done)
    assert list((project.runs / recipe.run / "tensorboard").glob("events.*"))
