"""The process that decodes untrusted files: `python -m studio.engine.dataset.decoding.worker`.

One line of JSON in, a list of files as `child.File`; one line out for each file as soon as it is
done, the answer of `probe`. Or `{"read": function, "arguments": …}`, which :mod:`limited` answers.
It imports no torch, holds no project, and ends when its input does. Nothing executable crosses
back.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import warnings
from collections.abc import Iterator
from typing import IO, Any

from studio.engine.dataset.index.facts import Answer
from studio.engine.said import plain


def main(arguments: list[str]) -> int:
    """Serve until the parent closes the pipe.

    `arguments` may be a bound of memory in bytes, and how nice to be.
    """
    answers = private_output()
    memory, niceness = [*map(int, arguments), 0, 0][:2]
    limit_memory(memory)
    with contextlib.suppress(AttributeError, OSError):
        os.nice(niceness)
    warnings.simplefilter("ignore")
    from studio.engine.dataset.decoding.probe import probe

    _say(answers, {"ready": True})
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        if isinstance(asked, dict):
            answers.writelines(_served(asked))
            answers.flush()
            continue
        for file in asked:
            try:
                answer = probe(*file)
            except MemoryError:
                answer = Answer(memory=True)
            _say(answers, answer)
            if answer.get("memory"):
                return 0  # a heap that was exhausted once is not trusted again
    return 0


def _served(asked: dict[str, Any]) -> Iterator[bytes | memoryview]:
    from studio.engine.dataset.decoding import limited  # an import of pictures asks for nothing

    limited.begin()
    return limited.served(asked)


def private_output() -> IO[bytes]:
    """The real stdout for answers alone: libraries that print write into nothing instead."""
    channel = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)
    return channel


def limit_memory(limit: int) -> None:
    """Bound the address space of this process where the system can; 0 for no bound."""
    if not limit:
        return
    try:
        import resource
    except ImportError:  # Windows has no such limit; the parent's time limit still holds
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _say(channel: IO[bytes], answer: Answer | dict[str, bool]) -> None:
    # Most answers hold no sentence, and looking for one costs half of what writing them does.
    told = plain(answer) if "reason" in answer else answer
    channel.write(json.dumps(told).encode("ascii") + b"\n")
    channel.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
