"""Verbs whose place is kept say so, whatever follows them."""

from __future__ import annotations

import pytest

from studio.verbs.later import NAMES
from tests.verbs.support import call


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rest", [[], ["project", "--run", "a", "--out", "b.mp4", "-x"]])
def test_they_say_so(name, rest):
    call(name, *rest).refused(1, f"`{name}` is not in this version")
