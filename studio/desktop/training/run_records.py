"""What the run in view has told of itself, as files: its curves, and its samples as a film."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from studio.desktop import i18n
from studio.desktop.base.studio import Studio, pictures_folder
from studio.desktop.i18n import tr
from studio.desktop.run_names import run_name
from studio.desktop.training.centre import Centre
from studio.desktop.training.session.session import PLACE, Session
from studio.engine.jobs import Ending, Job
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.generation.film.render import Film
    from studio.engine.training.planning.runs import Run


class Records(QObject):
    """Asks for a place, and writes beside the window."""

    def __init__(self, session: Session, centre: Centre, studio: Studio, room: QWidget) -> None:
        super().__init__(room)
        self._session, self._centre, self._studio, self._room = session, centre, studio, room
        for view in (centre.curves, centre.samples.view):
            view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            view.customContextMenuRequested.connect(self._open_menu)

    def register(self, room: str) -> None:
        for id, text, do, keys, icon in (
            ("training.curves", "Save the curves…", self.ask_curves, "Ctrl+Shift+S", "download"),
            ("training.film", "Film of the samples…", self.ask_film, "Ctrl+Shift+F", "export"),
        ):
            self._studio.actions.add(id, text, do, keys, room=room, icon=icon)

    def _open_menu(self, at: QPoint) -> None:
        view = self.sender()
        if isinstance(view, QWidget) and self._run is not None:
            menu = self.menu()
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(view.mapToGlobal(at))

    def menu(self) -> QMenu:
        menu = QMenu(self._centre)
        menu.addAction(tr("Save the curves…"), self.ask_curves)
        menu.addAction(tr("Film of the samples…"), self.ask_film)
        return menu

    @property
    def _run(self) -> Run | None:
        viewed = self._session.viewed
        return viewed.run if viewed is not None else None

    # ------------------------------------------------------------------ curves

    def ask_curves(self) -> None:
        """As PNG, SVG or CSV, as they are shown."""
        kinds = {
            f"{tr('Picture')} (*.png)": ".png", f"{tr('Drawing')} (*.svg)": ".svg",
            f"{tr('Table')} (*.csv)": ".csv",
        }  # fmt: skip
        if (run := self._run) is not None:
            self._ask(tr("Save the curves…"), f"{run.name}.png", kinds, self.save_curves)

    def save_curves(self, target: Path) -> None:
        if (run := self._run) is None:
            return
        folder, name = run.folder, run.name
        title = run_name(run.name, run.family, run.title)
        curves = self._centre.curves
        shown, window, log = curves.shown(), curves.averaged, curves.log

        def work(_: Job[None]) -> None:
            from studio.engine.training.record import curves as recorded
            from studio.engine.training.record.curve_chart import Chart, write_chart

            found, known = recorded.read_curves(folder), recorded.known_curves(folder)
            terms = {name: recorded.term(name, known) for name in found}
            names = [name for name in shown if name in found]
            write_chart(Chart(title, found, terms, names, window, log, name), target)

        job = Job(Said("Saving {file}", file=target.name), work)
        saved = tr("{file} is saved.", file=target.name)
        self._session.jobs.start(
            job, PLACE, lane="records", done=lambda _: self._tell(saved, target)
        )

    # ------------------------------------------------------------------ samples

    def ask_film(self) -> None:
        """In any format of films."""
        from studio.engine.generation.film.formats.base import formats

        kinds = sorted(formats().values(), key=lambda each: each.name != "mp4")
        filters = {f"{tr(each.title)} (*{each.suffix})": each.suffix for each in kinds}
        if (run := self._run) is not None:
            self._ask(tr("Film of the samples…"), f"{run.name}.mp4", filters, self.save_film)

    def save_film(self, target: Path) -> None:
        if (run := self._run) is None:
            return
        folder, name = run.folder, run.name

        def work(job: Job[Film]) -> Film:
            from studio.engine.export.film_proof import FilmProof, samples_origin
            from studio.engine.export.finish import Finishing
            from studio.engine.generation.film.timelapse import timelapse

            proof = FilmProof(Finishing.kept(), samples_origin(target.stem, name), target)
            made = timelapse(folder, target, told=job.advance, cancelled=job.cancelled,
                             changed=proof.marked)  # fmt: skip
            signed = proof.signed(made.file)
            return replace(made, notes=(*made.notes, *signed.remarks))

        def done(film: Film) -> None:
            text = tr("{file} has {n} frames.", file=film.file.name, n=film.frames)
            notes = (i18n.said(note) for note in film.notes)
            self._tell(" ".join([text, *notes]), film.file)

        title = Said("Rendering {file}", file=target.name)
        job = Job(title, work, ending=Ending.STOP, can_pause=True)
        self._session.jobs.start(job, PLACE, lane="records", done=done)

    # ------------------------------------------------------------------ both

    def _ask(
        self, title: str, name: str, kinds: dict[str, str], then: Callable[[Path], None]
    ) -> None:  # fmt: skip
        file, chosen = QFileDialog.getSaveFileName(
            self._room, title, str(pictures_folder().parent / name), ";;".join(kinds),
            options=QFileDialog.Option.DontConfirmOverwrite,
        )  # fmt: skip
        if file:
            path = Path(file)
            known = path.suffix.lower() in kinds.values()
            then(path if known else path.with_name(path.name + kinds[chosen]))

    def _tell(self, text: str, file: Path) -> None:
        def open_it() -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))

        self._studio.notices.info(text, str(file), (tr("Open"), open_it))
