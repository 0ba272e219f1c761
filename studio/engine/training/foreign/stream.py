"""A pickle stream, read opcode by opcode with stand-ins: it can say what it likes, nothing runs.

The list of opcodes is that of the standard library's `pickletools`, which only takes streams
apart. No class is looked up, no function called, by a name that comes out of a file.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from studio.engine.said import Said
from studio.engine.training.foreign.refusal import ForeignError
from studio.engine.training.foreign.stand_ins import Nested, StandIn, stand_in
from studio.engine.training.foreign.values import Thing

MOST_OPCODES = 20_000_000
_PLAIN = {
    "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT",
    "STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE",
    "BINUNICODE8", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8",
}  # fmt: skip
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_IGNORED = {"PROTO", "FRAME"}
Persistent = Callable[[object], object]


class _Mark:
    """Where on the stack a group begins."""


@dataclass
class Budget:
    """How much a file may still ask for, with the streams in it."""

    opcodes: int = MOST_OPCODES

    def spend(self) -> None:
        self.opcodes -= 1
        if self.opcodes < 0:
            raise ForeignError(Said("it has more parts than any model"))


class Stream:
    """One stream. `persistent` answers its persistent ids, `nested` reads streams in it."""

    def __init__(self, persistent: Persistent, nested: Nested, budget: Budget) -> None:
        self._persistent, self._nested, self._budget = persistent, nested, budget
        self._stack: list[object] = []
        self._memo: dict[int, object] = {}

    def read(self, file: IO[bytes]) -> object:
        """The value of the stream that begins where `file` stands; it then stands behind it."""
        self._stack, self._memo = [], {}
        for name, given in _opcodes(file):
            self._budget.spend()
            if name == "STOP":
                return self._pop()
            self._follow(name, given)
        raise ForeignError(Said("it ends too soon"))

    def _follow(self, name: str, given: object) -> None:
        if name in _PLAIN:
            self._stack.append(given)
        elif name in _CONSTANTS:
            self._stack.append(_CONSTANTS[name])
        elif name not in _IGNORED:
            act = _ACTS.get(name)
            if act is None:
                raise ForeignError(Said("it uses a way of writing that no model needs ({name})",
                                        name=name))  # fmt: skip
            act(self, given)

    # ------------------------------------------------------------------ the stack

    def _pop(self) -> object:
        if not self._stack or isinstance(self._stack[-1], _Mark):
            raise _damaged()
        return self._stack.pop()

    def _top(self) -> object:
        if not self._stack:
            raise _damaged()
        return self._stack[-1]

    def _to_mark(self) -> list[object]:
        for place in range(len(self._stack) - 1, -1, -1):
            if isinstance(self._stack[place], _Mark):
                found = self._stack[place + 1 :]
                del self._stack[place:]
                return found
        raise _damaged()

    def _mark(self, given: object) -> None:
        self._stack.append(_Mark())

    def _drop(self, given: object) -> None:
        self._pop()

    def _drop_to_mark(self, given: object) -> None:
        self._to_mark()

    def _double(self, given: object) -> None:
        self._stack.append(self._top())

    def _keep(self, given: object) -> None:
        self._memo[len(self._memo) if given is None else int(str(given))] = self._top()

    def _recall(self, given: object) -> None:
        place = int(str(given))
        if place not in self._memo:
            raise _damaged()
        self._stack.append(self._memo[place])

    # ------------------------------------------------------------------ collections

    def _tuple(self, count: int) -> None:
        parts = [self._pop() for _ in range(count)]
        self._stack.append(tuple(reversed(parts)))

    def _append(self, parts: list[object]) -> None:
        target = self._top()
        if not isinstance(target, list):
            raise _damaged()
        target.extend(parts)

    def _set(self, parts: list[object]) -> None:
        target = self._top()
        if not isinstance(target, dict) or len(parts) % 2:
            raise _damaged()
        for key, value in zip(parts[::2], parts[1::2], strict=True):
            target[_key(key)] = value

    def _set_one(self, given: object) -> None:
        value, key = self._pop(), self._pop()
        self._set([key, value])

    def _made_dict(self, given: object) -> None:
        parts = self._to_mark()
        self._stack.append({})
        self._set(parts)

    # ------------------------------------------------------------------ names

    def _named(self, module: object, name: object) -> None:
        if not isinstance(module, str) or not isinstance(name, str):
            raise _damaged()
        self._stack.append(stand_in(module, name))

    def _named_in_line(self, given: object) -> None:
        module, _, name = str(given).partition(" ")
        self._named(module, name)

    def _named_on_stack(self, given: object) -> None:
        name, module = self._pop(), self._pop()
        self._named(module, name)

    def _called(self, given: object) -> None:
        arguments, called = self._pop(), self._pop()
        self._call(called, arguments)

    def _called_with_names(self, given: object) -> None:
        named, arguments, called = self._pop(), self._pop(), self._pop()
        if named != {}:
            raise _damaged()
        self._call(called, arguments)

    def _call(self, called: object, arguments: object) -> None:
        if not isinstance(called, StandIn) or not isinstance(arguments, tuple):
            raise _damaged()
        self._stack.append(called.make(arguments, self._nested))

    def _built(self, given: object) -> None:
        """A state: kept of a thing, of no use to what a dictionary or a number stands in for."""
        state, target = self._pop(), self._top()
        if isinstance(target, Thing) and isinstance(state, dict):
            target.parts.update({str(key): value for key, value in state.items()})

    def _asked(self, given: object) -> None:
        self._stack.append(self._persistent(self._pop()))


_ACTS: dict[str, Callable[[Stream, object], None]] = {
    "MARK": Stream._mark, "POP": Stream._drop, "POP_MARK": Stream._drop_to_mark,
    "DUP": Stream._double, "PUT": Stream._keep, "BINPUT": Stream._keep,
    "LONG_BINPUT": Stream._keep, "MEMOIZE": Stream._keep, "GET": Stream._recall,
    "BINGET": Stream._recall, "LONG_BINGET": Stream._recall,
    "EMPTY_DICT": lambda s, _: s._stack.append({}),
    "EMPTY_LIST": lambda s, _: s._stack.append([]),
    "EMPTY_SET": lambda s, _: s._stack.append([]), "ADDITEMS": lambda s, _: s._append(s._to_mark()),
    "EMPTY_TUPLE": lambda s, _: s._stack.append(()),
    "LIST": lambda s, _: s._stack.append(s._to_mark()),
    "TUPLE": lambda s, _: s._stack.append(tuple(s._to_mark())),
    "TUPLE1": lambda s, _: s._tuple(1), "TUPLE2": lambda s, _: s._tuple(2),
    "TUPLE3": lambda s, _: s._tuple(3), "DICT": Stream._made_dict,
    "APPEND": lambda s, _: s._append([s._pop()]), "APPENDS": lambda s, _: s._append(s._to_mark()),
    "SETITEM": Stream._set_one, "SETITEMS": lambda s, _: s._set(s._to_mark()),
    "GLOBAL": Stream._named_in_line, "STACK_GLOBAL": Stream._named_on_stack,
    "REDUCE": Stream._called, "NEWOBJ": Stream._called, "NEWOBJ_EX": Stream._called_with_names,
    "BUILD": Stream._built, "BINPERSID": Stream._asked,
}  # fmt: skip


def _opcodes(file: IO[bytes]) -> Iterator[tuple[str, object]]:
    try:
        for code, given, _ in pickletools.genops(file):
            yield code.name, given
    except (ValueError, OverflowError) as error:  # cut off, no opcode, a length beyond its end
        raise ForeignError(Said("it is damaged or cut off"), repr(error)) from error


def _key(value: object) -> object:
    if value is None or isinstance(value, str | int | float | bytes):
        return value
    raise _damaged()


def _damaged() -> ForeignError:
    return ForeignError(Said("it is damaged"))
