"""Disclosures of harm in three tiers: now and possible are held for a person, general talk is only noted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path

from feedback.privacy._harm import DETECTOR as HEARS
from feedback.privacy._harm import holds, plain
from feedback.privacy._quick import Quick
from feedback.privacy._signs import find_signs
from feedback.privacy._types import Hit

__all__ = ["DETECTOR", "find_disclosures", "may_tell_of_harm"]

DETECTOR = "disclosures@2"
TIERS = ("now", "possible", "general")


@dataclass(frozen=True, slots=True)
class _Rule:
    tier: str
    any: tuple[re.Pattern[str], ...]
    all: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class _Rules:
    rules: tuple[_Rule, ...]
    idioms: tuple[re.Pattern[str], ...]
    recent: tuple[re.Pattern[str], ...]
    quick: Quick


@cache
def _rules() -> _Rules:
    from ruamel.yaml import YAML

    raw = YAML(typ="safe").load(Path(__file__).with_name("disclosures.yaml").read_text(encoding="utf-8"))
    lists: dict[str, str] = {}

    def spelled(pattern: str) -> str:
        return re.sub(r"(?<![A-Z\\])[A-Z]{3,}(?![A-Z])", lambda m: lists.get(m.group(), m.group()), pattern)

    for name, words in raw["lists"].items():
        lists[name] = spelled(words)

    def build(patterns: list[str]) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(spelled(p)) for p in patterns)

    rules = tuple(
        _Rule(tier, build(r.get("any", [])), build(r.get("all", [])), build(r.get("unless", [])))
        for tier in TIERS
        for r in raw[tier]
    )
    asked = Quick(p for rule in rules for p in (*rule.any, *rule.all, *rule.unless))
    return _Rules(rules, build(raw["idioms"]), build(raw["recent"]), asked)


def find_disclosures(text: str, *, context: bool = True) -> Iterator[Hit]:
    """Yield at most one finding a unit: the most urgent tier, over the words that gave rise to it.

    Without `context` rules and signs look alone, not the model that reads the whole unit.
    """
    book = _rules()
    said = plain(text)
    for idiom in book.idioms:
        said = idiom.sub(lambda m: " " * len(m.group()), said)
    look = book.quick.on(said)
    weighed = False
    for rule in book.rules:
        if rule.tier == "general" and not weighed:
            weighed = True
            told = "now" if any(p.search(said) for p in book.recent) else "possible"
            for span in find_signs(said):
                yield Hit(*span, "disclosure", DETECTOR, 0.5, told)
                return
            quiet = "".join(c if a == b else " " for c, a, b in zip(text, plain(text), said, strict=True))  # idioms taken out
            if context and holds(quiet):
                yield Hit(0, len(text), "disclosure", HEARS, 0.4, told)
                return
        spans = [m.span() for p in rule.any if (m := look(p))]
        if rule.all:
            parts = [m for m in takewhile(bool, map(look, rule.all)) if m]
            spans += [m.span() for m in parts] if len(parts) == len(rule.all) else []
        if spans and not any(look(p) for p in rule.unless):
            near = rule.tier == "possible" and any(p.search(said) for p in book.recent)
            tier = "now" if near else rule.tier
            yield Hit(min(a for a, _ in spans), max(b for _, b in spans), "disclosure", DETECTOR, 0.7, tier)
            return


def may_tell_of_harm(text: str) -> bool:
    """Whether a unit's words would be held as a possible disclosure."""
    return any(h.tier != "general" for h in find_disclosures(text))
