"""`extras` and `self-test`: what there is, what loads, and whether a copy does its work."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from studio.engine import extra_install, extras, processes, self_test
from studio.engine.errors import StudioError
from studio.engine.jobs import Job
from studio.engine.said import Said
from tests.verbs.support import call


def test_the_list_tells_size_and_licences() -> None:
    found = call("extras", "list", "--json").facts["extras"]
    assert [each["name"] for each in found] == [each.name for each in extras.EXTRAS]
    assert all(each["megabytes"] and each["licences"] for each in found)
    assert "GPL-2.0" in call("extras", "list").out


def test_one_is_installed_once(monkeypatch) -> None:
    done: list[str] = []

    def install(extra: extras.Extra, job: Job[None]) -> None:
        done.append(extra.name)

    monkeypatch.setattr(extra_install, "install", install)
    monkeypatch.setattr(extras.Extra, "is_installed", property(lambda self: self.name in done))
    for _ in range(2):
        assert call("extras", "install", "video", "--json").facts["installed"] is True
    assert done == ["video"]
    call("extras", "install", "audio").refused(2, "audio", "formats")


def test_what_does_not_load_is_named(monkeypatch) -> None:
    real = importlib.import_module
    modules = {module for each in extras.EXTRAS for module in each.modules}

    def load(name: str, package: str | None = None) -> object:
        if name == "av":
            raise OSError("libavcodec.so: cannot open shared object file")
        return object() if name in modules else real(name, package)

    monkeypatch.setattr(extras.Extra, "is_installed", True)
    monkeypatch.setattr(importlib, "import_module", load)
    said = call("extras", "check")
    assert said.code == 1
    assert "video        OSError: libavcodec.so" in said.out
    assert "onnx         loads" in said.out


# ------------------------------------------------------------------ the self-test


def test_parts_that_work_and_parts_that_fail(monkeypatch) -> None:
    """The first two parts for real; one that fails; one that needs it; one that is left out."""

    def fails(_test: object) -> Said:
        raise StudioError("The paint is out.")

    first = self_test._PARTS[:2]
    later = ((Said("Painting"), fails), (Said("Drying"), lambda test: test.of("painting")))
    left = ((Said("A window"), lambda _test: None),)
    monkeypatch.setattr(self_test, "_PARTS", (*first, *later, *left))
    said = call("self-test", "--json")
    assert said.code == 1
    parts = said.facts["parts"]
    assert [each["ok"] for each in parts] == [True, True, False, False, None]
    assert parts[1]["found"] == "64 of 64 pictures can be used."
    assert "NOT OK  Painting: The paint is out." in said.err
    assert "It needs a part that failed." in said.err


def test_the_option_is_the_verb(monkeypatch) -> None:
    monkeypatch.setattr(self_test, "_PARTS", ((Said("Nothing"), lambda _test: Said("done")),))
    said = call("--self-test")
    assert said.code == 0
    assert said.out == "All of it works.\n"
    assert said.err == "OK      Nothing: done\n"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import sys; sys.exit('latent-studio: no room')", "It ended with 1: no room"),
        ("print('hello')", "It answered something else"),
        ("", "It answered something else"),
    ],
)
def test_a_part_of_the_program_that_is_broken_is_told(code, found, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(processes, "program", lambda *_words: [sys.executable, "-c", code])
    outcome = self_test._outcome(*self_test._PARTS[0], in_folder(tmp_path))
    assert outcome.ok is False
    assert found in outcome.found


def in_folder(place: Path) -> self_test._Test:
    return self_test._Test(place, lambda: False)


def test_a_test_that_is_cancelled_ends_what_runs(monkeypatch) -> None:
    job: Job[list[self_test.Outcome]] = Job(Said("Self-test"))
    forever = [sys.executable, "-c", "import time; time.sleep(600)"]

    def program(*_words: str) -> list[str]:
        job.cancel()
        return forever

    monkeypatch.setattr(processes, "program", program)
    told: list[self_test.Outcome] = []
    assert self_test.run(job, told.append) == told == []


def test_the_window_is_looked_at_and_closed(tmp_path: Path) -> None:
    pytest.importorskip("PySide6")
    outcome = self_test._outcome(*self_test._PARTS[-1], in_folder(tmp_path))
    assert outcome.ok, outcome.detail
