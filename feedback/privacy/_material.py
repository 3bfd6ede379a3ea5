"""What the taggers of the privacy gate learn from: labelled rows, other names put into them, and three guises."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from feedback.privacy._lexicon import lexicon

__all__ = ["GENRES", "guise", "pools", "read", "renamed", "sentences"]

# Genres of GUM whose texts may be learned from and passed on without share-alike (no Wikipedia, no Wikivoyage, no fiction).
GENRES = frozenset({"interview", "news", "court", "essay", "textbook", "academic", "speech", "vlog", "podcast"})
_ENDS = re.compile(r"(?<=[.!?\n])\s+")
_SPOKEN = re.compile(r"[^\w\s'’@-]")
_ON = ("ja", "ke", "de", "ty", "sha", "la", "xi", "ya", "ni", "mar", "zai", "bri", "tre", "ka", "jo", "ma", "re", "ni", "yo", "ci")
_OFF = ("von", "shawn", "lynn", "ra", "del", "mir", "quan", "sel", "ley", "ton", "tzi", "ren", "min", "lah", "dan", "riel", "cia")

Row = dict[str, Any]


def read(path: str | Path, *, share: float = 1.0, seed: int = 0) -> list[Row]:
    """Read labelled JSONL, a share of it, only genres that may be learned from; rows without `spans` hold no name."""
    rows = []
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row.get("genre") in (None, *GENRES):
            rows.append({"text": row["text"], "lang": row.get("lang", "en"), "spans": row.get("spans", [])})
    random.Random(seed).shuffle(rows)
    return rows[: int(len(rows) * share)]


def sentences(row: Row, *, most: int = 400) -> Iterator[Row]:
    """Cut a long row at ends of sentences and lines, never inside a span."""
    text, spans = row["text"], row["spans"]
    if len(text) <= most:
        yield row
        return
    cuts = [m.end() for m in _ENDS.finditer(text) if not any(s["start"] < m.end() < s["end"] for s in spans)]
    a = 0
    for b in [*cuts, len(text)]:
        if b - a > 0 and text[a:b].strip():
            inside = [s | {"start": s["start"] - a, "end": s["end"] - a} for s in spans if a <= s["start"] and s["end"] <= b]
            yield {"text": text[a:b], "lang": row["lang"], "spans": inside}
        a = b


def renamed(row: Row, chance: random.Random, *, first: list[str], last: list[str], words: list[str]) -> Row:
    """Put other names where people are named: listed, invented, and names that are words."""
    text, spans = row["text"], sorted((s for s in row["spans"]), key=lambda s: int(s["start"]))
    out, moved, at = "", [], 0
    for s in spans:
        if s["start"] < at:
            continue
        out += text[at : s["start"]]
        value = text[s["start"] : s["end"]]
        if s["label"] == "PERSON":
            value = _name(value, chance, first, last, words)
        moved.append(s | {"start": len(out), "end": len(out) + len(value)})
        out += value
        at = s["end"]
    return {"text": out + text[at:], "lang": row["lang"], "spans": moved}


def _name(value: str, chance: random.Random, first: list[str], last: list[str], words: list[str]) -> str:
    parts = value.split()
    new = []
    for i, part in enumerate(parts):
        if not part[:1].isalpha() or len(part) < 3 or part.endswith("."):
            new.append(part)
            continue
        die = chance.random()
        if i == 0:
            made = chance.choice(_ON) + chance.choice(_OFF)
            word = chance.choice(words) if die < 0.35 else made if die < 0.5 else chance.choice(first)
        else:
            word = chance.choice(words) if die < 0.1 else chance.choice(last)
        new.append(word.title() if part[0].isupper() else word)
    return " ".join(new)


def pools() -> tuple[list[str], list[str], list[str]]:
    """The lists that `renamed` draws from: first names, family names, names that are words."""
    lex = lexicon()
    return sorted(w for w in lex.first if len(w) > 2), sorted(w for w in lex.last if len(w) > 3)[::7], sorted(lex.ambiguous)


def guise(row: Row, how: str) -> Row:
    """Write a row in lower case (`lower`) or also without punctuation (`asr`); offsets stay true."""
    if how == "as is":
        return row
    low = "".join(c.lower() if len(c.lower()) == 1 else c for c in row["text"])
    return row | {"text": _SPOKEN.sub(" ", low) if how == "asr" else low}
