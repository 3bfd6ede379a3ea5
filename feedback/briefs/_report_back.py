"""One page back to the people who spoke, in English or Spanish: you said, what the plan answers, did we get it right?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import feedback.briefs._pages as pages
import feedback.briefs._parts as parts
from feedback.briefs._claims import Ledger, recount
from feedback.briefs._page import Block, Inline, Mark, Paragraph, QuoteBlock, Run, Section, Table
from feedback.briefs._words import join
from feedback.findings import Quote
from feedback.plan import Need, Needs

LANGUAGES = ("en", "es")
MOST = 7
WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "title": "What we heard from you, and what happens next",
        "subtitle": "A page for everybody who spoke in the listening sessions",
        "thanks": "Thank you. You spoke, and this is what we understood. Nobody's name is on it.",
        "held": ("We listened in ", " sessions", ", to ", " people"),
        "said": "You said",
        "table": "What you said, what the plan says to it, and whether we understood you",
        "head": ("You said", "Heard in", "What the plan says to it", "Did we get it right?"),
        "heard": (" of ", " sessions"),
        "hidden": "not shown, to protect small groups",
        "gap": "No answer yet.", "untranslated": "The plan has a strategy for this: ", "and": "and",
        "no": "You also said no to some things, among them: ",
        "right": "Did we get it right?",
        "ask": "Mark one box in each row above and give this page back to the person who invited you. You do not need to put your name.",
        "boxes": "☐\u00a0yes ☐\u00a0partly ☐\u00a0no",
        "missed": "What we missed: ",
        "next": "What happens next",
        "steps": "The plan's authors read this page and your answers before they decide. You will be told what was done with it.",
        "contact": "Questions: ",
        "status": {"proposed": "proposed", "planned": "planned", "under way": "under way", "done": "done", "stopped": "stopped"},
    },
    "es": {
        "title": "Lo que escuchamos de ustedes y lo que sigue",
        "subtitle": "Una página para todas las personas que hablaron en las sesiones",
        "thanks": "Gracias. Ustedes hablaron y esto es lo que entendimos. Aquí no está el nombre de nadie.",
        "held": ("Escuchamos en ", " sesiones", ", a ", " personas"),
        "said": "Ustedes dijeron",
        "table": "Lo que dijeron, lo que el plan responde y si entendimos bien",
        "head": ("Ustedes dijeron", "Se oyó en", "Lo que el plan responde", "¿Entendimos bien?"),
        "heard": (" de ", " sesiones"),
        "hidden": "no se muestra, para proteger a grupos pequeños",
        "gap": "Todavía no hay respuesta.", "untranslated": "El plan tiene una estrategia para esto: ", "and": "y",
        "no": "También dijeron que no a algunas cosas, entre ellas: ",
        "right": "¿Lo entendimos bien?",
        "ask": "Marque una casilla en cada renglón de arriba y devuelva esta página a la persona que le invitó. No hace falta poner su nombre.",
        "boxes": "☐\u00a0sí ☐\u00a0en\u00a0parte ☐\u00a0no",
        "missed": "Lo que nos faltó: ",
        "next": "Lo que sigue",
        "steps": "Quienes escriben el plan leen esta página y sus respuestas antes de decidir. Les diremos qué se hizo con ello.",
        "contact": "Preguntas: ",
        "status": {
            "proposed": "propuesto", "planned": "previsto", "under way": "en marcha", "done": "hecho", "stopped": "detenido",
        },
    },
}  # fmt: skip


def report_back(needs: Needs, ledger: Ledger, language: str) -> Iterator[Section]:
    """Lay out the page that goes back: you said, what the plan says to it, did we get it right."""
    w = WORDS[language]
    chosen = parts.widest(needs, MOST)
    yield Section("thanks", str(w["said"]), tuple(_said(needs, ledger, language, chosen)))
    missed = Paragraph((Mark(str(w["missed"])), "_" * 64))
    yield Section("right", str(w["right"]), (Paragraph((str(w["ask"]),)), missed))
    facts = needs.beside.facts
    steps = facts.get(f"next_steps.{language}") or (facts.get("next_steps") if language == "en" else "") or str(w["steps"])
    closing: list[Block] = [Paragraph((steps,))]
    if facts.get("contact"):
        closing.append(Paragraph((str(w["contact"]), facts["contact"])))
    yield Section("next", str(w["next"]), tuple(closing))


def _said(needs: Needs, ledger: Ledger, language: str, chosen: list[Need]) -> Iterator[Block]:
    w = WORDS[language]
    held = w["held"]
    runs: list[Run] = [f"{w['thanks']} ", held[0], ledger.number("sessions:all"), held[1]]
    if recount(needs, "people:all") is not None:
        runs += [held[2], ledger.number("people:all"), held[3]]
    yield Paragraph((*runs, "."))
    rows: list[tuple[Inline, ...]] = []
    for n in chosen:
        rows.append(((n.said(language),), _heard(n, ledger, w), _answer(n, w, language), (str(w["boxes"]),)))
    yield Table(str(w["table"]), tuple(w["head"]), tuple(rows), widths=(0.37, 0.13, 0.27, 0.23))
    refused = _refused(needs, language)
    if refused:
        runs_no: list[Run] = [str(w["no"])]
        for i, quote in enumerate(refused):
            runs_no += ["; " if i else "", *pages.line(quote, ledger)]
        yield Paragraph((*runs_no, "."))
    quotes = [q for n in chosen for q in n.quotes if q.printable and parts.group_shown(needs, n.id, q.ref)]
    fit = [q for q in quotes if 8 <= len(q.text.split()) <= 30 and q.language in (language, "mixed")]
    ours = [q for q in fit if needs.themes.corpus.resolve(q.ref).audience != "stakeholder"]
    for quote in sorted(ours, key=lambda q: (q.language != language, abs(len(q.text.split()) - 18), q.ref))[:1]:
        yield QuoteBlock(quote.text, "", quote.ref, quote.language, ledger.quote(quote.ref))


def _refused(needs: Needs, language: str) -> list[Quote]:
    """Two refusals in people's own words, in this language; a topic's name alone would say that they refused the topic."""
    found: list[Quote] = []
    for t in sorted(needs.themes, key=lambda t: (-(t.all.refusals or 0), t.id)):
        if t.all.refusals and t.code.sensitivity == "standard":
            taken = {q.ref.split(":")[0] for q in found}
            lines = parts.lines(needs, t.id, t.refusals, taken=taken, k=6, standing="refusal")
            found += [q for q in lines if not q.paraphrase and q.language in (language, "mixed") and len(q.text.split()) <= 20][:1]
    ours = [q for q in found if q.language == language] or found
    return ours[:2]


def _heard(need: Need, ledger: Ledger, w: dict[str, Any]) -> Inline:
    if need.sessions is None:
        return (str(w["hidden"]),)
    of, sessions = w["heard"]
    return (ledger.number(f"need:{need.id}|sessions"), of, ledger.number(f"need:{need.id}|base"), sessions)


def _answer(need: Need, w: dict[str, Any], language: str) -> Inline:
    status: dict[str, str] = w["status"]
    if not need.strategies:
        return (str(w["gap"]),)
    named = [(s.said(language), status.get(s.status, s.status)) for s in need.strategies]
    if not all(name for name, _ in named):
        return (str(w["untranslated"]) + join(sorted({s for _, s in named}), w["and"]) + ".",)
    return ("; ".join(f"{name} ({said})" for name, said in named) + ".",)


