"""Facts as a person reads them on a terminal; `--json` has them whole."""

from __future__ import annotations

from collections.abc import Mapping

LONGEST = 100
"""Characters of one value; a packed latent has thousands."""


def outline(facts: Mapping[str, object], depth: int = 0) -> list[str]:
    """One line for each plain fact; what has parts of its own is indented below its name."""
    lines: list[str] = []
    before = "  " * depth
    for key, value in facts.items():
        if isinstance(value, Mapping) and value:
            lines += [f"{before}{key}:", *outline(value, depth + 1)]
        elif isinstance(value, list | tuple) and any(isinstance(each, Mapping) for each in value):
            lines.append(f"{before}{key}:")
            lines += [f"{before}  {_row(each)}" for each in value]
        else:
            lines.append(f"{before}{key}: {_plain(value)}")
    return lines


def _row(value: object) -> str:
    """A part of a list on one line, its name first."""
    if not isinstance(value, Mapping):
        return _plain(value)
    rest = {key: each for key, each in value.items() if key != "name"}
    said = ", ".join(f"{key} {_plain(each)}" for key, each in rest.items())
    return ": ".join(part for part in (str(value.get("name", "")), said) if part)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "" or value == [] or value == {}:
        return "none"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_plain(each) for each in value)
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)"
