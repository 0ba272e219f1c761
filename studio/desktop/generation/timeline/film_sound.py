"""Joins the sound of a film to its timeline: choosing it, hearing it, and what it moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from models.facts import Ability
from studio.desktop import i18n
from studio.desktop.base.studio import Studio
from studio.desktop.generation.direction_line import DirectionLine
from studio.desktop.generation.recipe_editor import Editing
from studio.desktop.generation.session import Session
from studio.desktop.generation.timeline.line_editor import LineEditor
from studio.desktop.generation.timeline.strip import Strip
from studio.desktop.generation.worker import Model
from studio.desktop.i18n import tr
from studio.engine.errors import StudioError
from studio.engine.seeds import following

if TYPE_CHECKING:
    from studio.engine.generation.sound.drive import Drive
    from studio.engine.generation.sound.heard import Heard

USUAL = {"truncation": -0.5, "noise": 1.0, "seed": 0.5, "along": 2.0, "bend": 0.5}
"""Amounts that are seen at once and leave a picture."""


class FilmSound(QObject):
    """Hears the file that the timeline names, whenever it names another one."""

    heard = Signal()
    """What is drawn goes with the sound from now on."""

    def __init__(
        self, session: Session, editing: Editing, studio: Studio, strip: Strip,
        editor: LineEditor, room: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(room)
        self._session, self._editing, self._studio = session, editing, studio
        self._strip, self._panel, self._editor = strip, strip.sound_panel, editor
        self._room = room
        self._names: dict[str, str] = {}
        """Of the directions that were found, by identity."""
        self._asked, self._sentence = "", ""
        self._heard: Heard | None = None
        strip.sound.clicked.connect(self.ask_file)
        strip.soundDropped.connect(self.take)
        self._panel.driveWanted.connect(self.add_drive)
        self._panel.soundRemoved.connect(lambda: editor.set_sound(""))
        self._panel.rows.changed.connect(self._change)
        self._panel.rows.removed.connect(self._remove)
        self._panel.worded.connect(self._changed)
        editor.changed.connect(self._changed)
        session.opened.connect(self._opened)
        session.directionsFound.connect(self._found)

    def actions(self) -> Sequence[tuple[str, str, Callable[[], None], str, str]]:
        """(id, name, what it does, keys, icon)."""
        mute = self._panel.mute.toggle
        return (
            ("generation.sound", "Choose a sound for the film…", self.ask_file, "Shift+S", ""),
            ("generation.mute", "Mute the sound of the film", mute, "Shift+Q", ""),
            ("generation.drive", "Let the sound move the picture", self.add_drive, "Shift+U", ""),
        )

    @property
    def is_heard(self) -> bool:
        """Whether the timeline names a sound that could be read."""
        line, heard = self._editor.line, self._heard
        return line is not None and heard is not None and str(heard.path) == line.sound

    # ------------------------------------------------------------------ the file

    def ask_file(self) -> None:
        from studio.engine.generation.sound.recording import SUFFIXES

        line = self._editor.line
        if line is None:
            return
        start = str(Path(line.sound).parent) if line.sound else ""
        sounds = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
        filters = f"{tr('Sound')} ({sounds});;{tr('All files')} (*)"
        title = tr("Choose a sound for the film…")
        file, _ = QFileDialog.getOpenFileName(self._room, title, start, filters)
        if file:
            self.take(file)

    @Slot(str)
    def take(self, file: str) -> None:
        """Let a file be heard with the film, if it can be."""
        if self._editor.line is not None:
            self._strip.fold.setChecked(True)
            self._hear(file, lambda: self._editor.set_sound(file))

    def _hear(self, file: str, then: Callable[[], None]) -> None:
        self._asked, self._heard, self._sentence = file, None, tr("Listening…")

        def done(found: Heard) -> None:
            if file == self._asked:
                self._heard = found
                for note in found.notes:
                    self._studio.notices.info(i18n.said(note))
                then()
                self._changed()
                self.heard.emit()

        def failed(sentence: str, detail: str) -> None:
            self._studio.notices.error(sentence, detail)
            if file == self._asked:
                self._sentence = i18n.said(sentence)
                self._changed()

        self._session.films.listen(file, done, failed)

    @Slot()
    def _changed(self) -> None:
        line, panel = self._editor.line, self._panel
        panel.setVisible(line is not None and bool(line.sound))
        if line is None:
            self._asked = ""  # it may be gone, or another one, when a timeline is opened again
        if line is None or not line.sound:
            return
        if self._asked != line.sound:
            self._hear(line.sound, lambda: None)
        panel.show_heard(Path(line.sound).name, self._heard, self._sentence)
        panel.show_drives(line.drives, self.targets())

    # ------------------------------------------------------------------ what it moves

    @Slot(object, bool)
    def _opened(self, _model: Model, soft: bool) -> None:
        if not soft:
            self._names.clear()

    @Slot(list)
    def _found(self, lines: list[DirectionLine]) -> None:
        self._names.update((line.key, line.name()) for line in lines if line.key)
        self._changed()

    def targets(self) -> list[tuple[str, str]]:
        """What can be moved of this model and this film, by the word of files, with its name."""
        model, line = self._session.model, self._editor.line
        if model is None or line is None:
            return []
        seed = self._other_seed()
        words = [("truncation", tr("Truncation ψ"), Ability.TRUNCATION),
                 ("noise", tr("Noise strength"), Ability.NOISE),
                 (f"seed:{seed}", tr("Towards seed {n}", n=seed), Ability.BLEND)]  # fmt: skip
        made = [(word, name) for word, name, ability in words if ability in model.abilities]
        places = {move.control[1] for key in line.keys for move in key.recipe.moves
                  if move.name == "bend"}  # fmt: skip
        bends = [(f"bend:{n}", tr("Bend {n}", n=int(n) + 1)) for n in sorted(places, key=str)]
        ways = [(f"along:{key}", name) for key, name in self._names.items()]
        return [*made, *bends, *ways]

    def _other_seed(self) -> int:
        """That of the blend on the canvas, or the one after its own."""
        recipe = self._editing.recipe()
        return recipe.blend.seed if recipe.blend is not None else following(recipe.seed or 0)

    def add_drive(self) -> None:
        """One more, of what is not moved yet."""
        from studio.engine.generation.sound.drive import MOST_DRIVES, Drive

        line, targets = self._editor.line, self.targets()
        if line is None or not line.sound:
            self.ask_file()
        elif targets and len(line.drives) < MOST_DRIVES:
            moved = {drive.to for drive in line.drives}
            to = next((word for word, _ in targets if word not in moved), targets[0][0])
            drive = Drive(to=to, amount=USUAL[to.partition(":")[0]])
            self._editor.set_drives(tr("Let the sound move the picture"), (*line.drives, drive))

    @Slot(int, str, object)
    def _change(self, place: int, name: str, value: object) -> None:
        from studio.engine.generation.sound.heard import check

        line = self._editor.line
        if line is None:
            return
        before: Drive = line.drives[place]
        if name == "by":
            try:
                check(str(value))
            except StudioError as error:
                self._studio.notices.error(error.said, error.detail)
                self._changed()
                return
        values: dict[str, object] = {name: value}
        if name == "to" and value != before.to:
            values["amount"] = USUAL[str(value).partition(":")[0]]
        drives = list(line.drives)
        drives[place] = before.model_copy(update=values)
        self._editor.set_drives(tr("What the sound moves"), drives, f"{place} {name}")

    @Slot(int)
    def _remove(self, place: int) -> None:
        line = self._editor.line
        if line is not None:
            rest = (*line.drives[:place], *line.drives[place + 1 :])
            self._editor.set_drives(tr("The sound moves that no more"), rest)
