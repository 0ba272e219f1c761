"""Pictures of words: what is read, what is asked for, and what the words do."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from models.facts import Ability
from models.families.tokens.kept_captions import ROOM, packed, unpacked
from models.families.tokens.text2image import AskedMasked, Text2Image, Text2ImageConfig
from models.families.tokens.text_prior import EMPTY, LENGTH
from models.image_spec import ImageSpec
from models.parameters import ParameterError
from models.train_state import TrainState

SPEC = ImageSpec(3, 16, 16)
SMALL: dict[str, Any] = {
    "top_width": 8, "width": 16, "prior_width": 32, "prior_depth": 2, "batch_size": 8,
    "book": "240", "token_noise": 0.0, "augment_mirror": False, "augment_shift": 0.0,
}  # fmt: skip
CAPTIONS = ["a dark night", "a bright day"]


def build(**changes: Any) -> Text2Image:
    torch.manual_seed(0)
    model = Text2Image(Text2ImageConfig.from_mapping({**SMALL, **changes}), SPEC)
    model.read(CAPTIONS)
    return model


def step(model: Text2Image, state: TrainState, seed: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    bright = torch.arange(8) % 2
    grain = torch.randint(0, 40, (8, 16, 16, 3), generator=generator)
    state.captions = [CAPTIONS[int(each)] for each in bright]
    report = model.training_step((30 + 150 * bright.view(8, 1, 1, 1) + grain).byte(), state)
    state.step, state.images_seen = state.step + 1, state.images_seen + 8
    return report


def start(total: int) -> TrainState:
    return TrainState(
        torch.device("cpu"), torch.Generator().manual_seed(5), total_images=total, set_size=64
    )


@pytest.fixture(scope="module")
def learnt() -> Text2Image:
    torch.set_num_threads(1)
    model, state = build(lr=5e-2, ema_half_life=0.1), start(8 * 120)
    for number in range(120):
        step(model, state, number)
    return model.eval()


def light(model: Text2Image, prompt: str, **more: float) -> torch.Tensor:
    asked = AskedMasked.from_mapping({"prompt": prompt, **more})
    return model.synthesize(model.sample_by(asked, 8, 0)).float().mean((1, 2, 3))


def test_what_was_asked_for_comes_out(learnt: Text2Image) -> None:
    assert float(light(learnt, "dark").mean()) < 90
    assert float(light(learnt, "a bright day").mean()) > 140
    strict, loose = (light(learnt, "bright", guidance=value).mean() for value in (3.0, 1.0))
    assert float(strict) >= float(loose) - 5
    plain = learnt.sample(4, 0)
    assert torch.equal(plain, learnt.sample_by(AskedMasked(), 4, 0))


def test_words_that_were_never_read_are_named(learnt: Text2Image) -> None:
    with pytest.raises(ParameterError, match=r"never read dragon, green: .* like a, bright"):
        learnt.sample_by(AskedMasked(prompt="a Dragon, bright green"), 1, 0)
    chosen = torch.zeros(16, dtype=torch.bool)
    chosen[3] = True
    w = learnt.sample(1, 0)
    made = learnt.redraw(w, chosen, AskedMasked(prompt="dark"), 4)
    assert torch.equal(made[:, ~chosen], w[:, ~chosen])


def test_a_checkpoint_keeps_words_and_a_run_goes_on_exactly() -> None:
    model, state = build(), start(640)
    for number in range(2):
        step(model, state, number)
    weights = {key: value.clone() for key, value in model.state_dict().items()}
    again = Text2Image(model.config, SPEC)
    again.load_state_dict(weights)
    assert again.known_captions() == tuple(CAPTIONS)
    asked = AskedMasked(prompt="bright")
    assert torch.equal(again.eval().sample_by(asked, 2, 0), model.eval().sample_by(asked, 2, 0))
    assert torch.equal(again._texts(["a bright day"]), model._texts(["a bright day"]))


def test_captions_that_did_not_come_are_missed_and_empty_ones_are_no_words() -> None:
    model, state = build(), start(64)
    batch = torch.zeros(8, 16, 16, 3, dtype=torch.uint8)
    with pytest.raises(ParameterError, match="came without"):
        model.training_step(batch, state)
    assert model._texts([""]).eq(EMPTY).all()
    assert model._texts(["bright " * 10_000]).shape == (1, LENGTH)
    model.read([])
    assert model.known_captions() == ()


def test_captions_are_kept_as_far_as_there_is_room() -> None:
    assert unpacked(packed(["one", " two \n lines ", "", "one", "红心"])) == (
        "one",
        "two lines",
        "红心",
    )
    many = [f"caption number {number} " + "x" * 400 for number in range(2_000)]
    held = packed(many)
    kept = unpacked(held)
    assert held.shape == (ROOM,)
    assert 300 < len(kept) < 2_000
    assert kept[0].startswith("caption number 0 ")
    assert unpacked(torch.full((ROOM,), 255, dtype=torch.uint8)) == ()


def test_row_by_row_is_asked_alike() -> None:
    model = build(order="in_turn").eval()
    assert Ability.PROMPT in model.latent.abilities
    assert set(model.sampling.params()) == {"prompt", "guidance", "temperature"}
    asked = model.sampling.from_mapping({"prompt": "bright", "guidance": 3.0})
    assert torch.equal(model.sample_by(asked, 2, 0)[1:], model.sample_by(asked, 1, 1))
