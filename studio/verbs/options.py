"""Options that several verbs share: a parser that speaks in sentences, and checked kinds."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, Protocol

from studio.engine.errors import UsageError
from studio.verbs.console import Console, Result

Run = Callable[[argparse.Namespace, Console], Result]


class Parser(argparse.ArgumentParser):
    """argparse that raises :class:`UsageError` with one sentence instead of printing a page."""

    declare: Callable[[argparse.ArgumentParser], None] | None = None
    """Adds the options of a verb when somebody asks for them: all verbs' take long to read."""

    def error(self, message: str) -> NoReturn:
        """See above; `--help` shows the page."""
        raise UsageError("{message}; see `{prog} --help`.", message=message, prog=self.prog)

    def parse_known_args(self, *given: Any, **more: Any) -> Any:
        """As the base class, with the options that are only declared now."""
        declare, self.declare = self.declare, None
        if declare is not None:
            declare(self)
        return super().parse_known_args(*given, **more)


class Actions(Protocol):
    """Where further verbs, or actions of one, are added."""

    def add_parser(self, name: str, **facts: Any) -> argparse.ArgumentParser:
        """A parser of its own for `name`."""


class Verbs:
    """Collects the verbs of a parser."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._verbs: argparse._SubParsersAction[Parser] = parser.add_subparsers(
            title="verbs", metavar="VERB", dest="verb", parser_class=Parser
        )

    def add(
        self,
        name: str,
        summary: str,
        run: Run,
        declare: Callable[[argparse.ArgumentParser], None] | None = None,
    ) -> argparse.ArgumentParser:
        """A new verb with the options that all have; `declare` adds more when they are needed."""
        parser = self._verbs.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        parser.declare = declare
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object as the last line of stdout"
        )
        parser.set_defaults(run=run)
        return parser


def folder(text: str) -> Path:
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError("a path must not be empty")
    path = Path(text)
    with contextlib.suppress(RuntimeError):  # ~name, and nobody is called so: a file may be
        path = path.expanduser()
    return path.absolute()


def words(text: str) -> str:
    """Text as the index and the files can hold it."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError(f"{text} is not text in UTF-8") from None
    return text


def whole(low: float, high: float) -> Callable[[str], int]:
    """A whole number between `low` and `high`."""

    def convert(text: str) -> int:
        with contextlib.suppress(ValueError):
            if low <= (number := int(text)) <= high:
                return number
        raise argparse.ArgumentTypeError(f"{text} is not a whole number between {low} and {high}")

    return convert


def number(low: float, high: float) -> Callable[[str], float]:
    """A number between `low` and `high`."""

    def convert(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is not a number between {low:g} and {high:g}")
        return value

    return convert


def size(text: str) -> tuple[int, int]:
    """(width, height) of `64` or `48x64`."""
    parts = text.lower().replace("×", "x").split("x")
    if len(parts) in (1, 2) and all(part.isascii() and part.isdecimal() for part in parts):
        return int(parts[0]), int(parts[-1])
    raise argparse.ArgumentTypeError(f"{text} is not a size: write 64, or width x height as 48x64")


def pair(text: str) -> tuple[str, str]:
    """(key, value) of `key=value`."""
    key, equals, value = words(text).partition("=")
    if not equals or not key.strip():
        raise argparse.ArgumentTypeError(f"{text} is not of the form key=value")
    return key.strip(), value.strip()
