"""Values of parameters that were set by hand, of a run to be or of one that trains: each is a step
that can be taken back.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Slot

from models.parameters import Param, Value
from studio.desktop.base.undo_step import UndoStack, UndoStep
from studio.desktop.i18n import tr
from studio.desktop.notices.notices import Notices
from studio.desktop.training.new_run.form import NewRunForm
from studio.desktop.training.new_run.parameter_fields import SetByHand
from studio.desktop.training.run.end_field import END, clock_of
from studio.desktop.training.run.run_panel import RunPanel
from studio.desktop.training.session.queries import Opened
from studio.desktop.training.session.session import Session


class HandValues(QObject):
    """Joins form and panel with the undo stack."""

    def __init__(
        self, session: Session, form: NewRunForm, panel: RunPanel, undo: UndoStack,
        notices: Notices, parent: QObject | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._session, self._form, self._panel = session, form, panel
        self._undo, self._notices = undo, notices
        self._live: dict[str, dict[str, Value]] = {}
        """Of each run of this project, what was set while it trained."""
        form.forms.setByHand.connect(self._set)
        panel.liveChanged.connect(self._live_changed)
        session.opened.connect(self._opened)

    def forget(self) -> None:
        """Another project has other runs."""
        self._live.clear()

    # ------------------------------------------------------------------ of a run to be

    @Slot(object)
    def _set(self, made: SetByHand) -> None:
        self._undo.push(
            UndoStep(
                _named(made.declared, made.after),
                partial(self._put, made, again=True), partial(self._put, made, again=False),
                key=("parameter", made.family, made.declared.name), is_done=True,
            )
        )  # fmt: skip

    def _put(self, made: SetByHand, *, again: bool) -> None:
        if self._form.forms.family != made.family:
            self._form.family.choose(made.family)
        if again:
            self._form.forms.put(made.declared.name, made.after)
        else:
            self._form.forms.put_back(made)

    # ------------------------------------------------------------------ of a run that trains

    @Slot(object)
    def _opened(self, opened: Opened) -> None:
        """The panel shows what the recipe says, which is what it began with."""
        self._panel.put_live(self._live.get(opened.run.name, {}))

    @Slot(str, object)
    def _live_changed(self, key: str, value: Value) -> None:
        live = self._session.live
        if live is None or live.recipe is None or self._session.viewed is not live:
            return
        held = self._live.setdefault(live.run.name, {})
        by_clock = key == END.name
        began = clock_of(live.recipe) if by_clock else live.recipe.config[key]
        before = held.get(key, began)
        held[key] = value
        declared = END if by_clock else live.params[key]
        tell = partial(self._tell, live.run.name, declared)
        self._session.set_live(key, value)
        self._undo.push(
            UndoStep(
                _named(declared, value), partial(tell, value), partial(tell, before),
                key=("live", live.run.name, key), is_done=True,
            )
        )  # fmt: skip

    def _tell(self, run: str, declared: Param, value: Value) -> None:
        live = self._session.live
        if live is None or live.run.name != run:
            said = tr("{name} stays as it is: the run does not train any more.",
                      name=tr(declared.label))  # fmt: skip
            self._notices.warn(said)
            return
        self._live.setdefault(run, {})[declared.name] = value
        self._session.set_live(declared.name, value)
        if self._session.viewed is live:
            self._panel.put_live({declared.name: value})


def _named(declared: Param, value: Value) -> str:
    """A step as the menu calls it: `Learning rate: 0.002`."""
    name = tr(declared.label)
    if isinstance(value, bool):
        return tr("{name}: on", name=name) if value else tr("{name}: off", name=name)
    shown = f"{value:.6g}" if isinstance(value, float) else str(value)
    return tr("{name}: {value}", name=name, value=tr(declared.names.get(shown, shown)))
