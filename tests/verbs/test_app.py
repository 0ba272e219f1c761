"""`app`: how the window is opened, and what is said where it cannot be."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys

import pytest

from studio import cli
from tests.verbs.support import Said, call


@pytest.fixture(autouse=True)
def display(monkeypatch):
    """As if somebody could see a window."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")


@pytest.mark.parametrize("arguments", [[], ["app"]])
def test_without_a_verb_the_window_opens(arguments):
    opened = []
    assert cli.main(arguments, lambda project, refuse, check: opened.append(project) or 0) == 0
    assert opened == [None]


def test_a_project_is_handed_over(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    opened = []
    assert (
        cli.main(["app", "my project"], lambda project, refuse, check: opened.append(project) or 3)
        == 3
    )
    assert opened == [tmp_path / "my project"]


def absent(name, package=None):
    return None


def broken(name, package=None):
    raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@pytest.mark.parametrize("find_spec", [absent, broken])
def test_without_pyside6(find_spec, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    call("app").refused(1, "PySide6", "launch.py")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_without_a_display(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    call().refused(1, "There is no display", "latent-studio import")


def test_a_system_library_that_is_missing(capsys):
    def window(project, refuse, check):
        raise ImportError("libEGL.so.1: cannot open shared object file")

    code = cli.main(["app"], window)
    Said(code, *capsys.readouterr()).refused(1, "libEGL.so.1", "packaging/launch.py")


def test_no_window_from_within():
    call("app").refused(1, "latent-studio app")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_a_display_that_does_not_answer_is_one_sentence_and_no_abort():
    environment = {**os.environ, "DISPLAY": ":7077"}
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-m", "studio", "app", "--json"],
        env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("latent-studio: The display :7077 does not answer"), done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert json.loads(done.stdout)["error"] in done.stderr


def test_a_platform_that_lacks_a_library_is_named(monkeypatch):
    from studio.desktop.qt_messages import why_no_window

    lacking = "From 6.5.0, xcb-cursor0 is needed to load the Qt xcb platform plugin."
    assert "xcb-cursor0" in str(why_no_window([lacking]))
    monkeypatch.setenv("DISPLAY", ":3")
    dead = str(why_no_window(["could not connect to display :3", lacking]))
    assert dead.startswith("The display :3 does not answer")
    assert "Qt gave no reason" in str(why_no_window([]))
