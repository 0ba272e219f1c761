"""`families`, `presets`, `operations`: what there is, from the declarations themselves."""

from __future__ import annotations

import argparse
from typing import Any

from models.parameters import Declared
from studio.verbs.console import Console, Result
from studio.verbs.options import Verbs

SIZES = (32, 64, 128, 256)


def add(verbs: Verbs) -> None:
    """Declare the verbs."""
    verbs.add("families", "Kinds of models and their parameters.", families)
    verbs.add("presets", "Recommended settings by size and machine, and export formats.", presets)
    verbs.add("operations", "Refine operations and their parameters.", operations)


def families(options: argparse.Namespace, console: Console) -> Result:
    """All families."""
    from models import base

    known = [
        {"name": name, "title": kind.title, "summary": kind.summary, **_params(kind.Config)}
        for name, kind in base.families().items()
    ]
    return Result({"families": known}, _lines(known))


def presets(options: argparse.Namespace, console: Console) -> Result:
    """What each family recommends for square RGB pictures, and the formats of `export`."""
    from models import base
    from studio.engine.export.base import formats

    found: list[dict[str, Any]] = []
    for name, kind in base.families().items():
        for size in SIZES:
            spec = base.ImageSpec(3, size, size)
            for machine in ("cpu", "gpu"):
                config = kind.preset(spec, accelerator=machine == "gpu", pictures=1000)
                found.append(
                    {"family": name, "size": size, "machine": machine, "config": config.as_dict()}
                )
    known = [
        {"name": name, "title": kind.title, "summary": kind.summary, **_params(kind)}
        for name, kind in formats().items()
    ]
    lines = [f"{p['family']:<12} {p['size']:>4} {p['machine']}  {p['config']}" for p in found]
    return Result({"presets": found, "formats": known}, lines + _lines(known))


def operations(options: argparse.Namespace, console: Console) -> Result:
    """All operations."""
    from studio.engine.refinement.base import operations as known_operations

    known = [
        {"name": name, "title": kind.title, "summary": kind.summary, **_params(kind)}
        for name, kind in known_operations().items()
    ]
    return Result({"operations": known}, _lines(known))


def _params(declared: type[Declared]) -> dict[str, Any]:
    return {
        "parameters": [
            {
                "name": p.name, "type": p.kind.__name__, "default": p.default, "label": p.label,
                "help": p.help, "low": p.low, "high": p.high, "choices": list(p.choices),
                "unit": p.unit, "live": p.live,
            }
            for p in declared.params().values()
        ]
    }  # fmt: skip


def _lines(known: list[dict[str, Any]]) -> list[str]:
    lines = []
    for each in known:
        lines.append(f"{each['name']}: {each['summary']}")
        for p in each["parameters"]:
            span = f" [{p['low']:g} to {p['high']:g}]" if None not in (p["low"], p["high"]) else ""
            choices = f" [{', '.join(p['choices'])}]" if p["choices"] else ""
            lines.append(f"    {p['name']} = {p['default']}{span}{choices}: {p['help']}")
    return lines
