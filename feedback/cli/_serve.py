"""`feedback serve`: the web app on this project."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


def add_serve(main: click.Group, verb: Callable[[Callable[..., int | None]], Callable[..., None]]) -> None:
    """Hang the command `serve` on the group."""

    @main.command()
    @click.option("--project", default=None, metavar="FILE|URL", help="The project file or database address.")
    @click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
    @click.option("--port", default=8765, show_default=True, type=click.IntRange(1, 65535), help="Port.")
    @click.option("--allow-host", "hosts", multiple=True, metavar="NAME", help="A name people type to reach it.")
    @click.option("--one-process", is_flag=True, help="Do the background work in the server too: less memory, slower pages.")
    @click.option("--new-key", is_flag=True, help="The project's key is lost: begin with a new one, give up what only that opened.")
    @click.pass_obj
    @verb
    def serve(
        where: dict[str, Any], project: str | None, host: str, port: int, hosts: tuple[str, ...], one_process: bool,
        new_key: bool,
    ) -> None:  # fmt: skip
        """Open the web app: facilitators upload, plan authors read."""
        from importlib import import_module

        import_module("feedback.web").serve(
            project or where["project"], host=host, port=port, hosts=hosts, apart=not one_process, new_key=new_key, say=click.echo
        )
