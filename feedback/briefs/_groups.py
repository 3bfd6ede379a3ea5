"""Where audiences agree and differ: bands, the presence grid, who alone said it, disagreement in the room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from feedback.briefs._claims import Ledger, listable
from feedback.briefs._page import HIDDEN, Block, Bullets, Inline, Paragraph, Run, Table
from feedback.briefs._words import AUDIENCES, KEY, join
from feedback.findings import ASKED, HEARD, OPEN, contrast, presence
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
    """The presence grid: needs by sessions; only needs of which nothing is hidden, since it names sessions."""
    themes = needs.themes
    drawn = [n for n in chosen if listable(needs, themes[n.id])]
    if not drawn:
        return None
    order = sorted(themes.corpus, key=lambda s: (s.audience or "~", s.id))
    found = presence(themes, [n.id for n in drawn])
    rows: list[tuple[Inline, ...]] = [
        ((themes[n.id].code.name,), *((MARKS.get(found[n.id][s.id], " "),) for s in order)) for n in drawn
    ]
    runs: dict[str, int] = {}
    for s in order:
        name = AUDIENCES.get(s.audience or "", s.audience or "not said")
        runs[name] = runs.get(name, 0) + 1
    left = len(chosen) - len(drawn)
    note = "● heard; ○ asked about and not taken up; · not raised, though it could have been; blank: not asked."
    if left:
        note += " Needs with a hidden figure are not drawn, since the grid names sessions."
    wide = 0.3 if len(order) <= 24 else 0.24
    widths = (wide, *((1 - wide) / len(order),) * len(order))
    return Table("In which sessions each need was heard", ("Need", *(s.id for s in order)), tuple(rows), note, "grid", widths,
                 tuple(runs.items()))  # fmt: skip


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
