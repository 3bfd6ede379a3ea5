"""`feedback tag`, `learn`, `review` and `check`: what machines and people lay on units, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feedback.cli._show import WORKING, account, complain, open_project, show, working

if TYPE_CHECKING:
    import pandas as pd

    from feedback.tagging import Review

SHOWN = 20  # addresses of uncoded units on one screen


_Verb = Callable[[Callable[..., int | None]], Callable[..., None]]
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


def add_coding(main: click.Group, verb: _Verb) -> None:
    """Hang the commands `tag`, `learn`, `review` and `check` on the group."""
    _add_taggers(main, verb)
    _add_review(main, verb)


def _add_taggers(main: click.Group, verb: _Verb) -> None:
    @main.command()
    @click.option("--with", "names", multiple=True, type=click.Choice(["rules", "model", "local"]),
                  help="Who codes (default: rules and model). May be given twice.")  # fmt: skip
    @click.option("--local-model", metavar="NAME", help="For --with local: the model's name at its server.")
    @click.option("--address", default="http://127.0.0.1:11434/v1", show_default=True, help="Of that server.")
    @click.option("--elsewhere", metavar="WHO: WHY", help="Who allows an address beyond this machine, and why (recorded).")
    @json_option
    @click.pass_obj
    @verb
    def tag(where: dict[str, Any], names: tuple[str, ...], local_model: str | None, address: str, elsewhere: str | None,
            as_json: bool) -> None:  # fmt: skip
        """Lay the codebook's codes on every unit that passed the gate."""
        with open_project(where) as project:
            with working("Tagging"):
                if "local" in names:
                    codings, refused = project.tag_locally(
                        local_model or "", address=address, elsewhere=elsewhere, taggers=[n for n in names if n != "local"]
                    )
                    for why, count in sorted(refused.items()):
                        click.echo(f"{count} answers of the local model refused: {why}", err=True)
                else:
                    codings = project.tag(taggers=names or None)
            account(codings.account(), codings.frame(), as_json)

    @main.command()
    @json_option
    @click.pass_obj
    @verb
    def learn(where: dict[str, Any], as_json: bool) -> None:
        """Train on people's codings in this project and keep the suggestions."""
        with open_project(where) as project:
            with working("Learning"):
                codings = project.learn()
            account(codings.account(), codings.frame(), as_json)


def _add_review(main: click.Group, verb: _Verb) -> None:
    @main.command()
    @click.option("--by", type=click.Choice(["audience", "language"]), help="By group instead of all together.")
    @click.option("--per-code", is_flag=True, help="One row a code, too.")
    @click.option("--differ", nargs=2, metavar="A B", help="List where coders A and B differ, to talk over.")
    @click.option("--next", "count", type=int, metavar="N", help="Propose the N units most worth coding next.")
    @json_option
    @click.pass_obj
    @verb
    def review(where: dict[str, Any], by: str | None, per_code: bool, differ: tuple[str, str] | None, count: int | None,
               as_json: bool) -> None:  # fmt: skip
        """What nobody coded, first; then how far coders and taggers agree, by unit and by session."""
        with open_project(where) as project:
            with working("Comparing"):
                found = project.review()
            if count:
                complain(WORKING)
                show(project.propose(count), as_json)
            elif differ:
                complain(WORKING)
                show(found.disagreements(*differ), as_json)
            elif as_json:
                show(found.frame(by=by), True)
            else:
                _printed(found, by, per_code)

    @main.command()
    @click.argument("code")
    @click.option("-o", "--out", type=click.Path(path_type=Path), help="Write an hour's units to judge blind (.csv).")
    @click.option("--answers", type=click.Path(path_type=Path), help="The file with its `answer` column filled: yes or no.")
    @click.option("--by", "judge", default="", help="Who judged.")
    @click.option("--seed", default=0, show_default=True)
    @click.pass_obj
    @verb
    def check(where: dict[str, Any], code: str, out: Path | None, answers: Path | None, judge: str, seed: int) -> None:
        """Check a code blind: write an hour's units to judge (-o), then read the answers; kept on the theme."""
        with open_project(where) as project:
            if out:
                n = project.sample(code, out, seed=seed)
                click.echo(f"{out.name}: {n} units; fill the column `answer` with yes or no, then --answers {out.name}")
            elif answers:
                click.echo(str(project.judge(code, answers, by=judge, seed=seed)))
            else:
                for line in project.judged(code):
                    click.echo(line)


def _printed(found: Review, by: str | None, per_code: bool) -> None:
    """Print the uncoded units before anything else: what nobody coded is not what nobody said."""
    click.echo(str(found))
    if found.uncoded:
        rest = len(found.uncoded) - SHOWN
        click.echo(f"  uncoded: {', '.join(found.uncoded[:SHOWN])}{f' and {rest} more' if rest > 0 else ''}")
    frame: pd.DataFrame = found.frame(by=by)
    frame = frame if per_code else frame[frame["code"] == "all"]
    for name in ("agreement", "kappa", "alpha"):
        bounds = zip(frame[name], frame[f"{name}_low"], frame[f"{name}_high"], strict=True)
        frame = frame.assign(**{name: ["" if v != v else f"{v:.2f}" + (f" ({a:.2f} to {b:.2f})" if a == a else "")
                                       for v, a, b in bounds]})  # fmt: skip
    columns = ["level", "units", "group", "code", "a", "b", "base", "both", "agreement", "kappa", "alpha"]
    complain(WORKING)
    show(frame[[c for c in columns if by or c != "group"]], False)
