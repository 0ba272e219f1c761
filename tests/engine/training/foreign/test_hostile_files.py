"""Files that want to do something, or are no models: one sentence, nothing run, nothing lost."""

from __future__ import annotations

import collections
import io
import os
import pickle
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from studio.engine.errors import StudioError
from studio.engine.project import Project
from studio.engine.training.foreign import child, contents
from studio.engine.training.foreign.arrival import bring_in
from studio.engine.training.foreign.container import contents as read
from studio.engine.training.foreign.refusal import ForeignError
from studio.engine.training.planning import runs
from tests.engine.training.foreign import reference_lucidrains, reference_nvidia
from tests.engine.training.foreign.arrivals import model_in

WIDTHS = {4: 8, 8: 8, 16: 8}


class Calls:
    """Is pickled as a call of anything."""

    def __init__(self, what: Callable[..., object], *given: object) -> None:
        self._what, self._given = what, given

    def __reduce__(self) -> tuple[Any, ...]:
        return self._what, self._given


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """A file that is there if something was run."""
    return tmp_path / "ran"


def stream(value: object, protocol: int = 4) -> bytes:
    return pickle.dumps({"G_ema": value}, protocol)


def why(data: bytes) -> str:
    with pytest.raises(ForeignError) as caught:
        child.Found(("G_ema",)).take("", read(io.BytesIO(data)))
    return str(caught.value)


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_foreign_name_is_refused_and_not_called(mark: Path, protocol: int) -> None:
    touch = Calls(os.system, f"touch {mark}")
    assert "posix.system" in why(stream(touch, protocol)) or "nt.system" in why(stream(touch))
    assert "builtins.eval" in why(stream(Calls(eval, f"open({str(mark)!r}, 'w')")))
    assert not mark.exists()


def test_a_stream_in_a_stream_is_refused_alike(mark: Path) -> None:
    inner = pickle.dumps(Calls(os.system, f"touch {mark}"))
    loads: Any = torch.storage._load_from_bytes
    assert "system" in why(stream(Calls(loads, inner)))
    assert "stream of its own" in why(stream(Calls(loads, pickle.dumps(Calls(loads, inner)))))
    assert not mark.exists()


@pytest.mark.parametrize("protocol", [2, 4])
def test_a_file_in_place_of_a_model_is_said_to_be_one(mark: Path, protocol: int) -> None:
    inner = pickle.dumps(Calls(os.system, f"touch {mark}"), protocol)
    assert "a file in itself" in why(stream(inner, protocol))
    assert "a file in itself" in why(pickle.dumps(inner, protocol))
    assert not mark.exists()


def test_the_text_of_a_program_is_not_run(tmp_path: Path, mark: Path) -> None:
    net = reference_nvidia.Generator(WIDTHS)
    trap = f"open({str(mark)!r}, 'w').close()"
    model_in(reference_nvidia.pickled(tmp_path / "a.pkl", net, trap=trap))
    assert not mark.exists()
    assert not {"torch_utils", "dnnlib"} & sys.modules.keys()


def test_a_shape_cannot_claim_what_is_not_there() -> None:
    whole = torch.zeros(4)
    rebuild: Any = torch._utils._rebuild_tensor_v2
    storage = whole._typed_storage()
    none: collections.OrderedDict[str, object] = collections.OrderedDict()
    for offset, shape, strides in (
        (0, (10**9,), (1,)), (0, (10**9,), (0,)), (0, (10**12, 10**12), (0, 0)),
        (3, (2,), (1,)), (0, (-1,), (1,)), (0, (2,), (10**9,)), (-1, (2,), (1,)),
        (0, (1,) * 30, (1,) * 30), ("0", (1,), (1,)),
    ):  # fmt: skip
        said = why(stream(Calls(rebuild, storage, offset, shape, strides, False, none)))
        assert "claims" in said or "shape of a tensor" in said


def test_what_is_cut_off_is_damaged(tmp_path: Path) -> None:
    net = reference_nvidia.Generator(WIDTHS)
    whole = reference_nvidia.pickled(tmp_path / "a.pkl", net).read_bytes()
    for part in (0, 1, 2, 100, len(whole) // 2, len(whole) - 1):
        assert "damaged" in why(whole[:part])
    for text in (b"hello", b"PK\x03\x04 no zip", b"\x80\x04\x8e" + b"\xff" * 7 + b"\x7f."):
        assert "damaged" in why(text)


def test_a_bomb_of_references_is_too_many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb: dict[str, object] = {}
    for _ in range(24):
        bomb = {"a": bomb, "b": bomb}
    assert "more parts" in why(stream(bomb))
    circle: dict[str, object] = {}
    circle["a"] = circle
    assert "more parts" in why(stream(circle))


def test_editions_that_cannot_be_held_are_told_apart(tmp_path: Path) -> None:
    network = types.ModuleType("dnnlib.tflib.network")
    kind = type("Network", (), {"__module__": "dnnlib.tflib.network"})
    network.Network = kind  # type: ignore[attr-defined]
    names = ("dnnlib", "dnnlib.tflib", "dnnlib.tflib.network")
    try:
        sys.modules.update(dict.fromkeys(names, network))
        assert "TensorFlow" in why(pickle.dumps((kind(), kind(), kind())))
    finally:
        for name in names:
            del sys.modules[name]
    third = reference_nvidia.Generator(WIDTHS)
    third.synthesis.L0_36_16 = reference_nvidia.Persistent()
    third.synthesis.L0_36_16.register_buffer("up_filter", torch.zeros(3))
    with pytest.raises(ForeignError, match="StyleGAN3"):
        model_in(reference_nvidia.pickled(tmp_path / "third.pkl", third))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda net: net.mapping.register_buffer("extra", torch.zeros(2)), "mapping.extra"),
        (lambda net: delattr(net.synthesis.b8.conv0, "weight"), "no synthesis.b8.conv0.weight"),
        (lambda net: net.synthesis.b8.conv0.resample_filter.fill_(1), "another filter"),
        (lambda net: net.synthesis.b8.conv0.weight.data.fill_(np.nan), "NaN"),
        (lambda net: setattr(net.synthesis.b4.conv1, "activation", "swish"), "leaky ReLU"),
        (lambda net: setattr(net.synthesis.b4.conv1, "bias", net.mapping.fc0.bias), "the shape"),
    ],
)  # fmt: skip
def test_networks_that_are_other_than_they_seem(
    tmp_path: Path, change: Callable[[Any], object], said: str
) -> None:
    net = reference_nvidia.Generator(WIDTHS, dim=12)
    change(net)
    with pytest.raises(ForeignError, match=said):
        model_in(reference_nvidia.pickled(tmp_path / "odd.pkl", net))


def test_other_networks_of_the_same_author(tmp_path: Path) -> None:
    whole = torch.nn.Module()
    whole.GE = torch.nn.Linear(2, 2)
    torch.save({"GAN": whole.state_dict()}, tmp_path / "light.pt")
    with pytest.raises(ForeignError, match="another network"):
        model_in(tmp_path / "light.pt")
    styles = reference_lucidrains.StyleVectorizer(8, 2)
    pictures = reference_lucidrains.Generator([8, 8, 8], 8)
    pictures.attns[1] = torch.nn.Linear(2, 2)
    with pytest.raises(ForeignError, match="attention"):
        model_in(reference_lucidrains.saved(tmp_path / "b.pt", styles, pictures))
    torch.save({"state": {"a": torch.zeros(2)}}, tmp_path / "c.pt")
    with pytest.raises(ForeignError, match="no model in it"):
        model_in(tmp_path / "c.pt")


def test_a_project_is_left_as_it_was(
    project: Project, tmp_path: Path, mark: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = tmp_path / "bad <b>.pkl"
    bad.write_bytes(stream(Calls(os.system, f"touch {mark}")))
    with pytest.raises(ForeignError) as caught:
        bring_in(project, bad)
    assert str(caught.value).startswith("bad <b>.pkl cannot be brought in: it asks for posix.")
    monkeypatch.setattr(contents, "LARGEST_FILE", 10)
    with pytest.raises(ForeignError, match="larger than any model"):
        bring_in(project, bad)
    with pytest.raises(StudioError, match="check the path"):
        bring_in(project, tmp_path / "gone.pkl")
    with pytest.raises(StudioError, match="check the path"):
        bring_in(project, tmp_path)
    assert not runs.runs(project)
    assert not list(project.runs.iterdir())
    assert not mark.exists()


def test_it_can_be_stopped(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "a.pkl"
    path.write_bytes(stream({}))
    with pytest.raises(StudioError, match="was stopped"):
        bring_in(project, path, cancelled=lambda: True)
    assert not runs.runs(project)
