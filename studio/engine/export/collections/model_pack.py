"""A model pack: the models that drew the pieces, each with a card, and the pieces as samples."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.parameters import param
from studio.engine.dataset.papers.dataset_card import JSON_NAME, MARKDOWN_NAME
from studio.engine.door import opened, read_bytes, read_text
from studio.engine.errors import StudioError
from studio.engine.export.collections.base import Collection, Plate, Plates, Sheet, register
from studio.engine.export.file_names import safe_name
from studio.engine.export.formats.png import Png
from studio.engine.export.model_files.base import export_model
from studio.engine.files import beside, discard
from studio.engine.training.foreign import origin

_DATED = (2026, 1, 1, 0, 0, 0)
_MODEL, _STATE = "model.safetensors", "state.json"
_TOLD = ("family", "images_seen", "image_spec", "labels", "config")


@register
@dataclass(frozen=True)
class ModelPack(Collection):
    """A zip with one folder a model: weights in safetensors, facts in JSON, a card in Markdown."""

    name = "model-pack"
    title = "Model pack"
    suffix = ".zip"
    summary = "The models that drew the pieces: safetensors and a card. To give away."

    samples: bool = param(True, label="Samples", help="Add the pieces as PNG beside the card.")
    also: str = param(
        "nothing", label="For others", choices=("nothing", "safetensors", "onnx", "torch-export"),
        term="model format",
        names={"nothing": "Nothing more", "safetensors": "Plain weights and a script",
               "onnx": "ONNX graph", "torch-export": "Program for PyTorch"},
        help="Add the model in a form that plays without this program. ONNX and torch.export "
        "take a minute or more.",
    )  # fmt: skip

    def endings(self, count: int) -> tuple[str, ...]:
        return (".zip",)

    def write(self, plates: Plates, sheets: Sequence[Sheet]) -> None:
        """Every model once, however many pieces it drew."""
        folders: dict[Path, str] = {}
        drawn: dict[Path, list[str]] = {}
        with zipfile.ZipFile(sheets[0].path, "w", zipfile.ZIP_STORED) as file:
            for plate in plates:
                model = _model_of(plate)
                if model not in folders:
                    folders[model] = _free(safe_name(str(plate.origin.recipe["run"])), folders)
                    _add_weights(file, model, folders[model])
                    _add_papers(file, model, folders[model])
                    if self.also != "nothing":
                        _add_other_form(file, model, folders[model], self.also)
                drawn.setdefault(model, []).append(plate.name)
                if self.samples:
                    picture = f"{folders[model]}/samples/{safe_name(plate.name)}.png"
                    _add(file, picture, _png(plate, sheets[0].path))
            for model, folder in folders.items():
                _add(file, f"{folder}/README.md", _card(folder, model, drawn[model]).encode())


def _model_of(plate: Plate) -> Path:
    if plate.model is None or "run" not in plate.origin.recipe:
        raise StudioError(
            "The model that drew {piece} is no longer kept: it cannot be packed.", piece=plate.name
        )
    return plate.model


def _free(name: str, taken: dict[Path, str]) -> str:
    number, free = 2, name
    while free in taken.values():
        free, number = f"{name}-{number}", number + 1
    return free


def _add_weights(file: zipfile.ZipFile, model: Path, folder: str) -> None:
    for name in (_MODEL, _STATE):
        entry = zipfile.ZipInfo(f"{folder}/{name}", _DATED)
        try:
            with opened(model / name) as stream, file.open(entry, "w", force_zip64=True) as target:
                shutil.copyfileobj(stream, target, 1 << 20)
        except FileNotFoundError as error:
            raise StudioError("There is no file {path}.", path=model / name) from error


def _add_papers(file: zipfile.ZipFile, model: Path, folder: str) -> None:
    """What the run keeps of the pictures that it was trained on."""
    for name in (JSON_NAME, MARKDOWN_NAME, origin.JSON_NAME, origin.MARKDOWN_NAME):
        with contextlib.suppress(OSError):
            _add(file, f"{folder}/{name}", read_bytes(model.parent.parent / name))


def _add_other_form(file: zipfile.ZipFile, model: Path, folder: str, form: str) -> None:
    with tempfile.TemporaryDirectory(prefix="latent-studio-") as place:
        for path in export_model(model, form, Path(place) / folder, run=model.parent.parent):
            with opened(path) as stream:
                entry = zipfile.ZipInfo(f"{folder}/{path.name}", _DATED)
                with file.open(entry, "w", force_zip64=True) as target:
                    shutil.copyfileobj(stream, target, 1 << 20)


def _png(plate: Plate, pack: Path) -> bytes:
    made = beside(pack)
    try:
        Png().write(plate.artwork, plate.origin, made)
        return read_bytes(made)
    finally:
        discard(made)


def _card(folder: str, model: Path, pieces: Sequence[str]) -> str:
    facts = _facts(model)
    lines = [f"# {folder}", "", "A generative model, trained with Latent Studio.", ""]
    lines += [
        f"- {key}: {json.dumps(facts[key], ensure_ascii=False)}" for key in _TOLD if key in facts
    ]
    lines += ["", "Drawn with it: " + ", ".join(pieces) + ".", ""]
    lines += [
        f"`{_MODEL}` holds the weights, `{_STATE}` says how they are put together, and "
        f"`{MARKDOWN_NAME}`, where the run kept it, what the model was trained on and under which "
        "licences: look at it before you give the model away.", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _facts(model: Path) -> dict[str, Any]:
    found = json.loads(read_text(model / _STATE))
    return found if isinstance(found, dict) else {}


def _add(file: zipfile.ZipFile, name: str, content: bytes) -> None:
    file.writestr(zipfile.ZipInfo(name, _DATED), content)
