"""Asking fewer patterns changes nothing: where a pattern matches, it is always asked."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.privacy import _accounts, _disclosures, _patterns, _rare, _unique
from feedback.privacy._quick import Quick, needs

ROOT = Path(__file__).parents[2] / "corpora"
FAMILIES = {
    "patterns": [p for _, _, p, _ in _patterns._COMPILED],
    "rare": [p for p, _ in _rare._COMPILED] + list(_rare._TRAIT),
    "unique": [p for p, _ in (*_unique._COMPILED, *_unique._TRAIT)],
    "accounts": [p for _, _, p, _ in _accounts._RULES],
    "disclosures": list(_disclosures._rules().quick.patterns),
}


def texts() -> list[str]:
    out = []
    for path in [*(ROOT / "disclosures").glob("*.tsv"), *(ROOT / "identifiers").glob("*.jsonl"), *(ROOT / "leaky").rglob("*.txt")]:
        lines = path.read_text(encoding="utf-8").splitlines()
        out += [str(json.loads(x).get("text", "")) if x.startswith("{") else x for x in lines[:400]]
    return [t for t in out if t]


@pytest.mark.parametrize("name", FAMILIES)
def test_whatever_matches_is_asked(name):
    patterns, said = FAMILIES[name], texts()
    said = said[:: max(1, len(said) // 1500)]
    quick, matched, asked = Quick(patterns), 0, 0
    assert len(said) > 300
    for text in (*said, *(_disclosures.plain(t) for t in said), *(t.upper() for t in said[:200])):
        mask = quick.may(text)
        asked += mask.bit_count()
        for i, pattern in enumerate(patterns):
            if not mask >> i & 1:
                assert not pattern.search(text), pattern.pattern[:60]
            else:
                matched += bool(pattern.search(text))
    assert matched > 5
    assert asked < 0.5 * len(patterns) * len(said) * 2


@given(st.text(alphabet="abcuncle mixDOT12@.ñÑıſK ", max_size=40))
def test_made_up_texts(text):
    patterns = [re.compile(p, re.IGNORECASE) for p in (
        r"\b(?:uncle|aunt)s?\b", r"mi (?:t[ií]o|ñaño)", r"\d{2,} (?:dot|mil)", r"x?m[ix]{2}", r"(?=.*@)\w+ \.", r"(?:a|bb?)c+d",
        "skin|kilo",
    )]  # fmt: skip
    mask = Quick(patterns).may(text)
    assert all(mask >> i & 1 for i, p in enumerate(patterns) if p.search(text))


def test_what_a_pattern_needs():
    assert needs(re.compile(r"\b(?:my|mi)\s(?:uncle|aunt)\b"))[0] == {"unc", "unt"}
    assert needs(re.compile(r"\w+\s\w+")) == []
    assert {"-"} in needs(re.compile(r"\d{3}-\d{4}"))
