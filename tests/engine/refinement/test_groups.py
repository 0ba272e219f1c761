"""Steps in groups: what they look like, where they go, how they are written."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from studio.engine.artwork import to_image
from studio.engine.errors import UsageError
from studio.engine.refinement.group import Group
from studio.engine.refinement.masks.mask import Mask
from studio.engine.refinement.places import (
    Place,
    dissolved,
    entry_at,
    grouped,
    moved,
    places,
    without,
)
from studio.engine.refinement.proxy import Proxy
from studio.engine.refinement.stack import Stack, Step, apply, refined

DARKER = Step(op="exposure", params={"exposure": -1.0})
EDGES = Step(op="vignette", params={"amount": 0.8})
SHARP, GRAIN = Step(op="sharpen"), Step(op="grain")


def picture(height: int = 30, width: int = 40) -> Any:
    return np.random.default_rng(2).integers(0, 256, (height, width, 3), dtype=np.uint8)


def ops(stack: Stack) -> list[Any]:
    """Names of operations, those of a group in a list of their own."""
    return [
        [step.op for step in each.steps] if isinstance(each, Group) else each.op
        for each in stack.steps
    ]


def test_a_plain_group_changes_nothing_and_half_a_group_is_half_of_all_its_steps() -> None:
    image = to_image(picture())
    loose = refined(Stack([DARKER, EDGES]), picture()).image()
    assert np.array_equal(Group(steps=(DARKER, EDGES)).apply(image), loose)
    half = Group(steps=(DARKER, EDGES), opacity=0.5).apply(image)
    assert np.allclose(half, (image + loose) / 2, atol=1e-6)
    apart = refined(
        Stack([each.model_copy(update={"opacity": 0.5}) for each in (DARKER, EDGES)]), picture()
    ).image()
    assert not np.allclose(half, apart, atol=1e-3), "or a group would be of no use"


def test_a_mask_and_a_mode_are_of_the_group_as_a_whole_and_off_is_off() -> None:
    image = to_image(picture())
    mask = Mask(kind="linear", params={"x": 0.0, "y": 0.5, "to_x": 0.5, "to_y": 0.5})
    made = Group(steps=(DARKER, EDGES), mask=mask, blend="multiply").apply(image)
    assert np.array_equal(made[:, 25:], image[:, 25:])
    assert (made[:, :10] < image[:, :10] + 1e-6).all()
    off = Group(steps=(DARKER,), enabled=False)
    assert np.array_equal(apply(Stack([off]), picture()), picture())
    none = Group(steps=(DARKER.model_copy(update={"enabled": False}),))
    assert np.array_equal(apply(Stack([none]), picture()), picture())


def test_a_group_is_one_layer_of_a_layered_file() -> None:
    stack = Stack([Group(name="Mood", steps=(DARKER, EDGES)), SHARP])
    names = [layer.name for layer in refined(stack, picture(), layered=True).layers]
    assert names == ["Before", "1 Mood", "After"]


def test_it_is_written_read_and_needs_the_third_version() -> None:
    text = """
        version = 3
        [[steps]]
        name = "Mood"
        opacity = 0.5
        steps = [{op = "exposure"}, {op = "vignette", enabled = false}]
    """
    stack = Stack.from_toml(text)
    assert ops(stack) == [["exposure", "vignette"]]
    assert Stack.from_toml(stack.to_toml()) == stack
    assert Stack.from_json(stack.to_json()) == stack
    assert "version = 3" in stack.to_toml()
    assert "folded" not in stack.to_json()


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ("steps = []", "steps.0.steps"),
        ('steps = [{op = "crop"}]\nopacity = 0.5', "crop changes where things lie: a group"),
        ('steps = [{steps = [{op = "sharpen"}]}]', "A group holds steps and no other group"),
        ('steps = [{op = "sharpen", opacity = 2}]', "steps.0.steps.0.opacity"),
        ('steps = [{op = "blurr"}]', "There is no operation 'blurr'"),
        ('steps = [{op = "sharpen", params = {amount = 99}}]', "amount=99 is not possible"),
        ('steps = [{op = "sharpen"}]\nname = 3', "steps.0.name"),
        ('steps = [{op = "sharpen"}]\nop = "grain"', "steps.0.op"),
    ],
)
def test_a_wrong_group_gets_one_sentence(steps: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        Stack.from_toml(f"[[steps]]\n{steps}")
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_of_a_damaged_group_what_can_be_used_is() -> None:
    found = Stack.lenient(
        [{"steps": [{"op": "sharpen"}, {"op": "of-a-later-version"}]}, {"steps": []}, {"steps": 3}]
    )
    assert ops(found) == [["sharpen"]]


@pytest.mark.parametrize(
    ("place", "by", "wanted", "then"),
    [
        ((0,), 1, [["sharpen", "exposure", "vignette"], "grain"], (0, 0)),
        ((2,), -1, ["sharpen", ["exposure", "vignette", "grain"]], (1, 2)),
        ((1, 0), 1, ["sharpen", ["vignette", "exposure"], "grain"], (1, 1)),
        ((1, 0), -1, ["sharpen", "exposure", ["vignette"], "grain"], (1,)),
        ((1, 1), 1, ["sharpen", ["exposure"], "vignette", "grain"], (2,)),
        ((1,), -1, [["exposure", "vignette"], "sharpen", "grain"], (0,)),
        ((1,), 1, ["sharpen", "grain", ["exposure", "vignette"]], (2,)),
        ((0,), -1, ["sharpen", ["exposure", "vignette"], "grain"], (0,)),
    ],
)
def test_a_step_moves_row_by_row_into_groups_and_out(
    place: Place, by: int, wanted: list[Any], then: Place
) -> None:
    stack = Stack([SHARP, Group(steps=(DARKER, EDGES)), GRAIN])
    made, at = moved(stack, place, by)
    assert ops(made) == wanted
    assert at == then
    assert entry_at(made, at) == entry_at(stack, place)
    if at != place:
        back, home = moved(made, at, -by)
        assert (back, home) == (stack, place)


def test_a_folded_group_is_passed_and_the_last_step_takes_its_group_with_it() -> None:
    stack = Stack([SHARP, Group(steps=(DARKER,), folded=True)])
    assert ops(moved(stack, (0,), 1)[0]) == [["exposure"], "sharpen"]
    assert places(stack, unfolded=True) == [(0,), (1,)]
    assert ops(moved(stack, (1, 0), -1)[0]) == ["sharpen", "exposure"]
    assert ops(without(stack, [(1, 0)])) == ["sharpen"]


@pytest.mark.parametrize(
    ("chosen", "wanted", "then"),
    [
        ([(0,), (2,)], [["sharpen", "grain"], ["exposure", "vignette"]], (0,)),
        ([(1, 0), (2,)], ["sharpen", ["exposure", "grain"], ["vignette"]], (1,)),
        ([(1, 1), (2,)], ["sharpen", ["exposure"], ["vignette", "grain"]], (2,)),
        ([(1, 0), (1, 1)], ["sharpen", ["exposure", "vignette"], "grain"], (1,)),
    ],
)
def test_steps_are_gathered_in_a_group_and_taken_apart(
    chosen: list[Place], wanted: list[Any], then: Place
) -> None:
    made, at = grouped(Stack([SHARP, Group(steps=(DARKER, EDGES)), GRAIN]), chosen)
    assert ops(made) == wanted
    assert at == then
    assert isinstance(entry_at(made, at), Group)
    assert [step.op for step in dissolved(made, at).each()] == [step.op for step in made.each()]


def test_a_group_that_was_off_leaves_its_steps_off() -> None:
    made = dissolved(Stack([Group(steps=(DARKER,), enabled=False)]), (0,))
    assert not made.steps[0].enabled


def test_a_preview_does_again_only_what_follows_a_change_inside_a_group(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy, done = Proxy(picture(), 64), []
    own = Step.previewed

    def noted(step: Step, image: Any, scale: float) -> Any:
        done.append(step.op)
        return own(step, image, scale)

    monkeypatch.setattr(Step, "previewed", noted)
    group = Group(steps=(DARKER, EDGES), opacity=0.5)
    proxy.render(Stack([SHARP, group, GRAIN]))
    assert done == ["sharpen", "exposure", "vignette", "grain"]
    done.clear()
    stronger = EDGES.model_copy(update={"params": {"amount": 0.2}})
    for other in (
        group.model_copy(update={"opacity": 0.7}),
        group.model_copy(update={"steps": (DARKER, stronger), "opacity": 0.7}),
    ):
        stack = Stack([SHARP, other, GRAIN])
        assert np.array_equal(proxy.render(stack).image, refined(stack, picture()).image())
    assert done == ["grain", "vignette", "grain"]


def test_the_mask_of_a_step_in_a_group_is_that_for_what_it_is_given() -> None:
    bright = Mask(kind="luminance", params={"low": 0.6})
    inner = GRAIN.model_copy(update={"mask": bright})
    stack = Stack([DARKER, Group(steps=(EDGES, inner), mask=bright), SHARP])
    proxy = Proxy(picture(), 64)
    given = to_image(picture())
    wanted = DARKER.apply(given)
    found = proxy.mask(stack, (1,))
    assert found is not None
    assert np.array_equal(found, bright.weights(wanted))
    within = proxy.mask(stack, (1, 1))
    assert within is not None
    assert np.array_equal(within, bright.weights(EDGES.apply(wanted)))
    assert proxy.mask(stack, (0,)) is None
    off = stack.steps[1].model_copy(update={"enabled": False})
    assert proxy.mask(Stack([DARKER, off, SHARP]), (1, 1)) is None
