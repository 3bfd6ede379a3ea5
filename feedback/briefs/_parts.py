"""The fixed parts of a brief: who was heard, how it was counted, the appendices, and lines for the boxes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from feedback.briefs._claims import Ledger
from feedback.briefs._html import HIDDEN
from feedback.briefs._page import Block, Bullets, Inline, Paragraph, Run, Table
from feedback.findings import Quote, pick
from feedback.plan import Need, Needs

LANGUAGES = {"en": "English", "es": "Spanish"}
AUDIENCES = {"youth": "Youth", "family": "Families", "stakeholder": "Service providers", "mixed": "Mixed groups"}
AREAS = {
    1: "Antelope Valley", 2: "San Fernando", 3: "San Gabriel", 4: "Metro", 5: "West", 6: "South", 7: "East", 8: "South Bay",
}  # fmt: skip


def lines(
    needs: Needs, code: str, refs: Iterable[str], *, taken: set[str], k: int = 2, standing: str = "need"
) -> list[Quote]:
    """Up to k printable lines among these units: people's own words first, then note-takers', one a session."""
    wanted, out, used = set(refs) - taken, list[Quote](), set[str]()
    kinds = ("need", "asset", "talk") if standing == "need" else (standing,)
    for paraphrase in (False, True):
        for kind in kinds:
            for quote in pick(needs.themes, code, k=60, standing=kind, paraphrase=paraphrase):
                unit = quote.ref.split(":")[0]
                session = unit.split("#")[0]
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
    """Sessions by audience, language and area; gaps named."""
    corpus = list(needs.themes.corpus)
    head: list[Run] = [ledger.number("sessions:all"), " sessions"]
    if ledger.needs.themes.settings.people <= sum(s.participants or 0 for s in corpus):
        head += [", ", ledger.number("people:all"), " people"]
    recorded = ledger.number("sessions:recorded")
    yield Paragraph((*head, ". ", recorded, " were recorded or captioned; the others are known from notes."))
    rows: list[tuple[Inline, ...]] = []
    for audience in sorted({s.audience or "not said" for s in corpus}):
        found = [s for s in corpus if (s.audience or "not said") == audience]
        people = sum(s.participants or 0 for s in found)
        enough = people >= needs.themes.settings.people
        shown: Inline = (ledger.number(f"people:audience={audience}"),) if enough else (HIDDEN,)
        spoken = sorted({LANGUAGES.get(x, x) for s in found for x in s.languages})
        rows.append(
            (
                (AUDIENCES.get(audience, audience),),
                (ledger.number(f"sessions:audience={audience}"),),
                shown,
                (", ".join(spoken),),
            )
        )
    yield Table("Sessions and people by audience", ("Audience", "Sessions", "People", "Languages"), tuple(rows))
    areas: list[tuple[Inline, ...]] = [
        ((f"SPA {i} {AREAS[i]}",), (ledger.number(f"sessions:spa={i}"),))
        for i in sorted(AREAS)
        if any(s.spa == i for s in corpus)
    ]
    yield Table("Sessions by service planning area", ("Area", "Sessions"), tuple(areas))
    yield Paragraph(("Who we did not hear",), "lead")
    yield Bullets(tuple((gap,) for gap in _gaps(needs)))


def _gaps(needs: Needs) -> list[str]:
    corpus = list(needs.themes.corpus)
    gaps = [f"No session in SPA {i} {AREAS[i]}." for i in sorted(AREAS) if all(s.spa != i for s in corpus)]
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


def how(needs: Needs, ledger: Ledger) -> Iterator[Block]:
    """Method, account and suppression in plain words, where counsel looks first."""
    themes = needs.themes
    a = {
        name: ledger.number(f"account:{name}")
        for name in ("units", "coded", "uncoded", "process", "others", "withheld")
    }
    yield Bullets((
        ("A session counts once, however often something is said in it. “k of N” means: heard in k of the N sessions where it could have come up.",),
        ("Facilitators' questions, headings and note-takers' own remarks are never counted; an interpreter's turn repeats a participant's and counts once.",),
        (f"Recurring means: heard {themes.rule}.",),
        ("What people said no to, what others demanded of them, and what they heard said about people like them are kept apart and are never needs.",),
        (f"Small groups: {themes.settings}. Hidden figures stay hidden in every table, list and quote label, also against subtraction.",),
        ("Before anything was counted, every unit was checked for names and other identifiers; units in doubt are held out: ", a["withheld"], "."),
        (
            "Of ", a["units"], " units, ", a["coded"], " carry a code, ", a["uncoded"], " carry none, ", a["process"],
            " are about the meeting itself, ", a["others"], " are facilitators', headings and notes, ", a["withheld"], " are held.",
        ),
        (f"Codes were laid by: {', '.join(_taggers(needs)) or 'nobody'}, from the codebook {themes.codebook.name} {themes.codebook.version}.",),
        (
            "Codes laid by rules are cautious and hear less than people do: a theme that is missing here may have been said in other words. "
            "Nothing is claimed from silence.",
        ),
        ("Every number and quote can be opened at its source, and the whole brief can be checked again with `feedback verify`.",),
    ))  # fmt: skip
    if themes.unscreened:
        yield Paragraph(
            ("This brief was made past the privacy gate on a researcher's own machine and may not be passed on.",),
            "lead",
        )


def _taggers(needs: Needs) -> list[str]:
    count = Counter(c.tagger for c in needs.themes.codings)
    return [f"{name} ({n})" for name, n in sorted(count.items())]


def codebook(needs: Needs, ledger: Ledger) -> Iterator[Block]:
    """Every code with its definition and the sessions it was heard in."""
    rows: list[tuple[Inline, ...]] = []
    for theme in needs.themes:
        cell = theme.cells[0]
        if cell.suppressed:
            k: Inline = (HIDDEN,)
        else:
            k = (ledger.number(f"theme:{theme.id}|all|sessions"), " of ", ledger.number(f"theme:{theme.id}|all|base"))
        rows.append(((theme.code.name,), (theme.code.definition,), k))
    yield Table("Codes, what they mean, and the sessions they were heard in", ("Code", "Definition", "Sessions"), tuple(rows),
                "Heard as a need, a strength or in talk; refusals and others' demands are not in these counts. "
                f"{HIDDEN}: not shown.")  # fmt: skip


def sessions(needs: Needs) -> Iterator[Block]:
    """The session list: no place or month beside a session, since together they point to a room."""
    rows: list[tuple[Inline, ...]] = []
    for s in needs.themes.corpus:
        tongues = ", ".join(LANGUAGES.get(x, x) for x in s.languages) or "not said"
        form = "recorded" if any(t.kind == "speech" for t in s.turns) else "notes"
        rows.append(((s.id,), (AUDIENCES.get(s.audience or "", s.audience or "not said"),), (tongues,), (form,)))
    yield Table("Sessions in these findings", ("Session", "Audience", "Language", "Form"), tuple(rows))


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
