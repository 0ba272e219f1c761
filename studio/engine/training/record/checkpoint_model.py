"""The model in a checkpoint: built by its family and filled, or made small to travel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

from studio.engine.errors import StudioError
from studio.engine.training.record import checkpoint
from studio.engine.training.record.checkpoint import MODEL, Saved, State

if TYPE_CHECKING:
    from torch import Tensor

    from models.base import Family


def load_model(saved: Saved | Path, device: str = "auto", *, whole: bool = True) -> Family:
    """The verified model of a checkpoint on `device`, ready to generate.

    Without `whole` what only training needs stays on the disk: weights that have an average,
    and the `training_only` of its family; those tensors are on torch's `meta` device.
    Raises :class:`StudioError` when the folder is damaged or of an unknown family.
    """
    import torch

    from models import base
    from models.image_spec import ImageSpec
    from models.parameters import ParameterError
    from studio.engine import devices

    saved = checkpoint.verify(saved) if isinstance(saved, Path) else saved
    chosen = devices.choose(device).name
    try:
        kind = base.family(str(saved.state["family"]))
        spec = ImageSpec(**saved.state["image_spec"])
        with torch.device("meta"):  # no weights by chance, which would only be thrown away
            model = kind(kind.Config.from_mapping(saved.state["config"]), spec)
        _fill(model, saved, chosen, whole)
    except (KeyError, TypeError, RuntimeError, ParameterError) as error:
        raise StudioError(
            "The model in {folder} cannot be built by this version: it may come from "
            "another one; use another checkpoint.",
            str(error),
            folder=saved.folder,
        ) from error
    return model.eval().requires_grad_(False)


def _fill(model: Family, saved: Saved, device: str, whole: bool) -> None:
    """Put the tensors of the file in the place of those that have a shape only."""
    import torch

    tensors = _completed(checkpoint.read_tensors(saved.folder / MODEL), saved.state)
    shapes = model.state_dict()
    left_out = set() if whole else {name for name in tensors if _of_training(name, tensors, model)}
    filled = {}
    for name in tensors.keys() - left_out:
        tensor, shape = tensors[name], shapes.get(name)
        if shape is not None and shape.shape == tensor.shape:
            # With the strides of the network: kernels differ by them in the last bit.
            tensor = torch.empty_like(shape, device=device).copy_(tensor)
        filled[name] = tensor
    missing, unexpected = model.load_state_dict(filled, strict=False, assign=True)
    if unexpected or set(missing) - left_out:
        raise KeyError(f"missing {sorted(set(missing) - left_out)}, unknown {unexpected}")


def _of_training(name: str, tensors: Mapping[str, Tensor], model: Family) -> bool:
    return average_of(name) in tensors or name.partition(".")[0] in model.facts.training_only


def export_slim(folder: Path, target: Path, dtype: str = "float16") -> Saved:
    """A checkpoint that can only generate: averaged weights at `dtype`, no training state.

    A tensor `x.*` whose average `x_ema.*` is there is left out; loading fills it from
    the average. What would overflow `dtype` stays as it is. `target` must not exist.
    """
    import torch

    saved = checkpoint.verify(folder)
    tensors = checkpoint.read_tensors(folder / MODEL)
    small: dict[str, Tensor] = {}
    left_out: dict[str, str] = {}
    for name, tensor in tensors.items():
        average = average_of(name)
        if average in tensors:
            left_out[name] = average
            continue
        short = tensor.to(getattr(torch, dtype)) if tensor.is_floating_point() else tensor
        small[name] = short if bool(torch.isfinite(short).all()) else tensor
    facts = ("family", "config", "image_spec", "labels", "images_seen", "recipe")
    state = cast(State, {key: value for key, value in saved.state.items() if key in facts})
    target.parent.mkdir(parents=True, exist_ok=True)
    return checkpoint.write(target, {MODEL: small}, state | State(left_out=left_out))


def average_of(name: str) -> str:
    """The name of the average over training that a tensor may have."""
    first, _, rest = name.partition(".")
    return f"{first}_ema.{rest}"


def _completed(tensors: dict[str, Tensor], state: State) -> dict[str, Tensor]:
    left_out = state.get("left_out", {})
    return tensors | {name: tensors[average] for name, average in left_out.items()}
