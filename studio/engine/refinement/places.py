"""Where steps stand in a stack, and what happens to it when they are moved and grouped.

A place is the number of a step or group, or that of a group and of a step in it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from studio.engine.refinement.group import Group
from studio.engine.refinement.stack import Stack
from studio.engine.refinement.step import Step

Place = tuple[int, ...]


def places(stack: Stack, *, unfolded: bool = False) -> list[Place]:
    """All, from top to bottom, a group before its steps; `unfolded` without what is folded away."""
    found: list[Place] = []
    for number, entry in enumerate(stack.steps):
        found.append((number,))
        if isinstance(entry, Group) and not (unfolded and entry.folded):
            found += [(number, inner) for inner in range(len(entry.steps))]
    return found


def entry_at(stack: Stack, place: Place) -> Step | Group:
    """What stands at a place; :class:`IndexError` where nothing does."""
    entry = stack.steps[place[0]]
    if len(place) == 1:
        return entry
    if not isinstance(entry, Group):
        raise IndexError(place)
    return entry.steps[place[1]]


def changed(stack: Stack, place: Place, entry: Step | Group) -> Stack:
    """With another entry at a place."""
    if len(place) == 1:
        return _with(stack, place[0], [entry])
    group = stack.steps[place[0]]
    if not isinstance(group, Group) or not isinstance(entry, Step):
        raise IndexError(place)
    steps = list(group.steps)
    steps[place[1]] = entry
    return _with(stack, place[0], [_holding(group, steps)])


def without(stack: Stack, gone: Collection[Place]) -> Stack:
    """Without what stands at some places; a group goes with its last step."""
    numbers = range(len(stack.steps))
    return _made([entry for number in numbers for entry in _left(stack, number, gone)])


def moved(stack: Stack, place: Place, by: int) -> tuple[Stack, Place]:
    """One row up (-1) or down (1), into a group and out of it, and where it stands then; a folded
    group is passed, and a group moves as a whole. At the end nothing happens."""
    if len(place) == 2:
        return _moved_inside(stack, place, by)
    number, other = place[0], place[0] + by
    if not 0 <= other < len(stack.steps):
        return stack, place
    entry, beside = stack.steps[number], stack.steps[other]
    if isinstance(entry, Step) and isinstance(beside, Group) and not beside.folded:
        steps = (entry, *beside.steps) if by > 0 else (*beside.steps, entry)
        entered = without(_with(stack, other, [_holding(beside, steps)]), [place])
        return entered, (number, 0) if by > 0 else (other, len(steps) - 1)
    entries = list(stack.steps)
    entries[number], entries[other] = entries[other], entries[number]
    return _made(entries), (other,)


def _moved_inside(stack: Stack, place: Place, by: int) -> tuple[Stack, Place]:
    group, (number, inner) = stack.steps[place[0]], place
    if not isinstance(group, Group):
        raise IndexError(place)
    steps = list(group.steps)
    if 0 <= inner + by < len(steps):
        steps[inner], steps[inner + by] = steps[inner + by], steps[inner]
        return _with(stack, number, [_holding(group, steps)]), (number, inner + by)
    step = steps.pop(inner)
    left: list[Step | Group] = [_holding(group, steps)] if steps else []
    at = number + len(left) if by > 0 else number
    return _with(stack, number, [*left, step] if by > 0 else [step, *left]), (at,)


def grouped(stack: Stack, chosen: Collection[Place], name: str = "") -> tuple[Stack, Place]:
    """The steps at `chosen` places in a group where the first of them stood, and its place. They
    leave the groups that they were in; none of them is a group."""
    order = sorted(chosen)
    steps = [step for place in order if isinstance(step := entry_at(stack, place), Step)]
    group = Group(name=name, steps=tuple(steps))
    kept: list[Step | Group] = []
    at = 0
    for number in range(len(stack.steps)):
        left = _left(stack, number, order)
        if number == order[0][0]:
            follows = len(order[0]) == 2 and order[0][1] > 0
            at = len(kept) + (len(left) if follows else 0)
            left = [*left, group] if follows else [group, *left]
        kept += left
    return _made(kept), (at,)


def dissolved(stack: Stack, place: Place) -> Stack:
    """With the steps of a group in its place; a group that is left out leaves them out."""
    group = entry_at(stack, place)
    if not isinstance(group, Group):
        return stack
    off = {} if group.enabled else {"enabled": False}
    return _with(stack, place[0], [step.model_copy(update=off) for step in group.steps])


def _left(stack: Stack, number: int, gone: Collection[Place]) -> list[Step | Group]:
    """What is left of an entry without what is gone: itself, less of a group, or nothing."""
    entry = stack.steps[number]
    if (number,) in gone:
        return []
    if not isinstance(entry, Group):
        return [entry]
    steps = [step for inner, step in enumerate(entry.steps) if (number, inner) not in gone]
    return [_holding(entry, steps)] if steps else []


def _holding(group: Group, steps: Sequence[Step]) -> Group:
    """The group with other steps."""
    return group.model_copy(update={"steps": tuple(steps)})


def _with(stack: Stack, number: int, entries: Sequence[Step | Group]) -> Stack:
    return _made([*stack.steps[:number], *entries, *stack.steps[number + 1 :]])


def _made(entries: list[Step | Group]) -> Stack:
    """Whether they fit each other is not looked at here: :meth:`Stack.checked` does, and says what
    is wrong where an artist has moved a step to where it cannot be."""
    return Stack.model_construct(steps=entries)
