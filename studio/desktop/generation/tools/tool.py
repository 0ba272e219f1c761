"""What a tool of the canvas is: something the hand does on the picture.

Adding one is adding one file to this folder: a class decorated with `register`. A drag is a
generator, as in napari: it is begun by the press and given every move after it, and the last
time it is given one that is no longer `held`.

    def press(self, mouse):
        return self._drag() if mouse.inside else None

    def _drag(self):
        while (mouse := (yield)).held:
            ...
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractButton, QWidget

from models.parameters import Declared
from models.registry import Registry
from studio.desktop.base.received import Received
from studio.desktop.base.studio import Studio
from studio.desktop.generation.recipe_editor import Editing
from studio.desktop.generation.session import Session
from studio.desktop.notices.notices import Notices
from studio.desktop.widgets.picture_view import PictureView
from studio.engine.errors import StudioError, UsageError

if TYPE_CHECKING:
    from studio.desktop.generation.worker import Model
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player
    from studio.engine.project import Project


@dataclass(frozen=True)
class Mouse:
    """Where it is: in the view, and in pixels of the picture; `held` is the left button."""

    widget: QPointF
    picture: QPointF
    inside: bool
    """Whether it is on the picture."""
    held: bool
    modifiers: Qt.KeyboardModifier

    @classmethod
    def of(cls, view: PictureView, event: QMouseEvent, held: bool | None = None) -> Mouse:
        """As an event of the view has it."""
        place = event.position()
        left = bool(event.buttons() & Qt.MouseButton.LeftButton) if held is None else held
        inside = view.target().contains(place)
        return cls(place, view.to_picture(place), inside, left, event.modifiers())


Drag = Generator[None, Mouse, None]


class ToolAction(NamedTuple):
    """What a tool can be asked by key or by name; `text` is English."""

    id: str
    text: str
    callback: Callable[[], None]
    keys: str = ""
    icon: str = ""


class Played(NamedTuple):
    """The model on the canvas, and the project that it is of."""

    project: Project
    model: Model
    player: Player


class Shown(NamedTuple):
    """The picture on the canvas, and what it is of, which sliders that just moved may be ahead
    of."""

    image: QImage
    recipe: LatentRecipe
    model: Model


@dataclass(frozen=True)
class Hand:
    """What tools work with."""

    session: Session
    editing: Editing
    view: PictureView
    studio: Studio
    refine: Callable[[int], None]
    """Takes a piece to the bench."""
    liked: Callable[[], Sequence[LatentRecipe]]
    """The pictures that are marked as more."""

    @property
    def notices(self) -> Notices:
        return self.studio.notices

    def played(self) -> Played | None:
        """None while no model is open."""
        project, model, player = self.studio.project, self.session.model, self.session.player()
        if project is None or model is None or player is None:
            return None
        return Played(project, model, player)

    def recipe(self) -> LatentRecipe:
        """Of what the canvas shows: see :meth:`Session.take_up`."""
        return self.session.take_up(self.editing)

    def picture(self) -> Shown | None:
        """What the canvas shows, to hand out; :class:`StudioError` while it is a draft."""
        self.recipe()
        if self.session.is_draft:
            raise StudioError("The picture is still being drawn: try again in a moment.")
        image, shown = self.view.image(), self.session.shown
        # The next picture may be drawn into its array.
        return None if image.isNull() or shown is None else Shown(image.copy(), *shown)


@dataclass(frozen=True)
class NoOptions(Declared):
    """Nothing can be set."""


class Tool:
    """One on each canvas. Active tools are asked by `turn` and name; the first that answers has
    it, and what none wants is the view's, which zooms and moves the picture."""

    name: ClassVar[str]
    turn: ClassVar[int] = 0
    """Above 0 for what is always there and leaves the mouse to a tool that was chosen."""
    title: ClassVar[str] = ""
    """In English; of the button behind which `Options` are set."""
    Options: ClassVar[type[Declared]] = NoOptions
    beside: ClassVar[bool] = False
    """Whether its control, a small one then, stands beside the picture."""
    finds: ClassVar[str] = ""
    """In English: what its :meth:`page` is called in the list of ways to find a picture."""

    def __init__(self, hand: Hand) -> None:
        self.hand = hand
        self.active = True
        self.usable = True
        """Whether the open model has a use for it."""
        self.options = self.Options()
        self.show_page: Callable[[], None] = lambda: None
        """Brings :meth:`page` into sight."""

    def actions(self) -> Sequence[ToolAction]:
        return ()

    def control(self) -> QWidget | None:
        """What goes into the line above the picture, or `beside` it where that is said."""
        return None

    def page(self) -> QWidget | None:
        """What stands left of the picture while this way to find one is chosen."""
        return None

    def flip(self, button: QAbstractButton, why_not: str) -> None:
        """The other of both, as a key asks; or why there is nothing to press here."""
        if button.isHidden() or not button.isEnabled():
            self.hand.notices.info(why_not)
        else:
            button.toggle()

    def press(self, mouse: Mouse) -> Drag | None:
        """The left button on the view: the drag that it begins; None leaves it to others."""
        return None

    def claims(self, key: Qt.Key) -> bool:
        """Whether a key on the view is this tool's, though it may be a shortcut of the room."""
        return False

    @property
    def takes_pictures(self) -> bool:
        """Whether it has a use for a picture that is dropped on the canvas."""
        return False

    def take(self, given: Path | Received) -> None:
        """A picture was dropped, as a file or without one."""

    def key(self, key: Qt.Key) -> bool:
        """A key on the view; whether it was this tool's."""
        return False

    def cursor(self, mouse: Mouse) -> Qt.CursorShape | None:
        """The pointer that shows what a press would do here."""
        return None

    def paint(self, painter: QPainter) -> None:
        """Over the picture, in coordinates of the view (see `PictureView.to_widget`)."""

    def retranslate(self) -> None:
        """The words of `control` and `page`."""

    def entered(self) -> None:
        """The canvas comes into sight; what is done in other places may have changed."""

    def close(self) -> None:
        """The program ends."""


_REGISTRY = Registry[type[Tool]](
    "studio.desktop.generation.tools",
    lambda name, known: UsageError(
        "There is no tool {name}. Known: {known}.", name=name, known=known
    ),
)
register = _REGISTRY.register


def tools() -> list[type[Tool]]:
    """All kinds, in the order in which they are asked."""
    return sorted(_REGISTRY.all().values(), key=lambda kind: kind.turn)
