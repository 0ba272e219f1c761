"""The one list of jobs: in order, answered on the window's thread, shown over the foot."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from studio.desktop import i18n
from studio.desktop.base.studio import Studio
from studio.desktop.widgets.job_strip import JobStrip
from studio.engine.errors import StudioError
from studio.engine.jobs import Ending, Job
from studio.engine.said import Said

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
WAIT = 20_000


@pytest.fixture
def go() -> Iterator[threading.Event]:
    """What the jobs of a test wait for."""
    event = threading.Event()
    yield event
    event.set()


def waiting(
    go: threading.Event, result: str, ends: threading.Event | None = None, **how: object
) -> Job[str]:
    """It works until `go`; where it is cancelled, and asked to, it does not end before `ends`."""

    def work(job: Job[str]) -> str:
        job.advance(1, 9)
        while not go.wait(0.01):
            if job.cancelled():
                if ends is not None:
                    ends.wait(WAIT)
                raise StudioError("It was stopped; nothing was written.")
        return result

    return Job(Said("Writing the report"), work, **how)  # type: ignore[arg-type]  # of Job


def test_those_of_a_lane_come_one_after_the_other(studio: Studio, go, qtbot) -> None:
    jobs, came = studio.jobs, []
    first, second, aside = (waiting(go, name) for name in ("first", "second", "aside"))
    for job, lane in ((first, "report"), (second, "report"), (aside, "")):
        jobs.start(job, "dataset", lane=lane, done=came.append)
    qtbot.waitUntil(lambda: first.done == aside.done == 1, timeout=WAIT)
    assert second.done == 0
    go.set()
    qtbot.waitUntil(lambda: not jobs.of(), timeout=WAIT)
    assert sorted(came) == ["aside", "first", "second"]
    assert came.index("first") < came.index("second")


def test_answers_come_on_the_windows_thread(studio: Studio, go, qtbot) -> None:
    came: list[threading.Thread] = []
    go.set()
    studio.jobs.start(
        waiting(go, "x"), "dataset", done=lambda _: came.append(threading.current_thread())
    )
    qtbot.waitUntil(lambda: bool(came), timeout=WAIT)
    assert came == [threading.main_thread()]


def test_a_failure_that_nobody_takes_is_a_notice(studio: Studio, qtbot) -> None:
    def fail(_: Job[None]) -> None:
        raise StudioError("The disk is full: make room.", "errno 28")

    over: list[bool] = []
    studio.jobs.start(Job(Said("Work"), fail), "export", over=lambda: over.append(True))
    qtbot.waitUntil(lambda: bool(studio.notices.history), timeout=WAIT)
    notice = studio.notices.history[-1]
    assert (notice.kind, notice.sentence, notice.detail) == (
        "error", "The disk is full: make room.", "errno 28",
    )  # fmt: skip
    assert over == [True]


def test_letting_go_lets_one_finish_and_ends_the_others(studio: Studio, go, qtbot) -> None:
    jobs, came = studio.jobs, []
    dropped = waiting(go, "dropped")
    kept = waiting(go, "kept", ending=Ending.FINISH, waiting=Said("Almost…"))
    jobs.start(dropped, "evaluation", done=came.append)
    jobs.start(kept, "export", done=came.append)
    assert jobs.unfinished is kept
    jobs.let_go()
    qtbot.waitUntil(lambda: jobs.of() == [kept], timeout=WAIT)
    go.set()
    qtbot.waitUntil(lambda: jobs.unfinished is None, timeout=WAIT)
    assert came == ["kept"]
    assert not studio.notices.history


def test_a_place_that_ends_brings_its_jobs_to_their_ends(studio: Studio, go) -> None:
    jobs, came = studio.jobs, []
    for name, ending in (("a", Ending.FINISH), ("b", Ending.FINISH), ("c", Ending.DROP)):
        job = waiting(go, name, ending=ending)
        jobs.start(job, "export", lane="one", done=came.append)
    threading.Timer(0.1, go.set).start()
    jobs.end("export")
    assert came == ["a", "b"]
    assert not jobs.of()


@pytest.fixture
def page(studio: Studio, qtbot) -> QWidget:
    """A place with a button at its foot, and its strip."""
    made = QWidget()
    made.button = QPushButton("Below", made)  # type: ignore[attr-defined]
    column = QVBoxLayout(made)
    column.addStretch(1)
    column.addWidget(made.button)  # type: ignore[attr-defined]
    made.strip = JobStrip(studio.jobs, "dataset", made)  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    made.resize(800, 400)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_the_strip_shows_each_job_and_moves_nothing(studio: Studio, page, go, qtbot) -> None:
    strip, before = page.strip, page.button.geometry()
    assert strip.isHidden()
    ends = threading.Event()
    jobs = [waiting(go, name, ends, can_pause=True) for name in ("a", "b")]
    for job in jobs:
        studio.jobs.start(job, "dataset")
    studio.jobs.start(waiting(go, "c"), "export")
    qtbot.waitUntil(lambda: "1 / 9" in strip.rows[1].text.text(), timeout=WAIT)
    assert strip.rows[0].text.text() == "Writing the report · 1 / 9"
    assert page.button.geometry() == before
    assert strip.geometry().bottom() == page.rect().bottom()
    page.resize(900, 500)
    assert strip.geometry().bottom() == page.rect().bottom()
    assert strip.width() == 900
    first = strip.rows[0]
    first.pause.setFocus()
    qtbot.keyClick(first.pause, Qt.Key.Key_Space)
    assert jobs[0].is_paused
    assert first.pause.text() == "Resume"
    assert "paused" in first.text.text()
    qtbot.mouseClick(first.pause, Qt.MouseButton.LeftButton)
    assert not jobs[0].is_paused
    qtbot.mouseClick(first.cancel, Qt.MouseButton.LeftButton)
    assert not first.cancel.isEnabled()
    assert "stopping…" in first.text.text()
    ends.set()
    qtbot.waitUntil(lambda: strip.rows[1].isHidden(), timeout=WAIT)
    assert strip.rows[0].job is jobs[1]
    studio.set_language("zh_CN")
    strip.retranslate()
    assert "正在" in strip.rows[0].text.text()
    assert "取消" in strip.rows[0].cancel.accessibleName()
    i18n.set_language("en")
    go.set()
    qtbot.waitUntil(strip.isHidden, timeout=WAIT)
