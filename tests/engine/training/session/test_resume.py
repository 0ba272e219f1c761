"""Resuming is exact: `torch.equal`, wherever the run was interrupted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from studio.engine.events import CheckpointNow, Done, Event, Pause, Resume, SampleNow, Stop
from studio.engine.training.process.client import TrainingProcess
from studio.engine.training.record import checkpoint
from studio.engine.training.session.loop import train
from tests.engine.training.support import IMAGES, TINY, Driven, assert_same, script, state_of

STEPS = IMAGES // 4


@pytest.mark.parametrize("family", TINY)
@pytest.mark.parametrize("steps", [1, 2, 5])
def test_a_stopped_run_resumes_exactly(
    run_of: Callable[[str], Driven], tmp_path: Path, family: str, steps: int
) -> None:
    run = run_of(family)
    whole = run.twin(tmp_path / "whole")
    whole.train()
    assert run.stop_after(steps)[-1].reason == "stopped"
    end = run.train(resume=True)[-1]
    assert isinstance(end, Done)
    assert (end.reason, end.images_seen) == ("finished", IMAGES)
    assert_same(run.folder, whole.folder)


@pytest.mark.parametrize("family", TINY)
def test_a_run_cut_off_at_any_step_resumes_exactly(
    run_of: Callable[[str], Driven], tmp_path: Path, family: str
) -> None:
    """Nothing is saved at the end: as after SIGKILL, the last checkpoint is all there is."""
    run = run_of(family)
    whole = run.twin(tmp_path / "whole")
    whole.train()
    for step in range(1, STEPS):
        cut = run.twin(tmp_path / f"cut {step}")
        saves = script({2: [CheckpointNow()], 4: [CheckpointNow()]}, end=step)
        with pytest.raises(KeyboardInterrupt):
            list(train(cut.folder, cut.project_folder, saves, resume=False))
        assert isinstance(cut.train(resume=True)[-1], Done)
        assert_same(cut.folder, whole.folder)


@pytest.mark.parametrize("family", TINY)
def test_looking_does_not_change_training(
    run_of: Callable[[str], Driven], tmp_path: Path, family: str
) -> None:
    run = run_of(family)
    whole = run.twin(tmp_path / "whole")
    whole.train()
    look = {step: [SampleNow(), CheckpointNow(), Pause(), Resume()] for step in range(STEPS)}
    run.train(commands=script(look))
    assert_same(run.folder, whole.folder)


def test_training_changes_the_model_and_depends_on_the_seed(vae: Driven, tmp_path: Path) -> None:
    other = vae.twin(tmp_path / "other")
    other.change(seed=1)
    vae.train()
    other.train()
    _, one = state_of(vae.folder)
    _, two = state_of(other.folder)
    assert not all(torch.equal(one[key], two[key]) for key in one)


def test_a_run_of_minutes_resumes_with_its_time_and_plan(
    vae: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time passes only in steps here, 0.5 s each: 0.1 minutes are 12 steps."""
    clock = _Clock(monkeypatch)
    vae.change(total_images=None, minutes=0.1)
    first = vae.stop_after(5)[-1]
    assert isinstance(first, Done)
    assert first.seconds == pytest.approx(2.5)
    second = vae.train(resume=True)[-1]
    assert isinstance(second, Done)
    assert (second.reason, second.images_seen) == ("finished", 48)
    assert second.seconds == pytest.approx(6.0)
    assert clock.steps == 12


class _Clock:
    """A monotonic clock that every training step moves on by half a second."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from models.families.codec.vae import Vae
        from studio.engine.training.session import loop

        self.steps = 0
        step = Vae.training_step

        def slow(family: Vae, *arguments: object) -> object:
            self.steps += 1
            return step(family, *arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(Vae, "training_step", slow)
        monkeypatch.setattr(loop, "time", self)

    def monotonic(self) -> float:
        return 0.5 * self.steps

    def sleep(self, seconds: float) -> None:
        """Nobody waits here."""


def test_a_finished_run_goes_on_with_a_new_total(vae: Driven, tmp_path: Path) -> None:
    vae.train()
    assert vae.train(resume=True)[-1].images_seen == IMAGES
    end = vae.train(resume=True, total_images=2 * IMAGES)[-1]
    assert isinstance(end, Done)
    assert end.images_seen == 2 * IMAGES


def test_a_run_that_has_begun_is_not_started_again(vae: Driven) -> None:
    vae.stop_after(1)
    before = [each.name for each in checkpoint.folders(vae.folder)]
    end = vae.train()[-1]
    assert "resume it" in end.message
    assert [each.name for each in checkpoint.folders(vae.folder)] == before


def test_sigkill_of_the_process_then_resume(
    vae: Driven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real process, really killed, twice, at steps nobody chose."""
    # The order of sums depends on the number of threads.
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    vae.change(total_images=4000)
    whole = vae.twin(tmp_path / "whole")
    seen = 0
    for resume in (False, True):
        process = TrainingProcess(vae.folder, vae.project_folder, resume)
        process.start()
        try:
            process.send(CheckpointNow())
            _wait_for_checkpoint(process)
        finally:
            process.kill()
        newest = checkpoint.load_latest(vae.folder)
        assert newest is not None
        assert newest.images_seen >= seen
        seen = newest.images_seen
    vae.stop_after(2, resume=True)
    whole.stop_after(seen // 4 + 2)
    assert_same(vae.folder, whole.folder)


def _wait_for_checkpoint(process: TrainingProcess) -> None:
    kinds: list[type[Event]] = []
    while True:
        events = process.poll(30.0)
        assert events, "the training process says nothing"
        kinds += [type(each) for each in events]
        assert not any(isinstance(each, Done) for each in events)
        if any(type(each).__name__ == "Checkpoint" for each in events):
            return


def test_stop_while_paused_saves(vae: Driven) -> None:
    end = vae.train(commands=script({2: [Pause(), Stop()]}))[-1]
    assert isinstance(end, Done)
    assert (end.reason, end.images_seen) == ("stopped", 8)
    newest = checkpoint.load_latest(vae.folder)
    assert newest is not None
    assert newest.images_seen == 8
