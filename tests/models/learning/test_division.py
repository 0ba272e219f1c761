"""Two processes take the steps of one: for every family, whatever its step does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from models.base import families
from models.learning.division import Division, rows_of
from tests.models.learning.divided_steps import CASES, learnt

ROOT = Path(__file__).resolve().parents[3]
WAIT = 300


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with what two processes found."""
    place = tmp_path_factory.mktemp("shared")
    module = "tests.models.learning.divided_steps"
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", module, str(rank), "2", str(place / "meeting"), str(place)],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": paths},
        )
        for rank in range(2)
    ]  # fmt: skip
    assert [process.wait(WAIT) for process in processes] == [0, 0]
    return place


def test_every_family_is_tried() -> None:
    assert {case.family for case in CASES.values()} == set(families())


@pytest.mark.parametrize("name", CASES)
def test_two_processes_learn_what_one_does(shared: Path, name: str) -> None:
    number = list(CASES).index(name)
    one, two = (json.loads((shared / f"{number}-{k}.json").read_text("utf-8")) for k in (0, 1))
    assert one == two  # to the last bit, after every kind of step
    model, _, chance = learnt(CASES[name], None)
    found = load_file(shared / f"{number}-0.safetensors")
    assert torch.equal(found.pop("chance"), chance)
    for key, tensor in model.state_dict().items():
        torch.testing.assert_close(
            found[key], tensor, rtol=0, atol=1e-5, msg=lambda m, k=key: k + m
        )


def test_rows_are_even_and_keep_groups_together() -> None:
    assert [rows_of(7, rank, 2).own for rank in range(2)] == [3, 4]
    assert [rows_of(20, rank, 3, 4)[:2] for rank in range(3)] == [(0, 4), (4, 12), (12, 20)]


def test_a_family_is_as_it_was_afterwards() -> None:
    """Samples and checkpoints are made by the first process alone, between two steps."""
    model = learnt(next(iter(CASES.values())), None)[0]
    before = [module.forward for module in model.modules()]
    with Division(0, 2).of(model):
        assert any("forward" in module.__dict__ for module in model.modules())
    assert [module.forward for module in model.modules()] == before
    assert not any("forward" in module.__dict__ for module in model.modules())


def test_fewer_pictures_than_processes_go_through_each_of_them() -> None:
    """No process is spoken to: this one would wait for ever, or fail."""

    class Net(nn.Module):
        divided = ("net",)

        def __init__(self) -> None:
            super().__init__()
            self.net = nn.Linear(2, 1)

    family = Net()
    with Division(0, 4).of(family):  # type: ignore[arg-type]
        assert family.net(torch.zeros(3, 2)).shape == (3, 1)
