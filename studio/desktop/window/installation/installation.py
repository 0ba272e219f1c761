"""What the window knows of this copy: extras are installed and the self-test is run as jobs."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.desktop.i18n import tr
from studio.engine import extras
from studio.engine.jobs import Job
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.desktop.notices.notices import Action
    from studio.desktop.window.installation.installation_window import InstallationWindow
    from studio.desktop.window.shell import Shell
    from studio.engine.self_test import Outcome

PLACE = "installation"
"""Of its jobs: not one of the six."""


class Installation(QObject):
    """Opens the window of extras, and does what is asked for there."""

    _tested = Signal(object)
    """One part of the self-test ended; from the job's thread."""

    def __init__(self, shell: Shell, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio, self._parent = shell.studio, parent
        self._installing: dict[str, Job[None]] = {}
        self._testing: Job[list[Outcome]] | None = None
        self._tested.connect(self._show_outcome)
        self._studio.notices.way_to_extra = self._way_to

    @cached_property
    def window(self) -> InstallationWindow:
        from studio.desktop.window.installation.installation_window import InstallationWindow

        window = InstallationWindow(self._parent)
        window.installWanted.connect(self.install)
        window.testWanted.connect(self.test)
        self._studio.jobs.changed.connect(self._refresh)
        return window

    def open(self, extra: str = "") -> None:
        self._look()
        self.window.open_at(extra)

    def _look(self) -> None:
        """At the disk, which :meth:`_refresh`, called many times a second, does not."""
        from studio.engine import extra_install

        self.window.look(extra_install.obstacle())
        self._refresh()

    def _way_to(self, extra: str) -> Action | None:
        """For a notice that asks for an extra: the button that leads to it."""
        known = any(each.name == extra for each in extras.EXTRAS)
        return (tr("Install…"), partial(self.open, extra)) if known else None

    @Slot(str)
    def install(self, name: str) -> None:
        from studio.engine import extra_install

        wanted = extras.extra(name)
        title = Said("Installing {extra_title}", extra_title=wanted.title)
        job = Job(title, partial(extra_install.install, wanted))
        self._installing[name] = job
        self._studio.jobs.start(
            job, PLACE, lane=PLACE,
            done=lambda _none: self._installed(wanted),
            over=partial(self._install_over, name),
        )  # fmt: skip
        self._refresh()

    def _install_over(self, name: str) -> None:
        del self._installing[name]
        self._look()

    def _installed(self, extra: extras.Extra) -> None:
        if extra.is_installed:  # and not cancelled
            self._studio.notices.info(tr("{title} is installed.", title=extra.title))

    @Slot()
    def test(self) -> None:
        """Run the self-test beside the work."""
        from studio.engine import self_test

        self.window.list.clear()
        job: Job[list[Outcome]] = Job(
            Said("Self-test"), lambda job: self_test.run(job, self._tested.emit)
        )
        self._testing = job
        self._studio.jobs.start(job, PLACE, done=self._test_done, over=self._test_over)
        self._refresh()

    @Slot(object)
    def _show_outcome(self, outcome: Outcome) -> None:
        self.window.list.add(outcome)

    def _test_over(self) -> None:
        self._testing = None

    def _test_done(self, outcomes: list[Outcome]) -> None:
        failed = [each for each in outcomes if each.ok is False]
        if failed:
            self._studio.notices.warn(
                tr("The self-test found that not all of it works."),
                self.window.list.as_text(), (tr("Details"), self.open),
            )  # fmt: skip
        elif len(outcomes) == len(self.window.list.marks):
            self._studio.notices.info(tr("The self-test passed: all of it works."))

    @Slot()
    def _refresh(self) -> None:
        self.window.show_state(self._installing, self._testing)
