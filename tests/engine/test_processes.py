"""The program's own children: found, started, and known to the frozen build."""

from __future__ import annotations

import importlib
import os
import re
import sys

import pytest

from studio import __main__ as program
from studio.engine import processes
from studio.engine.processes import HOME, Child


@pytest.mark.parametrize("child", list(Child))
def test_the_frozen_build_runs_every_child(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[list[str]] = []

    def main(arguments: list[str]) -> int:
        told.append(arguments)
        return 7

    monkeypatch.setattr(importlib.import_module(child.value), "main", main)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "argv", ["latent-studio", "-m", child.value, "a folder", "5"])
    assert program.main() == 7
    assert told == [["a folder", "5"]]


def test_other_words_are_for_the_command_line() -> None:
    for words in ([], ["-m"], ["-m", "studio.cli"], ["train", "-m", Child.TRAINING]):
        assert processes.dispatch(words) is None


def test_nothing_else_starts_a_module_of_the_program() -> None:
    starts = re.compile(r"sys\.executable|[\"']-m[\"']")
    found = {
        str(path.relative_to(HOME / "studio"))
        for path in (HOME / "studio").rglob("*.py")
        if starts.search(path.read_text("utf-8"))
    }
    # The words that `train_command` makes are for another machine.
    assert found - {"verbs/train_command.py"} == {"engine/processes.py"}


def test_every_child_answers_to_its_name() -> None:
    for child in Child:
        assert processes.command(child, "x")[1:] == ["-m", child.value, "x"]
        assert f"python -m {child.value}" in str(importlib.import_module(child.value).__doc__)


@pytest.mark.parametrize(
    ("given", "own", "inherited"),
    [
        ({}, "5000", None),
        ({"GOMP_SPINCOUNT": "7"}, "7", "7"),
        ({"OMP_WAIT_POLICY": "ACTIVE"}, None, None),
    ],
)
def test_threads_of_the_window_sleep_soon_those_of_its_children_do_not(
    monkeypatch: pytest.MonkeyPatch, given, own, inherited
) -> None:
    monkeypatch.setattr(processes, "_own", {})
    for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    processes.sleep_soon()
    assert os.environ.get("GOMP_SPINCOUNT") == own
    assert processes.environment().get("GOMP_SPINCOUNT") == inherited
