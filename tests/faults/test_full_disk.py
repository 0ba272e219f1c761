"""A disk without room: a healthy project is looked at, and nobody is told that it is damaged."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from studio.engine.errors import StudioError
from studio.engine.project import INDEX, Project
from tests.verbs.support import ROOT

MAKE = """
import os, sys
from studio.engine.project import Project
project = Project.open(sys.argv[1], create=True)
project.runs
project.write("INSERT INTO dataset (name, created) VALUES ('d', '2026')")
os._exit(0) if sys.argv[2] == "killed" else project.close()
"""
LOOK = """
import json, sys
from studio.engine.errors import StudioError
from studio.engine.project import Project
with Project.open(sys.argv[1]) as project:
    found = len(project.query("SELECT * FROM dataset"))
    try:
        project.write("INSERT INTO dataset (name, created) VALUES (hex(zeroblob(60000)), '')")
        refused = ""
    except StudioError as error:
        refused = str(error)
print(json.dumps([found, project.read_only_reason, refused]))
"""


def on_a_full_disk(place: Path, end: str) -> tuple[list[str], str]:
    """What a start says where a project was made and then its disk filled."""
    place.mkdir()
    script = (
        f"mount -t tmpfs -o size=400k tmp '{place}' && cd '{ROOT}' && "
        f"'{sys.executable}' -c \"$MAKE\" '{place}/P' {end} && "
        f"{{ [ {end} != copied ] || rm -f '{place}/P/{INDEX}-shm'; }} && "
        f"{{ dd if=/dev/zero of='{place}/fill' bs=1k 2>/dev/null; true; }} && "
        f"'{sys.executable}' -c \"$LOOK\" '{place}/P'"
    )
    made = subprocess.run(
        ["unshare", "-Urm", "bash", "-c", script],
        capture_output=True, text=True, check=False,
        env=os.environ | {"MAKE": MAKE, "LOOK": LOOK, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    if "mount:" in made.stderr or "unshare:" in made.stderr:
        pytest.skip("this system lets nobody mount a small disk")
    return json.loads(made.stdout or "[]"), made.stderr


@pytest.mark.skipif(not shutil.which("unshare"), reason="there is no unshare here")
@pytest.mark.parametrize("end", ["closed", "killed"])
def test_a_healthy_project_is_there_to_be_looked_at(tmp_path: Path, end: str) -> None:
    found, errors = on_a_full_disk(tmp_path / "disk", end)
    assert found, errors
    assert found[0] == 1
    said = " ".join(found[1:])
    assert "No space left" in said or "is full" in said, found
    for wrong in ("backup", "move it away", "damaged"):
        assert wrong not in said


@pytest.mark.parametrize("missing", [1, 100, 4096, 5000])
def test_an_index_whose_end_is_missing_is_not_written_to(tmp_path: Path, missing: int) -> None:
    with Project.open(tmp_path, create=True) as project:
        project.write("INSERT INTO dataset (name, created) VALUES ('d', '2026')")
    index = tmp_path / INDEX
    cut = index.read_bytes()[:-missing]
    index.write_bytes(cut)
    with pytest.raises(StudioError, match="its end is missing"):
        Project.open(tmp_path)
    assert index.read_bytes() == cut


def test_an_index_that_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / INDEX)
    with pytest.raises(StudioError, match="not an ordinary file"):
        Project.open(tmp_path)
