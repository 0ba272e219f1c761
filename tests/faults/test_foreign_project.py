"""A project that somebody else made: what it says of files stays inside it."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import io
import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.desktop.training.session.run_record import read_record
from studio.engine import events
from studio.engine.dataset.intake.importer import import_sources
from studio.engine.dataset.preparation.prepare import Prepared, prepare
from studio.engine.door import NotAFileError, OutsideError, inside, opened, read_bytes
from studio.engine.errors import StudioError
from studio.engine.pieces import pieces
from studio.engine.project import Project
from studio.engine.training.planning import removed_runs, runs
from studio.engine.training.record import checkpoint
from tests.verbs.support import ROOT, call

RUN = "INSERT INTO run (name, family, created, status) VALUES (?, 'vae', '2026', 'finished')"
PIECE = (
    "INSERT INTO piece (name, created, run_name, checkpoint_sha256, recipe, file) "
    "VALUES (?, '2026', 'good', '', '{\"seed\": 1}', ?)"
)
NOT_NAMES = ["../../victim", "..", ".", "", "a/b", "a\\b", "/etc", "C:x", "x:stream", "nul.txt"]


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A folder outside the project, with a title and checkpoints of its own."""
    folder = tmp_path / "victim"
    for number in range(1, 9):
        (folder / "checkpoints" / f"{number:06}").mkdir(parents=True)
    (folder / "title.txt").write_text("hers", "utf-8")
    Image.new("RGB", (8, 8), "red").save(folder / "picture.png")
    return folder


@pytest.fixture
def folder(tmp_path: Path, victim: Path) -> Path:
    """A project whose index has one good run and piece, and ones that lead to the victim."""
    place = tmp_path / "in" / "project"
    with Project.open(place, create=True) as project:
        project.write(RUN, ("good",))
        project.write(RUN, ("../../../victim",))
        project.write(PIECE, ("mine", "mine.png"))
        project.write(PIECE, ("theirs", "../../../victim/picture.png"))
        (project.runs / "good").mkdir()
        Image.new("RGB", (8, 8), "blue").save(project.pieces / "mine.png")
    return place


def whole(folder: Path) -> list[tuple[str, bytes]]:
    return sorted(
        (str(path), path.read_bytes() if path.is_file() else b"") for path in folder.rglob("*")
    )


@pytest.mark.parametrize("name", NOT_NAMES)
def test_only_a_name_is_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutsideError, match="is not a name"):
        inside(tmp_path, name)


def test_a_link_on_the_way_is_refused_at_every_step(tmp_path: Path, victim: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").symlink_to(victim, target_is_directory=True)
    with pytest.raises(OutsideError, match="is a link"):
        inside(tmp_path, "a", "b", "checkpoints")
    assert inside(tmp_path, "a", "not there yet").name == "not there yet"


@pytest.mark.parametrize("verb", [("remove",), ("rename", "Mine now")], ids=["remove", "rename"])
def test_a_run_that_lies_elsewhere_is_neither_removed_nor_renamed(
    folder: Path, victim: Path, verb: tuple[str, ...]
) -> None:
    before = whole(victim)
    said = call("runs", verb[0], folder, "../../../victim", *verb[1:])
    assert said.code == 1
    assert "is not a name" in said.err
    assert whole(victim) == before


@pytest.mark.parametrize(
    ("column", "value"),
    [("recipe", "{"), ("recipe", "[]"), ("recipe", '{"seed": []}'), ("stack", "3"),
     ("stack", "[3]"), ("rights", "[]"), ("review", "odd"), ("recipe", "[" * 100_000)],
)  # fmt: skip
def test_one_bad_run_and_piece_cost_themselves_and_are_told(
    folder: Path, column: str, value: str
) -> None:
    with Project.open(folder) as project:
        project.write(PIECE, ("torn", "torn.png"))
        project.write(f"UPDATE piece SET {column} = ? WHERE name = 'torn'", (value,))
        assert [run.name for run in runs.runs(project)] == ["good"]
        assert [piece.name for piece in pieces.pieces(project)] == ["mine"]
        assert len(project.unreadable) == 3
        with pytest.raises(StudioError, match="damaged: torn"):
            pieces.piece(project, "torn")
        with pytest.raises(OutsideError):
            pieces.piece(project, "theirs")


@pytest.mark.parametrize("linked", ["cache", "cache/removed-runs", "cache/prepared"])
def test_a_linked_cache_leads_to_no_deletion_outside(
    folder: Path, victim: Path, linked: str
) -> None:
    (folder / linked).parent.mkdir(exist_ok=True)
    if (folder / linked).is_dir():
        (folder / linked).rmdir()
    (victim / "good").mkdir()
    (folder / linked).symlink_to(victim, target_is_directory=True)
    before = whole(victim)
    with Project.open(folder) as project:
        if linked != "cache/prepared":
            with pytest.raises(OutsideError, match="is a link"):
                removed_runs.purge(project)
            with pytest.raises(OutsideError, match="is a link"):
                removed_runs.remove(project, "good", with_pieces=True)
        with pytest.raises(StudioError):
            prepare(project, 1, (8, 8))
    assert whole(victim) == before


def test_sample_sheets_that_a_diary_names_outside_are_none(tmp_path: Path, victim: Path) -> None:
    run = tmp_path / "run"
    (run / "samples").mkdir(parents=True)
    names = [str(victim / "picture.png"), "../victim/picture.png", "samples/..", "", "con.png"]
    lines = [events.to_line(events.Samples(n, name, 2, 4)) for n, name in enumerate(names, 1)]
    (run / "stats.jsonl").write_text("\n".join(lines), "utf-8")
    assert read_record("run", run, 100, 8).sheets == []
    (run / "samples" / "000000009.png").symlink_to(victim / "picture.png")
    assert read_record("run", run, 100, 8).sheets == []


def test_checkpoints_of_a_linked_folder_are_none(folder: Path, victim: Path) -> None:
    run = folder / "runs" / "good"
    (run / "checkpoints").symlink_to(victim / "checkpoints", target_is_directory=True)
    before = whole(victim)
    assert checkpoint.folders(run) == []
    checkpoint.keep_last(run, 1)
    with pytest.raises(OutsideError):
        checkpoint.save(run, {}, {}, {})
    assert whole(victim) == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(NotAFileError, match="ordinary"):
            opened(path)
    (tmp_path / "link").symlink_to("/dev/zero")
    for links in (False, True):
        with pytest.raises(NotAFileError):
            opened(tmp_path / "link", links=links)


def test_no_more_is_read_than_is_meant(tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(bytes(11))
    assert len(read_bytes(tmp_path / "long", most=11)) == 11
    with pytest.raises(OSError, match="large"):
        read_bytes(tmp_path / "long", most=10)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A project with six noisy pictures."""
    source = tmp_path / "pictures"
    source.mkdir()
    for number in range(6):
        noise = np.random.default_rng(number).integers(0, 256, (16, 16, 3), dtype=np.uint8)
        Image.fromarray(noise).save(source / f"{number}.png")
    with Project.open(tmp_path / "project", create=True) as project:
        for _ in import_sources(project, [source], "set", workers=1):
            pass
    return tmp_path / "project"


def test_a_prepared_set_of_zeros_is_made_again(pictures: Path) -> None:
    with Project.open(pictures) as project:
        first = prepare(project, 1, (16, 16))
        pixels, fingerprint = np.array(first.images), first.fingerprint
        path = first.folder / "images.npy"
        del first
        data = path.read_bytes()
        path.write_bytes(data[:128] + bytes(len(data) - 128))
        with pytest.raises(StudioError, match="gone or damaged"):
            Prepared.load(path.parent)
        again = prepare(project, 1, (16, 16))
        assert again.fingerprint == fingerprint
        assert np.array_equal(again.images, pixels)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_picture_that_became_a_pipe_is_one_sentence(pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "pictures" / "3.png").unlink()
    os.mkfifo(tmp_path / "pictures" / "3.png")
    with (
        Project.open(pictures) as project,
        pytest.raises(StudioError, match=r"3\.png cannot be read: A folder, a pipe"),
    ):
        prepare(project, 1, (16, 16))


@pytest.mark.parametrize("name", ["/dev/zero", "../../pipe", "training.safetensors/x", "title.txt"])
def test_a_checkpoint_of_files_with_other_names_is_damaged(folder: Path, name: str) -> None:
    place = folder / "runs" / "good" / "checkpoints" / "000001"
    place.mkdir(parents=True)
    (place / checkpoint.MODEL).write_bytes(b"")
    state = {"format": 1, "files": {checkpoint.MODEL: "", name: ""}}
    state["check"] = hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()
    (place / checkpoint.STATE).write_text(json.dumps(state), "utf-8")
    for thing in (place, place.parent.parent):
        assert call("inspect", thing).code in (0, 1)
    with pytest.raises(StudioError, match="damaged"):
        checkpoint.verify(place)
    assert checkpoint.load_latest(place.parent.parent) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
@pytest.mark.parametrize("name", [checkpoint.STATE, checkpoint.MODEL])
def test_a_pipe_in_a_checkpoint_is_damage(folder: Path, name: str) -> None:
    place = folder / "runs" / "good" / "checkpoints" / "000001"
    place.mkdir(parents=True)
    state = {"format": 1, "files": {checkpoint.MODEL: ""}}
    state["check"] = hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()
    (place / checkpoint.STATE).write_text(json.dumps(state), "utf-8")
    (place / name).unlink(missing_ok=True)
    os.mkfifo(place / name)
    call("inspect", place).refused(1)
    with pytest.raises(StudioError, match="damaged"):
        checkpoint.verify(place)


def test_only_a_png_is_a_kept_picture(folder: Path) -> None:
    kept = folder / "pieces" / "mine.png"
    with Project.open(folder) as project:
        wanted = pieces.piece(project, "mine")
        assert pieces.stored(wanted).shape == (8, 8, 3)
        Image.new("RGB", (8, 8)).save(kept, "EPS")
        with pytest.raises(StudioError, match="gone or damaged"):
            pieces.stored(wanted)
        whole_png = io.BytesIO()
        Image.new("RGB", (64, 64)).save(whole_png, "PNG")
        for cut in range(1, len(whole_png.getvalue()), 7):
            kept.write_bytes(whole_png.getvalue()[:cut] + b"\xff" * 8)
            with contextlib.suppress(StudioError):
                pieces.stored(wanted)


ALLOWED = {
    "studio/engine/door.py": "it is the door",
    "studio/engine/files.py": "durable writes, and descriptors of folders",
    "studio/engine/dataset/decoding/pixels.py": "Pillow, with a closed list of formats",
    "studio/engine/dataset/decoding/worker.py": "the null device",
    "studio/engine/pieces/provenance.py": "its own bytes in memory",
    "studio/engine/index_file.py": "SQLite, after door.database",
    "studio/engine/dataset/doctor/embedding.py": "SQLite, through door.database",
    "studio/engine/evaluation/copies.py": "a cache that it writes; read through door.ordinary",
    "studio/engine/dataset/preparation/prepare.py": "a memory map, through door.ordinary",
    "studio/engine/training/record/checkpoint.py": "safetensors, through door.ordinary",
    "studio/engine/generation/directions/direction_file.py": "safetensors, through door.ordinary",
    "studio/engine/generation/own_encoder.py": "safetensors, through door.ordinary",
    "studio/engine/export/credentials/identity.py": "a key, made with rights of its own",
    "studio/engine/seal.py": "a key, made with rights of its own",
    "studio/engine/export/formats/openraster.py": "members of what door.opened gave",
    "studio/engine/export/mark/label.py": "its own bytes in memory",
    "studio/engine/dataset/intake/frames.py": "a video, in a child, through door.ordinary",
    "studio/engine/dataset/decoding/archives.py": "members of what door.opened gave",
    "studio/verbs/refine.py": "the file that the artist names herself may be a pipe",
    "studio/verbs/console.py": "the null device",
    "studio/desktop/theme.py": "the program's own resources",
    "studio/desktop/i18n.py": "the program's own resources",
    "studio/desktop/guide/pages.py": "the program's own resources",
    "studio/engine/generation/sound/recording.py": "a sound, from what door.opened gave",
    "studio/engine/training/foreign/container.py": "members of what door.opened gave",
}
OPENERS = {
    "read_text", "read_bytes", "load_file", "safe_open", "memmap", "fromfile", "QImageReader",
    "QMovie", "ZipFile", "is_zipfile",
}  # fmt: skip
MODULES = {"Image", "os", "io", "av", "zipfile", "tarfile", "archive", "codecs"}
DOOR = {"read_text", "read_bytes"}


def is_mode(argument: ast.expr) -> bool:
    value = argument.value if isinstance(argument, ast.Constant) else None
    return isinstance(value, str) and bool(value) and set(value) <= set("rwabx+t")


def opens(call_: ast.Call) -> bool:
    """Whether a call opens a file by its name that may be there already."""
    function = call_.func
    if any(is_mode(each) and each.value[:1] in "wx" for each in call_.args):
        return False  # made anew, where `engine/files.py` says
    if isinstance(function, ast.Name):
        return function.id == "open" or function.id in OPENERS - DOOR
    if not isinstance(function, ast.Attribute):
        return False
    owner = function.value.id if isinstance(function.value, ast.Name) else ""
    if function.attr == "open":
        return owner in MODULES or any(is_mode(each) for each in call_.args)
    if function.attr == "load":
        return owner in ("np", "torch")
    if function.attr == "connect":
        return owner == "sqlite3"
    return function.attr in OPENERS and owner != "door"


def test_nothing_else_opens_files() -> None:
    found = set()
    for path in sorted((ROOT / "studio").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and opens(node) and name not in ALLOWED:
                found.add(f"{name}:{node.lineno}")
    assert not found, "these go through studio.engine.door"


def test_no_picture_is_opened_by_name_in_qt() -> None:
    """Qt opens whatever a plug-in reads: `desktop.pixels.read_qimage` is the way."""
    found = []
    for path in sorted((ROOT / "studio" / "desktop").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                by_name = len(node.args) == 1 and isinstance(node.args[0], ast.Call)
                text = by_name and getattr(node.args[0].func, "id", "") in ("str", "fspath")
                if node.func.id in ("QImage", "QPixmap") and text:
                    found.append(f"{path}:{node.lineno}")
    assert not found
