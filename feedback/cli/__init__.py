"""The verbs from the shell. One command a verb, no logic: parse, call Project, print."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from feedback.cli._archive import add_archive
from feedback.cli._backup import add_backup
from feedback.cli._coding import add_coding
from feedback.cli._desk import add_desk
from feedback.cli._gate import add_gate, held_lines
from feedback.cli._needs import add_needs
from feedback.cli._serve import add_serve
from feedback.cli._show import WORKING, complain, open_project, print_account, show, working
from feedback.cli._topics import add_topics
from feedback.errors import FeedbackError, LeakError, TableError

FINE, LOOK, WRONG = 0, 1, 2
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--project", default="plan.db", show_default=True, metavar="FILE|URL", help="The project file or database address."
)
@click.option("--who", default=None, metavar="NAME", help="Whose name stands in the log (default: the machine's user).")
@click.option("--workers", type=click.IntRange(1), help="Processes that read, screen and code (default 1; archive: all cores).")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler whose workers do that (README: Past one laptop).")
@click.version_option(package_name="feedback", message="%(version)s")
@click.pass_context
def main(context: click.Context, project: str, who: str | None, workers: int | None, scheduler: str | None) -> None:
    """Turn listening-session notes and transcripts into the recurring needs a plan has to answer.

    Everything runs on this machine. Start with `feedback demo`, or: add, codebook use, tag, themes, crosswalk, brief.

    Exit status: 0 fine, 1 something to look at, 2 wrong call or file.
    """
    context.obj = {"project": project, "who": who, "workers": workers, "scheduler": scheduler}


def verb(function: Callable[..., int | None]) -> Callable[..., None]:
    """Run a command: errors become one line on stderr each, never a traceback."""

    @wraps(function)
    def run(*args: Any, **options: Any) -> None:
        try:
            sys.exit(function(*args, **options) or FINE)
        except TableError as err:
            for p in err.problems:
                complain(str(p).removeprefix(": "))
        except LeakError as err:
            complain(str(err))
            sys.exit(LOOK)
        except FeedbackError as err:
            complain(str(err))
        except KeyboardInterrupt:
            complain("stopped; what was saved before is still there")
        except OSError as err:
            complain(f"{Path(err.filename or '').name or 'the file'}: {err.strerror or type(err).__name__}")
        except Exception as err:
            where = traceback.extract_tb(err.__traceback__)[-1]
            complain(
                f"a fault of this program ({type(err).__name__} in {Path(where.filename).name}, "
                f"line {where.lineno}); please report it"
            )
        sys.exit(WRONG)

    return run


@main.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE|FOLDER...", type=click.Path(path_type=Path))
@click.option("--manifest", type=click.Path(path_type=Path), help="sessions.csv with header fields by file.")
@click.pass_obj
@verb
def add(where: dict[str, Any], paths: tuple[Path, ...], manifest: Path | None) -> int:
    """Read documents, screen them, keep them; say what was read."""
    with open_project(where) as project:
        with working("Reading and screening"):
            corpus = project.add(*paths, manifest=manifest)
        click.echo("\n".join(s.summary() for s in corpus))
        for p in corpus.problems:
            complain(str(p))
        held = [u for s in project.corpus for u in s.turns if u.withheld]
        if held:
            click.echo(f"{len(held)} units are held by the privacy gate: see `feedback screen`.")
            for line in held_lines(project):
                click.echo(line)
    return LOOK if corpus.problems or held else FINE


@main.group()
def codebook() -> None:
    """Use, check or show the codebook."""


@codebook.command("use")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
@verb
def codebook_use(where: dict[str, Any], file: Path) -> None:
    """Keep a codebook file (YAML or CSV) in the project."""
    with open_project(where) as project:
        book = project.use_codebook(file)
        click.echo(f"{len(book)} codes in {len(book.groups)} groups from {file.name}")


@codebook.command("check")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@json_option
@click.pass_obj
@verb
def codebook_check(where: dict[str, Any], file: Path | None, as_json: bool) -> int:
    """Run every code's own examples, near-misses and the file's tests as tests."""
    from feedback.codebook import Codebook
    from feedback.tagging import check

    if file:
        book = Codebook.load(file)
    else:
        with open_project(where) as project:
            book = project.codebook
    result = check(book)
    frame = result.frame()
    show(frame if as_json else frame[frame["result"] != "pass"], as_json)
    if not as_json:
        click.echo(str(result))
    return FINE if result.ok else LOOK


@codebook.command("show")
@json_option
@click.pass_obj
@verb
def codebookshow(where: dict[str, Any], as_json: bool) -> None:
    """List the codes."""
    import pandas as pd

    with open_project(where) as project:
        rows = [(c.id, c.name, c.parent, c.sensitivity, c.status) for c in project.codebook]
    show(pd.DataFrame(rows, columns=["code", "name", "group", "sensitivity", "status"]), as_json)


@main.command()
@click.option("--by", default="audience", show_default=True, help="audience, language, spa, month or format.")
@json_option
@click.pass_obj
@verb
def themes(where: dict[str, Any], by: str, as_json: bool) -> None:
    """Count the sessions each theme was heard in, by group."""
    with open_project(where) as project:
        found = project.themes(by=by)
        show(found.frame(), as_json)
        if not as_json:
            click.echo(f"Recurring: {found.rule}")
            print_account(project.codings.account())
            for line in project.judged():
                click.echo(f"Checked blind: {line}")


@main.command()
@click.argument("a")
@click.argument("b")
@click.option("--by", default="audience", show_default=True)
@json_option
@click.pass_obj
@verb
def contrast(where: dict[str, Any], a: str, b: str, by: str, as_json: bool) -> None:
    """Set two groups side by side, in bands."""
    with open_project(where) as project:
        show(project.contrast(a, b, by=by).frame(), as_json)


@main.command()
@click.argument("plan", required=False, type=click.Path(path_type=Path))
@json_option
@click.pass_obj
@verb
def crosswalk(where: dict[str, Any], plan: Path | None, as_json: bool) -> None:
    """Set the needs against a plan file, and name the gaps on both sides."""
    with open_project(where) as project:
        show(project.crosswalk(plan).frame(), as_json)


@main.command()
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help=".html .docx .pdf .xlsx .pptx .md")
@click.option("--title", default="", help="Title of the brief.")
@click.option(
    "--kind", type=click.Choice(["full", "board", "slides", "report-back", "session"]), default="full", show_default=True,
    help="For whom.",
)  # fmt: skip
@click.option("--language", type=click.Choice(["en", "es"]), default="en", show_default=True,
              help="Of the report-back and the session page.")  # fmt: skip
@click.option("--session", default="", metavar="CODE", help="Of which session (kind session).")
@click.option("--plan", default=None, metavar="ID|FILE", help="Against which plan (default: the one used last).")
@click.option("--on", default=None, metavar="YYYY-MM-DD", help="Day of printing; permissions that ran out are respected.")
@click.option("--signed-only", is_flag=True, help="Print no quote that nobody has approved.")
@click.option("--since", default="", metavar="ROUND", help="Compare with a frozen round.")
@click.pass_obj
@verb
def brief(where: dict[str, Any], out: Path, **options: Any) -> None:
    """Write the brief of recurring needs, the Board's two pages, slides, or a page that goes back to people."""
    with open_project(where) as project, working("Writing the brief"):
        project.brief(out, **options)
        kept = sorted(project.kept_back)
    click.echo(str(out))
    if kept:
        click.echo(
            f"not counted in it: {', '.join(kept)}. A brief was given out before, and the two together would tell what was said "
            "in a few sessions. They count again as soon as enough others came.", err=True,
        )  # fmt: skip


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@click.pass_obj
@verb
def verify(where: dict[str, Any], file: Path, as_json: bool) -> int:
    """Re-check every number and quote of a finished brief against the project."""
    with open_project(where) as project, working("Checking"):
        result = project.verify(file)
    if as_json:
        show(result.frame(), True)
    else:
        click.echo(str(result))
    return FINE if result.ok else LOOK


@main.command()
@click.argument("ref")
@click.option("--context", default=2, show_default=True, help="Units before and after.")
@click.pass_obj
@verb
def quote(where: dict[str, Any], ref: str, context: int) -> None:
    """Show a quote where it was said."""
    with open_project(where) as project:
        for address, speaker, words, here in project.quote(ref, context=context):
            click.echo(f"{'>' if here else ' '} {address:<14} {speaker}: {words}")


@main.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.pass_obj
@verb
def export(where: dict[str, Any], out: Path) -> None:
    """Write what passed the gate for other tools, by suffix, and what is left out.

    A folder gets tidy CSV tables (Parquet where its name ends in .parquet); .qdpx a REFI-QDA project for NVivo,
    ATLAS.ti, MAXQDA or QualCoder; .qdc the codebook.
    """
    with open_project(where) as project:
        paths = project.export(out)
    for path in paths:
        click.echo(str(path))
    click.echo(f"\n{paths.losses}", nl=False)


@main.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--coder", metavar="INITIALS", help="Whose codings these are, where the file does not say.")
@click.pass_obj
@verb
def import_(where: dict[str, Any], file: Path, coder: str | None) -> int:
    """Read people's codings (.csv with ref and code, Taguette's highlights, .jsonl, .qdpx) or a codebook (.qdc)."""
    left_out: tuple[str, ...] = ()
    with open_project(where) as project:
        if file.suffix.lower() == ".qdc":
            losses = project.take_codebook(file)
        else:
            found = project.take_in(file, coder=coder)
            losses, left_out = found.losses, found.left_out
            click.echo(f"{len(found.codings)} codings kept")
    click.echo(f"{losses}\n{losses.beside(file)}")
    for line in left_out:
        complain(f"left out: {line}")
    return LOOK if left_out else FINE


@main.command()
@json_option
@click.pass_obj
@verb
def log(where: dict[str, Any], as_json: bool) -> None:
    """List every event of the project, and check that none was changed afterwards."""
    import pandas as pd

    with open_project(where) as project:
        complain(WORKING)
        show(pd.DataFrame(project.log), as_json)


@main.command()
@click.option(
    "--out", default="out", show_default=True, type=click.Path(path_type=Path), help="Folder for what is made."
)
@click.option(
    "--corpora",
    default=None,
    type=click.Path(path_type=Path),
    help="Folder with demo/ and leaky/ (default: the checkout's).",
)
@verb
def demo(out: Path, corpora: Path | None) -> int:
    """Walk the whole line on the invented sessions of corpora/demo, and say what happens."""
    from feedback.cli._demo import demonstrate

    root = corpora or Path(__file__).parents[2] / "corpora"
    for line in demonstrate(root, out):
        click.echo(line)
    return FINE


add_archive(main, verb)
add_backup(main, verb)
add_coding(main, verb)
add_gate(main, verb)
add_serve(main, verb)
add_desk(main, verb)
add_needs(main, verb)
add_topics(main, verb)
