"""What the taggers of the privacy gate learn from: labelled rows, other names put into them, and three guises."""

# ruff: noqa: E501
from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from feedback.privacy._lexicon import lexicon

__all__ = ["GENRES", "guise", "kept_apart", "named", "pools", "read", "renamed", "renamed_person", "sentences"]

# Genres of GUM whose texts may be learned from and passed on without share-alike (no Wikipedia, no Wikivoyage, no fiction).
GENRES = frozenset({"interview", "news", "court", "essay", "textbook", "academic", "speech", "vlog", "podcast"})
_ENDS = re.compile(r"(?<=[.!?\n])\s+")
_SPOKEN = re.compile(r"[^\w\s'’@-]")
_ON = ("ja", "ke", "de", "ty", "sha", "la", "xi", "ya", "ni", "mar", "zai", "bri", "tre", "ka", "jo", "ma", "re", "ni", "yo", "ci")
_OFF = ("von", "shawn", "lynn", "ra", "del", "mir", "quan", "sel", "ley", "ton", "tzi", "ren", "min", "lah", "dan", "riel", "cia")

Row = dict[str, Any]


def read(path: str | Path, *, share: float = 1.0, seed: int = 0) -> list[Row]:
    """Read labelled JSONL, a share of it, only genres that may be learned from; rows without `spans` hold no name."""
    found = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]
    apart = kept_apart(found) if Path(path).stem.startswith("gum_spoken") else frozenset()
    rows = []
    for row in found:
        if row.get("genre") in (None, *GENRES) and row.get("doc") not in apart:
            rows.append({"text": row["text"], "lang": row.get("lang", "en"), "spans": row.get("spans", [])})
    random.Random(seed).shuffle(rows)
    return rows[: int(len(rows) * share)]


def kept_apart(rows: list[Row]) -> frozenset[str]:
    """Documents of real speech that are never learned from, so that they can be measured on: every second one of a genre."""
    genres: dict[str, set[str]] = {}
    for row in rows:
        genres.setdefault(row["genre"], set()).add(row["doc"])
    return frozenset(doc for g, docs in genres.items() for n, doc in enumerate(sorted(docs)) if n % 2 == 0 or g not in GENRES)


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
            value = renamed_person(value, chance, first, last, words)
        moved.append(s | {"start": len(out), "end": len(out) + len(value)})
        out += value
        at = s["end"]
    return {"text": out + text[at:], "lang": row["lang"], "spans": moved}


_KIN = (
    r"sister|brother|cousin|friend|mom|mother|dad|father|aunt|auntie|uncle|grandma|grandmother|grandpa|worker|social worker|caseworker|lawyer|"
    r"attorney|therapist|counselor|roommate|boyfriend|girlfriend|husband|wife|partner|son|daughter|baby|nephew|niece|mentor|teacher|neighbor|ex|"
    r"foster mom|foster dad|advocate|probation officer|homegirl|homeboy"
)
_ES_KIN = (
    r"hija|hijo|hermana|hermano|esposo|esposa|mamá|papá|abuela|abuelo|comadre|compadre|tía|tío|prima|primo|sobrina|sobrino|vecina|vecino|"
    r"suegra|nieta|nieto|trabajadora|amiga|amigo|consejera|cuñada|cuñado|nuera"
)
_SITES = (
    (re.compile(rf"\b(?:my|her|his|our) ({_KIN})\b(?!['’-])"), "kin"),
    (re.compile(r"\b(?:the|a|this) (worker|counselor|lady|social worker|therapist|judge|teacher|supervisor|staff person|nurse|advocate)\b(?!['’-])"), "kin"),
    (re.compile(rf"\b(?:mi|su|nuestra|nuestro) ({_ES_KIN})\b"), "kin"),
    (re.compile(r"\b(?:la|una) (trabajadora|maestra|señora|muchacha|licenciada|vecina|doctora|promotora|niña|consejera)\b(?! social)"), "kin"),
    (re.compile(r"\b(?:she|he)\b(?=(?:['’]s)? \w)"), "who"),
    (re.compile(r"\bhim\b"), "who"), (re.compile(r"\bella\b"), "who"), (re.compile(r"\bél\b"), "who"),
)  # fmt: skip
_HONOURS = ("ms ", "mr ", "miss ", "mrs ", "dr ", "coach ", "tía ", "doña ", "don ", "señora ", "officer ", "auntie ", "lil ", "la ", "el ")


def named(row: Row, chance: random.Random, *, first: list[str], last: list[str], words: list[str]) -> Row | None:
    """Put names where a name-free unit speaks of somebody ("my sister", "she", "la trabajadora"); None where it does not."""
    text = row["text"]
    found = sorted(((m.start(), m.end(), how) for p, how in _SITES for m in p.finditer(text)), key=lambda x: x[0])
    if not found:
        return None
    chosen = sorted(chance.sample(found, min(len(found), chance.choice((1, 1, 2, 3)))))
    out, spans, at = "", [], 0
    for a, b, how in chosen:
        if a < at:
            continue
        keep = how == "kin" and chance.random() < 0.4
        name = renamed_person("xxx xxx" if chance.random() < 0.15 else "xxx", chance, first, last, words)
        honour = chance.choice(_HONOURS) if not keep and chance.random() < 0.12 else ""
        if text != text.lower():
            name, honour = name.title(), honour.title() if honour not in ("la ", "el ") else honour
        out += text[at:a] + (text[a:b] + " " if keep else "") + honour
        spans.append({"start": len(out), "end": len(out) + len(name), "label": "PERSON"})
        out += name
        at = b
    return {"text": out + text[at:], "lang": row["lang"], "spans": spans}


def renamed_person(value: str, chance: random.Random, first: list[str], last: list[str], words: list[str]) -> str:
    """Another name in the place of one: listed, invented, or a name that is a word."""
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
