"""What the shell prints: tables, accounts, complaints, progress."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd

    from feedback.project import Project


@contextmanager
def open_project(where: dict[str, Any]) -> Iterator[Project]:
    from feedback.project import Project

    work = {k: where[k] for k in ("scheduler", "workers") if where.get(k)}
    project = Project(where["project"], who=where["who"], **work)
    try:
        yield project
    finally:
        project.close()


@contextmanager
def working(what: str) -> Iterator[None]:
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        progress.add_task(what, total=None)
        yield


WORKING = "A working paper: figures in it are not suppressed. For those who work on the project, not to be passed on."


def show(frame: pd.DataFrame, as_json: bool) -> None:
    if "private" in frame.columns:
        complain(WORKING)
    if as_json:
        click.echo(frame.to_json(orient="records", force_ascii=False, indent=2, default_handler=str))
        return
    if frame.empty:
        click.echo("nothing to show")
        return
    frame = frame.drop(columns="private", errors="ignore")
    from rich.console import Console
    from rich.table import Table

    table = Table(header_style="bold")
    for name in frame.columns:
        table.add_column(str(name), overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*("" if _missing(v) else _cell(v) for v in row))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def _missing(value: Any) -> bool:
    return value is None or str(value) in ("<NA>", "nan", "NaT")


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.2f}"
    return ", ".join(str(v) for v in value) if isinstance(value, tuple | list) else str(value)


def vars_of(value: Any) -> dict[str, Any]:
    """The fields of a slotted value by name."""
    return {name: getattr(value, name) for name in value.__slots__}


def account(account: dict[str, int], frame: pd.DataFrame, as_json: bool) -> None:
    if as_json:
        complain(WORKING)
        show(frame, True)
    else:
        print_account(account)


def print_account(a: dict[str, int]) -> None:
    click.echo(
        f"{a['units']} units = {a['coded']} coded + {a['uncoded']} uncoded + {a['process']} about the meeting"
        f" + {a['others']} of facilitators, note-takers and headings + {a['withheld']} held by the privacy gate"
    )


def complain(line: str) -> None:
    click.echo(line, err=True)
