"""`enlarger`: a network that enlarges a run's pictures, trained on the run's originals."""

from __future__ import annotations

import argparse

from studio.engine.said import Said
from studio.verbs.console import Console, Result
from studio.verbs.interruption import Interruption
from studio.verbs.options import Verbs, folder, number, whole, words

STOPPING = "Stopping: what was learnt so far is kept."
SCALES = (2, 4, 8)


def add(verbs: Verbs) -> None:
    parser = verbs.add(
        "enlarger", "Train a network that enlarges a run's pictures on its originals.", run
    )
    parser.add_argument("project", type=folder, metavar="PROJECT", help="project folder")
    parser.add_argument(
        "--run", dest="run_name", type=words, required=True, metavar="R",
        help="run whose originals and model it learns from",
    )  # fmt: skip
    parser.add_argument(
        "--scale", type=int, choices=SCALES, default=4, help="how much larger (default 4)"
    )
    parser.add_argument(
        "--minutes", type=number(0.01, 10_000), default=15.0, help="how long (default 15)"
    )
    parser.add_argument("--seed", type=whole(0, 1 << 62), default=0, help="of the training")
    parser.add_argument(
        "--width", type=whole(4, 256), default=32, help="channels of the network (default 32)"
    )
    parser.add_argument(
        "--blocks", type=whole(1, 64), default=8, help="blocks of the network (default 8)"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, …")


def run(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.project import Project
    from studio.engine.refinement.enlarger.enlarger_training import Order, learn

    order = Order(
        options.run_name, options.scale, options.minutes, options.device, options.seed,
        options.width, options.blocks,
    )  # fmt: skip

    def advance(done: int, total: int, note: Said | None) -> None:
        console.progress(note or "learning", done / total if total else None)

    with (
        Project.open(options.project) as project,
        Interruption(console.note, STOPPING) as stop,
    ):
        made = learn(project, order, advance, stop.is_requested)
    card = made.card
    gain = card.psnr - card.psnr_lanczos
    facts = {
        "enlarger": made.path, **card.model_dump(exclude={"format"}), "gain_db": gain,
        "warning": made.warning, "interrupted": made.stopped,
    }  # fmt: skip
    lines = [
        str(made.path),
        f"×{card.scale}: {gain:+.2f} dB over Lanczos on held-out pictures, {card.steps} steps",
    ]
    lines += [made.warning] if made.warning else []
    return Result(facts, lines)
