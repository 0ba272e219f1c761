"""The window, as what helps it sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QMenu

    from studio.desktop.base.studio import Studio


class Shell(Protocol):
    """What the helpers of the main window may ask of it, and no more."""

    studio: Studio
    menu: QMenu

    def go(self, key: str) -> None:
        """Bring a place to the front."""

    def cover(self, words: str, more: str = "") -> None:
        """Lie words over everything; nothing can be done meanwhile."""

    def uncover(self) -> None:
        """The window can be used again."""

    def show_run(self, name: str, part: float, words: str) -> None:
        """Which run trains, how far it is (0 to 1, below 0 unknown) and in words."""

    def set_preparing(self, on: bool) -> None:
        """The sample is being made."""

    def open_palette(self) -> None:
        """Commands, by name."""

    def open_menu(self) -> None:
        """The program's menu, by keyboard."""

    def toggle_notices(self) -> None:
        """Past notices, or no longer."""

    def toggle_theme(self) -> None:
        """Light or dark."""

    def toggle_full_screen(self) -> None:
        """The whole screen, or a window again."""

    def open_guide(self) -> None:
        """The page of the guide on the place where one is."""

    def show_shortcuts(self) -> None:
        """Every shortcut."""

    def close(self) -> bool:
        """Close it, or begin to."""

    def addAction(self, action: QAction, /) -> None:
        """Let an action work in the whole window."""
