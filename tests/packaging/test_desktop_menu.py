"""The menu entry, and the type of a project's file, as a Linux desktop reads them."""

from __future__ import annotations

import configparser
import importlib
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from studio import __version__
from studio.engine.project import OPENER

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"


@pytest.fixture
def desktop_menu(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(PACKAGING))
    return importlib.import_module("desktop_menu")


def entry_of(path: Path) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(path, "utf-8")
    return parser["Desktop Entry"]


def test_the_entry_starts_the_program_of_the_environment(
    desktop_menu, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(desktop_menu.shutil, "which", lambda _command: None)
    program = tmp_path / "my apps" / "latent-studio"
    written = desktop_menu.add(program)
    assert all(path.is_file() and path.is_relative_to(tmp_path) for path in written)
    entry = entry_of(tmp_path / "applications" / "latent-studio.desktop")
    assert entry["Exec"] == f'"{program}" app %f'
    assert (tmp_path / "icons/hicolor/scalable/apps" / f"{entry['Icon']}.svg").is_file()
    assert desktop_menu.add(program) == written


def test_type_entry_and_description_agree(desktop_menu) -> None:
    files = PACKAGING / "linux"
    mime = ET.parse(files / "latent-studio-project.xml").getroot()[0]
    glob = next(each.get("pattern") for each in mime if each.tag.endswith("glob"))
    assert OPENER.endswith(glob.removeprefix("*"))
    assert mime.get("type") in entry_of(files / "latent-studio.desktop")["MimeType"].split(";")
    about = ET.parse(files / "latent-studio.metainfo.xml").getroot()
    assert about.findtext("provides/mediatype") == mime.get("type")
    assert about.find("releases/release").get("version") == __version__
    assert about.findtext("launchable") == "latent-studio.desktop"


def test_the_flatpak_packs_what_the_menu_gets_and_asks_for_no_network(desktop_menu) -> None:
    files = PACKAGING / "linux"
    about = ET.parse(files / "latent-studio.metainfo.xml").getroot()
    manifest = json.loads((files / f"{about.findtext('id')}.json").read_text("utf-8"))
    assert manifest["id"] == about.findtext("id")
    assert manifest["command"] == about.findtext("provides/binary")
    assert not any("network" in each for each in manifest["finish-args"])
    (module,) = manifest["modules"]
    taken = {each["path"] for each in module["sources"] if each["type"] == "file"}
    assert taken == set(desktop_menu._PLACES)
    placed = [each.split() for each in module["build-commands"] if each.startswith("install")]
    assert {words[2]: words[4].removeprefix("/app/share/") for words in placed} == (
        desktop_menu._PLACES
    )
    built = next(each for each in module["sources"] if each["type"] == "dir")
    assert (files / built["path"]).resolve() == PACKAGING.parent / "dist" / "latent-studio"


def test_elsewhere_it_is_one_sentence(desktop_menu, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(desktop_menu.sys, "platform", "win32")
    with pytest.raises(desktop_menu.SetupError, match="on Linux only"):
        desktop_menu.add("latent-studio.exe")
    assert list(tmp_path.iterdir()) == []
