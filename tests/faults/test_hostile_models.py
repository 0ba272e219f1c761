"""Model files made to hurt: headers that lie, and pickles under every name."""

from __future__ import annotations

import json
import pickle
import struct
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.engine.dataset.intake.importer import import_sources
from studio.engine.errors import StudioError
from studio.engine.generation.directions import direction_file
from studio.engine.project import Project
from studio.engine.training.record import checkpoint, checkpoint_model
from tests.verbs.support import call


def header(words: object, data: bytes = b"", length: int | None = None) -> bytes:
    text = words if isinstance(words, bytes) else json.dumps(words).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def entry(begin: int, end: int, shape: list[int], dtype: str = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


HEADERS = {
    "empty": b"",
    "short": b"\1\0\0",
    "longer than the file": header({"a": entry(0, 4, [1])}, bytes(4), length=1 << 20),
    "a length of 2^63": header({}, length=1 << 63),
    "more than 100 MB said": header({}, length=200 << 20),
    "no JSON": header(b"{" * 64),
    "deep": header(b'{"a":' * 20_000),
    "a list": header([1, 2]),
    "overlap": header({"a": entry(0, 8, [2]), "b": entry(4, 12, [2])}, bytes(12)),
    "hole": header({"a": entry(0, 4, [1]), "b": entry(8, 12, [1])}, bytes(12)),
    "past the end": header({"a": entry(0, 400, [100])}, bytes(4)),
    "backwards": header({"a": entry(4, 0, [1])}, bytes(4)),
    "shape overflow": header({"a": entry(0, 4, [1 << 40, 1 << 40])}, bytes(4)),
    "shape and bytes differ": header({"a": entry(0, 4, [3])}, bytes(4)),
    "unknown type": header({"a": entry(0, 4, [1], "F31")}, bytes(4)),
    "tail": header({"a": entry(0, 4, [1])}, bytes(4) + b"PK\3\4 more"),
    "half a character": header(
        b'{"\\ud800": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}', bytes(4)
    ),
    "100,000 entries": header({f"n{n}": entry(0, 4, [1]) for n in range(100_000)}, bytes(4)),
}  # fmt: skip


def with_model(run: Path, content: bytes) -> Path:
    """A checkpoint whose own hashes are right and whose model is `content`."""
    import hashlib

    import torch

    saved = checkpoint.save(
        run, {"a": torch.ones(1)}, {}, checkpoint.State(family="vae", images_seen=1)
    )
    (saved.folder / checkpoint.MODEL).write_bytes(content)
    state = json.loads((saved.folder / checkpoint.STATE).read_text())
    state["files"][checkpoint.MODEL] = hashlib.sha256(content).hexdigest()
    state["check"] = checkpoint._check(state)
    (saved.folder / checkpoint.STATE).write_text(json.dumps(state))
    return saved.folder


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_lies_is_one_sentence(name: str, tmp_path: Path) -> None:
    folder = with_model(tmp_path, HEADERS[name])
    assert checkpoint.verify(folder), "its hashes are right: it is the content that is not"
    with pytest.raises(StudioError) as said:
        checkpoint_model.load_model(folder, "cpu")
    assert "\n" not in str(said.value)
    (tmp_path / "directions.safetensors").write_bytes(HEADERS[name])
    assert direction_file.read(tmp_path / "directions.safetensors") is None


# ---------------------------------------------------------------------- pickles


class Trap:
    """What runs where it is unpickled leaves a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Path.touch, (self.marker,)


def plain(marker: Path) -> bytes:
    return pickle.dumps(Trap(marker))


def several(marker: Path) -> bytes:
    """As torch wrote files before 1.6: a magic number, then more pickles."""
    return pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2) + plain(marker)


def archive(marker: Path) -> bytes:
    """As torch writes them since."""
    import io

    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("archive/data.pkl", plain(marker))
        file.writestr("archive/version", "3\n")
    return made.getvalue()


def array(marker: Path) -> bytes:
    """A NumPy file of objects."""
    import io

    import numpy as np

    made = io.BytesIO()
    np.save(made, np.array([Trap(marker)], object), allow_pickle=True)
    return made.getvalue()


def test_a_pickle_never_runs_whatever_it_is_called(tmp_path: Path) -> None:
    marker = tmp_path / "it ran"
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for make in (plain, several, archive, array):
        content = make(marker)
        folder = with_model(tmp_path / make.__name__, content)
        with pytest.raises(StudioError):
            checkpoint_model.load_model(folder, "cpu")
        assert direction_file.read(folder / checkpoint.MODEL) is None
        call("inspect", folder)
        for ending in ("pkl", "pt", "ckpt", "safetensors", "npy", "png", "zip", "psd", "exr"):
            (pictures / f"{make.__name__}.{ending}").write_bytes(content)
    with Project.open(tmp_path / "project", create=True) as project, pytest.raises(StudioError):
        for _ in import_sources(project, [pictures], "set", workers=1):
            pass
    for path in (*pictures.glob("archive.*"), *pictures.glob("array.*")):
        call("inspect", path)
    call("refine", pictures / "plain.png", "--stack", pictures / "array.npy", "--out", tmp_path)
    assert not marker.exists()


def test_the_trap_is_one(tmp_path: Path) -> None:
    marker = tmp_path / "it ran"
    pickle.loads(plain(marker))
    assert marker.exists()


def test_nothing_of_the_program_unpickles() -> None:
    """Neither pickle nor what is built on it is asked for anything; `torch.load` is nowhere."""
    import re

    root = Path(__file__).parents[2]
    forbidden = re.compile(
        r"^\s*(import|from) (pickle|shelve|dill|joblib|cloudpickle|marshal)\b|torch\.load\(|"
        r"allow_pickle=True|(?<![.\w])(eval|exec)\(|shell=True|os\.system\(|yaml\.load\(",
        re.MULTILINE,
    )
    found = {
        f"{path.relative_to(root)}: {match.group().strip()}"
        for place in ("studio", "models", "packaging")
        for path in (root / place).rglob("*.py")
        for match in forbidden.finditer(path.read_text("utf-8"))
    }
    assert not found
    assert sys.modules.get("shelve") is None
