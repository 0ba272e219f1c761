"""A mask from a file: what it says, how it fits, what becomes of a wrong one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio.engine.errors import StudioError
from studio.engine.refinement.masks.mask import Mask
from studio.engine.refinement.masks.picture import keep
from studio.engine.refinement.stack import Stack, Step, refined


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """White on the left; the lower half opaque; and a text."""
    made = tmp_path_factory.mktemp("masks")
    grey = np.zeros((20, 40), np.uint8)
    grey[:, :20] = 255
    Image.fromarray(grey).save(made / "left.png")
    clear = np.full((20, 40, 4), 255, np.uint8)
    clear[:10, :, 3] = 0
    Image.fromarray(clear).save(made / "lower.png")
    (made / "words.png").write_text("no picture")
    return made


def weights(folder: Path, size: tuple[int, int], **params: Any) -> Any:
    mask = Mask(kind="picture", params=params).settled(folder)
    return mask.weights(np.full((*size, 3), 0.5, np.float32))


def test_white_counts_or_what_is_opaque_at_any_size_of_its_shape(folder: Path) -> None:
    for size in ((20, 40), (60, 120), (7, 14), (1, 2)):
        found = weights(folder, size, picture="left.png")
        assert found.shape == size
        assert found.dtype == np.float32
        assert found[0, 0] > 0.8
        assert found[0, -1] < 0.2
    lower = weights(folder, (20, 40), picture="lower.png", channel="opacity")
    assert (lower[0, 0], lower[-1, 0]) == (0.0, 1.0)
    assert weights(folder, (20, 40), picture="lower.png")[0, 0] == 0.0, "clear is not white"
    assert (weights(folder, (5, 6)) == 1.0).all(), "none was chosen yet"


def test_soft_edges_are_as_soft_in_every_size(folder: Path) -> None:
    small, large = (
        weights(folder, size, picture="left.png", feather=0.1) for size in ((40, 80), (160, 320))
    )
    means = large.reshape(40, 4, 80, 4).mean(axis=(1, 3))
    assert np.abs(means - small).max() < 0.05
    assert 0.2 < small[20, 36] < 1.0


def test_another_shape_is_refused_or_stretched_or_cropped(folder: Path) -> None:
    with pytest.raises(StudioError) as caught:
        weights(folder, (40, 40), picture="left.png")
    assert "left.png is 40 × 20 pixels" in str(caught.value)
    assert "stretched or cropped" in str(caught.value)
    stretched = weights(folder, (40, 10), picture="left.png", fit="stretch")
    assert stretched[0, 0] > 0.9
    assert stretched[0, -1] < 0.1
    cropped = weights(folder, (20, 10), picture="left.png", fit="crop")
    assert cropped[0, 0] > 0.9
    assert cropped[0, -1] < 0.1


def test_a_wrong_one_gets_one_sentence(folder: Path) -> None:
    for params, sentence in (
        ({"picture": "gone.png"}, "gone.png is not there: choose another"),
        ({"picture": "words.png"}, "words.png cannot be read"),
        ({"picture": "left.png", "channel": "opacity"}, "opaque everywhere"),
    ):
        with pytest.raises(StudioError) as caught:
            weights(folder, (20, 40), **params)
        assert sentence in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_project_keeps_a_copy_once(folder: Path, tmp_path: Path) -> None:
    name = keep(tmp_path, folder / "left.png")
    assert name.startswith("masks/left-")
    assert keep(tmp_path, folder / "left.png") == name
    assert [path.name for path in (tmp_path / "masks").iterdir()] == [name.removeprefix("masks/")]
    step = Step(op="exposure", params={"exposure": -2.0},
                mask=Mask(kind="picture", params={"picture": name}))  # fmt: skip
    made = refined(Stack([step]).settled(tmp_path), np.full((20, 40, 3), 200, np.uint8)).flat()
    assert made[0, -1, 0] == 200
    assert made[0, 0, 0] < 150
    with pytest.raises(StudioError):
        keep(tmp_path, folder / "words.png")
