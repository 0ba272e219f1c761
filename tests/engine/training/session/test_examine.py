"""A look at any family gives its figures and leaves no trace."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from models import base
from models.base import Family
from models.image_spec import ImageSpec
from studio.engine.dataset.preparation.prepare import Prepared
from studio.engine.devices import Device
from studio.engine.training.session.examine import Examiner
from studio.engine.training.session.pictures import Pictures
from studio.engine.training.session.remedy import figures
from tests.engine.training.conftest import one_thread
from tests.engine.training.support import TINY

__all__ = ["one_thread"]


def pictures(count: int, held_out: int) -> Pictures:
    """Random pictures of 16x16, some of them held out."""
    rows = np.random.default_rng(0).integers(0, 256, (count, 16, 16, 3), dtype=np.uint8)
    prepared = Prepared(
        folder=Path(), images=rows,  # type: ignore[arg-type]  # any array will do
        train=np.arange(held_out, count), held_out=np.arange(held_out),
        item_ids=list(range(count)), classes=[], labels=np.zeros(count, np.int64),
        captions=[""] * count, fingerprint="", crop="centre",
    )  # fmt: skip
    return Pictures(prepared, Device("cpu", "CPU", 1 << 30, False))


def built(family: str) -> Family:
    """A tiny model in training mode, as the trainer holds it."""
    torch.manual_seed(0)
    kind = base.family(family)
    return kind(kind.Config.from_mapping(TINY[family]), ImageSpec(3, 16, 16)).train()


@pytest.mark.parametrize("family", TINY)
def test_a_look_has_the_family_s_figures_and_changes_nothing(family: str) -> None:
    model = built(family)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    chance = torch.get_rng_state()
    examiner = Examiner(model, pictures(40, 10))
    found = examiner.look(7, {})
    assert (found.images_seen, found.set_size) == (7, 30)
    assert found.likeness is not None
    assert (found.error is not None) == model.latent.has_encoder
    assert (found.active is not None) == model.latent.has_encoder
    assert (found.critic is not None) == model.latent.has_critic
    assert found.score is not None
    assert math.isfinite(found.score)
    if found.critic is not None:
        assert math.isfinite(found.critic.doubt)
    assert examiner.look(7, {}) == found
    assert model.training
    after = model.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert torch.equal(chance, torch.get_rng_state())


def test_the_psnr_of_a_checkpoint_is_the_mean_of_its_pictures() -> None:
    """As evaluation says it: that of the mean error is another figure of the same checkpoint."""
    model, shown = built("vae"), pictures(40, 10)
    shown.prepared.images[:5] = 128  # easy ones beside noise
    held_out = shown.prepared.images[:10]
    with torch.no_grad():
        redrawn = model.synthesize(model.encode(torch.from_numpy(held_out))).numpy()
    errors = (((redrawn / 255.0) - held_out / 255.0) ** 2).mean((1, 2, 3))
    said = figures(Examiner(model, shown).look(0, {}))["unseen_psnr"]
    assert said == pytest.approx(np.mean(-10 * np.log10(errors)), abs=1e-3)
    assert said != pytest.approx(-10 * math.log10(errors.mean()), abs=0.1)


def test_what_too_few_pictures_cannot_say_is_left_out() -> None:
    found = Examiner(built("gan"), pictures(9, 1)).look(0, {})
    assert found.likeness is None
    assert found.critic is not None
    assert found.critic.doubt == math.inf
    assert found.score is None
    alone = Examiner(built("vae"), pictures(1, 0)).look(0, {})
    assert (alone.error, alone.active, alone.likeness) == (None, None, None)


def test_disguise_is_what_adapts_or_what_is_set() -> None:
    assert Examiner(built("stylegan2"), pictures(9, 1)).look(0, {"disguise": 0.4}).disguise == 0.4
    assert Examiner(built("gan"), pictures(9, 1)).look(0, {}).disguise == 0.5
    assert Examiner(built("fewshot_gan"), pictures(9, 1)).look(0, {}).disguise is None
    assert Examiner(built("vae"), pictures(9, 1)).look(0, {}).disguise is None
