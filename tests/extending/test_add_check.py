"""A check of pictures is one file, and its Chinese."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tests.extending.tree import Tree

FILE = '''
"""Pictures with hardly any colour."""

from __future__ import annotations

from studio.engine.dataset.doctor.checks.base import Check, Measured, Threshold, register


def _share(picture: Measured) -> float:
    return 100.0 * picture["height"] / picture["width"]


register(Check(
    "upright", order=105, listed=105, title="Upright", badge="Upright one",
    help="Pictures that are higher than they are wide.",
    advice="Lying pictures may be what you want.",
    sentence="Its height is {share} % of its width (limit {limit} %).",
    limit=Threshold("share", 120.0, 0.0, 1000.0, "percent", measure=_share),
))
'''
CHINESE = {
    "Upright": "竖幅",
    "Upright one": "竖幅图",
    "Pictures that are higher than they are wide.": "高大于宽的图片。",
    "Lying pictures may be what you want.": "也许您想要横幅。",
    "Its height is {share} % of its width (limit {limit} %).": (
        "高为宽的 {share} %（限 {limit} %）。"
    ),
}
WINDOW = """
from pathlib import Path
assert studio.open_project(Path({project!r}))
room = window.room("dataset")
entry = lambda: [each for each in room.side.findings.entries() if each.key == "upright"]
wait(lambda: bool(entry()) and entry()[0].count == "1")
room.survey.toggle_thresholds()
wait(lambda: room.survey.doctor.panel.kind.findData("upright") >= 0)
from studio.desktop.dataset import words
from studio.engine.dataset.index import store
(found,) = [each for group in store.findings(studio.project, 1).values() for each in group
            if each.kind == "upright"]
seen = [entry()[0].text, entry()[0].help, words.badge("upright"), words.sentence(found),
        words.advice("upright")]
"""


def test_one_file_adds_a_check(tree: Tree, tmp_path: Path) -> None:
    tree.add("studio/engine/dataset/doctor/checks/upright.py", FILE, CHINESE)
    chance = np.random.default_rng(0)
    (tmp_path / "in").mkdir()
    for name, size in (("wide", (70, 90, 3)), ("high", (180, 90, 3))):
        pixels = chance.integers(0, 256, size, np.uint8)
        Image.fromarray(pixels).save(tmp_path / "in" / f"{name}.png")
    project = tmp_path / "Project"
    assert tree.command("import", project, tmp_path / "in")["findings"] == {"upright": 1}
    said = tree.command("dataset", "findings", project, "--dataset", "in", "--kind", "upright")
    assert [each["sentence"] for each in said["findings"]] == [
        "Its height is 200 % of its width (limit 120 %)."
    ]
    assert said["limits"]["upright"] == 120.0
    moved = ("--kind", "upright", "--set", "upright=250")
    assert not tree.command("dataset", "findings", project, "--dataset", "in", *moved)["findings"]
    moved = ("--set", "upright=120", "--report", tmp_path / "report.html")
    tree.command("dataset", "findings", project, "--dataset", "in", *moved)
    assert "Upright (1)" in (tmp_path / "report.html").read_text("utf-8")

    assert tree.window(WINDOW.replace("{project!r}", repr(str(project)))) == [
        "竖幅", "高大于宽的图片。", "竖幅图", "高为宽的 200 %（限 120 %）。", "也许您想要横幅。",
    ]  # fmt: skip
