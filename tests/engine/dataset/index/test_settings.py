"""The settings of a dataset, written by several threads at the same moment."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Callable

import pytest

from studio.engine.dataset.doctor import thresholds
from studio.engine.dataset.index import settings, store, whole_set_pass
from studio.engine.dataset.intake import videos
from studio.engine.dataset.preparation import policy, split
from studio.engine.project import Project

SEVERAL: dict[str, Callable[[Project, int], object]] = {
    "preparation": lambda project, number: policy.change(project, number, policy.Policy("smart")),
    "training_size": lambda project, number: policy.change_size(project, number, (96, 48)),
    "split": lambda project, number: split.change(project, number, 0),
    "thresholds": lambda project, number: thresholds.apply(project, number, {"tiny": 5}),
    "frame_every": lambda project, number: videos.rate(project, number, 2.0),
    "watch": lambda project, number: settings.WATCH.put(project, number, True),
}


@pytest.mark.parametrize("key", SEVERAL)
def test_pictures_that_arrive_while_a_setting_is_changed_are_still_compared(
    project: Project, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """The import notes that copies are to be found, just before the window writes a setting."""
    number = store.add_dataset(project, "set").id
    transaction = Project.transaction
    is_wanted, is_noted = threading.Event(), threading.Event()

    def late(self: Project) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        if threading.current_thread() is threading.main_thread():
            is_wanted.set()
            assert is_noted.wait(30)
        return transaction(self)

    def arrive() -> None:
        assert is_wanted.wait(30)
        with transaction(project) as connection:
            whole_set_pass.begin(connection, number)
        is_noted.set()

    monkeypatch.setattr(Project, "transaction", late)
    importing = threading.Thread(target=arrive)
    importing.start()
    SEVERAL[key](project, number)
    importing.join()
    assert whole_set_pass.is_due(project, number)
    assert key in json.loads(project.query("SELECT settings FROM dataset")[0][0])


def test_two_divisions_at_the_same_moment_are_both_remembered(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs that began with either of them can go on."""
    number = store.add_dataset(project, "set").id
    split.change(project, number, 0)
    transaction, meet, cuts = Project.transaction, threading.Barrier(2), iter(("4", "8"))

    def together(self: Project) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        meet.wait(30)
        return transaction(self)

    monkeypatch.setattr(Project, "transaction", together)
    monkeypatch.setattr(split, "cut_for", lambda *_: next(cuts))
    other = threading.Thread(target=split.change, args=(project, number, 0.1))
    other.start()
    split.change(project, number, 0.2)
    other.join()
    assert set(split.known_cuts(project, number)) == {None, "", "4", "8"}
