"""A small copy of a picture that follows the hand while the stack is changed."""

from __future__ import annotations

from dataclasses import dataclass

from studio.engine.artwork import Image, Pixels, to_image
from studio.engine.refinement.planes import PREVIEW_SIDE, reduced
from studio.engine.refinement.stack import Stack
from studio.engine.refinement.step import Step


@dataclass(frozen=True)
class Preview:
    """What is seen, and how much of the true size it is."""

    image: Image
    scale: float

    @property
    def true_size(self) -> tuple[int, int]:
        """Width and height of the whole result, to within a pixel."""
        height, width = self.image.shape[:2]
        return max(1, round(width / self.scale)), max(1, round(height / self.scale))


class Proxy:
    """Keeps the picture after every step: what lies before the change is not done again.

    For one thread at a time.
    """

    def __init__(self, whole: Pixels, side: int = PREVIEW_SIDE) -> None:
        """`side` is how long the longer side of the copy is at most, in pixels."""
        image = reduced(to_image(whole), max(1, side))
        self._start = Preview(image, max(image.shape[:2]) / max(whole.shape[:2]))
        self._done: list[tuple[Step, Preview]] = []

    @property
    def is_whole(self) -> bool:
        """Whether the copy is as large as the picture."""
        return self._start.scale == 1.0

    def render(self, stack: Stack) -> Preview:
        """The picture through every enabled step."""
        steps = [step for step in stack.steps if step.enabled]
        same = 0
        while same < min(len(steps), len(self._done)) and self._done[same][0] == steps[same]:
            same += 1
        del self._done[same:]
        found = self._done[-1][1] if self._done else self._start
        for step in steps[same:]:
            found = Preview(*step.previewed(found.image, found.scale))
            self._done.append((step, found))
        return found

    def mask(self, stack: Stack, step: Step) -> Image | None:
        """float32 [h, w]: the mask of a step of `stack`, for what the step is given; None where
        it has none. A step that is left out, or reshapes, has none either."""
        steps = [each for each in stack.steps if each.enabled]
        if step.mask is None or step not in steps:
            return None
        place = steps.index(step)
        self.render(stack)
        given = self._done[place - 1][1] if place else self._start
        return step.mask.weights(given.image)
