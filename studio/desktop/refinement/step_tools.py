"""Which steps are worked on by hand on the picture."""

from __future__ import annotations

from typing import TypeGuard

from studio.desktop.refinement.bench_view import ViewTool
from studio.desktop.refinement.crop_frame import CropFrame
from studio.desktop.refinement.mask_tool import MaskTool
from studio.engine.refinement.crop import Crop
from studio.engine.refinement.group import Group
from studio.engine.refinement.step import Step


def has_tool(step: Step | Group) -> bool:
    return step.enabled and (is_crop(step) or step.mask is not None)


def is_crop(step: Step | Group) -> TypeGuard[Step]:
    return isinstance(step, Step) and step.op == Crop.name


def kept_tool(step: Step | Group, before: ViewTool | None) -> ViewTool | None:
    """The tool of before where it serves this step too: a drag must not lose it."""
    if isinstance(before, CropFrame) and is_crop(step):
        before.show_crop(Crop.from_mapping(step.params))
        return before
    if isinstance(before, MaskTool) and step.mask is not None:
        before.show_mask(step.mask)
        return before
    return None
