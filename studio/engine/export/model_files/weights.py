"""Weights alone (`.safetensors`), with a card of their layout and a script that plays them."""

from __future__ import annotations

import json
from pathlib import Path

from studio.engine.errors import StudioError
from studio.engine.export.model_files.base import ModelFormat, player_of, register
from studio.engine.export.model_files.portable import Portable
from studio.engine.said import reason
from studio.engine.training.record.tensors import portable

FACTS = "latent_studio"
"""The one key of the file's metadata: JSON. With several their order would differ by chance."""


@register
class Weights(ModelFormat):
    """No code at all: tensors by their names, averaged weights only."""

    name = "safetensors"
    title = "Safetensors"
    suffix = ".safetensors"
    summary = "Weights and their layout; for StyleGAN2 without labels a script that plays them."

    def write(self, model: Portable, path: Path) -> None:
        from safetensors import SafetensorError
        from safetensors.torch import save

        facts = json.dumps(model.facts, sort_keys=True)
        try:
            path.write_bytes(save(portable(model.tensors()), {FACTS: facts}))
        except SafetensorError as error:
            raise StudioError(
                "Could not write {path}: {reason}. Check that the disk has space.",
                repr(error), path=path, reason=reason(error),
            ) from error  # fmt: skip

    def how_to_play(self, file_name: str, model: Portable) -> str:
        return (
            "`safetensors` reads the tensors below; the key `latent_studio` of its metadata is "
            "JSON and says how the networks are put together."
        )

    def player(self, model: Portable) -> str:
        """A script of the family, where it has one: for networks as they are trained here (skips),
        without labels or closed borders."""
        config = model.state["config"]
        plain = config.get("layout", "skips") == "skips" and not config.get("seamless", False)
        name = model.family.name
        shown = plain and not model.family.image_spec.classes and player_of(name).is_file()
        return name if shown else ""
