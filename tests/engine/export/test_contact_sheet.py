"""Pictures in rows, with their names."""

from __future__ import annotations

import numpy as np

from studio.engine.export.contact_sheet import GAP, LETTERS, contact_sheet


def test_pictures_of_every_kind_lie_in_rows() -> None:
    grey = np.full((4, 6, 1), 200, np.uint8)
    red = np.zeros((4, 6, 3), np.uint8) + np.array([255, 0, 0], np.uint8)
    hidden = np.dstack([red, np.zeros((4, 6), np.uint8)])
    sheet = contact_sheet([("", grey), ("", red), ("", hidden)], columns=2, scale=2)
    assert sheet.shape == (2 * (8 + GAP) + GAP, 2 * (12 + GAP) + GAP, 3)
    first, second = (sheet[GAP : GAP + 8, x : x + 12] for x in (GAP, 12 + 2 * GAP))
    assert (first == 200).all()
    assert (second == [255, 0, 0]).all()
    # What transparency hides does not show.
    assert (sheet[8 + 2 * GAP :] == sheet[0, 0]).all()


def test_names_stand_below_their_pictures() -> None:
    picture = np.zeros((40, 80, 3), np.uint8)
    sheet = contact_sheet([("piece-001", picture)], columns=1)
    assert sheet.shape[0] == 40 + 2 * GAP + LETTERS + GAP // 2
    assert sheet[GAP + 40 :].max() > 200
