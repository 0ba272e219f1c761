"""The report on a problem: what helps is in it, and what is nobody's business is not."""

from __future__ import annotations

import getpass

import pytest

from studio.engine import doctor, problem_report
from studio.engine.doctor import Check
from studio.engine.settings import home
from tests.verbs.support import done

LOG = """2026-11-30 10:00:00 ERROR Traceback (most recent call last):
  File "/home/ada/venv/lib/python3.11/site-packages/studio/engine/project.py", line 62, in open
    connection = connect(index)
  File "C:\\Users\\Ada Lovelace\\studio\\engine\\files.py", line 3, in write
studio.engine.errors.StudioError: Could not write /home/ada/My Vases/project.sqlite: No space left.
Could not open '/media/ada/Secret Client/a b.png', \\\\server\\share\\x.psd: ask ada@example.org
mean 3/4 of 1/2, and/or; 5 images/s; text/plain
"""


def test_paths_names_and_addresses_are_left_out() -> None:
    said = problem_report.anonymised(LOG)
    for private in ("ada", "Ada", "Lovelace", "Vases", "Secret", "Client", "server", "example.org"):
        assert private not in said, private
    assert '"…/site-packages/studio/engine/project.py", line 62, in open' in said
    assert "…/studio\\engine\\files.py" in said
    assert "Could not write PATH.sqlite: No space left." in said
    assert "mean 3/4 of 1/2, and/or; 5 images/s; text/plain" in said


def test_the_user_and_the_machine_have_no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "grace")
    monkeypatch.setattr(problem_report.platform, "node", lambda: "gracebox")
    assert (
        problem_report.anonymised("grace on gracebox, gracefully") == "USER on MACHINE, gracefully"
    )


def test_a_report_has_versions_checks_and_the_ends_of_logs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doctor, "examine", lambda: [Check("thing", False, False, "not installed")])
    (home() / "logs").mkdir(parents=True)
    (home() / "logs" / "studio.log").write_text("old line\n" * 5000 + LOG)
    (home() / "logs" / "broken.log").write_bytes(b"\xff\xfe")
    path = done("doctor", "--report")["report"]
    said = (home() / problem_report.FILE).read_text("utf-8")
    assert path == str(home() / problem_report.FILE)
    assert said.startswith("Latent Studio ")
    assert "missing  thing: not installed" in said
    assert "No space left" in said
    assert said.count("old line") < problem_report.LINES
    assert "Lovelace" not in said
