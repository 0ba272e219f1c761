"""The page of OSC: the port, every address, and how the chosen one is played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QCheckBox, QLineEdit, QSpinBox, QStackedWidget, QWidget

from studio.desktop import i18n
from studio.desktop.base.amounts import count
from studio.desktop.generation.live.address_table import SOURCE, AddressModel, AddressTable
from studio.desktop.generation.live.live import Live
from studio.desktop.generation.recipe_editor import Editing
from studio.desktop.i18n import tr
from studio.desktop.notices.notices import Notices
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.param_form import ParamForm

if TYPE_CHECKING:
    from studio.engine.live.controls import Control
    from studio.engine.live.mapping import Rule

FORM_WIDTH = 248


class ControlPage(QWidget):
    """Says what the hand did to the editor of the setup; shows what that has."""

    def __init__(self, live: Live, editing: Editing, notices: Notices) -> None:
        super().__init__()
        self._live, self._notices = live, notices
        self.on, self.others, self.feedback = QCheckBox(), QCheckBox(), QCheckBox()
        self.port, self.feedback_port = QSpinBox(), QSpinBox()
        self.host = QLineEdit()
        self.state = text_label(quiet=True)
        self.model = AddressModel(editing.recipe)
        self.table = AddressTable(self.model)
        self.side = QStackedWidget()
        self.form: ParamForm | None = None
        self.name = text_label(tone="accent")
        self.snippet = text_label(quiet=True, copied=True)
        self.learn, self.forget = secondary(), secondary()
        self.copy, self.copy_snippet = secondary(), secondary()
        self.learn.setCheckable(True)
        self._address = ""
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        for box in (self.port, self.feedback_port):
            box.setRange(1, 65535)
            box.setFixedWidth(72)
            box.setKeyboardTracking(False)
        self.host.setFixedWidth(120)
        self.state.setMinimumHeight(2 * self.state.fontMetrics().height())
        first = row(self.on, self.port, self.others, None, self.feedback, self.host,
                    self.feedback_port, gap=8)  # fmt: skip
        self.side.setFixedWidth(FORM_WIDTH)
        buttons = row((self.learn, 1), (self.forget, 1), gap=8)
        copies = row((self.copy, 1), (self.copy_snippet, 1), gap=8)
        panel = column(self.name, self.side, buttons, 8, self.snippet, copies, None, gap=8)
        right = QWidget()
        right.setFixedWidth(FORM_WIDTH)
        right.setLayout(panel)
        middle = row((self.table, 1), right, gap=16)
        column(first, self.state, (middle, 1), on=self, gap=8, margins=(16, 12, 16, 16))

    def _connect(self) -> None:
        live, editor = self._live, self._live.editor
        self.on.clicked.connect(lambda on: live.switch(on=on))
        self.others.clicked.connect(
            lambda on: editor.change(tr("Other machines may play"), others=on)
        )
        self.port.valueChanged.connect(
            lambda port: editor.change(tr("Port {n}", n=port), "port", port=port)
        )
        self.feedback.clicked.connect(lambda on: editor.change(tr("Feedback"), feedback=on))
        self.feedback_port.valueChanged.connect(
            lambda port: editor.change(tr("Feedback"), "feedback", feedback_port=port)
        )
        self.host.editingFinished.connect(self._host_typed)
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        self.table.doubleClicked.connect(lambda _: self.copy_address())
        self.learn.clicked.connect(self._learn)
        self.forget.clicked.connect(self._forget)
        self.copy.clicked.connect(self.copy_address)
        self.copy_snippet.clicked.connect(self._copy_snippet)
        live.learnt.connect(self.choose)

    # ------------------------------------------------------------------ what is shown

    def refresh(self) -> None:
        """Show what is set, and what can be played."""
        live, setup, desk = self._live, self._live.editor.setup, self._live.desk
        self.setEnabled(setup is not None)
        if setup is None or desk is None:
            self.model.show_controls([], None, "")
            self._show_rule()
            return
        boxes = self.port, self.feedback_port
        for box, value in zip(boxes, (setup.port, setup.feedback_port), strict=True):
            box.blockSignals(True)
            box.setValue(value)
            box.blockSignals(False)
        self.host.setText(setup.feedback_host)
        self.on.setChecked(live.is_on)
        self.others.setChecked(setup.others)
        self.feedback.setChecked(setup.feedback)
        before, top = self._address, self.table.verticalScrollBar().value()
        self.model.show_controls(list(desk.controls.values()), setup, live.waits_for)
        addresses = [each.address for each in self.model.controls]
        if addresses:
            self.table.selectRow(addresses.index(before) if before in addresses else 0)
            self.table.verticalScrollBar().setValue(top)
        self.learn.setChecked(live.learning or bool(live.waits_for))
        self._show_rule()
        self.look()

    def look(self) -> None:
        """What changes by itself."""
        self.model.look()
        desk = self._live.desk
        if desk is None:
            self.state.setText("")
            return
        tally = desk.inbox.tally
        if not self._live.is_on:
            said = tr("Nothing listens. Switch OSC on, then send to an address below.")
        else:
            said = tr("Listening on port {port} · {n} messages", port=self._live.engine.port,
                      n=count(tally.messages))  # fmt: skip
        if tally.left_out:
            left = tr("{n} left out: {reason}", n=count(tally.left_out), reason=tally.last)
            said = f"{said} · {left}"
        self.state.setText(said)

    @Slot(str)
    def choose(self, address: str) -> None:
        """Go to the row of an address."""
        addresses = [each.address for each in self.model.controls]
        if address in addresses:
            self.table.selectRow(addresses.index(address))

    @property
    def control(self) -> Control | None:
        """That of the chosen row."""
        place = self.table.chosen()
        return self.model.controls[place] if 0 <= place < len(self.model.controls) else None

    @Slot()
    def _chosen(self) -> None:
        if self.control is not None:
            self._address = self.control.address
            self._show_rule()

    def _rule(self) -> Rule | None:
        setup, control = self._live.editor.setup, self.control
        return setup.rule_for(control.address) if setup is not None and control else None

    def _show_rule(self) -> None:
        from studio.engine.live.mapping import fields_of

        control, rule = self.control, self._rule()
        for part in (self.learn, self.forget, self.copy, self.copy_snippet):
            part.setEnabled(control is not None)
        self.forget.setEnabled(rule is not None)
        if self.form is not None:
            self.side.removeWidget(self.form)
            self.form.deleteLater()
            self.form = None
        self.name.setText(i18n.said(control.title) if control else "")
        self.snippet.setText(self._snippet())
        if control is None:
            return
        self.form = ParamForm(fields_of(control))
        if rule is not None:
            low, high = rule.low, rule.high
            ends = {"low": control.low if low is None else low,
                    "high": control.high if high is None else high}  # fmt: skip
            self.form.set_values({**rule.model_dump(include={"curve", "smooth", "invert"}), **ends})
        self.form.valueChanged.connect(self._set)
        self.side.addWidget(self.form)
        self.side.setFixedHeight(self.form.sizeHint().height())

    def _snippet(self) -> str:
        control, setup = self.control, self._live.editor.setup
        if control is None or setup is None:
            return ""
        kind, value = ("i", "7") if control.whole else ("f", "0.5")
        return f"oscsend 127.0.0.1 {setup.port} {control.address} {kind} {value}"

    # ------------------------------------------------------------------ what the hand does

    def _set(self, name: str, value: object) -> None:
        from studio.engine.live.mapping import Rule

        control = self.control
        if control is None or self.form is None:
            return
        rule = self._rule() or Rule(source=control.address, target=control.address)
        try:
            made = Rule.model_validate({**rule.__dict__, name: value})
        except ValueError:
            self._notices.warn(tr("The smallest value lies above the largest: swap them."))
            self._show_rule()
            return
        text = tr("How {address} is played", address=control.address)
        self._live.editor.set_rule(text, made, f"{control.address} {name}")

    def _learn(self, on: bool) -> None:
        control = self.control
        self._live.set_learning(on=on, address=control.address if control and on else "")

    def _forget(self) -> None:
        if self.control is not None:
            text = tr("{address} is played by its own address", address=self.control.address)
            self._live.editor.drop_rule(text, self.control.address)

    def copy_address(self) -> None:
        if self.control is not None:
            QGuiApplication.clipboard().setText(self.control.address)
            self._notices.info(tr("Copied {address}", address=self.control.address))

    def _copy_snippet(self) -> None:
        QGuiApplication.clipboard().setText(self._snippet())
        self._notices.info(tr("Copied {address}", address=self._snippet()))

    def _host_typed(self) -> None:
        try:
            self._live.editor.change(tr("Feedback"), feedback_host=self.host.text().strip())
        except ValueError:
            self._notices.warn(
                tr("{host} is no address of a machine: write 192.168.1.7 or a name.",
                   host=self.host.text())
            )  # fmt: skip
            self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self.table.hasFocus():
            self.copy_address()
        else:
            super().keyPressEvent(event)

    def restyle(self) -> None:
        self.table.viewport().update()

    def retranslate(self) -> None:
        set_words(
            (self.on, tr("Listen to OSC"),
             tr("Let other programs and controllers play the canvas (Ctrl+Shift+L)")),
            (self.port, tr("Port"), tr("Where this program listens (UDP port)")),
            (self.others, tr("Other machines, too"),
             tr("Without it only programs on this machine are heard (127.0.0.1)")),
            (self.feedback, tr("Feedback to"),
             tr("Send where every control stands, so that faders follow the hand")),
            (self.host, tr("Feedback to"), tr("The machine with the controller (host)")),
            (self.feedback_port, tr("Port"), tr("Where the controller listens (UDP port)")),
            (self.table, tr("Addresses"), tr("Every control with its address; Ctrl+C copies it")),
            (self.learn, tr("Learn"),
             tr("Press, then move a controller: it plays this control from now on")),
            (self.forget, tr("Forget"), tr("Only its own address plays this control again")),
            (self.copy, tr("Copy address"), tr("Put the address on the clipboard")),
            (self.copy_snippet, tr("Copy command"),
             tr("Put a command that sends to it on the clipboard (oscsend of liblo)")),
        )  # fmt: skip
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, SOURCE)
        self.refresh()
