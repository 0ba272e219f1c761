"""Regions proposed by a detector of faces, where one is installed: YuNet, run by OpenCV.

(Wu et al. 2023, YuNet: A Tiny Millisecond-level Face Detector.) Nothing is downloaded; without
library or model the one sentence of :func:`missing` says what to add. What it proposes is a
decision like one drawn by hand, and may be taken back like it.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
from pathlib import Path
from typing import Any

import numpy as np

from studio.engine import settings
from studio.engine.dataset.decoding.decode import read_picture
from studio.engine.dataset.index import regions
from studio.engine.dataset.index.regions import Region
from studio.engine.dataset.index.store import Item
from studio.engine.errors import StudioError, UsageError
from studio.engine.extras import needed
from studio.engine.said import NOTHING, Said

_LONGEST_SIDE = 1280
_SURE = 0.7
# The box of a face ends at brow and chin; hair and ears tell who it is as well.
_MARGIN = 0.2


def place() -> Path:
    """The folder in which the model is looked for."""
    return settings.home() / "detectors"


def model() -> Path | None:
    """The first model there by name, or None."""
    found = sorted(place().glob("*yunet*.onnx")) if place().is_dir() else []
    return found[0] if found else None


def missing() -> Said | None:
    """What to add before faces can be detected, in one sentence; None when nothing is."""
    if importlib.util.find_spec("cv2") is None:
        return needed(Said("Detecting faces (regions can be drawn by hand without it)"), "faces")
    if model() is None:
        return Said(
            "Detecting faces needs a YuNet model: put its .onnx file into {folder}. Regions "
            "can be drawn by hand without it.",
            folder=place(),
        )
    return None


def faces(item: Item, way: str = "blur") -> list[Region]:
    """A region for every face in a picture; raises :class:`StudioError` with :func:`missing`."""
    lacking, network = missing(), model()
    if lacking is not None or network is None:
        raise StudioError(lacking or NOTHING)
    picture = read_picture(item).convert("RGB")
    picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    cv2: Any = importlib.import_module("cv2")
    with contextlib.suppress(AttributeError):  # its remarks about itself are for nobody here
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        detector = cv2.FaceDetectorYN.create(str(network), "", picture.size, _SURE)
        _, found = detector.detect(np.ascontiguousarray(np.asarray(picture)[..., ::-1]))
    except cv2.error as error:
        raise StudioError(
            "The detector {path} cannot be used: put another YuNet model there.",
            str(error),
            path=network,
        ) from error
    boxes = [] if found is None else np.asarray(found)[:, :4].tolist()
    found_regions = []
    for x, y, width, height in boxes:
        x, y = x - _MARGIN * width, y - _MARGIN * height
        width, height = width * (1 + 2 * _MARGIN), height * (1 + 2 * _MARGIN)
        across, down = picture.size
        region = regions.box(x / across, y / down, (x + width) / across, (y + height) / down, way)
        with contextlib.suppress(UsageError):  # all of it beyond the edge
            found_regions.append(regions.checked(region))
    return found_regions
