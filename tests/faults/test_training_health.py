"""Training under fire: bad numbers, no memory, a full disk, a lost device, odd commands."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from models.families.codec.vae import Vae
from studio.engine.events import (
    Checkpoint,
    CheckpointNow,
    Command,
    Done,
    Event,
    Failed,
    Health,
    Metrics,
    Resume,
    SampleNow,
    Samples,
    Set,
    Stage,
    Stop,
    from_line,
    to_line,
)
from studio.engine.project import Project
from studio.engine.training.planning import runs
from studio.engine.training.process.driver import run_training
from studio.engine.training.record import checkpoint
from studio.engine.training.record.recipe import Recipe
from tests.engine.training.conftest import made_once, one_thread, project, run_of, vae
from tests.engine.training.support import IMAGES, Driven, script, state_of

__all__ = ["made_once", "one_thread", "project", "run_of", "vae"]

Step = Callable[..., dict[str, torch.Tensor]]


def of_kind(events: list[Event], kind: str) -> list[Health]:
    """All warnings of a kind."""
    return [each for each in events if isinstance(each, Health) and each.kind == kind]


@pytest.fixture
def wrap(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Vae, Step, int], Any]], None]:
    """Put something around the VAE's step: it gets (family, step, number from 1)."""

    def install(around: Callable[[Vae, Step, int], Any]) -> None:
        real, number = Vae.training_step, 0

        def step(family: Vae, *arguments: Any) -> Any:
            nonlocal number
            number += 1
            return around(family, lambda: real(family, *arguments), number)

        monkeypatch.setattr(Vae, "training_step", step)

    return install


def test_a_run_whose_folder_is_deleted_makes_it_anew_and_can_go_on(vae: Driven) -> None:
    ordinary, asked = script({3: [CheckpointNow()]}), 0

    def commands() -> Command | None:
        nonlocal asked
        asked += 1
        if asked == 3:
            shutil.rmtree(vae.folder)
        return ordinary()

    events = vae.train(commands=commands)
    (told,) = of_kind(events, "disk")
    assert "deleted" in told.sentence
    assert isinstance(events[-1], Done)
    assert Recipe.load(vae.folder).family == "vae"
    assert checkpoint.load_latest(vae.folder) is not None


# ---------------------------------------------------------------------- bad numbers


def poison(family: Vae) -> None:
    """What a step with an infinite gradient does to the weights."""
    with torch.no_grad():
        next(family.encoder.parameters()).fill_(float("nan"))


def test_bad_numbers_go_back_to_the_last_checkpoint_at_half_the_rate(
    vae: Driven, wrap: Callable[..., None]
) -> None:
    def around(family: Vae, step: Step, number: int) -> Any:
        if number == 4:
            poison(family)
        return step()

    wrap(around)
    events = vae.train(commands=script({2: [CheckpointNow()], 4: [CheckpointNow()]}))
    (warning,) = of_kind(events, "nan")
    assert "half the rate" in warning.action
    end = events[-1]
    assert isinstance(end, Done)
    assert (end.reason, end.images_seen) == ("finished", IMAGES)
    plain, tensors = state_of(vae.folder)
    assert plain["config"]["lr"] == Recipe.load(vae.folder).config["lr"] / 2
    assert all(each.isfinite().all() for each in tensors.values() if each.is_floating_point())
    for folder in checkpoint.folders(vae.folder):
        for each in checkpoint.read_tensors(folder / checkpoint.MODEL).values():
            assert each.isfinite().all()


def test_bad_numbers_keep_what_the_artist_changed(vae: Driven, wrap: Callable[..., None]) -> None:
    def around(family: Vae, step: Step, number: int) -> Any:
        if number == 4:
            poison(family)
        return step()

    wrap(around)
    orders: dict[int, list[Command]] = {
        2: [CheckpointNow(), Set("kl_weight", 2.5)],
        4: [CheckpointNow()],
    }
    events = vae.train(commands=script(orders))
    assert of_kind(events, "nan")
    assert state_of(vae.folder)[0]["config"]["kl_weight"] == 2.5


def test_bad_numbers_that_come_back_end_the_run_with_a_sentence(
    vae: Driven, wrap: Callable[..., None]
) -> None:
    def around(family: Vae, step: Step, number: int) -> Any:
        values = step()
        poison(family)
        return values

    wrap(around)
    events = vae.train()
    end = events[-1]
    assert isinstance(end, Failed)
    assert "learning rate" in end.message
    assert len(of_kind(events, "nan")) >= 2
    assert end.checkpoint
    for each in checkpoint.read_tensors(Path(end.checkpoint) / checkpoint.MODEL).values():
        assert each.isfinite().all()


def test_a_loss_that_is_no_number_is_noticed_before_the_weights_are(
    vae: Driven, wrap: Callable[..., None]
) -> None:
    def around(family: Vae, step: Step, number: int) -> Any:
        values = step()
        return {**values, "loss": values["loss"] / 0} if number == 3 else values

    wrap(around)
    events = vae.train()
    assert len(of_kind(events, "nan")) == 1
    assert isinstance(events[-1], Done)


# ---------------------------------------------------------------------- memory and device


# Kinds and words, not errors: one that was raised holds on to everything in its traceback.
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (torch.OutOfMemoryError, "CUDA out of memory. Tried to allocate 2.00 GiB"),
        (RuntimeError, "DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 byte"),
        (MemoryError, ""),
    ],
)
def test_a_batch_that_does_not_fit_is_halved(
    vae: Driven, wrap: Callable[..., None], error: type[Exception], words: str
) -> None:
    sizes: list[int] = []

    def around(family: Vae, step: Step, number: int) -> Any:
        if number == 3:
            raise error(words)
        values = step()
        sizes.append(number)
        return values

    wrap(around)
    events = vae.train()
    (warning,) = of_kind(events, "memory")
    assert "2 pictures" in warning.action
    assert isinstance(events[-1], Done)
    assert events[-1].images_seen == IMAGES
    # As many pictures a step as before, in two parts.
    assert len(sizes) == 2 + (IMAGES - 8) // 2
    plain, _ = state_of(vae.folder)
    assert (plain["batch_size"], plain["part_size"]) == (4, 2)
    # Every picture handed out was learnt from.
    assert plain["position"] == IMAGES


def test_a_single_picture_that_does_not_fit_ends_the_run(
    vae: Driven, wrap: Callable[..., None]
) -> None:
    def around(family: Vae, step: Step, number: int) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory")

    wrap(around)
    events = vae.train()
    assert [each.action[-2:] for each in of_kind(events, "memory")]
    assert isinstance(events[-1], Failed)
    assert "smaller size" in events[-1].message
    assert Path(events[-1].checkpoint).is_dir()


def test_a_network_frozen_for_the_other_is_thawed_after_a_want_of_memory(
    run_of: Callable[[str], Driven], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The generator's turn freezes the critic; running out of memory there must not keep it so."""
    from models.families.gan.gan import Gan

    real, number = Gan._generator_step, 0

    def step(family: Gan, *arguments: Any) -> Any:
        nonlocal number
        number += 1
        if number == 2:
            family.critic.requires_grad_(False)
            raise torch.OutOfMemoryError("CUDA out of memory")
        return real(family, *arguments)

    monkeypatch.setattr(Gan, "_generator_step", step)
    events = run_of("gan").train()
    assert of_kind(events, "memory")
    assert isinstance(events[-1], Done)


def test_samples_that_do_not_fit_are_left_out(vae: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(Vae, "synthesize", full)
    events = vae.train()
    assert of_kind(events, "memory")
    assert not [each for each in events if isinstance(each, Samples)]
    assert isinstance(events[-1], Done)


@pytest.mark.parametrize(
    ("error", "words"),
    [(RuntimeError, "CUDA error: unknown error"), (ValueError, "odd"), (KeyError, "odd")],
)
def test_any_other_error_is_one_sentence_and_the_checkpoint_stays(
    vae: Driven, wrap: Callable[..., None], error: type[Exception], words: str
) -> None:
    def around(family: Vae, step: Step, number: int) -> Any:
        if number == 3:
            raise error(words)
        return step()

    wrap(around)
    end = vae.train(commands=script({2: [CheckpointNow()]}))[-1]
    assert isinstance(end, Failed)
    assert "Resume the run" in end.message or "resume the run" in end.message
    assert "\n" not in end.message
    assert error.__name__ in end.detail
    assert checkpoint.verify(Path(end.checkpoint)).images_seen == 8
    assert isinstance(vae.train(resume=True)[-1], Done)


# ---------------------------------------------------------------------- the disk


class Disk:
    """A disk that can be full: no fsync comes through."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = False
        real = os.fsync

        def fsync(descriptor: int) -> None:
            if self.full:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            real(descriptor)

        monkeypatch.setattr(os, "fsync", fsync)


def test_a_full_disk_pauses_and_resume_tries_again(
    vae: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    events: list[Event] = []
    orders = _orders(disk, events)
    from studio.engine.training.session.loop import train

    for event in train(vae.folder, vae.project_folder, lambda: next(orders), resume=False):
        events.append(event)
    first = events.index(of_kind(events, "disk")[0])
    assert "No space left" in events[first].sentence
    assert Stage("paused") in events[first:]
    assert len(of_kind(events, "disk")) == 2
    assert isinstance(events[-1], Done)
    assert events[-1].images_seen == IMAGES
    landed = [each for each in events[first:] if isinstance(each, Checkpoint)]
    assert landed[0].images_seen == 8


def _orders(disk: Disk, events: list[Event]) -> Iterator[Command | None]:
    """Two steps; a checkpoint onto a full disk; resume in vain; make room; resume."""
    yield None
    yield None
    disk.full = True
    yield CheckpointNow()
    yield None
    yield None
    yield Resume()
    yield None
    assert len(of_kind(events, "disk")) == 2
    disk.full = False
    yield Resume()
    while True:
        yield None


def test_a_disk_still_full_at_the_end_fails_and_keeps_the_old(
    vae: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    vae.stop_after(2)
    disk = Disk(monkeypatch)
    disk.full = True
    end = vae.train(resume=True, commands=script({1: [Stop()]}))[-1]
    assert isinstance(end, Failed)
    assert "No space left" in end.message
    disk.full = False
    newest = checkpoint.load_latest(vae.folder)
    assert newest is not None
    assert newest.images_seen == 8
    assert str(newest.folder) == end.checkpoint


def test_a_full_disk_does_not_hang_a_run_without_a_window(
    vae: Driven, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is there to press resume."""
    disk = Disk(monkeypatch)
    orders = script({2: [CheckpointNow()]})

    def ask() -> Command | None:
        command = orders()
        disk.full = disk.full or command is not None
        return command

    end = run_training(project, vae.folder.name, resume=False, commands=ask)
    assert isinstance(end, Failed)
    assert "No space left" in end.message
    assert checkpoint.load_latest(vae.folder) is not None
    row = runs.run(project, vae.folder.name)
    assert (row.status, row.message) == ("failed", end.message)


def test_one_refused_checkpoint_is_no_polite_end(
    vae: Driven, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is room again for the last one, but nobody asked the run to end."""
    disk = Disk(monkeypatch)
    orders = script({2: [CheckpointNow()]})

    def ask() -> Command | None:
        command = orders()
        disk.full = disk.full or command is not None
        return command

    def free(event: Event) -> None:
        disk.full = disk.full and not isinstance(event, Health)

    end = run_training(project, vae.folder.name, resume=False, commands=ask, on_event=free)
    assert isinstance(end, Failed)
    assert "No space left" in end.message
    newest = checkpoint.load_latest(vae.folder)
    assert newest is not None
    assert (str(newest.folder), newest.images_seen) == (end.checkpoint, 8)
    assert runs.run(project, vae.folder.name).status == "failed"


def test_samples_that_cannot_be_written_do_not_end_the_run(vae: Driven) -> None:
    (vae.folder / "samples").write_text("in the way")
    events = vae.train()
    assert of_kind(events, "disk")
    assert isinstance(events[-1], Done)


def test_a_damaged_checkpoint_means_the_one_before(vae: Driven) -> None:
    vae.stop_after(2)
    vae.stop_after(2, resume=True)
    newest = checkpoint.folders(vae.folder)[-1]
    (newest / checkpoint.MODEL).write_bytes(b"")
    end = vae.train(resume=True)[-1]
    assert isinstance(end, Done)
    assert end.images_seen == IMAGES


def test_no_checkpoint_left_that_can_be_read(vae: Driven) -> None:
    vae.stop_after(2)
    for folder in checkpoint.folders(vae.folder):
        (folder / checkpoint.STATE).write_bytes(b"\0" * 40)
    end = vae.train(resume=True)[-1]
    assert isinstance(end, Failed)
    assert "restore" in end.message
    assert end.checkpoint == ""


# ---------------------------------------------------------------------- recipe, cache, diary


@pytest.mark.parametrize("text", ["", "run = ", "run = 3", "\x00", "a = {" * 2000, "[" * 5000])
def test_a_damaged_recipe_names_the_file(vae: Driven, text: str) -> None:
    (vae.folder / "recipe.toml").write_text(text)
    end = vae.train()[-1]
    assert isinstance(end, Failed)
    assert "recipe.toml" in end.message


def test_a_missing_recipe_names_the_file(vae: Driven) -> None:
    (vae.folder / "recipe.toml").unlink()
    end = vae.train()[-1]
    assert isinstance(end, Failed)
    assert "recipe.toml" in end.message


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"family": "nonsense"}, "nonsense"),
        ({"config": {"lr": -1.0}}, "lr"),
        ({"config": {"nonsense": 1}}, "nonsense"),
        ({"device": "nonsense"}, "nonsense"),
    ],
)
def test_an_impossible_recipe_is_one_sentence(vae: Driven, changes: dict, word: str) -> None:
    vae.change(**changes)
    end = vae.train()[-1]
    assert isinstance(end, Failed)
    assert word in end.message


def test_a_deleted_cache_is_made_again(vae: Driven, project: Project) -> None:
    vae.stop_after(2)
    shutil.rmtree(project.folder / "cache")
    end = vae.train(resume=True)[-1]
    assert isinstance(end, Done)


def test_a_torn_diary_line_is_dropped_and_nothing_is_doubled(vae: Driven) -> None:
    vae.stop_after(3)
    diary = vae.folder / "stats.jsonl"
    later = to_line(Metrics(99, {"loss": 1.0}))
    diary.write_text(diary.read_text() + later + "\n" + later[:20])
    vae.train(resume=True)
    noted = [from_line(line) for line in diary.read_text().splitlines()]
    assert max(each.images_seen for each in noted) == IMAGES
    landed = [each for each in noted if isinstance(each, Checkpoint)]
    assert [each.images_seen for each in landed] == [12, IMAGES]
    losses = [each for each in noted if isinstance(each, Metrics) and "loss" in each.values]
    measured = [each.images_seen for each in losses]
    assert len(measured) == len(set(measured)) > 0
    # Named from inside the run's folder, which may be moved.
    sheets = [each for each in noted if isinstance(each, Samples)]
    assert all((vae.folder / each.path).is_file() for each in sheets)
    assert not any(Path(each.path).is_absolute() for each in (*sheets, *landed))


# ---------------------------------------------------------------------- commands


def test_what_is_not_live_or_out_of_range_is_refused(vae: Driven) -> None:
    orders: dict[int, list[Command]] = {
        1: [
            Set("latent_dim", 16), Set("nonsense", 1), Set("lr", -1.0), Set("lr", "fast"),
            Set("lr", float("nan")), Set("lr", 2e-3),
        ]
    }  # fmt: skip
    events = vae.train(commands=script(orders))
    refused = of_kind(events, "refused")
    assert len(refused) == 5
    assert "latent_dim" in refused[0].sentence
    assert "nonsense" in refused[1].sentence
    assert all("lr" in each.sentence for each in refused[2:])
    assert len(of_kind(events, "changed")) == 1
    assert state_of(vae.folder)[0]["config"]["lr"] == 2e-3


def test_a_changed_parameter_survives_the_resume(vae: Driven) -> None:
    vae.train(commands=script({1: [Set("lr", 2e-3)], 3: [Stop()]}))
    vae.train(resume=True)
    assert state_of(vae.folder)[0]["config"]["lr"] == 2e-3


def test_samples_and_checkpoints_on_request(vae: Driven) -> None:
    from PIL import Image

    vae.change(sample_every_seconds=1e6, checkpoint_every_seconds=1e6)
    events = vae.train(commands=script({2: [SampleNow(), CheckpointNow()]}))
    sheet = next(each for each in events if isinstance(each, Samples) and each.images_seen == 8)
    assert Path(sheet.path) == vae.folder / "samples" / "000000008.png"
    with Image.open(sheet.path) as image:
        assert image.size == (16 * sheet.columns, 16 * sheet.count // sheet.columns)
    landed = next(each for each in events if isinstance(each, Checkpoint))
    assert landed.images_seen == 8
    assert landed.sha256 == checkpoint.verify(Path(landed.path)).sha256
