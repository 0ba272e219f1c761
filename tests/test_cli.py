"""The command line as a whole: help, exit codes, JSON, and how it ends when things go wrong."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys

import pytest

from studio import __version__
from studio.engine import doctor
from tests.verbs.support import ROOT, call, draw, python

VERBS = (
    "app", "import", "train", "generate", "walk", "invert", "evaluate", "refine", "export",
    "inspect", "dataset", "families", "presets", "operations", "doctor",
)  # fmt: skip
HEAVY = {"torch", "PySide6", "pyqtgraph", "torchmetrics", "numpy"}


# ------------------------------------------------------------------ help


def test_help_imports_neither_torch_nor_a_window():
    said = python("-X", "importtime", "-m", "studio", "--help")
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in said.err.splitlines()}
    assert said.code == 0
    assert said.out.startswith("usage: latent-studio ")
    assert "studio" in imported
    assert imported & (HEAVY - {"numpy"}) == set()


def test_help_names_every_verb():
    said = call("--help")
    assert (said.code, said.err) == (0, "")
    listed = {line.split()[0] for line in said.out.splitlines() if line.startswith("    ")}
    assert set(VERBS) <= listed


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_every_verb(verb):
    said = call(verb, "--help")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"usage: latent-studio {verb} ")
    assert "--json" in said.out


def test_version():
    said = call("--version")
    assert (said.code, said.out, said.err) == (0, f"latent-studio {__version__}\n", "")


# ------------------------------------------------------------------ without a window

WITHOUT_A_WINDOW = """
import contextlib, importlib.abc, io, json, sys

class Blocked(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PySide6", "shiboken6", "pyqtgraph"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocked())
from studio import cli

answers = []
for arguments in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main(arguments)
    answers.append((code, out.getvalue(), err.getvalue()))
print(json.dumps(answers))
"""


def test_every_verb_works_without_a_window(tmp_path):
    for seed in range(4):
        draw(tmp_path / "set" / f"{seed}.png", seed)
    (tmp_path / "stack.toml").write_text('[[steps]]\nop = "sharpen"\n')
    project, picture = str(tmp_path / "project"), str(tmp_path / "set" / "0.png")
    stack, out = str(tmp_path / "stack.toml"), str(tmp_path / "out")
    lines = [
        ["families"],
        ["presets", "--family", "vae", "--size", "64"],
        ["operations"],
        ["doctor"],
        ["import", project, str(tmp_path / "set")],
        ["inspect", project],
        ["inspect", picture],
        ["refine", picture, "--stack", stack, "--out", out],
        ["app", project],
    ]
    said = python("-c", WITHOUT_A_WINDOW, json.dumps(lines))
    assert (said.code, said.err) == (0, "")
    *worked, (code, shown, sentence) = json.loads(said.out)
    assert [(each[0], bool(each[1])) for each in worked] == [(0, True)] * len(worked), worked
    assert (code, shown) == (1, "")
    assert sentence.startswith("latent-studio: The window needs PySide6, which is not installed:")
    assert sentence.count("\n") == 1


# ------------------------------------------------------------------ JSON


@pytest.mark.parametrize(
    ("arguments", "code", "keys"),
    [
        (["families"], 0, {"families", "options"}),
        (["presets"], 0, {"presets", "export_presets", "stacks"}),
        (
            ["operations"],
            0,
            {"operations", "formats", "collections", "transforms", "blends", "masks"},
        ),
        (["doctor"], 0, {"ok", "checks", "relinked", "repaired", "report"}),
        (["inspect", "nowhere"], 1, {"error", "exit"}),
        (["walk", "nowhere", "--run", "a", "--out", "a.gif"], 1, {"error", "exit"}),
        (["train", "nowhere", "--freeze", "1"], 2, {"error", "exit"}),
        (["nonsense"], 2, {"error", "exit"}),
    ],
)
def test_json_is_one_object_and_all_there_is_on_stdout(arguments, code, keys, monkeypatch):
    examine = doctor.examine

    def noisy():
        print("a library talks")
        return examine()

    monkeypatch.setattr(doctor, "examine", noisy)
    said = call(*arguments, "--json")
    assert said.code == code
    assert said.out.endswith("\n")
    assert set(said.facts) == keys
    if code:
        assert said.facts["exit"] == code
        assert said.err == f"latent-studio: {said.facts['error']}\n"
    if arguments == ["doctor"]:
        assert "a library talks" in said.err


def test_json_of_a_process():
    said = python("-m", "studio", "presets", "--family", "gan", "--size", "48x64", "--json")
    assert (said.code, said.err) == (0, "")
    assert {each["device"] for each in said.facts["presets"]} == {"cpu", "gpu"}
    assert {(each["width"], each["height"]) for each in said.facts["presets"]} == {(48, 64)}


# ------------------------------------------------------------------ exit codes


def test_a_name_with_a_line_end_stays_on_one_line(tmp_path):
    call("inspect", tmp_path / "two\nlines").refused(1, "two\\nlines")


def test_a_name_that_is_too_long(tmp_path, picture):
    call("import", tmp_path / ("x" * 300), picture).refused(1, "xxx", "too long")
    call("inspect", tmp_path / ("x" * 5000)).refused(1, "xxx", "too long")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["--nonsense"],
        ["imp", "a", "b"],
        ["import"],
        ["import", "project"],
        ["import", "", "pictures"],
        ["import", "project", "pictures", "--nonsense"],
        ["generate", "project", "--out", "x"],
        ["generate", "project", "--run", "r", "--out", "x", "--psi", "nan"],
        ["refine", "a.png", "--out", "x"],
        ["presets", "--size", "tiny"],
        ["doctor", "one", "two"],
        ["train", "project", "--dataset", "a\udcff"],
        ["train", "project", "--set", "lr\udcff=1"],
        ["generate", "project", "--out", "x", "--run", "a\udcff"],
        ["export", "project", "a\udcff", "--out", "x"],
    ],
)
def test_wrong_usage_is_two(arguments):
    call(*arguments).refused(2, "--help`")


def test_wrong_usage_of_a_process_is_two():
    python("-m", "studio", "nonsense").refused(2, "nonsense", "import", "doctor")


def breaks(monkeypatch, fault):
    def examine():
        fault()
        raise AssertionError("the fault did not come")

    monkeypatch.setattr(doctor, "examine", examine)
    return call("doctor")


@pytest.fixture
def picture(tmp_path):
    """One good picture."""
    return draw(tmp_path / "picture.png")


def raiser(error):
    def fault():
        raise error

    return fault


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_130_and_handlers_come_back(number, monkeypatch):
    before = signal.getsignal(number)
    said = breaks(monkeypatch, lambda: signal.raise_signal(number))
    said.refused(130, "Interrupted")
    assert signal.getsignal(number) is before


def test_a_full_disk_is_said_plainly(monkeypatch):
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/there/picture.png")
    said = breaks(monkeypatch, raiser(full))
    said.refused(1, "/there/picture.png", "No space left on device")


def test_what_was_not_foreseen_goes_into_a_log(monkeypatch, own_home):
    said = breaks(monkeypatch, raiser(RuntimeError("the inner secret")))
    (log,) = (own_home / "logs").iterdir()
    said.refused(1, "RuntimeError", str(log))
    text = log.read_text("utf-8")
    assert text.startswith("Traceback")
    assert "the inner secret" in text


def test_what_cannot_be_logged_is_said(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("LATENT_STUDIO_HOME", str(tmp_path / "file"))
    said = breaks(monkeypatch, raiser(RuntimeError("the inner secret")))
    said.refused(1, "RuntimeError", "the inner secret", "could not be logged")


@pytest.mark.skipif(os.name != "posix", reason="pipes break the POSIX way")
def test_a_reader_that_has_seen_enough():
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as broken:
        ended = subprocess.run(
            [sys.executable, "-m", "studio", "families"],
            stdout=broken, stderr=subprocess.PIPE, check=False, cwd=ROOT,
        )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (1, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_no_terminal_can_show(tmp_path):
    place = os.fsencode(tmp_path / "set")
    draw(tmp_path / "set" / "good.png")
    (tmp_path / "set" / "good.png").rename(os.fsdecode(place + b"/n\xffme.png"))
    project = os.fsdecode(os.fsencode(tmp_path) + b"/pro\xffject")
    said = python("-m", "studio", "import", project, tmp_path / "set", env={"LC_ALL": "C"})
    assert (said.code, said.out) == (0, "set: 1 of 1 pictures can be used.\n")
    said = python("-m", "studio", "inspect", project, env={"PYTHONIOENCODING": "ascii"})
    assert said.code == 0
    assert "pro\\udcffject" in said.out
