"""`feedback topics`: a person decides about what `feedback discover` proposed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from feedback.cli._show import WORKING, complain, open_project, show, working

if TYPE_CHECKING:
    from feedback.topics import Round, Topics

Verb = Callable[[Callable[..., int | None]], Callable[..., None]]


def add_topics(main: click.Group, verb: Verb) -> None:
    """Hang `discover` and the group `topics` on the shell."""
    _finding(main, verb)

    @main.group(invoke_without_command=True)
    @click.pass_context
    def topics(context: click.Context) -> None:
        """Show the proposed topics; accept, rename, merge, split or drop one."""
        if context.invoked_subcommand is None:
            context.invoke(context.command.commands["list"])  # type: ignore[attr-defined]

    _looking(topics, verb)
    _deciding(topics, verb)


def _finding(main: click.Group, verb: Verb) -> None:
    @main.command()
    @click.option("--method", type=click.Choice(["graph", "nmf", "bertopic"]), default="graph", show_default=True)
    @click.option("--topics", "n_topics", type=int, help="How many (default: chosen by stability).")
    @click.option("--seed", type=int, default=0, show_default=True)
    @click.option("--everything", is_flag=True, help="All units, not only what the codebook does not cover.")
    @click.option("--anew", is_flag=True, help="Forget the topics that stand; without it those found again keep their identity.")
    @click.option("--follow", is_flag=True, help="Find nothing new: place sessions added since in the topics as they stand.")
    @click.option("--round", "name", default="", help="With --follow: what to call those sessions.")
    @click.option("--session", "sessions", multiple=True, help="With --follow: only these (again for each).")
    @click.option("--json", "as_json", is_flag=True, help="As JSON.")
    @click.pass_obj
    @verb
    def discover(
        where: dict[str, Any], follow: bool, anew: bool, name: str, sessions: tuple[str, ...], as_json: bool, **options: Any
    ) -> None:
        """Propose topics as codes a person can name, merge or drop; or follow them into a later round."""
        if not follow and (name or sessions):
            raise click.UsageError("--round and --session go with --follow.")
        with open_project(where) as project:
            if follow:
                with working("Following"):
                    found = project.follow(name, sessions=sessions)
                show(found.frame(), as_json)
                if not as_json:
                    click.echo(_told(found))
                return
            before = None if anew else project.proposed
            with working("Discovering"):
                topics = project.discover(anew=anew, **options)
            show(topics.frame(), as_json)
            if before is not None and not as_json:
                for line in retold(before, topics):
                    click.echo(line)


def _told(found: Round) -> str:
    said = f"drift {found.drift:.2f} (share of units that sit worse than they did)"
    if found.refit_advised:
        return f"{said}. A refit is proposed: `feedback discover` finds topics anew and keeps the identity of these."
    return f"{said}. The topics hold: no refit is needed."


def retold(before: Topics, after: Topics) -> list[str]:
    """Say in a line each what became of topics in a refit: split, merged, gone, new; and how many are the same."""
    from feedback.topics import trace

    found = trace(before, after)
    same = found[found["verdict"] == "same"]
    lines = [f"A refit: {len(same)} of {len(before)} topics are the same."]
    for verdict, said in (("split", "is split"), ("merged", "goes into another")):
        for old, rows in found[found["verdict"] == verdict].groupby("before"):
            parts = ", ".join(str(int(a)) for a in rows["after"])
            lines.append(f"{old} {said}: {parts}")
    for verdict, side, said in (("gone", "before", "no longer found"), ("new", "after", "new")):
        numbers = ", ".join(str(int(n)) for n in found.loc[found["verdict"] == verdict, side])
        lines += [f"{said}: {numbers}"] if numbers else []
    return lines


def _looking(group: click.Group, verb: Verb) -> None:
    @group.command(name="list")
    @click.option("--json", "as_json", is_flag=True, help="As JSON.")
    @click.pass_obj
    @verb
    def list_(where: dict[str, Any], as_json: bool = False) -> None:
        """List the proposals as they stand."""
        with open_project(where) as project:
            _listed(project.topics, as_json)

    @group.command(name="show")
    @click.argument("topic", type=int)
    @click.option("--units", type=int, default=5, show_default=True, help="How many of its units.")
    @click.pass_obj
    @verb
    def show_(where: dict[str, Any], topic: int, units: int) -> None:
        """Show a topic's words and the units that sit best in it, with their addresses."""
        with open_project(where) as project:
            t = project.topics[topic]
            stability = "not measured" if t.stability is None else f"{t.stability:.2f}{' (unstable)' if t.unstable else ''}"
            complain(WORKING)
            click.echo(f"{t.id}  {t.label}  [{t.code.status}]  stability {stability}")
            click.echo(f"{len(t.refs)} units in {len(t.sessions)} sessions; words: {', '.join(t.words)}")
            for ref in t.refs[:units]:
                click.echo(f"  {ref}  {project.corpus.resolve(ref).text}")


    @group.command()
    @click.option("--json", "as_json", is_flag=True, help="As JSON.")
    @click.pass_obj
    @verb
    def rounds(where: dict[str, Any], as_json: bool) -> None:
        """Compare rounds placed by one model: of each topic, the sessions of each round that it was heard in."""
        with open_project(where) as project:
            found = project.topic_rounds()
        if as_json:
            show(found, True)
            return
        complain(WORKING)
        found["heard"] = found["sessions"].astype(str) + " of " + found["of"].astype(str)
        order = list(dict.fromkeys(found["round"]))
        wide = found.pivot(index=["topic", "label"], columns="round", values="heard")[order].reset_index()
        show(wide, False)
        for r in found.drop_duplicates("round").itertuples():
            if r.drift or r.refit_advised:
                click.echo(f"{r.round}: drift {r.drift:.2f}{', a refit is proposed' if r.refit_advised else ''}")


def _deciding(group: click.Group, verb: Verb) -> None:
    @group.command()
    @click.argument("topic", type=int)
    @click.option("--by", required=True, help="Who decides.")
    @click.option("--id", "id_", default="", help="The new code's id.")
    @click.option("--name", default="", help="The new code's name (default: the label).")
    @click.pass_obj
    @verb
    def accept(where: dict[str, Any], topic: int, by: str, id_: str, name: str) -> None:
        """Make a topic a code, with examples and proposed triggers, and its units codings that a person may correct."""
        with open_project(where) as project:
            codings = project.accept_topic(topic, by=by, id=id_, name=name)
            code = project.topics[topic].code
            laid = sum(c.code == code.id and c.tagger.startswith("topics@") for c in codings)
        click.echo(f"{code.id} is in the codebook; it lies on {laid} units.")

    @group.command()
    @click.argument("topic", type=int)
    @click.argument("label")
    @click.pass_obj
    @verb
    def rename(where: dict[str, Any], topic: int, label: str) -> None:
        """Give a topic another label."""
        _change(where, lambda t: t.rename(topic, label))

    @group.command()
    @click.argument("topics", type=int, nargs=-1, required=True)
    @click.option("--label", default="", help="Label of what they become.")
    @click.pass_obj
    @verb
    def merge(where: dict[str, Any], topics: tuple[int, ...], label: str) -> None:
        """Join topics into the first one named."""
        _change(where, lambda t: t.merge(topics, label=label))

    @group.command()
    @click.argument("topic", type=int)
    @click.option("--into", type=int, default=2, show_default=True)
    @click.pass_obj
    @verb
    def split(where: dict[str, Any], topic: int, into: int) -> None:
        """Part a topic by what its units say."""
        _change(where, lambda t: t.split(topic, into=into))

    @group.command()
    @click.argument("topic", type=int)
    @click.option("--why", default="dropped by a person", show_default=True)
    @click.pass_obj
    @verb
    def drop(where: dict[str, Any], topic: int, why: str) -> None:
        """Take a topic out; its units are set aside with the reason."""
        _change(where, lambda t: t.drop(topic, why=why))


def _change(where: dict[str, Any], what: Callable[[Topics], Topics]) -> None:
    with open_project(where) as project:
        topics = project.keep_topics(what(project.topics))
    click.echo(f"{topics.history[-1]}; {len(topics)} topics stand.")


def _listed(topics: Topics, as_json: bool) -> None:
    frame = topics.frame()
    complain(WORKING)
    if as_json:
        click.echo(json.dumps(json.loads(frame.to_json(orient="records")), ensure_ascii=False, indent=2))
        return
    frame["stable"] = [{True: "look twice", False: "yes"}[t.unstable] if t.stability is not None else "" for t in topics]
    show(frame[["topic", "label", "sessions", "audiences", "size", "stability", "stable", "status"]], False)
