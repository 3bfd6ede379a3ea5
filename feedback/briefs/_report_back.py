"""The short forms: two pages for the Board, and one page back to the people who spoke, in English or Spanish."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import feedback.briefs._parts as parts
from feedback.briefs._claims import Ledger
from feedback.briefs._page import Block, Bullets, Inline, Mark, Paragraph, QuoteBlock, Run, Section
from feedback.plan import Need, Needs

LANGUAGES = ("en", "es")
MOST = 8
WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "title": "What we heard from you, and what happens next",
        "subtitle": "A page for everybody who spoke in the listening sessions",
        "thanks": "Thank you. You spoke, and this is what we understood. Nobody's name is on it.",
        "held": ("We listened in ", " sessions", ", to ", " people"),
        "said": "You said",
        "heard": ("heard in ", " of ", " sessions"),
        "hidden": "heard; the number is not shown, to protect small groups",
        "plan": "What the plan says to it",
        "answer": "In the plan: ",
        "gap": "The plan has no answer to this yet.",
        "no": "What you said no to",
        "right": "Did we get it right?",
        "ask": "Mark each point and give this page back to the person who invited you, or write what we missed.",
        "boxes": "☐ yes   ☐ partly   ☐ no",
        "missed": "What we missed: ______________________________________________",
        "status": {"proposed": "proposed", "planned": "planned", "under way": "under way", "done": "done", "stopped": "stopped"},
    },
    "es": {
        "title": "Lo que escuchamos de ustedes y lo que sigue",
        "subtitle": "Una página para todas las personas que hablaron en las sesiones",
        "thanks": "Gracias. Ustedes hablaron y esto es lo que entendimos. Aquí no está el nombre de nadie.",
        "held": ("Escuchamos en ", " sesiones", ", a ", " personas"),
        "said": "Ustedes dijeron",
        "heard": ("se oyó en ", " de ", " sesiones"),
        "hidden": "se oyó; el número no se muestra, para proteger a grupos pequeños",
        "plan": "Lo que el plan responde",
        "answer": "En el plan: ",
        "gap": "El plan todavía no tiene respuesta para esto.",
        "no": "A lo que dijeron que no",
        "right": "¿Lo entendimos bien?",
        "ask": "Marque cada punto y devuelva esta página a la persona que le invitó, o escriba lo que nos faltó.",
        "boxes": "☐ sí   ☐ en parte   ☐ no",
        "missed": "Lo que nos faltó: ______________________________________________",
        "status": {
            "proposed": "propuesto", "planned": "previsto", "under way": "en marcha", "done": "hecho", "stopped": "detenido",
        },
    },
}  # fmt: skip


def report_back(needs: Needs, ledger: Ledger, language: str) -> Iterator[Section]:
    """Lay out the page that goes back: you said, what the plan says to it, did we get it right."""
    w = WORDS[language]
    yield Section("thanks", str(w["said"]), tuple(_said(needs, ledger, language)))
    yield Section(
        "answers", str(w["plan"]), (Bullets(tuple(_answer(n, needs, language) for n in needs)),) if len(needs) else ()
    )
    boxes: list[Inline] = [(f"{statement(n, needs, language)}   {w['boxes']}",) for n in parts.widest(needs, MOST)]
    ask: list[Block] = [Paragraph((str(w["ask"]),)), Bullets(tuple(boxes)), Paragraph((str(w["missed"]),))]
    yield Section("right", str(w["right"]), tuple(ask))


def statement(need: Need, needs: Needs, language: str) -> str:
    """The need's sentence in a language; the English one where nobody wrote another."""
    said = needs.themes[need.id].code.statements
    return need.statement if language == "en" else said.get(language) or need.statement


def _said(needs: Needs, ledger: Ledger, language: str) -> Iterator[Block]:
    w = WORDS[language]
    yield Paragraph((str(w["thanks"]),), "lead")
    held = w["held"]
    runs: list[Run] = [held[0], ledger.number("sessions:all"), held[1]]
    if sum(s.participants or 0 for s in needs.themes.corpus) >= needs.themes.settings.people:
        runs += [held[2], ledger.number("people:all"), held[3]]
    yield Paragraph((*runs, "."))
    yield Bullets(tuple(_line(n, needs, ledger, language) for n in parts.widest(needs, MOST)), ordered=True)
    quotes = [
        q for n in parts.widest(needs, MOST) for q in n.quotes if q.printable and parts.group_shown(needs, n.id, q.ref)
    ]
    own = [q for q in quotes if q.language in (language, "mixed")] or quotes
    for quote in own[:2]:
        yield QuoteBlock(quote.text, "", quote.ref, quote.language, ledger.quote(quote.ref))


def _line(need: Need, needs: Needs, ledger: Ledger, language: str) -> Inline:
    w = WORDS[language]
    said = statement(need, needs, language)
    if need.sessions is None:
        return (said, f" ({w['hidden']})")
    a, b, c = w["heard"]
    return (
        said,
        f" ({a}",
        ledger.number(f"need:{need.id}|sessions"),
        b,
        ledger.number(f"need:{need.id}|base"),
        f"{c})",
    )


def _answer(need: Need, needs: Needs, language: str) -> Inline:
    w = WORDS[language]
    status: dict[str, str] = w["status"]
    said = statement(need, needs, language)
    if not need.strategies:
        return (Mark(f"{said} "), str(w["gap"]))
    found = "; ".join(f"{s.name} ({status.get(s.status, s.status)})" for s in need.strategies)
    return (Mark(f"{said} "), f"{w['answer']}{found}.")
