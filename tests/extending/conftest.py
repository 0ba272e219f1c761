"""Every recipe for adding a thing is followed in a copy of the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.extending.tree import Tree


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "tree")
