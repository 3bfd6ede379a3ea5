"""Disclosures of harm in three tiers: now and possible are held for a person, general talk is only noted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from feedback.privacy._types import Hit

__all__ = ["DETECTOR", "find_disclosures"]

DETECTOR = "disclosures@1"
TIERS = ("now", "possible", "general")


@dataclass(frozen=True, slots=True)
class _Rule:
    tier: str
    any: tuple[re.Pattern[str], ...]
    all: tuple[re.Pattern[str], ...]


@cache
def _rules() -> tuple[tuple[_Rule, ...], tuple[re.Pattern[str], ...]]:
    from ruamel.yaml import YAML

    raw = YAML(typ="safe").load(Path(__file__).with_name("disclosures.yaml").read_text(encoding="utf-8"))
    lists: dict[str, str] = raw["lists"]

    def build(pattern: str) -> re.Pattern[str]:
        for name, words in lists.items():
            pattern = re.sub(rf"(?:(?<![A-Z])){name}(?![A-Z])", words.replace("\\", r"\\"), pattern)
        return re.compile(pattern)

    rules = tuple(
        _Rule(tier, tuple(map(build, r.get("any", ()))), tuple(map(build, r.get("all", ()))))
        for tier in TIERS
        for r in raw[tier]
    )
    return rules, tuple(re.compile(p) for p in raw["idioms"])


def plain(text: str) -> str:
    """Lower-case without accents, code point by code point, so that offsets stay true."""
    out = []
    for c in text.replace("’", "'"):
        low = unicodedata.normalize("NFD", c)[0].lower()
        out.append(low if len(low) == 1 else c)
    return "".join(out)


def find_disclosures(text: str) -> Iterator[Hit]:
    """Yield at most one finding a unit: the most urgent tier, over the words that gave rise to it."""
    said = plain(text)
    rules, idioms = _rules()
    clean = said
    for idiom in idioms:
        clean = idiom.sub(lambda m: " " * len(m.group()), clean)
    for rule in rules:
        spans = [m.span() for p in rule.any if (m := p.search(clean))]
        parts = [p.search(clean) for p in rule.all]
        if rule.all and all(parts):
            spans += [m.span() for m in parts if m]
        if spans:
            yield Hit(min(a for a, _ in spans), max(b for _, b in spans), "disclosure", DETECTOR, 0.7, rule.tier)
            return
