"""Weights alone (`.safetensors`), with a card of their layout and a script that plays them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from studio.engine.door import read_text
from studio.engine.errors import StudioError
from studio.engine.export.model_files.base import Companion, ModelFormat, register
from studio.engine.export.model_files.portable import Portable
from studio.engine.files import resources
from studio.engine.said import reason
from studio.engine.training.record.tensors import portable

FACTS = "latent_studio"
"""The one key of the file's metadata: JSON. With several their order would differ by chance."""
_EXAMPLES = "players"
"""In the resources: a script a family, where there is one."""


@register
class Weights(ModelFormat):
    """No code at all: tensors by their names, averaged weights only."""

    name = "safetensors"
    title = "Safetensors"
    suffix = ".safetensors"
    summary = "Weights and their layout; for StyleGAN2 with a script that plays them."

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
        ways = (
            "`safetensors` reads the tensors below; the key `latent_studio` of its metadata is "
            "JSON and says how the networks are put together."
        )
        script = self.companions(file_name, model)
        if not script:
            return ways
        stem = file_name.removesuffix(self.suffix)
        play = f"`python {stem}{script[0].ending} 1 2 3` draws seeds with PyTorch and Pillow alone."
        return f"{ways} {play}"

    def companions(self, file_name: str, model: Portable) -> Sequence[Companion]:
        """A script that draws seeds, where this kind of network has one."""
        config = model.state["config"]
        plain = config.get("layout", "skips") == "skips" and not config.get("seamless", False)
        place = resources() / _EXAMPLES / f"{model.family.name}.py.txt"
        if not plain or model.family.image_spec.classes or not place.is_file():
            return ()
        return (Companion(".play.py", read_text(place).replace("FILE_NAME", file_name)),)
