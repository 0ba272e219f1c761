"""Small networks of any family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.base import family
from models.parameters import Declared

SIZES: dict[str, Any] = {"latent_dim": 16, "prior_width": 32, "prior_depth": 2}
"""Of what only some families have."""


def config_of(name: str, small: Mapping[str, Any], **changes: Any) -> Declared:
    """`small`, as far as the family knows it, and all of `changes`."""
    kind = family(name)
    known = kind.Config.params()
    sizes = {key: value for key, value in {**SIZES, **small}.items() if key in known}
    return kind.Config.from_mapping({**sizes, **changes})
