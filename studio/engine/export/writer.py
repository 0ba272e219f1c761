"""Writing the files of a picture or a collection, and adding to them what they are to say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from studio.engine.export.collections.base import Plate, Plates, Sheet, summary_of
from studio.engine.export.credentials.library import kind_of
from studio.engine.export.delivery import Written
from studio.engine.export.finish import UNFINISHED, Finished, Finishing
from studio.engine.export.formats.base import Format
from studio.engine.export.ways import Way
from studio.engine.pieces.origin import Origin


class Writer:
    """Writes pictures one way, and adds to the files what they are to say."""

    def __init__(self, way: Way, finishing: Finishing | None) -> None:
        self.way, self._finishing = way, finishing

    def one(self, plate: Plate, sheets: Sequence[Sheet]) -> Written:
        """The files of one picture; the last may be for its credentials alone."""
        if not isinstance(self.way, Format):
            return self.collection([plate.name], iter([plate]), sheets)
        ready, so_far = self._prepared(plate)
        self.way.write(ready.artwork, ready.origin, sheets[0].path)
        done = self._finished(sheets[0], plate.origin, so_far)
        if done.beside:
            sheets[1].path.write_bytes(done.beside)
        return Written(ready.origin, (done, UNFINISHED)[: len(sheets)])

    def collection(
        self, names: Sequence[str], plates: Iterator[Plate], sheets: Sequence[Sheet]
    ) -> Written:
        """The files of a collection; those are signed whose containers hold credentials."""
        way = self.way
        assert not isinstance(way, Format)
        origins: list[Origin] = []
        said: list[Origin] = []
        done: list[Finished] = []

        def noted() -> Iterator[Plate]:
            for plate in plates:
                ready, so_far = self._prepared(plate)
                origins.append(plate.origin)
                said.append(ready.origin)
                done.append(so_far)
                yield ready

        way.write(Plates(names, noted()), sheets)
        whole = origins[0] if len(origins) == 1 else summary_of(origins, names[0])
        finished = tuple(self._finished(each, whole, _together(done)) for each in sheets)
        return Written(said[0] if len(said) == 1 else summary_of(said, names[0]), finished)

    def _prepared(self, plate: Plate) -> tuple[Plate, Finished]:
        if self._finishing is None:
            return plate, Finished(remarks=plate.remarks)
        artwork, origin, done = self._finishing.prepared(plate.artwork, plate.origin)
        done = replace(done, remarks=(*plate.remarks, *done.remarks))
        return replace(plate, artwork=artwork, origin=origin), done

    def _finished(self, sheet: Sheet, origin: Origin, so_far: Finished) -> Finished:
        if self._finishing is None:
            return so_far
        if not isinstance(self.way, Format) and not kind_of(sheet.path):
            return UNFINISHED  # lists and the like
        return self._finishing.finished(sheet.path, origin, so_far)


def _together(done: Sequence[Finished]) -> Finished:
    """Of the pictures in one file; marked where one of them is."""
    remarks = dict.fromkeys(remark for each in done for remark in each.remarks)
    return Finished(
        mark=next((each.mark for each in done if each.mark), ""), remarks=tuple(remarks)
    )
