"""The launcher's own decisions, without network, without installing anything."""

from __future__ import annotations

import importlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = ROOT / "packaging" / "launch.py"


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> dict[str, ModuleType]:
    """The launcher's files, imported the way it imports them itself."""
    monkeypatch.syspath_prepend(str(LAUNCHER.parent))
    names = ("system_parts", "torch_build", "environment", "launch")
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    return {name: importlib.import_module(name) for name in names}


@pytest.fixture
def ready(parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An environment as a finished set-up leaves it, in which nothing may be installed."""
    environment = parts["environment"]

    def nothing(*_args: object, **_more: object) -> None:
        pytest.fail("a second start must call neither pip nor the network")

    place = tmp_path / "venv"
    made = environment.Environment(place)
    made.folder.mkdir(parents=True)
    made.python.write_text("")
    stamp = {"fingerprint": environment._fingerprint(), "tests": True}
    (place / environment.STAMP).write_text(json.dumps(stamp))
    monkeypatch.setenv("LATENT_STUDIO_VENV", str(place))
    for name in ("run", "Popen"):
        monkeypatch.setattr(subprocess, name, nothing)
    monkeypatch.setattr(parts["torch_build"].urllib.request, "urlopen", nothing)
    return made


# ------------------------------------------------------------------ words


def test_options_are_read_and_the_rest_is_for_pytest(parts) -> None:
    options, rest = parts["launch"]._options(["test", "--fresh", "--", "-k", "one"])
    assert (options.verb, options.fresh, rest) == ("test", True, ["-k", "one"])
    assert parts["launch"]._options([])[0].verb == "run"
    assert parts["launch"]._options(["run", "P"])[0].project == "P"


@pytest.mark.parametrize("arguments", [["dance"], ["test", "P"], ["--no-such"], ["--minutes", "3"]])
def test_wrong_usage_ends_with_two(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, str(LAUNCHER), *arguments], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.fixture
def headless(ready, parts, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """No display; what the launcher would become."""
    called: list[list[str]] = []
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(parts["launch"], "_become", lambda command: called.append(command) or 0)
    return called


def test_without_a_display_it_says_so_in_one_sentence_and_goes_on(
    ready, parts, headless, capsys
) -> None:
    assert parts["launch"].main(["run"]) == 0
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1
    assert "no display" in said
    assert str(ready.program) in said
    assert headless == [[str(ready.python), "-m", "studio", "demo"]]


@pytest.mark.skipif(sys.platform != "linux", reason="X11 and Wayland")
def test_a_display_is_one_that_answers(parts, headless, monkeypatch, tmp_path: Path) -> None:
    has_display = parts["system_parts"].has_display
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    for name, stale in (("DISPLAY", ":4711"), ("DISPLAY", "x"), ("WAYLAND_DISPLAY", "wayland-0")):
        monkeypatch.setenv(name, stale)
        assert not has_display()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-0"))
        server.listen()
        assert has_display()
    monkeypatch.delenv("WAYLAND_DISPLAY")
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1] - parts["system_parts"].X11_PORT
        monkeypatch.setenv("DISPLAY", f"127.0.0.1:{number}.0")
        assert has_display() == (number >= 0)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert has_display()


def test_without_a_display_a_project_is_left_alone(parts, headless, capsys, tmp_path: Path) -> None:
    (tmp_path / "project.sqlite").touch()
    assert parts["launch"].main(["run", str(tmp_path)]) == 1
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1
    assert str(tmp_path) in said
    assert headless == []


def test_the_demo_goes_where_it_is_told_as_long_as_it_is_told(ready, parts, headless) -> None:
    assert parts["launch"].main(["demo", "there", "--minutes", "0.5", "--", "--json"]) == 0
    where = str(Path("there").absolute())
    wanted = ["-m", "studio", "demo", where, "--minutes", "0.5", "--json"]
    assert headless == [[str(ready.python), *wanted]]


# ------------------------------------------------------------------ the environment


def test_a_second_start_calls_neither_pip_nor_the_network(ready, parts, monkeypatch) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(parts["launch"], "_become", lambda command: called.append(command) or 0)
    monkeypatch.setattr(parts["launch"], "_ask_for_parts", lambda *_: None)
    monkeypatch.setattr(parts["system_parts"], "has_display", lambda: True)
    assert parts["launch"].main(["run", "some project"]) == 0
    wanted = [str(ready.python), "-m", "studio", "app", str(Path("some project").absolute())]
    assert called == [wanted]


def test_what_is_not_as_wanted_is_installed_again(ready, parts) -> None:
    environment = parts["environment"]
    wanted = environment._fingerprint()
    assert ready._is_ready(wanted, True)
    assert not ready._is_ready("another", False)
    (ready.place / environment.UNFINISHED).touch()
    assert not ready._is_ready(wanted, False)
    (ready.place / environment.UNFINISHED).unlink()
    (ready.place / environment.STAMP).write_text("{ torn")
    assert not ready._is_ready(wanted, False)


def test_a_broken_environment_is_made_anew(ready, parts, monkeypatch) -> None:
    environment = parts["environment"]
    ready.python.unlink()
    made: list[str] = []

    def make(self) -> None:
        made.append("made")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.python.write_text("")

    monkeypatch.setattr(environment.Environment, "_make", make)
    monkeypatch.setattr(environment.Environment, "_install_packages", lambda *_: None)
    monkeypatch.setattr(environment.Environment, "_link", lambda _: None)
    ready.prepare(for_tests=False, fresh=False)
    assert made == ["made"]
    assert ready._is_ready(environment._fingerprint(), False)


def test_a_folder_with_other_things_is_left_alone(parts, tmp_path) -> None:
    environment = parts["environment"]
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(environment.SetupError, match="LATENT_STUDIO_VENV"):
        environment.Environment(tmp_path)._make()
    assert (tmp_path / "thesis.txt").read_text() == "mine"


# ------------------------------------------------------------------ the machine


@pytest.mark.parametrize(
    ("line", "index", "title"),
    [
        ("NVIDIA H200, 580.65.06, 9.0", "", "CUDA 13.0"),
        ("GeForce GTX 1080, 560.35.03, 6.1", "cu126", "CUDA 12.6"),
        ("GeForce 9800, 340.108, 1.1", "cpu", "processor"),
    ],
)
def test_the_build_fits_the_card(parts, monkeypatch, line: str, index: str, title: str) -> None:
    build = parts["torch_build"]
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(build, "_output", lambda *_: line + "\n")
    chosen = build.choose()
    assert chosen.index == index
    assert title in chosen.sentence()


def test_without_a_card_the_processor_is_chosen_and_said(parts, monkeypatch) -> None:
    build = parts["torch_build"]
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("_nvidia", "_amd", "_intel"):
        monkeypatch.setattr(build, name, lambda: None)
    assert build.choose().index == "cpu"
    assert "no NVIDIA" in build.choose().sentence()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert build.pip_index(build.choose())[0] == ""


def sysfs(parts, monkeypatch, root: Path, file: str, text: str) -> None:
    """A file under `/sys`, for a machine that has no NVIDIA card."""
    place = root / file
    place.parent.mkdir(parents=True)
    place.write_text(text)
    build = parts["torch_build"]
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(build, "_output", lambda *_: "")
    monkeypatch.setattr(build, "Path", lambda path: root / str(path).removeprefix("/sys/"))


@pytest.mark.parametrize(
    ("version", "index"),
    [("gfx_target_version 110000", "rocm7.2"), ("gfx_target_version 0", "cpu")],
)
def test_an_amd_card_gets_rocm_and_its_processor_alone_does_not(
    parts, monkeypatch, tmp_path: Path, version: str, index: str
) -> None:
    properties = "class/kfd/kfd/topology/nodes/1/properties"
    sysfs(parts, monkeypatch, tmp_path, properties, f"simd_count 4\n{version}\n")
    chosen = parts["torch_build"].choose()
    assert chosen.index == index
    assert ("AMD graphics card with its driver" in chosen.sentence()) == (index != "cpu")


@pytest.mark.parametrize(
    ("vendor", "driver", "index"),
    [("0x8086", "libze_loader.so.1", "xpu"), ("0x8086", None, "cpu"),
     ("0x1002", "libze_loader.so.1", "cpu")],
)  # fmt: skip
def test_an_intel_card_gets_xpu_where_its_compute_driver_is(
    parts, monkeypatch, tmp_path: Path, vendor: str, driver: str | None, index: str
) -> None:
    sysfs(parts, monkeypatch, tmp_path, "class/drm/renderD128/device/vendor", f"{vendor}\n")
    build = parts["torch_build"]
    monkeypatch.setattr(build.ctypes.util, "find_library", lambda _name: driver)
    chosen = build.choose()
    assert chosen.index == index
    assert ("compute driver" in chosen.sentence()) == (index == "xpu")


def test_of_two_cards_the_older_one_decides(parts, monkeypatch) -> None:
    lines = "RTX 5090, 580.65.06, 12.0\nGTX 1080, 580.65.06, 6.1\n"
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(parts["torch_build"], "_output", lambda *_: lines)
    chosen = parts["torch_build"].choose()
    assert chosen.index == "cu126"
    assert "GTX 1080, driver 580.65, compute capability 6.1" in chosen.sentence()


def test_a_mac_with_an_intel_processor_is_refused(parts, monkeypatch) -> None:
    build = parts["torch_build"]
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(build.platform, "machine", lambda: "x86_64")
    assert build.choose() is None
    monkeypatch.setattr(build.platform, "machine", lambda: "arm64")
    assert build.choose().title == "Apple"


def test_system_parts_are_installed_by_root_on_debian_and_asked_for_elsewhere(
    parts, monkeypatch
) -> None:
    system = parts["system_parts"]
    monkeypatch.setattr(system.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(system, "_is_root", lambda: True)
    assert system.can_install()
    assert system.command(["libegl1"]) == "apt-get update && apt-get install -y libegl1"
    monkeypatch.setattr(system, "_is_root", lambda: False)
    assert not system.can_install()
    assert "sudo apt-get install -y libegl1" in system.command(["libegl1"])
    monkeypatch.setattr(system, "_is_root", lambda: True)
    monkeypatch.setattr(system.shutil, "which", lambda _name: None)
    assert not system.can_install()


@pytest.mark.skipif(os.name == "nt", reason="Qt brings its libraries there")
def test_missing_libraries_end_the_start_with_the_command(ready, parts, monkeypatch) -> None:
    launch = parts["launch"]
    monkeypatch.setattr(launch.system_parts, "missing", lambda _tests: (["libegl1"], []))
    monkeypatch.setattr(launch.system_parts, "can_install", lambda: False)
    with pytest.raises(launch.SetupError, match="install -y libegl1"):
        launch._ask_for_parts(False, ready.log)
