"""Parameters declared once: type, default, range, unit and help.

A frozen dataclass whose fields are made with :func:`param` and that inherits
:class:`Declared` is at the same time the validation, the command-line options,
the form in the window and the documentation of what it configures.
Standard library only, so that a parameter list can be read without torch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self, TypedDict, Unpack, get_type_hints

from models.errors import ParameterError, Said, sentences

__all__ = ["Declared", "Param", "ParameterError", "Value", "param"]

Value = bool | int | float | str


@dataclass(frozen=True)
class Param:
    """One declared parameter. `low` and `high` are inclusive; `step` is the form's increment."""

    name: str
    kind: type[bool] | type[int] | type[float] | type[str]
    default: Value
    label: str
    help: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    """The artist's words for values of a text, which a form offers; `yes` for a switch."""
    term: str = ""
    """The field's own word where `label` is the artist's (`Penalty strength` / `r1_gamma`)."""
    content: str = ""
    """What a text holds where it is more than words: `colour`, `curve`, `picture`."""
    live: bool = False
    """May change while a run is going on."""
    advanced: bool = False

    def describe_range(self) -> Said:
        """The accepted values in words, empty when anything goes."""
        if self.choices:
            return Said("one of {choices}", choices=", ".join(self.choices))
        if self.low is not None and self.high is not None:
            found = Said("between {n:g} and {n_high}", n=self.low, n_high=self._most())
        elif self.low is not None:
            found = Said("at least {n:g}", n=self.low)
        elif self.high is not None:
            found = Said("at most {n:g}", n=self.high)
        else:
            return Said("")
        return Said("{range} {unit}", range=found, unit=Said(self.unit)) if self.unit else found

    def _most(self) -> str:
        high = self.high
        return str(high) if isinstance(high, int) else f"{high:g}"

    def check(self, value: object) -> Value:
        """Return `value` as this parameter's kind, or raise :class:`ParameterError`."""
        converted = self._convert(value)
        inside = True
        if self.kind in (int, float):
            number = _as_float(converted)
            inside = math.isfinite(number) and (
                (self.low is None or number >= self.low)
                and (self.high is None or number <= self.high)
            )
        if self.choices:
            inside = converted in self.choices
        if not inside:
            raise self._refused(value)
        return converted

    def _convert(self, value: object) -> Value:
        try:
            if self.kind is bool:
                return _to_bool(value)
            if self.kind is int:
                return _to_int(value)
            if self.kind is float and not isinstance(value, bool):
                return float(value)  # type: ignore[arg-type]  # failure is caught just below
            if self.kind is str and isinstance(value, bool) and "yes" in self.choices:
                return "yes" if value else "no"
            if self.kind is str and isinstance(value, str):
                return value
        except (TypeError, ValueError, OverflowError, KeyError):
            pass
        raise self._refused(value)

    def _refused(self, value: object) -> ParameterError:
        expected, described = _EXPECTED[self.kind], self.describe_range()
        if described:
            expected = Said("{kind}, {range}", kind=expected, range=described)
        return ParameterError(
            "{name}={value} is not possible: {expected}.",
            name=self.name,
            value=value,
            expected=expected,
        )


_EXPECTED: dict[type, Said] = {
    bool: Said("it takes yes or no"),
    int: Said("it takes a whole number"),
    float: Said("it takes a number"),
    str: Said("it takes a text"),
}


_BOOLS = {"true": True, "yes": True, "on": True, "1": True}
_BOOLS |= {"false": False, "no": False, "off": False, "0": False}


def _to_bool(value: object) -> bool:
    return value if isinstance(value, bool) else _BOOLS[str(value).strip().lower()]


def _as_float(number: Value) -> float:
    """Infinite where it has more digits than a float holds."""
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _to_int(value: object) -> int:
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise ValueError
    return int(value)  # type: ignore[call-overload]  # refused below


class Given(TypedDict, total=False):
    """What a declaration may say of a parameter; see :class:`Param` for the meaning."""

    label: str
    help: str
    low: float | None
    high: float | None
    step: float | None
    choices: tuple[str, ...]
    names: Mapping[str, str]
    unit: str
    term: str
    content: str
    live: bool
    advanced: bool


def param(default: Value, **given: Unpack[Given]) -> Any:
    """Declare one field of a :class:`Declared` dataclass: at least `label` and `help`.

    A subclass that declares it again keeps what it does not say; where only the default is
    another, a plain value will do.
    """
    return field(default=default, metadata={"param": given})


@dataclass(frozen=True)
class Declared:
    """Base of every parameter set. Subclass as a frozen dataclass; fields via :func:`param`."""

    def __post_init__(self) -> None:
        wrong: list[Said] = []
        for declared in self.params().values():
            try:
                object.__setattr__(
                    self, declared.name, declared.check(getattr(self, declared.name))
                )
            except ParameterError as error:
                wrong.append(error.said)
        if not wrong:
            wrong.extend(self.conflicts())
        if wrong:
            raise ParameterError(sentences(wrong))

    def conflicts(self) -> list[Said]:
        """Sentences about values that are fine alone but not together; override where needed."""
        return []

    @classmethod
    def params(cls) -> dict[str, Param]:
        """Every declared parameter by name, in the order of declaration."""
        if cls not in _KNOWN:
            # Reading annotations takes long, and steps of training ask for values by name.
            _KNOWN[cls] = _declared_by(cls)
        return dict(_KNOWN[cls])

    @classmethod
    def from_mapping(cls, values: Mapping[str, object]) -> Self:
        """Build from names to values (strings are converted); an unknown name is refused."""
        known = cls.params()
        unknown = [name for name in values if name not in known]
        if unknown:
            raise ParameterError(
                "There is no parameter {name}. Known: {names}.",
                name=", ".join(unknown),
                names=", ".join(known),
            )
        return cls(**{name: known[name].check(value) for name, value in values.items()})

    def as_dict(self) -> dict[str, Value]:
        """Names to values, ready for JSON or TOML."""
        return {name: getattr(self, name) for name in self.params()}


_KNOWN: dict[type[Declared], dict[str, Param]] = {}


def _declared_by(kind: type[Declared]) -> dict[str, Param]:
    hints = get_type_hints(kind)
    return {
        item.name: Param(
            name=item.name,
            kind=hints[item.name],
            default=item.default,  # type: ignore[arg-type]  # param() always gives one
            **given,
        )
        for item in fields(kind)
        if (given := _given(kind, item.name))
    }


def _given(kind: type[Declared], name: str) -> Given:
    """What a class and those before it say of a field; the nearest has the last word."""
    found = Given()
    for each in reversed(kind.__mro__):
        declared = getattr(each, "__dataclass_fields__", {}).get(name)
        if declared is not None:
            found.update(declared.metadata.get("param", {}))
    return found
