"""Kinds of one thing by name, found by importing every file of a package when they are wanted."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Generic, TypeVar, cast

Kind = TypeVar("Kind")
Made = TypeVar("Made")


class Registry(Generic[Kind]):
    """`package` is walked with its folders; `refusal` makes an error of (name, names known)."""

    def __init__(self, package: str, refusal: Callable[[str, str], Exception]) -> None:
        self._package, self._refusal = package, refusal
        self._kinds: dict[str, Kind] = {}

    def register(self, kind: Made) -> Made:
        """Make `kind` known under its `name`; decorates a class."""
        name: str = kind.name  # type: ignore[attr-defined]  # every kind declares one
        self._kinds[name] = cast(Kind, kind)
        return kind

    def all(self) -> dict[str, Kind]:
        """All kinds by name, in the order of names."""
        package = importlib.import_module(self._package)
        for module in pkgutil.walk_packages(package.__path__, f"{self._package}."):
            importlib.import_module(module.name)
        return dict(sorted(self._kinds.items()))

    def one(self, name: str) -> Kind:
        """The kind called `name`, or the refusal."""
        if name not in self._kinds and name not in self.all():
            raise self._refusal(repr(name), ", ".join(self.all()))
        return self._kinds[name]
