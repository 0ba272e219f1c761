"""The stack: order, switches, round trips, transparency, bad input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from studio.engine.errors import UsageError
from studio.engine.refinement.base import operations
from studio.engine.refinement.stack import Stack, Step, apply


def picture(channels: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Every value there is."""
    return np.random.default_rng(1).integers(0, 256, (12, 16, channels), dtype=np.uint8)


def stack(*steps: tuple[str, dict[str, Any]], enabled: bool = True) -> Stack:
    """A stack of (operation, parameters)."""
    return Stack([Step(op=op, params=params, enabled=enabled) for op, params in steps])


@some.composite
def stacks(draw: some.DrawFn) -> Stack:
    """Any stack there can be."""
    steps = []
    for _ in range(draw(some.integers(0, 4))):
        name, kind = draw(some.sampled_from(sorted(operations().items())))
        params: dict[str, Any] = {}
        for key, each in kind.params().items():
            if name == "crop" and key != "aspect":
                params[key] = draw(some.floats(0, 0.45))
            elif each.choices:
                params[key] = draw(some.sampled_from(each.choices))
            elif each.kind is int:
                params[key] = draw(some.integers(int(each.low or 0), int(each.high or 9)))
            else:
                params[key] = draw(some.floats(each.low, each.high))
        steps.append(Step(op=name, enabled=draw(some.booleans()), params=params))
    return Stack(steps)


@settings(max_examples=40, deadline=None)
@given(stacks())
def test_any_stack_survives_toml_and_json(made: Stack) -> None:
    assert Stack.from_toml(made.to_toml()) == made
    assert Stack.from_json(made.to_json()) == made


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_an_empty_or_switched_off_stack_is_byte_identical(channels: int) -> None:
    image = picture(channels)
    assert np.array_equal(apply(Stack(), image), image)
    off = stack(("exposure", {"exposure": 3.0}), ("crop", {"left": 0.5}), enabled=False)
    assert np.array_equal(apply(off, image), image)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_the_original_is_kept_and_channels_stay(channels: int) -> None:
    image = picture(channels)
    before = image.copy()
    every = stack(*((name, {}) for name in operations()))
    made = apply(every, image)
    assert np.array_equal(image, before)
    assert made.dtype == np.uint8
    assert made.shape == (24, 32, channels)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_neutral_step_costs_no_precision(channels: int) -> None:
    image = picture(channels)
    assert np.array_equal(apply(stack(("exposure", {})), image), image)


def test_order_matters() -> None:
    image = picture(3)
    cut_first = stack(("crop", {"left": 0.5}), ("resize", {"longer": 64}))
    assert apply(cut_first, image).shape == (64, 43, 3)
    sized_first = Stack(list(reversed(cut_first.steps)))
    assert apply(sized_first, image).shape == (48, 32, 3)


@pytest.mark.parametrize(
    "step",
    [("resize", {"factor": 3.0}), ("sharpen", {"amount": 2.0}), ("denoise", {"strength": 0.5})],
    ids=lambda step: step[0],
)
def test_hidden_colour_does_not_bleed_into_edges(step: tuple[str, dict[str, Any]]) -> None:
    image = np.zeros((16, 16, 4), np.uint8)
    image[..., :3] = (0, 255, 0)  # hidden green everywhere
    image[4:12, 4:12] = (200, 40, 40, 255)
    made = apply(stack(step), image)
    shown = made[made[..., 3] > 8].astype(int)
    assert len(shown)
    assert (np.abs(shown[:, :3] - (200, 40, 40)) <= 12).all()


def test_same_stack_same_bytes() -> None:
    every = stack(*((name, {}) for name in operations()))
    assert apply(every, picture(4)).tobytes() == apply(every, picture(4)).tobytes()


def test_a_file_written_by_hand() -> None:
    made = Stack.from_toml('[[steps]]\nop = "sharpen"\n\n[[steps]]\nop = "crop"\nenabled = false\n')
    assert [step.op for step in made.steps] == ["sharpen", "crop"]
    assert [step.enabled for step in made.steps] == [True, False]
    assert made.steps[0].operation().as_dict() == {"amount": 0.5, "radius": 1.0}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[[steps]]\nop = "blurr"', "There is no operation 'blurr'. Known: crop"),
        ('[[steps]]\nop = "sharpen"\nparams = {amount = 99}', "amount=99 is not possible"),
        ('[[steps]]\nop = "sharpen"\nparams = {loud = 1}', "There is no parameter loud"),
        ("[[steps]]\nenabled = true", "steps.0.op"),
        ('[[steps]]\nop = "crop"\ncolour = 1', "steps.0.colour"),
        ("steps = 3", "steps"),
        ("wrong = 1", "wrong"),
        ("= =", "is not TOML"),
    ],
)
def test_a_wrong_file_gets_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        Stack.from_toml(text)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "7", "[7]", '"text"', "[" * 5000])
def test_wrong_json_gets_one_sentence(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        Stack.from_json(text)
    assert "\n" not in str(caught.value)
