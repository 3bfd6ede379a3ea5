"""Exact ages of one person, said of oneself or of somebody's own: they go to bands, without asking anybody."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator

from feedback.privacy._types import Hit

__all__ = ["DETECTOR", "find_ages"]

DETECTOR = "ages@1"
_N = (
    r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty(?:[- ](?:one|two|three|four|five))?|"
    r"uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|diecis[eé]is|diecisiete|dieciocho|diecinueve|veinte|veinti(?:uno|ún|d[oó]s|tr[eé]s|cuatro|cinco))"
)
_KIN = (
    r"(?:brother|sister|son|daughter|boy|girl|cousin|niece|nephew|grandson|granddaughter|kid|baby|oldest|youngest|hij[oa]|hijit[oa]|herman[oa]|hermanit[oa]|sobrin[oa]|prim[oa]|niet[oa]|nin[oa]|niñ[oa]|bebé)"
)
_NOT = r"(?! ?(?:%|percent|minutes?|hours?|months?|weeks?|days?|people|kids|of us|times?|dollars?|blocks?|miles?|am\b|pm\b|a\.m|p\.m|o'clock|th\b|st\b|nd\b|rd\b|:|meses|horas|minutos|semanas|veces|personas|[/-]\d|\.\d|,\d))"
_RULES = tuple(re.compile(p, re.IGNORECASE) for p in (
    rf"\b(?:i'm|i am|im|she's|he's|she is|he is)(?: (?:only|like|about|just|almost|now))* (?P<n>{_N})\b{_NOT}(?=\s*(?:[,.!?;)]|$|years? old|yrs? old|and |now\b|so\b|but\b|till\b|when\b|turning\b|y\b))",
    rf"\b(?:i'm|i am|she's|he's|she is|he is|i was|she was|he was)(?: (?:only|like|about|just))* (?P<n>{_N}) years? old\b",
    rf"\b(?:i was|she was|he was|i turned|she turned|he turned|when i turned)(?: (?:only|like|about|just))* (?P<n>{_N})\b{_NOT}(?=\s*(?:[,.!?;]|$|when\b|and |so\b|years? old|the\b|in\b|i\b|my\b))",
    rf"\bmy (?:\w+ )?(?P<n>{_N})[- ]years?[- ]old\b",
    rf"\b(?:my|our|her|his) (?:\w+ )?{_KIN}(?:,)? (?:is|was|who is|who's|just turned|turned|turns) (?P<n>{_N})\b{_NOT}",
    rf"\b(?:my|our|her|his) (?:\w+ )?{_KIN},? (?P<n>{_N}),",
    rf"\b(?:a|the) (?P<n>{_N})[- ]years?[- ]old (?:girl|boy|client|participant|student|youth|mother|child|daughter|son)\b",
    rf"\b(?:yo )?(?:tengo|tiene|ten[ií]a|cumpl[ií]|cumpli[oó]|cumple)(?: (?:como|apenas|casi|ya))* (?P<n>{_N}) a[nñ]os\b(?! (?:de (?:trabajar|vivir|estar|casad|ser|experiencia|servicio)|trabajando|viviendo|esperando|aqu[ií]|en|con|que|sin|luchando|yendo))",
    rf"\bmi (?:\w+ )?{_KIN},? (?:de|que tiene|tiene|de apenas) (?P<n>{_N})(?: a[nñ]os)?\b{_NOT}",
    rf"\b(?:una?|la|el) (?:muchach[oa]|niñ[oa]|nin[oa]|joven|chic[oa]|cliente|participante) de (?P<n>{_N}) a[nñ]os\b",
    rf"\bcuando (?:yo )?(?:ten[ií]a|cumpl[ií])(?: como)? (?P<n>{_N})\b(?: a[nñ]os)?{_NOT}",
))  # fmt: skip


def find_ages(text: str) -> Iterator[Hit]:
    """Yield the exact age in a statement about one person; ages of groups and of the law ("at 18 you age out") stay."""
    seen: set[int] = set()
    for rule in _RULES:
        for m in rule.finditer(text):
            if m.start("n") not in seen:
                seen.add(m.start("n"))
                yield Hit(m.start("n"), m.end("n"), "other", DETECTOR, 1.0)
