"""An ONNX graph (opset 18) in one file, looked at with onnxruntime before it is handed over."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from studio.engine.errors import StudioError
from studio.engine.export.model_files.base import ModelFormat, register
from studio.engine.export.model_files.portable import Portable
from studio.engine.export.model_files.torch_program import traced
from studio.engine.extras import extra, needed
from studio.engine.said import Said

OPSET = 18
_TRIED = (1, 3)
"""Pictures at a time."""
_LEVEL = 2 / 255
"""One level of 255, where pictures go from -1 to 1."""


@register
class OnnxGraph(ModelFormat):
    """Any number of pictures, noise as inputs, nothing of this machine inside."""

    name = "onnx"
    title = "ONNX"
    suffix = ".onnx"
    summary = "A graph for onnxruntime, TouchDesigner, browsers and game engines."

    def write(self, model: Portable, path: Path) -> None:
        if not extra("onnx").is_installed:
            raise StudioError(needed(Said("A model as ONNX"), "onnx"))
        data = graph(model)
        _check(data, model)
        path.write_bytes(data)

    def how_to_play(self, file_name: str, model: Portable) -> str:
        given = [
            f'    "{name}": normal({_arguments(shape)}),'
            if name != "psi" else '    "psi": np.float32(0.7),'
            for name, shape in model.inputs.items()
        ]  # fmt: skip
        return "\n".join(
            [
                "```python", "import numpy as np", "import onnxruntime", "",
                "normal = lambda *shape: np.random.randn(*shape).astype(np.float32)",
                f'session = onnxruntime.InferenceSession({json.dumps(file_name)})',
                "(picture,) = session.run(None, {", *given, "})",
                "levels = ((picture.clip(-1, 1) + 1) * 127.5).round().astype(np.uint8)", "```",
            ]
        )  # fmt: skip


def _arguments(shape: Sequence[int | str]) -> str:
    return ", ".join("4" if side == "n" else str(side) for side in shape)


def graph(model: Portable) -> bytes:
    """The graph as bytes. Raises :class:`StudioError` where the family has what ONNX has not."""
    import torch

    program = traced(model)
    try:
        with _in_silence():
            made = torch.onnx.export(
                program, dynamo=True, opset_version=OPSET, input_names=list(model.inputs),
                output_names=["picture"], verbose=False,
            )  # fmt: skip
    except Exception as error:  # the translator raises whatever it likes
        raise StudioError(
            "A model of the family {name} cannot be written as ONNX: take torch-export.",
            repr(error), name=model.family.name,
        ) from error  # fmt: skip
    assert made is not None  # a program was given
    return _clean(made.model_proto)


def _clean(proto: Any) -> bytes:
    """Without what says where the graph was made, and of which lines."""
    proto.ClearField("metadata_props")
    proto.doc_string = ""
    parts = [proto.graph, *proto.functions]
    while parts:
        part = parts.pop()
        part.doc_string = ""
        del part.metadata_props[:]
        values = (part.value_info, getattr(part, "input", ()), getattr(part, "output", ()))
        for value in (each for group in values for each in group):
            if not isinstance(value, str):
                value.doc_string = ""
                del value.metadata_props[:]
        for tensor in getattr(part, "initializer", ()):
            tensor.doc_string = ""
            del tensor.metadata_props[:]
        for node in part.node:
            node.doc_string = ""
            del node.metadata_props[:]
            parts += [each.g for each in node.attribute if each.HasField("g")]
    return bytes(proto.SerializeToString())


def _check(data: bytes, model: Portable) -> None:
    """Pictures of the graph beside those of the model, one and several."""
    # Else it keeps a number of this machine in a database of its own, and tells its maker.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime
    import torch

    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    network = model.network()
    for count in _TRIED:
        given = model.examples(count)
        flat = [each.numpy() for each in (*given[:-1], *given[-1])]
        named = dict(zip(model.inputs, flat, strict=True))
        (picture,) = session.run(None, named)
        with torch.no_grad():
            apart = float((network(*given).clamp(-1, 1) - torch.from_numpy(picture).clamp(-1, 1))
                          .abs().max())  # fmt: skip
        if not apart <= _LEVEL:
            raise StudioError(
                "The ONNX file draws other pictures than the model ({n:.1f} of 255 levels apart): "
                "it was not kept; take torch-export.", n=apart / _LEVEL,
            )  # fmt: skip


@contextlib.contextmanager
def _in_silence() -> Iterator[None]:
    """The translator tells of packages that nobody needs."""
    logger = logging.getLogger("torch.onnx")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)
