"""The window: six places joined by their signals, and what lies over all of them."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QMenu, QStackedWidget, QWidget

from studio.desktop import theme
from studio.desktop.base.actions import GUIDE_PAGE
from studio.desktop.base.studio import Studio
from studio.desktop.base.tab_order import follow
from studio.desktop.i18n import tr
from studio.desktop.notices.notice_view import NoticeView
from studio.desktop.widgets.boxes import column
from studio.desktop.widgets.panel import PANEL_WIDTH
from studio.desktop.window import whereabouts
from studio.desktop.window.drop_overlay import DropOverlay
from studio.desktop.window.first_paint import FirstPaint
from studio.desktop.window.installation.installation import Installation
from studio.desktop.window.origin_checker import OriginChecker
from studio.desktop.window.problem_reporter import ProblemReporter
from studio.desktop.window.project_closer import Closing
from studio.desktop.window.project_opener import Opening
from studio.desktop.window.status_bar import StatusBar
from studio.desktop.window.top_bar import PLACES, TopBar, device_title
from studio.desktop.window.tour.tour import Tour
from studio.desktop.window.welcome import Welcome
from studio.desktop.window.window_actions import (
    add_window_actions,
    fill_menu,
    go_and_do,
    shortcut_sheet,
)

if TYPE_CHECKING:
    from studio.desktop.base.actions import Entry
    from studio.desktop.base.room import Room
    from studio.desktop.base.threads import WorkerThread
    from studio.desktop.guide.guide_window import GuideWindow
    from studio.desktop.window.command_palette import CommandPalette
    from studio.desktop.window.rooms import Rooms

_READ_AFTER_MS = 300


class MainWindow(QMainWindow):
    """Made at once and painted; the rooms, and what they need, come after the first paint.

    What its helpers may ask of it is described by :class:`shell.Shell`.
    """

    firstPainted = Signal()

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self.rooms: Rooms | None = None
        self._place = studio.undo.place = "dataset"
        self.closing = Closing(self, self)
        self.checker = OriginChecker(self, self)
        self.reporter = ProblemReporter(self, self)
        self.installation = Installation(self, self)
        self.opening = Opening(self, self.closing, self.make_rooms, self.checker, self)
        self.tour = Tour(self, self.make_rooms, self.opening.sample, self)
        self.menu = QMenu(self)
        self.top, self.status, self.welcome = TopBar(self.menu), StatusBar(), Welcome()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.welcome)
        self._lay_out()
        self.overlay = DropOverlay(self)
        self.notice_view = NoticeView(studio.notices, self)
        self.setAcceptDrops(True)
        self._connect()
        helpers = self.checker, self.reporter, self.installation, self.tour
        add_window_actions(self, self.opening, *helpers)
        self.retranslate()
        whereabouts.restore_size(self, studio)
        self._project_changed()
        FirstPaint(self, self._first_painted)

    def _first_painted(self) -> None:
        self.studio.actions.draw_icons()
        self.firstPainted.emit()
        QTimer.singleShot(_READ_AFTER_MS, self, self._read_rooms)

    def _read_rooms(self) -> None:
        if self.rooms is None:
            self.background.submit(read_rooms)

    def _lay_out(self) -> None:
        whole = QWidget()
        column(self.top, (self.pages, 1), self.status, on=whole)
        self.setCentralWidget(whole)

    def _connect(self) -> None:
        studio = self.studio
        self.top.placeChosen.connect(self.go)
        self.top.commandsWanted.connect(self.open_palette)
        self.status.languageChosen.connect(studio.set_language)
        self.status.themeToggled.connect(self.toggle_theme)
        self.status.noticesWanted.connect(self.toggle_notices)
        self.status.runClicked.connect(self._go_to_work)
        studio.jobs.changed.connect(self._show_jobs)
        self.welcome.sampleWanted.connect(self.opening.sample)
        self.opening.sampleMade.connect(self._offer_tour)
        self.welcome.folderWanted.connect(self.opening.ask_pictures)
        self.welcome.projectWanted.connect(self.opening.ask_project)
        self.welcome.recentWanted.connect(self.opening.open)
        studio.projectChanged.connect(self._project_changed)
        studio.themeChanged.connect(self.retranslate)

    # ------------------------------------------------------------------ places

    @property
    def place(self) -> str:
        return self._place

    def room(self, key: str) -> Room:
        """The room of a place; made on first use."""
        return self.make_rooms().room(key)

    def make_rooms(self) -> Rooms:
        if self.rooms is None:
            from studio.desktop.window.rooms import Rooms

            self.rooms = Rooms(self)
            for room in self.rooms.all():
                self.pages.addWidget(room)
            self.rooms.dataset.imported.connect(self.opening.pictures_came)
            self.rooms.dataset.importFailed.connect(self.opening.no_picture_came)
            self.rooms.training.foreign.arrived.connect(self.opening.pictures_came)
            self.rooms.training.foreign.refused.connect(self.opening.no_picture_came)
            fill_menu(self)
        return self.rooms

    def go(self, key: str) -> None:
        if self.studio.project is None:
            self.pages.setCurrentWidget(self.welcome)
            return
        self._place = self.studio.undo.place = key
        room = self.room(key)
        self.pages.setCurrentWidget(room)
        self.top.show_place(key)
        room.entered()
        room.focus_main_view()
        self.notice_view.stand_on(room, PANEL_WIDTH)

    def _project_changed(self) -> None:
        project = self.studio.project
        self.top.show_project(project.name if project else "")
        self.top.enable_places(project is not None)
        self.status.show_saving(None if project is None else not project.read_only_reason)
        if self.rooms is not None:
            self.rooms.project_closed()
        if project is None:
            self.welcome.show_recent(self.studio.settings.recent_projects)
            self.status.show_run("", -1.0, "")
            self.pages.setCurrentWidget(self.welcome)
            self.notice_view.stand_on(self.welcome, 0)
            return
        self.make_rooms().project_opened(project)
        self.go("dataset")
        QTimer.singleShot(0, self, self._show_device)

    @cached_property
    def background(self) -> WorkerThread:
        from studio.desktop.base.threads import WorkerThread

        thread = WorkerThread(parent=self)
        thread.failed.connect(self.studio.notices.error)
        return thread

    def _show_device(self) -> None:
        # In a thread: this is what first imports torch.
        self.background.submit(device_title, done=self.top.show_device)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab: as one reads, and not as widgets were made."""
        focused = QApplication.focusWidget()
        if focused is not None and follow(self, focused, ahead=next):
            return True
        return super().focusNextPrevChild(next)

    # ------------------------------------------------------------------ what lies over the places

    @cached_property
    def _palette(self) -> CommandPalette:
        from studio.desktop.window.command_palette import CommandPalette

        def act(entry: Entry) -> None:
            go_and_do(self, entry.room, entry.action)

        return CommandPalette(self.studio.actions, self.studio.jobs, self, act)

    def open_palette(self) -> None:
        self._palette.open_for(self._place if self.studio.project else "")

    def open_menu(self) -> None:
        self.top.mark.showMenu()

    @cached_property
    def guide(self) -> GuideWindow:
        from studio.desktop.guide.guide_window import GuideWindow

        return GuideWindow(self, partial(shortcut_sheet, self.studio.actions))

    def open_guide(self) -> None:
        front = QApplication.activeWindow()
        page = front.property(GUIDE_PAGE) if front is not None else None
        self.guide.open_at(page or (self._place if self.studio.project else "start"))

    def _offer_tour(self) -> None:
        """The first time that the sample is opened."""
        if self.tour.is_under_way:
            return
        words = tr("New here? A tour in five steps shows the way from pictures to a file.")
        self.studio.notices.info(words, action=(tr("Take the tour"), self.tour.begin))

    def show_shortcuts(self) -> None:
        self.guide.open_at("shortcuts")

    def toggle_notices(self) -> None:
        self.notice_view.toggle_history()

    def cover(self, words: str, more: str = "") -> None:
        self.setEnabled(False)
        self.overlay.cover(words, more)

    def uncover(self) -> None:
        self.setEnabled(True)
        self.overlay.hide()

    def _show_jobs(self) -> None:
        self.status.show_jobs(self.studio.jobs.of())

    def _go_to_work(self) -> None:
        jobs = self.studio.jobs
        first = next(iter(jobs.of()), None)
        place = "training" if self.status.training or first is None else jobs.place_of(first)
        self.go(place) if place in PLACES else self.installation.open()

    def show_run(self, name: str, part: float, words: str) -> None:
        self.status.show_run(name, part, words)

    def set_preparing(self, on: bool) -> None:
        self.welcome.set_busy(on)

    def toggle_theme(self) -> None:
        self.studio.set_theme("light" if theme.name() == "dark" else "dark")

    def toggle_full_screen(self) -> None:
        self.showNormal() if self.isFullScreen() else self.showFullScreen()

    def retranslate(self) -> None:
        """Set every visible text of the frame; rooms see to theirs."""
        for part in (self.top, self.status, self.welcome, self.notice_view):
            part.retranslate()
        self.setWindowTitle("Latent Studio")
        fill_menu(self)

    def changeEvent(self, event: QEvent) -> None:
        """Retranslate when the language changes, and tell the rooms, seen or not."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            if self.rooms is not None:
                self.rooms.retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.notice_view.place()
        if self.overlay.isVisible():
            self.overlay.setGeometry(self.rect())

    # ------------------------------------------------------------------ drops

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """What comes from elsewhere is welcome anywhere; our own drags are nothing to import.

        Even what cannot be used: a drop that is refused in silence teaches nobody what can.
        """
        if event.source() is None:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._say_what_a_drop_does(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """On the canvas a picture is looked for, anywhere else it is imported."""
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._say_what_a_drop_does(event)

    def _say_what_a_drop_does(self, event: QDropEvent) -> None:
        project = self.studio.project
        if self._is_on_canvas(event):
            self.overlay.cover(tr("Drop a picture here to find it in the model"))
        elif project is None:
            self.overlay.cover()
        else:
            self.overlay.offer(project.name, apart=self.overlay.is_apart(event.position().x()))

    def _is_on_canvas(self, event: QDropEvent) -> bool:
        place = self.mapToGlobal(event.position().toPoint())
        return self.rooms is not None and self.rooms.generation.canvas.takes_picture_at(place)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.overlay.hide()
        on_canvas = self._is_on_canvas(event)
        apart = not on_canvas and self.overlay.is_apart(event.position().x())
        self.opening.drop(event.mimeData(), on_canvas=on_canvas, apart=apart)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    # ------------------------------------------------------------------ the end

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save what runs, stop every thread, let go of the project."""
        from studio.desktop.base.threads import join_retired

        if not self.closing.may_close():
            event.ignore()
            return
        whereabouts.remember(self, self.studio, self.place)
        self.hide()  # threads that still come to their ends are nothing to look at
        for beside in self.findChildren(QDialog):
            beside.close()
        if self.rooms is not None:
            self.rooms.shutdown()
        self.opening.shutdown()
        self.checker.shutdown()
        self.reporter.shutdown()
        self.background.stop()
        self.studio.close_project()
        join_retired()
        super().closeEvent(event)


def read_rooms() -> None:
    """Import what the rooms are made of while the welcome is looked at: it takes most of a
    second, for which the window would stand still when the first project is opened."""
    import studio.desktop.window.rooms  # noqa: F401
