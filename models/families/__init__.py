"""The families of models, a folder each: the family, its configuration, its networks.

A family registers itself (`models.base.register`); nothing outside its folder names it. Its folder
may have `TITLES`, by the names of its families, for those who show runs without importing torch.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache


@cache
def titles() -> dict[str, str]:
    """What each family is called; one whose folder does not say is missing."""
    found: dict[str, str] = {}
    for each in pkgutil.iter_modules(__path__, f"{__name__}."):
        found |= getattr(importlib.import_module(each.name), "TITLES", {}) if each.ispkg else {}
    return found
