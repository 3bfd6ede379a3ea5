"""From needs to a page: every number through the ledger, no sentence beyond templates and people's own words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import feedback.briefs._parts as parts
import feedback.briefs._report_back as back
from feedback.briefs._claims import Ledger
from feedback.briefs._html import HIDDEN
from feedback.briefs._page import (
    Block,
    Boxes,
    Bullets,
    Inline,
    Link,
    Mark,
    Page,
    Paragraph,
    QuoteBlock,
    Run,
    Section,
    Table,
    quoted,
)
from feedback.findings import Quote
from feedback.plan import Need, Needs

AUDIENCES = {"youth": "Youth", "family": "Families", "stakeholder": "Service providers", "mixed": "Mixed groups"}
VOICES = {
    "youth": "Young person",
    "family": "Parent or caregiver",
    "stakeholder": "Service provider",
    "a participant": "Participant",
}
BOXES = (
    ("need", "What is missing"),
    ("barrier", "What gets in the way"),
    ("helps", "What helps"),
    ("asked_for", "What people asked for"),
)


ORDER = "In the order of the plan's areas. The order says nothing about weight."
GLANCE = 12
KINDS = ("full", "board", "report-back")


def compose(
    needs: Needs, *, title: str = "", quotes: int = 3, kind: str = "full", language: str = "en", program: str = ""
) -> Page:
    """Lay out a brief: the full report, two pages for the Board, or the page that goes back to those who spoke."""
    ledger, themes = Ledger(needs), needs.themes
    if kind == "report-back":
        sections = list(back.report_back(needs, ledger, language))
        heading, subtitle = title or back.WORDS[language]["title"], back.WORDS[language]["subtitle"]
    else:
        sections = _board(needs, ledger) if kind == "board" else _full(needs, ledger, quotes)
        heading, subtitle = title or f"What we heard: {needs.plan.name}", _subtitle(needs)
    stamp = {
        "program": program, "corpus": themes.corpus.fingerprint, "themes": themes.fingerprint, "plan": needs.plan.id,
        "codebook": f"{themes.codebook.name} {themes.codebook.version}".strip(), "quotes": str(quotes), "title": title,
        "kind": kind, "language": language,
    }  # fmt: skip
    return Page(heading, subtitle, tuple(sections), ledger.claims, language, stamp)


def _full(needs: Needs, ledger: Ledger, quotes: int) -> list[Section]:
    return [
        Section("glance", "What we heard, at a glance", tuple(_glance(needs, ledger))),
        Section("who", "Who we heard from, and who we did not", tuple(parts.who(needs, ledger))),
        Section("how", "How we listened and counted", tuple(parts.how(needs, ledger))),
        Section("needs", "Recurring needs", (Paragraph((ORDER,), "note"),)),
        *(_need(n, needs, ledger, quotes) for n in needs),
        Section("groups", "Where audiences agree and differ", tuple(_groups(needs))),
        Section("working", "What people said is working", tuple(_voiced(needs, ledger, "assets", "asset"))),
        Section("no", "What people said no to", tuple(_voiced(needs, ledger, "refusals", "refusal"))),
        Section("plan", "From needs to plan", tuple(_plan(needs, ledger))),
        Section("less", "Appendix A. Heard less often", tuple(_less(needs, ledger))),
        Section("codebook", "Appendix B. Codebook with frequencies", tuple(parts.codebook(needs, ledger))),
        Section("sessions", "Appendix C. Sessions", tuple(parts.sessions(needs))),
        Section("account", "Appendix D. Account of every unit", tuple(parts.account(needs, ledger))),
    ]


def _board(needs: Needs, ledger: Ledger) -> list[Section]:
    return [
        Section("glance", "What we heard, at a glance", tuple(_glance(needs, ledger, linked=False))),
        Section("groups", "Where audiences agree and differ", tuple(_groups(needs))),
        Section("plan", "From needs to plan", tuple(_plan(needs, ledger, linked=False))),
    ]


def heard(need: Need, ledger: Ledger) -> Inline:
    """Say "Heard in k of N sessions", or the band where the number may not be shown."""
    if need.sessions is None:
        words = {"hidden": "in too few or too many sessions for a number to be shown"}.get(
            need.band, f"in {need.band} sessions"
        )
        return ("Heard ", words.replace("in in one session sessions", "in one session"), ".")
    k, n = ledger.number(f"need:{need.id}|sessions"), ledger.number(f"need:{need.id}|base")
    parts: list[Run] = ["Heard in ", k, " of ", n, " sessions"]
    if need.prompted is not None and need.unasked is not None:
        parts += [" (after a question on it in ", ledger.number(f"need:{need.id}|prompted")]
        parts += [", raised unasked in ", ledger.number(f"need:{need.id}|unasked"), ")"]
    return (*parts, ".")


def _subtitle(needs: Needs) -> str:
    sessions = list(needs.themes.corpus)
    months = sorted(s.month for s in sessions if s.month)
    when = f", {months[0]} to {months[-1]}" if months else ""
    return f"Recurring needs from {len(sessions)} listening sessions{when}, set against {needs.plan.name}"


def _glance(needs: Needs, ledger: Ledger, *, linked: bool = True) -> Iterator[Block]:
    if not needs.values:
        yield Paragraph((f"No need recurs by the rule used here: {needs.themes.rule}.",))
        return
    yield Paragraph((
        ledger.number("needs:recurring"), " needs recur across the sessions. Recurring means: heard ", f"{needs.themes.rule}.",
    ), "lead")  # fmt: skip
    widest = parts.widest(needs, GLANCE)
    if len(widest) < len(needs):
        yield Paragraph(
            (f"The {len(widest)} heard in the most sessions; the others follow in the order of the plan.",), "note"
        )
    yield Bullets(tuple((_title(n, linked), " ", *heard(n, ledger), *_strip(n)) for n in widest), ordered=True)
    if needs.gaps:
        runs: tuple[Run, ...] = (
            ledger.number("needs:gaps"),
            " of the recurring needs have no strategy in the plan: see ",
        )
        yield Paragraph((*runs, Link("From needs to plan", "plan"), "."))


def _strip(need: Need) -> Inline:
    bands = [f"{AUDIENCES.get(a, a)}: {band}" for a, band in need.audiences]
    return (f" {'; '.join(bands)}.",) if bands else ()


def _need(need: Need, needs: Needs, ledger: Ledger, quotes: int) -> Section:
    theme, blocks = needs.themes[need.id], list[Block]()
    blocks.append(Paragraph((*heard(need, ledger), *_strip(need))))
    spoken = _quotable(need.quotes, needs, need.id)[:quotes]
    taken = {q.ref.split(":")[0] for q in spoken}
    blocks.append(Boxes(tuple((name, _lines(need, key, needs, ledger, taken)) for key, name in BOXES)))
    blocks += [_quote(q, ledger) for q in spoken]
    if not spoken:
        blocks.append(
            Paragraph(
                ("No quote of this need may be printed (permission, small groups, or nobody's own words).",), "note"
            )
        )
    if need.refusals:
        blocks.append(
            Paragraph(("Some also said no to something here: see ", Link("what people said no to", "no"), "."))
        )
    near = [needs.themes[c].code.name for c, k in theme.together[:3] if k >= needs.themes.settings.sessions]
    if near:
        blocks.append(Paragraph((f"Often said together with: {'; '.join(near)}.",)))
    blocks.append(Paragraph(_answer(need)))
    blocks.append(Paragraph((_confidence(need, needs),), "note"))
    return Section(f"need-{need.id}", need.statement, tuple(blocks), level=3)


def _lines(need: Need, key: str, needs: Needs, ledger: Ledger, taken: set[str]) -> tuple[Inline, ...]:
    refs = getattr(need, key)
    if not refs:
        return (("No strengths were recorded on this topic." if key == "helps" else "Nothing recorded.",),)
    out = []
    for quote in parts.lines(needs, need.id, refs, taken=taken):
        taken.add(quote.ref.split(":")[0])
        out.append(_line(quote, ledger))
    return tuple(out) or (("Heard; nothing that may be printed.",),)


def _line(quote: Quote, ledger: Ledger) -> Inline:
    words = f"{quote.text} (from the notes)" if quote.paraphrase else quoted(quote.text)
    return (words, " ", Link(quote.ref, ledger.quote(quote.ref)))


def _quote(quote: Quote, ledger: Ledger) -> QuoteBlock:
    return QuoteBlock(quote.text, _who(quote.label), quote.ref, quote.language, ledger.quote(quote.ref))


def _who(label: str) -> str:
    audience, _, area = label.partition(", ")
    return ", ".join(x for x in (VOICES.get(audience, audience), area) if x)


def _quotable(quotes: Iterable[Quote], needs: Needs, code: str) -> list[Quote]:
    return [q for q in quotes if q.printable and parts.group_shown(needs, code, q.ref)]


def _answer(need: Need) -> Inline:
    area = f"Plan area: {need.area[0]} {need.area[1]}. " if need.area else "No area of this plan holds it. "
    if not need.strategies:
        return (area, "No strategy of the plan answers it.")
    return (
        area,
        "Answered by: " + "; ".join(f"{s.id} {s.name} ({_status(s.status, s.lead)})" for s in need.strategies) + ".",
    )


def _status(status: str, lead: str) -> str:
    return ", ".join(x for x in (status, f"lead: {lead}" if lead else "") if x)


def _confidence(need: Need, needs: Needs) -> str:
    languages = {s.languages[0] for s in needs.themes.corpus if s.id in needs.themes[need.id].sessions and s.languages}
    parts = [
        "Would still recur without its loudest session."
        if need.stands_without
        else "Would not recur without its loudest session."
    ]
    if len(languages) > 1:
        parts.append("Heard in sessions in both languages.")
    return " ".join(parts)


def _groups(needs: Needs) -> Iterator[Block]:
    themes = needs.themes
    shown = [g for g in themes.groups if g in themes.columns]
    if not shown or not needs.values:
        yield Paragraph(("No group is large enough to be shown by itself.",))
        return
    rows = []
    for need in needs:
        cells = {c.group: c for c in themes[need.id].cells}
        rows.append(
            ((themes[need.id].code.name,), *((HIDDEN if cells[g].suppressed else cells[g].band,) for g in shown))
        )
    yield Table(
        "Recurring needs by audience, in bands", ("Need", *(AUDIENCES.get(g, g) for g in shown)), tuple(rows),
        "few: under a quarter of the group's sessions; some: to half; many: to three quarters; most: above. "
        f"{HIDDEN}: not shown, to protect the people in small groups.",
    )  # fmt: skip
    yield Paragraph(("What youth said and what adults said about youth are counted apart and never added up.",), "note")


def _voiced(needs: Needs, ledger: Ledger, name: str, standing: str) -> Iterator[Block]:
    found: dict[str, tuple[str, ...]] = getattr(needs.themes, name)
    items = []
    for code in found:
        lines = parts.lines(needs, code, found[code], taken=set(), k=1, standing=standing)
        head: list[Run] = [f"{needs.themes[code].code.name}"]
        cell = needs.themes[code].cells[0]
        if getattr(cell, name) is not None:
            head += [": in ", ledger.number(f"theme:{code}|all|{name}"), " sessions"]
        for quote in lines:
            head += [". ", *_line(quote, ledger)]
        if len(head) > 1:
            items.append(tuple(head))
    if items:
        yield Bullets(tuple(items))
    else:
        yield Paragraph(("Nothing was recorded that may be shown.",))


def _plan(needs: Needs, ledger: Ledger, *, linked: bool = True) -> Iterator[Block]:
    rows: list[tuple[Inline, ...]] = []
    for n in needs:
        k = heard(n, ledger)
        area = f"{n.area[0]} {n.area[1]}" if n.area else "none"
        strategies = "; ".join(f"{s.id} {s.name}" for s in n.strategies) or "none: a gap"
        rows.append(((_title(n, linked),), k, (area,), (strategies,), (n.status,)))
    yield Table("Crosswalk: each recurring need, its plan area and what answers it", ("Need", "Heard", "Area", "Strategies", "Status"),
                tuple(rows), "Primary area only. Severity, feasibility, equity and priority are for people to decide.")  # fmt: skip
    yield Paragraph(("Needs without a strategy",), "lead")
    yield Bullets(tuple((_title(n, linked),) for n in needs.gaps) or (("None.",),))
    yield Paragraph(("Strategies nobody asked for in these sessions",), "lead")
    yield Bullets(tuple((f"{s.id} {s.name}",) for s in needs.unasked_strategies) or (("None.",),))


def _less(needs: Needs, ledger: Ledger) -> Iterator[Block]:
    yield Paragraph(
        ("Said as a need, but not often or widely enough to be called recurring. Quiet voices are not deleted.",)
    )
    yield Bullets(tuple((n.statement, " ", *heard(n, ledger)) for n in needs.appendix) or (("None.",),))


def _title(need: Need, linked: bool) -> Run:
    return Link(need.statement, f"need-{need.id}") if linked else Mark(need.statement)
