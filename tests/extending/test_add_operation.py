"""A refine operation is one file, and its Chinese."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tests.extending.tree import Tree

FILE = '''
"""Light becomes dark."""

from __future__ import annotations

from dataclasses import dataclass

from models.parameters import param
from studio.engine.artwork import Image
from studio.engine.refinement.base import Operation, register


@register
@dataclass(frozen=True)
class Negative(Operation):
    """Every level from the other end; what is clear stays clear."""

    name = "negative"
    title = "Negative"
    summary = "Light becomes dark and dark becomes light."

    share: float = param(0.0, label="Share of it", low=0.0, high=1.0, help="One turns all of it.")

    def apply(self, image: Image) -> Image:
        """Of opaque pictures."""
        return image + self.share * (1.0 - 2.0 * image)
'''
CHINESE = {
    "Negative": "负片",
    "Light becomes dark and dark becomes light.": "明变暗，暗变明。",
    "Share of it": "比例",
    "One turns all of it.": "1 为全部反转。",
}
WINDOW = """
from studio.engine.refinement.stack import Stack
panel = window.room("refinement").panel
panel.set_stack(Stack.checked({"steps": [{"op": "negative"}]}))
panel.list.setCurrentRow(0)
seen = {
    "menu": [action.text() for action in panel.add.menu().actions()],
    "list": panel.list.item(0).text(),
    "form": panel._form.values(),
}
"""


def test_one_file_adds_a_refine_operation(tree: Tree, tmp_path: Path) -> None:
    tree.add("studio/engine/refinement/negative.py", FILE, CHINESE)
    (listed,) = (
        each for each in tree.command("operations")["operations"] if each["name"] == "negative"
    )
    assert listed["title"] == "Negative"
    assert [each["label"] for each in listed["parameters"]] == ["Share of it"]

    Image.fromarray(np.full((8, 8, 3), 250, np.uint8)).save(tmp_path / "light.png")
    stack = tmp_path / "stack.toml"
    stack.write_text('[[steps]]\nop = "negative"\nparams = {share = 1.0}\n')
    (made,) = tree.command(
        "refine", tmp_path / "light.png", "--stack", stack, "--out", tmp_path / "out"
    )["files"]
    assert np.asarray(Image.open(made)).max() == 5

    seen = tree.window(WINDOW)
    assert "负片" in seen["menu"]
    assert "负片" in seen["list"]
    assert seen["form"] == {"share": 0.0}
