"""What a facilitator sends the same evening: what was read, what this group said, did we get it right? No counts of people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from feedback.briefs._claims import Ledger
from feedback.briefs._page import Block, Bullets, Inline, Link, Mark, Paragraph, Section, Table, quoted
from feedback.errors import FeedbackError
from feedback.findings import Quote, pick
from feedback.plan import APPROVED, REFUSED, Needs

MOST, EACH = 7, 1
WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "title": "Thank you for this session", "subtitle": "What we wrote down from session ",
        "read": ("We wrote down ", " points that people made", " and the questions that were asked."),
        "none": "We have not found anything to sum up yet.",
        "said": "What we understood", "head": ("What you said", "For example", "Right?"),
        "helps": "What you said is working", "no": "What you said no to",
        "notes": "(from the notes)", "boxes": "☐\u00a0yes ☐\u00a0partly ☐\u00a0no", "missed": "What we missed or got wrong: ",
        "right": "Did we get it right?",
        "ask": "Please mark a box in each row, or write to the person who invited you. Nothing here carries a name; if you see "
               "somebody you could recognise, tell us and it is taken out.",
        "table": "What we understood, for you to check",
        "quiet": "Some things that were said are left out of this page on purpose, because they are private.",
    },
    "es": {
        "title": "Gracias por esta sesión", "subtitle": "Lo que apuntamos de la sesión ",
        "read": ("Apuntamos ", " puntos que dijeron las personas", " y las preguntas que se hicieron."),
        "none": "Todavía no encontramos nada que resumir.",
        "said": "Lo que entendimos", "head": ("Lo que dijeron", "Por ejemplo", "¿Bien?"),
        "helps": "Lo que dijeron que funciona", "no": "A lo que dijeron que no",
        "notes": "(de los apuntes)", "boxes": "☐\u00a0sí ☐\u00a0en\u00a0parte ☐\u00a0no", "missed": "Lo que nos faltó o entendimos mal: ",
        "right": "¿Lo entendimos bien?",
        "ask": "Marque una casilla en cada renglón o escriba a la persona que le invitó. Aquí no hay nombres; si reconoce a "
               "alguien, díganos y lo quitamos.",
        "table": "Lo que entendimos, para que ustedes lo revisen",
        "quiet": "Algunas cosas que se dijeron no están en esta página a propósito, porque son privadas.",
    },
}  # fmt: skip


def titles(needs: Needs, session: str, language: str) -> tuple[str, str]:
    """Title and subtitle; raises RefError where there is no such session."""
    w = WORDS[language]
    return str(w["title"]), f"{w['subtitle']}{needs.themes.corpus[session].id}"


def session_note(needs: Needs, ledger: Ledger, session: str, language: str) -> Iterator[Section]:
    """Lay out one session's page. Only standard codes; words only where this session may be quoted or a note-taker wrote them."""
    w, corpus = WORDS[language], needs.themes.corpus
    corpus[session]  # there is no such session: raises RefError
    points = sum(s.session.id == session for s in corpus.segments())
    if not points:
        raise FeedbackError(f"{session}: nothing of this session has passed the privacy gate yet")
    loud = _loudest(needs, session)
    taken: set[str] = set()
    rows: list[tuple[Inline, ...]] = []
    for code in loud:
        said = _said(needs, code, session, language)
        found = _line(needs, ledger, code, session=session, standing="need", taken=taken, w=w)
        rows.append(((said,), found or ("",), (str(w["boxes"]),)))
    read = w["read"]
    opening: list[Block] = [Paragraph((read[0], ledger.number(f"points:{session}"), read[1], read[2]))]
    if rows:
        head: tuple[str, ...] = tuple(w["head"])
        widths: tuple[float, ...] = (0.38, 0.39, 0.23)
        if not any(row[1] != ("",) for row in rows):
            rows, head, widths = [(a, c) for a, _, c in rows], (head[0], head[2]), (0.8, 0.2)
        opening.append(Table(str(w["table"]), head, tuple(rows), widths=widths))
    else:
        opening.append(Paragraph((str(w["none"]),)))
    if _private(needs, session):
        opening.append(Paragraph((str(w["quiet"]),), "note"))
    yield Section("said", str(w["said"]), tuple(opening))
    for name, standing in (("helps", "asset"), ("no", "refusal")):
        lines = _list(needs, ledger, session, standing, taken, w)
        if lines:
            yield Section(name, str(w[name]), (Bullets(tuple(lines)),))
    ask = (Paragraph((str(w["ask"]),)), Paragraph((Mark(str(w["missed"])), "_" * 60)))
    yield Section("right", str(w["right"]), ask)


def _said(needs: Needs, theme: str, session: str, language: str) -> str:
    """What was said, in one sentence: of codes joined over all sessions, the one that this session named most."""
    here = [m.code for m in needs.themes[theme].mentions if m.session == session and m.standing == "need"]
    code = needs.themes.codebook[max(dict.fromkeys(here), key=here.count)]
    return code.statements.get(language) or code.names.get(language) or code.name


def _loudest(needs: Needs, session: str) -> list[str]:
    """Standard codes said as a need in this session, those with most units first."""
    found = {
        t.id: sum(m.session == session and m.standing == "need" and not m.repeated for m in t.mentions)
        for t in needs.themes if t.code.sensitivity == "standard"
    }  # fmt: skip
    return sorted((c for c, n in found.items() if n), key=lambda c: (-found[c], c))[:MOST]


def _private(needs: Needs, session: str) -> bool:
    return any(m.session == session for t in needs.themes if t.code.sensitivity != "standard" for m in t.mentions)


def _list(
    needs: Needs, ledger: Ledger, session: str, standing: str, taken: set[str], w: dict[str, Any]
) -> list[Inline]:
    out: list[Inline] = []
    for t in needs.themes:
        if t.code.sensitivity == "standard" and any(m.session == session and m.standing == standing for m in t.mentions):
            found = _line(needs, ledger, t.id, session=session, standing=standing, taken=taken, w=w)
            out += [found] if found else []
    return out[:3]


def _line(
    needs: Needs, ledger: Ledger, code: str, *, session: str, standing: str, taken: set[str], w: dict[str, Any]
) -> Inline | None:
    """One line of this session on a code: own words where it may be quoted, else a note-taker's."""
    beside = needs.beside
    for paraphrase in (False, True):
        offered: tuple[Quote, ...] = pick(
            needs.themes, code, k=60, standing=standing, paraphrase=paraphrase, reviewed=beside.refs(APPROVED),
            never=beside.refs(REFUSED), on=beside.on,
        )  # fmt: skip
        for quote in offered:
            unit = quote.ref.split(":")[0]
            mine = unit.split("#")[0] == session and unit not in taken
            if mine and quote.status == "ok" and len(quote.text.split()) <= 30:
                taken.add(unit)
                words = f"{quote.text} {w['notes']}" if quote.paraphrase else quoted(quote.text)
                return (words, " ", Link(quote.ref, ledger.quote(quote.ref)))
    return None


