"""Pages of scans as pictures: each page of a TIFF that is one of its own, where one asks for it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath

from studio.engine.dataset.decoding import decode, tiff_pages
from studio.engine.dataset.decoding.tiff_pages import Page
from studio.engine.dataset.index import left_out
from studio.engine.dataset.index.facts import Answer, Facts
from studio.engine.dataset.index.safe_names import display_path
from studio.engine.dataset.index.settings import PAGES
from studio.engine.dataset.intake.met import Candidate, Problem
from studio.engine.errors import StudioError
from studio.engine.project import Project
from studio.engine.said import Said


@dataclass(frozen=True)
class Scans:
    """What the dataset of one import wants of them."""

    wanted: bool

    def instead_of(self, entry: Candidate | Problem) -> Iterator[Candidate | Problem]:
        """The pages where `entry` is a scan of several, and otherwise the entry itself."""
        if not self.covers(entry):
            yield entry
            return
        assert isinstance(entry, Candidate)
        pages: list[Page] = []
        with contextlib.suppress(StudioError):  # what is wrong with the file is said of it
            found = decode.pages(entry.path, entry.member)
            pages = [Page(number, bool(small), bool(mask)) for number, small, mask in found]
        whole = [each for each in pages if not each.is_reduced and not each.is_mask]
        yield entry  # the first page, and whatever is wrong with the file
        if not whole:
            return
        name = PurePath(entry.name)
        for page in pages:
            member = tiff_pages.within(entry.member, page)
            if page.is_mask or page.is_reduced:
                kind = left_out.MASK if page.is_mask else left_out.REDUCED
                yield Problem(display_path(entry.path, member), Said(""), kind=kind)
            elif page is not whole[0]:
                called = f"{name.stem}-p{page.number:03}{name.suffix}"
                yield replace(entry, member=member, name=called)
        if len(pages) == tiff_pages.MOST:
            yield Problem(
                display_path(entry.path, entry.member),
                Said("Only its first {n} pages were looked at.", n=tiff_pages.MOST),
            )

    def told(self, entry: Candidate, answer: Answer) -> Answer:
        """What is known of a file; nothing of further pages where they come in as well."""
        if self.covers(entry):
            answer.get("facts", Facts()).pop("frames", None)
        return answer

    def covers(self, entry: Candidate | Problem) -> bool:
        """Whether all pages of this file come in: none of them is passed over."""
        if not self.wanted or not isinstance(entry, Candidate):
            return False
        member, page = tiff_pages.parted(entry.path, entry.member)
        return not page and (member or entry.path.name).lower().endswith(tiff_pages.SUFFIXES)


def wanted(project: Project, dataset_id: int, asked: bool | None) -> bool:
    """Whether a dataset takes pages: as `asked`, kept from now on, or as it was kept.

    Once taken they are pictures like others, to be left out one by one.
    """
    if not asked or PAGES.read(project, dataset_id):
        return bool(PAGES.read(project, dataset_id))
    with project.transaction() as connection:
        PAGES.write(connection, dataset_id, True)
        # That only the first one is used is true no longer.
        scans = "dataset_id = ? AND format = 'TIFF'"
        connection.execute(
            "DELETE FROM finding WHERE kind = 'animated' AND item_id IN "
            f"(SELECT id FROM item WHERE {scans})",
            (dataset_id,),
        )
        connection.execute(
            f"UPDATE item SET facts = json_remove(facts, '$.frames') WHERE {scans}", (dataset_id,)
        )
    return True
