"""A small copy of a picture that follows the hand while the stack is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.engine.artwork import Image, Pixels, to_image
from studio.engine.refinement.group import Group
from studio.engine.refinement.places import Place, entry_at
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
        self._chain = _Chain(self._start)

    @property
    def is_whole(self) -> bool:
        """Whether the copy is as large as the picture."""
        return self._start.scale == 1.0

    def render(self, stack: Stack) -> Preview:
        """The picture through every enabled step."""
        return self._chain.render(stack.steps)

    def mask(self, stack: Stack, place: Place) -> Image | None:
        """float32 [h, w]: the mask of a step or group of `stack`, for what it is given; None where
        it has none, or is left out."""
        entry = entry_at(stack, place)
        if entry.mask is None or not entry.enabled:
            return None
        self.render(stack)
        given = self._chain.given(stack.steps, place)
        return None if given is None else entry.mask.weights(given.image)


class _Chain:
    """Pictures after each of some steps; groups among them have a chain of their own."""

    def __init__(self, start: Preview) -> None:
        self.start = start
        self._done: list[tuple[Step | Group, Preview, _Chain | None]] = []

    def render(self, entries: Sequence[Step | Group]) -> Preview:
        entries, same = _enabled(entries), 0
        while same < min(len(entries), len(self._done)) and self._done[same][0] == entries[same]:
            same += 1
        inner = self._done[same][2] if same < len(self._done) else None
        del self._done[same:]
        found = self._done[-1][1] if self._done else self.start
        for entry in entries[same:]:
            if isinstance(entry, Group):
                if inner is None or inner.start is not found:
                    inner = _Chain(found)
                made = inner.render(entry.steps)
                after = made if entry.is_plain else _laid(entry, found, made)
                self._done.append((entry, after, inner))
            else:
                after = Preview(*entry.previewed(found.image, found.scale))
                self._done.append((entry, after, None))
            found, inner = after, None
        return found

    def given(self, entries: Sequence[Step | Group], place: Place) -> Preview | None:
        """What the step at a place of `entries`, which were rendered, was given; None where it is
        in a group that is left out."""
        entry, number = entries[place[0]], len(_enabled(entries[: place[0]]))
        if len(place) == 1:
            return self._done[number - 1][1] if number else self.start
        inner = self._done[number][2] if entry.enabled else None
        if inner is None or not isinstance(entry, Group):
            return None
        return inner.given(entry.steps, place[1:])


def _enabled(entries: Sequence[Step | Group]) -> list[Step | Group]:
    return [entry for entry in entries if entry.enabled]


def _laid(group: Group, given: Preview, made: Preview) -> Preview:
    return Preview(group.laid(given.image, made.image), made.scale)
