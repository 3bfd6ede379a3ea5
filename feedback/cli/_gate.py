"""Commands around the gate: certificate, roster, contacts, consent to quote, signatures, thresholds, retention, purge."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feedback.cli._show import complain, open_project, show, vars_of, working

if TYPE_CHECKING:
    from feedback.privacy import Audit
    from feedback.project import Project

Verb = Callable[[Callable[..., int | None]], Callable[..., None]]
_PLAIN = {"harmless": "accept", "identifier": "replace"}
_BY = click.option("--by", required=True, metavar="NAME", help="Who decides; stands in the log.")
_WHY = click.option("--because", required=True, metavar="WHY", help="Why; stands in the log.")
CALM = (
    "{n} may tell of danger or harm to a person. They are held back from everything; this tool tells nobody and decides nothing. "
    "If somebody may be in danger now, act first, by your organization's own protocol. Then `feedback screen --groups` lists "
    "them by address, and `feedback screen --decide GROUP OUTCOME --by YOU --because WHY` lets each go or keeps it out."
)
MOST = 3


def held_lines(project: Project) -> list[str]:
    """What to tell whoever adds or screens: held units by address, calmly, with the organisation's own contacts; no words."""
    refs = [f"{s.id}#{u.index}" for s in project.corpus for u in s.turns if (u.withheld or "").startswith("held:")]
    if not refs:
        return []
    lines = [CALM.format(n="One line" if len(refs) == 1 else f"{len(refs)} lines")]
    lines.append(f"First: {', '.join(refs[:MOST])}" + (f" (and {len(refs) - MOST} more)" if len(refs) > MOST else ""))
    contacts = project.contacts
    lines.append(contacts or "No contacts are configured yet: `feedback contacts set FILE --by YOU`.")
    return lines


def print_certificate(project: Project, out: Path | None) -> None:
    """Print the certificate as JSON, or write it to a file."""
    text = json.dumps(project.certificate(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        click.echo(str(out))


def _places(project: Project, groups: tuple[str, ...]) -> list[str]:
    """A word in its places, with the address to decide at; `all` stands for every word that waits, disclosures left out."""
    wanted = [g for g in groups if g != "all"]
    if "all" in groups:
        wanted += [g.id for g in project.screen().undecided() if g.tier is None]
    return [
        f"{group}  {ref}: {before}>>{words}<<{after}"
        for group in dict.fromkeys(wanted) for ref, before, words, after in project.context(group)
    ]  # fmt: skip


def _decide(project: Project, decisions: tuple[tuple[str, str], ...], *, by: str, why: str) -> Audit:
    """Take several decisions at once: those alike together, so that the gate runs once for them."""
    alike: dict[str, list[str]] = {}
    for group, said in decisions:
        alike.setdefault(_PLAIN.get(said, said), []).append(group)
    for said, groups in alike.items():
        audit = project.decide(groups, said, by=by, why=why)
    return audit


def _print_allowed(project: Project, *, as_json: bool) -> None:
    import pandas as pd

    version, rows = project.allowed
    click.echo(f"allow list, version {version}", err=as_json)
    show(pd.DataFrame(rows, columns=["group", "by", "why", "at"]), as_json)


def add_gate(main: click.Group, verb: Verb) -> None:
    """Add the commands."""
    by = _BY

    @main.command()
    @click.argument("file", required=False, type=click.Path(path_type=Path))
    @click.option("--forget", is_flag=True, help="Forget the roster.")
    @click.option("--by", default="", metavar="NAME", help="Who decides; stands in the log.")
    @click.pass_obj
    @verb
    def roster(where: dict[str, Any], file: Path | None, forget: bool, by: str) -> None:
        """Keep names that must never appear (participants, staff, placements, schools), as salted hashes only."""
        with open_project(where) as project:
            if file is None and not forget:
                kept = project.certificate()
                click.echo(f"{next(iter(kept.values()), {}).get('roster', 0)} names on the roster")
                return
            count = project.use_roster(None if forget else file, by=by)
            project.screen()
            click.echo(f"{count} names kept as hashes; the file itself is not needed any more")

    @main.group()
    def contacts() -> None:
        """The organisation's own contacts, shown when a line may tell of harm. None are shipped."""

    @contacts.command("set")
    @click.argument("file", type=click.Path(path_type=Path))
    @by
    @click.pass_obj
    @verb
    def contacts_set(where: dict[str, Any], file: Path, by: str) -> None:
        """Keep the words of a text file as contacts: whom to call, at which hours, where the protocol lies."""
        with open_project(where) as project:
            project.set_contacts(file, by=by)

    @contacts.command("show")
    @click.pass_obj
    @verb
    def contacts_show(where: dict[str, Any]) -> None:
        """Show the contacts."""
        with open_project(where) as project:
            click.echo(project.contacts or "none are configured")

    _add_quotes(main, verb)
    _add_screen(main, verb)
    _add_rules(main, verb)
    _add_purge(main, verb)


def _add_quotes(main: click.Group, verb: Verb) -> None:
    by, why = _BY, _WHY

    @main.command()
    @click.argument("session")
    @click.argument("quotes", type=click.Choice(["yes", "review", "no"]))
    @click.option("--until", default="", metavar="DATE", help="The permission ends on this day (YYYY-MM-DD).")
    @by
    @why
    @click.pass_obj
    @verb
    def consent(where: dict[str, Any], session: str, quotes: str, until: str, by: str, because: str) -> int:
        """Give or withdraw a session's permission to quote; says which released files quote it."""
        with open_project(where) as project:
            files = project.set_consent(session, quotes, by=by, why=because, until=until)
        for file in files:
            click.echo(f"released before, and quotes this session: {file}")
        return 1 if files and quotes == "no" else 0

    @main.command()
    @click.argument("ref")
    @click.option("--owner-agreed", is_flag=True, help="Who is quoted said yes to this quote.")
    @by
    @why
    @click.pass_obj
    @verb
    def sign(where: dict[str, Any], ref: str, owner_agreed: bool, by: str, because: str) -> None:
        """Sign a quote of a sensitive or restricted code: two people must, before it may be printed."""
        with open_project(where) as project:
            names = project.sign_quote(ref, by=by, why=because, owner_agreed=owner_agreed)
        click.echo(f"{ref}: signed by {len(names)}")


def _add_screen(main: click.Group, verb: Verb) -> None:
    @main.command()
    @click.option("--roster", type=click.Path(path_type=Path), help="A local list of names that must never appear.")
    @click.option("--groups", is_flag=True, help="List what is to decide, one line a distinct word.")
    @click.option(
        "--decide", nargs=2, multiple=True, metavar="GROUP DECISION",
        help="Decide for all places of a word: harmless or identifier. May be given again for further words.",
    )
    @click.option("--by", default="", help="Who decides.")
    @click.option("--because", default="", help="Why.")
    @click.option("--reveal", "reveal_ref", metavar="REF", help="Show what was found in a unit (logged).")
    @click.option("--context", "context_of", multiple=True, metavar="GROUP|all",
                  help="Show a word in its places, to decide by, or all that wait (logged).")
    @click.option("--reopen", metavar="GROUP", help="Take a decision back.")
    @click.option(
        "--allow-list", is_flag=True, help="List the words accepted so far, by address, with who, when and why."
    )
    @click.option("--certificate", is_flag=True, help="Print a certificate per file (no found word in it).")
    @click.option("-o", "--out", type=click.Path(path_type=Path), help="Write the certificate to this file.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
    @click.pass_obj
    @verb
    def screen(where: dict[str, Any], roster: Path | None, groups: bool, decide: tuple[tuple[str, str], ...], by: str, because: str,
               reveal_ref: str | None, context_of: tuple[str, ...], reopen: str | None, allow_list: bool, certificate: bool,
               out: Path | None, as_json: bool) -> int:  # fmt: skip
        """Run the privacy gate and list findings by address; exit 1 while anything is open."""
        with open_project(where) as project:
            if reveal_ref or context_of:
                for line in project.reveal(reveal_ref) if reveal_ref else _places(project, context_of):
                    click.echo(line)
                return 0
            if certificate or allow_list:
                if certificate:
                    print_certificate(project, out)
                else:
                    _print_allowed(project, as_json=as_json)
                return 0
            with working("Screening"):
                if decide:
                    audit = _decide(project, decide, by=by, why=because)
                else:
                    audit = project.reopen(reopen, by=by, why=because) if reopen else project.screen(roster=roster)
            if groups:
                import pandas as pd

                show(pd.DataFrame([vars_of(g) for g in audit.groups()]), as_json)
            else:
                show(audit.frame(), as_json)
            held = [u for s in project.corpus for u in s.turns if u.withheld]
            for line in held_lines(project):
                complain(line)
        return 1 if held else 0


def _add_rules(main: click.Group, verb: Verb) -> None:
    @main.command()
    @click.option("--people", type=int, help="People behind a figure (default 11).")
    @click.option("--sessions", type=int, help="Sessions behind a figure (default 2).")
    @click.option("--by", default="", metavar="NAME", help="Who decides; stands in the log.")
    @click.option("--because", default="", metavar="WHY", help="Why; stands in the log.")
    @click.pass_obj
    @verb
    def thresholds(where: dict[str, Any], people: int | None, sessions: int | None, by: str, because: str) -> None:
        """Show or set how many people and sessions must stand behind a figure before it is shown."""
        with open_project(where) as project:
            wanted = {k: v for k, v in (("people", people), ("sessions", sessions)) if v is not None}
            click.echo(str(project.set_settings(by=by, why=because, **wanted) if wanted else project.settings))

    @main.command()
    @click.option(
        "--originals", type=int, metavar="DAYS", help="Days to keep what was read; then only what passed stays."
    )
    @click.option("--sessions", type=int, metavar="DAYS", help="Days to keep a session at all.")
    @click.option("--until", nargs=2, multiple=True, metavar="SESSION DATE", help="A date for one session.")
    @click.option("--by", default="", metavar="NAME", help="Who decides.")
    @click.pass_obj
    @verb
    def retention(
        where: dict[str, Any], originals: int | None, sessions: int | None, until: tuple[tuple[str, str], ...], by: str
    ) -> None:
        """Show or set how long originals and sessions are kept; `feedback purge` deletes what is due."""
        with open_project(where) as project:
            if originals is not None or sessions is not None or until:
                project.set_retention(by=by, originals=originals, sessions=sessions, until=dict(until))
            click.echo(json.dumps(project.retention, sort_keys=True))
            for session, what in project.due():
                click.echo(f"due: {session} ({what})")


def _add_purge(main: click.Group, verb: Verb) -> None:
    by = _BY

    @main.command()
    @click.argument("session", required=False)
    @click.option("--file", type=click.Path(path_type=Path), help="Delete this document too, if it is the one read.")
    @click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As if it were this day.")
    @click.option("--because", default="", metavar="WHY", help="Why (for one session).")
    @by
    @click.pass_obj
    @verb
    def purge(
        where: dict[str, Any], session: str | None, file: Path | None, on: datetime | None, because: str, by: str
    ) -> None:
        """Delete what is due by the retention dates, or one session's original now; prints a receipt each."""
        import pandas as pd

        day: date | None = on.date() if on else None
        with open_project(where) as project:
            if session:
                made: tuple[dict[str, Any], ...] = (project.forget_original(session, by=by, why=because, file=file),)
            else:
                made = project.purge(by=by, on=day)
        show(pd.DataFrame(made), True)
