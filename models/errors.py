"""What can be said in any language, and what the models refuse.

Kept apart so that both can be used without importing anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Self


class Said(str):
    """A sentence in English that knows its template with `{name}` places and what stands there.

    A value is a number, a text that no language changes (a name, a path) or another Said.
    Whoever knows another language looks `template` up; for all others this is a plain text.
    Without values the template is a finished text, whose braces mean nothing.
    """

    template: str
    values: Mapping[str, str | int | float]

    def __new__(cls, template: str, /, **values: object) -> Self:
        held = {
            name: value if isinstance(value, str | int | float) else str(value)
            for name, value in values.items()
        }
        return cls.reading(template.format(**held) if held else template, template, held)

    @classmethod
    def of(cls, text: str) -> Said:
        """`text` itself where it is one, else a finished text."""
        return text if isinstance(text, Said) else cls(text)

    @classmethod
    def reading(cls, text: str, template: str, values: Mapping[str, str | int | float]) -> Self:
        """The same that reads otherwise: in the language of the window."""
        self = super().__new__(cls, text)
        self.template, self.values = template, values
        return self


def sentences(parts: Iterable[str]) -> Said:
    """One after the other."""
    return _folded(map(Said.of, parts), lambda a, b: Said("{first} {next}", first=a, next=b))


def listed(parts: Iterable[str]) -> Said:
    return _folded(parts, lambda a, b: Said("{first}, {next}", first=a, next=b))


def either(parts: Iterable[str]) -> Said:
    return _folded(parts, lambda a, b: Said("{first} or {next}", first=a, next=b))


def lines(parts: Iterable[str]) -> Said:
    held = {f"line_{number}": part for number, part in enumerate(parts)}
    return Said("\n".join(f"{{{name}}}" for name in held), **held)


def _folded(parts: Iterable[str], join: Callable[[str, str], str]) -> Said:
    kept = list(parts)
    whole = reduce(join, kept) if kept else ""
    return Said.of(whole)


class SaidError(Exception):
    """Something went wrong, and `said` tells what in one sentence."""

    def __init__(self, said: str | Said, /, **values: object) -> None:
        self.said = Said(said, **values) if values else Said.of(said)
        super().__init__(self.said)


class ParameterError(SaidError, ValueError):
    """A value that cannot be accepted."""
