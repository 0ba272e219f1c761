"""`dataset outliers` and `dataset map` from the command line."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from tests.verbs.support import call, done


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(24):
        generator = np.random.default_rng(number)
        wall = np.full((40, 40, 3), (150, 80, 60)) + generator.normal(0, 6, (40, 40, 3))
        Image.fromarray(wall.astype(np.uint8)).save(folder / f"{number:02}.png")
    odd = np.zeros((40, 40, 3), np.uint8)
    odd[10:30, 10:30] = (20, 240, 255)
    Image.fromarray(odd).save(folder / "odd.png")
    done("import", tmp_path / "project", folder, "--name", "set")
    return tmp_path / "project"


def test_outliers_are_found_listed_and_left_out(project):
    facts = done("dataset", "outliers", project)
    assert facts["furthest"][0]["file"].endswith("odd.png")
    assert facts["furthest"][0]["outlier"]
    assert len(facts["scores"]) == 25
    assert f"outliers: {facts['count']}" in call("dataset", "outliers", project).out
    listed = done("dataset", "findings", project, "--kind", "outlier")["findings"]
    assert len(listed) == facts["count"]
    fixed = done("dataset", "fix", project, "--kind", "outlier")
    assert "odd.png" in {each["file"].rpartition("/")[2] for each in fixed["changed"]}


def test_a_map_is_said_or_written(project, tmp_path):
    facts = done("dataset", "map", project, "--out", tmp_path / "map.json")
    assert len(facts["places"]) == 25
    assert json.loads((tmp_path / "map.json").read_text("utf-8"))["places"] == facts["places"]
    assert "25 pictures on the map" in call("dataset", "map", project).out
    call("dataset", "map", project, "--out", tmp_path / "map.txt").refused(2, ".json")
