"""Every way to hand over by its name: formats of one picture, collections, destinations."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from studio.engine.errors import UsageError
from studio.engine.export.collections.base import Collection, collections
from studio.engine.export.destinations import DESTINATIONS
from studio.engine.export.formats.base import Format, formats

Way = Format | Collection


def kinds() -> dict[str, type[Format] | type[Collection]]:
    """Formats, then collections."""
    return {**formats(), **collections()}


def endings(way: Way, count: int) -> tuple[str, ...]:
    """What follows the shared part of the names of the files of one parcel."""
    return way.endings(count) if isinstance(way, Collection) else (way.suffix,)


def is_shared(kind: Way | type[Way]) -> bool:
    """Whether all pieces go into one parcel."""
    return bool(getattr(kind, "several", False))


def is_layered(way: Way) -> bool:
    """Whether it has room for more than what is seen."""
    return isinstance(way, Format) and way.layered


def way_of(name: str, options: Mapping[str, object]) -> Way:
    """The format, the collection, or what a destination asks for, with `options` changed.

    :class:`UsageError` for a name that is not known, naming those that are;
    :class:`ParameterError` for an option.
    """
    known = kinds()
    if name in known:
        return known[name].from_mapping(options)
    for each in DESTINATIONS:
        if each.name == name:
            return known[each.way].from_mapping({**each.options, **options})
    raise UsageError(
        "There is no export format {name}. Known: {known}.",
        name=repr(name),
        known=", ".join(chain(known, (each.name for each in DESTINATIONS))),
    )


def template_of(name: str) -> str:
    """How files are called where nothing else is asked for."""
    named = next((each.names for each in DESTINATIONS if each.name == name), "")
    known = kinds().get(name)
    return named or ("{project}" if known is not None and is_shared(known) else "{piece}")
