"""The hand-over writes whole files under safe names, over nothing, or says why not."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.parameters import ParameterError
from studio.engine import files
from studio.engine.errors import StudioError, UsageError
from studio.engine.export.file_names import LONGEST_NAME
from studio.engine.export.formats.png import Png
from studio.engine.export.handover import Exported, export_arrays, safe_name
from tests.engine.export.readers import Pixels, by_qt


def picture(seed: int = 0, side: int = 32) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (side, side, 3), np.uint8)


def one(name: str = "a", side: int = 32) -> list[tuple[str, Pixels, dict[str, Any]]]:
    return [(name, picture(side=side), {})]


def everything(folder: Path) -> dict[str, bytes]:
    """Every file below `folder`, hidden ones too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


# ---------------------------------------------------------------------- never over a file


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "b.png").write_bytes(b"the only copy")
    before = everything(tmp_path)
    wanted = [(name, picture(), {}) for name in ("a", "b", "c")]
    with pytest.raises(StudioError, match=r"b\.png already exists: choose another") as caught:
        export_arrays(wanted, "png", {}, tmp_path)
    assert "\n" not in str(caught.value)
    assert everything(tmp_path) == before


def test_a_link_that_leads_nowhere_is_a_file_too(tmp_path: Path) -> None:
    try:
        (tmp_path / "a.png").symlink_to(tmp_path / "elsewhere")
    except OSError:
        pytest.skip("this system does not let us make symbolic links")
    with pytest.raises(StudioError, match="already exists"):
        export_arrays(one(), "png", {}, tmp_path)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("links", [True, False], ids=["hard links", "no hard links"])
def test_a_file_that_appears_meanwhile_is_not_overwritten(
    links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Png.write

    def slow(kind: Png, image: Pixels, origin: Any, target: Path) -> None:
        write(kind, image, origin, target)
        (tmp_path / "a.png").write_bytes(b"of another program")

    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Png, "write", slow)
    if not links:
        monkeypatch.setattr(files.os, "link", refused)
    with pytest.raises(StudioError, match="already exists"):
        export_arrays(one(), "png", {}, tmp_path)
    assert everything(tmp_path) == {"a.png": b"of another program"}


def test_where_there_are_no_hard_links_files_are_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(files.os, "link", refused)
    export_arrays(one(), "png", {}, tmp_path)
    assert list(everything(tmp_path)) == ["a.png"]
    assert np.array_equal(by_qt(tmp_path / "a.png", 3), picture())


@pytest.mark.parametrize("names", [("a", "a"), ("Vase", "vASE"), ("é", "e\u0301"), ("a/b", "a:b")])
def test_two_pictures_never_go_to_one_name(names: tuple[str, str], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Two pictures would both be written to"):
        export_arrays([(name, picture(), {}) for name in names], "png", {}, tmp_path / "out")
    assert not (tmp_path / "out").exists()


# ---------------------------------------------------------------------- when writing fails


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow beyond 3000 bytes: what a full disk is to an encoder.

    Nothing else may be written meanwhile: it holds for the tests' own output in a file too.
    """
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("format_name", ["png", "jpeg", "tiff", "webp"])
def test_nothing_half_written_stays_when_the_disk_is_full(format_name: str, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_bytes(b"mine")
    with pytest.raises(StudioError, match=r"Could not write .*a\.") as caught, full_disk():
        export_arrays(one(side=256), format_name, {}, tmp_path / "new" / "folder")
    assert "\n" not in str(caught.value)
    assert everything(tmp_path) == {"mine.txt": b"mine"}
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), MemoryError()])
def test_pictures_before_the_one_that_failed_are_whole(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Png.write

    def fails_at_b(kind: Png, image: Pixels, origin: Any, target: Path) -> None:
        if origin.title == "b":
            target.write_bytes(b"half a pic")
            raise error
        write(kind, image, origin, target)

    monkeypatch.setattr(Png, "write", fails_at_b)
    with pytest.raises((StudioError, MemoryError)):
        export_arrays([(name, picture(), {}) for name in "abc"], "png", {}, tmp_path / "out")
    assert not (tmp_path / "out").exists(), "all or nothing, so that the next try can succeed"
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("precious")
    with pytest.raises((StudioError, MemoryError)):
        export_arrays([(name, picture(), {}) for name in "abc"], "png", {}, tmp_path / "out")
    assert list(everything(tmp_path / "out")) == ["mine.txt"]


def test_a_folder_that_cannot_be_made_gets_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StudioError, match=r"Could not make the folder .*: choose another one"):
        export_arrays(one(), "png", {}, tmp_path / "file" / "out")
    with pytest.raises(StudioError, match=r"Could not make the folder .*: choose another one"):
        export_arrays(one(), "png", {}, tmp_path / "file")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs rights that bind")
def test_a_read_only_folder_gets_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o500)
    with pytest.raises(StudioError, match=r"Could not write .*a\.png"):
        export_arrays(one(), "png", {}, tmp_path / "out")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
def test_a_place_that_takes_no_files_gets_one_sentence() -> None:
    with pytest.raises(StudioError, match="Could not"):
        export_arrays(one(), "png", {}, Path("/proc/self"))


@pytest.mark.parametrize(
    ("format_name", "options", "kind"),
    [("tarot", {}, UsageError), ("png", {"compression": 11}, ParameterError)],
)
def test_a_wrong_format_or_option_makes_no_folder(
    format_name: str, options: dict[str, object], kind: type[Exception], tmp_path: Path
) -> None:
    with pytest.raises(kind):
        export_arrays(one(), format_name, options, tmp_path / "out")
    assert not (tmp_path / "out").exists()


# ---------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("花瓶 Жар-птица é", "花瓶 Жар-птица é"),
        ("e\u0301", "é"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a/b\\c:d", "a_b_c_d"),
        ("..", "piece"),
        ("", "piece"),
        (" . ", "piece"),
        (".hidden", "hidden"),
        ('what?*<>|"', "what______"),
        ("line\nbreak\ttab\x00", "line_break_tab_"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("lpt9 .x", "_lpt9 .x"),
        ("com¹", "_com¹"),
        ("console", "console"),
        ("🏺" * 50, "🏺" * 30),
    ],
)
def test_names_become_safe(name: str, wanted: str, tmp_path: Path) -> None:
    assert safe_name(name) == wanted
    (made,) = export_arrays([(name, picture(), {})], "png", {}, tmp_path / "out")
    assert made.path == tmp_path / "out" / f"{wanted}.png"
    assert list(everything(tmp_path)) == [f"out/{wanted}.png"]


@given(st.text(max_size=200))
@example("\ud800")
@example("a" * 119 + "é")
@example("x" * 119 + " .y")
def test_every_name_is_safe(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert not set(safe) & set('<>:"/\\|?*\0\n')
    assert safe == safe.strip(" .")
    assert len(safe.encode("utf-8")) <= LONGEST_NAME
    assert safe_name(safe) == safe
    assert Path(safe).name == safe


def test_facts_of_an_export_are_plain_values(tmp_path: Path) -> None:
    made = export_arrays(
        [("a", picture(), {"seed": 1})], "png", {}, tmp_path, creator="Ada", rights="All"
    )
    assert isinstance(made[0], Exported)
    assert json.loads(json.dumps(made[0].provenance))["recipe"] == {"seed": 1}
    assert made[0].provenance["digital_source_type"].endswith("trainedAlgorithmicMedia")
