"""Figures over the life of a run: measured once, kept, and laid beside those of other runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.engine.evaluation import assessment, life
from studio.engine.evaluation.assessment import Assessment, Figure
from studio.engine.evaluation.latents import Latents
from studio.engine.project import Project
from studio.engine.said import Said

RUN = "2026-11-23-vae-32-a1"


@pytest.fixture
def project(tmp_path: Path):
    with Project.open(tmp_path / "project", create=True) as opened:
        yield opened


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The checkpoints that are measured; there are 4, 8 and 12."""
    numbers: list[int] = []

    def assess(project, run, count, *, checkpoint, progress, cancelled):
        if cancelled():
            return None
        numbers.append(checkpoint)
        progress(count, count)
        figures = (
            Figure("coverage", count, checkpoint / 20, 0.1, 0.9, 0.8, 0.5, 30),
            Figure("recall", count, refused=Said("{n} pictures are too few.", n=9)),
        )
        return Assessment(
            run, checkpoint, checkpoint * 100, count, count, 30, figures, Latents(7, 8)
        )

    monkeypatch.setattr(assessment, "assess", assess)
    monkeypatch.setattr(assessment, "kept", lambda project, run: [4, 8, 12])
    return numbers


def test_every_checkpoint_is_measured_once(project: Project, asked: list[int]) -> None:
    shares: list[float] = []
    found = life.measure(project, RUN, 64, progress=lambda done, all_: shares.append(done / all_))
    assert asked == [4, 8, 12]
    assert shares[-1] == 1.0
    assert [(each.checkpoint, each.images_seen, each.active) for each in found] == [
        (4, 400, 7), (8, 800, 7), (12, 1200, 7),
    ]  # fmt: skip
    assert found[1].values["coverage"] == life.Value(0.4, 0.1, 0.9, 0.8)
    assert "recall" not in found[1].values  # refused: there is no number to draw
    assert life.measure(project, RUN, 64) == found == life.measured(project, RUN)
    assert asked == [4, 8, 12]
    life.measure(project, RUN, 256)  # other pictures: figures change with their number alone
    assert asked == [4, 8, 12, 4, 8, 12]


def test_what_was_measured_before_it_was_stopped_stays(project: Project, asked: list[int]) -> None:
    life.measure(project, RUN, 64, cancelled=lambda: len(asked) == 2)
    assert [each.checkpoint for each in life.measured(project, RUN)] == [4, 8]
    life.measure(project, RUN, 64)
    assert asked == [4, 8, 12]


@pytest.mark.parametrize("damage", ["", "[]", '{"version": 1, "moments": [{}]}', '{"version": 9}'])
def test_a_damaged_cache_is_no_life(project: Project, asked: list[int], damage: str) -> None:
    life.measure(project, RUN, 64)
    (file,) = project.folder.glob("cache/life/*.json")
    file.write_text(damage)
    assert life.measured(project, RUN) == []
    assert len(life.measure(project, RUN, 64)) == 3
