"""The guide opens where one is, is searched, and names nothing that the program does not have."""

from __future__ import annotations

import argparse
import itertools
import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from studio.cli import parser
from studio.desktop.base.actions import GUIDE_PAGE
from studio.desktop.guide import pages
from studio.desktop.guide.guide_window import PICTURE_WIDTH, _picture
from studio.desktop.i18n import LANGUAGES, catalogue, catalogue_files
from studio.desktop.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
ROOT = Path(__file__).resolve().parents[3]
_OWN_KEYS = {"Return", "Space", "Del"}
_KEY = re.compile(r"(?:(?:Ctrl|Shift|Alt)\+)*(?:F\d+|[A-Z0-9.\[\]]|Return|Space|Del|Up|Down)")


@pytest.fixture(scope="module")
def verbs() -> set[str]:
    actions = parser()._actions
    subs = next(each for each in actions if isinstance(each, argparse._SubParsersAction))
    return set(subs.choices)


def bold(text: str) -> set[str]:
    return set(re.findall(r"\*\*([^*]+)\*\*", text))


def code(text: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", text))


def test_what_the_pages_name_is_there(verbs, window) -> None:
    words = catalogue("zh_CN")
    known = {"en": set(words), "zh_CN": set(words.values())}
    window.make_rooms()
    keys = {each.action.shortcut().toString() for each in window.studio.actions.all()} | _OWN_KEYS
    wrong = []
    for language, page in itertools.product(LANGUAGES, pages.PAGES):
        text = pages.text(page, language)
        wrong += [(language, page, each) for each in bold(text) - known[language]]
        for name in code(text):
            if name.startswith("latent-studio "):
                is_known = name.split()[1] in verbs
            else:
                is_known = not _KEY.fullmatch(name) or name in keys
            wrong += [] if is_known else [(language, page, name)]
        links = re.findall(r"(?<!!)\[[^\]]*\]\(([^)]+)\)", text)
        wrong += [(language, page, link) for link in links if link[:-3] not in pages.PAGES]
    assert wrong == [], "bold is a word of the window, `so` a key, a verb or a path"


@pytest.mark.parametrize("page", pages.PLACES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_is_shown_as_wide_as_the_text(page, language, window) -> None:
    (link,) = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", pages.text(page, language))
    picture = _picture(str(pages.folder(language) / link), 2.0)
    assert not picture.isNull(), "run packaging/guide_pictures.py"
    assert picture.deviceIndependentSize().width() == PICTURE_WIDTH
    window.studio.set_language(language)
    window.guide.open_at(page)
    view = window.guide.view
    assert view.document().size().width() <= view.viewport().width()
    assert not view.horizontalScrollBar().maximum()


def test_the_pictures_are_small_enough_to_be_carried() -> None:
    found = list(pages.folder("en").parent.glob("*/pictures/*"))
    assert len(found) == len(LANGUAGES) * len(pages.PLACES), "one that no page shows"
    assert sum(path.stat().st_size for path in found) < 3_000_000


@pytest.mark.parametrize("page", pages.PAGES)
def test_both_languages_name_the_same_things(page) -> None:
    words = catalogue("zh_CN")
    english, chinese = pages.text(page, "en"), pages.text(page, "zh_CN")
    assert {words[each] for each in bold(english)} == bold(chinese)
    assert code(english) == code(chinese)
    assert english.count("\n## ") == chinese.count("\n## ")


def test_no_page_lies_about_unlisted() -> None:
    for language in LANGUAGES:
        files = {path.stem for path in pages.folder(language).glob("*.md")}
        assert files == set(pages.PAGES)
    assert any(path.name == "guide.json" for path in catalogue_files("zh_CN"))


def test_f1_opens_the_page_of_the_place_and_the_search_has_the_keyboard(
    window: MainWindow, tmp_path, qtbot
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.guide.view.page() == pages.FIRST
    assert window.studio.new_project(tmp_path / "Mine")
    window.go("export")
    qtbot.keyClick(window, Qt.Key.Key_F1)
    guide = window.guide
    assert guide.isVisible()
    assert not guide.isModal()
    assert guide.view.page() == "export"
    assert guide.list.currentItem().text() == pages.title("export")
    assert guide.focusWidget() is guide.search
    window.go("dataset")
    guide.list.setFocus()
    window.open_guide()
    assert guide.view.page() == "dataset"
    guide.view.backward()
    assert (guide.view.page(), guide.list.currentItem().text()) == (
        "export",
        "Export: hand it over",
    )
    qtbot.keyClick(guide, Qt.Key.Key_Escape)
    assert not guide.isVisible()


def test_f1_in_a_window_beside_opens_the_page_of_that_window(window: MainWindow, qtbot) -> None:
    beside = QDialog(window)
    beside.setProperty(GUIDE_PAGE, "live")
    beside.show()
    beside.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is beside)
    qtbot.keyClick(beside, Qt.Key.Key_F1)
    assert window.guide.view.page() == "live"
    beside.close()
    beside.deleteLater()


def test_every_window_beside_names_a_page_that_there_is() -> None:
    found = {
        path.stem: re.findall(r'setProperty\(GUIDE_PAGE, "(\w+)"\)', path.read_text("utf-8"))
        for path in (ROOT / "studio" / "desktop").rglob("*_window.py")
        if re.search(r"class \w+\(QDialog\)", path.read_text("utf-8"))
    }
    without = {"guide_window", "installation_window"}  # itself, and what no page is about
    assert {name for name, named in found.items() if not named} == without
    assert all(page in pages.PAGES for named in found.values() for page in named)


def test_a_search_shows_the_best_page_and_marks_the_word(window, qtbot) -> None:
    window.open_guide()
    guide = window.guide
    qtbot.keyClicks(guide.search, "node wrangler")
    assert [guide.list.item(n).text() for n in range(guide.list.count())] == [
        pages.title("texture")
    ]
    assert guide.view.page() == "texture"
    assert guide.view.textCursor().selectedText().lower() == "node"
    guide.search.setText("no such word anywhere")
    assert guide.list.count() == 0
    guide.search.clear()
    assert guide.list.count() == len(pages.PAGES) + 1
    guide.close()


def test_shortcuts_are_a_page_of_every_key(window, qtbot) -> None:
    window.make_rooms()
    window.show_shortcuts()
    guide = window.guide
    shown = guide.view.toPlainText()
    for entry in window.studio.actions.all():
        assert entry.action.shortcut().isEmpty() or entry.text in shown
    window.studio.set_language("zh_CN")
    assert guide.windowTitle() == "使用指南"
    assert "命令" in guide.view.toPlainText()
    guide.list.setCurrentRow(0)
    assert guide.view.toPlainText().startswith("从这里开始")
    window.studio.set_language("en")
    guide.close()
