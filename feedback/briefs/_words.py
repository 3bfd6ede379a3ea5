"""Names that briefs print: audiences, voices, languages, service planning areas."""

from __future__ import annotations

import re

AUDIENCES = {"youth": "Youth", "family": "Families", "stakeholder": "Service providers", "mixed": "Mixed groups"}
VOICES = {
    "youth": "Young person", "family": "Parent or caregiver", "stakeholder": "Service provider", "mixed": "Participant",
    "a participant": "Participant",
}  # fmt: skip
LANGUAGES = {"en": "English", "es": "Spanish"}
AREAS = {
    1: "Antelope Valley", 2: "San Fernando", 3: "San Gabriel", 4: "Metro", 5: "West", 6: "South", 7: "East", 8: "South Bay",
}  # fmt: skip
DIMENSIONS = {"audience": "Audience", "language": "Language", "spa": "Area", "month": "Month", "kind": "Record"}
BANDS = ("none", "in one session", "few", "some", "many", "most", "most or all")
UNTRANSLATED = {"en": "Translation: not made yet", "es": "Traducción: todavía no hecha"}
KEY = "few: under a quarter of the sessions; some: to half; many: to three quarters; most: above"


_SPANISH = tuple((re.compile(found), said) for found, said in (
    (r"The sessions behind this number are not listed here, so that a small group cannot be made out from them\.",
     "Las sesiones detrás de este número no se enumeran aquí, para que no se reconozca a un grupo pequeño."),
    (r"Counted over the whole project\.", "Contado sobre todo el proyecto."),
    (r"Counted over every unit that was read\.", "Contado sobre todo lo que se leyó."),
    (r"Sessions of the project \([^)]*\)\.", "Sesiones del proyecto."),
    (r"(?<= \()recorded(?=[,;)])", "grabado"), (r"(?<= \()written down as said(?=[,;)])", "apuntado tal como se dijo"),
    (r"(?<= \()from the notes(?=[,;)])", "de los apuntes"), (r", after “", ", después de “"),
    (r"; part of a turn of (\d+) words", r"; parte de una intervención de \1 palabras"),
))  # fmt: skip


def in_spanish(text: str) -> str:
    """What a source says about a number or quote, in Spanish; addresses stay, and so does what nobody translated.

    >>> in_spanish("LS-F01#3 (from the notes, after “¿Qué falta?”): ")
    'LS-F01#3 (de los apuntes, después de “¿Qué falta?”): '
    """
    for found, said in _SPANISH:
        text = found.sub(said, text)
    return text


def value_name(dimension: str, value: str) -> str:
    """A group of a dimension as people read it.

    >>> value_name("spa", "6"), value_name("audience", "family")
    ('SPA 6 South', 'Families')
    """
    if dimension == "spa" and value.isdigit():
        return f"SPA {value} {AREAS.get(int(value), '')}".strip()
    return {"audience": AUDIENCES, "language": LANGUAGES}.get(dimension, {}).get(value, value)


def voice(label: str) -> str:
    """Who speaks, under a quote: `youth, SPA 6` becomes `Young person, SPA 6`."""
    audience, _, area = label.partition(", ")
    return ", ".join(x for x in (VOICES.get(audience, audience), area) if x)


def join(words: list[str], last: str = "and") -> str:
    """Words with commas and a last conjunction.

    >>> join(["a", "b", "c"])
    'a, b and c'
    """
    return "".join(words) if len(words) < 2 else f"{', '.join(words[:-1])} {last} {words[-1]}"
