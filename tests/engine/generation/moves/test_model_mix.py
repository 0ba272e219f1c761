"""Coarse layers of one model, fine ones of another."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from models.base import families, family
from models.image_spec import ImageSpec
from models.mixing import mixed
from models.parameters import ParameterError
from studio.engine.errors import StudioError, UsageError
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.model_mix import ModelMix
from studio.engine.generation.other_models import GoneError, others
from studio.engine.generation.player import Player
from studio.engine.pieces import pieces
from studio.engine.project import Project
from studio.engine.training.record import checkpoint
from tests.models.configs import config_of

Styled = Callable[..., Player]
PLAIN = LatentRecipe(seed=3)


@pytest.mark.parametrize("name", sorted(families()))
def test_the_ends_are_the_two_models_and_the_middle_is_neither(name: str) -> None:
    models = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        kind = family(name)
        config = config_of(name, {"top_width": 8, "width": 16})
        models.append(kind(config, ImageSpec(3, 16, 16)).eval().requires_grad_(False))
    one, two = models
    for tensor in (*one.state_dict().values(), *two.state_dict().values()):
        if tensor.is_floating_point() and not tensor.any():
            tensor.normal_(std=0.1)  # layers that begin at zero say nothing of a mix
    count, w = len(one.layers()), one.sample(1, 0)
    with torch.inference_mode():
        ends = [mixed(one, two, [share] * count).draw(w) for share in (0.0, 0.5, 1.0)]
        assert torch.equal(ends[0], one.draw(w))
        assert torch.allclose(ends[2], two.draw(w), atol=1e-4)
        assert not torch.allclose(ends[1], ends[0], atol=1e-4)
        onto = mixed(one, two, [0.5] * count)
        assert torch.equal(onto.draw(w), ends[1])
        assert torch.equal(mixed(one, two, [0.0] * count, onto).draw(w), ends[0])


def test_the_share_of_a_layer_follows_a_curve(styled: Styled) -> None:
    layers = styled().layers()[::2]
    assert [layer.height for layer in layers] == [4, 8, 16]

    def shares(**values: object) -> list[float]:
        move = ModelMix(model="0" * 64, **values)
        return [move.share_of(layer) for layer in layers]

    assert shares(cut=8, softness=0) == [0, 1, 1]
    assert shares(cut=8, softness=2) == [0, 0.5, 1]
    assert shares(cut=8, softness=4, share=0.5) == [0.125, 0.25, 0.375]
    assert shares(cut=8, softness=0, part="coarse") == [1, 0, 0]


def test_a_mix_is_kept_with_both_models(styled: Styled, project: Project) -> None:
    other, player = styled(seed=1), styled(seed=0)
    (offered,) = others(player.folder)
    assert (offered.run, offered.number) == ("styled", 1)
    assert (offered.family, offered.sha256) == ("stylegan2", other.sha256)
    recipe = PLAIN.moved(ModelMix(model=other.sha256, cut=8, softness=1))
    shown = player.picture(recipe)
    assert not np.array_equal(shown, player.picture(PLAIN))
    assert not np.array_equal(shown, other.picture(PLAIN))
    piece = pieces.keep(project, "styled", player, recipe)
    run = project.runs / "styled"
    for seed in range(2, 8):
        styled(seed=seed)
        checkpoint.keep_last(run)
    assert {other.folder, player.folder} <= set(checkpoint.folders(run))
    assert np.array_equal(pieces.render(project, piece), shown)
    shutil.rmtree(other.folder)
    fresh = Player.open(player.folder, "cpu")
    with pytest.raises(GoneError, match="is not in the project any more"):
        fresh.picture(recipe)
    assert np.array_equal(pieces.render(project, piece), shown)  # the one that was stored
    assert np.array_equal(fresh.picture(PLAIN), player.picture(PLAIN))


def test_another_architecture_is_refused_and_the_recipe_stays_good(styled: Styled) -> None:
    other, player = styled(seed=1, width=16, top_width=16), styled(seed=0)
    recipe = PLAIN.moved(ModelMix(model=other.sha256))
    with pytest.raises(UsageError, match="The other model is built otherwise"):
        player.picture(recipe)
    assert player.picture(recipe.without(("model_mix", 0))).any()
    torch.manual_seed(0)
    kinds = [family(name) for name in ("vae", "gan")]
    small = {"latent_dim": 16, "top_width": 8, "width": 16}
    one, two = (kind(kind.Config.from_mapping(small), ImageSpec(3, 16, 16)) for kind in kinds)
    with pytest.raises(ParameterError, match="built otherwise"):
        mixed(one, two, [1.0] * len(one.layers()))


def test_a_model_outside_of_a_project_has_none_beside_it(styled: Styled, tmp_path) -> None:
    alone = tmp_path / "elsewhere" / "1"
    shutil.copytree(styled().folder, alone)
    assert others(alone) == []
    with pytest.raises(StudioError, match="not in the project"):
        Player.open(alone, "cpu").picture(PLAIN.moved(ModelMix(model="1" * 64)))


@pytest.mark.parametrize(
    "values",
    [
        {"model": "abc"}, {"model": "../" * 21 + "x"}, {"cut": 0}, {"cut": float("nan")},
        {"softness": -1}, {"share": 2}, {"part": "middle"},
    ],
)  # fmt: skip
def test_mixes_that_are_none_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ModelMix.model_validate({"model": "0" * 64, **values})
