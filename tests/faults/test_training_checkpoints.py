"""Checkpoints under fire: cut and zeroed files, a full disk, death in every call of a save."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from studio.engine import files
from studio.engine.errors import StudioError
from studio.engine.training.record import checkpoint

STATE = {"family": "vae", "images_seen": 0}


class Killed(BaseException):
    """What a test raises where the process would have died."""


def save(run: Path, value: float, **more: object) -> checkpoint.Saved:
    """A checkpoint whose every number is `value`."""
    model = {"weights": torch.full((64,), value)}
    training = {"moments": torch.full((32,), value)}
    return checkpoint.save(run, model, training, {**STATE, "images_seen": int(value), **more})


def newest(run: Path) -> int:
    """The pictures seen of what would be loaded, its tensors read as well."""
    saved = checkpoint.load_latest(run)
    assert saved is not None
    model = checkpoint.read_tensors(saved.folder / checkpoint.MODEL)
    training = checkpoint.read_tensors(saved.folder / checkpoint.TRAINING)
    assert set(model["weights"].tolist()) == {float(saved.images_seen)}
    assert set(training["moments"].tolist()) == {float(saved.images_seen)}
    return saved.images_seen


@pytest.mark.parametrize("name", [checkpoint.MODEL, checkpoint.TRAINING, checkpoint.STATE])
def test_a_cut_file_means_the_generation_before(tmp_path: Path, name: str) -> None:
    save(tmp_path, 1)
    path = save(tmp_path, 2).folder / name
    whole = path.read_bytes()
    for percent in range(100):
        path.write_bytes(whole[: len(whole) * percent // 100])
        assert newest(tmp_path) == 1, f"cut at {percent} %"
    path.write_bytes(whole)
    assert newest(tmp_path) == 2


@pytest.mark.parametrize("name", [checkpoint.MODEL, checkpoint.TRAINING, checkpoint.STATE])
def test_a_zeroed_tail_means_the_generation_before(tmp_path: Path, name: str) -> None:
    save(tmp_path, 1)
    path = save(tmp_path, 2).folder / name
    whole = path.read_bytes()
    for percent in range(100):
        kept = len(whole) * percent // 100
        zeroed = whole[:kept] + bytes(len(whole) - kept)
        path.write_bytes(zeroed)
        # The last number of a file may be made of zeros as it is.
        assert newest(tmp_path) == (2 if zeroed == whole else 1), f"zeroed from {percent} %"


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "{}", "12", '{"check": 1}', '{"files": [], "check": ""}',
        '{"check": "", "files": {"model.safetensors": null}, "format": 1}', "[" * 100_000, "\x00",
    ],
)  # fmt: skip
def test_a_state_that_is_nonsense_means_the_generation_before(tmp_path: Path, text: str) -> None:
    save(tmp_path, 1)
    (save(tmp_path, 2).folder / checkpoint.STATE).write_text(text)
    assert newest(tmp_path) == 1


def test_one_changed_digit_of_a_counter_is_noticed(tmp_path: Path) -> None:
    saved = save(tmp_path, 2, step=1234)
    path = saved.folder / checkpoint.STATE
    path.write_text(path.read_text().replace("1234", "1235"))
    with pytest.raises(StudioError, match=r"state\.json"):
        checkpoint.verify(saved.folder)
    assert checkpoint.load_latest(tmp_path) is None


def test_a_missing_file_names_it(tmp_path: Path) -> None:
    saved = save(tmp_path, 2)
    (saved.folder / checkpoint.TRAINING).unlink()
    with pytest.raises(StudioError, match=r"training\.safetensors"):
        checkpoint.verify(saved.folder)


def test_a_checkpoint_of_a_newer_program_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "FORMAT", 99)
    saved = save(tmp_path, 2)
    monkeypatch.undo()
    with pytest.raises(StudioError, match="newer"):
        checkpoint.verify(saved.folder)


def count_calls(monkeypatch: pytest.MonkeyPatch, failing: int, error: BaseException) -> list[str]:
    """Let call number `failing` of fsync, rename and mkdir raise; returns the calls made."""
    calls: list[str] = []

    def watch(owner: object, name: str) -> None:
        real: Callable[..., object] = getattr(owner, name)

        def call(*arguments: object, **options: object) -> object:
            calls.append(name)
            if len(calls) == failing:
                raise error
            return real(*arguments, **options)

        monkeypatch.setattr(owner, name, call)

    watch(os, "fsync")
    watch(Path, "rename")
    watch(Path, "mkdir")
    return calls


def test_death_at_any_call_of_a_save_leaves_the_old_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sweeps every call until one save comes through; the dead clean nothing up."""
    failing, seen = 0, set()
    while True:
        failing += 1
        run = tmp_path / str(failing)
        save(run, 1)
        with monkeypatch.context() as patch:
            patch.setattr(files.shutil, "rmtree", lambda *_, **__: None)
            calls = count_calls(patch, failing, Killed())
            try:
                save(run, 2)
                break
            except Killed:
                pass
        seen.add(newest(run))
        checkpoint.clear_unfinished(run)
        assert not list((run / "checkpoints").glob(".*"))
        save(run, 3)
        assert newest(run) == 3
        shutil.rmtree(run)
    assert {"fsync", "rename", "mkdir"} <= set(calls)
    assert failing > 5
    # Once the folder has its name, it counts, even though its parent was not yet synced.
    assert seen == {1, 2}


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_refusing_disk_is_one_sentence_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    save(tmp_path, 1)
    failing, told = 0, []
    while True:
        failing += 1
        with monkeypatch.context() as patch:
            calls = count_calls(patch, failing, OSError(code, os.strerror(code)))
            try:
                save(tmp_path, 2)
            except StudioError as error:
                told.append(str(error))
        if len(calls) < failing:
            break
        assert not list((tmp_path / "checkpoints").glob(".*"))
        assert newest(tmp_path) in (1, 2)
    assert len(told) == failing - 1 > 5
    assert all(os.strerror(code) in sentence for sentence in told)


def test_a_full_disk_inside_safetensors_is_a_sentence_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safetensors import SafetensorError

    def full(*_: object, **__: object) -> None:
        raise SafetensorError("I/O error: No space left on device (os error 28)")

    save(tmp_path, 1)
    monkeypatch.setattr("safetensors.torch.save_file", full)
    with pytest.raises(StudioError, match="No space left"):
        save(tmp_path, 2)
    assert [each.name for each in (tmp_path / "checkpoints").iterdir()] == ["000001"]
    assert newest(tmp_path) == 1


def test_the_last_three_the_best_and_the_pinned_are_kept(tmp_path: Path) -> None:
    scores = [5.0, 1.0, 4.0, None, 3.0, 2.0, None]
    for number, score in enumerate(scores, 1):
        saved = save(tmp_path, number, score=score)
        if number == 3:
            checkpoint.pin(saved.folder)
    checkpoint.keep_last(tmp_path)
    names = [int(each.name) for each in checkpoint.folders(tmp_path)]
    assert names == [2, 3, 5, 6, 7]
    assert newest(tmp_path) == 7


def test_generations_are_counted_and_never_dated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    year = 365 * 24 * 3600
    for number, moment in enumerate((year, -year, 0), 1):
        saved = save(tmp_path, number)
        os.utime(saved.folder, (1e9 + moment, 1e9 + moment))
    assert newest(tmp_path) == 3


def test_folders_that_are_no_generation_are_ignored(tmp_path: Path) -> None:
    save(tmp_path, 1)
    (tmp_path / "checkpoints" / "notes").mkdir()
    (tmp_path / "checkpoints" / "000009").write_text("a file")
    assert newest(tmp_path) == 1
    assert checkpoint.load_latest(tmp_path / "nowhere") is None
