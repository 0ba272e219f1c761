"""The lists by which packages are installed, and what the launcher does with them."""

from __future__ import annotations

import importlib
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LISTS = ROOT / "resources" / "packages"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def name_of(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


def pins() -> dict[str, str]:
    lines = (ROOT / "packaging" / "constraints.txt").read_text("utf-8").splitlines()
    pairs = (line.split("==") for line in lines if "==" in line and not line.startswith("#"))
    return {name_of(name): version.strip() for name, version in pairs}


def entries(extra: str) -> dict[str, tuple[str, list[str]]]:
    """{package: (version, hashes)} of a list."""
    text = (LISTS / f"{extra}.txt").read_text("utf-8")
    found = re.findall(
        r"^([\w.-]+)===?([\w.+]+).*((?: \\\n +--hash=sha256:[0-9a-f]{64})+)$", text, re.M
    )
    assert len(found) == len(re.findall(r"^[^#\s]", text, re.M)), "a line is of another form"
    return {name: (version, re.findall("[0-9a-f]{64}", hashes)) for name, version, hashes in found}


@pytest.mark.parametrize("extra", sorted(path.stem for path in LISTS.glob("*.txt")))
def test_a_list_has_the_tested_versions_each_with_hashes(extra: str) -> None:
    tested = pins()
    for name, (version, hashes) in entries(extra).items():
        assert hashes
        # What PyTorch brings for cards it pins itself.
        assert name in tested or extra == "torch" or name == "setuptools", name
        assert version == tested.get(name, version), "run packaging/pin_hashes.py"


def test_all_that_is_asked_for_is_in_a_list() -> None:
    base = entries("base")
    assert {name_of(each) for each in PROJECT["dependencies"]} - {"torch"} <= set(base)
    assert "torch" in entries("torch")
    for extra, requirements in PROJECT["optional-dependencies"].items():
        assert {name_of(each) for each in requirements} <= {*base, *entries(extra)}, extra


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """`install(index, answers=…, tests=…)`: what pip is called with for a build of PyTorch."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    for name in ("torch_build", "environment"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    environment = importlib.import_module("environment")
    build = importlib.import_module("torch_build")

    def install(index: str, *, answers: bool = True, tests: bool = False) -> list[str]:
        calls: list[str] = []
        made = environment.Environment(tmp_path)
        monkeypatch.setattr(build, "choose", lambda: build.Build("a card", index, "a test"))
        monkeypatch.setattr(build, "_answers", lambda _url: answers)
        monkeypatch.setattr(made, "_pip", lambda words: calls.append(" ".join(words)))
        monkeypatch.setattr(made, "_look_at_torch", lambda: "It works.")
        made._install_packages(tests)
        return [call.replace(f"{LISTS}/", "") for call in calls]

    return install


def test_pytorch_of_pypi_is_checked_by_hash(installed) -> None:
    base, torch, *extras = installed("")
    assert base == "--require-hashes --no-deps -r base.txt"
    assert torch == "--require-hashes --no-deps -r torch.txt"
    assert "--require-hashes --no-deps -r video.txt" in extras
    assert all(call.startswith("--require-hashes") for call in extras)


def test_a_build_of_another_index_comes_from_there(installed) -> None:
    pin = f"torch=={pins()['torch']}"
    base, torch, formats, *_ = installed("cpu", tests=True)
    assert base == "--require-hashes --no-deps -r base.txt -r test.txt -r dev.txt"
    assert torch == f"--index-url https://download.pytorch.org/whl/cpu --no-deps {pin}"
    assert formats.endswith("formats.txt"), "the processor's build needs nothing more"
    _, torch, parts, *_ = installed("cu126")
    assert torch.endswith(f"/cu126 --no-deps {pin}")
    assert parts.startswith("--extra-index-url https://download.pytorch.org/whl/cu126 -c ")


def test_where_that_index_does_not_answer_pip_looks_elsewhere(installed, capsys) -> None:
    _, torch, formats, *_ = installed("cpu", answers=False)
    assert torch.startswith("-c ")
    assert "--index-url" not in torch
    assert formats.endswith("formats.txt")
    assert "does not answer" in capsys.readouterr().out
