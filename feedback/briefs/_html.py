"""A page as one self-contained HTML file: no script runs, nothing is fetched, every number opens its source."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from importlib.resources import files
from typing import Any

from feedback.briefs._page import HIDDEN, Page, grouped, plain, quoted
from feedback.briefs._stamp import KEPT
from feedback.briefs._words import UNTRANSLATED

BLANK = "0" * 64
_WORDS = {
    "en": {
        "skip": "Skip to the content",
        "contents": "Contents",
        "sources": "Sources: what each number and quote stands on",
        "sources_note": "Each entry gives the sessions or the words behind one number or quote. Addresses such as LS-Y04#12 name a "
        "session and a unit in it; the command feedback quote ADDRESS shows the place in the project.",
        "back": "back to the text",
        "source": "What this number stands on: source",
        "hidden": "not shown",
        "translated": "translated by",
        "slot": UNTRANSLATED["en"],
        "marks": {"●": "heard", "○": "asked, not taken up", "·": "not raised", " ": "not asked"},
    },
    "es": {
        "skip": "Ir al contenido",
        "contents": "Contenido",
        "sources": "Fuentes: en qué se apoya cada número y cada cita",
        "sources_note": "Cada línea da las sesiones o las palabras detrás de un número o de una cita.",
        "back": "volver al texto",
        "source": "En qué se apoya este número: fuente",
        "hidden": "no se muestra",
        "translated": "tradujo",
        "slot": UNTRANSLATED["es"],
        "marks": {"●": "se oyó", "○": "se preguntó, no se retomó", "·": "no se mencionó", " ": "no se preguntó"},
    },
}
STEPS = {"none": 0, "in one session": 1, "few": 1, "some": 2, "many": 3, "most": 4, "most or all": 4}


def band(text: str) -> int:
    """The shade of a band, 0 (none) to 4 (most); 0 for words that are no band."""
    return STEPS.get(text.partition(" (")[0], 0)


def keywords(page: Page) -> str:
    """How this file was made, in a line short enough for any format's properties."""
    kept = [k for k in KEPT if k != "title"]
    return " ".join(["feedback", *(f"{k}={page.stamp[k].replace(chr(32), chr(160))}" for k in kept if page.stamp.get(k))])


def render(page: Page) -> str:
    """Render a page; the manifest at its end holds every claim and the digest of the whole file."""
    import jinja2
    from markupsafe import Markup

    from feedback.briefs import _svg

    home = files("feedback.briefs") / "templates"
    env = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=False)
    used: Counter[str] = Counter()

    def use(claim: str) -> int:
        used[claim] += 1
        return used[claim]

    template = env.from_string((home / "brief.html.j2").read_text(encoding="utf-8"))
    text = template.render(
        page=page, css=Markup((home / "brief.css").read_text(encoding="utf-8")), words=_WORDS[page.language], hidden=HIDDEN,
        kind=lambda value: type(value).__name__, plain=plain, quoted=quoted, use=use, uses=lambda claim: used[claim],
        manifest=Markup(manifest(page)), band=band, keywords=keywords(page), claims=grouped(page.claims, page.language),
        svg=lambda scene, ident, use: Markup(_svg.render(scene, ident, use=use)),
    )  # fmt: skip
    return seal(text + "\n")


def manifest(page: Page) -> str:
    """Every claim of the page as JSON, with an empty digest to be filled by `seal`."""
    claims = [{"id": c.id, "kind": c.kind, "value": c.value, "recount": c.recount} for c in page.claims.values()]
    body: dict[str, Any] = {"feedback": dict(page.stamp), "claims": claims, "digest": BLANK}
    return json.dumps(body, ensure_ascii=False, indent=0, sort_keys=True).replace("<", "\\u003c")


def seal(text: str) -> str:
    """Put the SHA-256 of the whole text (with the digest blanked) in the digest's place."""
    assert text.count(BLANK) == 1
    return text.replace(BLANK, hashlib.sha256(text.encode()).hexdigest())
