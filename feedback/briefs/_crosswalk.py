"""From needs to plan, in both directions, and the two lists nobody likes: gaps, and strategies nobody asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import feedback.briefs._pictures as pictures
from feedback.briefs._claims import Ledger
from feedback.briefs._page import Block, Bullets, Inline, Mark, Paragraph, Table
from feedback.briefs._pages import heard, strip, title
from feedback.plan import Need, Needs, served


def plan(needs: Needs, ledger: Ledger, chosen: Sequence[Need]) -> Iterator[Block]:
    """The section of the full report."""
    picture = pictures.links(chosen, needs)
    if picture:
        yield picture
    yield gaps(needs, ledger, chosen)
    yield Paragraph(("Strategies nobody asked for in these sessions",), "lead")
    yield unasked(needs)
    yield strategies(needs)


def gaps(needs: Needs, ledger: Ledger, chosen: Sequence[Need], *, most: int = 99) -> Table | Paragraph:
    """Needs without a strategy, with the area they belong to."""
    if not needs.gaps:
        return Paragraph(("Every recurring need is answered by some strategy of the plan.",))
    pages = {n.id for n in chosen}
    rows: list[tuple[Inline, ...]] = []
    for n in needs.gaps[:most]:
        area = f"{n.area[0]} {n.area[1]}" if n.area else "no area of this plan"
        rows.append(((title(n, n.id in pages),), heard(n, ledger, whole=False), (area,)))
    note = "" if len(needs.gaps) <= most else "The others are in the full report."
    return Table("Recurring needs that no strategy of the plan answers", ("Need", "Heard in", "Plan area"), tuple(rows), note,
                 widths=(0.5, 0.18, 0.32))  # fmt: skip


def unasked(needs: Needs) -> Block:
    """Strategies nobody asked for."""
    found = tuple((f"{s.id} {s.name} ({s.status})",) for s in needs.unasked_strategies)
    return Bullets(found) if found else Paragraph(("None.",))


def strategies(needs: Needs) -> Table:
    """Every strategy with its lead, status and the recurring needs it answers."""
    often = {c for n in needs for c in n.codes}
    said = {c for n in needs.appendix for c in n.codes}
    rows: list[tuple[Inline, ...]] = []
    for area in needs.plan.areas:
        for s in area.strategies:
            codes = served(s, area, needs)
            names = [needs.themes[n.id].code.name for n in needs if codes & set(n.codes)]
            less = [needs.themes[n.id].code.name for n in needs.appendix if codes & set(n.codes)]
            answer = "; ".join(names) or (f"said less often: {'; '.join(less)}" if codes & said else "nobody asked for it")
            shown: Inline = (answer,) if codes & (often | said) else (Mark(answer),)
            rows.append(((f"{s.id} {s.name}",), (_plain(s.lead),), (s.status,), shown))
    return Table("The plan's strategies, and the recurring needs each answers", ("Strategy", "Lead", "Status", "Recurring needs"),
                 tuple(rows), "Only the first plan area of each need counts. Actions are in Appendix C.",
                 widths=(0.36, 0.2, 0.12, 0.32))  # fmt: skip


def actions(needs: Needs) -> Table:
    """Every action with its strategy, lead and status."""
    rows: list[tuple[Inline, ...]] = [
        ((f"{a.id} {a.name}",), (s.id,), (_plain(a.lead),), (a.status,))
        for area in needs.plan.areas for s in area.strategies for a in s.actions
    ]  # fmt: skip
    return Table("Actions of the plan", ("Action", "Strategy", "Lead", "Status"), tuple(rows), widths=(0.5, 0.12, 0.24, 0.14))


def others(needs: Needs, ledger: Ledger, chosen: Sequence[Need]) -> Iterator[Block]:
    """Appendix: the other recurring needs, one row each."""
    pages = {n.id for n in chosen}
    rows: list[tuple[Inline, ...]] = []
    for n in needs:
        if n.id not in pages:
            plan_said = "; ".join(f"{s.id} {s.name}" for s in n.strategies) or "no strategy"
            area = f"{n.area[0]}: " if n.area else ""
            rows.append(((n.statement,), heard(n, ledger, whole=False), (strip(n) or "not shown by group",), (f"{area}{plan_said}",)))
    if rows:
        yield Table("The other recurring needs, in the order of the plan's areas", ("Need", "Heard in", "Named by", "In the plan"),
                    tuple(rows), widths=(0.38, 0.13, 0.22, 0.27))  # fmt: skip
    else:
        yield Paragraph(("Every recurring need has a page of its own above.",))


def _plain(lead: str) -> str:
    return lead or "not named"


