"""How files are called: a template with fields, filled in for every piece."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio.engine.errors import UsageError
from studio.engine.said import Said

FIELDS: dict[str, Said] = {
    "piece": Said("name of the piece"),
    "n": Said("number in this export; n:03 writes zeros before it"),
    "project": Said("name of the project"),
    "run": Said("run that drew it"),
    "rating": Said("stars, 0 to 5"),
    "seed": Said("seed of the recipe"),
    "date": Said("day of the export"),
}
"""What may stand in braces, and what it means."""
_WIDTH = re.compile(r"0?[1-9]?")
LONGEST = 200


@dataclass(frozen=True)
class Facts:
    """What the fields of a template become for one piece."""

    values: Mapping[str, str | int]

    def named(self, template: str) -> str:
        """The template filled in; it was checked before."""
        parts = []
        for text, field, spec, _ in string.Formatter().parse(template):
            parts.append(text)
            if field is not None:
                value = self.values.get(field, "")
                parts.append(format(value, spec or "") if isinstance(value, int) else str(value))
        return "".join(parts)


def checked(template: str) -> str:
    """The template itself; :class:`UsageError` says what cannot be in one."""
    known = ", ".join(f"{{{name}}}" for name in FIELDS)
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError:
        parts = [("", "", "", None)]
    for _, field, spec, conversion in parts:
        if field is None:
            continue
        if field not in FIELDS or conversion or not _WIDTH.fullmatch(spec or ""):
            raise UsageError(
                "{template} is no template of names: what stands in braces is one of {fields}.",
                template=template,
                fields=known,
            )
    if not template.strip() or len(template) > LONGEST:
        raise UsageError("A template of names has 1 to {n} characters.", n=LONGEST)
    return template


def names(template: str, facts: Sequence[Facts]) -> list[str]:
    """A name for every piece, in their order; :class:`UsageError` as :func:`checked`."""
    checked(template)
    return [each.named(template) for each in facts]
