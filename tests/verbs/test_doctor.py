"""`doctor`: every check is told, and what is missing comes with what mends it."""

from __future__ import annotations

import pytest

from studio.engine import doctor
from studio.engine.doctor import Check
from tests.verbs.support import call, done


def test_this_machine_can_run_the_tests():
    facts = done("doctor")
    assert facts["ok"] is True
    checks = {each["name"]: each for each in facts["checks"]}
    assert {"python", "torch", "numpy", "pillow", "disk", "device cpu"} <= set(checks)
    assert all(each["mend"] for each in checks.values() if not each["ok"])


@pytest.mark.parametrize(("needed", "code", "mark"), [(True, 1, "missing"), (False, 0, "optional")])
def test_what_is_missing(needed, code, mark, monkeypatch):
    checks = [
        Check("good", True, True, "here"),
        Check("thing", False, needed, "not installed", "pip install thing"),
    ]
    monkeypatch.setattr(doctor, "examine", lambda: checks)
    said = call("doctor")
    assert (said.code, said.err) == (code, "")
    assert said.out == (
        f"ok        good: here\n{mark:<9} thing: not installed\n          pip install thing\n"
    )
    facts = call("doctor", "--json").facts
    assert facts["ok"] is not needed
    assert [each["ok"] for each in facts["checks"]] == [True, False]
