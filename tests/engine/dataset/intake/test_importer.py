"""Import: what comes in, what is said about it, and what a second import touches."""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from studio.engine.dataset.index import settings, store
from studio.engine.dataset.intake import importer
from studio.engine.dataset.intake.importer import Checked, Found, Rejected, import_sources
from studio.engine.errors import ReadOnlyError, StudioError, UsageError
from studio.engine.project import Project


def kinds(project, dataset_id):
    by_item = store.findings(project, dataset_id)
    names = {item.id: item.name for item in store.items(project, dataset_id)}
    return {(names[number], finding.kind) for number, found in by_item.items() for finding in found}


def test_a_folder_becomes_a_dataset_with_rows_in_walk_order(project, draw, take_in, tmp_path):
    for number in range(5):
        draw(tmp_path / "pics" / f"{number}.png", number, (48 + number, 40))
    done = take_in(tmp_path / "pics")
    assert (done.dataset.name, done.found, done.usable, done.rejected) == ("pics", 5, 5, [])
    items = store.items(project, done.dataset.id)
    assert [item.name for item in items] == [f"{n}.png" for n in range(5)]
    first = items[0]
    assert (first.width, first.height, first.channels, first.format) == (48, 40, 3, "PNG")
    assert first.bytes == (tmp_path / "pics" / "0.png").stat().st_size
    assert first.usable
    assert first.included
    assert len(first.sha256) == 64
    found = [
        item.id for event in take_in.events if isinstance(event, Found) for item in event.items
    ]
    assert found == [item.id for item in items]


def test_one_picture_works_as_file_folder_and_archive(project, draw, take_in, tmp_path):
    picture = draw(tmp_path / "one" / "only.jpg")
    archive = tmp_path / "packed.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(picture, "deep/er/only.jpg")
    for source in (picture, picture.parent, archive):
        done = take_in(source, name=source.name)
        assert (done.found, done.usable) == (1, 1)
    item = store.items(project, done.dataset.id)[0]
    assert (item.path, item.member, item.name) == (archive, "deep/er/only.jpg", "only.jpg")
    kinds_stored = [row[0] for row in project.query("SELECT kind FROM source ORDER BY id")]
    assert kinds_stored == ["file", "folder", "archive"]


def test_content_counts_and_not_the_ending(draw, take_in, tmp_path, project):
    draw(tmp_path / "in" / "a.png").rename(tmp_path / "in" / "a.txt")
    draw(tmp_path / "in" / "b.png", 1).rename(tmp_path / "in" / "b")
    draw(tmp_path / "in" / "c.jpg", 2).rename(tmp_path / "in" / "c.png")
    (tmp_path / "in" / "notes.txt").write_text("P6 is how a portable pixmap starts")
    (tmp_path / "in" / "readme.md").write_text("# Not a picture")
    (tmp_path / "in" / "data.json").write_text("{}")
    done = take_in(tmp_path / "in")
    assert (done.found, done.usable, done.rejected) == (3, 3, [])
    assert {i.format for i in store.items(project, done.dataset.id)} == {"PNG", "JPEG"}


def test_broken_files_are_named_and_the_rest_is_fine(project, draw, take_in, tmp_path):
    folder = tmp_path / "in"
    draw(folder / "good.png")
    (folder / "empty.png").touch()
    whole = draw(folder / "cut.jpg", 1, (300, 200)).read_bytes()
    (folder / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "lies.jpg").write_text("this is no picture at all")
    done = take_in(folder)
    assert (done.found, done.usable) == (4, 1)
    reasons = {Path(file).name: reason for file, reason in done.rejected}
    assert reasons["empty.png"] == "The file is empty (0 bytes)."
    assert reasons["cut.jpg"] == "The file is cut off before its end."
    assert reasons["lies.jpg"] == "It is not a picture that can be read."
    assert done.findings["broken"] == 3
    assert {event.file for event in take_in.events if isinstance(event, Rejected)} == {
        file for file, _ in done.rejected
    }
    broken = [item for item in store.items(project, done.dataset.id) if not item.usable]
    assert len(broken) == 3
    assert len(store.chosen_items(project, done.dataset.id)) == 1


@pytest.mark.parametrize("content", ["nothing", "text", "broken"])
def test_nothing_usable_is_one_sentence_and_leaves_no_row(project, take_in, tmp_path, content):
    folder = tmp_path / "in"
    folder.mkdir()
    if content == "text":
        for number in range(3):
            (folder / f"{number}.txt").write_text("words")
    if content == "broken":
        (folder / "empty.png").touch()
    with pytest.raises(StudioError, match="picture in ") as caught:
        take_in(folder)
    assert str(folder) in str(caught.value)
    assert store.datasets(project) == []
    for table in ("item", "source", "finding"):
        assert project.query(f"SELECT count(*) FROM {table}")[0][0] == 0


def test_a_source_that_is_not_there_is_refused(project, tmp_path):
    with pytest.raises(StudioError, match="nothing at"):
        list(import_sources(project, [tmp_path / "gone"]))
    with pytest.raises(UsageError, match="Nothing to import"):
        list(import_sources(project, []))
    assert store.datasets(project) == []


def test_a_read_only_project_is_refused(project, draw, tmp_path):
    draw(tmp_path / "in" / "a.png")
    with Project.open(project.folder) as second, pytest.raises(ReadOnlyError):
        list(import_sources(second, [tmp_path / "in"]))


def test_findings_about_single_pictures(project, draw, take_in, tmp_path):
    folder = tmp_path / "in"
    draw(folder / "fine.png", 0, (200, 200))
    draw(folder / "tiny.png", 1, (20, 50))
    Image.new("RGB", (80, 80), (200, 10, 10)).save(folder / "flat.png")
    Image.linear_gradient("L").convert("RGB").save(folder / "soft.png")
    picture = Image.open(draw(tmp_path / "other.png", 2, (200, 200)))
    picture.convert("CMYK").save(folder / "press.jpg")
    frames = [Image.effect_noise((40, 40), 30 + n) for n in range(3)]
    frames[0].save(folder / "moving.gif", save_all=True, append_images=frames[1:])
    picture.close()
    done = take_in(folder)
    assert kinds(project, done.dataset.id) == {
        ("tiny.png", "tiny"),
        ("flat.png", "flat"),
        ("soft.png", "blurred"),
        ("press.jpg", "odd_mode"),
        ("moving.gif", "animated"),
    }
    by_kind = {
        finding.kind: finding
        for found in store.findings(project, done.dataset.id).values()
        for finding in found
    }
    assert by_kind["animated"].sentence == "It has 3 frames; only the first is used."
    assert by_kind["animated"].data == {"frames": 3}
    assert by_kind["tiny"].data["side"] == 20
    assert "CMYK" in by_kind["odd_mode"].sentence
    checked = [event for event in take_in.events if isinstance(event, Checked)]
    assert sum(len(event.findings) for event in checked) == 5


def test_every_extra_copy_of_the_same_bytes_is_a_duplicate(project, draw, take_in, tmp_path):
    first = draw(tmp_path / "in" / "a.png")
    for name in ("b.png", "c.jpg"):
        shutil.copy(first, tmp_path / "in" / name)
    draw(tmp_path / "in" / "d.png", 1)
    done = take_in(tmp_path / "in")
    assert done.findings == {"duplicate": 2}
    assert kinds(project, done.dataset.id) == {("b.png", "duplicate"), ("c.jpg", "duplicate")}
    items = store.items(project, done.dataset.id)
    finding = store.findings(project, done.dataset.id)[items[1].id][0]
    assert finding.data == {"of": items[0].id, "name": "a.png"}
    first.write_bytes((tmp_path / "in" / "d.png").read_bytes())
    done = take_in(tmp_path / "in")  # a is now a copy of nothing before it; d is one of a
    assert kinds(project, done.dataset.id) == {("c.jpg", "duplicate"), ("d.png", "duplicate")}


def test_labels_are_the_first_folders_that_differ(project, draw, take_in, tmp_path):
    for number, name in enumerate(("set/cat/1.png", "set/cat/old/2.png", "set/dog/3.png")):
        draw(tmp_path / "in" / name, number)
    done = take_in(tmp_path / "in")
    labels = [(i.name, i.label) for i in store.items(project, done.dataset.id)]
    assert labels == [("1.png", "cat"), ("2.png", "cat"), ("3.png", "dog")]
    draw(tmp_path / "plain" / "only" / "1.png", 5)
    draw(tmp_path / "plain" / "2.png", 6)
    done = take_in(tmp_path / "plain")
    assert {i.label for i in store.items(project, done.dataset.id)} == {""}


def test_captions_come_from_texts_and_tables(project, draw, take_in, tmp_path):
    folder = tmp_path / "in"
    for number, name in enumerate(("a.png", "b.png", "sub/c.png", "sub/d.png")):
        draw(folder / name, number)
    (folder / "a.txt").write_text("  a red\nhouse ", encoding="utf-16")
    (folder / "captions.csv").write_text(
        "File,emoji,Caption\nb.png,x,blue door\nsub/c.png,x,green\nd.png,x,\n", "utf-8"
    )
    done = take_in(folder)
    captions = [item.caption for item in store.items(project, done.dataset.id)]
    assert captions == ["a red house", "blue door", "green", ""]
    assert done.rejected == []


def test_a_table_with_wrong_columns_is_named_and_harms_nothing(draw, take_in, tmp_path):
    draw(tmp_path / "in" / "a.png")
    (tmp_path / "in" / "captions.csv").write_text("picture;words\na.png;x\n")
    done = take_in(tmp_path / "in")
    assert done.usable == 1
    assert [reason for _, reason in done.rejected] == [
        "It has no columns file and caption; it was not used."
    ]


def test_a_second_import_decodes_only_what_changed(project, draw, take_in, tmp_path, monkeypatch):
    folder = tmp_path / "in"
    for number in range(4):
        draw(folder / f"{number}.png", number)
    (folder / "bad.png").touch()
    done = take_in(folder)
    items = store.items(project, done.dataset.id)
    store.set_rating(project, [items[1].id], 4)
    store.set_included(project, [items[1].id], False)
    draw(folder / "1.png", 11, (64, 64))
    draw(folder / "9.png", 9)
    asked = []
    probe = importer.Pool.probe

    def spy(self, files, cancelled):
        def seen():
            for file in files:
                asked.extend([] if file is None else [Path(file[0]).name])
                yield file

        return probe(self, seen(), cancelled)

    monkeypatch.setattr(importer.Pool, "probe", spy)
    again = take_in(folder)
    assert asked == ["1.png", "9.png"]
    assert again.dataset == done.dataset
    assert (again.found, again.usable, len(again.rejected)) == (6, 5, 1)
    after = {item.name: item for item in store.items(project, done.dataset.id)}
    assert (after["1.png"].width, after["1.png"].rating) == (64, 4)
    assert not after["1.png"].included
    assert after["1.png"].id == items[1].id


def test_a_file_that_went_is_kept_as_unusable_and_comes_back(project, draw, take_in, tmp_path):
    for number in range(3):
        draw(tmp_path / "in" / f"{number}.png", number)
    take_in(tmp_path / "in")
    (tmp_path / "in" / "1.png").rename(tmp_path / "aside.png")
    done = take_in(tmp_path / "in")
    assert (done.found, done.usable, done.findings) == (3, 2, {"missing": 1})
    take_in(tmp_path / "in")
    assert kinds(project, done.dataset.id) == {("1.png", "missing")}
    (tmp_path / "aside.png").rename(tmp_path / "in" / "1.png")
    done = take_in(tmp_path / "in")
    assert (done.found, done.usable, done.findings) == (3, 3, {})


def test_an_emptied_folder_does_not_empty_the_dataset(project, draw, take_in, tmp_path):
    draw(tmp_path / "in" / "a.png")
    dataset = take_in(tmp_path / "in").dataset
    (tmp_path / "in" / "a.png").unlink()
    with pytest.raises(StudioError, match="no picture in"):
        take_in(tmp_path / "in")
    assert store.counts(project, dataset.id)["usable"] == 1


def test_names_of_datasets(project, draw, take_in, tmp_path):
    draw(tmp_path / "x" / "in" / "a.png")
    draw(tmp_path / "y" / "in" / "a.png", 1)
    assert take_in(tmp_path / "x" / "in").dataset.name == "in"
    assert take_in(tmp_path / "y" / "in").dataset.name == "in 2"
    both = take_in(tmp_path / "y" / "in", name="in")
    assert (both.dataset.name, both.found) == ("in", 2)
    with pytest.raises(UsageError, match="needs a name"):
        take_in(tmp_path / "x" / "in", name="  ")


def test_a_failed_extension_leaves_the_dataset_as_it_was(project, draw, take_in, tmp_path):
    draw(tmp_path / "in" / "a.png")
    take_in(tmp_path / "in", name="set")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "b.png").touch()
    with pytest.raises(StudioError, match=r"b\.png: The file is empty"):
        take_in(tmp_path / "bad", name="set")
    dataset = store.dataset(project, "set")
    assert [item.name for item in store.items(project, dataset.id)] == ["a.png"]
    assert [source.path for source in store.sources(project, dataset.id)] == [tmp_path / "in"]
    assert dataset.settings == {}


def test_overlapping_roots_and_links_do_not_double(project, draw, take_in, tmp_path):
    folder = tmp_path / "in"
    draw(folder / "sub" / "a.png")
    draw(folder / "b.png", 1)
    (folder / "link.png").symlink_to(folder / "b.png")
    (folder / "again").symlink_to(folder / "sub")
    done = take_in(folder, folder / "sub", folder / "b.png", folder / "sub" / ".." / "sub")
    assert done.found == 2
    assert done.findings == {}


def test_the_project_itself_is_not_imported(project, draw, tmp_path):
    draw(tmp_path / "a.png")
    draw(project.folder / "pieces" / "old.png", 1)
    *_, done = import_sources(project, [tmp_path], workers=1)
    assert done.found == 1


def test_an_import_that_is_stopped_keeps_what_it_read(project, draw, tmp_path):
    for number in range(30):
        draw(tmp_path / "in" / f"{number:02}.png", number)
    seen = []

    def cancelled():
        return bool(seen)

    events = import_sources(project, [tmp_path / "in"], cancelled=cancelled, workers=1)
    for event in events:
        if isinstance(event, Found):
            seen.append(event)
    dataset = store.datasets(project)[0]
    assert len(store.items(project, dataset.id)) >= len(seen[0].items) > 0
    assert "missing" not in store.counts(project, dataset.id)["findings"]


@pytest.fixture
def alike(draw, tmp_path):
    """Two folders with a copy of the same bytes and a smaller picture of the same."""
    folder = tmp_path / "in"
    for number in range(40):
        draw(folder / ("cat" if number % 2 else "dog") / f"{number:02}.png", number, (64, 64))
    first = folder / "cat" / "01.png"
    shutil.copy(first, folder / "dog" / "copy.png")
    smooth = Image.open(first).resize((8, 8)).resize((240, 240), Image.Resampling.BICUBIC)
    smooth.save(folder / "cat" / "large.png")
    smooth.resize((180, 180)).save(folder / "dog" / "small.png")
    return folder


WHOLE = {("copy.png", "duplicate"), ("small.png", "near_duplicate")}


def test_what_a_stopped_import_left_is_done_by_the_next(project, alike, take_in):
    seen = []
    for event in import_sources(project, [alike], cancelled=lambda: bool(seen), workers=1):
        if isinstance(event, Found):
            seen.append(event)
    dataset = store.datasets(project)[0]
    assert {item.label for item in store.items(project, dataset.id)} == {""}
    assert kinds(project, dataset.id).isdisjoint(WHOLE)
    done = take_in(alike)
    assert done.dataset.id == dataset.id
    assert kinds(project, dataset.id) >= WHOLE
    assert {item.label for item in store.items(project, dataset.id)} == {"cat", "dog"}
    assert settings.stored(project, dataset.id) == {}


@pytest.mark.parametrize("step", ["label", "mark_duplicates", "mark_near"])
def test_stopped_after_the_last_picture_the_next_import_ends_it(
    project, alike, take_in, monkeypatch, step
):
    stop = []
    original = getattr(importer.reconcile, step)

    def stopping(*arguments):
        stop.append(True)
        return original(*arguments)

    monkeypatch.setattr(importer.reconcile, step, stopping)
    *_, end = import_sources(project, [alike], cancelled=lambda: bool(stop), workers=1)
    assert isinstance(end, importer.Finished)
    assert end.found == 43
    assert ("small.png", "near_duplicate") not in kinds(project, end.dataset.id)
    monkeypatch.undo()
    done = take_in(alike)
    assert not any(isinstance(event, Found) for event in take_in.events)  # nothing read again
    assert kinds(project, done.dataset.id) >= WHOLE
    assert {item.label for item in store.items(project, done.dataset.id)} == {"cat", "dog"}
    monkeypatch.setattr(importer.reconcile, "mark_near", None)
    take_in(alike)  # and now nothing is left to search for


def test_an_import_stopped_at_once_leaves_nothing(project, draw, tmp_path):
    draw(tmp_path / "in" / "a.png")
    with pytest.raises(StudioError, match="was stopped"):
        list(import_sources(project, [tmp_path / "in"], cancelled=lambda: True, workers=1))
    assert store.datasets(project) == []


def test_a_dropped_generator_ends_its_workers_and_rows(project, draw, tmp_path):
    draw(tmp_path / "in" / "a.png")
    os.mkfifo(tmp_path / "in" / "0.png")  # its rejection is the first event
    events = import_sources(project, [tmp_path / "in"], workers=1)
    assert isinstance(next(events), Rejected)
    events.close()
    assert store.datasets(project) == []
