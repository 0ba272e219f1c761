"""Hiding parts of one picture, over the whole room: faces, names, number plates."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.desktop.dataset import words
from studio.desktop.dataset.regions.region_view import RegionView
from studio.desktop.i18n import tr
from studio.desktop.widgets.buttons import primary, secondary
from studio.desktop.widgets.panel import PANEL_WIDTH
from studio.engine.dataset.index.regions import WAYS, Region, Regions
from studio.engine.dataset.index.store import Item

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class RegionEditor(QFrame):
    """Covers its parent while it is open. What is drawn counts once it is applied."""

    drawn = Signal(int, object)
    """Item id and the regions being drawn: the picture with them hidden is wanted."""
    applied = Signal(int, object)
    """Item id and its regions."""
    excludeWanted = Signal(int)
    facesWanted = Signal(int)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._item: Item | None = None
        self._plain = QImage()
        self.view = RegionView()
        self.head, self.facts, self.help = QLabel(), QLabel(), QLabel()
        for label in (self.head, self.facts, self.help):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        for label in (self.facts, self.help):
            label.setProperty("quiet", True)
        self.box, self.lasso = QPushButton(), QPushButton()
        self.way = QComboBox()
        for way in WAYS:
            self.way.addItem("", way)
        self.remove, self.clear, self.faces = secondary(""), secondary(""), secondary("")
        self.exclude, self.cancel, self.apply = secondary(""), secondary(""), primary("")
        self._lay_out()
        self._connect()
        parent.installEventFilter(self)
        self.hide()

    def _lay_out(self) -> None:
        side = QWidget()
        side.setFixedWidth(PANEL_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        tools = QHBoxLayout()
        tools.setSpacing(4)
        group = QButtonGroup(self)
        for button in (self.box, self.lasso):
            button.setObjectName("tab")
            button.setCheckable(True)
            group.addButton(button)
            tools.addWidget(button, 1)
        self.box.setChecked(True)
        column.addWidget(self.head)
        column.addLayout(tools)
        for part in (self.way, self.facts, self.remove, self.clear, self.faces, self.exclude,
                     self.help):  # fmt: skip
            column.addWidget(part)
        column.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.cancel, 1)
        buttons.addWidget(self.apply, 1)
        column.addLayout(buttons)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.view, 1)
        line.addWidget(side)

    def _connect(self) -> None:
        self.lasso.toggled.connect(self._set_lasso)
        self.way.activated.connect(lambda _: self.view.set_way(str(self.way.currentData())))
        self.view.changed.connect(self._changed)
        self.remove.clicked.connect(self.view.remove_current)
        self.clear.clicked.connect(lambda: self.view.set_regions(()))
        self.faces.clicked.connect(self._ask_faces)
        self.exclude.clicked.connect(self._exclude)
        self.cancel.clicked.connect(self.close_up)
        self.apply.clicked.connect(self._finish)

    # ------------------------------------------------------------------ opening

    def open(self, item: Item, image: QImage) -> None:
        """Begin with the regions that `item` has."""
        self._item = item
        self.head.setText(item.name)
        self.show_image(image)
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.show()
        self.raise_()
        self.view.set_regions(item.hidden)
        self.retranslate()
        self.view.setFocus()

    @property
    def item(self) -> Item | None:
        """The picture that is being worked on."""
        return self._item if self.isVisible() else None

    def show_image(self, image: QImage) -> None:
        """The picture as it is, until it arrives with its regions hidden."""
        if self._item is not None:
            self._plain = image
            self.view.show_picture(image, (self._item.width, self._item.height))

    def show_hidden(self, item_id: int, image: QImage) -> None:
        """The picture as the network will see it."""
        if self._item is not None and self._item.id == item_id and not image.isNull():
            self.view.show_picture(image, (self._item.width, self._item.height))

    def add_regions(self, item_id: int, regions: list[Region]) -> None:
        """What a detector found."""
        if self._item is not None and self._item.id == item_id:
            for region in regions:
                self.view.add(region)

    def close_up(self) -> None:
        """Uncover the room; nothing is changed."""
        if self.isVisible():
            self.hide()
            self._item = None
            self._plain = QImage()
            self.view.show_picture(QImage(), (1, 1))
            self.view.set_regions(())
            self.closed.emit()

    # ------------------------------------------------------------------ reacting

    def _set_lasso(self, on: bool) -> None:
        self.view.is_lasso = on

    def _ask_faces(self) -> None:
        if self._item is not None:
            self.facesWanted.emit(self._item.id)

    def _exclude(self) -> None:
        if self._item is not None:
            number = self._item.id
            self.close_up()
            self.excludeWanted.emit(number)

    def _changed(self) -> None:
        count = len(self.view.regions)
        self.facts.setText(
            tr("1 part is hidden") if count == 1
            else tr("{n} parts are hidden", n=words.number(count))
        )  # fmt: skip
        self.remove.setEnabled(0 <= self.view.current < count)
        self.clear.setEnabled(count > 0)
        with QSignalBlocker(self.way):
            self.way.setCurrentIndex(max(0, self.way.findData(self.view.way)))
        if self._item is not None:
            self.drawn.emit(self._item.id, self._regions())

    def _regions(self) -> Regions:
        return tuple(self.view.regions)

    def _finish(self) -> None:
        if self._item is not None:
            number, regions = self._item.id, self._regions()
            self.close_up()
            self.applied.emit(number, regions)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter applies, Esc gives up; a button with the focus is pressed."""
        focus = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.close_up()
        elif event.key() in _ENTER and isinstance(focus, QAbstractButton):
            focus.click()
        elif event.key() in _ENTER:
            self._finish()
        elif event.key() == Qt.Key.Key_L:
            (self.box if self.lasso.isChecked() else self.lasso).setChecked(True)

    def event(self, event: QEvent) -> bool:
        """Keys mean here what they mean here, not what the room below makes of them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
            if event.key() in _ENTER or plain == Qt.KeyboardModifier.NoModifier:
                event.accept()
                return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the room."""
        parent = self.parentWidget()
        if event.type() == QEvent.Type.Resize and self.isVisible() and parent is not None:
            self.setGeometry(parent.rect())
        return False

    # ------------------------------------------------------------------ words

    def retranslate(self) -> None:
        """Texts in the current language."""
        self.setAccessibleName(tr("Hide parts of the picture"))
        self.view.setAccessibleName(tr("Picture with the parts that are hidden"))
        self.view.setToolTip("")
        for place, text in enumerate((tr("Blur"), tr("Fill with one colour"))):
            self.way.setItemText(place, text)
        texts = (
            (self.box, tr("Rectangle"), tr("Drag from corner to corner (L changes the tool).")),
            (self.lasso, tr("Lasso"), tr("Draw round what is to be hidden (L changes the tool).")),
            (self.way, "", tr("How the chosen part is made unrecognisable (anonymisation).")),
            (self.remove, tr("Remove this part"), tr("Show the chosen part again (Delete).")),
            (self.clear, tr("Remove all parts"), tr("Show the whole picture again.")),
            (self.faces, tr("Find faces"), tr("Hide every face that a detector finds.")),
            (self.exclude, tr("Exclude the picture"),
             tr("Leave the whole picture out of training; Ctrl+Z undoes it.")),
            (self.cancel, tr("Cancel"), tr("Leave the picture as it was (Esc).")),
            (self.apply, tr("Apply"),
             tr("Training sees the picture like this (Enter). The file stays.")),
        )  # fmt: skip
        for widget, text, help in texts:
            widget.setToolTip(help)
            widget.setAccessibleName(text or tr("Way of hiding"))
            if isinstance(widget, QPushButton):
                widget.setText(text)
        self.help.setText(
            tr(
                "Drag to hide a part, click to choose one. N makes one, arrows move it, Ctrl "
                "sizes it, [ and ] go to others."
            )
        )
        if self._item is not None:
            self._changed()
