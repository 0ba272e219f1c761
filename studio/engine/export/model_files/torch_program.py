"""A program of torch.export (`.pt2`): drawn by `torch` alone, with nothing of this program."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine.errors import StudioError
from studio.engine.export.model_files.base import ModelFormat, register
from studio.engine.export.model_files.portable import Portable

if TYPE_CHECKING:
    from torch.export import ExportedProgram

LARGEST_BATCH = 1024
_TRACES = (
    "stack_trace", "nn_module_stack", "source_fn_stack", "from_node", "fwd_source_fn_stack",
    "fwd_nn_module_stack", "torch_fn", "custom",
)  # fmt: skip
"""What nodes remember of the files and lines that they were made of."""


@register
class TorchProgram(ModelFormat):
    """Any number of pictures, noise as an input, no source line inside."""

    name = "torch-export"
    title = "torch.export"
    suffix = ".pt2"
    summary = "A program for PyTorch that needs nothing of this one."

    def write(self, model: Portable, path: Path) -> None:
        import torch

        program = traced(model)
        with path.open("wb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.export.save(program, file)

    def how_to_play(self, file_name: str, model: Portable) -> str:
        noise = ", ".join(
            f"torch.randn({', '.join(map(str, shape))})"
            for name, shape in model.inputs.items()
            if name.startswith("noise_")
        )
        first = ", ".join(str(side) for side in ("4", *model.inputs[model.first][1:]))
        psi = "torch.tensor(0.7), " if model.truncates else ""
        return "\n".join(
            [
                "```python", "import torch",
                f"program = torch.export.load({json.dumps(file_name)}).module()",
                f"picture = program(torch.randn({first}), {psi}[{noise}])",
                "levels = ((picture.clamp(-1, 1) + 1) * 127.5).round().byte()", "```",
            ]
        )  # fmt: skip


def traced(model: Portable) -> ExportedProgram:
    """The network as a program; raises :class:`StudioError` where that is not possible."""
    import torch

    network, given = model.network(), model.examples()
    batch = torch.export.Dim("n", min=1, max=LARGEST_BATCH)
    *others, noise = given[1:]
    shapes = ({0: batch}, (*(None for _ in others), [None for _ in noise]))
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network(*given)  # constants that are made once must not be made while it is traced
            program = torch.export.export(network, given, dynamic_shapes=shapes, strict=False)
    except Exception as error:  # torch raises whatever it likes
        raise StudioError(
            "A model of the family {name} cannot be turned into a program: take safetensors.",
            repr(error), name=model.family.name,
        ) from error  # fmt: skip
    for module in program.graph_module.modules():
        for node in getattr(getattr(module, "graph", None), "nodes", ()):
            for key in _TRACES:
                node.meta.pop(key, None)
    return program
