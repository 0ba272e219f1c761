"""`import`: what comes in, what is refused, and that a refusal leaves nothing behind."""

from __future__ import annotations

import io
import shutil
import signal
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from studio.engine.dataset.intake import importer
from studio.engine.project import INDEX, Project
from tests.verbs.support import call, done, draw, tree


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb():
    """A PNG of a few hundred bytes that claims 30000 x 30000 pixels."""
    header = struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def cut_jpeg():
    stream = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(stream, "JPEG")
    return stream.getvalue()[: len(stream.getvalue()) // 2]


BAD = {
    "nothing": (None, b"", "There is no picture"),
    "text": ("notes.txt", b"not a picture", "There is no picture"),
    "text in disguise": ("notes.png", b"not a picture", "not a picture"),
    "zero bytes": ("zero.png", b"", "The file is empty (0 bytes)."),
    "cut": ("cut.jpg", cut_jpeg(), "cut off before its end"),
    "bomb": ("bomb.png", bomb(), "900 million pixels"),
}


@pytest.fixture(params=BAD)
def bad(request, tmp_path):
    """A folder in which no picture can be used, and words of the sentence about it."""
    name, data, words = BAD[request.param]
    folder = tmp_path / "in"
    folder.mkdir()
    if name:
        (folder / name).write_bytes(data)
    return folder, words


def test_nothing_usable_makes_no_project(bad, tmp_path):
    folder, words = bad
    project = tmp_path / "made" / "for this" / "project"
    call("import", project, folder).refused(1, words)
    assert not (tmp_path / "made").exists()


def test_nothing_usable_leaves_an_empty_folder_empty(bad, tmp_path):
    folder, words = bad
    (tmp_path / "project").mkdir()
    call("import", tmp_path / "project", folder).refused(1, words)
    assert list((tmp_path / "project").iterdir()) == []


def test_nothing_usable_leaves_a_project_as_it_was(bad, project):
    folder, words = bad
    before = tree(project)
    call("import", project, folder).refused(1, words)
    call("import", project, folder, "--name", "set").refused(1, words)
    assert tree(project) == before


def test_a_folder_of_text_files(tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    for number in range(20):
        (folder / f"{number}.txt").write_text("words")
    call("import", tmp_path / "project", folder).refused(1, str(folder), "no picture")


def test_one_picture_among_the_broken_is_taken(tmp_path):
    for name, data, _ in BAD.values():
        if name:
            (tmp_path / name).write_bytes(data)
    draw(tmp_path / "good.png")
    facts = done("import", tmp_path / "project", tmp_path)
    assert facts["dataset"] == tmp_path.name
    assert facts["usable"] == 1
    reasons = {Path(each["file"]).name: each["reason"] for each in facts["rejected"]}
    assert set(reasons) == {"notes.png", "zero.png", "cut.jpg", "bomb.png"}
    assert facts["found"] == 1 + len(reasons)
    said = call("import", tmp_path / "project", tmp_path)
    assert (said.code, len(said.out.splitlines())) == (0, 1 + len(facts["findings"]) + 4)


def test_one_picture_is_enough(picture, tmp_path):
    said = call("import", tmp_path / "project", picture)
    assert (said.code, said.out) == (0, "picture: 1 of 1 pictures can be used.\n")


def test_folders_files_and_archives_in_one_go(pictures, picture, tmp_path):
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as packed:
        packed.write(draw(tmp_path / "a.png", 21), "a.png")
        packed.write(draw(tmp_path / "b.png", 22), "deep/b.png")
    sources = (pictures, picture, tmp_path / "more.zip")
    facts = done("import", tmp_path / "project", *sources, "--name", "all of it")
    assert (facts["dataset"], facts["found"], facts["usable"]) == ("all of it", 15, 15)
    assert facts["rejected"] == []
    assert facts["interrupted"] is False


def test_importing_again_brings_the_dataset_up_to_date(pictures, tmp_path):
    shutil.copytree(pictures, tmp_path / "set")
    done("import", tmp_path / "project", tmp_path / "set")
    draw(tmp_path / "set" / "new.png", 30)
    facts = done("import", tmp_path / "project", tmp_path / "set")
    assert (facts["dataset"], facts["found"]) == ("set", 13)
    (dataset,) = done("inspect", tmp_path / "project")["datasets"]
    assert dataset["found"] == 13


def test_a_broken_archive(tmp_path):
    (tmp_path / "bad.zip").write_bytes(b"PK\3\4 and no more")
    call("import", tmp_path / "project", tmp_path / "bad.zip").refused(1, "bad.zip")
    assert not (tmp_path / "project").exists()


def test_what_is_not_there(tmp_path):
    call("import", tmp_path / "project", tmp_path / "nowhere").refused(1, "nowhere", "check the")
    assert not (tmp_path / "project").exists()


@pytest.mark.parametrize("name", ["", "  "])
def test_a_name_without_a_letter(name, picture, tmp_path):
    call("import", tmp_path / "project", picture, "--name", name).refused(2, "name")
    assert not (tmp_path / "project").exists()


def test_a_project_that_is_a_file(picture, tmp_path):
    (tmp_path / "file").write_text("precious")
    call("import", tmp_path / "file", picture).refused(1, str(tmp_path / "file"))
    call("import", tmp_path / "file" / "below", picture).refused(1, str(tmp_path / "file"))
    assert (tmp_path / "file").read_text() == "precious"


def test_a_folder_of_something_else_is_not_spoilt(picture, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("precious")
    call("import", tmp_path / "home", tmp_path / "nowhere").refused(1)
    assert tree(tmp_path / "home") == {"letter.txt": b"precious"}
    done("import", tmp_path / "home", picture)
    assert (tmp_path / "home" / "letter.txt").read_text() == "precious"


def test_a_second_writer(project, pictures):
    before = tree(project)
    with Project.open(project):
        call("import", project, pictures).refused(1, str(project), "another window")
    assert tree(project) == before


@pytest.mark.parametrize("data", [b"garbage" * 100, b"SQLite format 3\0" + bytes(84), b"\0" * 4096])
def test_a_broken_index_is_named_and_kept(data, project, pictures):
    (project / INDEX).write_bytes(data)
    call("import", project, pictures).refused(1, str(project / INDEX), "backup")
    assert (project / INDEX).read_bytes() == data


def stopping(monkeypatch, after, times=1):
    """Have the first signal come once so many events of the import are out."""
    whole = importer.import_sources

    def stopped(*arguments, **options):
        for number, event in enumerate(whole(*arguments, **options)):
            yield event
            if number + 1 == after:
                for _ in range(times):
                    signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(importer, "import_sources", stopped)


def test_an_interrupted_import_keeps_what_was_read(pictures, tmp_path, monkeypatch):
    stopping(monkeypatch, 1)
    said = call("import", tmp_path / "project", pictures, "--json")
    assert said.code == 130
    assert said.facts["interrupted"] is True
    assert said.facts["usable"] >= 1
    assert "what was read so far is kept" in said.err
    monkeypatch.undo()
    assert done("import", tmp_path / "project", pictures)["usable"] == 12


def test_an_import_stopped_before_the_first_picture(pictures, tmp_path, monkeypatch):
    whole = importer.import_sources

    def stopped(*arguments, **options):
        signal.raise_signal(signal.SIGINT)
        yield from whole(*arguments, **options)

    monkeypatch.setattr(importer, "import_sources", stopped)
    call("import", tmp_path / "project", pictures).refused(130, "Interrupted")
    assert not (tmp_path / "project").exists()


def test_insisting_ends_at_once(pictures, tmp_path, monkeypatch):
    stopping(monkeypatch, 1, times=2)
    call("import", tmp_path / "project", pictures).refused(130, "Interrupted")
    assert not (tmp_path / "project").exists()


def test_a_place_that_may_not_be_written(picture, tmp_path, without_rights):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    for project in (closed, closed / "project"):
        without_rights("import", project, picture).refused(1, str(project), "choose a place")
    assert list(closed.iterdir()) == []


def test_a_folder_that_may_not_be_read(picture, tmp_path, without_rights):
    picture.parent.chmod(0)
    try:
        said = without_rights("import", tmp_path / "project", picture.parent)
    finally:
        picture.parent.chmod(0o755)
    said.refused(1, str(picture.parent), "may not be read")
    assert not (tmp_path / "project").exists()


@pytest.mark.parametrize("seconds", ["0", "-1", "many", "99999"])
def test_frames_of_a_video_cannot_be_taken_at_any_rate(tmp_path, seconds):
    call("import", tmp_path / "Project", tmp_path, "--every", seconds).refused(2, "--every")
    assert not (tmp_path / "Project").exists()
