"""The report says what was found, shows it, and stays a harmless page."""

from __future__ import annotations

import html.parser
import json
import shutil

import pytest
from PIL import Image

from studio.engine.dataset.doctor.checks.base import checks
from studio.engine.dataset.papers import report
from studio.engine.errors import StudioError, UsageError


class Page(html.parser.HTMLParser):
    """Counts elements and collects text; every element has to be closed."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.open = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag not in ("img", "meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture
def dataset(project, draw, take_in, tmp_path):
    folder = tmp_path / "in"
    draw(folder / "a.png")
    for number in range(2):
        shutil.copy(folder / "a.png", folder / f"copy{number}.png")
    draw(folder / "<script>alert(1)<.png", 3, (20, 20))
    Image.new("RGB", (80, 80), (200, 10, 10)).save(folder / "flat.png")
    (folder / "broken.png").touch()
    return take_in(folder, name="a <b> set").dataset


def test_the_page_is_whole_and_names_are_only_text(project, dataset, tmp_path):
    said = report.write(project, dataset, tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text("utf-8")
    page = Page(text)
    assert not page.open
    assert "script" not in page.tags
    assert "http" not in text  # nothing is fetched when it is opened
    assert page.tags.count("img") == 5  # two copies and their best, the flat and the tiny one
    words = " ".join(page.words)
    assert "a <b> set" in words
    assert "alert(1)" in words
    assert "Best of its group." in words
    assert "The file is empty (0 bytes)." in words
    assert said["counts"] == {"broken": 1, "duplicate": 2, "flat": 1, "tiny": 1}


def test_json_groups_copies_with_the_one_to_keep(project, dataset, tmp_path):
    said = report.write(project, dataset, tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_text("utf-8")) == said
    copies = said["findings"]["duplicate"]
    assert [entry["file"].rpartition("/")[2] for entry in copies] == ["copy0.png", "copy1.png"]
    assert {entry["best"].rpartition("/")[2] for entry in copies} == {"a.png"}
    assert list(said["findings"]) == [k for k in checks() if k in said["findings"]]


def test_a_report_without_originals_or_findings(project, dataset, tmp_path, draw, take_in):
    for path in (tmp_path / "in").iterdir():
        path.unlink()
    report.write(project, dataset, tmp_path / "report.html")
    assert Page((tmp_path / "report.html").read_text("utf-8")).tags.count("img") == 0
    draw(tmp_path / "fine" / "a.png", 9)
    fine = take_in(tmp_path / "fine").dataset
    report.write(project, fine, tmp_path / "fine.htm")
    assert "Nothing was found." in (tmp_path / "fine.htm").read_text("utf-8")


def test_what_cannot_be_written_is_one_sentence(project, dataset, tmp_path):
    with pytest.raises(UsageError, match="not as report"):
        report.write(project, dataset, tmp_path / "report.pdf")
    with pytest.raises(StudioError, match="nowhere"):
        report.write(project, dataset, tmp_path / "nowhere" / "report.json")
    with pytest.raises(StudioError, match="stopped"):
        report.write(project, dataset, tmp_path / "report.html", cancelled=lambda: True)
    assert not (tmp_path / "report.html").exists()
