"""Pictures without a file: kept in the project, named for people, with where they came from."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from studio.engine.dataset.curation import rights, sets
from studio.engine.dataset.index import store
from studio.engine.dataset.intake import received
from studio.engine.errors import StudioError


def picture(seed: int = 1, kind: str = "PNG") -> bytes:
    data = io.BytesIO()
    Image.effect_noise((40, 40), 40 + seed).convert("RGB").save(data, kind)
    return data.getvalue()


def test_what_is_received_becomes_a_picture_with_its_address(project, take_in) -> None:
    url = "https://example.org/pictures/Old%20mill.jpg?size=2"
    folder = received.keep(project, "Mills", picture(kind="JPEG"), origin=url)
    assert folder == project.folder / "received" / "Mills"
    again = received.keep(project, "Mills", picture(2))
    assert again == folder
    done = take_in(folder, name="Mills")
    assert done.found == 2
    first, second = sorted(
        store.items(project, done.dataset.id), key=lambda i: "mill" not in i.name
    )
    assert first.name.startswith("Old mill-")
    assert first.name.endswith(".jpg")
    assert (first.rights, second.rights) == ({"url": url}, {})
    assert json.loads((folder / received.ORIGINS).read_text())[first.name]["url"] == url


def test_the_bytes_are_kept_as_they_came_and_once(project) -> None:
    data = picture()
    for _ in range(2):
        folder = received.keep(project, "", data, name="../../etc/pass wd.png")
    (kept,) = [path for path in folder.iterdir() if path.name != received.ORIGINS]
    assert kept.read_bytes() == data
    assert folder.parent == project.folder / "received"
    assert kept.parent == folder


def test_what_the_artist_stated_stays(project, take_in) -> None:
    folder = received.keep(project, "a", picture(), origin="https://example.org/1.png")
    dataset = take_in(folder, name="a").dataset
    (item,) = store.items(project, dataset.id)
    rights.set_items(project, [item.id], {"url": "https://mine.example"})
    take_in(folder, name="a")
    assert store.items(project, dataset.id)[0].rights == {"url": "https://mine.example"}


@pytest.mark.parametrize(
    "origin", ["javascript:alert(1)", "data:image/png;base64,xx", "http://[", ""]
)
def test_an_origin_that_is_no_address_is_only_noted(project, take_in, origin) -> None:
    folder = received.keep(project, "a", picture(), origin=origin)
    (item,) = store.items(project, take_in(folder, name="a").dataset.id)
    assert item.rights.get("url", "") in ("", origin if origin.startswith("http") else "")


def test_nothing_and_too_much_are_one_sentence(project, monkeypatch) -> None:
    with pytest.raises(StudioError, match="empty"):
        received.keep(project, "a", b"")
    monkeypatch.setattr(received, "LARGEST", 10)
    with pytest.raises(StudioError, match="larger than"):
        received.keep(project, "a", picture())
    assert not (project.folder / "received").exists()


def test_damaged_notes_cost_only_themselves(project, take_in) -> None:
    folder = received.keep(project, "a", picture(), origin="https://example.org/1.png")
    for content in ("[1]", "{", '{"x": 3}'):
        (folder / received.ORIGINS).write_text(content)
        assert take_in(folder, name="a").usable == 1


def test_each_dataset_has_a_folder_of_its_own_whatever_it_is_called(project, take_in) -> None:
    folder = received.keep(project, "Mills", picture())
    number = take_in(folder, name="Mills").dataset.id
    sets.rename(project, number, "Old mills")
    assert received.keep(project, "Old mills", picture(2)) == folder
    other = received.keep(project, "Mills", picture(3))
    assert other.name == "Mills 2"
    assert take_in(other, name="Mills").found == 1
    sets.delete(project, number)
    assert received.keep(project, "Mills", picture(4)) == other
    assert received.keep(project, "Old mills", picture(5)).name == "Old mills"
