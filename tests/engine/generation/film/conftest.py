"""A player of a small style generator, and films read back as another program would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from studio.engine.generation.player import Player
from tests.engine.generation.conftest import save_styled


@pytest.fixture(scope="module")
def player(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Player]:
    return Player.open(save_styled(tmp_path_factory.mktemp("run"), 0), "cpu")


def decoded(path: Path) -> list[np.ndarray]:
    """uint8 RGB [h, w, 3] of every frame of a film of BT.709."""
    import av
    from av.video.reformatter import ColorRange, Colorspace

    with av.open(str(path)) as container:
        return [
            frame.reformat(
                format="rgb24", src_colorspace=Colorspace.ITU709, dst_colorspace=Colorspace.ITU709,
                src_color_range=ColorRange.MPEG, dst_color_range=ColorRange.JPEG,
            ).to_ndarray()
            for frame in container.decode(video=0)
        ]  # fmt: skip


def played(path: Path) -> tuple[list[np.ndarray], float]:
    """Frames of a picture that moves, and milliseconds that it lasts."""
    with Image.open(path) as image:
        frames, length = [], 0.0
        for frame in ImageSequence.Iterator(image):
            frames.append(np.asarray(frame.convert("RGBA")))
            length += frame.info["duration"]
        return frames, length
