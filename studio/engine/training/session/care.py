"""What keeps a run alive: saving, and the way back from bad numbers, full disks, full memory."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from models.parameters import ParameterError
from studio.engine.errors import StudioError
from studio.engine.events import (
    Checkpoint,
    Event,
    Health,
    HealthKind,
    Metrics,
    RunState,
    Samples,
    Stage,
)
from studio.engine.files import writing
from studio.engine.said import NOTHING, Said, listed, reason
from studio.engine.training.health.reading import Finding, Reading
from studio.engine.training.health.watch import Watch
from studio.engine.training.planning import transfer
from studio.engine.training.record import checkpoint, sample_sheet
from studio.engine.training.record.board import Board
from studio.engine.training.record.checkpoint import Saved
from studio.engine.training.record.recipe import FILE as RECIPE
from studio.engine.training.record.recipe import Recipe
from studio.engine.training.record.statistics import Diary, all_finite
from studio.engine.training.session import compilation, memory
from studio.engine.training.session.ranks import failure
from studio.engine.training.session.remedy import apply, figures
from studio.engine.training.session.trainer import Trainer

BREAKDOWNS = 3
"""So often in a row may a run go back before it gives up."""


_GOES_ON = Said("Training goes on.")
_GONE = Said("The folder of the run was moved or deleted while it trained.")
_MADE_ANEW = Said("It was made anew with a checkpoint of now; its curves until now are not in it.")


class DeviceFailed(StudioError):  # noqa: N818  # named as what happened
    """A device that vanished, or a driver that gave up."""


class Care:
    """Wraps a trainer; every method yields what should be known about it."""

    def __init__(self, run_folder: Path, trainer: Trainer, *, resume: bool) -> None:
        """Restore the newest checkpoint, or write the first, so that there always is one."""
        self.folder, self.trainer = run_folder, trainer
        self._quality: dict[str, float] = {}
        self.unsaved: Said = NOTHING
        """Why the last checkpoint could not be written; empty when it was."""
        self._breakdowns = 0
        checkpoint.clear_unfinished(run_folder)
        newest = checkpoint.load_latest(run_folder) if resume else None
        self.watch = Watch(newest.state.get("watch") if newest is not None else None)
        changed = newest is not None and _has_other_pictures(newest, trainer.recipe)
        if changed:
            self.watch = Watch()  # what it remembers was seen on other pictures
        if newest is not None:
            trainer.restore(newest)
            if newest.state.get("compiled") and not compilation.hindrance(trainer):
                compilation.translate(trainer)
            self.last = newest
        elif checkpoint.folders(run_folder):
            if not resume:
                raise StudioError(
                    "The run {run} has begun already: resume it, or start a new run.",
                    run=run_folder,
                )
            raise checkpoint.unreadable(run_folder)
        recipe, seen = trainer.recipe, trainer.state.images_seen
        begun = NOTHING
        if newest is None and recipe.start_from:
            begun = transfer.begin(trainer.family, run_folder, recipe)
        self._board = Board(run_folder, seen) if recipe.tensorboard else None
        self.diary = Diary(run_folder, seen)
        try:
            self.begun: list[Event] = []
            """What the beginning of the run has to say."""
            if changed:
                sentence = Said(
                    "It goes on with the pictures of {dataset}.", dataset=recipe.dataset
                )
                self.begun.append(
                    self._note(Health(HealthKind.PICTURES, sentence, images_seen=seen))
                )
            if begun:
                self.begun.append(self._note(Health(HealthKind.TRANSFER, begun, images_seen=seen)))
            if newest is None:
                for sentence in recipe.label_notes:
                    self.begun.append(
                        self._note(Health(HealthKind.LABELS, sentence, images_seen=seen))
                    )
                self.last = self._write(trainer.judge())
        except BaseException:
            self.close()
            raise

    def settle(self, minutes: float | None) -> Iterator[Event]:
        """Before the first step of a run of so many minutes: how its networks are carried out."""
        trainer = self.trainer
        if trainer.state.images_seen or not compilation.is_wanted(trainer, minutes):
            return
        yield Stage(RunState.MEASURING)
        yield self._note(Health(HealthKind.SPEED, *compilation.decide(trainer, self.last), 0))
        if trainer.compiled:
            self.last = self._write(trainer.judge())  # a run keeps to what it begins with
        yield Stage(RunState.TRAINING)

    @property
    def final(self) -> dict[str, float]:
        """The last means that were read, and the figures of the last look."""
        return {**self.trainer.means, **self._quality}

    def close(self) -> None:
        self.diary.close()
        if self._board is not None:
            self._board.close()

    def step(self) -> Iterator[Event]:
        """One training step; memory that runs out makes the batch smaller."""
        problem, broken = "", False
        try:
            self.trainer.step()
        except (RuntimeError, MemoryError) as error:
            if self.trainer.ranks is not None:  # the others are in the middle of their step
                raise failure(error, self.trainer.ranks.own) from error
            if self.trainer.compiled and not memory.is_want_of(error):
                broken = True
            else:
                problem = _want_of_memory(error)
        if broken:
            yield self._untranslate()
        # Outside `except`, where the traceback no longer holds the tensors that did not fit.
        if problem:
            yield self._shrink(problem)

    def measure(self) -> Iterator[Event]:
        """Read the means; bad ones send the run back to its last checkpoint."""
        values = self.trainer.averages.read()
        if not values:
            return
        if all_finite(values):
            self.trainer.means = values
            yield self._note(Metrics(self.trainer.state.images_seen, values))
        else:
            yield self._go_back()

    def samples(self) -> Iterator[Event]:
        """Render the fixed seeds. A full disk is told, and training goes on."""
        seen = self.trainer.state.images_seen
        path = sample_sheet.path_of(self.folder, seen)
        problem = ""
        try:
            columns, count = self.trainer.write_samples(path)
        except (StudioError, OSError) as error:
            yield self._note(Health(HealthKind.DISK, reason(error), _GOES_ON, seen))
            return
        except (RuntimeError, MemoryError) as error:
            problem = _want_of_memory(error)
        if problem:
            self.trainer.forget_memory()
            sentence = Said("The device has too little memory for the samples just now.")
            yield self._note(Health(HealthKind.MEMORY, sentence, _GOES_ON, seen))
            return
        yield self._note(Samples(seen, str(path), columns, count))

    def checkpoint(self, *, at_end: bool = False) -> Iterator[Event]:
        """Look for trouble and save; a full disk leaves the older checkpoints alone.

        Bad numbers are never saved. Where a remedy goes back to the best checkpoint, that
        one is saved again with what was changed; `at_end` trouble is only told.
        """
        trainer = self.trainer
        if not trainer.is_finite():
            yield self._go_back()
            return
        reading = trainer.judge()
        if reading is not None:
            before = trainer.state.images_seen
            for finding in self.watch.look(reading):
                yield self._answer(finding, reading, at_end=at_end)
            if trainer.state.images_seen != before:
                reading = trainer.judge()
        yield from self._save(reading)

    def _save(self, reading: Reading | None) -> Iterator[Event]:
        seen = self.trainer.state.images_seen
        is_gone = not (self.folder / RECIPE).exists()
        trouble = self._trouble_of_saving(reading)
        if trouble is not None and trouble.kind is HealthKind.MEMORY:
            # What was gathered for the file is let go of by now: that may be all that was missing.
            self.trainer.forget_memory()
            trouble = self._trouble_of_saving(reading)
        if trouble is not None:
            self.unsaved = trouble.sentence
            yield self._note(trouble)
            return
        self.unsaved, self._breakdowns = NOTHING, 0
        if is_gone:
            yield self._note(Health(HealthKind.DISK, _GONE, _MADE_ANEW, seen))
        if self._quality:
            yield self._note(Metrics(seen, self._quality))
        yield self._note(Checkpoint(seen, str(self.last.folder), self.last.sha256))

    def _trouble_of_saving(self, reading: Reading | None) -> Health | None:
        seen = self.trainer.state.images_seen
        try:
            if not (self.folder / RECIPE).exists():
                with writing(self.folder):
                    self.folder.mkdir(parents=True, exist_ok=True)
                self.trainer.recipe.save(self.folder)
            self.last = self._write(reading)
            checkpoint.keep_last(self.folder)
        except StudioError as error:
            action = Said("Paused: free some space, then resume. The last checkpoint is intact.")
            return Health(HealthKind.DISK, error.said, action, seen)
        except (RuntimeError, MemoryError) as error:
            _want_of_memory(error)
            sentence = Said("There is too little memory to save a checkpoint.")
            action = Said(
                "Paused: close other programs, then resume. The last checkpoint is intact."
            )
            return Health(HealthKind.MEMORY, sentence, action, seen)
        return None

    def _write(self, reading: Reading | None) -> Saved:
        self._quality = figures(reading)
        model, training, state = self.trainer.capture()
        state |= {
            "fingerprint": self.trainer.recipe.fingerprint,
            "score": reading.score if reading is not None else None,
            "quality": self._quality,
            "best": self.watch.best,
            "watch": self.watch.state,
        }
        return checkpoint.save(self.folder, model, training, state)

    def set_live(self, key: str, value: object) -> Event:
        """Change a live parameter, or say why not."""
        try:
            self.trainer.set_live(key, value)
        except ParameterError as error:
            return self.refused(error.said)
        label = Said(self.trainer.config.params()[key].label)
        return self.changed(
            Said("{label} ({key}) is now {value}.", label=label, key=key, value=value)
        )

    def changed(self, said: Said) -> Event:
        """Somebody changed the run by hand."""
        seen = self.trainer.state.images_seen
        return self._note(Health(HealthKind.CHANGED, said, images_seen=seen))

    def refused(self, said: Said) -> Event:
        """Somebody wanted to change what cannot be changed so."""
        seen = self.trainer.state.images_seen
        return Health(HealthKind.REFUSED, said, Said("Nothing was changed."), seen)

    # ------------------------------------------------------------------ ways back

    def _shrink(self, problem: str) -> Event:
        trainer = self.trainer
        if not trainer.halve_parts():
            few = Said("one picture")
            if trainer.part_size > 1:
                few = Said("{n} pictures", n=trainer.part_size)
            raise StudioError(
                "The device has too little memory for even {many} at a time: choose a "
                "smaller size. The last checkpoint is intact.",
                problem,
                many=few,
            )
        trainer.forget_memory()
        action = Said(
            "It now looks at {n} pictures at a time and still learns from {n_all} at once.",
            n=trainer.part_size,
            n_all=trainer.batch_size,
        )
        seen = trainer.state.images_seen
        return self._note(
            Health(HealthKind.MEMORY, Said("The device ran out of memory."), action, seen)
        )

    def _untranslate(self) -> Event:
        compilation.undo(self.trainer)
        self.trainer.forget_memory()
        sentence = Said("The translated networks failed on this machine.")
        seen = self.trainer.state.images_seen
        return self._note(Health(HealthKind.SPEED, sentence, compilation.AS_WRITTEN, seen))

    def _go_back(self) -> Event:
        """Numbers that are none are never saved and never masked."""
        trainer, seen = self.trainer, self.trainer.state.images_seen
        self._breakdowns += 1
        newest = checkpoint.load_latest(self.folder)
        if not trainer.recipe.act_on_health:
            raise StudioError(
                "Training broke down (not a number), and the recipe forbids to mend it: start a "
                "new run with a lower learning rate. The last good checkpoint is intact."
            )
        if newest is None or self._breakdowns > BREAKDOWNS:
            raise StudioError(
                "Training broke down (not a number) again and again: start a new run with a "
                "lower learning rate. The last good checkpoint is intact."
            )
        half = trainer.is_half
        self._return_to(newest)
        action = Said("It went back to its last checkpoint.")
        if half:
            trainer.use_full_precision()
            action = Said("It went back to its last checkpoint and calculates in full precision.")
        elif trainer.halve_rate():
            action = Said("It went back to its last checkpoint and learns at half the rate.")
        return self._note(
            Health(HealthKind.NAN, Said("Training broke down (not a number)."), action, seen)
        )

    def _answer(self, finding: Finding, reading: Reading, *, at_end: bool) -> Event:
        """Do what a detector asks for, where that is allowed, and say so."""
        done: list[Said] = []
        if self.trainer.recipe.act_on_health and not at_end and self.watch.may_act(finding):
            best = checkpoint.load_best(self.folder) if finding.roll_back else None
            if best is not None and best.images_seen < reading.images_seen:
                self._return_to(best)
                done.append(Said("It went back to its best checkpoint"))
            done += apply(finding.changes, self.trainer, reading)
        action = Said("{what}.", what=listed(done)) if done else finding.advice
        seen = self.trainer.state.images_seen
        return self._note(Health(finding.kind, finding.sentence, action, seen))

    def _return_to(self, saved: Saved) -> None:
        """Stand where a checkpoint stands, but keep what was decided since then.

        By the artist, or by earlier trouble; and time that is spent is spent.
        """
        trainer = self.trainer
        seconds, config, part_size = trainer.seconds, trainer.config, trainer.part_size
        full = trainer.full_precision
        trainer.restore(saved)
        if full:
            trainer.use_full_precision()
        trainer.seconds, trainer.part_size = seconds, part_size
        trainer.replace_config(config)
        self.diary.cut(trainer.state.images_seen)

    def _note(self, event: Event) -> Event:
        # A full disk is reported by the checkpoint; curves are not worth a run.
        with contextlib.suppress(OSError):
            self.diary.write(event)
            if self._board is not None:
                self._board.write(event)
        return event


def _has_other_pictures(saved: Saved, recipe: Recipe) -> bool:
    """Checkpoints of earlier versions do not say what they were trained on: on the same."""
    return bool(saved.state.get("fingerprint", recipe.fingerprint) != recipe.fingerprint)


def _want_of_memory(error: RuntimeError | MemoryError) -> str:
    """The words of an error that says memory ran out; any other becomes a :class:`StudioError`."""
    if memory.is_want_of(error):
        return str(error) or "out of memory"
    raise DeviceFailed(
        "The device failed during training; the last checkpoint is intact. Resume the run; if "
        "that fails too, restart the machine.",
        repr(error),
    ) from error
