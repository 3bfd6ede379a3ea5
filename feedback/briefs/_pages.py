"""The first page and the page of each need: every number through the ledger, no sentence beyond templates and own words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import feedback.briefs._parts as parts
from feedback.briefs._claims import Ledger, recount
from feedback.briefs._page import (
    Block,
    Boxes,
    Bullets,
    Inline,
    Link,
    Mark,
    Paragraph,
    QuoteBlock,
    Run,
    Section,
    Table,
    quoted,
)
from feedback.briefs._words import AUDIENCES, join, voice
from feedback.findings import Quote, may_name, said_together
from feedback.plan import Need, Needs

BOXES = (
    ("need", "What is missing"), ("barrier", "What gets in the way"), ("helps", "What helps"),
    ("asked_for", "What people asked for"),
)  # fmt: skip


def heard(need: Need, ledger: Ledger, *, whole: bool = True) -> Inline:
    """Say "Heard in k of N sessions", or the band where the number may not be shown; `whole=False` leaves out the rest."""
    if need.sessions is None:
        words = {"hidden": "in too few or too many sessions for a number to be shown", "in one session": "in one session"}
        said = words.get(need.band, f"in {need.band} sessions")
        return (f"Heard {said}.",) if whole else (said[:1].upper() + said[1:],)
    k, n = ledger.number(f"need:{need.id}|sessions"), ledger.number(f"need:{need.id}|base")
    if not whole:
        return (k, " of ", n, " sessions")
    out: list[Run] = ["Heard in ", k, " of ", n, " sessions"]
    if need.prompted is not None and need.unasked is not None:
        if need.prompted == 0:
            out.append(", each time without being asked")
        else:
            out += [", in ", ledger.number(f"need:{need.id}|unasked"), " of them without being asked"]
    return (*out, ".")


def strip(need: Need) -> str:
    """Who named it, in bands: `Families: many; Youth: most`."""
    return "; ".join(f"{AUDIENCES.get(a, a)}: {band}" for a, band in need.audiences)


def title(need: Need, linked: bool) -> Run:
    """The sentence, leading to its page where there is one."""
    return Link(need.statement, f"need-{need.id}") if linked else Mark(need.statement)


def glance(needs: Needs, ledger: Ledger, chosen: Sequence[Need], *, linked: bool = True, short: bool = False) -> Iterator[Block]:
    """The needs heard in most sessions, one row each: sessions, who named it, what already helps."""
    if not needs.values:
        yield Paragraph((f"No need recurs by the rule used here: {needs.themes.rule}.",))
        yield from parts.not_counted(needs, ledger)
        return
    more = len(needs) - len(chosen)
    first: list[Run] = [ledger.number("needs:recurring"), " needs recur across ", ledger.number("sessions:all"), " sessions. "]
    if more:
        first.append("The table shows those heard in the most sessions; the others are in Appendix A. " if linked
                     else "The table shows those heard in the most sessions. ")  # fmt: skip
    yield Paragraph((*first, "The order says nothing about weight: setting priorities is for people."))
    yield from parts.not_counted(needs, ledger)
    head = ("What people need", "Heard in", "Named by") if short else ("What people need", "Heard in", "Named by", "What already helps")
    rows: list[tuple[Inline, ...]] = []
    taken: set[str] = set()
    for n in chosen:
        row: tuple[Inline, ...] = ((title(n, linked),), heard(n, ledger, whole=False), (strip(n) or "not shown by group",))
        rows.append(row if short else (*row, _asset(n, needs, ledger, taken)))
    yield Table("Needs heard in the most sessions", head, tuple(rows),
                f"Recurring means: heard {needs.themes.rule}.",
                widths=(0.52, 0.2, 0.28) if short else (0.34, 0.13, 0.21, 0.32))  # fmt: skip
    if needs.gaps:
        runs: tuple[Run, ...] = (ledger.number("needs:gaps"), " of the recurring needs have no strategy in the plan: see ")
        yield Paragraph((*runs, Link("From needs to plan", "plan"), "."))


def _asset(need: Need, needs: Needs, ledger: Ledger, taken: set[str]) -> Inline:
    if not need.helps:
        return ("No strengths were recorded on this topic.",)
    found = [q for q in parts.lines(needs, need.id, need.helps, taken=taken, k=3) if len(q.text.split()) <= 18]
    if not found:
        key = f"theme:{need.id}|all|assets"
        if recount(needs, key):
            return ("Named in ", ledger.number(key), " sessions; no words that may be printed here.")
        return ("Named; no words that may be printed here.",)
    taken.add(found[0].ref.split(":")[0])
    return line(found[0], ledger)


def page(need: Need, needs: Needs, ledger: Ledger, quotes: int, *, seen: set[str]) -> Section:
    """The page of a need: how widely heard, four boxes, quotes, then plan, neighbours, disagreement and doubts.

    `seen` are units whose words stand on another page; this page's are added to it, so that no words are printed twice.
    """
    blocks: list[Block] = [Paragraph((*heard(need, ledger), f" {strip(need)}." if strip(need) else ""))]
    spoken = _quotable(need.quotes, needs, need.id)[:quotes]
    seen |= {q.ref.split(":")[0] for q in spoken}
    boxes = [(name, _lines(need, key, needs, ledger, seen)) for key, name in BOXES]
    full = tuple((name, lines) for name, lines in boxes if lines)
    if full:
        blocks.append(Boxes(full))
    blocks += [_quote(q, needs, ledger) for q in spoken]
    silent = [name for (key, _), (name, lines) in zip(BOXES, boxes, strict=True) if not lines and getattr(need, key)]
    remarks: list[Inline] = [_answer(need), *_remarks(need, needs, ledger)]
    if not spoken and not full:
        remarks.append(("No words on this need may be printed: permission, small groups, or nobody's own words.",))
    elif silent:
        remarks.append((f"Heard as well, but not in words that may be printed: {join([s[:1].lower() + s[1:] for s in silent])}.",))
    if not need.helps:
        remarks.append(("No strengths were recorded on this topic.",))
    blocks.append(Bullets(tuple(remarks)))
    return Section(f"need-{need.id}", need.statement, tuple(blocks), level=3)


def _remarks(need: Need, needs: Needs, ledger: Ledger) -> Iterator[Inline]:
    theme = needs.themes[need.id]
    if need.join:
        names = [needs.themes.codebook[c].report_as or needs.themes.codebook[c].name for c in need.join.codes]
        yield (f"Several codes counted as one need, each session once: {'; '.join(names)}. Joined by {need.join.by} on "
               f"{need.join.on}: {need.join.why.rstrip('.')}.",)  # fmt: skip
    if theme.all.own and theme.all.about_youth:
        own, about = (ledger.number(f"theme:{need.id}|all|{name}") for name in ("own", "about_youth"))
        yield ("People spoke for themselves in ", own, " sessions; adults spoke about young people in ", about, ".")
    if near := said_together(needs.themes, theme):
        yield (f"Often said together with: {'; '.join(sorted(needs.themes[c].code.name for c in near[:3]))}.",)
    split = next((d for d in needs.themes.disagreements if d.code == need.id), None)
    if split and split.sessions:
        yield ("In ", ledger.number(f"disagree:{need.id}"), " sessions people disagreed about it.")
    if need.refusals:
        yield ("Some also said no to something here: see ", Link("what people said no to", "no"), ".")
    if need.stands_without is False:
        yield ("Rests on few sessions: without its loudest one it would not recur.",)
    languages = {s.languages[0] for s in needs.themes.corpus if s.id in theme.sessions and s.languages}
    if may_name(needs.themes, theme) and len(languages) == 1 and len({x for s in needs.themes.corpus for x in s.languages}) > 1:
        yield (f"Heard in sessions in {'Spanish' if 'es' in languages else 'English'} only.",)
    decision = needs.beside.decision(need.id)
    if decision:
        parts_ = [f"{name} {getattr(decision, name)}" for name in ("severity", "feasibility", "equity", "priority") if getattr(decision, name)]
        yield (f"Decided by {decision.by} on {decision.on}: {', '.join(parts_)}. Why: {decision.why}",)


def _lines(need: Need, key: str, needs: Needs, ledger: Ledger, taken: set[str]) -> tuple[Inline, ...]:
    out = []
    for quote in parts.lines(needs, need.id, getattr(need, key), taken=taken):
        taken.add(quote.ref.split(":")[0])
        out.append(line(quote, ledger))
    return tuple(out)


def line(quote: Quote, ledger: Ledger) -> Inline:
    """One line of a list: people's own words in quotation marks, a note-taker's marked as such, then the address."""
    words = f"{quote.text} (from the notes)" if quote.paraphrase else quoted(quote.text)
    return (words, " ", Link(quote.ref, ledger.quote(quote.ref)))


def _quote(quote: Quote, needs: Needs, ledger: Ledger) -> QuoteBlock:
    signed = needs.beside.signed(quote.ref)
    translation, translator = (signed.translation, signed.translator) if signed else ("", "")
    slot = quote.language in ("es", "mixed") and not translation
    return QuoteBlock(
        quote.text, voice(quote.label), quote.ref, quote.language, ledger.quote(quote.ref), translation, translator, slot
    )


def _quotable(quotes: Iterable[Quote], needs: Needs, code: str) -> list[Quote]:
    return [q for q in quotes if q.printable and parts.group_shown(needs, code, q.ref)]


def _answer(need: Need) -> Inline:
    area = f"Plan area {need.area[0]}, {need.area[1]}. " if need.area else "No area of this plan holds it. "
    if not need.strategies:
        return (area, Mark("No strategy of the plan answers it."))
    found = [f"{s.id} {s.name} ({', '.join(x for x in (s.status, f'lead: {s.lead}' if s.lead else '') if x)})" for s in need.strategies]
    return (area, "Answered by ", "; ".join(found), ".")
