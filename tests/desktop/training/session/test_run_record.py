"""What the window knows of a run is what the engine says of its files."""

from __future__ import annotations

from pathlib import Path

import torch

from studio.desktop.training import words
from studio.desktop.training.session.run_record import read_record
from studio.engine.events import HealthKind, RunState
from studio.engine.training.record import checkpoint


def save(run: Path, score: float, pictures: str) -> None:
    checkpoint.save(
        run,
        {"weights": torch.zeros(4)},
        {"moments": torch.zeros(4)},
        {"images_seen": 8, "seconds": 2.5, "score": score, "fingerprint": pictures},
    )


def test_the_best_is_the_best_of_the_pictures_that_it_trains_on_now(tmp_path: Path) -> None:
    save(tmp_path, 0.5, "the pictures before")
    save(tmp_path, 2.0, "the pictures now")
    save(tmp_path, 3.0, "the pictures now")
    best = checkpoint.load_best(tmp_path)
    record = read_record("run", tmp_path, 100, 8)
    assert best is not None
    assert record.best == best.folder
    assert record.saves.best == "000002"
    assert list(record.saves.images_seen) == ["000001", "000002", "000003"]
    assert record.checkpoint_name == "3"
    assert record.seconds == 2.5


def test_a_score_that_is_no_number_is_never_the_best(tmp_path: Path) -> None:
    save(tmp_path, float("nan"), "")
    assert checkpoint.saves(tmp_path).best == ""
    save(tmp_path, 2.0, "")
    save(tmp_path, float("inf"), "")
    assert checkpoint.saves(tmp_path).best == "000002"


def test_every_kind_of_health_and_every_state_of_a_run_has_a_word(qapp) -> None:
    told = {words.health(kind) for kind in HealthKind}
    assert len(told) == len(HealthKind)
    assert all(words.status(state) for state in RunState)
