"""The recipe on the canvas and every way the hand changes it, each an undoable step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoStack

from studio.desktop.generation.history import Change, History, Jump, Step
from studio.desktop.i18n import tr

if TYPE_CHECKING:
    from studio.engine.generation.player import LatentRecipe

GESTURE_MS = 700
"""Changes of one control with a shorter pause between them are one step."""


class Editing(QObject):
    """Holds the history; `changed` after every step, also by undo and redo."""

    changed = Signal()

    def __init__(self, undo: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history = History()
        self.history.changed = self.changed.emit
        self._undo = undo
        self._run = ""
        self._gesture = 0
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(GESTURE_MS)
        self._pause.timeout.connect(self.end_gesture)

    def open(self, run: str) -> None:
        """Begin anew with a model, at seed 0."""
        from studio.engine.generation.player import LatentRecipe

        self._run = run
        self.end_gesture()
        # A fresh list: commands of the model before keep the one they were made with.
        self.history = History()
        self.history.changed = self.changed.emit
        self.history.start(Step(run, tr("Seed {n}", n=0), "seed", LatentRecipe()))

    def close(self) -> None:
        """No model is open."""
        self.history = History()
        self.history.changed = self.changed.emit
        self.changed.emit()

    def recipe(self) -> LatentRecipe:
        """What is on the canvas."""
        from studio.engine.generation.player import LatentRecipe

        step = self.history.current
        return step.recipe if step is not None else LatentRecipe()

    # ------------------------------------------------------------------ changes

    def set_seed(self, seed: int) -> None:
        """Another beginning; the sliders stay where they are."""
        if seed != self.recipe().seed:
            self._put("seed", tr("Seed {n}", n=seed), seed=seed)

    def set_label(self, label: int | None, name: str) -> None:
        """What the picture is of; None is any label, as the seed draws it."""
        if label != self.recipe().label:
            self._put("label", tr("Label {name}", name=name), label=label)

    def set_psi(self, psi: float) -> None:
        """Truncation."""
        self._put("psi", tr("Truncation {n}", n=f"{psi:.2f}"), truncation_psi=psi)

    def set_direction(self, index: int, value: float, name: str) -> None:
        """Standard deviations along a direction; 0 takes the edit away."""
        edits = {**self.recipe().edits, str(index): value}
        if value == 0:
            del edits[str(index)]
        self._put(f"direction {index}", f"{name} {value:+.1f}", edits=edits)

    def set_second(self, seed: int) -> None:
        """The picture to blend with."""
        self._put("second", tr("Blend with seed {n}", n=seed), seed_b=seed)

    def set_mix(self, mix: float, second: int) -> None:
        """How far towards the other seed, 0 to 1."""
        text = tr("Blend with seed {n}: {share} %", n=second, share=round(mix * 100))
        self._put("mix", text, seed_b=second, mix=mix)

    def recall(self, recipe: LatentRecipe) -> None:
        """Take over the recipe of a file that came back."""
        self.end_gesture()
        self._put("recall", tr("Recipe of a file"), **recipe.model_dump())

    def reset(self) -> None:
        """Every slider to its beginning; the seed stays."""
        recipe = self.recipe()
        if recipe.edits or recipe.mix or recipe.truncation_psi != 1.0:
            self._put("reset", tr("Reset all"), edits={}, mix=0.0, truncation_psi=1.0)

    def go_to(self, position: int) -> None:
        """Back (or forward) to a step of the history."""
        if position != self.history.position and 0 <= position < len(self.history.steps):
            self.end_gesture()
            self._undo.push(Jump(self.history, position))

    def _put(self, key: str, text: str, **values: Any) -> None:
        if self.history.current is None:
            return
        # Checked, because the numbers come from boxes that people type into.
        recipe = self.recipe()
        changed = type(recipe).model_validate({**recipe.model_dump(), **values})
        if key in ("seed", "label", "reset"):
            self.end_gesture()
        self._undo.push(Change(self.history, Step(self._run, text, key, changed), self._gesture))
        self._pause.start()

    def end_gesture(self) -> None:
        """What comes next is a step of its own."""
        self._pause.stop()
        self._gesture += 1

    def retranslate(self) -> None:
        """Steps keep the words that they were made with, like names that were written down."""
