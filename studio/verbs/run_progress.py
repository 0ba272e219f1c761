"""What is said on the console while a run trains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.verbs.console import Console
from studio.verbs.preflight import duration, needs

if TYPE_CHECKING:
    from studio.engine.events import Event, Progress


class Watch:
    """Shows the events of a run and keeps the last progress."""

    def __init__(self, name: str, console: Console) -> None:
        self.name = name
        self.progress: Progress | None = None
        self._console = console
        self._loss = ""

    def take(self, event: Event) -> None:
        from studio.engine.events import Health, Metrics, Preflight, Progress

        if isinstance(event, Metrics):
            shown = list(event.values.items())[:3]
            self._loss = ", ".join(f"{key} {value:.4g}" for key, value in shown)
        elif isinstance(event, Health):
            self._console.note(f"{event.sentence} {event.action}".rstrip())
        elif isinstance(event, Preflight):
            self._console.note(needs(event))
        elif isinstance(event, Progress):
            self.progress = event
            self._console.progress(self._sentence(event), event.part)

    def _sentence(self, event: Progress) -> str:
        # The last batch is whole: a run may see a few more than it was asked to.
        of = f" of {event.total_images}" if event.total_images > event.images_seen else ""
        text = f"{event.images_seen}{of} images, {event.images_per_second:.1f} a second"
        if event.seconds_left is not None:
            text += f", {duration(event.seconds_left)} left"
        if event.most_unsaved_seconds:
            most = duration(event.most_unsaved_seconds)
            text += f", {duration(event.unsaved_seconds)} not saved (at most {most})"
        return f"{text}, {self._loss}" if self._loss else text
