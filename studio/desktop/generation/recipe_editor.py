"""The recipe on the canvas and every way the hand changes it, each an undoable step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoStack

from studio.desktop.base.undo_step import UndoStep
from studio.desktop.generation.history import Change, History, Step
from studio.engine.said import Said

if TYPE_CHECKING:
    from models.parameters import Value
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.moves.base import Move

GESTURE_MS = 700
"""Changes of one control with a shorter pause between them are one step."""
LIVE = "live"
"""The control of what a controller plays."""


class Editing(QObject):
    """Holds the history; `changed` after every step, also by undo and redo."""

    changed = Signal()
    shown = Signal()
    """The picture of the step is painted, or takes long: what only tells of the recipe
    is to follow now. Before that, it would hold the picture up."""

    def __init__(self, undo: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._begin_history()
        self._undo = undo
        self._run = ""
        self._gesture = 0
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(GESTURE_MS)
        self._pause.timeout.connect(self.end_gesture)

    def open(self, run: str) -> None:
        """Begin anew with a model, at seed 0."""
        from studio.engine.generation.latent_recipe import LatentRecipe

        self._run = run
        self.end_gesture()
        # A fresh list: commands of the model before keep the one they were made with.
        self._begin_history()
        self.history.start(Step(run, Said("Seed {n}", n=0), "seed", LatentRecipe()))

    def close(self) -> None:
        self._begin_history()
        self.changed.emit()

    def _begin_history(self) -> None:
        self.history = History()
        self.history.changed = self.changed.emit

    def recipe(self) -> LatentRecipe:
        from studio.engine.generation.latent_recipe import LatentRecipe

        step = self.history.current
        return step.recipe if step is not None else LatentRecipe()

    # ------------------------------------------------------------------ changes

    # Only the part that the hand changed is checked (people type into the boxes): a recipe is
    # made of it at every step of the mouse.

    def set_seed(self, seed: int) -> None:
        """Another beginning; the sliders stay where they are."""
        if seed != self.recipe().seed:
            self._put("seed", Said("Seed {n}", n=seed), self.at_seed(seed))

    def at_seed(self, seed: int) -> LatentRecipe:
        """What :meth:`set_seed` leads to."""
        return self._begun(seed=seed)

    def set_label(self, label: int | None, name: str) -> None:
        """What the picture is of; None is any label, as the seed draws it."""
        if label != self.recipe().beginning.label:
            self._put("label", Said("Label {name}", name=name), self._begun(label=label))

    def set_sampling(self, name: str, value: Value | None, text: str) -> None:
        """How chance is used; None is as the model has it."""
        said = dict(self.recipe().beginning.sampling or ())
        said.pop(name, None)
        if value is not None:
            said[name] = value
        self._put(f"sampling {name}", text, self._begun(sampling=said or None))

    def set_psi(self, psi: float) -> None:
        from studio.engine.generation.beginnings import Point

        text, recipe = Said("Truncation {n}", n=f"{psi:.2f}"), self.recipe()
        if isinstance(recipe.beginning, Point):
            checked = Point(
                w=recipe.beginning.w, truncation_psi=psi, source=recipe.beginning.source
            )
            self._put("psi", text, recipe.begun(checked))
        else:
            self._put("psi", text, self._begun(truncation_psi=psi))

    def set_direction(self, key: str, value: float, name: str, zone: str = "all") -> None:
        """Steps along a direction, in a zone of layers; 0 takes the edit away."""
        from studio.engine.generation.moves.along import Along

        move = Along(direction=key, sigma=value, zone=zone)
        self._put(f"direction {key}", f"{name} {value:+.1f}", self.recipe().moved(move))

    def set_directions(self, key: str, text: str, moves: Iterable[tuple[str, float, str]]) -> None:
        """Several at once, each (identity, steps, zone): one step of the control `key`."""
        from studio.engine.generation.moves.along import Along

        recipe = self.recipe()
        for direction, value, zone in moves:
            recipe = recipe.moved(Along(direction=direction, sigma=value, zone=zone))
        if recipe != self.recipe():
            self._put(f"direction {key}", text, recipe)

    def set_second(self, seed: int) -> None:
        blend = self.recipe().blend
        self._blend(
            "second", Said("Blend with seed {n}", n=seed), seed, blend.mix if blend else 0.0
        )

    def set_mix(self, mix: float, second: int) -> None:
        """How far towards the other seed, 0 to 1."""
        text = Said("Blend with seed {n}: {share} %", n=second, share=round(mix * 100))
        self._blend("blend", text, second, mix)

    def move(self, key: str, text: str, move: Move) -> None:
        """Any other move, by the control `key` of the hand."""
        after = self.recipe().moved(move)
        if after != self.recipe():
            self._put(key, text, after)

    def pull(self, text: str, recipe: LatentRecipe) -> None:
        """What a pull of points has reached; until the gesture ends, one step."""
        self._put("pull", text, recipe)
        self._pause.stop()  # it goes on as long as the pull does

    def set_noise_seed(self, seed: int) -> None:
        if seed != self.recipe().noise_seed:
            text = Said("Noise seed {n}", n=seed)
            self._put("noise seed", text, self.recipe().with_noise(seed))

    def drop(
        self, key: str, text: str, unwanted: Callable[[Move], bool], *, noise: bool = False
    ) -> None:
        """Without the moves that are unwanted, and with `noise` that of seed 0."""
        before = self.recipe()
        after = before.with_noise(0) if noise else before
        for move in before.moves:
            if unwanted(move):
                after = after.without(move.control)
        if after != before:
            self._put(key, text, after)

    def recall(self, recipe: LatentRecipe) -> None:
        """Take over the recipe of a file that came back."""
        self.take("recall", Said("Recipe of a file"), recipe)

    def branch(self, recipe: LatentRecipe) -> None:
        """Take over that of a moment of a film."""
        self.take("branch", Said("Moment of the film"), recipe)

    def take(self, key: str, text: str, recipe: LatentRecipe) -> None:
        """Take over a whole recipe, as a step of its own."""
        self.end_gesture()
        self._put(key, text, recipe.unrecorded())

    def play(self, recipe: LatentRecipe) -> None:
        """Take over what a controller plays; until it rests, one step."""
        self._put(LIVE, Said("Played live"), recipe)

    def bring_in(self, recipe: LatentRecipe, text: str) -> None:
        """Begin at a picture that was found; until the gesture ends, one step."""
        self._put("bring in", text, recipe)
        self._pause.stop()  # it goes on as long as the search does

    def reset(self) -> None:
        """Every slider to its beginning; the seed stays."""
        before = self.recipe()
        if (after := before.unmoved()) != before:
            self._put("reset", Said("Reset all"), after)

    def _begun(self, **values: int | float | dict[str, Value] | None) -> LatentRecipe:
        """A seed with these `values`; what a point was of is not known, so it is left then."""
        from studio.engine.generation.beginnings import Seeded

        recipe = self.recipe()
        said = recipe.beginning.model_dump(include={"seed", "truncation_psi", "label", "sampling"})
        return recipe.begun(Seeded.model_validate({**said, **values}))

    def _blend(self, key: str, text: str, seed: int, mix: float) -> None:
        from studio.engine.generation.moves.blend import Blend

        self._put(key, text, self.recipe().moved(Blend(seed=seed, mix=mix)))

    def go_to(self, number: int) -> None:
        """To a step of the tree; what is done there begins a branch."""
        history = self.history
        if history.current is None or number not in history.tree:
            return
        if number != history.current.number:
            self.end_gesture()
            before = history.steps, history.position
            go, back = (partial(history.put, *each) for each in (history.line_to(number), before))
            self._undo.push(UndoStep(history.tree[number].text, go, back))

    def _put(self, key: str, text: str, recipe: LatentRecipe) -> None:
        if self.history.current is None:
            return
        if key in ("seed", "label", "reset"):
            self.end_gesture()
        self._undo.push(Change(self.history, Step(self._run, text, key, recipe), self._gesture))
        self._pause.start()

    def end_gesture(self) -> None:
        """What comes next is a step of its own."""
        self._pause.stop()
        self._gesture += 1
