"""`demo`: the bundled sample goes through all six stages, each with its words and a picture.

What can be typed is done by the verb itself, and its line is shown.
"""

from __future__ import annotations

import argparse
import importlib
import shlex
import shutil
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from studio.engine.errors import StudioError
from studio.engine.pieces.origin import TRAINED
from studio.verbs.console import Console, Result
from studio.verbs.options import Parser, Verbs, folder, number

if TYPE_CHECKING:
    from studio.engine.artwork import Pixels
    from studio.engine.pieces.pieces import Piece

FOLDER = "latent-studio-demo"
KEPT, COMPARED = 8, 64
"""Pieces; generated pictures that are compared with the real ones."""
ROUNDS = 5
"""So many times pictures are made, until one of them resembles no training picture."""
COLUMNS = 4
STAGES = (
    ("Dataset", "64 drawn vases come in; each is checked, none is changed", "dataset curation"),
    ("Training", "a network learns to draw such vases; it begins with what the model of the sample "
     "knows, so that little time is enough", "transfer learning, fine-tuning"),
    ("Evaluation", "vases that it never saw are drawn again, new ones are compared with the real "
     "ones", "reconstruction, coverage, memorisation"),
    ("Generation", "numbers become new vases, which are kept as pieces", "seed, latent vector"),
    ("Refinement", "every piece gets steps that can be changed at any time",
     "non-destructive editing"),
    ("Export", "the pieces become files that say what made them", "provenance, XMP, IPTC"),
)  # fmt: skip
STEPS = {"steps": [
    {"op": "exposure", "params": {"contrast": 0.1}},
    {"op": "resize", "params": {"factor": 4.0}},
    {"op": "sharpen", "params": {"amount": 0.4}},
]}  # fmt: skip


def add(verbs: Verbs) -> None:
    verbs.add("demo", "The sample through all six stages, in a few minutes.", run, _declare)


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", metavar="FOLDER", nargs="?", type=folder,
        help=f"a new folder for all of it; default: {FOLDER} in the current one",
    )  # fmt: skip
    parser.add_argument(
        "--minutes", type=number(0.01, 1e6), default=2.0, help="length of the training (default 2)"
    )


def run(options: argparse.Namespace, console: Console) -> Result:
    """Go through the stages; say where everything lies."""
    demo = Demo(options.folder or _free_folder(), console)
    if demo.folder.exists() and any(demo.folder.iterdir()):
        raise StudioError(
            "There is something in {folder} already: name a new folder for the demo.",
            folder=demo.folder,
        )
    console.note(f"The sample goes through the six stages of the work, in {demo.folder}.")
    demo.bring_in()
    if not demo.train(options.minutes):
        return demo.interrupted(options.minutes)
    demo.measure()
    demo.keep()
    demo.refine()
    demo.hand_over()
    return demo.result()


def _free_folder() -> Path:
    places = (Path(f"{FOLDER}-{number}" if number > 1 else FOLDER) for number in range(1, 1000))
    return next(place.absolute() for place in places if not place.exists())


@dataclass
class Demo:
    """The six stages one after the other, in a project of their own."""

    folder: Path
    console: Console
    stage: int = 0
    pictures: dict[str, Path] = field(default_factory=dict)
    figures: dict[str, object] = field(default_factory=dict)
    trained: dict[str, object] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    """Pieces that resemble a training picture: only the artist lets them out."""
    files: list[Path] = field(default_factory=list)

    @property
    def run(self) -> str:
        return str(self.trained["run"])

    def bring_in(self) -> None:
        from studio.engine.project import Project
        from studio.engine.sample import RUN, make_sample_project
        from studio.engine.training.planning import runs
        from studio.engine.training.record.recipe import Recipe

        self._begin()
        make_sample_project(self.folder)
        with Project.open(self.folder) as project:
            recipe = Recipe.load(runs.run(project, RUN).folder)
            seen = runs.pictures_of(project.folder, recipe).images
            self._picture([("", each) for each in seen], columns=16, source="")

    def train(self, minutes: float) -> bool:
        """Whether it came to its end; an interrupted run is saved."""
        from studio.engine.project import Project
        from studio.engine.sample import RUN
        from studio.engine.training.planning import runs
        from studio.engine.training.record import sample_sheet

        self._begin()
        result = self._verb("train", self.folder, "--from", RUN, "--minutes", f"{minutes:g}")
        self.trained = dict(result.facts)
        if result.exit_code:
            return False
        with Project.open(self.folder) as project:
            *_, (_, sheet) = sample_sheet.sheets(runs.run(project, self.run).folder)
        target = self._place()
        shutil.copyfile(sheet, target)
        self._show(target)
        return True

    def measure(self) -> None:
        from studio.engine.evaluation.pairs import side_by_side
        from studio.engine.project import Project

        self._begin()
        found = self._verb("evaluate", self.folder, "--run", self.run, "--count", COMPARED)
        self.figures = {
            name: found.facts[name]
            for name in ("detail", "diversity", "realism", "ceiling", "copies_found")
        }
        with Project.open(self.folder) as project:
            real, made = side_by_side(project, self.run, KEPT, seed=0)
        rows = [("real", each) for each in real] + [("generated", each) for each in made]
        self._picture(rows, columns=KEPT, scale=2)

    def keep(self) -> None:
        self._begin()
        for begin in range(ROUNDS):
            found = self._verb(
                "generate", self.folder, "--run", self.run, "--count", KEPT, "--seed", begin * KEPT,
                "--out", self.folder / "generated", "--keep",
            )  # fmt: skip
            for name, review in cast("dict[str, str]", found.facts["review"]).items():
                (self.waiting if review == "look" else self.pieces).append(name)
            if self.pieces:
                break
        else:
            raise StudioError(
                "All pieces resemble a picture of the sample: look at them in {folder}, and "
                "export those you allow with `latent-studio export --approve`.",
                folder=self.folder / "generated",
            )
        self._picture([(piece.name, pixels) for piece, pixels in self._kept()], scale=2)

    def refine(self) -> None:
        from studio.engine.files import write_text
        from studio.engine.pieces import pieces
        from studio.engine.project import Project
        from studio.engine.refinement.stack import Stack, apply

        self._begin()
        stack = Stack.checked(STEPS)
        write_text(self.folder / "stack.toml", stack.to_toml())
        with Project.open(self.folder) as project:
            for name in self.pieces:
                wanted = pieces.piece(project, name)
                pieces.set_stack(project, wanted.id, [step.model_dump() for step in stack.steps])
        pairs = []
        for piece, pixels in self._kept()[:COLUMNS]:
            pairs += [(f"{piece.name} before", pixels.repeat(4, 0).repeat(4, 1))]
            pairs += [("after", apply(stack, pixels))]
        self._picture(pairs)

    def hand_over(self) -> None:
        from studio.engine.refinement.stack import Stack, apply

        self._begin()
        made = self._verb(
            "export", self.folder, *self.pieces, "--preset", "png", "--out", self.folder / "files"
        )
        self.files = list(cast("list[Path]", made.facts["files"]))
        stack = Stack.checked(STEPS)
        finished = [(piece.name, apply(stack, pixels)) for piece, pixels in self._kept()]
        self._picture(finished, place=self.folder / "contact-sheet.png")

    # ------------------------------------------------------------------ what a stage says

    def _begin(self) -> None:
        title, words, term = STAGES[self.stage]
        self.stage += 1
        self.console.note("")
        self.console.note(f"{self.stage} of {len(STAGES)}  {title}: {words} ({term}).")

    def _verb(self, name: str, *words: object) -> Result:
        """Show a line of the command line, do it, and say what it says."""
        line = [name, *map(str, words)]
        self.console.note(f"  $ latent-studio {shlex.join(line)}")
        whole = Parser(prog="latent-studio")
        importlib.import_module(f"studio.verbs.{name}").add(Verbs(whole))
        options = whole.parse_args(line)
        result = options.run(options, self.console)
        if name in ("train", "evaluate"):
            for each in result.lines:
                self.console.note(f"  {each}")
        return cast("Result", result)

    def _place(self) -> Path:
        return self.folder / "stages" / f"{self.stage}-{STAGES[self.stage - 1][0].lower()}.png"

    def _picture(
        self,
        pictures: Sequence[tuple[str, Pixels]],
        columns: int = COLUMNS,
        scale: int = 1,
        source: str = TRAINED,
        place: Path | None = None,
    ) -> None:
        from studio.engine.artwork import Artwork
        from studio.engine.export.contact_sheet import contact_sheet
        from studio.engine.export.finish import Finishing
        from studio.engine.export.handover import export_made
        from studio.engine.pieces.origin import Origin

        target = place or self._place()
        sheet = Artwork.of(contact_sheet(pictures, columns, scale))
        origin = Origin(target.stem, source_type=source)
        export_made(
            [target.stem], lambda _: (sheet, origin), "png", {}, target.parent,
            finishing=Finishing.kept(),
        )  # fmt: skip
        self._show(target)

    def _show(self, target: Path) -> None:
        self.pictures[STAGES[self.stage - 1][0].lower()] = target
        self.console.note(f"  picture: {target}")

    def _kept(self) -> list[tuple[Piece, Pixels]]:
        from studio.engine.pieces import pieces
        from studio.engine.project import Project

        with Project.open(self.folder) as project:
            wanted = [pieces.piece(project, name) for name in self.pieces]
        return [(piece, pieces.stored(piece)) for piece in wanted]

    # ------------------------------------------------------------------ the end

    def result(self) -> Result:
        facts = {
            "project": str(self.folder), "run": self.run, "training": self.trained,
            "evaluation": self.figures, "pieces": self.pieces, "waiting": self.waiting,
            "stages": self.pictures, "contact_sheet": str(self.pictures["export"]),
            "files": self.files, "interrupted": False,
        }  # fmt: skip
        program, lines = _program(), []
        if self.waiting:
            lines.append(
                f"{len(self.waiting)} pieces resemble a picture of the sample and wait for your "
                f"eye: {shlex.join([program, 'export', str(self.folder), *self.waiting])} "
                f"--approve --out DIR"
            )
        lines += [
            f"Open it in the window: {shlex.join([program, 'app', str(self.folder)])}",
            f"What made a file: {shlex.join([program, 'inspect', str(self.files[0])])}",
            f"A picture of every stage: {self.folder / 'stages'}",
            f"Contact sheet: {self.pictures['export']}",
            f"Files: {len(self.files)} in {self.folder / 'files'}",
        ]
        return Result(facts, lines)

    def interrupted(self, minutes: float) -> Result:
        words = ("train", str(self.folder), "--resume", self.run, "--minutes", f"{minutes:g}")
        on = shlex.join([_program(), *words])
        facts = {"project": str(self.folder), "run": self.run, "interrupted": True}
        return Result(facts, [f"Interrupted, and saved; this goes on: {on}"], exit_code=130)


def _program() -> str:
    """How the command line is called from anywhere, by a path where it is not on the PATH."""
    return (
        shutil.which("latent-studio")
        or shutil.which("latent-studio", path=sysconfig.get_path("scripts"))
        or "latent-studio"
    )
