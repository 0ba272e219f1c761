"""The copy that follows the hand shows what the whole picture will be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from studio.engine.refinement.base import operations
from studio.engine.refinement.masks.mask import Mask
from studio.engine.refinement.planes import blurred, reduced
from studio.engine.refinement.proxy import Proxy
from studio.engine.refinement.stack import Stack, Step, refined

EIGHT = Stack(
    [
        Step(op="crop", params={"left": 0.1, "bottom": 0.1}),
        Step(op="exposure", params={"exposure": 0.4, "contrast": 0.2}),
        Step(op="white_balance", params={"temperature": 30}),
        Step(op="curves", params={"points": "0,0 0.3,0.2 0.7,0.8 1,1"}),
        Step(op="hsl", params={"saturation": 0.3}, mask=Mask(kind="radial")),
        Step(op="split_tones", params={"shadows": 0.3}, opacity=0.6, blend="soft light"),
        Step(op="sharpen", params={"amount": 0.6}),
        Step(op="vignette", params={"amount": 0.4}),
    ]
)


def photograph(height: int = 180, width: int = 240) -> Any:
    noise = np.random.default_rng(8).random((height, width, 3)).astype(np.float32)
    soft = blurred(noise, 6.0)
    soft = (soft - soft.min()) / np.ptp(soft)
    return np.rint(soft * 255).astype(np.uint8)


def test_a_picture_smaller_than_the_copy_is_done_exactly() -> None:
    whole = photograph()
    proxy = Proxy(whole, 1024)
    assert proxy.is_whole
    assert np.array_equal(proxy.render(EIGHT).image, refined(EIGHT, whole).image())


def test_the_copy_looks_as_the_whole_does() -> None:
    whole = photograph(720, 960)
    found = Proxy(whole, 240).render(EIGHT)
    wanted = refined(EIGHT, whole).image()
    assert found.true_size == (wanted.shape[1], wanted.shape[0])
    near = reduced(wanted, max(found.image.shape[:2]))
    assert np.abs(near - found.image).mean() < 0.004


def test_a_cut_lies_where_the_whole_is_cut() -> None:
    """A step of one level a pixel would show the preview moving when the whole picture comes."""
    slope = np.repeat(np.arange(1000, dtype=np.float32)[None] / 4, 800, axis=0)
    whole = np.rint(np.stack([slope] * 3, axis=2)).astype(np.uint8)
    cut = Stack([Step(op="crop", params={"left": 0.026})])
    found = Proxy(whole, 250).render(cut)
    wanted = reduced(refined(cut, whole).image(), max(found.image.shape[:2]))
    assert found.image.shape == wanted.shape
    assert np.abs(found.image - wanted)[:, 4:-4].max() < 0.4 / 255


@pytest.mark.parametrize("op", ["exposure", "white_balance", "curves", "hsl", "split_tones"])
def test_a_preview_by_tables_is_a_part_of_a_byte_from_the_sums(op: str) -> None:
    image = photograph().astype(np.float32) / 255
    values = {
        "exposure": {"exposure": 1.5, "contrast": 0.4}, "white_balance": {"temperature": 40},
        "curves": {"points": "0,0 0.3,0.2 1,1", "red": "0,0.1 1,0.9"}, "hsl": {"saturation": 0.5},
        "split_tones": {"shadows": 0.6},
    }[op]  # fmt: skip
    step = Step(op=op, params=values)
    assert np.abs(step.previewed(image, 0.5)[0] - step.apply(image)).max() < 0.25 / 255


def test_only_what_follows_a_change_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    proxy, done = Proxy(photograph(), 64), []
    own = Step.previewed

    def noted(step: Step, image: Any, scale: float) -> Any:
        done.append(step.op)
        return own(step, image, scale)

    monkeypatch.setattr(Step, "previewed", noted)
    proxy.render(EIGHT)
    assert len(done) == 8
    done.clear()
    steps = [*EIGHT.steps[:6], Step(op="sharpen", params={"amount": 1.0}), EIGHT.steps[7]]
    first = proxy.render(Stack(steps)).image
    assert done == ["sharpen", "vignette"]
    assert np.array_equal(first, Proxy(photograph(), 64).render(Stack(steps)).image)


@pytest.mark.parametrize("op", ["resize", "upscale"])
def test_a_copy_does_not_grow_with_the_picture(op: str) -> None:
    stack = Stack([Step(op=op, params={"factor": 8.0})])
    small = Proxy(photograph(30, 40)).render(stack)
    assert small.image.shape[:2] == (240, 320)
    assert small.scale == 1.0
    found = Proxy(photograph(300, 400), 200).render(stack)
    assert max(found.image.shape) <= 1024
    assert found.true_size == (3200, 2400)


@pytest.mark.parametrize("op", list(operations()))
def test_every_operation_can_be_previewed(op: str) -> None:
    found = Proxy(photograph(), 48).render(Stack([Step(op=op)]))
    assert found.image.dtype == np.float32
    assert 0 < found.scale <= 1
