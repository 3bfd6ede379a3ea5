"""From needs to a page: every number through the ledger, no sentence beyond templates and people's own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import feedback.briefs._parts as parts
import feedback.briefs._pictures as pictures
import feedback.briefs._report_back as back
from feedback.briefs import _crosswalk, _deck, _groups, _method, _pages, _session, _voices
from feedback.briefs._claims import Ledger, answered
from feedback.briefs._page import HIDDEN, Block, Bullets, Inline, Paragraph, Section, Table
from feedback.plan import Need, Needs

KINDS = ("full", "board", "slides", "report-back", "session")
PAGES = 10
BOARD = 8


def stamp_of(needs: Needs, **options: str) -> dict[str, str]:
    """What a brief was made from: enough to make it again."""
    themes = needs.themes
    return {
        "corpus": themes.corpus.fingerprint, "themes": themes.fingerprint, "plan": needs.plan.id, "on": needs.beside.on or "",
        "signed": "yes" if needs.beside.signed_only else "", "since": needs.beside.rounds.name if needs.beside.rounds else "",
        "codebook": f"{themes.codebook.name} {themes.codebook.version}".strip(), **options,
        **({"waiting": str(needs.beside.waiting)} if needs.beside.waiting else {}),
        **({"kept": str(needs.beside.kept_back)} if needs.beside.kept_back else {}),
    }  # fmt: skip


def sections_of(needs: Needs, ledger: Ledger, *, kind: str, quotes: int, language: str, session: str) -> list[Section]:
    """The sections of a kind of brief."""
    if kind == "session":
        return list(_session.session_note(needs, ledger, session, language))
    if kind == "report-back":
        return list(back.report_back(needs, ledger, language))
    chosen = parts.widest(needs, PAGES if kind == "full" else BOARD)
    if kind == "slides":
        return list(_deck.deck(needs, ledger, chosen))
    return _board(needs, ledger, chosen) if kind == "board" else _full(needs, ledger, chosen, quotes)


def titles_of(needs: Needs, *, kind: str, language: str, session: str) -> tuple[str, str]:
    """Title and subtitle of a kind of brief."""
    if kind == "session":
        return _session.titles(needs, session, language)
    if kind == "report-back":
        return str(back.WORDS[language]["title"]), str(back.WORDS[language]["subtitle"])
    return f"What we heard: {needs.plan.name}", _subtitle(needs)


def _full(needs: Needs, ledger: Ledger, chosen: list[Need], quotes: int) -> list[Section]:
    order = {n.id: i for i, n in enumerate(needs)}
    pages = sorted(chosen, key=lambda n: order[n.id])
    seen = {q.ref.split(":")[0] for n in pages for q in n.quotes[:quotes]}
    return [
        Section("glance", "What we heard, at a glance", tuple(_pages.glance(needs, ledger, pages))),
        Section("who", "Who we heard from, and who we did not", tuple(parts.who(needs, ledger)), fresh=True),
        Section("how", "How we listened and counted", tuple(parts.how(needs, ledger))),
        Section("needs", "Recurring needs", tuple(_intro(needs, pages)), fresh=True),
        *(_pages.page(n, needs, ledger, quotes, seen=seen) for n in pages),
        Section("groups", "Where audiences agree and differ", tuple(_groups.groups(needs, ledger, pages)), fresh=True),
        Section("working", "What people said is working", tuple(_working(needs, ledger, pages)), fresh=True),
        Section("no", "What people said no to", tuple(_voices.voiced(needs, ledger, "refusals"))),
        Section("plan", "From needs to plan", tuple(_crosswalk.plan(needs, ledger, pages))),
        *_since(needs, ledger, pages),
        Section("next", "What happens next", tuple(_next(needs, ledger))),
        Section("more", "Appendix A. The other recurring needs", tuple(_crosswalk.others(needs, ledger, pages)), fresh=True),
        Section("less", "Appendix B. Heard less often", tuple(_less(needs, ledger))),
        Section("actions", "Appendix C. Actions of the plan", (_crosswalk.actions(needs),)),
        *_beside(needs, ledger),
        Section("codebook", "Appendix D. Codebook with frequencies", tuple(parts.codebook(needs, ledger))),
        Section("sessions", "Appendix E. Sessions", tuple(parts.sessions(needs))),
        Section("account", "Appendix F. Account of every unit", tuple(parts.account(needs, ledger))),
        Section("checklist", "Appendix G. Reporting checklists", tuple(_method.checklists(needs, ledger))),
    ]  # fmt: skip


def _board(needs: Needs, ledger: Ledger, chosen: list[Need]) -> list[Section]:
    order = {n.id: i for i, n in enumerate(needs)}
    pages = sorted(chosen, key=lambda n: order[n.id])
    table = _groups.heat(needs, pages)
    plan: tuple[Block, ...] = (
        _crosswalk.gaps(needs, ledger, (), most=6), Paragraph(("Strategies nobody asked for in these sessions",), "lead"),
        _crosswalk.unasked(needs),
    )  # fmt: skip
    note = "The full report holds every recurring need, the quotes, the method and the sources of every number."
    return [
        Section("glance", "What we heard, at a glance", tuple(_pages.glance(needs, ledger, pages, linked=False, short=True))),
        Section("groups", "Where audiences agree and differ", (table,) if table else (), fresh=True),
        Section("plan", "From needs to plan", (*plan, Paragraph((note,), "note"))),
    ]


def _subtitle(needs: Needs) -> str:
    sessions = list(needs.themes.corpus)
    months = sorted(s.month for s in sessions if s.month)
    when = f", {months[0]} to {months[-1]}" if months else ""
    return f"Recurring needs from {len(sessions)} listening sessions{when}, set against {needs.plan.name}"


def _intro(needs: Needs, pages: Sequence[Need]) -> Iterator[Block]:
    both = len({x for s in needs.themes.corpus for x in s.languages}) > 1
    same = "would still recur if its loudest session were left out" + (", and was heard in both languages" if both else "")
    said = f"One page each for the {len(pages)} needs heard in the most sessions, in the order of the plan's areas. "
    if len(pages) == len(needs):
        said = "One page each, in the order of the plan's areas. "
    if any(n.join for n in needs):
        said += "Where people decided that several codes are one need, its page names them, and a session counts once. "
    yield Paragraph((f"{said}Unless a page says otherwise, or a group is too small to be shown, each {same}.",), "note")


def _working(needs: Needs, ledger: Ledger, pages: Sequence[Need]) -> Iterator[Block]:
    picture = pictures.helps(pages, needs, ledger)
    if picture:
        yield picture
    yield from _voices.voiced(needs, ledger, "assets")


def _since(needs: Needs, ledger: Ledger, pages: Sequence[Need]) -> list[Section]:
    rounds = needs.beside.rounds
    if rounds is None:
        return []
    rows: list[tuple[Inline, ...]] = []
    ids = {n.id for n in pages}
    for code, before, since in (r for r in rounds.rows if r[0].id in ids):
        cells: list[Inline] = []
        for when, cell in (("before", before), ("since", since)):
            if cell.suppressed or cell.sessions is None:
                cells.append((HIDDEN,))
                continue
            key = f"round:{code.id}|{when}"
            cells.append((f"{cell.band} (", ledger.number(f"{key}|sessions"), " of ", ledger.number(f"{key}|base"), ")"))
        alike = "its meaning changed" if code.id in rounds.changed else ""
        rows.append(((code.name,), *cells, (alike,)))
    blocks: list[Block] = [Table(
        f"Heard in {rounds.name}, and in the sessions since", ("Need", rounds.name, "Since", "Not like with like"), tuple(rows),
        "Both are counted now, by the same codebook and the same taggers. Nothing is tested.", "heat",
    )]  # fmt: skip
    notes: list[Inline] = [(f"{n[:1].upper()}{n[1:]}.",) for n in rounds.notes]
    if rounds.counted_otherwise:
        names = "; ".join(needs.themes[c].code.name for c in rounds.counted_otherwise)
        notes.append((f"Counted differently today than when {rounds.name} was printed: {names}.",))
    return [Section("since", "Since last time", (*blocks, Bullets(tuple(notes))))]


def _beside(needs: Needs, ledger: Ledger) -> list[Section]:
    tables = needs.beside.indicators
    return [Section("beside", "Other numbers, beside these findings", tuple(parts.indicators(tables, ledger)))] if tables else []


def _next(needs: Needs, ledger: Ledger) -> Iterator[Block]:
    facts = needs.beside.facts
    steps = [(facts["next_steps"],)] if facts.get("next_steps") else []
    said: Inline = ("Everyone who took part gets this back on one page, in English and in Spanish, with boxes to say whether we "
                    "understood it rightly. Those answers are read back in and printed here.",)  # fmt: skip
    items: list[Inline] = [*steps, said]
    if facts.get("contact"):
        items.append((f"Contact: {facts['contact']}",))
    yield Bullets(tuple(items))
    if not needs.beside.answers:
        return
    rows: list[tuple[Inline, ...]] = []
    for need in needs:
        if any(a.need == need.id for a in needs.beside.answers):
            shown = answered(needs, need.id)
            keys = [f"answers:{need.id}|{x}" for x in ("yes", "partly", "no")]
            cells: list[Inline] = [(ledger.number(k),) for k in keys] if shown else [(HIDDEN,)] * 3
            rows.append(((need.statement,), *cells))
    yield Table("Did we get it right? What people answered", ("Need", "Yes", "Partly", "No"), tuple(rows),
                f"People, not sessions. {HIDDEN}: fewer people than may be shown.", widths=(0.64, 0.12, 0.12, 0.12))  # fmt: skip
    if needs.beside.missed >= needs.themes.settings.people:
        yield Paragraph((ledger.number("needs:missed"), " people also wrote what was missed; it is read with the sessions."))


def _less(needs: Needs, ledger: Ledger) -> Iterator[Block]:
    yield Paragraph(("Said as a need, but not often or widely enough to be called recurring. Quiet voices are not deleted.",))
    yield Bullets(tuple((n.statement, " ", *_pages.heard(n, ledger)) for n in needs.appendix) or (("None.",),))
