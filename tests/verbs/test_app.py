"""`app`: how the window is opened, and what is said where it cannot be."""

from __future__ import annotations

import importlib.util
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
    assert cli.main(arguments, lambda project: opened.append(project) or 0) == 0
    assert opened == [None]


def test_a_project_is_handed_over(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    opened = []
    assert cli.main(["app", "my project"], lambda project: opened.append(project) or 3) == 3
    assert opened == [tmp_path / "my project"]


def absent(name, package=None):
    return None


def broken(name, package=None):
    raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@pytest.mark.parametrize("find_spec", [absent, broken])
def test_without_pyside6(find_spec, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    call("app").refused(1, "PySide6", "pip install")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_without_a_display(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    call().refused(1, "There is no display", "latent-studio import")


def test_a_system_library_that_is_missing(capsys):
    def window(project):
        raise ImportError("libEGL.so.1: cannot open shared object file")

    code = cli.main(["app"], window)
    Said(code, *capsys.readouterr()).refused(1, "libEGL.so.1", "packaging/launch.py")


def test_no_window_from_within():
    call("app").refused(1, "latent-studio app")
