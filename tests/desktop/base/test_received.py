"""Pictures dropped from a browser or pasted: taken from the drag itself, never downloaded."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QByteArray, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage

from studio.desktop.base.received import received
from studio.desktop.window.dropped import dropped
from studio.engine.dataset.index import store

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 60_000
URL = "https://user:secret@example.org/art/red%20house.png?w=2"
PLAIN = "https://example.org/art/red%20house.png?w=2"


@pytest.fixture(autouse=True)
def empty_clipboard(qapp) -> Iterator[None]:
    """The offscreen platform crashes at the end on what Python left on its clipboard."""
    yield
    QGuiApplication.clipboard().clear()


def png(seed: int = 1) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (48, 48, 3), np.uint8)
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG")
    return data.getvalue()


def mime(url: str = "", data: bytes = b"", kind: str = "image/png") -> QMimeData:
    made = QMimeData()
    if url:
        made.setUrls([QUrl(url)])
    if data:
        made.setData(kind, QByteArray(data))
    return made


def test_the_bytes_of_the_drag_are_taken_as_they_are(qapp) -> None:
    held = received(mime(URL, png()))
    assert held is not None
    assert (held.encoded(), held.origin) == (png(), PLAIN)


def test_an_image_without_bytes_becomes_png(qapp) -> None:
    made = QMimeData()
    made.setImageData(QImage(20, 10, QImage.Format.Format_RGB32))
    held = received(made)
    assert held is not None
    with Image.open(io.BytesIO(held.encoded())) as picture:
        assert (picture.format, picture.size) == ("PNG", (20, 10))


def test_a_picture_inside_its_address_is_taken(qapp) -> None:
    inside = "data:image/png;base64," + base64.b64encode(png()).decode()
    held = received(mime(inside))
    assert held is not None
    assert held.encoded() == png()
    assert received(mime("data:image/png;base64,%%%")) is None
    assert received(mime("data:text/html,hello")) is None


def test_files_are_files(qapp, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png())
    both = mime(data=png())
    both.setUrls([QUrl.fromLocalFile(str(path))])
    assert received(both) is None


def test_the_copy_that_a_browser_will_delete_is_taken_in(qapp, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    path = tmp_path / "browser" / "house.png"
    path.parent.mkdir()
    path.write_bytes(png())
    drag = mime()
    drag.setUrls([QUrl.fromLocalFile(str(path))])
    drag.setData("text/x-moz-url", QByteArray(f"{PLAIN}\nhouse".encode("utf-16-le")))
    held = received(drag)
    assert held is not None
    assert (held.encoded(), held.name, held.origin) == (png(), "house.png", PLAIN)


@pytest.mark.parametrize("address", [URL, "ftp://example.org/a.png"])
def test_an_address_alone_is_one_sentence(qapp, address) -> None:
    assert received(mime(address)) is None
    told = dropped(mime(address)).complaint
    assert "came without the picture itself" in told
    assert "secret" not in told


def drop(window, data: QMimeData) -> None:
    event = QDropEvent(
        QPointF(400, 300), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    window.dropEvent(event)


def test_a_drop_and_a_paste_make_a_project_with_their_origin(window, qtbot, tmp_path) -> None:
    drop(window, mime(URL, png(1)))
    qtbot.waitUntil(lambda: window.studio.project is not None, timeout=WAIT)
    room = window.room("dataset")
    qtbot.waitUntil(lambda: len(room.model.ids) == 1, timeout=WAIT)
    QGuiApplication.clipboard().setMimeData(mime(data=png(2)))
    window.studio.actions.get("window.paste").trigger()
    qtbot.waitUntil(lambda: len(room.model.ids) == 2, timeout=WAIT)
    qtbot.waitUntil(lambda: not room.session.imports.running, timeout=WAIT)
    project = window.studio.project
    items = store.items(project, room.session.dataset.id)
    assert [item.rights.get("url", "") for item in items] == [PLAIN, ""] or [
        item.rights.get("url", "") for item in items
    ] == ["", PLAIN]
    assert all(item.path.is_relative_to(project.folder / "received") for item in items)
    assert any(item.name.startswith("red house-") for item in items)


def test_an_empty_clipboard_is_one_sentence(window, qtbot) -> None:
    QGuiApplication.clipboard().setMimeData(QMimeData())
    window.studio.actions.get("window.paste").trigger()
    assert "no picture on the clipboard" in window.studio.notices.history[-1].sentence
