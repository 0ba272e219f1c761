"""What `doctor` looks for is what the project asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from studio.engine import doctor

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


def test_every_optional_package_is_looked_for_with_its_extra() -> None:
    extras = tomllib.loads(PROJECT.read_text("utf-8"))["project"]["optional-dependencies"]
    asked = {
        re.match(r"[\w.-]+", requirement)[0]: extra
        for extra, requirements in extras.items()
        for requirement in requirements
        if extra not in ("test", "dev")
    }
    assert asked == doctor.OPTIONAL
