"""`dataset outliers` and `dataset map`: pictures compared in feature space."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from studio.engine.project import Project
from studio.verbs.console import Console, Result
from studio.verbs.interruption import Interruption
from studio.verbs.options import Actions, folder
from studio.verbs.pictures import SHOWN, action, chosen, file_of

_STOPPING = "Stopping; what was looked at so far is kept."


def add(actions: Actions) -> None:
    action(actions, "outliers", "Pictures that are unlike the rest; `fix` leaves them out.", find)
    chart = action(actions, "map", "Where pictures lie on a plane, like beside like.", plane)
    chart.add_argument("--out", metavar="FILE", type=folder, help="write it to a .json file")


def find(options: argparse.Namespace, console: Console) -> Result:
    """Score every picture; those beyond the threshold become findings."""
    from studio.engine.dataset.doctor import outliers, thresholds
    from studio.engine.dataset.index import store

    with Project.open(options.project) as project:
        dataset = chosen(project, options)
        with _until_stopped(console) as stop:
            found = outliers.find(project, dataset.id, stop.is_requested, _progress(console))
        limit = thresholds.read(project, dataset.id)[outliers.KIND]
        ranked = dict(outliers.ranked(project, dataset.id, SHOWN))
        files = {item.id: file_of(item) for item in store.items_by_id(project, list(ranked))}
    facts = {
        "dataset": dataset.name, "count": found.count, "limit": limit,
        "scores": [{"item": key, "score": score} for key, score in sorted(found.scores.items())],
        "furthest": [
            {"item": key, "file": files[key], "score": score, "outlier": score > limit}
            for key, score in ranked.items()
        ],
    }  # fmt: skip
    lines = [f"{dataset.name}: outliers: {found.count} (limit {limit:g} robust deviations)"]
    lines += [f"  {score:.2f} {files[key]}" for key, score in ranked.items() if score > limit]
    return Result(facts, lines)


def plane(options: argparse.Namespace, console: Console) -> Result:
    """The place of every picture between −1 and 1."""
    from studio.engine import files
    from studio.engine.dataset.doctor import atlas
    from studio.engine.dataset.index import store
    from studio.engine.errors import UsageError

    if options.out is not None and options.out.suffix.lower() != ".json":
        raise UsageError("A map is written as .json, not as {name}.", name=options.out.name)
    with Project.open(options.project) as project:
        dataset = chosen(project, options)
        with _until_stopped(console) as stop:
            chart = atlas.chart(project, dataset.id, stop.is_requested, _progress(console))
        names = {item.id: file_of(item) for item in store.items(project, dataset.id)}
    places = [
        {
            "item": int(key),
            "file": names[int(key)],
            "x": round(float(x), 5),
            "y": round(float(y), 5),
        }
        for key, (x, y) in zip(chart.item_ids, chart.places, strict=True)
    ]
    facts = {"dataset": dataset.name, "places": places}
    if options.out is not None:
        files.write_json(options.out, facts)
        return Result(facts | {"file": str(options.out)}, [str(options.out)])
    lines = [f"{dataset.name}: {len(places)} pictures on the map"]
    lines += [f"  {each['x']:+.3f} {each['y']:+.3f} {each['file']}" for each in places[:SHOWN]]
    return Result(facts, lines)


def _progress(console: Console) -> Callable[[int, int], None]:
    return lambda done, total: console.progress(f"{done} of {total} pictures looked at")


class _until_stopped:  # noqa: N801  # reads as a statement
    """Turns an interruption into KeyboardInterrupt once the work has stopped where it can."""

    def __init__(self, console: Console) -> None:
        self._stop = Interruption(console.note, _STOPPING)

    def __enter__(self) -> Interruption:
        self._stop.__enter__()
        return self._stop

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._stop.__exit__(kind, error, trace)
        if error is not None and self._stop.requested:
            raise KeyboardInterrupt from None
