"""`export`: pieces to files with proof of origin."""

from __future__ import annotations

import argparse

from studio.engine.errors import UsageError
from studio.engine.pieces.review import Review
from studio.verbs.console import Console, Result
from studio.verbs.options import Verbs, folder, pair, words
from studio.verbs.provenance_options import add_finishing, files_of, finishing_of, say_remarks


def add(verbs: Verbs) -> None:
    parser = verbs.add("export", "Hand pieces over to other programs.", run)
    parser.add_argument("project", type=folder, metavar="PROJECT", help="project folder")
    parser.add_argument(
        "pieces", nargs="*", metavar="PIECE", type=words, help="name or number of a piece"
    )
    parser.add_argument(
        "--preset", default="png", help="format, collection or destination; see `presets`"
    )
    parser.add_argument("--out", type=folder, metavar="DIR", help="folder for files")
    parser.add_argument(
        "--live", action="store_true",
        help="keep a live link: `--again` writes these files anew when their pieces have changed",
    )  # fmt: skip
    parser.add_argument(
        "--again", action="store_true",
        help="write the files of all live links whose pieces have changed, and nothing else",
    )  # fmt: skip
    parser.add_argument(
        "--set", dest="overrides", action="append", type=pair, default=[], metavar="KEY=VALUE",
        help="change an option of the format; may be given again",
    )  # fmt: skip
    parser.add_argument(
        "--names", type=words, default="", metavar="TEMPLATE",
        help="names of the files, e.g. {project}-{n:03}; see `presets`",
    )  # fmt: skip
    parser.add_argument("--creator", type=words, default="", help="who made it (dc:creator)")
    parser.add_argument("--rights", type=words, default="", help="rights line (dc:rights)")
    parser.add_argument(
        "--overwrite", action="store_true",
        help="replace files of the same name; without it a file gets the next free name",
    )  # fmt: skip
    parser.add_argument(
        "--approve", action="store_true",
        help="you have looked: allow pieces that resemble a training picture",
    )  # fmt: skip
    add_finishing(parser)


def run(options: argparse.Namespace, console: Console) -> Result:
    """Render and write, and say which files could not have the names of their pieces."""
    from studio.engine.export import live_links
    from studio.engine.export.handover import Taken, export_pieces
    from studio.engine.pieces import pieces
    from studio.engine.project import Project

    if options.again:
        return _again(options, console)
    if not options.pieces or options.out is None:
        raise UsageError("Say which pieces are exported, and where to: PIECE … --out DIR.")
    with Project.open(options.project) as project:
        wanted = [pieces.piece(project, name) for name in options.pieces]
        if options.approve:
            for piece in wanted:
                if piece.review is Review.LOOK:
                    pieces.set_review(project, piece.id, Review.APPROVED)
            wanted = [pieces.piece(project, piece.id) for piece in wanted]
        made = export_pieces(
            project, wanted, options.preset, dict(options.overrides), options.out,
            creator=options.creator, rights=options.rights,
            taken=Taken.REPLACE if options.overwrite else Taken.NEXT, names=options.names,
            finishing=finishing_of(options),
        )  # fmt: skip
        if options.live:
            live_links.keep(
                project, wanted, options.preset, dict(options.overrides), made,
                options.creator, options.rights,
            )  # fmt: skip
    renamed = {each.path.with_name(each.asked): each.path for each in made if each.renamed}
    for asked, path in renamed.items():
        console.note(f"{asked} was there already: {path.name} was written instead.")
    say_remarks(console, made)
    facts = {
        **files_of(made),
        "renamed": renamed,
        "sha256": {str(each.path): each.sha256 for each in made},
        "provenance": {str(each.path): each.provenance for each in made},
    }
    return Result(facts, [str(each.path) for each in made])


def _again(options: argparse.Namespace, console: Console) -> Result:
    """Write what has changed, in its place."""
    from studio.engine.export import live_links
    from studio.engine.project import Project

    made = []
    with Project.open(options.project) as project:
        if strange := live_links.strange(project):
            console.note(
                f"Live files of another machine are not written here ({strange}): "
                "export them again."
            )
        for number, change in live_links.changed(project).items():
            made += live_links.send_again(project, number, change.link)
    return Result(files_of(made), [str(each.path) for each in made])
