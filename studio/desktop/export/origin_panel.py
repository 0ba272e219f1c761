"""What every file says of its origin, where it goes, and the button that makes it so."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QLineEdit,
    QPushButton,
    QWidget,
)

from studio.desktop import theme
from studio.desktop.export.format_panel import short
from studio.desktop.export.signer_button import SignerButton
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import Part, column
from studio.desktop.widgets.buttons import primary, secondary
from studio.desktop.widgets.labels import set_words
from studio.desktop.widgets.panel import SectionHeader
from studio.desktop.widgets.param_form import ParamForm
from studio.engine.export.choices import Choices


class OriginPanel(QWidget):
    """Proof of origin, creator and rights, the pieces that wait for a look, folder, export."""

    changed = Signal()
    approveRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.folder = Path()
        self.header = SectionHeader()
        self.proofs = ParamForm(Choices.params())
        self.proofs.valueChanged.connect(lambda _name, _value: self.changed.emit())
        self.creator, self.rights, self.credit = QLineEdit(), QLineEdit(), QLineEdit()
        self._creator_label, self._rights_label, self._credit_label = Label(), Label(), Label()
        for field in (self.creator, self.rights, self.credit):
            field.editingFinished.connect(self.changed)
        self.signer = SignerButton()
        self._signer_label = Label()
        self.signer.changed.connect(self.changed)
        self.card = QFrame()
        self.card.setObjectName("findingCard")
        self._card_title, self._card_text = Label(), Label()
        self._card_title.setObjectName("accent")
        self._card_text.setWordWrap(True)
        self.approve = secondary()
        self.approve.clicked.connect(self.approveRequested)
        self.folder_label, self.folder_button = Label(), QPushButton()
        self.folder_button.clicked.connect(self._ask_folder)
        self.replace = QCheckBox()  # not remembered: that could cost somebody a file next week
        self.live = QCheckBox()  # asked for each time: a link writes to the disk by itself
        self.copy, self.export = secondary(), primary()
        self._lay_out()

    def _lay_out(self) -> None:
        inside = self._card_title, self._card_text, self.approve
        column(*inside, on=self.card, gap=-1, margins=(12, 10, 12, 12))
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.addRow(self._creator_label, self.creator)
        form.addRow(self._rights_label, self.rights)
        form.addRow(self._credit_label, self.credit)
        form.addRow(self._signer_label, self.signer)
        top: list[Part] = [self.header, self.proofs, theme.SPACE, form, theme.SPACE, self.card]
        ticks = self.replace, self.live
        foot = self.folder_label, self.folder_button, *ticks, self.copy, self.export
        column(*top, None, *foot, on=self, gap=theme.SPACE, margins=(16, 16, 16, 16))

    def retranslate(self) -> None:
        self.header.setText(tr("Proof of origin in every file"))
        self.proofs.retranslate()
        self.signer.retranslate()
        self._credit_label.setText(tr("Credit"))
        self._signer_label.setText(tr("Signed with"))
        self.credit.setPlaceholderText(tr("As it is to be printed"))
        self._creator_label.setText(tr("Creator"))
        self._rights_label.setText(tr("Rights"))
        self.creator.setPlaceholderText(tr("Your name"))
        self.rights.setPlaceholderText(tr("© You, CC BY 4.0, …"))
        self.folder_label.setText(tr("Folder"))
        created = tr("Written into every file as its creator (dc:creator)")
        credited = tr("Written into every file as its credit line (photoshop:Credit)")
        looked = tr("Allow the export of pieces that resemble a training picture")
        numbered = tr("Otherwise a file gets the next free number, as piece-001-2 (overwrite)")
        live = tr(
            "Write the files again when their pieces change, unless somebody else has changed "
            "them (live link)"
        )
        copied = tr("Copy the first chosen piece as a picture (Ctrl+C)")
        set_words(
            (self.creator, tr("Creator"), created),
            (self.rights, tr("Rights"), tr("Written into every file as its rights (dc:rights)")),
            (self.credit, tr("Credit"), credited),
            (self.replace, tr("Replace files of the same name"), numbered),
            (self.live, tr("Keep the files up to date"), live),
            (self.approve, tr("I have looked: allow it"), looked),
            (self.copy, tr("Copy to clipboard"), copied),
        )
        self.folder_button.setToolTip(tr("Choose where the files go"))
        self.folder_button.setAccessibleName(tr("Export folder"))

    def show_first_pieces(self, shown: bool) -> None:
        """Whether the project has pieces of version 0.1.0, which leave as they did then."""
        for part in (self.proofs.labels["earlier"], self.proofs.editors["earlier"]):
            part.setVisible(shown)

    def set_folder(self, folder: Path) -> None:
        """Show where the files go."""
        self.folder = folder
        self.folder_button.setText(short(folder))

    def show_waiting(self, names: list[str]) -> None:
        """Pieces that resemble a training picture and that nobody has looked at yet."""
        self.card.setVisible(bool(names))
        if names:
            many = tr("{n} pieces need your approval", n=len(names))
            self._card_title.setText(tr("1 piece needs your approval") if len(names) == 1 else many)
            self._card_text.setText(
                tr("{names}: closer to a training picture than unseen pictures are.",
                   names=", ".join(names))
            )  # fmt: skip

    def show_count(self, count: int, ready: bool) -> None:
        may = count > 0 and ready
        what = tr("Export 1 piece") if count == 1 else tr("Export {n} pieces", n=count)
        why = tr("Write the files (Ctrl+E)") if may else tr("Choose pieces first")
        set_words((self.export, what, why))
        self.export.setEnabled(may)
        self.copy.setEnabled(count > 0)

    def _ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Export folder"), str(self.folder))
        if chosen:
            self.set_folder(Path(chosen))
            self.changed.emit()
