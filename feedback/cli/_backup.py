"""`feedback backup` and `feedback restore`: everything a project holds, in one encrypted file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from feedback.cli._show import open_project, working

ENV = "FEEDBACK_PASSPHRASE"


def add_backup(main: click.Group, verb: Callable[[Callable[..., int | None]], Callable[..., None]]) -> None:
    """Hang the commands `backup` and `restore` on the group."""

    @main.command()
    @click.argument("file", type=click.Path(path_type=Path))
    @click.pass_obj
    @verb
    def backup(where: dict[str, Any], file: Path) -> None:
        """Write the whole project with its keys into one encrypted FILE (asks for a passphrase, or FEEDBACK_PASSPHRASE)."""
        with open_project(where) as project:
            passphrase = _passphrase(confirm=True)
            with working("Backing up"):
                rows = project.back_up(file, passphrase=passphrase)
        click.echo(f"{file.name}: {sum(rows.values())} rows. Without the passphrase nobody can open it, you included.")

    @main.command()
    @click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
    @click.pass_obj
    @verb
    def restore(where: dict[str, Any], file: Path) -> None:
        """Fill a new project (name it with --project) from a back-up; nothing that is there is overwritten."""
        from feedback.project import Project

        passphrase = _passphrase(confirm=False)
        with working("Restoring"), Project.restore(file, where["project"], passphrase=passphrase) as project:
            sessions, events = len(project.corpus), len(project.log)
        click.echo(f"Restored: {sessions} sessions, {events} events; the log is whole.")


def _passphrase(*, confirm: bool) -> str:
    given = os.environ.get(ENV)
    return given if given else str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True))
