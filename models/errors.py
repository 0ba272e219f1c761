"""What can be said in any language, and what the models refuse.

Kept apart so that both can be used without importing anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, init=False, repr=False)
class Said:
    """A sentence: an English template with `{name}` places, and what stands in them.

    A value is a number, a text that no language changes (a name, a path) or another Said.
    `str()` gives English; whoever knows another language looks `template` up. Without values
    the template is a finished text, whose braces mean nothing.
    """

    template: str
    values: Mapping[str, str | int | float | Said]

    def __init__(self, template: str, /, **values: object) -> None:
        held = {
            name: value if isinstance(value, str | int | float | Said) else str(value)
            for name, value in values.items()
        }
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "values", held)

    def __str__(self) -> str:
        return self.template.format(**self.values) if self.values else self.template

    def __repr__(self) -> str:
        return f"Said({str(self)!r})"

    def __hash__(self) -> int:
        return hash(self.template)


class ParameterError(ValueError):
    """A value that cannot be accepted; `said` is for the user."""

    def __init__(self, said: str | Said, /, **values: object) -> None:
        self.said = Said(said, **values) if isinstance(said, str) else said
        super().__init__(str(self.said))
