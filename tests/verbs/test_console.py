"""The console: a bar where somebody can see it, plain lines elsewhere, JSON that parses."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio.engine.events import Progress
from studio.verbs import console as module
from studio.verbs.console import Console, Result, plain
from studio.verbs.run_progress import Watch
from tests.verbs.support import ROOT


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on by hand."""
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def test_plain_lines_come_now_and_then(clock):
    out, err = io.StringIO(), io.StringIO()
    console = Console(False, out, err)
    for second in range(11):
        clock[0] = 100.0 + second
        console.progress(f"{second} pictures", second / 10)
    assert err.getvalue() == "  0 % 0 pictures\n 50 % 5 pictures\n100 % 10 pictures\n"
    assert out.getvalue() == ""


def test_a_note_lets_the_next_line_come_at_once(clock):
    err = io.StringIO()
    console = Console(False, io.StringIO(), err)
    console.progress("one")
    console.progress("lost")
    console.note("something happened")
    console.progress("two")
    assert err.getvalue() == "one\nsomething happened\ntwo\n"


def test_a_bar_is_taken_away_before_the_result(clock, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    out, err = io.StringIO(), Terminal()
    console = Console(False, out, err)
    console.progress("a sentence that is far too long for the line", 0.5)
    shown = err.getvalue()
    assert shown.startswith("\r\x1b[K[############............]  50 % a ")
    assert len(shown) == len("\r\x1b[K") + 39
    console.finish(Result({"a": 1}, ["done"]))
    assert err.getvalue() == shown + "\r\x1b[K"
    assert out.getvalue() == "done\n"


@pytest.mark.parametrize("fraction", [-1.0, 0.0, 0.999, 1.0, 7.0])
def test_a_bar_stays_in_its_frame(fraction):
    assert len(module._bar(fraction)) == module.BAR + 3


def test_json_and_lines_never_mix():
    out, err = io.StringIO(), io.StringIO()
    console = Console(True, out, err)
    console.note("a note")
    console.finish(Result({"path": Path("a") / "b"}, ["a line"]))
    assert json.loads(out.getvalue()) == {"path": str(Path("a") / "b")}
    assert err.getvalue() == "a note\n"


def test_a_failure_is_one_sentence_and_one_object():
    out, err = io.StringIO(), io.StringIO()
    Console(True, out, err).fail("It failed.", 2)
    assert json.loads(out.getvalue()) == {"error": "It failed.", "exit": 2}
    assert err.getvalue() == "latent-studio: It failed.\n"
    assert out.getvalue().count("\n") == 1


def test_a_name_cannot_break_the_line_or_colour_the_terminal():
    err = io.StringIO()
    Console(False, io.StringIO(), err).fail("a\nb\x1b[31m\udcff is no picture, naïve 絵.", 1)
    assert err.getvalue() == "latent-studio: a\\nb\\x1b[31m\\xff is no picture, naïve 絵.\n"


def test_values_that_json_cannot_carry():
    odd = {1: (float("nan"), float("inf"), Path("x"), True, None, 2, "é\udcff")}
    assert plain(odd) == {"1": [None, None, "x", True, None, 2, "é\udcff"]}
    assert json.loads(json.dumps(plain(odd), allow_nan=False)) == plain(odd)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("words", [["families"], ["families", "--json"], ["--help"]])
@pytest.mark.parametrize("place", [">/dev/full", ">&-"])
def test_an_output_that_takes_nothing_is_one_sentence(words, place):
    """Neither a traceback nor success, also where the interpreter flushes at its end."""
    command = f"'{sys.executable}' -m studio {' '.join(words)} {place}"
    made = subprocess.run(
        command, shell=True, cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert made.returncode == 1
    (sentence,) = made.stderr.splitlines()
    assert sentence.startswith("latent-studio: What was found could not be written to the output")


class Full(io.StringIO):
    """As a file on a disk without room."""

    def flush(self):
        raise OSError(28, "No space left on device")


def test_words_that_find_no_reader_cost_no_work():
    console = Console(False, io.StringIO(), Full())
    console.note("read")
    console.progress("reading", 0.5)
    console.finish(Result({}, ["done"]))


@pytest.mark.parametrize(
    ("asked", "said"), [(100, "96 of 100 images"), (90, "96 images"), (0, "96 images")]
)
def test_a_run_never_sees_more_pictures_than_there_are_to_see(asked, said):
    """Its last batch is whole."""
    err = io.StringIO()
    Watch("run", Console(False, io.StringIO(), err)).take(Progress(3, 96, asked, 1.0, 96.0, None))
    assert f" {said}, 96.0 a second" in f" {err.getvalue()}"
