"""Whether pictures of a prompt are those that the prompt asks for.

    python tests/benchmarks/prompts.py PROJECT --run R [--count 200]
        [--out FILE.json] [--sheet FILE.jpg]

Of a run of `text2image`, with guidance and steps as the program has them:

- retrieval: for each caption a picture is drawn. In what share of pairs is it nearer to the
  caption's own picture than the one that was drawn of another caption? All pairs of the captions
  of held-out pictures count, and as many of training pictures, by the features of the fixed
  extractor in units of their spread. Held-out captions are asked without words that the model has
  never read (the window refuses those); captions with no other words are left out and counted.
  Beside it what pairs the training picture would win whose caption shares most words with what is
  asked, and the mean of the features of three such: how much words tell in this set.
- colours: of captions with the name of a colour and of prompts that no caption has ("blue heart"),
  how often that colour leads in the picture; beside it how often it does in the real pictures.
- categories: of held-out captions with a frequent word, how often the training picture that is
  nearest has that word in its caption; beside it the same of the real held-out pictures.
- copies: how many of the pictures of held-out captions the copy check finds too close to a
  training picture; beside it how many of the held-out pictures themselves.

Seconds are of one thread's processor time.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch
from PIL import Image

from models.parts.words import counted, words_of
from studio.engine.artwork import Pixels
from studio.engine.evaluation.copies import CopyCheck, embed
from studio.engine.evaluation.pairs import model_at
from studio.engine.export.contact_sheet import contact_sheet
from studio.engine.project import Project
from studio.engine.refinement.colour_spaces import to_oklab
from studio.engine.training.planning import runs
from studio.engine.training.record.loaded_models import LoadedModel
from studio.engine.training.record.recipe import Recipe

COLOURS = {
    "red": "d22f27 ea5a47 ff0000", "orange": "e27022 f1a04b", "yellow": "fcea2b f1b31c",
    "green": "5c9e31 b1cc33 007a3d", "blue": "92d3f5 61b2e4 1e50a0", "purple": "8967aa b399c8",
    "pink": "ffa7c0 e67a94", "brown": "a57939 6a462f", "black": "000000 3f3f3f",
    "white": "ffffff", "grey": "9b9b9a d0cfce",
}  # fmt: skip
"""Names of colours in captions, and what is meant by them (OpenMoji's palette, and flags)."""
NOUNS = ("heart", "circle", "square", "book", "apple")
"""Of prompts that no caption has."""
CATEGORIES, FEWEST = 12, 3
"""Words that are looked at, the most frequent first, and held-out captions that each needs."""
SHOWN = 12
"""Columns of the sheet, and of each kind as many pairs."""


class Asked:
    """A model that is asked in words."""

    def __init__(self, model: LoadedModel, captions: Sequence[str], **sampling: float) -> None:
        self.model, self.words, self.sampling = model, counted(captions), sampling
        self.seconds: list[float] = []

    def known(self, text: str) -> str:
        return " ".join(word for word in words_of(text) if word in self.words)

    def drawn(self, prompts: Sequence[str], seed: int = 0) -> Pixels:
        """uint8 [n, h, w, c], each of its own seed."""
        made = []
        for place, prompt in enumerate(prompts):
            began = time.thread_time()
            with torch.inference_mode(), self.model as family:
                how = family.sampling.from_mapping({"prompt": prompt, **self.sampling})
                w = family.sample_by(how, 1, seed + place)
                self.seconds.append(time.thread_time() - began)
                made.append(family.synthesize(w)[0].cpu().numpy())
        return np.stack(made)


def retrieval(own: np.ndarray, made: np.ndarray) -> float:
    """Share of pairs (i, j) in which picture j is farther from own picture i than picture i is."""
    between = np.linalg.norm(own[:, None] - made[None], axis=2)
    others = ~np.eye(len(own), dtype=bool)
    nearer = between.diagonal()[:, None] < between
    alike = between.diagonal()[:, None] == between
    return float((nearer + 0.5 * alike)[others].mean())


def alike(text: str, known: Sequence[str]) -> np.ndarray:
    """Places of `known`, first those whose words are nearest to those of `text`: the cosine of
    their counts by rarity, log(n / captions with the word) (Salton 1988, 'tfc')."""
    having = Counter(word for each in known for word in set(words_of(each)))
    rarity = {word: np.log(len(known) / count) for word, count in having.items()}

    def strength(words: set[str]) -> float:
        return float(np.sqrt(sum(rarity[word] ** 2 for word in words)) or 1)

    asked = set(words_of(text)) & rarity.keys()
    shared = [(words, words & asked) for words in (set(words_of(each)) for each in known)]
    near = [strength(both) ** 2 / strength(words) if both else 0 for words, both in shared]
    return np.argsort(-np.array(near), kind="stable")


def leading(picture: Pixels) -> str:
    """The colour that most of a picture [h, w, c] is nearest to, without clear parts and, where
    there is more than them, without dark lines and white ground."""
    flat = picture.reshape(-1, picture.shape[-1])
    if flat.shape[1] == 4:
        flat = flat[flat[:, 3] > 127][:, :3]
    if not len(flat):
        return ""
    named = [name for name, marks in COLOURS.items() for _ in marks.split()]
    marks = [bytes.fromhex(each) for marks in COLOURS.values() for each in marks.split()]
    spots, marks = (
        to_oklab(np.array([*map(list, each)], np.float32) / 255) for each in (flat, marks)
    )
    near = np.linalg.norm(spots[:, None] - marks[None], axis=2).argmin(1)
    votes = Counter(named[each] for each in near)
    bright = {name: votes[name] for name in votes if name not in ("black", "white", "grey")}
    if sum(bright.values()) > 0.2 * len(flat):
        votes = Counter(bright)
    return votes.most_common(1)[0][0]


def colours_of(asked: Asked, rows: Sequence[int], captions: Sequence[str], images: Pixels):
    """A table by colour, and (prompt, picture) of prompts that no caption has."""
    table: dict[str, dict[str, float]] = {}
    shown = []
    for colour in COLOURS:
        own = [row for row in rows if (words := words_of(captions[row])) and colour in words
               and not set(words) & (set(COLOURS) - {colour})]  # fmt: skip
        new = [f"{colour} {noun}" for noun in NOUNS
               if f"{colour} {noun}" not in map(str.lower, captions)
               and {colour, noun} <= asked.words.keys()]  # fmt: skip
        line: dict[str, float] = {"captions": len(own), "new prompts": len(new)}
        if own:
            made = asked.drawn([asked.known(captions[row]) for row in own])
            line["leads, of captions"] = sum(leading(each) == colour for each in made)
            line["leads, in their real pictures"] = sum(leading(images[k]) == colour for k in own)
        if new:
            made = asked.drawn(new)
            line["leads, of new prompts"] = sum(leading(each) == colour for each in made)
            shown += list(zip(new, made, strict=True))
        if own or new:
            table[colour] = line
    return table, shown


def categories_of(
    words: Sequence[str], texts: Sequence[str], known: Sequence[str], near: np.ndarray,
    near_real: np.ndarray,
) -> dict[str, dict[str, float]]:  # fmt: skip
    """By word how many held-out `texts` have it, and how many have it nearest to them."""
    table = {}
    for word in words:
        own = [k for k, text in enumerate(texts) if word in words_of(text)]
        if len(own) < FEWEST or len(table) == CATEGORIES:
            continue
        hits = [[word in words_of(known[places[k]]) for k in own] for places in (near, near_real)]
        share = sum(word in words_of(each) for each in known) / len(known)
        table[word] = {
            "captions": len(own), "hits": sum(hits[0]), "hits of real pictures": sum(hits[1]),
            "expected by chance": round(share * len(own), 2),
        }  # fmt: skip
    return table


def nearest(vectors: np.ndarray, known: np.ndarray) -> np.ndarray:
    return np.array([np.linalg.norm(known - each, axis=1).argmin() for each in vectors])


def measured(project: Project, run_name: str, count: int, **sampling: float):
    """(figures, what the sheet shows)."""
    run = runs.run(project, run_name)
    prepared = runs.pictures_of(project.folder, Recipe.load(run.folder))
    saved, model = model_at(project, run_name)
    captions, images = prepared.captions, prepared.images
    asked = Asked(model, [captions[row] for row in prepared.train], **sampling)
    features = embed(np.asarray(images))
    middle, spread = features[prepared.train].mean(0), features[prepared.train].std(0) + 1e-3
    features = (features - middle) / spread

    def rows_of(rows: np.ndarray) -> list[int]:
        told = [int(row) for row in rows if asked.known(captions[row])]
        return [told[k * len(told) // min(count, len(told))] for k in range(min(count, len(told)))]

    figures: dict[str, object] = {
        "run": run.family, "images_seen": saved.images_seen, "config": saved.state["config"],
        "train": len(prepared.train), "held_out": len(prepared.held_out), "sampling": sampling,
        "left out, no known word": sum(not asked.known(captions[k]) for k in prepared.held_out),
    }  # fmt: skip
    sheet: list[tuple[str, Pixels]] = []
    for kind, rows in (("held out", prepared.held_out), ("training", prepared.train)):
        own = rows_of(rows)
        texts = [asked.known(captions[row]) for row in own]
        made = asked.drawn(texts)
        vectors = (embed(made) - middle) / spread
        figures[f"retrieval, {kind}"] = {
            "captions": len(own), "pairs won": round(retrieval(features[own], vectors), 4),
            "of the picture seen, known captions": sum(
                asked.known(captions[row]) == " ".join(words_of(captions[row])) for row in own),
        }  # fmt: skip
        chosen = [k * len(own) // SHOWN for k in range(SHOWN)]
        sheet += [(captions[own[k]][:14], np.asarray(images[own[k]])) for k in chosen]
        sheet += [("", made[k]) for k in chosen]
        if kind == "held out":
            check = CopyCheck.of(prepared)
            figures["copies"] = {
                "pictures": len(made), "too close": sum(e.too_close for e in check.check_all(made)),
                "held-out pictures too close": check.unseen_close, "of": check.unseen,
            }  # fmt: skip
            known = features[prepared.train]
            near = [alike(text, [captions[row] for row in prepared.train]) for text in texts]
            for few in (1, 3):
                told = np.stack([known[each[:few]].mean(0) for each in near])
                name = f"retrieval, by the nearest {few} captions alone"
                figures[name] = round(retrieval(features[own], told), 4)
            figures["categories"] = categories_of(
                list(asked.words), texts, [captions[row] for row in prepared.train],
                nearest(vectors, known), nearest(features[own], known),
            )  # fmt: skip
        print(kind, figures[f"retrieval, {kind}"], file=sys.stderr, flush=True)
    table, new = colours_of(asked, [int(row) for row in prepared.train], captions, images)
    figures["colours"] = table
    sheet += new[: 3 * SHOWN]
    figures["seconds of a picture's tokens"] = round(float(np.median(asked.seconds)), 4)
    return figures, sheet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("project", type=Path)
    parser.add_argument("--run", required=True)
    parser.add_argument("--count", type=int, default=200, help="captions of each kind at most")
    parser.add_argument("--guidance", type=float, help="instead of the program's own")
    parser.add_argument("--temperature", type=float, help="instead of the program's own")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--sheet", type=Path, help="real, drawn (held out); real, drawn; new ones")
    given = parser.parse_args()
    torch.set_num_threads(1)
    changed = {"guidance": given.guidance, "temperature": given.temperature}
    changed = {name: value for name, value in changed.items() if value is not None}
    with Project.open(given.project) as project:
        figures, sheet = measured(project, given.run, given.count, **changed)
    text = json.dumps({"benchmark": "prompts", "project": given.project.name, **figures}, indent=1)
    print(text)
    if given.out:
        given.out.write_text(text + "\n", "utf-8")
    if given.sheet:
        Image.fromarray(contact_sheet(sheet, SHOWN)).save(given.sheet, quality=85)


if __name__ == "__main__":
    main()
