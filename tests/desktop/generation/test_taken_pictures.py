"""What is taken from the canvas says that a model made it, whatever words are lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.desktop.generation.worker import Model, marked, write_file
from studio.desktop.pixels import from_qimage, to_qimage
from studio.engine import settings
from studio.engine.export.finish import NO_ROOM
from studio.engine.export.mark import label
from studio.engine.generation.beginnings import Seeded
from studio.engine.generation.latent_recipe import LatentRecipe
from tests.engine.export.mark.test_label import textured

RECIPE = LatentRecipe(beginning=Seeded(seed=3))


@pytest.fixture
def model(tmp_path: Path) -> Model:
    return Model("a-run", tmp_path, "000001", "ab" * 32, 64, 64, (), False, frozenset(), (), ())


def test_a_copied_picture_and_a_dragged_one_have_the_same_mark(model, tmp_path: Path) -> None:
    image = to_qimage(textured(64))
    copied, why = marked(image, model, RECIPE)
    assert why == ""
    file = write_file(image, model, RECIPE, tmp_path / "dragged")
    found = [label.found(each) for each in (from_qimage(copied), np.asarray(Image.open(file.path)))]
    assert found[0] is not None
    assert found[0] == found[1]
    assert file.finished.mark == f"{found[0].identifier:08x}"


def test_a_flat_picture_goes_without_and_says_so(model) -> None:
    grey = to_qimage(np.full((64, 64, 3), 90, np.uint8))
    copied, why = marked(grey, model, RECIPE)
    assert why == NO_ROOM
    assert from_qimage(copied).tobytes() == from_qimage(grey).tobytes()


def test_a_mark_that_is_switched_off_in_export_is_off_here(model, monkeypatch) -> None:
    kept, _ = settings.load()
    kept.provenance["mark"] = "false"
    monkeypatch.setattr(settings, "load", lambda: (kept, ""))
    image = to_qimage(textured(64))
    copied, why = marked(image, model, RECIPE)
    assert why == ""
    assert from_qimage(copied).tobytes() == from_qimage(image).tobytes()
