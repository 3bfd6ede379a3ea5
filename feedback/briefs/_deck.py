"""The slides: one thing each, for a room that has not read the report."""

from __future__ import annotations

from collections.abc import Iterator

import feedback.briefs._parts as parts
import feedback.briefs._pictures as pictures
from feedback.briefs import _crosswalk, _groups, _pages, _voices
from feedback.briefs._claims import Ledger
from feedback.briefs._page import Block, Bullets, Paragraph, Section, Table
from feedback.plan import Need, Needs


def deck(needs: Needs, ledger: Ledger, chosen: list[Need]) -> Iterator[Section]:
    """Lay out a dozen slides."""
    order = {n.id: i for i, n in enumerate(needs)}
    pages = sorted(chosen, key=lambda n: order[n.id])
    first = [b for b in _pages.glance(needs, ledger, pages, linked=False, short=True) if isinstance(b, Table)]
    none = (Paragraph((f"No need recurs by the rule used here: {needs.themes.rule}.",)),)
    yield Section("glance", "What we heard, at a glance", tuple(first) or none)
    who = list(parts.who(needs, ledger))
    yield Section("who", "Who we heard from", tuple(b for b in who if isinstance(b, Table))[:1])
    gaps = (b for b in who if isinstance(b, Bullets))
    yield Section("gaps", "Who we did not hear", (*_short(needs), *parts.not_counted(needs, ledger), *gaps))
    yield _section("bands", "Where audiences agree and differ", _groups.heat(needs, pages))
    yield _section("grid", "In which sessions each need was heard", _groups.grid(needs, pages))
    lists = [b for b in _groups.groups(needs, ledger, pages) if not isinstance(b, Table)]
    yield Section("alone", "Who alone said it, and where people disagreed", tuple(lists))
    yield _section("helps", "What people said is working", pictures.helps(pages, needs, ledger))
    yield Section("no", "What people said no to", tuple(_voices.voiced(needs, ledger, "refusals", most=5)))
    yield _section("links", "From needs to plan", pictures.links(pages, needs))
    yield Section("plan", "Needs that no strategy answers", (_crosswalk.gaps(needs, ledger, (), most=8),))
    yield Section("unasked", "Strategies nobody asked for in these sessions", (_crosswalk.unasked(needs),))
    yield _section("curve", "Have we heard enough?", pictures.curve(needs))
    yield Section("how", "How we listened and counted", (_method(needs, ledger),))


def _section(ident: str, heading: str, block: Block | None) -> Section:
    return Section(ident, heading, (block,) if block else (Paragraph(("Nothing that may be shown.",)),))


def _short(needs: Needs) -> Iterator[Block]:
    if needs.beside.targets is None:
        return
    missing = parts.missing(needs)
    if missing:
        yield Paragraph((f"Fewer sessions than wanted: {'; '.join(missing)}.",))


def _method(needs: Needs, ledger: Ledger) -> Bullets:
    return Bullets((
        ("A session counts once, however often something is said in it; facilitators' words are never counted.",),
        (f"Recurring means: heard {needs.themes.rule}.",),
        ("Numbers that stand for few people are hidden everywhere; quotes are exact and printed only with permission.",),
        ("Of ", ledger.number("account:units"), " units read, ", ledger.number("account:withheld"),
         " are held out because somebody could be recognised."),
        parts.coded_by(needs),
        ("Every number can be opened at its sessions in the report.",),
    ))  # fmt: skip
