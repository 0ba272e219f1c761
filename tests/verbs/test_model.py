"""`model import` and `model export`: in from another program, and out to one."""

from __future__ import annotations

from pathlib import Path

import torch

from tests.engine.training.foreign import reference_nvidia as theirs
from tests.verbs.support import call, done

WIDTHS = {4: 8, 8: 8, 16: 8}


def test_a_model_comes_is_played_and_leaves(tmp_path: Path) -> None:
    torch.manual_seed(6)
    project = tmp_path / "project"
    file = theirs.pickled(tmp_path / "roses.pkl", theirs.Generator(WIDTHS))
    made = done("model", "import", project, file, "--name", "Roses")
    run = made["run"]
    assert made["origin"]["program"] == "StyleGAN2-ADA (NVIDIA)"
    assert done("runs", "list", project)["runs"][0]["title"] == "Roses"
    assert done("inspect", made["folder"])["brought_from"]["file"] == "roses.pkl"
    out = tmp_path / "out"
    assert len(done("generate", project, "--run", run, "--count", 2, "--out", out)["files"]) == 2
    left = done("model", "export", project, "--run", run, "--out", out / "roses")
    assert [Path(each).name for each in left["files"]] == [
        "roses.safetensors", "roses.play.py", "roses.md",
    ]  # fmt: skip
    assert "not commercial use" in (out / "roses.md").read_text()
    call("model", "export", project, "--run", run, "--out", out / "roses").refused(
        1, "there already"
    )
    call("model", "export", project, "--run", run, "--format", "x", "--out", out / "b").refused(
        2, "no format 'x'"
    )


def test_what_is_no_model_is_one_sentence(tmp_path: Path) -> None:
    project, file = tmp_path / "project", tmp_path / "no.pt"
    file.write_bytes(b"hello")
    call("model", "import", project, file).refused(1, "no.pt cannot be brought in", "Nothing in it")
    call("model").refused(2)
