"""Every parameter that is safe to change while a run goes on can be, and resumes exactly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from models import base
from models.parameters import Param, Value
from studio.engine.events import Checkpoint, CheckpointNow, Done, Health, Progress, Set, Stop
from studio.engine.training.record.recipe import CHECKPOINT_EVERY, Recipe
from studio.engine.training.session import loop
from tests.engine.training.conftest import made_once, one_thread, project, run_of, vae
from tests.engine.training.support import TINY, Driven, assert_same, script, state_of

__all__ = ["made_once", "one_thread", "project", "run_of", "vae"]

FIXED = {
    "latent_dim", "top_width", "width", "blocks", "patch", "fine_blocks", "group_size",
    "mapping_layers", "seamless", "sharp", "layout", "dark_edge", "clamp", "own_noise",
}  # fmt: skip
"""What decides the shape of the networks, of their optimisers, or of their borders; and what a
network made elsewhere is built with."""


def other(declared: Param, value: Value) -> Value:
    """Another value that the parameter accepts, not far away."""
    if declared.kind is bool:
        return not value
    if declared.choices:
        return next(each for each in declared.choices if each != value)
    number = float(value)
    if declared.kind is int:
        return int(number) + (1 if declared.high is None or number < declared.high else -1)
    if declared.high is None or 1.5 * number + 0.05 <= declared.high:
        return 1.5 * number + 0.05
    return max(declared.low or 0.0, number / 2)


@pytest.mark.parametrize("family", TINY)
def test_only_the_shape_of_the_networks_is_fixed(family: str) -> None:
    declared = base.family(family).Config.params()
    assert {name for name, each in declared.items() if not each.live} == FIXED & set(declared)


@pytest.mark.parametrize("family", TINY)
def test_all_of_them_change_in_one_run_and_resume_exactly(
    run_of: Callable[[str], Driven], tmp_path: Path, family: str
) -> None:
    run = run_of(family)
    config = Recipe.load(run.folder).config
    declared = base.family(family).Config.params()
    wanted = {name: other(each, config[name]) for name, each in declared.items() if each.live}
    run.change(total_images=48)
    whole = run.twin(tmp_path / "whole")
    orders = [Set(name, value) for name, value in wanted.items()]
    events = whole.train(commands=script({2: list(orders)}))
    end = events[-1]
    assert isinstance(end, Done), end
    told = [event.kind for event in events if isinstance(event, Health)]
    assert told == ["changed"] * len(orders)
    kept = state_of(whole.folder)[0]["config"]
    assert {name: kept[name] for name in wanted} == pytest.approx(wanted)
    run.train(commands=script({2: list(orders), 4: [Stop()]}))
    assert isinstance(run.train(resume=True)[-1], Done)
    assert_same(run.folder, whole.folder)


def test_a_batch_of_another_size_counts_as_such(vae: Driven) -> None:
    """2 steps of 4 pictures, then of 8."""
    vae.change(total_images=40)
    events = vae.train(commands=script({2: [Set("batch_size", 8)], 4: [Stop()]}))
    (said,) = [str(event.sentence) for event in events if isinstance(event, Health)]
    label = base.family("vae").Config.params()["batch_size"].label
    assert said == f"{label} (batch_size) is now 8."
    end = events[-1]
    assert isinstance(end, Done)
    assert end.images_seen == 2 * 4 + 2 * 8
    plain = state_of(vae.folder)[0]
    assert (plain["batch_size"], plain["part_size"], plain["position"]) == (8, 8, 24)
    (*_, last) = [event for event in vae.train(resume=True) if isinstance(event, Progress)]
    assert (last.step, last.images_seen) == (6, 40)


def test_what_would_be_lost_now_and_at_most_is_told(
    vae: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "PROGRESS_SECONDS", 0.0)
    vae.change(total_images=32)
    events = vae.train(commands=script({4: [CheckpointNow()]}))
    at = next(number for number, each in enumerate(events) if isinstance(each, Checkpoint))
    before = [each for each in events[:at] if isinstance(each, Progress)]
    after = [each for each in events[at:] if isinstance(each, Progress)]
    risks = [each.unsaved_seconds for each in before]
    assert risks == sorted(risks)
    assert risks[-1] > 0
    assert after[0].seconds - after[0].unsaved_seconds >= before[-1].seconds - 1e-6, "it is saved"
    assert after[-1].unsaved_seconds == 0
    assert {each.most_unsaved_seconds for each in (*before, *after)} == {CHECKPOINT_EVERY}
