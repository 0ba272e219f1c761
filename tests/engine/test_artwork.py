"""Layers are laid over each other, and what came in bytes leaves in the same bytes."""

from __future__ import annotations

import numpy as np
import pytest

from studio.engine.artwork import Artwork, Layer, to_image


def bytes_of(*pixel: int) -> np.ndarray:
    return np.full((2, 3, len(pixel)), pixel, np.uint8)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_one_layer_of_bytes_is_passed_on_untouched(channels: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (16, 16, channels), np.uint8)
    pixels[0, 0] = 0
    pixels[0, 1, 0] = 200  # a colour that is hidden where the alpha is 0
    assert Artwork.of(pixels).flat() is pixels or np.array_equal(Artwork.of(pixels).flat(), pixels)
    again = Artwork.of(to_image(pixels)).flat()
    seen = pixels[..., -1] > 0 if channels == 4 else np.ones((16, 16), bool)
    assert np.array_equal(again[seen], pixels[seen])


def test_layers_are_laid_over_those_below() -> None:
    half_red, blue = bytes_of(255, 0, 0, 128), bytes_of(0, 0, 255)
    over = Artwork((Layer("below", blue), Layer("above", half_red)))
    assert over.flat().tolist() == bytes_of(128, 0, 127).tolist()
    clear = Artwork((Layer("below", bytes_of(9, 9, 9, 0)), Layer("above", half_red)))
    assert clear.flat().tolist() == half_red.tolist()
    grey = Artwork((Layer("below", bytes_of(255)), Layer("above", half_red)))
    assert grey.flat().tolist() == bytes_of(255, 127, 127).tolist()


def test_hidden_layers_are_not_seen_but_kept() -> None:
    art = Artwork(
        (Layer("before", bytes_of(1, 2, 3), visible=False), Layer("a", bytes_of(7, 8, 9)))
    )
    assert art.flat().tolist() == bytes_of(7, 8, 9).tolist()
    assert art.layers[0].image().dtype == np.float32


@pytest.mark.parametrize(
    "layers",
    [
        (),
        (Layer("a", bytes_of(1), visible=False),),
        (Layer("a", bytes_of(1)), Layer("b", np.zeros((4, 4, 1), np.uint8))),
    ],
)
def test_layers_that_do_not_fit_are_refused(layers: tuple[Layer, ...]) -> None:
    with pytest.raises(ValueError, match="visible layers of one size"):
        Artwork(layers)
