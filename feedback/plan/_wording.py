"""Wording rules for what the tool writes, in English and Spanish; a participant's words are never linted or changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from feedback.codebook import Codebook

_ASIDE = re.compile(r"\s*\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Lint:
    """A wording to avoid in tool-written text: where (code points), and what to write in its place."""

    start: int
    end: int
    found: str
    prefer: str
    language: str


def lint(text: str, codebook: Codebook) -> tuple[Lint, ...]:
    """List wordings that the codebook's `wording` rules avoid. Call it on tool-written text only.

    >>> book = Codebook(rules={"wording": {"avoid_prefer": [{"avoid": ["AWOL"], "prefer": "missing from care"}]}})
    >>> lint("Youth who went AWOL", book)[0].prefer
    'missing from care'
    """
    out = [
        Lint(m.start(), m.end(), m.group(), prefer, language)
        for language, phrases, prefer in _rules(codebook)
        for m in _pattern(phrases).finditer(text)
    ]
    return tuple(sorted(out, key=lambda x: (x.start, x.end)))


def _rules(codebook: Codebook) -> list[tuple[str, tuple[str, ...], str]]:
    wording: Any = codebook.rules.get("wording") or {}
    out = []
    for language, key in (("en", "avoid_prefer"), ("es", "avoid_prefer_es")):
        for rule in wording.get(key) or ():
            phrases = tuple(p for p in (_ASIDE.sub("", str(a)).strip() for a in rule.get("avoid") or ()) if p)
            if phrases:
                out.append((language, phrases, str(rule.get("prefer", ""))))
    return out


@lru_cache(maxsize=256)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(phrases, key=len, reverse=True)
    body = "|".join(r"\s+".join(re.escape(w) for w in p.split()) for p in longest)
    return re.compile(rf"(?<!\w)(?:{body})(?!\w)", re.IGNORECASE)
