"""Commands on needs: what recurs, which could be one, joining and parting them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from feedback.cli._show import open_project, show, working

Verb = Callable[[Callable[..., int | None]], Callable[..., None]]


def add_needs(main: click.Group, verb: Verb) -> None:
    """Add the commands to the shell."""

    @main.group()
    def needs() -> None:
        """The recurring needs; which of them could be one; joining and parting them."""

    @needs.command("list")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
    @click.pass_obj
    @verb
    def listed(where: dict[str, Any], as_json: bool) -> None:
        """Print the recurring needs: sentence, codes, sessions, audiences, plan area, strategy."""
        with open_project(where) as project:
            frame = project.crosswalk_or_none().frame()
        kept = ["need", "statement", "sessions", "base", "audiences", "plan_area", "strategy", "status"]
        show(frame if as_json else frame[kept], as_json)

    @needs.command("propose")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
    @click.pass_obj
    @verb
    def proposed(where: dict[str, Any], as_json: bool) -> None:
        """Propose which needs could be one, by a stated rule; nothing is joined."""
        from feedback.plan import RULE, proposals_frame

        with open_project(where) as project, working("Comparing needs"):
            found = project.proposed_joins()
        show(proposals_frame(found), as_json)
        if not as_json:
            click.echo(RULE)

    @needs.command("join")
    @click.argument("codes", nargs=-1, required=True, metavar="NEED NEED...")
    @click.option("--by", required=True, help="Who decides.")
    @click.option("--why", required=True, help="Why they are one need.")
    @click.pass_obj
    @verb
    def join(where: dict[str, Any], codes: tuple[str, ...], by: str, why: str) -> None:
        """Count several needs as one from now on; the first leads, and each session counts once."""
        with open_project(where) as project:
            _say(project.join_needs(*codes, by=by, why=why)[codes[0].split("+")[0]])

    @needs.command("part")
    @click.argument("code", metavar="NEED")
    @click.option("--by", required=True, help="Who decides.")
    @click.option("--why", required=True, help="Why they are not one need.")
    @click.pass_obj
    @verb
    def part(where: dict[str, Any], code: str, by: str, why: str) -> None:
        """Let a need stand by itself again; given a joined need (a+b), all of it."""
        with open_project(where) as project:
            made = project.part_need(code, by=by, why=why)
            for one in made:
                if set(one.codes) & set(code.split("+")):
                    _say(one)


def _say(need: Any) -> None:
    heard = need.band if need.sessions is None else f"{need.sessions} of {need.base} sessions"
    click.echo(f"{need.id}: {heard}; {need.statement}")
