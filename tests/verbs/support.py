"""Calling the command line as a user does, and comparing what lies on the disk."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from studio import cli
from studio.engine import index_copies
from studio.engine.project import INDEX, LOCK

ROOT = Path(__file__).resolve().parents[2]
SMALLEST = {
    "autoencoder": ("latent_dim=8", "top_width=8", "width=8", "batch_size=4"),
    "vae": ("latent_dim=8", "top_width=8", "width=8", "batch_size=4"),
    "gan": ("latent_dim=8", "top_width=8", "width=8", "group_size=8", "batch_size=4"),
}


@dataclass(frozen=True)
class Said:
    """How a command line ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def facts(self) -> dict[str, Any]:
        """The one JSON object; anything else on stdout fails the test."""
        (line,) = self.out.splitlines()
        found = json.loads(line)
        assert isinstance(found, dict)
        return found

    def refused(self, code: int, *words: str) -> None:
        """It failed with `code` and nothing but one sentence, in which the words are."""
        assert (self.code, self.out) == (code, ""), self
        *before, sentence = self.err.splitlines()
        # What was said before the failure is about the work, as "1 picture read" is.
        assert not any(line.startswith(("latent-studio", "Traceback")) for line in before), self
        assert sentence.startswith("latent-studio: "), self
        assert sentence.endswith("."), self
        for rough in ("Traceback", "[Errno", "Error(", "object at 0x"):
            assert rough not in sentence, self
        for word in words:
            assert word in sentence, self


def call(*arguments: object) -> Said:
    """`latent-studio ARGUMENTS` in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main([str(each) for each in arguments])
    return Said(code, out.getvalue(), err.getvalue())


def done(*arguments: object) -> dict[str, Any]:
    """The facts of a call that has to succeed."""
    said = call(*arguments, "--json")
    assert said.code == 0, said
    return said.facts


def python(*arguments: object, prefix: tuple[str, ...] = (), **options: Any) -> Said:
    """A process of its own, from the folder that holds the program."""
    options["env"] = {"PYTHONUTF8": "1", **os.environ, **options.get("env", {})}
    ended = subprocess.run(
        [*prefix, sys.executable, *map(str, arguments)],
        capture_output=True, encoding="utf-8", check=False, cwd=ROOT, **options,
    )  # fmt: skip
    return Said(ended.returncode, ended.stdout, ended.stderr)


def tiny(family: str, images: int = 8, size: int = 16) -> list[str]:
    """Options of `train` for the smallest run of a family."""
    changes = [part for change in SMALLEST[family] for part in ("--set", change)]
    length = ["--images", str(images)]
    return ["--family", family, "--size", str(size), "--device", "cpu", *length, *changes]


def draw(path: Path, seed: int = 0, size: tuple[int, int] = (40, 36)) -> Path:
    """A picture with detail everywhere, different for every seed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """The networks are so small that a second thread only costs, most of all on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def tree(folder: Path) -> dict[str, object]:
    """Everything below a folder: the bytes of each file, the rows of an index."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.name == LOCK or path.name.startswith(f"{INDEX}-"):
            continue  # come and go with every opening
        if index_copies.FOLDER in path.parts:
            continue  # of the rows that are compared anyway
        if path.is_dir():
            found[name] = None
        elif path.name == INDEX:
            found[name] = _rows(path)
        else:
            found[name] = path.read_bytes()
    return found


def _rows(index: Path) -> object:
    try:
        with contextlib.closing(sqlite3.connect(index)) as connection:
            return list(connection.iterdump())
    except sqlite3.DatabaseError:
        return index.read_bytes()
