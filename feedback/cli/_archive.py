"""`feedback archive`: the same verbs on a folder of parts, for what is too large for one project file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feedback.cli._show import complain, show

if TYPE_CHECKING:
    from feedback.archive import Archive, Done

Verb = Callable[[Callable[..., int | None]], Callable[..., None]]
folder = click.argument("folder", type=click.Path(path_type=Path))
json_option = click.option("--json", "as_json", is_flag=True, help="As JSON.")


def add_archive(main: click.Group, verb: Verb) -> None:
    """Hang the group `archive` on the shell."""

    @main.group()
    def archive() -> None:
        """Carry millions of units: the verbs, part by part, in a folder; resumed where interrupted.

        `feedback --workers 2 archive add FOLDER big.jsonl` works with two processes (not given: one a core),
        `feedback --scheduler tcp://10.0.0.5:8786 archive ...` on a Dask cluster.
        """

    _making(archive, verb)
    _showing(archive, verb)
    _deciding(archive, verb)


def _making(group: click.Group, verb: Verb) -> None:
    @group.command()
    @folder
    @click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
    @click.option("--manifest", type=click.Path(path_type=Path), help="sessions.csv with header fields by file.")
    @click.pass_obj
    @verb
    def add(where: dict[str, Any], folder: Path, paths: tuple[Path, ...], manifest: Path | None) -> int:
        """Read files or folders (JSON lines and CSV of any size, by their `session` column) into the archive."""
        with _open(where, folder) as kept:
            return _said(kept.add(*paths, manifest=manifest))

    @group.command()
    @folder
    @click.option("--roster", type=click.Path(path_type=Path), help="Names that must never appear; kept as salted hashes.")
    @click.option("--quick", is_flag=True, help="Without the transformer: some five times faster, names that are words are missed.")
    @click.pass_obj
    @verb
    def screen(where: dict[str, Any], folder: Path, roster: Path | None, quick: bool) -> int:
        """Run the privacy gate over all parts."""
        with _open(where, folder) as kept:
            return _said(kept.screen(roster=roster, context=not quick))

    @group.command()
    @folder
    @click.option("--codebook", required=True, type=click.Path(path_type=Path), help="Codebook file (YAML or CSV).")
    @click.option("--with", "taggers", multiple=True, type=click.Choice(["rules", "model"]), help="Only these (default: both).")
    @click.pass_obj
    @verb
    def tag(where: dict[str, Any], folder: Path, codebook: Path, taggers: tuple[str, ...]) -> int:
        """Lay codes on what passed the gate."""
        from feedback.codebook import Codebook

        with _open(where, folder) as kept:
            return _said(kept.tag(Codebook.load(codebook), taggers=taggers or None))

    @group.command()
    @folder
    @click.option("--topics", "n_topics", type=int, help="How many (default: chosen by stability).")
    @click.option("--seed", type=int, default=0, show_default=True)
    @click.option("--sample", type=int, default=20_000, show_default=True, help="Units to find topics in; the others are placed.")
    @json_option
    @click.pass_obj
    @verb
    def discover(where: dict[str, Any], folder: Path, as_json: bool, **options: Any) -> None:
        """Find topics in whole sessions evenly drawn, place all other units, and count over all."""
        with _open(where, folder) as kept:
            kept.discover(**options)
            show(kept.topics_frame(), as_json)

def _showing(group: click.Group, verb: Verb) -> None:
    @group.command()
    @folder
    @click.option("--by", default="audience", show_default=True)
    @json_option
    @click.pass_obj
    @verb
    def themes(where: dict[str, Any], folder: Path, by: str, as_json: bool) -> None:
        """Count the sessions each theme was heard in, by group; units and codings stay on disk."""
        from feedback.findings import summarize

        with _open(where, folder) as kept:
            show(summarize(kept.codings(), by=by).frame(), as_json)

    @group.command()
    @folder
    @click.option("--plan", required=True, type=click.Path(path_type=Path), help="Plan file (YAML).")
    @click.option("--out", "-o", required=True, type=click.Path(path_type=Path), help="File: .html .docx .pdf .md .xlsx.")
    @click.option("--kind", type=click.Choice(["full", "board", "slides", "report-back"]), default="full", show_default=True)
    @click.pass_obj
    @verb
    def brief(where: dict[str, Any], folder: Path, plan: Path, out: Path, kind: Any) -> None:
        """Write the brief of what recurs in the whole archive, against a plan."""
        from feedback.briefs import brief as write
        from feedback.findings import summarize
        from feedback.plan import crosswalk

        with _open(where, folder) as kept:
            write(crosswalk(summarize(kept.codings(), by="audience"), plan), kind=kind).save(out)
        click.echo(str(out))

    @group.command()
    @folder
    @click.option("--out", "-o", required=True, type=click.Path(path_type=Path), help="Folder of CSV; NAME.parquet for Parquet.")
    @click.pass_obj
    @verb
    def export(where: dict[str, Any], folder: Path, out: Path) -> None:
        """Write sessions, units, codes, codings, the 0/1 matrix and themes as tables, block by block."""
        from feedback.exchange import export as write
        from feedback.findings import summarize

        with _open(where, folder) as kept:
            codings = kept.codings()
            written = write(codings, summarize(codings), out)
        for path in written:
            click.echo(str(path))


def _deciding(group: click.Group, verb: Verb) -> None:
    @group.command()
    @folder
    @click.option("--most", default=50, show_default=True, help="How many.")
    @json_option
    @click.pass_obj
    @verb
    def groups(where: dict[str, Any], folder: Path, most: int, as_json: bool) -> int:
        """List what is to decide: one line a distinct word (never the word itself), the most frequent first."""
        import pandas as pd

        with _open(where, folder) as kept:
            found = kept.groups()
        rows = [(g.id, g.kind, g.tier or "", g.count, ", ".join(g.refs[:3])) for g in found[:most]]
        show(pd.DataFrame(rows, columns=["group", "kind", "tier", "places", "where"]), as_json)
        if len(found) > most:
            click.echo(f"and {len(found) - most} more")
        return 1 if found else 0

    @group.command()
    @folder
    @click.argument("group")
    @click.argument("decision")
    @click.option("--by", required=True, help="Who decides.")
    @click.option("--because", "why", required=True, help="Why.")
    @click.pass_obj
    @verb
    def decide(where: dict[str, Any], folder: Path, group: str, decision: str, by: str, why: str) -> None:
        """Decide once for all places of a word (accept, replace, remove; or an outcome); then screen again."""
        with _open(where, folder) as kept:
            kept.decide(group, decision, by=by, why=why)
        click.echo("kept; run `feedback archive screen` to clear the parts it stands in anew")

    @group.command()
    @folder
    @click.argument("session")
    @click.option("--by", required=True, help="Who withdraws it.")
    @click.option("--because", "why", required=True, help="Why.")
    @json_option
    @click.pass_obj
    @verb
    def withdraw(where: dict[str, Any], folder: Path, session: str, by: str, why: str, as_json: bool) -> None:
        """Take a session out of every part, finding, coding, vector and topic; print a receipt."""
        import json

        with _open(where, folder) as kept:
            receipt = kept.withdraw(session, by=by, why=why)
        if as_json:
            click.echo(json.dumps(receipt))
            return
        gone = f"{receipt['units']} units gone from {receipt['parts']} part(s)"
        click.echo(f"{receipt['session']}: {gone}, sha256 {receipt['sha256'][:16]}")
        click.echo("The file it was read from, and back-ups, still hold it; read again, it stays out.")


@contextmanager
def _open(where: dict[str, Any], folder: Path) -> Iterator[Archive]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from feedback.archive import Archive

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bars: dict[str, Any] = {}

        def told(step: str, done: int, parts: int) -> None:
            if step not in bars:
                bars[step] = progress.add_task(step, total=parts or None)
            progress.update(bars[step], completed=done)

        with Archive(folder, scheduler=where["scheduler"], workers=where["workers"], progress=told) as kept:
            yield kept


def _said(done: Done) -> int:
    click.echo(str(done))
    for problem in done.problems:
        complain(str(problem))
    return 1 if done.problems else 0
