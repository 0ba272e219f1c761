"""Names that look like pages are shown as the names they are."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as TextQt
from PySide6.QtWidgets import QLabel, QWidget

import studio.desktop
from studio.desktop.plain_text import Label, tip
from studio.engine.project import Project
from studio.engine.training.planning import runs

NAME = "<img src=x><b>vase</b>"


def test_a_label_and_a_tip_show_every_letter(qtbot) -> None:
    label = Label(NAME)
    qtbot.addWidget(label)
    assert (label.textFormat(), label.text()) == (Qt.TextFormat.PlainText, NAME)
    assert tip("a < b & c") == "a < b & c"
    assert tip(NAME) == "<qt>&lt;img src=x&gt;&lt;b&gt;vase&lt;/b&gt;</qt>"


def test_no_label_is_made_any_other_way() -> None:
    found = []
    for path in sorted(Path(studio.desktop.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            made = (isinstance(node, ast.Call) and node.func) or None
            bases = node.bases if isinstance(node, ast.ClassDef) and node.name != "Label" else []
            if any(isinstance(each, ast.Name) and each.id == "QLabel" for each in [made, *bases]):
                found.append(f"{path}:{node.lineno}")
    assert not found


@pytest.mark.parametrize("place", ["dataset", "training", "generation", "refinement", "export"])
def test_a_project_of_such_names_shows_no_page(window, sample_project, qtbot, place) -> None:
    with Project.open(sample_project) as project:
        project.write("UPDATE dataset SET name = ?", (NAME,))
        project.write("UPDATE piece SET name = ? WHERE id = 1", (NAME,))
        (project.runs / runs.runs(project)[0].name / runs.TITLE).write_text(NAME)
    assert window.studio.open_project(sample_project)
    window.go(place)
    room = window.room(place)
    if place in ("refinement", "export"):
        qtbot.waitUntil(lambda: room.list.count() == 2, timeout=60_000)
        tips = [room.list.item(row).toolTip() for row in range(2)]
        assert not any("<b>" in each for each in tips)
    for label in window.findChildren(QLabel):
        is_page = label.textFormat() != Qt.TextFormat.PlainText
        assert not (is_page and TextQt.mightBeRichText(label.text())), label.text()
    for widget in window.findChildren(QWidget):
        assert "<b>" not in widget.toolTip(), widget
        assert "<img" not in widget.toolTip(), widget
    window.studio.close_project()
