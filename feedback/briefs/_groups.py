"""Where audiences agree and differ: bands, the presence grid, who alone said it, disagreement in the room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from feedback.briefs._claims import Ledger
from feedback.briefs._page import HIDDEN, Block, Bullets, Inline, Paragraph, Run, Table
from feedback.briefs._words import AUDIENCES, KEY, join
from feedback.findings import ASKED, HEARD, OPEN, contrast, groups_in, marks
from feedback.plan import Need, Needs

MARKS = {HEARD: "●", ASKED: "○", OPEN: "·"}


def heat(needs: Needs, chosen: Sequence[Need], caption: str = "Needs by audience, in bands") -> Table | None:
    """The heat table, or None where no group may be shown by itself."""
    themes = needs.themes
    shown = [g for g in themes.groups if g in themes.columns]
    if not shown or not chosen:
        return None
    rows: list[tuple[Inline, ...]] = []
    for need in chosen:
        cells = {c.group: c for c in themes[need.id].cells}
        bands: list[Inline] = [(HIDDEN if cells[g].suppressed else cells[g].band,) for g in shown]
        rows.append(((themes[need.id].code.name,), *bands))
    wide = 0.46
    widths = (wide, *((1 - wide) / len(shown),) * len(shown))
    return Table(
        caption, ("Need", *(AUDIENCES.get(g, g) for g in shown)), tuple(rows),
        f"{KEY}. {HIDDEN} Hatched: not shown, to protect the people in small groups.", "heat", widths,
    )  # fmt: skip


def grid(needs: Needs, chosen: Sequence[Need]) -> Table | None:
    """The presence grid: needs by sessions, heard first within each audience, so that no column is a session that could be told."""
    themes = needs.themes
    held = groups_in(themes.codings, themes.by)
    shown = [g for g in themes.groups if g in themes.columns]
    rows: list[tuple[Inline, ...]] = []
    for need in chosen:
        found = marks(themes, need.id)
        row = [(found[g] or ("",) * len(held[g])) for g in shown]
        if any(found[g] for g in shown):
            cells = [(HIDDEN if mark == "" else MARKS.get(mark, " "),) for part in row for mark in part]
            rows.append(((themes[need.id].code.name,), *cells))
    if not rows:
        return None
    columns = [str(i + 1) for g in shown for i in range(len(held[g]))]
    note = (
        "One mark a session, those that named it first: a column is no session. ● heard; · not raised, though it could have been; "
        f"○ asked about and not taken up, where it may be told apart; blank: not asked. {HIDDEN} Hatched: not shown."
    )
    wide = 0.3 if len(columns) <= 24 else 0.24
    widths = (wide, *((1 - wide) / len(columns),) * len(columns))
    runs = tuple((AUDIENCES.get(g, g), len(held[g])) for g in shown)
    return Table("In how many sessions each need was heard", ("Need", *columns), tuple(rows), note, "grid", widths, runs)


def groups(needs: Needs, ledger: Ledger, chosen: Sequence[Need]) -> Iterator[Block]:
    """The section: heat table, grid, lists of who alone said it, disagreements, and what else differs between the groups."""
    table = heat(needs, chosen)
    if table is None:
        yield Paragraph(("No group is large enough to be shown by itself.",))
        return
    yield table
    sessions = grid(needs, chosen)
    if sessions:
        yield sessions
    yield Paragraph(("What youth said and what adults said about youth are counted apart and never added up.",), "note")
    items = [*_alone(needs), *_split(needs, ledger)]
    if items:
        yield Bullets(tuple(items))
    yield Paragraph((_confounds(needs),), "note")


def _alone(needs: Needs) -> Iterator[Inline]:
    themes = needs.themes
    for group in (g for g in themes.groups if g in themes.columns):
        found = [themes[c].code.name for c in themes.only(group)]
        if found:
            yield (f"Raised by {AUDIENCES.get(group, group).lower()} only: {'; '.join(found)}.",)
    found = [themes[c].code.name for c in themes.only_adults_about_youth]
    if found:
        yield (f"Raised by adults about young people, and by no young person: {'; '.join(found)}.",)
    elif "youth" in themes.columns:
        yield ("Nothing that may be shown was raised by adults about young people and by no young person.",)


def _split(needs: Needs, ledger: Ledger) -> Iterator[Inline]:
    found = [d for d in needs.themes.disagreements if d.sessions]
    if not found:
        return
    runs: list[Run] = ["Inside the same session, some asked for it and others said no to it: "]
    for i, d in enumerate(sorted(found, key=lambda d: (-(d.sessions or 0), d.code))[:6]):
        runs += ["; " if i else "", f"{needs.themes[d.code].code.name} (", ledger.number(f"disagree:{d.code}"), " sessions)"]
    yield (*runs, ".")


def _confounds(needs: Needs) -> str:
    shown = [g for g in needs.themes.groups if g in needs.themes.columns]
    found = dict.fromkeys(
        c.partition(":")[0] for pair in combinations(shown, 2) for c in contrast(needs.themes, between=pair).confounds
    )
    names = [n for n in found if not n.startswith("facilitators")]
    if not names:
        return "Groups are set side by side, not tested."
    return (
        f"Groups are set side by side, not tested. They also differ in {join(names)}, so a difference in bands may come from "
        "how a session was held or written down."
    )
