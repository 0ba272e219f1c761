"""What a film is given on its way out, as a picture is: the mark in its frames, a signature."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from studio.engine.artwork import Artwork, Pixels
from studio.engine.errors import TakenError
from studio.engine.export.credentials.signature import SUFFIX
from studio.engine.export.finish import UNFINISHED, Finished, Finishing
from studio.engine.files import write_bytes
from studio.engine.generation.film.formats.base import TAKEN
from studio.engine.generation.film.timeline import Timeline
from studio.engine.pieces.origin import Origin
from studio.engine.refinement.step import Step
from studio.engine.said import Said

FRAMES_UNSIGNED = Said(
    "Numbered frames carry the invisible mark and no signature: export pieces to sign each of them."
)


class FilmProof:
    """Of one film: its frames pass through :meth:`marked`, then the file through :meth:`signed`."""

    def __init__(self, finishing: Finishing, origin: Origin, asked: Path) -> None:
        """`asked` is the name that the film is to have. Refused before any work
        (:class:`TakenError`) where its credentials would lie in a file that is another's: films
        of one name share it."""
        beside = asked.with_suffix(SUFFIX)
        if finishing.signs_beside(asked.suffix.lower()) and beside.exists():
            raise TakenError(TAKEN, path=beside)
        self._finishing, self._origin, self._asked = finishing, origin, asked
        self._done = UNFINISHED

    def marked(self, frame: Pixels) -> Pixels:
        """The frame with its mark, where it can hold one."""
        artwork, _, done = self._finishing.prepared(Artwork.of(frame), self._origin)
        seen = dict.fromkeys((*self._done.remarks, *done.remarks))
        self._done = Finished(mark=self._done.mark or done.mark, remarks=tuple(seen))
        return artwork.flat()

    def signed(self, file: Path) -> Finished:
        """Sign the complete film; credentials that it cannot hold are written beside it.

        Numbered frames have other names than was asked, and stay as they are. Raises
        :class:`StudioError` as :func:`sign`; the film is there then, without credentials.
        """
        if file != self._asked:
            unsigned = (FRAMES_UNSIGNED,) if self._finishing.choices.credentials else ()
            return Finished(mark=self._done.mark, remarks=(*self._done.remarks, *unsigned))
        done = self._finishing.finished(file, self._origin, self._done)
        if done.beside:
            write_bytes(file.with_suffix(SUFFIX), done.beside, overwrite=False)
        return done


def film_origin(
    name: str, run_name: str, checkpoint_sha256: str, line: Timeline, step: Step | None = None
) -> Origin:
    """Where a film of a run comes from, without the path of its sound on this machine; `step` is
    what was done to every frame."""
    keys = line.model_copy(update={"sound": ""}).text()
    said: dict[str, Any] = {
        "run": run_name, "checkpoint_sha256": checkpoint_sha256, "film": keys,
    }  # fmt: skip
    if step is None:
        return Origin(name, recipe=said)
    steps = [step.model_dump(mode="json")]
    return Origin(name, recipe={**said, "stack": steps}, steps=tuple(steps))


def samples_origin(name: str, run_name: str) -> Origin:
    """Where a film of a run's own samples comes from."""
    return Origin(name, recipe={"run": run_name, "film": "the samples of its fixed seeds"})
