"""`families`, `presets`, `operations`: what there is, with its parameters, as declared."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from studio.verbs.console import Console, Result
from studio.verbs.options import Verbs, size

if TYPE_CHECKING:
    from models.parameters import Declared, Param
    from studio.engine.generation.transforms.base import Transform
    from studio.engine.refinement.masks.base import MaskKind

SIZES = (32, 48, 64, 96, 128, 256)


def add(verbs: Verbs) -> None:
    verbs.add("families", "The families of models, with their parameters.", families)
    presets_parser = verbs.add(
        "presets", "Recommended parameters by family and size, and the export presets.", presets
    )
    presets_parser.add_argument("--family", metavar="F", help="only this one")
    presets_parser.add_argument("--size", type=size, help="only this one, e.g. 64 or 48x64")
    verbs.add(
        "operations",
        "Refine operations, bends and export formats, with parameters.",
        operations,
    )


def families(options: argparse.Namespace, console: Console) -> Result:
    from models import base
    from studio.engine.training.record.options import RunOptions

    found = [
        {"name": kind.name, "title": kind.title, "summary": kind.summary}
        | {"parameters": parameters(kind.Config), "sampling": parameters(kind.Sampling)}
        for kind in base.families().values()
    ]
    shared = parameters(RunOptions)
    whole = {"name": "train", "title": "Options of a run of any family", "parameters": shared}
    lines = _describe([*found, whole | {"summary": "On the command line as `train --help` says."}])
    return Result({"families": found, "options": shared}, lines)


def presets(options: argparse.Namespace, console: Console) -> Result:
    """Every family at every size, for a processor and for a graphics card, and what pieces leave
    as. To read, the first is a wall of hundred lines: it is printed where a part of it is named.
    """
    from models import base
    from models.image_spec import ImageSpec
    from studio.engine.export.name_template import FIELDS
    from studio.engine.refinement import presets as kept

    known = base.families()
    chosen = [base.family(options.family)] if options.family else list(known.values())
    sizes = [options.size] if options.size else [(side, side) for side in SIZES]
    found: list[dict[str, object]] = []
    models = []
    for kind in chosen:
        for width, height in sizes:
            spec = ImageSpec(3, height, width)
            for accelerator in (False, True):
                config = kind.preset(spec, accelerator=accelerator, pictures=1000).as_dict()
                machine = "gpu" if accelerator else "cpu"
                found.append(
                    {"family": kind.name, "width": width, "height": height, "device": machine}
                    | {"parameters": config}
                )
                values = " ".join(f"{key}={_short(value)}" for key, value in config.items())
                models.append(f"  {kind.name} {width}x{height} {machine}: {values}")
    exports = [*_formats(), *_collections(), *_destinations()]
    stacks = kept.names()
    facts = {"presets": found, "export_presets": exports, "stacks": stacks}
    if options.family or options.size:
        return Result(facts, ["Recommended parameters (for `train`):", *models])
    lines: list[str] = []
    for head, some in (
        ("Destinations", _destinations()),
        ("Formats", _formats()),
        ("Collections, several pieces in one", _collections()),
    ):
        lines += [f"{head} (for `export --preset`):"]
        lines += [f"  {each['name']}: {each['summary']}" for each in some]
    lines += ["Fields of names (for `export --names`):"]
    lines += [f"  {{{name}}}: {what}" for name, what in FIELDS.items()]
    if stacks:
        lines += ["Stacks that are kept (for `refine --stack`):", *(f"  {name}" for name in stacks)]
    lines += ["Recommended parameters (add `--family F` with one of these, `--size 64`, or both):"]
    lines += [f"  {', '.join(known)}"]
    return Result(facts, lines)


def operations(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.generation.transforms.base import transforms
    from studio.engine.refinement import base
    from studio.engine.refinement.blend_modes import BLENDS
    from studio.engine.refinement.masks.base import mask_kinds

    found = [
        {"name": kind.name, "title": kind.title, "summary": kind.summary}
        | {"group": kind.group, "reshapes": kind.reshapes, "parameters": parameters(kind)}
        for kind in base.operations().values()
    ]
    bends = _kinds(transforms().values())
    masks = _kinds(mask_kinds().values())
    blends = [{"name": name} for name in BLENDS]
    formats, sets = _formats(), _collections()
    lines = ["Operations (for --stack):", *_describe(found)]
    lines += ["Masks (kind and params of a step's mask):", *_describe(masks)]
    lines += ["Blend modes (of a step, beside its opacity from 0 to 1):", "  " + ", ".join(BLENDS)]
    lines += ["Transforms (for --bend):", *_describe(bends)]
    lines += ["Formats (for --preset):", *_describe(formats)]
    lines += ["Collections (for --preset):", *_describe(sets)]
    told = {"operations": found, "masks": masks, "blends": blends, "transforms": bends}
    return Result(told | {"formats": formats, "collections": sets}, lines)


def _kinds(kinds: Iterable[type[Transform] | type[MaskKind]]) -> list[dict[str, object]]:
    return [
        {"name": kind.name, "title": kind.title, "summary": kind.summary}
        | {"parameters": parameters(kind)}
        for kind in kinds
    ]


def _formats() -> list[dict[str, object]]:
    from studio.engine.export.formats import base

    return [
        {"name": kind.name, "title": kind.title, "summary": kind.summary}
        | {"suffix": kind.suffix, "layered": kind.layered, "parameters": parameters(kind)}
        for kind in base.formats().values()
    ]


def _collections() -> list[dict[str, object]]:
    from studio.engine.export.collections import base

    return [
        {"name": kind.name, "title": kind.title, "summary": kind.summary}
        | {"suffix": kind.suffix, "several": kind.several, "parameters": parameters(kind)}
        for kind in base.collections().values()
    ]


def _destinations() -> list[dict[str, object]]:
    from studio.engine.export.destinations import DESTINATIONS

    return [
        {"name": each.name, "title": each.title, "summary": each.summary}
        | {"way": each.way, "options": dict(each.options), "names": each.names}
        for each in DESTINATIONS
    ]


def parameters(declared: type[Declared]) -> list[dict[str, object]]:
    """The declaration of every parameter as plain values."""
    return [_parameter(param) for param in declared.params().values()]


def _parameter(param: Param) -> dict[str, object]:
    return {
        "name": param.name,
        "kind": param.kind.__name__,
        "default": param.default,
        "low": param.low,
        "high": param.high,
        "choices": list(param.choices),
        "unit": param.unit,
        "label": param.label,
        "term": param.term,
        "content": param.content,
        "help": param.help,
        "live": param.live,
        "advanced": param.advanced,
    }


def _short(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _describe(found: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = []
    for each in found:
        lines.append(f"{each['name']}: {each['title']}. {each['summary']}")
        for param in each["parameters"]:
            unit = f" {param['unit']}" if param["unit"] else ""
            known = f" ({', '.join(param['choices'])})" if param["choices"] else _range(param)
            lines.append(f"  {param['name']} = {param['default']}{unit}{known}: {param['help']}")
    return lines


def _range(param: Mapping[str, Any]) -> str:
    low, high = param["low"], param["high"]
    if low is None and high is None:
        return ""
    return f" ({'' if low is None else f'{low:g}'} … {'' if high is None else f'{high:g}'})"
