"""Joins the timeline to the recipe on the canvas, the model, and the files that are rendered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from studio.desktop import i18n
from studio.desktop.base.studio import Studio, pictures_folder
from studio.desktop.generation.recipe_editor import Editing
from studio.desktop.generation.session import Session
from studio.desktop.generation.timeline.film_sound import FilmSound
from studio.desktop.generation.timeline.line_editor import LineEditor
from studio.desktop.generation.timeline.playing import Playing
from studio.desktop.generation.timeline.strip import Strip
from studio.desktop.generation.worker import Model
from studio.desktop.i18n import tr
from studio.engine.said import sentences

if TYPE_CHECKING:
    from studio.engine.generation.film.camera import Camera
    from studio.engine.generation.film.render import Film
    from studio.engine.generation.film.timeline import Key, Timeline
    from studio.engine.generation.latent_recipe import LatentRecipe

HOLDS = (0.0, 0.25, 0.5, 1.0, 2.0)


class Timing(QObject):
    """The timeline of the open run: scrubbing, playing, rendering."""

    def __init__(self, session: Session, editing: Editing, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._editing, self._studio, self._room = session, editing, studio, parent
        self.strip, self.editor = Strip(), LineEditor(studio.undo, self)
        self.sounding = FilmSound(session, editing, studio, self.strip, self.editor, parent)
        self.time = 0.0
        self._folders: dict[str, Path] = {}
        """Of runs that were open."""
        self._is_seen = False
        """Whether the canvas shows a moment of the film."""
        self.playing = Playing(self)
        self._connect()
        self._changed()

    def _connect(self) -> None:
        strip, editor, track = self.strip, self.editor, self.strip.track
        self._session.opened.connect(self._opened)
        self._editing.changed.connect(self._edited)
        editor.changed.connect(self._changed)
        editor.kept.connect(self._keep)
        strip.add.clicked.connect(self.add_key)
        strip.play.clicked.connect(self.play)
        strip.export.clicked.connect(self.ask_file)
        strip.even.clicked.connect(self.even_out)
        strip.sound_panel.wave.scrubbed.connect(self.scrub)
        strip.sound_panel.mute.toggled.connect(self._mute)
        strip.sound_panel.mute.setChecked(self._studio.settings.films_muted)
        self.playing.moved.connect(self._show)
        self.playing.changed.connect(strip.show_playing)
        self.playing.silent.connect(self._studio.notices.info)
        self.sounding.heard.connect(self._changed)
        strip.secondsChosen.connect(editor.set_seconds)
        strip.rateChosen.connect(editor.set_rate)
        strip.loopChosen.connect(editor.set_loop)
        strip.unfolded.connect(lambda _: self.stop())
        strip.camera_row.changed.connect(self._move_camera)
        strip.aimed.connect(self._aim)
        self._session.films.panned.connect(self._pan)
        self._session.films.panEnded.connect(editor.end_gesture)
        track.scrubbed.connect(self.scrub)
        track.dragged.connect(self._drag)
        track.dropped.connect(editor.end_gesture)
        track.deleted.connect(editor.delete)
        track.menuWanted.connect(self._menu)

    def actions(self) -> Sequence[tuple[str, str, Callable[[], None], str, str]]:
        """(id, name, what it does, keys, icon)."""
        return (
            (
                "generation.timeline",
                "Show or hide the timeline",
                self.strip.fold.click,
                "Shift+T",
                "",
            ),
            *self.sounding.actions(),
            ("generation.even", "Even speed of the film", self.even_out, "Shift+E", ""),
            ("generation.moment", "Go on from the playhead", self.branch, "Shift+G", ""),
            ("generation.camera", "Camera of the film", self.show_camera, "Shift+K", ""),
            ("generation.key", "Add a key to the timeline", self.add_key, "K", "plus"),
            ("generation.play", "Play or stop the film", self.play, "Ctrl+Space", "play"),
            ("generation.film", "Render film…", self.ask_file, "Ctrl+Shift+F", "export"),
        )

    @property
    def _line(self) -> Timeline | None:
        return self.editor.line

    # ------------------------------------------------------------------ the model

    @Slot(object, bool)
    def _opened(self, model: Model, soft: bool) -> None:
        if not soft:
            self.close()
            self._folders[model.run] = model.folder
            open_it = partial(self.editor.open, model.run)
            self._session.films.ask_line(model.folder, open_it, partial(self._unread, open_it))

    def _unread(self, open_it: Callable[[Timeline], None], sentence: str, detail: str) -> None:
        """A damaged file is said, and not written over before the artist changes something."""
        from studio.engine.generation.film.timeline import Timeline

        self._studio.notices.error(sentence, detail)
        open_it(Timeline())

    @Slot(str, object)
    def _keep(self, run: str, line: Timeline) -> None:
        project = self._session.project
        if project is not None and not project.read_only_reason:
            self._session.films.keep_line(self._folders[run], line)

    def close(self) -> None:
        self.stop()
        self._show_hand()
        self._put_head(0.0)
        self.editor.close()

    @Slot()
    def _changed(self) -> None:
        line = self._line
        self.strip.show_line(line)
        if line is not None:
            self._put_head(min(self.time, line.seconds))
            if self._is_seen and not self.playing.is_on:
                self._show(self.time)
        if self.playing.is_on:
            if line is None or not line.keys:
                self.stop()
            else:
                self.playing.follow(line, self.time, heard=self.sounding.is_heard)

    @Slot()
    def _edited(self) -> None:
        self.stop()
        self._show_hand()

    def _show_hand(self) -> None:
        """The canvas shows what the hand makes, and no moment of the film."""
        self._is_seen, self._session.films.moment = False, None

    # ------------------------------------------------------------------ keys

    def _ask_seen(self, done: Callable[[LatentRecipe], None]) -> None:
        """Ask for the recipe of what the canvas shows: of the film, or of the hand."""
        if self._line is not None and self._is_seen:
            self._session.films.ask_recipe(self._line, self.time, done)
        else:
            done(self._editing.recipe().unrecorded())

    def add_key(self) -> None:
        """What the canvas shows, at the playhead."""
        if self._line is not None:
            self.strip.fold.setChecked(True)
            self.stop()
            self._ask_seen(partial(self._add, self.time))

    def _add(self, time: float, recipe: LatentRecipe) -> None:
        self.editor.add(time, recipe)
        if self._line is not None:
            times = [key.time for key in self._line.keys]
            self.strip.track.choose(times.index(time))

    def _replace(self, place: int, recipe: LatentRecipe) -> None:
        self.editor.change(place, tr("Key replaced"), recipe=recipe)

    @Slot(int, float)
    def _drag(self, place: int, time: float) -> None:
        self.strip.track.choose(self.editor.move(place, time))
        self.scrub(time)

    @Slot(int, QPoint)
    def _menu(self, place: int, at: QPoint) -> None:
        if self._line is None:
            return
        menu = self.menu(place)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def menu(self, place: int) -> QMenu:
        """What can be done with a key, or with -1 at the playhead."""
        from studio.engine.generation.film.easing import EASINGS, TITLES

        menu = QMenu(self.strip)
        if place < 0 or self._line is None:
            menu.addAction(tr("Add key"), self.add_key)
        else:
            key = self._line.keys[place]
            easing, hold = menu.addMenu(tr("Easing")), menu.addMenu(tr("Hold"))
            for name in EASINGS:
                text = tr("Easing: {name}", name=tr(TITLES[name]))
                change = partial(self.editor.change, place, text, easing=name)
                self._choice(easing, tr(TITLES[name]), name == key.easing, change)
            for seconds in HOLDS:
                text = tr("Hold {n} s", n=f"{seconds:g}")
                change = partial(self.editor.change, place, text, hold=seconds)
                self._choice(hold, f"{seconds:g} s", seconds == key.hold, change)
            put = partial(self._ask_seen, partial(self._replace, place))
            menu.addAction(tr("Replace by the picture of the canvas"), put)
        if self._line is not None and self._line.keys:
            menu.addAction(tr("Go on from here"), self.branch)
        if place >= 0:
            menu.addSeparator()
            menu.addAction(tr("Delete key"), partial(self.editor.delete, place))
        return menu

    def _choice(self, menu: QMenu, text: str, on: bool, do: Callable[[], None]) -> None:
        action = menu.addAction(text, do)
        action.setCheckable(True)
        action.setChecked(on)

    def show_camera(self) -> None:
        """Show or hide the numbers of the camera; without a chosen key those of the key that is
        seen, or of the last one before."""
        line, track = self._line, self.strip.track
        self.strip.camera.toggle()
        if self.strip.camera.isChecked():
            self.strip.fold.setChecked(True)
            if line is not None and track.chosen < 0:
                before = [place for place, key in enumerate(line.keys) if key.time <= self.time]
                track.choose(before[-1] if before else -1)

    @Slot(str, float)
    def _move_camera(self, name: str, value: float) -> None:
        """Of the chosen key, which is shown."""
        if (key := self.strip.chosen_key) is not None:
            self._place_camera(key, key.camera.model_copy(update={name: value}))

    @Slot(bool)
    def _aim(self, on: bool) -> None:
        """Whether the picture can be pulled; the key whose camera is placed is shown then."""
        self._session.films.aims = on
        if on and not self._is_seen and (key := self.strip.chosen_key) is not None:
            self.scrub(key.time)

    @Slot(float, float)
    def _pan(self, dx: float, dy: float) -> None:
        key, model = self.strip.chosen_key, self._session.model
        if key is not None and model is not None:
            self._place_camera(key, key.camera.panned(dx, dy, model.width, model.height))

    def _place_camera(self, key: Key, camera: Camera) -> None:
        place = self.strip.track.chosen
        self.editor.change(place, tr("Camera"), f"camera {place}", camera=camera)
        self.scrub(key.time)

    def even_out(self) -> None:
        """Put the keys where the pictures have gone equally far."""
        line, player = self._line, self._session.player()
        if line is not None and player is not None:
            done = partial(self.editor.set_evened, line)
            self._session.films.even_out(player, line, done)

    def branch(self) -> None:
        """Take the moment at the playhead to the canvas, to be changed there."""
        if self._line is not None and self._line.keys:
            self._session.films.ask_recipe(self._line, self.time, self._editing.branch)

    # ------------------------------------------------------------------ time

    @Slot(float)
    def scrub(self, time: float) -> None:
        """Show a moment; of many only the newest is drawn."""
        self.stop()
        self._show(time)

    @Slot(float)
    def _show(self, time: float) -> None:
        self._put_head(time)
        if self._line is not None and self._line.keys:
            self._is_seen = True
            self._session.films.show_moment(self._line, time)

    def _put_head(self, time: float) -> None:
        self.time = time
        self.strip.show_time(time)

    def _mute(self, on: bool) -> None:
        self.playing.mute(on)
        if on != self._studio.settings.films_muted:
            self._studio.settings.films_muted = on
            self._studio.save_settings()

    def play(self) -> None:
        """Play from the playhead, or stop."""
        if self.playing.is_on:
            self.stop()
        elif self._line is not None and self._line.keys:
            self.strip.fold.setChecked(True)
            start = 0.0 if self.time >= self._line.seconds - 1e-6 else self.time
            self.playing.start(self._line, start, heard=self.sounding.is_heard)

    @Slot()
    def stop(self) -> None:
        self.playing.stop()

    # ------------------------------------------------------------------ files

    def ask_file(self) -> None:
        from studio.engine.generation.film.formats.base import formats

        line, model = self._line, self._session.model
        if line is None or model is None:
            return
        if not line.keys:
            self._studio.notices.info(tr("A film needs at least one key: add one at the playhead."))
            return
        kinds = sorted(formats().values(), key=lambda each: each.name != "mp4")
        filters = {f"{tr(each.title)} (*{each.suffix})": each.suffix for each in kinds}
        start = str(pictures_folder().parent / f"{model.run}.mp4")
        file, chosen = QFileDialog.getSaveFileName(
            self._room, tr("Render film…"), start, ";;".join(filters),
            options=QFileDialog.Option.DontConfirmOverwrite,
        )  # fmt: skip
        if file:
            path = Path(file)
            known = path.suffix.lower() in filters.values()
            self.render(path if known else path.with_name(path.name + filters[chosen]))

    def render(self, target: Path) -> None:
        """Write the film, beside the window."""
        self.stop()
        player, model = self._session.player(), self._session.model
        if self._line is not None and player is not None and model is not None:
            enlarge, learnt = self.strip.enlarge
            self._session.films.render(
                player, model.run, self._line, target, enlarge,
                self._session.project if learnt else None, self._rendered,
            )  # fmt: skip

    def _rendered(self, film: Film) -> None:
        def open_it() -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(film.file)))

        text = tr("{file} has {n} frames.", file=film.file.name, n=film.frames)
        said = [text, *(i18n.said(note) for note in film.notes)]
        self._studio.notices.info(sentences(said), str(film.file), (tr("Open"), open_it))
