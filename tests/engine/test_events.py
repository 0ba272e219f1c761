"""Every message crosses the pipe as one line and comes back the same."""

from __future__ import annotations

from dataclasses import fields
from typing import get_args

import pytest

from studio.engine import events
from studio.engine.errors import StudioError
from studio.engine.said import Said

SAMPLES = {
    "Said": Said("naïve {n}", n=1),
    "bool": True, "int": 3, "float": 0.5, "float | None": None, "str": "naïve\n",
    "dict[str, float]": {"a": 1.0}, "bool | int | float | str": True,
    "RunState": events.RunState.PAUSED, "HealthKind": events.HealthKind.PLATEAU,
}  # fmt: skip


@pytest.mark.parametrize("kind", [*get_args(events.Event), *get_args(events.Command)])
def test_a_message_survives_the_pipe(kind: type) -> None:
    message = kind(**{each.name: SAMPLES[str(each.type)] for each in fields(kind)})
    line = events.to_line(message)
    assert "\n" not in line
    assert events.from_line(line) == message


@pytest.mark.parametrize("line", ["", "{}", "[]", "null", '{"type": "Nothing"}', '{"type": []}'])
def test_anything_else_is_refused(line: str) -> None:
    with pytest.raises(StudioError):
        events.from_line(line)


def test_a_kind_of_health_that_another_version_knew_is_read(tmp_path) -> None:
    line = events.to_line(events.Health(events.HealthKind.SPEED, events.NOTHING))
    read = events.from_line(line.replace('"speed"', '"moon"'))
    assert isinstance(read, events.Health)
    assert read.kind is events.HealthKind.OTHER
