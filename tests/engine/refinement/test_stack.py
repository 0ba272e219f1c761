"""The stack: order, switches, round trips, transparency, bad input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from models.parameters import ParameterError
from studio.engine.errors import UsageError
from studio.engine.refinement.base import operations
from studio.engine.refinement.blend_modes import BLENDS
from studio.engine.refinement.masks.base import mask_kinds
from studio.engine.refinement.masks.mask import Mask
from studio.engine.refinement.masks.strokes import Stroke
from studio.engine.refinement.stack import Stack, Step, apply


def picture(channels: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Every value there is."""
    return np.random.default_rng(1).integers(0, 256, (12, 16, channels), dtype=np.uint8)


def stack(*steps: tuple[str, dict[str, Any]], enabled: bool = True) -> Stack:
    """A stack of (operation, parameters)."""
    return Stack([Step(op=op, params=params, enabled=enabled) for op, params in steps])


@some.composite
def masks(draw: some.DrawFn) -> Mask:
    """Any kind, with strokes or without."""
    share = some.floats(0, 1)
    points = some.lists(some.tuples(share, share), min_size=1, max_size=4).map(tuple)
    made = some.builds(Stroke, points=points, radius=some.floats(0.01, 1), erase=some.booleans())
    strokes = draw(some.lists(made, max_size=2))
    kind = draw(some.sampled_from(sorted(mask_kinds())))
    return Mask(kind=kind, invert=draw(some.booleans()), strokes=tuple(strokes))


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
            elif each.kind is bool:
                params[key] = draw(some.booleans())
            elif each.kind is str:
                params[key] = each.default
            elif each.kind is int:
                params[key] = draw(some.integers(int(each.low or 0), int(each.high or 9)))
            else:
                params[key] = draw(some.floats(each.low, each.high))
        try:
            kind.from_mapping(params)
        except ParameterError:  # a white point below the black point
            params = {}
        laid: dict[str, Any] = {}
        if not kind.reshapes:
            laid = {"opacity": draw(some.floats(0, 1)), "blend": draw(some.sampled_from([*BLENDS]))}
            laid["mask"] = draw(some.none() | masks())
        steps.append(Step(op=name, enabled=draw(some.booleans()), params=params, **laid))
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
    every = stack(*((name, {}) for name in operations() if name != "background"))
    made = apply(every, image)
    assert np.array_equal(image, before)
    assert made.dtype == np.uint8
    assert made.shape == (36, 48, channels)


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
        ('[[steps]]\nop = "blurr"', "There is no operation 'blurr'. Known: background"),
        ('[[steps]]\nop = "sharpen"\nparams = {amount = 99}', "amount=99 is not possible"),
        ('[[steps]]\nop = "sharpen"\nparams = {loud = 1}', "There is no parameter loud"),
        ("[[steps]]\nenabled = true", "steps.0.op"),
        ('[[steps]]\nop = "crop"\ncolour = 1', "steps.0.colour"),
        ("steps = 3", "steps"),
        ("wrong = 1", "wrong"),
        ("= =", "is not TOML"),
        ("version = 4", "written by a newer Latent Studio (version 4, and this one reads 3)"),
        ('version = "new"', "has no version new"),
        ('[[steps]]\nop = "sharpen"\nparams = {amount = nan}', "amount=nan is not possible"),
        ('[[steps]]\nop = "sharpen"\nopacity = nan', "steps.0.opacity"),
        ('[[steps]]\nop = "sharpen"\nopacity = 1.5', "steps.0.opacity"),
        ('[[steps]]\nop = "sharpen"\nblend = "glow"', "There is no blend mode 'glow'. Known:"),
        ('[[steps]]\nop = "crop"\nopacity = 0.5', "crop changes where things lie"),
        ('[[steps]]\nop = "sharpen"\nmask = {kind = "star"}', "no kind of mask 'star'"),
        ('[[steps]]\nop = "sharpen"\nmask = {kind = "radial", params = {x = inf}}', "x=inf"),
        ('[[steps]]\nop = "sharpen"\nmask = {strokes = [{points = [[nan, 0.5]]}]}', "steps.0.mask"),
        ('[[steps]]\nop = "curves"\nparams = {points = "0,0"}', "0,0 is no curve"),
        ('[[steps]]\nop = "palette"\nparams = {fixed = "#ffffff red"}', "red is no colour"),
        (
            '[[steps]]\nop = "colour_transfer"\nparams = {reference = "rgb:???"}',
            "the colours of the reference are damaged",
        ),
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
