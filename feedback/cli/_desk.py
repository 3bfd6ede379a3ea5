"""Commands of the desk: sheets out and in, what people bring, rounds, and the tables beside the themes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feedback.cli._show import WORKING, complain, open_project, show, working

if TYPE_CHECKING:
    import pandas as pd

    from feedback.project import Project

LOOKS = (
    "measures", "without-one", "next", "disagreements", "alone", "saturation", "coverage", "strategies", "matrix", "releases",
    "spread",
)  # fmt: skip
SHEETS = ("needs", "statements", "decisions", "quotes", "answers", "matrix")
Verb = Callable[[Callable[..., int | None]], Callable[..., None]]


def add_desk(main: click.Group, verb: Verb) -> None:
    """Add the commands to the shell."""

    @main.command()
    @click.argument("kind", type=click.Choice(SHEETS))
    @click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="The workbook to write (.xlsx).")
    @click.pass_obj
    @verb
    def sheet(where: dict[str, Any], kind: str, out: Path) -> None:
        """Write a sheet for people to fill in: sentences to sign, decisions, quotes, answers, the session matrix."""
        with open_project(where) as project, working("Writing the sheet"):
            project.sheet(kind, out)
        click.echo(str(out))

    @main.command()
    @click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
    @click.option("--by", default="", help="Whose edits these are (for the matrix).")
    @click.pass_obj
    @verb
    def take(where: dict[str, Any], files: tuple[Path, ...], by: str) -> None:
        """Read filled sheets (.xlsx, .csv) or report-back pages that came back (.docx) into the project."""
        with open_project(where) as project:
            for file in files:
                kind, rows = project.take_sheet(file, by=by)
                click.echo(f"{file.name}: {rows} {'rows' if rows != 1 else 'row'} of {kind}")

    @main.command()
    @click.argument("kind", type=click.Choice(["targets", "indicators", "facts"]))
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--name", default="", help="What to call a table of indicators (default: its file name).")
    @click.pass_obj
    @verb
    def bring(where: dict[str, Any], kind: str, file: Path, name: str) -> None:
        """Keep a table to set beside the findings: targets, indicators of others, or facts for the method page."""
        with open_project(where) as project:
            project.bring(kind, file, name=name)
        click.echo(f"{kind} kept from {file.name}")

    @main.command()
    @click.argument("what", type=click.Choice(LOOKS))
    @click.option("--by", default="audience", show_default=True, help="Grouping: audience, language, spa, month or kind.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
    @click.pass_obj
    @verb
    def look(where: dict[str, Any], what: str, by: str, as_json: bool) -> None:
        """Look beside the themes: four measures, leave one out, whom to hear next, disagreement, coverage, the release log."""
        with open_project(where) as project:
            if what == "matrix":
                complain(WORKING)
            show(_look(project, what, by), as_json)

    @main.group()
    def rounds() -> None:
        """Freeze a round of sessions, and compare it later with the sessions held since."""

    @rounds.command("freeze")
    @click.argument("name")
    @click.pass_obj
    @verb
    def freeze(where: dict[str, Any], name: str) -> None:
        """Keep this round: its sessions, the codebook, who coded, and what could be printed."""
        with open_project(where) as project:
            frozen = project.freeze(name)
        said = f"{len(frozen.sessions)} sessions, {len(frozen.codes)} codes, coded by {', '.join(frozen.taggers)}"
        click.echo(f"{frozen.name}: {said}")

    @rounds.command("compare")
    @click.argument("name")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
    @click.pass_obj
    @verb
    def compare(where: dict[str, Any], name: str, as_json: bool) -> None:
        """Set a frozen round beside the sessions held since, both counted now."""
        with open_project(where) as project:
            found = project.compare(name)
        show(found.frame(), as_json)
        if not as_json:
            for note in found.notes:
                click.echo(note)


def _spread(project: Project) -> pd.DataFrame:
    """The spread meter: how many of the quotes offered for print come from each session, audience and language."""
    import pandas as pd

    from feedback.findings import spread

    needs = project.crosswalk()
    found = spread(needs.themes, [q for n in needs for q in n.quotes])
    rows = [("session", *x) for x in found.sessions] + [("audience", *x) for x in found.audiences]
    return pd.DataFrame([*rows, *(("language", *x) for x in found.languages)], columns=["of", "name", "quotes"])


def _look(project: Project, what: str, by: str) -> pd.DataFrame:
    import pandas as pd

    if what == "coverage":
        return project.coverage().frame()
    if what == "strategies":
        return project.crosswalk().strategies()
    if what == "releases":
        return pd.DataFrame(list(project.releases), columns=["at", "who", "file", "kind", "language", "sha256"])
    if what == "spread":
        return _spread(project)
    if what == "matrix":
        return project.matrix.frame()
    themes = project.themes(by=by)
    if what == "measures":
        return themes.measures()
    if what == "without-one":
        return themes.leave_one_out()
    if what == "next":
        return pd.DataFrame([(n.group, n.sessions, n.new_here, n.new_anywhere) for n in themes.next_session()],
                            columns=["group", "sessions", "new_here", "new_anywhere"])  # fmt: skip
    if what == "disagreements":
        found = [(d.code, d.sessions) for d in themes.disagreements]
        return pd.DataFrame(found, columns=["code", "sessions"]).astype({"sessions": "Int64"})
    if what == "saturation":
        return pd.DataFrame(themes.saturation(), columns=["session", "new", "so_far", "low", "high"])
    alone = [(f"only {g}", c) for g in themes.groups for c in themes.only(g)]
    alone += [("only adults about youth", c) for c in themes.only_adults_about_youth]
    return pd.DataFrame(alone, columns=["who", "code"])
