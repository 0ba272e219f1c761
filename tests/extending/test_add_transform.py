"""A transform of what a layer says is one class in a file of its own, and its Chinese."""

from __future__ import annotations

from tests.extending.tree import Tree

FILE = '''
"""Left and right change places in bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.parameters import param
from studio.engine.generation.transforms.base import Plain, register

if TYPE_CHECKING:
    from torch import Tensor


@register
@dataclass(frozen=True)
class Roll(Plain):
    """Round and round."""

    name = "roll"
    title = "Roll"
    summary = "Moves everything on, and in again at the other side."

    part: float = param(0.5, label="Part of the width", low=0.0, high=1.0, help="How far it goes.")

    def apply(self, x: Tensor) -> Tensor:
        return x.roll(round(self.part * x.shape[3]), 3)
'''
CHINESE = {
    "Roll": "滚动",
    "Moves everything on, and in again at the other side.": "使一切前移，并从另一侧进入。",
    "Part of the width": "宽度的比例",
    "How far it goes.": "移动多远。",
}
WINDOW = """
panel = window.room("generation").shaping.bend
seen = [panel.transform.itemText(row) for row in range(panel.transform.count())]
"""
CODE = """
from pathlib import Path
import numpy as np
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.player import Player
from studio.engine.project import Project
from studio.engine.sample import RUN, make_sample_project
from studio.engine.training.record import checkpoint

bend = {"kind": "bend", "layer": 0, "transform": "roll", "values": {"part": 0.5}}
with Project.open(make_sample_project(Path("Vases"))) as project:
    player = Player.open(checkpoint.load_latest(project.runs / RUN), "cpu")
    plain = LatentRecipe.model_validate({"seed": 3})
    bent = plain.moved(LatentRecipe.model_validate({"moves": [bend]}).moves[0])
    print(np.array_equal(player.picture(plain), player.picture(bent)))
"""


def test_one_file_adds_a_transform(tree: Tree) -> None:
    tree.add("studio/engine/generation/transforms/roll.py", FILE, CHINESE)
    (listed,) = (
        each for each in tree.command("operations")["transforms"] if each["name"] == "roll"
    )
    assert [each["label"] for each in listed["parameters"]] == ["Part of the width"]
    assert tree._python("-c", CODE).strip() == "False"
    assert "滚动" in tree.window(WINDOW)
