"""What a check is, the list of those there are, and what they say of one picture.

A check that looks at one picture has either a `find`, or a number and the limit beyond which
that number is worth a finding; what else there is to find comes with the import or with the
whole set. All its words stand here in English; the window says them in other languages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from models.registry import Registry
from studio.engine.dataset.index.facts import Answer, Data
from studio.engine.dataset.index.records import Finding
from studio.engine.errors import UsageError
from studio.engine.said import Said

Measured = Answer
"""A picture as it was decoded: width, height, mode and facts."""


@dataclass(frozen=True)
class Threshold:
    """A number with a limit. `name` is the number's place in the sentence."""

    name: str
    default: float
    low: float
    high: float
    unit: str
    below: bool = False
    """Whether numbers below the limit are the finding; otherwise those above it."""
    fact: str = ""
    """What pixels decide of it, so that it is measured anew when parts are hidden."""
    measure: Callable[[Measured], float | None] | None = None
    """The number where it is not simply `fact`; None where it does not apply."""
    smallest: int = 0
    """Pictures with a shorter side than this are not judged."""
    blank: bool = True
    """Whether it is also said of a picture that is a single colour."""

    def value(self, picture: Measured) -> float | None:
        """The number of a picture; a fact may be absent from older projects."""
        if self.smallest and min(picture["width"], picture["height"]) < self.smallest:
            return None
        if self.measure is not None:
            return self.measure(picture)
        found = picture["facts"].get(self.fact)
        return float(found) if isinstance(found, (int, float)) else None


@dataclass(frozen=True)
class Check:
    """One kind of finding. `order` is that of findings about one picture, `listed` the place
    in the window's list.
    """

    name: str
    order: int
    listed: int
    title: str
    badge: str
    """One or two words for a tile."""
    help: str
    """Which pictures are found, and how."""
    advice: str
    """What the finding means for training."""
    sentence: str
    limit: Threshold | None = None
    find: Callable[[Measured], Data | None] | None = None
    always: bool = False
    """Whether it is listed where nothing was found, too."""
    grouped: bool = False
    """Whether it is about pictures that are like another one, which stays."""
    fixable: bool = True
    """False of files that are never used anyway: there is nothing to leave out."""


_REGISTRY = Registry[Check](
    "studio.engine.dataset.doctor.checks",
    lambda name, known: UsageError(
        "There is no finding {name}: choose one of {known}.", name=name, known=known
    ),
)
register, check_of = _REGISTRY.register, _REGISTRY.one


@cache
def checks() -> dict[str, Check]:
    """All checks by kind, in the order of findings about one picture."""
    return dict(sorted(_REGISTRY.all().items(), key=lambda each: each[1].order))


@cache
def limited() -> dict[str, Threshold]:
    """The thresholds of checks of one picture by kind; those of the whole set are not here."""
    limits = {kind: each.limit for kind, each in checks().items() if not each.grouped}
    return {kind: limit for kind, limit in limits.items() if limit is not None}


@cache
def grouped() -> tuple[str, ...]:
    """Kinds about pictures that are like another one, which stays."""
    return tuple(kind for kind, each in checks().items() if each.grouped)


def sentence(kind: str, data: Data) -> Said:
    return Said(checks()[kind].sentence, **data)


def said(finding: Finding) -> Said:
    """The sentence of a finding that was stored, maybe by another version with other numbers."""
    if finding.kind == "broken":
        why = finding.data.get("reason")
        return why if isinstance(why, Said) else Said(finding.sentence)
    try:
        return sentence(finding.kind, finding.data)
    except (KeyError, IndexError, ValueError):
        return Said(finding.sentence)


def check(picture: Measured, limits: Mapping[str, float] | None = None) -> list[tuple[str, Data]]:
    """(kind, data) of everything that a measured picture shows by itself.

    `limits` are by kind, defaults where absent.
    """
    limits = limits or {}
    found = []
    for kind, find, rule in _alone():
        if rule is not None:
            data = judge(kind, picture, limits.get(kind, rule.default), limits)
        else:
            data = find(picture) if find else None
        if data is not None:
            found.append((kind, data))
    return found


@cache
def _alone() -> list[tuple[str, Callable[[Measured], Data | None] | None, Threshold | None]]:
    """The checks that say something of one picture, each with its function or its limit."""
    rules = limited()
    return [
        (kind, each.find, rules.get(kind))
        for kind, each in checks().items()
        if each.find or kind in rules
    ]


def judge(kind: str, picture: Measured, limit: float, limits: Mapping[str, float]) -> Data | None:
    """The data of a finding of `kind` at `limit`, or None."""
    rule = limited()[kind]
    value = judged(kind, picture, limits)
    if value is None or not (value < limit if rule.below else value > limit):
        return None
    return {rule.name: _neat(value), "limit": _neat(limit)}


def judged(kind: str, picture: Measured, limits: Mapping[str, float]) -> float | None:
    """The number that the threshold of `kind` decides on; None where it does not apply."""
    rule = limited()[kind]
    value = rule.value(picture)
    # A blank picture is blank, not also blurred and under-exposed.
    if value is None or rule.blank:
        return value
    flat = limited()["flat"]
    return None if picture["facts"]["deviation"] < limits.get("flat", flat.default) else value


def _neat(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 2)
