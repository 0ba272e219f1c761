"""What can be done on the canvas by key or by name."""

from __future__ import annotations

from studio.desktop.base.actions import ActionRegistry
from studio.desktop.generation.labels import Labels
from studio.desktop.generation.recipe_editor import Editing
from studio.desktop.generation.take_out import Leaving
from studio.desktop.generation.tools.tile_preview import Tiling
from studio.desktop.generation.tools.walk_seeds import Seeds


def add_actions(
    actions: ActionRegistry, room: str, seeds: Seeds, editing: Editing, leaving: Leaving,
    labels: Labels, tiling: Tiling,
) -> None:  # fmt: skip
    """Give every command its name, key and icon."""
    for id, text, callback, keys, icon in (
        ("generation.keep", "Keep this picture", leaving.keep, "Return|Enter", "check"),
        ("generation.random", "Another seed", seeds.random, "R", "shuffle"),
        ("generation.next", "Next seed", seeds.following, "]", "arrow-right"),
        ("generation.previous", "Previous seed", seeds.previous, "[", "arrow-left"),
        ("generation.shuffle", "Shuffle the contact sheet", seeds.shuffle, "Shift+R", "shuffle"),
        ("generation.label", "Next label", labels.following, "L", "arrow-right"),
        ("generation.tile", "Tile preview", tiling.toggle, "T", "images"),
        ("generation.reset", "Reset all sliders", editing.reset, "Ctrl+0", "rotate-ccw"),
        ("generation.copy", "Copy the picture", leaving.copy, "Ctrl+C", "copy"),
    ):
        actions.add(id, text, callback, keys, room=room, icon=icon)
