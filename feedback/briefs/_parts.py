"""The fixed parts of a brief: who was heard, how it was counted, the appendices, and lines for the boxes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import feedback.briefs._pictures as pictures
from feedback.briefs._claims import MEASURES, Ledger, recount
from feedback.briefs._page import HIDDEN, Block, Bullets, Inline, Mark, Paragraph, Run, Table
from feedback.briefs._words import AREAS, AUDIENCES, DIMENSIONS, LANGUAGES, join, value_name
from feedback.findings import Indicators, Quote, coverage, pick
from feedback.plan import APPROVED, REFUSED, Need, Needs


def lines(
    needs: Needs, code: str, refs: Iterable[str], *, taken: set[str], k: int = 2, standing: str = "need"
) -> list[Quote]:
    """Up to k printable lines among these units: people's own words first, then note-takers', one a session."""
    wanted, out, used = set(refs) - taken, list[Quote](), set[str]()
    kinds = ("need", "asset", "talk") if standing == "need" else (standing,)
    for paraphrase in (False, True):
        for kind in kinds:
            offered = pick(
                needs.themes, code, k=60, standing=kind, paraphrase=paraphrase, reviewed=needs.beside.refs(APPROVED),
                never=needs.beside.refs(REFUSED), on=needs.beside.on,
            )  # fmt: skip
            for quote in offered:
                unit = quote.ref.split(":")[0]
                session = unit.split("#")[0]
                if needs.beside.signed_only and not paraphrase and quote.ref not in needs.beside.refs(APPROVED):
                    continue
                fits = unit in wanted and session not in used and len(quote.text.split()) <= 32
                if fits and quote.status == "ok" and group_shown(needs, code, quote.ref):
                    out.append(quote)
                    used.add(session)
                if len(out) == k:
                    return out
    return out


def widest(needs: Needs, k: int) -> list[Need]:
    """The needs heard in the most sessions, hidden counts last (so that the order tells nothing about them)."""
    return sorted(needs, key=lambda n: (n.sessions is None, -(n.sessions or 0), n.id))[:k]


def group_shown(needs: Needs, code: str, ref: str) -> bool:
    """Whether the group that a quote comes from may be shown for this theme: quotes obey the same cell."""
    audience = needs.themes.corpus.resolve(ref).audience or "not stated"
    cell = next((c for c in needs.themes[code].cells if c.group == audience), None)
    return cell is not None and not cell.suppressed


def who(needs: Needs, ledger: Ledger) -> Iterator[Block]:
    """Sessions by audience, language and area, held and wanted; gaps named; whose next session would bring most."""
    corpus = list(needs.themes.corpus)
    head: list[Run] = [ledger.number("sessions:all"), " sessions"]
    if recount(needs, "people:all") is not None:
        head += [", ", ledger.number("people:all"), " people"]
    yield Paragraph((*head, ". ", ledger.number("sessions:recorded"), " were recorded or captioned; the others are known from notes."))
    rows: list[tuple[Inline, ...]] = []
    for audience in sorted({s.audience or "not said" for s in corpus}):
        found = [s for s in corpus if (s.audience or "not said") == audience]
        key = f"people:audience={audience}"
        people: Inline = (HIDDEN,) if recount(needs, key) is None else (ledger.number(key),)
        spoken = sorted({LANGUAGES.get(x, x) for s in found for x in s.languages})
        held = ledger.number(f"sessions:audience={audience}")
        rows.append(((AUDIENCES.get(audience, audience),), (held,), people, (", ".join(spoken),)))
    yield Table("Sessions and people by audience", ("Audience", "Sessions", "People", "Languages"), tuple(rows))
    yield _wanted(needs, ledger) if needs.beside.targets else _areas(needs, ledger)
    yield Paragraph(("Who we did not hear",), "lead")
    yield Bullets(tuple((gap,) for gap in _gaps(needs)))
    yield from _next(needs)


def not_counted(needs: Needs, ledger: Ledger) -> Iterator[Block]:
    """How many sessions are there and not counted: the privacy check is not through with them, or they are kept back."""
    if n := needs.beside.waiting:
        more = "session is still in the privacy check; it is" if n == 1 else "sessions are still in the privacy check; they are"
        yield Paragraph((ledger.number("needs:waiting"), f" more {more} not counted here."))
    if n := needs.beside.kept_back:
        more = "session is" if n == 1 else "sessions are"
        yield Paragraph((
            ledger.number("needs:kept_back"), f" more {more} not counted here, so that nobody can tell from two briefs what was said "
            "in a few of them.",
        ))  # fmt: skip


def _areas(needs: Needs, ledger: Ledger) -> Table:
    areas: list[tuple[Inline, ...]] = [
        ((value_name("spa", str(i)),), (ledger.number(f"sessions:spa={i}"),))
        for i in sorted(AREAS)
        if any(s.spa == i for s in needs.themes.corpus)
    ]
    return Table("Sessions by service planning area", ("Area", "Sessions"), tuple(areas))


def _wanted(needs: Needs, ledger: Ledger) -> Table:
    """Sessions held beside sessions wanted, for every group with a target."""
    assert needs.beside.targets is not None
    rows: list[tuple[Inline, ...]] = []
    for r in coverage(needs.themes.corpus, needs.beside.targets, settings=needs.themes.settings).rows:
        key = f"{r.dimension}={r.value}"
        wanted: Inline = ("no target",) if r.wanted is None else (ledger.number(f"target:{key}"),)
        name = value_name(r.dimension, r.value)
        remark: Inline = (Mark("short of the target"),) if r.short else ("",)
        rows.append(((f"{DIMENSIONS.get(r.dimension, r.dimension)}: {name}",), (ledger.number(f"sessions:{key}"),), wanted, remark))
    return Table("Who was heard, and who should have been", ("Group", "Sessions held", "Sessions wanted", ""), tuple(rows),
                 "Wanted: from the project's own targets file.", widths=(0.4, 0.2, 0.2, 0.2))  # fmt: skip


def missing(needs: Needs) -> list[str]:
    """Groups with fewer sessions than wanted, by name."""
    if needs.beside.targets is None:
        return []
    found = coverage(needs.themes.corpus, needs.beside.targets, settings=needs.themes.settings).missing
    return [value_name(r.dimension, r.value) for r in found]


def _gaps(needs: Needs) -> list[str]:
    corpus = list(needs.themes.corpus)
    empty = [value_name("spa", str(i)) for i in sorted(AREAS) if all(s.spa != i for s in corpus)]
    gaps = [f"No session in {join(empty, 'or')}."] if empty else []
    for audience in ("youth", "family", "stakeholder"):
        tongues = {x for s in corpus if s.audience == audience for x in s.languages}
        gaps += [
            f"No session with {AUDIENCES[audience].lower()} in {LANGUAGES[x]}."
            for x in ("en", "es")
            if tongues and x not in tongues
        ]
        if not any(s.audience == audience for s in corpus):
            gaps.append(f"No session with {AUDIENCES[audience].lower()}.")
    gaps.append("Languages other than English and Spanish, and people who did not come, are not in these findings.")
    unknown = sum(s.participants is None for s in corpus)
    return [*gaps, f"{unknown} sessions do not say how many people were there."] if unknown else gaps


def _next(needs: Needs) -> Iterator[Block]:
    found = [n for n in needs.themes.next_session() if n.new_here is not None]
    if len(found) < 2:
        return
    names = [AUDIENCES.get(n.group, n.group).lower() for n in found]
    yield Paragraph((
        "By what others named and each group has not named yet, as far as it may be shown, one more session with "
        f"{names[0]} would most likely add something new, then one with {join(names[1:], 'or')}.",
    ))  # fmt: skip


def how(needs: Needs, ledger: Ledger) -> Iterator[Block]:
    """Method, account and suppression in plain words, where counsel looks first."""
    themes = needs.themes
    a = {name: ledger.number(f"account:{name}") for name in ("units", "coded", "uncoded", "process", "others", "withheld")}
    yield Bullets((
        ("A session counts once, however often something is said in it. “k of N” means: heard in k of the N sessions where it could have come up.",),
        ("Facilitators' questions, headings and note-takers' own remarks are never counted; an interpreter's turn repeats a participant's and counts once.",),
        (f"Recurring means: heard {themes.rule}.",),
        ("What people said no to, what others demanded of them, and what they heard said about people like them are kept apart and are never needs.",),
        (f"Small groups: {themes.settings}. Hidden figures stay hidden in every table, list and quote label, also against subtraction.",),
        (
            "Before anything was counted, every unit (a turn, a bullet, a note) was checked for names and other identifiers. Of ",
            a["units"], " units, ", a["coded"], " carry a code, ", a["uncoded"], " carry none, ", a["process"],
            " are about the meeting itself, ", a["others"], " are facilitators', headings and notes, and ", a["withheld"],
            " are held out because somebody could be recognised.",
        ),
        coded_by(needs),
        ("A need that is missing here may have been said in other words. Nothing is claimed from silence.",),
        _signed(needs, ledger),
        ("Every number and quote can be opened at its source, and the whole brief can be checked again with the command feedback verify.",),
    ))  # fmt: skip
    picture = pictures.curve(needs)
    if picture:
        yield picture
        yield Paragraph((
            "Of ", ledger.number("curve:total"), " themes whose number may be shown, half are heard after ",
            ledger.number("curve:half"), " sessions and nine in ten after ", ledger.number("curve:nine"),
            ", on the mean over all orders of the sessions. The grey band is where the line runs in nine of ten orders.",
        ), "note")  # fmt: skip
    if themes.unscreened:
        said = "This brief was made past the privacy gate on a researcher's own machine and may not be passed on."
        yield Paragraph((said,), "lead")


def coded_by(needs: Needs) -> Inline:
    """Say who coded, and whether a person has looked."""
    count = Counter(c.tagger for c in needs.themes.codings)
    machines = [name for name in sorted(count) if not name.startswith("human")]
    people = [name for name in sorted(count) if name.startswith("human")]
    book = f"{needs.themes.codebook.name} {needs.themes.codebook.version}".strip()
    who_coded = f"{len(people)} people" if len(people) != 1 else "one person"
    by = f"by {who_coded} and by machine, a person's codes always before a machine's" if people and machines else (
        f"by {who_coded}" if people else "by machine alone; no person has reviewed them yet" if machines else "by nobody")  # fmt: skip
    return (f"Codes come from the codebook {book or 'without a name'} and were laid {by}.",)


def _signed(needs: Needs, ledger: Ledger) -> Inline:
    if not len(needs):
        return ("No headline sentence was needed.",)
    return ("Headline sentences: ", ledger.number("needs:signed"), " of ", ledger.number("needs:recurring"),
            " were edited and signed by a person; the others are drafts from the codebook.")  # fmt: skip


def indicators(tables: Sequence[Indicators], ledger: Ledger) -> Iterator[Block]:
    """Others' numbers beside ours: as they were brought, never merged with what was heard."""
    for t in tables:
        key = "spa" if t.key == "spa" else "month"
        rows: list[tuple[Inline, ...]] = [
            ((value_name("spa", place) if t.key == "spa" else place,), *((v,) for v in values),
             (ledger.number(f"sessions:{key}={place}"),))
            for place, values in t.rows
        ]  # fmt: skip
        yield Table(f"Beside the findings: {t.name}", ("Area" if t.key == "spa" else "Year", *t.columns, "Sessions held here"),
                    tuple(rows), "These numbers come from others and are printed as they were given. They are not used in any count.")  # fmt: skip


def codebook(needs: Needs, ledger: Ledger) -> Iterator[Block]:
    """Every code with its definition and four measures apart: sessions, units, people, emphasis."""
    rows: list[tuple[Inline, ...]] = []
    for theme in needs.themes:
        cell = theme.cells[0]
        if cell.suppressed:
            k: Inline = (HIDDEN,)
        else:
            k = (ledger.number(f"theme:{theme.id}|all|sessions"), " of ", ledger.number(f"theme:{theme.id}|all|base"))
        rest = tuple(_measure(needs, ledger, f"measure:{theme.id}|{name}") for name in (*MEASURES[:3], MEASURES[4]))
        rows.append(((Mark(theme.code.name), f". {theme.code.definition}"), k, *rest))
    yield Table("Codes, what they mean, and four measures kept apart", ("Code", "Sessions", "Units", "Speakers", "Agreed", "With emphasis"),
                tuple(rows), "Heard as a need, a strength or in talk; refusals and others' demands are not in these counts. Speakers "
                "are known only where the record tells them apart; agreed: people who nodded, voted or said the same. "
                f"{HIDDEN}: not shown.", widths=(0.5, 0.14, 0.09, 0.09, 0.08, 0.1))  # fmt: skip


def _measure(needs: Needs, ledger: Ledger, key: str) -> Inline:
    return (HIDDEN,) if recount(needs, key) is None else (ledger.number(key),)


def sessions(needs: Needs) -> Iterator[Block]:
    """The session list: no place, month, language or kind of record beside a session: together they point to a room."""
    rows: list[tuple[Inline, ...]] = []
    for s in needs.themes.corpus:
        consent = {"yes": "yes", "review": "after review"}.get(s.quote_consent or "", "no")
        audience = AUDIENCES.get(s.audience or "", s.audience or "not said")
        rows.append(((s.id,), (audience,), (consent,)))
    yield Table("Sessions in these findings", ("Session", "Audience", "May be quoted"), tuple(rows))


def account(needs: Needs, ledger: Ledger) -> Iterator[Block]:
    """Nothing is dropped in silence."""
    names = {
        "units": "Units read", "coded": "carry at least one code", "uncoded": "participants' words without a code",
        "process": "participants' talk about the meeting itself", "others": "facilitators, headings, note-takers, debrief",
        "withheld": "held by the privacy gate",
    }  # fmt: skip
    rows: list[tuple[Inline, ...]] = [((text,), (ledger.number(f"account:{name}"),)) for name, text in names.items()]
    yield Table("Units in = coded + uncoded + about the meeting + others + held", ("Units", "Number"), tuple(rows))
    problems = needs.themes.corpus.problems
    if problems:
        yield Paragraph(("What could not be read (the project names the files)",), "lead")
        yield Bullets(tuple((f"One file {p.what}" if p.blocking else f"Part of a file: {p.what}",) for p in problems))
