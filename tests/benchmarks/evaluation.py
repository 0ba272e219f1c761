"""How long 2,000 pictures at 64 pixels take to be judged, and the first few of them.

    python tests/benchmarks/evaluation.py [--count 2000]

The model is an untrained GAN of the processor's preset; what it draws costs as much as later.
Seconds are of the processor, all threads together, as others may run beside it; the baseline is
drawing as many pictures, one by one. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from studio.engine.dataset.preparation.prepare import Prepared

SIDE, HELD_OUT = 64, 200
MIB_IN_KIB = 1024


def prepared(folder: Path, count: int) -> Prepared:
    """Soft shapes with grain; a tenth as many as are generated are held out."""
    import torch

    torch.manual_seed(0)
    small = 255 * torch.rand(count + HELD_OUT, 3, 8, 8)
    pictures = torch.nn.functional.interpolate(small, (SIDE, SIDE), mode="bicubic")
    pictures = (pictures + 6 * torch.randn_like(pictures)).clamp(0, 255)
    images = pictures.permute(0, 2, 3, 1).to(torch.uint8).numpy()
    np.save(folder / "images.npy", images)
    return Prepared(
        folder=folder, images=np.load(folder / "images.npy", mmap_mode="r"),
        train=np.arange(count), held_out=np.arange(count, len(images)),
        item_ids=list(range(len(images))), classes=[], labels=np.zeros(len(images), np.int64),
        captions=[""] * len(images), fingerprint="", crop="centre",
    )  # fmt: skip


def peak() -> float:
    """MiB that this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB_IN_KIB


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    count = parser.parse_args().count
    import torch

    from models import base
    from models.image_spec import ImageSpec
    from studio.engine.evaluation import assessment
    from studio.engine.evaluation.pairs import made
    from studio.engine.training.record.loaded_models import LoadedModel

    kind, spec = base.family("gan"), ImageSpec(3, SIDE, SIDE)
    config = kind.preset(spec, accelerator=False, pictures=count)
    model = LoadedModel(kind(config, spec).eval().requires_grad_(False), "cpu")
    facts: dict[str, object] = {"pictures": count, "threads": torch.get_num_threads()}
    with tempfile.TemporaryDirectory() as place:
        known = prepared(Path(place), count)
        for name, wanted in (("first", assessment.FIRST), ("half", count // 2), ("whole", count)):
            began = time.process_time()
            found = assessment.of_model(model, known, wanted, 0, ("", 0, 0))
            assert found is not None
            facts[f"{name}_seconds"] = round(time.process_time() - began, 2)
            facts[f"{name}_peak_mib"] = round(peak())
        began = time.process_time()
        for _ in made(model, range(count)):
            pass
        facts["drawing_seconds"] = round(time.process_time() - began, 2)
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
