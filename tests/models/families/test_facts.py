"""A family's own facts: they speak of all it reports, and nobody outside its folder names it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from models.base import families, family
from models.facts import Ability, LatentKind, LatentSpec
from models.image_spec import ImageSpec
from models.train_state import TrainState
from tests.models.configs import config_of

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "studio/engine/sample.py"
"""The one run that comes with the program is of a family."""
SMALL = {"latent_dim": 16, "top_width": 8, "width": 16, "batch_size": 4}


def own_settings(name: str) -> Iterator[dict[str, object]]:
    """The ways of training that report something of their own."""
    declared = family(name).Config.params()
    yield {}
    if "sharp" in declared:
        yield {"sharp": True}
    if "regulariser" in declared:
        yield {"regulariser": "rae_gp"}
    if "quantiser" in declared:
        yield {"quantiser": "vq", "order": "in_turn"}


@pytest.mark.parametrize("name", sorted(families()))
def test_every_scalar_of_training_has_words(name: str) -> None:
    kind, spec = family(name), ImageSpec(3, 16, 16)
    for changed in own_settings(name):
        model = kind(config_of(name, SMALL, **changed), spec).train()
        state = TrainState(torch.device("cpu"), torch.Generator().manual_seed(5))
        state.captions = ["of nothing"] * 4
        batch = torch.zeros(4, 16, 16, 3, dtype=torch.uint8)
        assert set(model.training_step(batch, state)) <= set(kind.facts.curves)


@pytest.mark.parametrize("name", sorted(families()))
def test_a_critic_has_levels_that_are_there(name: str) -> None:
    kind = family(name)
    model = kind(config_of(name, SMALL), ImageSpec(3, 32, 32))
    assert kind.facts.has_critic == model.latent.has_critic
    if not kind.facts.has_critic:
        return
    weights = dict(model.get_submodule("critic").named_parameters())
    found = [match for each in weights if (match := re.match(kind.facts.critic_levels, each))]
    assert {match[1] for match in found} >= {None, "0"}
    assert len(found) < len(weights)


def test_tokens_cannot_be_added_up() -> None:
    points = LatentSpec(4, 8, "normal", has_encoder=True)
    of_networks = {
        Ability.SCORE,
        Ability.BEND,
        Ability.NOISE,
        Ability.FACTOR,
        Ability.REPAIR,
        Ability.PROMPT,
    }
    assert points.abilities == set(Ability) - of_networks
    tokens = LatentSpec(16, 1, "normal", has_encoder=True, kind=LatentKind.TOKENS)
    assert tokens.abilities == {Ability.TRUNCATION, Ability.ENCODE}


def outside() -> list[Path]:
    """Every file that may not name a family. What reads models of other programs says which
    family each becomes, and names those programs."""
    models = [path for path in (ROOT / "models").rglob("*.py") if "families" not in path.parts]
    studio = [path for path in (ROOT / "studio").rglob("*.py") if path != SAMPLE]
    found = models + [path for path in studio if "foreign" not in path.parts]
    assert len(found) > 300
    return found


def said_in(path: Path) -> Iterator[str]:
    """Literals, names and imports of a file; what is told about it in prose may name papers."""
    tree = ast.parse(path.read_text("utf-8"))
    prose = {
        id(node.value) for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_nobody_outside_its_folder_names_a_family() -> None:
    names = re.compile(rf"(?<![A-Za-z_])(?:{'|'.join(families())})(?![A-Za-z_])")
    wrong = [
        f"{path.relative_to(ROOT)}: {said}"
        for path in outside() for said in said_in(path) if names.search(said)
    ]  # fmt: skip
    assert not wrong, "; ".join(wrong)
