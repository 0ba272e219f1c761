"""The declared options of a run as options of the command line."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from typing import Any

from models.parameters import Param
from studio.engine.training.record.options import RunOptions, Word
from studio.verbs.options import number, whole, words


def flag(kind: type[RunOptions], name: str) -> str:
    """What the command line calls an option."""
    word = kind.words().get(name)
    return f"--{(word and word.name) or name.replace('_', '-')}"


def declare(parser: argparse.ArgumentParser, kind: type[RunOptions]) -> None:
    """An option for each that `kind` declares; None where it is not given."""
    for name, each in kind.params().items():
        word = kind.words()[name]
        more = word.more or ("" if each.kind is bool else f"default: {each.default}")
        parser.add_argument(
            flag(kind, name), dest=name, default=None,
            help="; ".join(part for part in (each.help, more) if part), **_taken(each, word),
        )  # fmt: skip


def _taken(declared: Param, word: Word) -> dict[str, Any]:
    """What argparse is to take for it."""
    if declared.kind is bool and not declared.default:
        return {"action": "store_true"}
    if declared.kind is bool or declared.choices[1:] == ("yes", "no"):
        return {"action": argparse.BooleanOptionalAction}
    if declared.choices:
        return {"choices": declared.choices}
    convert: Callable[[str], object] = words
    if declared.kind is not str:
        low = -math.inf if declared.low is None else declared.low
        high = math.inf if declared.high is None else declared.high
        low = low if word.lowest is None else word.lowest
        convert = number(low, high) if declared.kind is float else whole(low, high)
    return {"type": convert, "metavar": word.metavar}
