"""One of two processes that train runs together, one after the other, as `torchrun` would.

As a program: rank, and a JSON list of jobs. The first process writes how each ended beside its run.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import torch

from studio.engine.errors import StudioError
from studio.engine.events import Done, Failed, Stop
from studio.engine.training.session.following import follow
from studio.engine.training.session.loop import train
from studio.engine.training.session.ranks import Ranks, place
from studio.engine.training.session.trainer import Trainer
from tests.engine.training.support import script

END = "end.json"


def main(rank: int, jobs: list[dict[str, Any]]) -> None:
    torch.set_num_threads(1)
    for job in jobs:
        os.environ.update(
            TORCHELASTIC_RUN_ID="test", RANK=str(rank), WORLD_SIZE="2", LOCAL_RANK=str(rank),
            LOCAL_WORLD_SIZE="2", MASTER_ADDR="127.0.0.1", MASTER_PORT=str(job["port"]),
        )  # fmt: skip
        run, project = Path(job["run"]), Path(job["project"])
        if rank == 0:
            _lead(run, project, job)
            continue
        if job.get("dies"):
            _die_in_step(job["dies"])
        own = place()
        assert own is not None
        follow(Ranks(own), Path(job.get("copy", project)))


def _lead(run: Path, project: Path, job: dict[str, Any]) -> None:
    steps = job.get("steps")
    commands = script({steps: [Stop()]}) if steps else lambda: None
    *_, last = train(run, project, commands, resume=job["resume"])
    assert isinstance(last, Done | Failed)
    said = last.message if isinstance(last, Failed) else ""
    (run / END).write_text(json.dumps([last.images_seen if isinstance(last, Done) else -1, said]))


def _die_in_step(number: int) -> None:
    """As a card that is lost, or a machine that is switched off."""
    learn = Trainer._learn

    def lethal(trainer: Trainer, *given: Any) -> Any:
        if trainer.state.step == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return learn(trainer, *given)

    Trainer._learn = lethal  # type: ignore[method-assign]


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]), json.loads(sys.argv[2]))
    except StudioError as error:
        sys.exit(str(error))
