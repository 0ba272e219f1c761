"""Runs that wait for their turn, runs that end by the clock, and what is noted about runs."""

from __future__ import annotations

import datetime
import json

import pytest

from studio.engine.errors import ReadOnlyError, StudioError, UsageError
from studio.engine.events import (
    Done,
    Failed,
    Health,
    HealthKind,
    Pause,
    Progress,
    RunState,
    Set,
    Stop,
)
from studio.engine.project import Project
from studio.engine.training.planning import ends, queue, removed_runs, run_notes, runs
from studio.engine.training.record.recipe import Recipe
from tests.engine.training.support import TINY, Driven, script

NOON = datetime.datetime(2026, 12, 1, 12, 0)
HOUR = datetime.timedelta(hours=1)


def here() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def names(project: Project) -> list[str]:
    return [run.name for run in queue.waiting(project)]


@pytest.fixture
def three(project: Project) -> list[str]:
    """The names of three runs, which wait."""
    found = [run.name for run in runs.runs(project)][:3]
    for name in found:
        queue.add(project, name)
    return found


def test_runs_wait_in_an_order_that_outlives_the_program(project, three) -> None:
    one, two, last = three
    queue.add(project, one)
    assert names(project) == three, "one that waits keeps its place"
    queue.move(project, last, 1)
    queue.move(project, one, 99)
    assert names(project) == [last, two, one]
    queue.arrange(project, ["gone", one])
    assert names(project) == [one, last, two], "those that are not named come last"
    queue.remove(project, one)
    queue.add(project, one, 3)
    queue.remove(project, two)
    folder = project.folder
    project.close()
    with Project.open(folder) as again:
        assert [(run.name, run.queued) for run in queue.waiting(again)] == [(last, 1), (one, 2)]
        assert (queue.take(again)[0] or runs.run(again, two)).name == last
        assert names(again) == [one]
        assert queue.take(again, one)[0] is not None
        assert queue.take(again) == (None, [])


def test_what_cannot_wait_is_refused_in_a_sentence(project, three) -> None:
    with pytest.raises(StudioError, match="There is no run 'nothing'"):
        queue.add(project, "nothing")
    other = next(run for run in runs.runs(project) if not run.queued)
    with pytest.raises(StudioError, match="does not wait for its turn"):
        queue.move(project, other.name, 1)
    recipe = Recipe.load(other.folder)
    recipe.model_copy(update={"brought_from": "StyleGAN2"}).save(other.folder)
    with pytest.raises(StudioError, match="no pictures of its own"):
        queue.add(project, other.name)
    with Project.open(project.folder) as second, pytest.raises(ReadOnlyError):
        queue.remove(second, three[0])
    assert names(project) == three


def test_a_run_that_is_removed_waits_again_when_it_is_back(project, three) -> None:
    gone = removed_runs.remove(project, three[0])
    assert names(project) == three[1:]
    removed_runs.restore(project, gone)
    assert names(project) == three


@pytest.mark.parametrize(
    ("clock", "day", "hour", "minute"),
    [("7:00", 2, 7, 0), ("12.30", 1, 12, 30), ("12:00", 2, 12, 0), (" 23:59 ", 1, 23, 59)],
)
def test_a_time_of_the_clock_is_its_next_moment(clock, day, hour, minute) -> None:
    found = ends.moment(clock, NOON)
    assert (found.day, found.hour, found.minute) == (day, hour, minute)
    assert found.tzinfo is not None


@pytest.mark.parametrize("clock", ["", "7", "24:00", "7:60", "-1:00", "noon", "7:00:00"])
def test_what_is_no_time_of_the_clock_is_refused(clock) -> None:
    with pytest.raises(UsageError, match="no time of the clock"):
        ends.moment(clock)


def test_a_run_until_a_time_keeps_the_moment(project) -> None:
    later = (datetime.datetime.now() + 2 * HOUR).strftime("%H:%M")
    wanted = runs.NewRun("set", "vae", 16, 16, overrides=TINY["vae"], until=later)
    recipe = runs.plan_run(project, wanted)
    runs.begin_run(project, recipe)
    kept = Recipe.load(project.runs / recipe.run)
    assert kept.until == recipe.until
    assert kept.until is not None
    assert f"{kept.until.astimezone():%H:%M}" == later
    assert 118 < (kept.minutes or 0) <= 120
    assert queue.another_end(runs.run(project, recipe.run)) == (None, None)


def test_a_run_ends_when_the_clock_says_so_even_where_it_pauses(vae: Driven, monkeypatch) -> None:
    vae.change(until=here() + HOUR, total_images=None, minutes=60.0)
    looks = 0

    def is_past(_: datetime.datetime) -> bool:
        nonlocal looks
        looks += 1
        return looks > 20

    monkeypatch.setattr(ends, "is_past", is_past)
    done = vae.train(commands=script({3: [Pause()]}))[-1]
    assert isinstance(done, Done)
    assert (done.reason, done.images_seen) == (RunState.FINISHED, 3 * 4)


def test_the_time_at_which_a_run_ends_is_moved_while_it_trains(vae: Driven) -> None:
    vae.change(until=here() + HOUR, total_images=None, minutes=60.0)
    later = (datetime.datetime.now() + 3 * HOUR).strftime("%H:%M")
    orders = {2: [Set("until", "noon")], 3: [Set("until", later)], 5: [Stop()]}
    told = vae.train(commands=script(orders))
    refused, changed = [event for event in told if isinstance(event, Health)]
    assert (refused.kind, changed.kind) == (HealthKind.REFUSED, HealthKind.CHANGED)
    assert "'noon' is no time of the clock" in str(refused.sentence)
    assert f"now ends at {later}" in str(changed.sentence)
    left = [event.seconds_left for event in told if isinstance(event, Progress)][-1]
    assert left is None or left > 2 * 3600
    kept = Recipe.load(vae.folder).until
    assert kept is not None
    assert f"{kept.astimezone():%H:%M}" == later


def test_a_run_of_so_many_pictures_gets_no_time_of_the_clock(vae: Driven) -> None:
    before = (vae.folder / "recipe.toml").read_bytes()
    told = vae.train(commands=script({2: [Set("until", "7:00")], 3: [Stop()]}))
    (refused,) = [event for event in told if isinstance(event, Health)]
    assert "does not end by the clock" in str(refused.sentence)
    assert (vae.folder / "recipe.toml").read_bytes() == before


def test_a_run_whose_time_is_over_is_not_begun(project, vae: Driven) -> None:
    vae.change(until=here() - HOUR, total_images=None, minutes=30.0)
    (failed,) = [event for event in vae.train() if isinstance(event, Failed)]
    assert "was to end at" in str(failed.message)
    assert "give it another length" in str(failed.message)
    late = vae.folder.name
    other = next(run.name for run in runs.runs(project) if run.name != late)
    for name in (late, other):
        queue.add(project, name)
    run, passed = queue.take(project)
    assert run is not None
    assert run.name == other
    assert [said.values["run"] for said in passed] == [late]
    # Whoever asks for it by its name gets it, with its own length once more.
    queue.add(project, late)
    assert queue.take(project, late)[0] is not None
    assert queue.another_end(runs.run(project, late)) == (None, 30.0)


def test_a_note_stands_with_the_run_and_is_found(project) -> None:
    (run, *others) = runs.runs(project)
    assert run_notes.set_note(project, run.name, "  Too red.\nTry fewer LEAVES \n") == ""
    noted = runs.run(project, run.name)
    assert noted.note == "Too red.\nTry fewer LEAVES"
    assert (noted.folder / "note.txt").read_text(encoding="utf-8").endswith("LEAVES\n")
    assert run_notes.is_found(noted, "leaves red")
    assert run_notes.is_found(noted, f"{run.family} leaves")
    assert not run_notes.is_found(others[0], "leaves")
    assert run_notes.set_note(project, run.name, " ") == noted.note
    assert not (noted.folder / "note.txt").exists()
    with pytest.raises(StudioError, match="10001 characters is too long"):
        run_notes.set_note(project, run.name, "x" * 10_001)
    run_notes.set_note(project, run.name, "樹" * 10_000)
    assert len(runs.run(project, run.name).note) == 10_000
    noted.folder.joinpath("note.txt").write_bytes(b"\xff\xfe half")
    assert runs.run(project, run.name).note.endswith("half")


def test_a_damaged_moment_is_a_sentence(vae: Driven) -> None:
    path = vae.folder / "recipe.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"until = {json.dumps('soon')}\n{text}", encoding="utf-8")
    with pytest.raises(StudioError, match=r"damaged \(until"):
        Recipe.load(vae.folder)
