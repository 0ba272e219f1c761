"""The training process from both ends: a real child, and its parent with a scripted one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from studio.engine import processes
from studio.engine.errors import StudioError
from studio.engine.events import (
    Checkpoint,
    CheckpointNow,
    Done,
    Event,
    Failed,
    Metrics,
    Progress,
    Samples,
    Stage,
    Stop,
    from_line,
    to_line,
)
from studio.engine.project import Project
from studio.engine.training.process.client import TrainingProcess
from studio.engine.training.record import checkpoint
from tests.engine.training.support import IMAGES, Driven

PATIENCE = 60.0
T = TypeVar("T")


@pytest.fixture(autouse=True)
def small_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread is quickest for nets this small."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def until_the_end(process: TrainingProcess) -> list[Event]:
    """All events to the last one."""
    events: list[Event] = []
    deadline = time.monotonic() + PATIENCE
    while not any(isinstance(each, Done | Failed) for each in events):
        assert time.monotonic() < deadline, events
        events += process.poll(1.0)
    assert process.wait(PATIENCE)
    return events


def test_a_child_trains_while_its_parent_holds_the_project(
    project: Project, vae: Driven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert not project.read_only_reason
    process = TrainingProcess(vae.folder, vae.project_folder, False)
    process.start()
    events = until_the_end(process)
    end = events[-1]
    assert isinstance(end, Done)
    assert (end.reason, end.images_seen) == ("finished", IMAGES)
    assert events[0] == Stage("preparing")
    assert {Checkpoint, Metrics, Samples, Progress} <= {type(each) for each in events}
    assert checkpoint.verify(Path(end.checkpoint)).sha256 == end.sha256


@pytest.mark.parametrize("how", ["stop", "sigterm", "sigint", "parent gone", "parent deaf"])
def test_every_way_to_stop_saves_first(vae: Driven, how: str) -> None:
    vae.change(total_images=10**9)
    child = start_child(vae)
    assert child.stdin is not None
    assert child.stdout is not None
    lines = iter(child.stdout)
    wait_for(Progress, lines)
    if how == "stop":
        child.stdin.write(to_line(Stop()) + "\n")
        child.stdin.flush()
    elif how == "parent gone":
        child.stdin.close()
    elif how == "parent deaf":
        child.stdout.close()
    else:
        child.send_signal(signal.SIGTERM if how == "sigterm" else signal.SIGINT)
    if how != "parent deaf":
        assert wait_for(Done, lines).reason == "stopped"
    assert child.wait(PATIENCE) == 0
    child.stdout.close()
    child.stdin.close()
    newest = checkpoint.load_latest(vae.folder)
    assert newest is not None
    assert newest.images_seen > 0


def start_child(run: Driven, *, program: str = "") -> subprocess.Popen[str]:
    """The child itself, without the client."""
    started = (
        [sys.executable, "-c", program] if program else processes.command(processes.Child.TRAINING)
    )
    return subprocess.Popen(
        [*started, str(run.folder), str(run.project_folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=processes.environment(),
        start_new_session=True,
    )


def wait_for(kind: type[T], lines: Iterator[str]) -> T:
    """The next event of a kind; every line has to be an event."""
    for line in lines:
        event = from_line(line)
        assert not isinstance(event, Failed), event
        if isinstance(event, kind):
            return event
    raise AssertionError(f"no {kind.__name__} came")


NOISY = """
import os, sys
from models.families.codec.vae import Vae
step = Vae.training_step
def noisy(*arguments):
    print("from Python")
    os.write(1, b"from C\\n")
    return step(*arguments)
Vae.training_step = noisy
from studio.engine.training.process.child import main
sys.exit(main(sys.argv[1:]))
"""


def test_nothing_but_events_reaches_stdout(vae: Driven) -> None:
    child = start_child(vae, program=NOISY)
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write("nonsense\n" + to_line(CheckpointNow()) + "\n")
    child.stdin.flush()
    events = [from_line(line) for line in child.stdout]
    assert child.wait(PATIENCE) == 0
    child.stdin.close()
    child.stdout.close()
    assert isinstance(events[-1], Done)
    assert events[-1].images_seen == IMAGES


def test_the_child_gives_way(vae: Driven) -> None:
    vae.change(total_images=10**9)
    child = start_child(vae)
    assert child.stdout is not None
    wait_for(Stage, iter(child.stdout))
    assert os.getpriority(os.PRIO_PROCESS, child.pid) == min(
        19, os.getpriority(os.PRIO_PROCESS, 0) + 10
    )
    child.kill()
    child.communicate()


def test_a_killed_child_is_one_failure_with_the_newest_checkpoint(vae: Driven) -> None:
    vae.stop_after(2)
    process = TrainingProcess(vae.folder, vae.project_folder, True, total_images=10**9)
    process.start()
    while not any(isinstance(each, Progress) for each in process.poll(PATIENCE)):
        pass
    process.kill()
    ends = [each for each in process.poll(0.0) if isinstance(each, Done | Failed)]
    assert len(ends) == 1
    assert isinstance(ends[0], Failed)
    assert "signal 9" in ends[0].message
    assert "resume" in ends[0].message
    newest = checkpoint.load_latest(vae.folder)
    assert newest is not None
    assert ends[0].checkpoint == str(newest.folder)
    process.send(Stop())
    assert process.poll(0.0) == []
    process.kill()


@pytest.fixture
def scripted(
    vae: Driven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[type[_Scripted]]:
    """A client whose child runs a few lines of Python instead of training."""
    _Scripted.run, _Scripted.patch, _Scripted.made = vae, monkeypatch, []
    yield _Scripted
    for process in _Scripted.made:
        process.kill()


class _Scripted:
    run: Driven
    patch: pytest.MonkeyPatch
    made: list[TrainingProcess]

    @classmethod
    def start(cls, program: str) -> TrainingProcess:
        cls.patch.setattr(processes, "command", lambda *_: [sys.executable, "-c", program])
        process = TrainingProcess(cls.run.folder, cls.run.project_folder, False)
        process.start()
        cls.made.append(process)
        return process


def test_a_child_that_dies_at_once_says_why_in_the_detail(scripted: type[_Scripted]) -> None:
    process = scripted.start("import sys; sys.exit('the reason')")
    end = until_the_end(process)[-1]
    assert isinstance(end, Failed)
    assert "code 1" in end.message
    assert "the reason" in end.detail
    assert end.checkpoint == ""


def test_lines_that_are_no_events_go_to_the_detail(scripted: type[_Scripted]) -> None:
    program = "import sys; print('what is this'); print('{}'); print('\\xff' * 9); sys.exit(3)"
    end = until_the_end(scripted.start(program))[-1]
    assert isinstance(end, Failed)
    assert "what is this" in end.detail


def test_a_slow_reader_gets_the_newest_progress_and_every_other_event(
    scripted: type[_Scripted],
) -> None:
    program = (
        "from studio.engine.events import *\n"
        "for n in range(2000):\n"
        "    print(to_line(Progress(n, n, 2000, 1.0, 1.0, None)))\n"
        "    print(to_line(Metrics(n, {'loss': 1.0})))\n"
        "    if n % 500 == 0: print(to_line(Checkpoint(n, 'here', '')))\n"
        "print(to_line(Done('finished', 2000, 1.0, '', '')))\n"
    )
    process = scripted.start(program)
    assert process.wait(PATIENCE)
    events = process.poll(0.0)
    assert [each.step for each in events if isinstance(each, Progress)] == [1999]
    assert sum(isinstance(each, Checkpoint) for each in events) == 4
    assert isinstance(events[-1], Done)
    assert len(events) < 300
    metrics = [each.images_seen for each in events if isinstance(each, Metrics)]
    assert metrics[-1] == 1999
    assert metrics == sorted(metrics)


def test_a_program_that_cannot_start_is_one_sentence(
    vae: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "command", lambda *_: [str(vae.folder / "no program")])
    process = TrainingProcess(vae.folder, vae.project_folder, False)
    with pytest.raises(StudioError, match="could not be started"):
        process.start()
    assert process.wait(0.0)
    process.kill()


def test_the_parent_needs_no_torch() -> None:
    program = (
        "import sys\n"
        "from studio.engine.training.process import client\n"
        "from studio.engine.training.planning import runs\n"
        "from pathlib import Path\n"
        "client.TrainingProcess(Path('a'), Path('b'), False)\n"
        "sys.exit('torch' in sys.modules or 'PySide6' in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env=processes.environment())
