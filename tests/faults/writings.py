"""What a project keeps, each kind as something that can be written, looked at and swept."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from unittest.mock import patch

import numpy as np

from studio.engine import settings
from studio.engine.export import handover, ledger
from studio.engine.export.file_names import Taken
from studio.engine.export.file_origin import read_provenance
from studio.engine.files import sha256_file
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.pieces import pieces
from studio.engine.project import Project


class Writing(Protocol):
    """One kind: what is written is a number, and 1 is there before."""

    def prepare(self, folder: Path) -> None:
        """Have 1 in an empty folder."""

    def write(self, folder: Path, value: int) -> None:
        """Write `value` over what is there."""

    def found(self, folder: Path) -> int:
        """What is there; raises where it is half of one."""

    def left_over(self, folder: Path) -> list[str]:
        """Names of what should not be there."""


def hidden(folder: Path) -> list[str]:
    """Unfinished files anywhere below `folder`."""
    return [path.name for path in folder.rglob(".*") if path.name != ".lock"]


class Plain:
    """A writing that begins as every other does, and leaves no hidden files."""

    def prepare(self, folder: Path) -> None:
        self.write(folder, 1)

    def write(self, folder: Path, value: int) -> None:
        raise NotImplementedError

    def found(self, folder: Path) -> int:
        raise NotImplementedError

    def left_over(self, folder: Path) -> list[str]:
        return hidden(folder)


class SettingsFile(Plain):
    """The settings of the program."""

    def write(self, folder: Path, value: int) -> None:
        self._home(folder)
        for each in folder.glob(".*.part*"):  # as a start does
            each.unlink()
        chosen, _ = settings.load()
        chosen.thumbnail_size = 100 + value
        settings.save(chosen)

    def found(self, folder: Path) -> int:
        self._home(folder)
        chosen, damage = settings.load()
        assert not damage, damage
        return chosen.thumbnail_size - 100

    def _home(self, folder: Path) -> None:
        os.environ["LATENT_STUDIO_HOME"] = str(folder)


class Index(Plain):
    """Two rows of the index that belong together, and a large one that fills pages."""

    def prepare(self, folder: Path) -> None:
        with Project.open(folder, create=True) as project:
            for name in ("one", "two"):
                project.write(
                    "INSERT INTO dataset (name, created, settings) VALUES (?, 'now', '1')", (name,)
                )

    def write(self, folder: Path, value: int) -> None:
        with Project.open(folder) as project, project.transaction() as connection:
            for name in ("one", "two"):
                connection.execute(
                    "UPDATE dataset SET settings = ?, created = ? WHERE name = ?",
                    (str(value), "x" * 9000, name),
                )

    def found(self, folder: Path) -> int:
        with Project.open(folder) as project:
            assert project.query("PRAGMA integrity_check")[0][0] == "ok"
            one, two = project.query("SELECT settings FROM dataset ORDER BY id")
        assert one[0] == two[0], "half of a decision"
        return int(one[0])


class NewProject(Index):
    """A project that is only being made: 1 is none, or an empty one."""

    def prepare(self, folder: Path) -> None:
        (folder / "pictures").mkdir()

    def write(self, folder: Path, value: int) -> None:
        with Project.open(folder / "new", create=True) as project:
            project.write(
                "INSERT INTO dataset (name, created) VALUES (?, 'now') "
                "ON CONFLICT DO UPDATE SET created = 'then'",
                (f"{value}",),
            )

    def found(self, folder: Path) -> int:
        if not (folder / "new" / "project.sqlite").exists():
            return 1
        with Project.open(folder / "new") as project:
            rows = project.query("SELECT max(name) FROM dataset")
        return int(rows[0][0] or 1)


class Checkpoint(Plain):
    """A checkpoint of a run."""

    def write(self, folder: Path, value: int) -> None:
        import torch

        from studio.engine.training.record import checkpoint

        checkpoint.clear_unfinished(folder) if (folder / "checkpoints").exists() else None
        numbers = {"weights": torch.full((4096,), float(value))}
        state = checkpoint.State(family="vae", images_seen=value)
        checkpoint.save(folder, numbers, numbers, state)

    def found(self, folder: Path) -> int:
        from studio.engine.training.record import checkpoint

        saved = checkpoint.load_latest(folder)
        assert saved is not None
        for name in (checkpoint.MODEL, checkpoint.TRAINING):
            numbers = checkpoint.read_tensors(saved.folder / name)["weights"]
            assert set(numbers.tolist()) == {float(saved.images_seen)}
        return saved.images_seen


class RunRecipe(Plain):
    """The recipe of a run."""

    def write(self, folder: Path, value: int) -> None:
        from studio.engine.training.record.recipe import Recipe

        for each in folder.glob(".*.part*"):  # as opening its project does
            each.unlink()
        Recipe(
            run="r", dataset="d", dataset_id=1, family="vae", channels=3, height=8, width=8,
            config={}, total_images=value, prepared="p", fingerprint="f", created="now",
        ).save(folder)  # fmt: skip

    def found(self, folder: Path) -> int:
        from studio.engine.training.record.recipe import Recipe

        return Recipe.load(folder).total_images or 0


class RunNote(Plain):
    """What is written down about a run."""

    def prepare(self, folder: Path) -> None:
        with Project.open(folder, create=True) as project:
            project.write(
                "INSERT INTO run (name, family, created, status) VALUES ('r', 'vae', '', 'ready')"
            )
            (project.runs / "r").mkdir(parents=True)
        self.write(folder, 1)

    def write(self, folder: Path, value: int) -> None:
        from studio.engine.training.planning import run_notes

        with Project.open(folder) as project:
            run_notes.set_note(project, "r", str(value))

    def found(self, folder: Path) -> int:
        from studio.engine.training.planning import runs

        return int(runs.note_of(folder / "runs" / "r"))


class _OnePicture:
    """A player of one plain picture, so that no model has to be there."""

    folder = None
    sha256 = "0" * 64

    def __init__(self, value: int) -> None:
        self.value = value

    def latent_of(self, recipe: LatentRecipe) -> Any:
        return np.full((1, 4), self.value, np.float32)

    def picture_of(self, w: Any, recipe: LatentRecipe) -> Any:
        return np.full((16, 16, 3), self.value, np.uint8)

    def beside(self, recipe: LatentRecipe) -> None:
        return None


def _keep(project: Project, value: int) -> None:
    player: Any = _OnePicture(value)
    pieces.keep(project, "gone", player, LatentRecipe(seed=value))


class KeptPiece(Plain):
    """A piece: a picture in the folder and its row in the index."""

    def prepare(self, folder: Path) -> None:
        with Project.open(folder, create=True) as project:
            _keep(project, 1)

    def write(self, folder: Path, value: int) -> None:
        with Project.open(folder) as project:
            _keep(project, value)

    def found(self, folder: Path) -> int:
        with Project.open(folder) as project:
            there = pieces.pieces(project)
            assert not project.unreadable
        for each in there:
            assert set(np.unique(pieces.stored(each))) == {each.recipe.seed}
        return max(each.recipe.seed or 0 for each in there)


def _in_line(count: int, make: Callable[[int], Any], write: Callable[[int, Any], None]) -> None:
    """What `in_lanes` does, in the thread that asks: strace counts the calls of each thread."""
    for place in range(count):
        write(place, make(place))


class Export(KeptPiece):
    """A file that takes the place of one handed over before, and its line in the ledger."""

    def prepare(self, folder: Path) -> None:
        super().prepare(folder / "project")
        self.write(folder, 1)

    def write(self, folder: Path, value: int) -> None:
        with (
            Project.open(folder / "project") as project,
            patch.object(handover, "in_lanes", _in_line),
        ):
            (piece,) = pieces.pieces(project)
            handover.export_pieces(
                project, [piece], "png", {}, folder / "out", creator=f"{value}",
                taken=Taken.REPLACE, names="picture",
            )  # fmt: skip

    def left_over(self, folder: Path) -> list[str]:
        # What is young may belong to another program that writes there.
        for name in hidden(folder / "out"):
            os.utime(folder / "out" / name, (0, 0))
        self.write(folder, 3)
        return super().left_over(folder)

    def found(self, folder: Path) -> int:
        (file,) = (path for path in (folder / "out").iterdir() if path.name[0] != ".")
        with Project.open(folder / "project") as project:
            known = {each.sha256 for each in ledger.entries(project)}
        value = int(read_provenance(file)["creator"])
        if value == 1:
            assert sha256_file(file) in known
        return value


KINDS: dict[str, type[Plain]] = {
    each.__name__: each
    for each in (SettingsFile, Index, NewProject, Checkpoint, RunRecipe, RunNote, KeptPiece, Export)
}


def writing(kind: str) -> Writing:
    """The kind of that name."""
    return KINDS[kind]()
