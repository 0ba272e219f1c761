"""`train --queue`, `train --until`, `runs queue`, `runs note`."""

from __future__ import annotations

import signal

import pytest

from studio.verbs import train as training
from tests.verbs.support import call, done, tiny


@pytest.fixture
def two(project) -> list[str]:
    """Two runs that wait."""
    first = done("train", project, *tiny("vae", 8), "--queue")
    second = done("train", project, *tiny("autoencoder", 8), "--queue")
    assert second["queue"] == [first["run"], second["run"]]
    return [first["run"], second["run"]]


def rows(project) -> dict[str, dict]:
    return {row["run"]: row for row in done("runs", "list", project)["runs"]}


def test_runs_wait_and_are_trained_one_after_the_other(project, run, two):
    first, second = two
    assert rows(project)[first]["images_seen"] == 0
    assert done("runs", "queue", project, "--add", run)["queue"] == [*two, run]
    assert done("runs", "queue", project, "--move", second)["queue"] == [second, first, run]
    assert done("runs", "queue", project, "--move", run, "--to", 2)["queue"] == [second, run, first]
    assert call("runs", "queue", project).out == f"1. {second}\n2. {run}\n3. {first}\n"
    assert done("runs", "queue", project, "--remove", first)["queue"] == [second, run]
    seen = rows(project)[run]["images_seen"]
    trained = done("runs", "queue", project, "--train")
    assert [(each["run"], each["reason"]) for each in trained["runs"]] == [
        (second, "finished"), (run, "finished"),
    ]  # fmt: skip
    assert trained["queue"] == []
    after = rows(project)
    assert (after[second]["images_seen"], after[first]["images_seen"]) == (8, 0)
    assert after[run]["images_seen"] == 2 * seen, "one that was done goes on as long once more"
    assert call("runs", "queue", project).out == "No run waits for its turn.\n"


def test_one_that_fails_is_told_and_the_next_begins(project, two):
    first, second = two
    (project / "runs" / first / "recipe.toml").write_text("nothing", encoding="utf-8")
    said = call("runs", "queue", project, "--train", "--json")
    assert said.code == 1
    failed, good = said.facts["runs"]
    assert (failed["run"], failed["reason"]) == (first, "failed")
    assert "recipe.toml is damaged" in failed["message"]
    assert failed["message"] in said.err
    assert (good["run"], good["reason"]) == (second, "finished")


def test_one_that_is_interrupted_waits_again_before_the_others(project, two, monkeypatch):
    first, second = two
    take, told = training.Watch.take, []

    def interrupted(self, event) -> None:
        if not told:
            told.append(event)
            signal.raise_signal(signal.SIGINT)
        take(self, event)

    monkeypatch.setattr(training.Watch, "take", interrupted)
    said = call("runs", "queue", project, "--train", "--json")
    assert said.code == 130, said
    assert [each["reason"] for each in said.facts["runs"]] == ["stopped"]
    assert said.facts["queue"] == [first, second]
    assert "Saving a checkpoint" in said.err


def test_a_run_ends_by_the_clock(project):
    options = [each for each in tiny("vae") if each not in ("--images", "8")]
    run = done("train", project, *options, "--until", "7:00", "--queue")["run"]
    text = (project / "runs" / run / "recipe.toml").read_text(encoding="utf-8")
    assert "until = 20" in text
    said = call("runs", "queue", project, "--until", run, "8:30")
    assert (said.code, f"{run} ends at " in said.err, " 08:30" in said.err) == (0, True, True)
    call("runs", "queue", project, "--until", run, "8").refused(2, "no time of the clock")
    call("train", project, *options, "--until", "25:00").refused(2, "no time of the clock")
    call("train", project, *options, "--until", "7:00", "--minutes", 3).refused(2)
    call("train", project, "--resume", run, "--until", "7:00").refused(2, "--until cannot")
    call("train", project, "--resume", run, "--queue", "--images", 9).refused(2, "leave out")


def test_what_is_noted_is_found_and_goes_into_report_and_card(project, run, out, tmp_path):
    noted = done("runs", "note", project, run, "Too red,\nbut the <leaves> are good")
    assert (noted["before"], noted["note"].splitlines()[0]) == ("", "Too red,")
    assert call("runs", "note", project, run).out.startswith("Too red,\nbut")
    assert [row["run"] for row in done("runs", "list", project, "--search", "LEAVES red")["runs"]]
    assert call("runs", "list", project, "--search", "blue").out == "No run is found.\n"
    report = tmp_path / "report.html"
    done("evaluate", project, "--run", run, "--count", 4, "--report", report)
    assert "but the &lt;leaves&gt; are good</p>" in report.read_text(encoding="utf-8")
    done("model", "export", project, "--run", run, "--out", out / "model.safetensors")
    (card,) = out.rglob("*.md")
    assert "## What was noted" in card.read_text(encoding="utf-8")
    text = tmp_path / "note.txt"
    text.write_text("from a file", encoding="utf-8")
    assert done("runs", "note", project, run, "--file", text)["note"] == "from a file"
    call("runs", "note", project, run, "a", "--file", text).refused(2, "not both")
    call("runs", "note", project, run, "--file", tmp_path / "no").refused(1, "cannot be read")
    assert done("runs", "note", project, run, "")["note"] == ""


def test_several_processes_train_no_queue(project, two, monkeypatch):
    for name, value in (
        ("TORCHELASTIC_RUN_ID", "x"), ("RANK", "1"), ("WORLD_SIZE", "2"), ("LOCAL_RANK", "1"),
        ("LOCAL_WORLD_SIZE", "2"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    call("runs", "queue", project, "--train").refused(2, "one process", "train --resume")
    monkeypatch.delenv("TORCHELASTIC_RUN_ID")
    assert done("runs", "queue", project)["queue"] == two
