"""What `demo` refuses, and how it ends early; the whole of it is in tests/packaging."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.verbs import demo, train
from studio.verbs.console import Result
from tests.verbs.support import call, tree


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    before = tree(tmp_path)
    call("demo", tmp_path).refused(1, str(tmp_path), "name a new folder")
    assert tree(tmp_path) == before


def test_without_a_folder_it_takes_a_free_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert demo._free_folder() == tmp_path / "latent-studio-demo"
    (tmp_path / "latent-studio-demo").mkdir()
    assert demo._free_folder() == tmp_path / "latent-studio-demo-2"


def test_interrupted_while_it_trains_it_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "run", lambda *_: Result({"run": "half"}, exit_code=130))
    said = call("demo", tmp_path / "new", "--minutes", "5")
    assert said.code == 130
    assert f"train {tmp_path / 'new'} --resume half --minutes 5" in said.out
    assert (tmp_path / "new" / "stages" / "1-dataset.png").is_file()
