"""An evaluation that can be read, printed and sent, with figures and pictures: one page of HTML,
or pages of a PDF.

Nothing is fetched and nothing runs: the pictures stand in the page itself.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from studio.engine.artwork import Pixels
from studio.engine.evaluation import assessment, gallery, report_pages
from studio.engine.evaluation.assessment import Assessment, Figure
from studio.engine.evaluation.gallery import Gallery
from studio.engine.evaluation.measures.base import PARTS, measures
from studio.engine.files import write_text
from studio.engine.project import Project
from studio.engine.training.planning import runs

PAIRS = 24
"""The closest pairs that are shown."""
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;"
    "color:#1c1c1c;background:#fff}h1,h2{line-height:1.2}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;padding:.3em .8em .3em 0;border-bottom:1px solid #ddd;"
    "vertical-align:top}small,.quiet{color:#666}figure{display:inline-block;margin:0 1em 1em 0}"
    "img{width:96px;image-rendering:pixelated}.close{color:#b3261e}.note{white-space:pre-wrap}"
)


def of_run(
    project: Project,
    run_name: str,
    count: int,
    seed: int,
    title: str,
    path: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Measure the newest checkpoint and write it; nothing where it is cancelled."""
    pairs = gallery.closest(
        project, run_name, count, seed, pixels=True, progress=progress, cancelled=cancelled
    )
    found = None
    if not pairs.changed and not cancelled():
        found = assessment.assess(
            project, run_name, count, seed, progress=progress, cancelled=cancelled
        )
    if not cancelled():
        write(path, found, pairs, title, runs.run(project, run_name).note)


def write(
    path: Path, found: Assessment | None, pairs: Gallery, run_name: str, note: str = ""
) -> None:
    """Write it whole or not at all: as a PDF where the name ends so, otherwise as HTML. Without
    `found` it is of the closest pairs alone; `note` is what the artist wrote down of the run."""
    if path.suffix.lower() == ".pdf":
        report_pages.write(path, found, pairs, run_name, PAIRS, note)
        return
    said = [f'<p class="note">{_safe(note)}</p>'] if note else []
    body = [
        f"<h1>{_safe(run_name)}</h1>",
        *said,
        *(_figures(found) if found else []),
        *_pairs(pairs),
    ]
    page = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{_safe(run_name)}</title><style>{_STYLE}</style></head><body>\n"
    )
    write_text(path, page + "\n".join(body) + "\n</body></html>\n")


def _figures(found: Assessment) -> list[str]:
    lines = [
        f"<p>Checkpoint {found.checkpoint}, after {found.images_seen:,} pictures: "
        f"{found.generated:,} generated pictures against {found.trained:,} that it was trained "
        f"on. Real pictures are {found.unseen:,} that it never saw.</p>",
        *(f'<p class="note">{_safe(each)}</p>' for each in found.otherwise),
    ]
    for part, title in PARTS.items():
        head = "<tr><th></th><th>Figure</th><th>95 %</th><th>In groups as small as the held-out "
        lines += [f"<h2>{title}</h2>", f"<table>{head}part</th><th>Real pictures</th></tr>"]
        lines += [_row(each) for each in found.figures if measures()[each.measure].part == part]
        lines.append("</table>")
    if found.latents.total:
        kept = f"{found.latents.active} of {found.latents.total}"
        lines.append(f"<p>Numbers of the latent in use: {kept}.</p>")
    return lines


def _row(figure: Figure) -> str:
    measure = measures()[figure.measure]
    name = (
        f"<td>{_safe(measure.title)}<br><small>{_safe(measure.term)}. {_safe(measure.help)}"
        "</small></td>"
    )
    if figure.value is None or figure.low is None or figure.high is None:
        return f'<tr>{name}<td colspan="4" class="quiet">{_safe(figure.refused)}</td></tr>'
    low, high = (measure.written(each) for each in (figure.low, figure.high))
    cells = [measure.written(figure.value), f"{low} to {high}"]
    if figure.ceiling is None or figure.matched is None:
        last = f'<td colspan="2" class="quiet">{_safe(figure.no_ceiling)}</td>'
    else:
        cells += [measure.written(each) for each in (figure.matched, figure.ceiling)]
        last = ""
    return f"<tr>{name}{''.join(f'<td>{_safe(each)}</td>' for each in cells)}{last}</tr>"


def _pairs(found: Gallery) -> list[str]:
    lines = [
        "<h2>Closest to a training picture</h2>",
        f"<p>{found.copies} of {found.compared} generated pictures come too close to one of "
        f"{found.known} training pictures. Generated left, original right.</p>",
    ]
    for pair in found.pairs[:PAIRS]:
        close = ' class="close"' if pair.likeness.too_close else ""
        said = f"seed {pair.seed}, {pair.likeness.alike:.0f} % alike"
        images = "".join(map(_image, (pair.generated, pair.training)))
        lines.append(f"<figure>{images}<figcaption{close}>{said}</figcaption></figure>")
    return lines


def _image(pixels: Pixels) -> str:
    """uint8 [h, w, c] as a PNG in the page."""
    if not pixels.size:
        return ""
    with io.BytesIO() as stream:
        Image.fromarray(np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
                        ).save(stream, "PNG")  # fmt: skip
        text = base64.b64encode(stream.getvalue()).decode("ascii")
    return f'<img alt="" src="data:image/png;base64,{text}">'


def _safe(text: str) -> str:
    return html.escape(str(text))
