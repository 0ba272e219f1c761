"""Our adversarial families against others: same pictures, same machine, same minutes.

One side after the other in one process with the same threads, so the machine should be quiet:

    python tests/benchmarks/gan_side_by_side.py FOLDER --minutes 10 --out RESULTS
        [--families gan fewshot_gan stylegan2] [--threads 2] [--seed 0] [--made 500]
        [--device cuda --baselines lightweight_gan stylegan2_pytorch]

Pictures are cropped to a square, reduced to 64 px and put on white. All sides learn from the
same training part; ours by the studio's own run with its recommended settings, samples,
checkpoints and looks at held-out pictures within the minutes. On a processor the baseline is
a plain DCGAN with DiffAugment in a bare loop:

- networks, initial weights, Adam (2e-4, 0.5) of DCGAN: Radford 2015 (arXiv:1511.06434), Sec. 3
- DiffAugment colour, translation, cutout: Zhao 2020 (arXiv:2006.10738), Sec. 3.2
- the non-saturating loss: Goodfellow 2014 (arXiv:1406.2661), Sec. 3
- mixed precision and memory layout as ours; of its weights and their average the better

All are compared with all real pictures under one fixed extractor of random features: KID
(unbiased, lower is better), coverage and density (k = 5), and the part of generated pictures
that lie closer to a training picture than unseen ones ever do. RESULTS then holds the contact
sheets, every generated picture beside its nearest training picture, and the printed JSON.

lightweight-gan and lucidrains' stylegan2-pytorch assert CUDA and import torchvision: with
`--device cuda` they are the baselines, each by its own trainer.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from models.parts.features import Extractor  # noqa: E402
from studio.engine import devices  # noqa: E402
from studio.engine.dataset.intake.importer import import_sources  # noqa: E402
from studio.engine.dataset.preparation.prepare import Prepared  # noqa: E402
from studio.engine.evaluation.copies import CopyCheck  # noqa: E402
from studio.engine.events import Done, Failed, Health  # noqa: E402
from studio.engine.project import Project  # noqa: E402
from studio.engine.training.health.small_set import coverage  # noqa: E402
from studio.engine.training.planning import runs  # noqa: E402
from studio.engine.training.record import checkpoint, checkpoint_model  # noqa: E402
from studio.engine.training.record.recipe import Recipe  # noqa: E402
from studio.engine.training.session.loop import train  # noqa: E402
from tests.benchmarks.peer_gans import Peer  # noqa: E402
from tests.benchmarks.plain_dcgan import Dcgan  # noqa: E402

SIDE, NEIGHBOURS, SUBSETS, SUBSET = 64, 5, 50, 1000
COLUMNS, ROWS, NEAREST = 10, 6, 20
BASELINES = ("dcgan", "lightweight_gan", "stylegan2_pytorch")
KINDS = {".jpg", ".jpeg", ".png", ".webp"}


class Made(NamedTuple):
    """What one side has to show: pictures uint8 [N, H, W, 3], pictures seen, notes."""

    pictures: np.ndarray
    seen: int
    notes: dict[str, object]


# ---------------------------------------------------------------------- the two sides


def learn_theirs(name: str, prepared: Prepared, given: argparse.Namespace, judge: Judge) -> Made:
    """A baseline; of its weights and their average what comes nearer to the set."""
    train_rows = np.ascontiguousarray(prepared.images[prepared.train])
    if name == "dcgan":
        side = Dcgan(given.seed, devices.autocast_dtype(devices.choose("cpu"), "auto"))
        seen = side.learn(torch.from_numpy(train_rows), given.minutes)
        drawn = {
            "weights": side.draw(side.made.eval(), given.made, given.seed),
            "average": side.draw(side.average, given.made, given.seed),
        }
    else:
        peer = Peer(name, SIDE, given.seed)
        seen = peer.learn(train_rows, given.minutes)
        drawn = peer.drawn(given.made, given.seed)
    scores = {key: judge.kid(pictures) for key, pictures in drawn.items()}
    better = min(scores, key=lambda key: scores[key])
    return Made(drawn[better], seen, {"taken": better, "kid_of_both": scores})


def learn_ours(project: Path, family: str, given: argparse.Namespace) -> Made:
    """A run of the studio as a user would start it; its best checkpoint draws."""
    with Project.open(project) as opened:
        recipe = runs.create_run(
            opened, "set", family, SIDE, SIDE,
            minutes=given.minutes, seed=given.seed, device=given.device,
        )  # fmt: skip
        folder = runs.run(opened, recipe.run).folder
    said = []
    for event in train(folder, project, lambda: None, resume=False):
        if isinstance(event, Health):
            said.append(f"{event.images_seen}: {event.sentence} {event.action}")
    if isinstance(event, Failed):
        sys.exit(f"{family}: {event.message}\n{event.detail}")
    assert isinstance(event, Done)
    best = checkpoint.load_best(folder)
    assert best is not None
    model = checkpoint_model.load_model(best.folder, devices.choose(given.device).name)
    with torch.inference_mode():
        parts = [model.synthesize(model.sample(1, given.seed + i)) for i in range(given.made)]
    notes = {"best_checkpoint_at": best.images_seen, "health": said}
    return Made(torch.cat(parts).cpu().numpy(), event.images_seen, notes)


# ---------------------------------------------------------------------- the comparison


class Judge:
    """Figures of generated pictures against all real ones, in units of the real ones' spread."""

    def __init__(self, prepared: Prepared) -> None:
        self.extractor, self.ordinary = Extractor(), CopyCheck.of(prepared).ordinary
        vectors = self._embed(np.asarray(prepared.images))
        self.rows, self.known = prepared.train, torch.from_numpy(vectors[prepared.train])
        self.mean, self.scale = vectors.mean(0), np.maximum(vectors.std(0), 1e-6)
        self.real = (vectors - self.mean) / self.scale
        self.train, self.held_out = self.real[prepared.train], self.real[prepared.held_out]

    def _embed(self, pictures: np.ndarray) -> np.ndarray:
        found: np.ndarray = (
            self.extractor.embed(torch.from_numpy(np.array(pictures))).double().numpy()
        )
        return found

    def vectors(self, pictures: np.ndarray) -> np.ndarray:
        """float64 [N, d] of uint8 pictures."""
        relative: np.ndarray = (self._embed(pictures) - self.mean) / self.scale
        return relative

    def kid(self, pictures: np.ndarray) -> float:
        """Binkowski 2018 (arXiv:1801.01401), unbiased, mean over random subsets."""
        return round(squared_mmd(self.real, self.vectors(pictures)), 5)

    def figures(self, pictures: np.ndarray) -> dict[str, object]:
        """All of them."""
        vectors = self.vectors(pictures)
        return {
            "kid": round(squared_mmd(self.real, vectors), 5),
            "coverage": round(coverage(self.real, vectors, NEIGHBOURS), 3),
            "density": round(density(self.real, vectors), 3),
            "too_close": round(float((self.nearest(pictures)[0] < self.ordinary).mean()), 3),
        }

    def ceiling(self) -> dict[str, float]:
        """What the training part itself would get against pictures kept from it."""
        return {
            "kid": round(squared_mmd(self.held_out, self.train), 5),
            "coverage": round(coverage(self.held_out, self.train, NEIGHBOURS), 3),
        }

    def nearest(self, pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(distance, row) of the nearest training picture, mirrored or not, as the studio does."""
        ways = [torch.from_numpy(self._embed(each)) for each in (pictures, pictures[:, :, ::-1])]
        gaps, places = torch.stack([torch.cdist(way, self.known) for way in ways]).amin(0).min(1)
        return gaps.numpy(), self.rows[places.numpy()]

    def beside_nearest(self, prepared: Prepared, pictures: np.ndarray) -> np.ndarray:
        """Generated pictures closest to the training set first, each above its nearest one."""
        gaps, rows_of = self.nearest(pictures)
        order = np.argsort(gaps)[:NEAREST]
        rows = np.asarray(prepared.images)[rows_of[order]]
        pairs = np.concatenate([pictures[order], rows], 1)
        half = len(order) // 2
        return np.concatenate([np.concatenate(list(pairs[:half]), 1),
                               np.concatenate(list(pairs[half : 2 * half]), 1)])  # fmt: skip


def squared_mmd(real: np.ndarray, made: np.ndarray) -> float:
    """Unbiased, with the kernel (x.y / d + 1)^3; subsets of at most :data:`SUBSET` rows."""
    chance, size, found = np.random.default_rng(0), min(SUBSET, len(real), len(made)), []
    for _ in range(SUBSETS):
        x, y = (rows[chance.choice(len(rows), size, replace=False)] for rows in (real, made))
        xx, yy, xy = ((a @ b.T / a.shape[1] + 1.0) ** 3 for a, b in ((x, x), (y, y), (x, y)))
        inside = (xx.sum() - xx.trace() + yy.sum() - yy.trace()) / (size * (size - 1))
        found.append(inside - 2 * xy.mean())
    return float(np.mean(found))


def density(real: np.ndarray, made: np.ndarray) -> float:
    """Naeem 2020 (arXiv:2002.09797), Eq. 4: about 1 where made pictures lie as real ones do."""
    x, y = torch.from_numpy(real), torch.from_numpy(made)
    radius = torch.cdist(x, x).kthvalue(NEIGHBOURS + 1).values  # the nearest one is itself
    inside = torch.cdist(x, y) < radius[:, None]
    return float(inside.sum() / (NEIGHBOURS * len(made)))


def prepare(folder: Path, place: Path) -> tuple[Path, Prepared]:
    """A project with squares of 64 px of every picture under `folder`, on white."""
    squares = place / "pictures"
    squares.mkdir()
    files = [path for path in folder.rglob("*") if path.suffix.lower() in KINDS]
    for number, path in enumerate(sorted(files, key=lambda path: path.name)):
        with Image.open(path) as image:
            side = min(image.size)
            left, top = (image.width - side) // 2, (image.height - side) // 2
            cut = image.convert("RGBA").crop((left, top, left + side, top + side))
        page = Image.new("RGBA", cut.size, "white")
        page.alpha_composite(cut)
        small = page.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
        small.save(squares / f"{number:06}.png")
    if len(files) < 2 * COLUMNS:
        sys.exit(f"{folder} holds {len(files)} pictures: at least {2 * COLUMNS} are needed.")
    project = place / "project"
    with Project.open(project, create=True) as opened:
        for _ in import_sources(opened, [squares], "set"):
            pass
        made = runs.create_run(opened, "set", "vae", SIDE, SIDE, images=1, device="cpu")
        return project, runs.pictures_of(project, Recipe.load(project / "runs" / made.run))


def sheet(pictures: np.ndarray, target: Path) -> None:
    """A page of the first pictures."""
    shown = pictures[: COLUMNS * min(ROWS, len(pictures) // COLUMNS)]
    lines = [np.concatenate(list(shown[i : i + COLUMNS]), 1) for i in range(0, len(shown), COLUMNS)]
    Image.fromarray(np.concatenate(lines)).save(target)


def compare(given: argparse.Namespace, place: Path) -> dict[str, object]:
    """Every side in turn, its sheets and its figures."""
    project, prepared = prepare(given.folder, place)
    given.made = given.made or max(2 * COLUMNS, min(1000, len(prepared)))
    given.out.mkdir(parents=True, exist_ok=True)
    judge, sides = Judge(prepared), {}
    sheet(np.asarray(prepared.images), given.out / "real.png")
    for name in (*given.baselines, *given.families):
        busy = time.process_time()
        print(f"{name}: {given.minutes} minutes", file=sys.stderr)
        if name in given.baselines:
            made = learn_theirs(name, prepared, given, judge)
        else:
            made = learn_ours(project, name, given)
        sheet(made.pictures, given.out / f"{name}.png")
        nearest = judge.beside_nearest(prepared, made.pictures)
        Image.fromarray(nearest).save(given.out / f"{name}-nearest.png")
        sides[name] = {
            **judge.figures(made.pictures), "images_seen": made.seen,
            "images_per_second": round(made.seen / 60 / given.minutes, 1),
            "processor_seconds": round(time.process_time() - busy), **made.notes,
        }  # fmt: skip
    return {
        "benchmark": "gan side by side", "folder": given.folder.name, "side": SIDE,
        "minutes": given.minutes, "threads": given.threads, "pictures": len(prepared),
        "device": devices.choose(given.device).title,
        "train": len(prepared.train), "made": given.made, "extractor": judge.extractor.version,
        "ceiling": judge.ceiling(), "sides": sides,
    }  # fmt: skip


def main() -> int:
    """Compare, print, and exit 1 where none of ours is ahead of all others in both figures."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folder", type=Path)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--minutes", type=float, default=10.0, help="of every side")
    options.add_argument("--families", nargs="+", default=["gan", "fewshot_gan"])
    options.add_argument("--device", default="cpu", help="of our side; cpu, cuda, …")
    options.add_argument("--baselines", nargs="+", default=["dcgan"], choices=BASELINES)
    options.add_argument("--threads", type=int, default=torch.get_num_threads())
    options.add_argument("--made", type=int, default=0, help="pictures to compare by; 0: as real")
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    if not math.isfinite(given.minutes) or given.minutes <= 0:
        options.error("--minutes has to be above 0")
    torch.set_num_threads(given.threads)
    with tempfile.TemporaryDirectory() as place:
        result = compare(given, Path(place))
    sides = result["sides"]
    theirs = [sides[name] for name in given.baselines]
    ahead = {
        name: {
            "kid": sides[name]["kid"] < min(each["kid"] for each in theirs),
            "coverage": sides[name]["coverage"] > max(each["coverage"] for each in theirs),
        }
        for name in given.families
    }
    result["ahead"] = ahead
    result["ok"] = any(all(each.values()) for each in ahead.values())
    (given.out / "result.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(json.dumps(result))
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
