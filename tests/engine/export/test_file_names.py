"""The next free name, or a replacement that is whole or does not happen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.engine import files
from studio.engine.artwork import Artwork
from studio.engine.errors import StudioError, TakenError, UsageError
from studio.engine.export import delivery, file_names
from studio.engine.export.delivery import TRIES, Delivery, Exported, Written
from studio.engine.export.file_names import LONGEST_NAME, Parcel, Taken
from studio.engine.export.formats.png import Png
from studio.engine.pieces.origin import Origin

PICTURE = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
ONES_OWN = b"the only copy"


def written(folder: Path, names: list[str], taken: Taken) -> list[Exported]:
    delivery = Delivery(folder, [Parcel.of(name, ".png") for name in names], taken)
    with delivery.begun():
        for place, name in enumerate(names):
            delivery.write(place, lambda sheets, name=name: drawn(name, sheets[0].path))
    return delivery.files


def drawn(name: str, target: Path) -> Written:
    Png().write(Artwork.of(PICTURE), Origin(name), target)
    return Written(Origin(name))


def there(folder: Path) -> dict[str, bool]:
    """Every entry, hidden ones too, and whether it is as somebody else left it."""
    return {path.name: path.is_dir() or path.read_bytes() == ONES_OWN for path in folder.iterdir()}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    made = tmp_path / "out"
    made.mkdir()
    return made


def occupy(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_bytes(ONES_OWN)


# ---------------------------------------------------------------------- the next free name


def test_the_same_again_gets_the_next_number(out: Path) -> None:
    names = [written(out, ["vase"], Taken.NEXT)[0] for _ in range(4)]
    assert [each.path.name for each in names] == [
        "vase.png",
        "vase-2.png",
        "vase-3.png",
        "vase-4.png",
    ]
    assert [each.renamed for each in names] == [False, True, True, True]
    assert {each.asked for each in names} == {"vase.png"}
    (out / "vase-2.png").unlink()
    assert written(out, ["vase"], Taken.NEXT)[0].path.name == "vase-2.png"


def test_another_ending_is_another_name(out: Path) -> None:
    occupy(out, "vase.tif", "vase-2.jpg")
    assert written(out, ["vase"], Taken.NEXT)[0].path.name == "vase.png"


def test_a_number_is_not_taken_from_another_file_of_the_order(out: Path) -> None:
    occupy(out, "a.png", "b.png")
    made = written(out, ["a", "a-2", "b", "B-2"], Taken.NEXT)
    assert [each.path.name for each in made] == ["a-3.png", "a-2.png", "b-3.png", "B-2.png"]
    assert there(out) == {
        "a.png": True, "b.png": True, "a-2.png": False, "a-3.png": False, "B-2.png": False,
        "b-3.png": False,
    }  # fmt: skip


def test_folders_and_dead_links_have_names_too(out: Path) -> None:
    (out / "vase.png").mkdir()
    try:
        (out / "vase-2.png").symlink_to(out / "nowhere")
    except OSError:
        (out / "vase-2.png").mkdir()
    assert written(out, ["vase"], Taken.NEXT)[0].path.name == "vase-3.png"
    assert not (out / "nowhere").exists()


def test_after_a_thousand(out: Path) -> None:
    occupy(out, "vase.png", *(f"vase-{number}.png" for number in range(2, 1001)))
    assert written(out, ["vase"], Taken.NEXT)[0].path.name == "vase-1001.png"


@pytest.mark.parametrize("name", ["v" * 300, "花" * 100, "🏺" * 70, "v" * 118 + " .x"])
def test_a_name_without_room_for_a_number_makes_some(name: str, out: Path) -> None:
    first, *others = (written(out, [name], Taken.NEXT)[0].path for _ in range(11))
    assert len({path.name for path in others}) == 10
    for number, path in enumerate(others, 2):
        assert path.stem.endswith(f"-{number}")
        assert len(path.stem.encode()) <= LONGEST_NAME
        assert path.stem[:20] == first.stem[:20]
        assert path.is_file()


def test_two_of_one_name_in_one_order_are_a_mistake(out: Path) -> None:
    for taken in Taken:
        with pytest.raises(UsageError, match="Two pictures would both be written to"):
            Delivery(out, [Parcel.of("Vase", ".png"), Parcel.of("vASE", ".png")], taken)


@pytest.mark.parametrize("links", [True, False], ids=["hard links", "no hard links"])
def test_whoever_is_quicker_keeps_the_name(
    links: bool, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Png.write
    others = iter(["vase.png", "vase-2.png"])

    def slow(kind: Png, image: Any, origin: Any, target: Path) -> None:
        write(kind, image, origin, target)
        occupy(out, *([name] if (name := next(others, "")) else []))

    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Png, "write", slow)
    if not links:
        monkeypatch.setattr(files.os, "link", refused)
    (made,) = written(out, ["vase"], Taken.NEXT)
    assert made.path.name == "vase-3.png"
    assert there(out) == {"vase.png": True, "vase-2.png": True, "vase-3.png": False}


def test_that_ends_where_every_name_goes(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Path] = []

    def claim(_temporary: Path, target: Path) -> None:
        tried.append(target)
        occupy(out, target.name)
        raise TakenError(f"{target} already exists.")

    monkeypatch.setattr(delivery, "claim", claim)
    with pytest.raises(StudioError, match=r"take every free name in .*: try again\."):
        written(out, ["vase"], Taken.NEXT)
    assert len(set(tried)) == TRIES
    assert all(there(out).values()), "only what others wrote is there"


def test_names_are_made_lasting_once_when_all_are_given(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    monkeypatch.setattr(delivery, "fsync_folder", lambda folder: seen.append([*there(folder)]))
    written(out, ["a", "b", "c"], Taken.NEXT)
    assert [sorted(names) for names in seen] == [["a.png", "b.png", "c.png"]]


# ---------------------------------------------------------------------- in place of another file


def test_a_file_is_replaced_when_that_is_asked_for(out: Path) -> None:
    occupy(out, "a.png", "c.png")
    made = written(out, ["a", "b"], Taken.REPLACE)
    assert [each.path.name for each in made] == ["a.png", "b.png"]
    assert there(out) == {"a.png": False, "b.png": False, "c.png": True}
    assert [files.sha256_file(each.path) for each in made] == [each.sha256 for each in made]
    assert not any(each.renamed for each in made)


def test_a_folder_is_not_replaced(out: Path) -> None:
    (out / "b.png").mkdir()
    (out / "b.png" / "precious").write_bytes(ONES_OWN)
    occupy(out, "a.png")
    with pytest.raises(StudioError, match=r"b\.png is a folder: choose another folder or name"):
        written(out, ["a", "b"], Taken.REPLACE)
    assert there(out) == {"a.png": True, "b.png": True}
    assert there(out / "b.png") == {"precious": True}


def test_a_link_is_replaced_and_not_what_it_leads_to(out: Path, tmp_path: Path) -> None:
    occupy(tmp_path, "precious")
    try:
        (out / "a.png").symlink_to(tmp_path / "precious")
    except OSError:
        pytest.skip("this system does not let us make symbolic links")
    written(out, ["a"], Taken.REPLACE)
    assert not (out / "a.png").is_symlink()
    assert (tmp_path / "precious").read_bytes() == ONES_OWN


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), MemoryError()])
def test_nothing_is_replaced_when_a_later_one_fails(
    error: Exception, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Png.write

    def fails_at_c(kind: Png, image: Any, origin: Origin, target: Path) -> None:
        if origin.title == "c":
            target.write_bytes(b"half a pic")
            raise error
        write(kind, image, origin, target)

    monkeypatch.setattr(Png, "write", fails_at_c)
    occupy(out, "a.png", "c.png")
    with pytest.raises((StudioError, MemoryError)) as caught:
        written(out, ["a", "b", "c"], Taken.REPLACE)
    if isinstance(error, OSError):
        assert str(caught.value) == f"Could not write {out / 'c.png'}: No space left on device."
    assert there(out) == {"a.png": True, "c.png": True}


@pytest.mark.parametrize("taken", list(Taken))
def test_a_place_that_takes_no_files_gets_one_sentence(
    taken: Taken, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.name != "nt" and os.geteuid() == 0:

        def refused(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Png, "write", refused)
    else:
        out.chmod(0o500)
    with pytest.raises(StudioError) as caught:
        written(out, ["vase"], taken)
    assert str(caught.value) == f"Could not write {out / 'vase.png'}: Permission denied."
    assert list(out.iterdir()) == []


def test_numbers_are_counted_without_the_files_of_the_folder(out: Path) -> None:
    occupy(out, "a.png")
    others = [Parcel.of("A-2", ".png"), Parcel.of("a-3", ".png")]
    assert file_names.next_free(out, Parcel.of("a", ".png"), others).stem == "a-4"


# ---------------------------------------------------------------------- files that belong together


def sheet(folder: Path, taken: Taken) -> list[str]:
    """A picture and the list that names it."""
    delivery = Delivery(folder, [Parcel.of("walk", ".png", ".json")], taken)

    def make(sheets: Any) -> Written:
        sheets[1].path.write_text(sheets[0].name)
        return drawn("walk", sheets[0].path)

    with delivery.begun():
        delivery.write(0, make)
    return [each.path.name for each in delivery.files]


def test_files_that_belong_together_keep_one_number(out: Path) -> None:
    assert sheet(out, Taken.NEXT) == ["walk.png", "walk.json"]
    occupy(out, "walk-2.json")
    assert sheet(out, Taken.NEXT) == ["walk-3.png", "walk-3.json"]
    assert (out / "walk-3.json").read_text() == "walk-3.png"
    assert sheet(out, Taken.REPLACE) == ["walk.png", "walk.json"]
    with pytest.raises(StudioError, match=r"walk\.png already exists"):
        sheet(out, Taken.REFUSE)
    assert len(list(out.iterdir())) == 5


def test_of_files_that_belong_together_all_give_way(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = iter(["walk.json"])
    write = Png.write

    def slow(kind: Png, image: Any, origin: Any, target: Path) -> None:
        write(kind, image, origin, target)
        occupy(out, *([name] if (name := next(others, "")) else []))

    monkeypatch.setattr(Png, "write", slow)
    assert sheet(out, Taken.NEXT) == ["walk-2.png", "walk-2.json"]
    assert there(out) == {"walk.json": True, "walk-2.png": False, "walk-2.json": False}
