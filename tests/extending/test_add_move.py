"""A move of a recipe is one file: it is played, kept, handed over and read again."""

from __future__ import annotations

import json

from tests.extending.tree import Tree

FILE = '''
"""Away from the middle, as a drag of the whole picture might be."""

from __future__ import annotations

from typing import ClassVar, Literal

from studio.engine.generation.beginnings import Beginning, Played
from studio.engine.generation.moves.base import Move, register
from studio.engine.generation.slerp import Latent


@register
class Stretch(Move):
    """The distance from the middle times `factor`."""

    name: ClassVar[str] = "stretch"
    rank: ClassVar[int] = 2

    kind: Literal["stretch"] = "stretch"
    factor: float

    def apply(self, w: Latent, beginning: Beginning, played: Played) -> Latent:
        """The point after this move."""
        middle = played.centre(beginning, beginning)
        return middle + self.factor * (w - middle)
'''
CODE = """
import json
from pathlib import Path
import numpy as np
from studio.engine.export.handover import export_pieces
from studio.engine.export.recall import recall
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.player import Player
from studio.engine.pieces import pieces
from studio.engine.project import Project
from studio.engine.sample import RUN, make_sample_project
from studio.engine.training.record import checkpoint

said = {"beginning": {"kind": "seeded", "seed": 3}, "moves": [{"kind": "stretch", "factor": 0.5}]}
recipe = LatentRecipe.model_validate(said)
with Project.open(make_sample_project(Path("Vases"))) as project:
    player = Player.open(checkpoint.load_latest(project.runs / RUN), "cpu")
    plain = LatentRecipe.model_validate({"seed": 3})
    middle = player.centre(recipe.beginning, recipe.beginning)
    halfway = middle + 0.5 * (player.latent_of(plain) - middle)
    piece = pieces.keep(project, RUN, player, recipe)
    pieces.set_review(project, piece.id, "approved")
    piece = pieces.piece(project, piece.id)
    (made,) = export_pieces(project, [piece], "jpeg", {}, Path("out"))
    back = recall(project, made.path).recipe
    print(json.dumps([
        np.allclose(player.latent_of(recipe), halfway, atol=1e-6),
        player.settled(back) == recipe, piece.written["moves"], [each.name for each in back.moves],
    ]))
"""


def test_one_file_adds_a_move(tree: Tree) -> None:
    tree.add("studio/engine/generation/moves/stretch.py", FILE, {})
    near, same, written, names = json.loads(tree._python("-c", CODE))
    assert near
    assert same
    assert written == [{"kind": "stretch", "factor": 0.5}]
    assert names == ["stretch"]
