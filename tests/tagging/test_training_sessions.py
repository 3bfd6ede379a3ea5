"""The invented sessions for training are whole: every field said, every code known, no sentence lent by another file."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feedback.codebook import Codebook
from feedback.tagging._coded import session_rows

CORPORA = Path(__file__).parents[2] / "corpora"
FILES = sorted((CORPORA / "training" / "sessions").glob("S-*.jsonl"))
ROLES = {"participant", "facilitator", "notetaker", "heading", "interpreter"}
FORMS = {"caption", "speech", "note", "sticky", "bullet", "transcript", "grid"}
FRAME = {
    "category": {"need", "barrier", "asset", "recommendation", "experience", "other"},
    "polarity": {"need", "need_past", "rejected", "not_a_problem", "keep", "none"},
    "about": {"self", "child_or_relative", "client", "system_demand", "quoted_stigma", "hearsay", "none"},
}
FIELDS = {"id", "session", "i", "role", "speaker", "audience", "lang", "form", "prompt", "before", "text", "codes"}
GRAM, LENT, LONG = 5, 0.6, 8  # words in a gram; share of grams from which a text counts as lent; words of a long text
EVERYBODYS = 4  # words up to which the same utterance ("same", "mm hm") may be said twice


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower().replace("’", "'"))


def grams(text: str) -> set[tuple[str, ...]]:
    said = words(text)
    return {tuple(said[k : k + GRAM]) for k in range(len(said) - GRAM + 1)}


def elsewhere() -> Iterator[str]:
    """Every text of the other files that hold a unit a line: training units, demo, gold."""
    for path in sorted(CORPORA.rglob("*.jsonl")):
        if path.parent.name not in ("sessions", "identifiers"):
            yield from (r["text"] for r in rows(path) if isinstance(r.get("text"), str))


def in_frame(said: dict[str, Any], book: set[str]) -> bool:
    codes = said["codes"]
    return set(codes) <= book and len(set(codes)) == len(codes) <= 4 and all(said[k] in v for k, v in FRAME.items())


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_session_is_whole(path: Path) -> None:
    book = {code.id for code in Codebook.load(CORPORA / "codebook.yaml").codes}
    units = session_rows(path)
    assert 40 <= len(units) <= 80
    before, asked = None, {r["text"] for r in units if r["role"] in {"facilitator", "heading", "interpreter"}}
    for k, r in enumerate(units):
        assert set(r) == FIELDS | set(FRAME) | {"coder2"}, r["id"]
        assert (r["session"], r["i"], r["id"]) == (path.stem, k, f"{path.stem}-{k:03d}")
        assert (r["role"] in ROLES, r["form"] in FORMS, r["lang"] in {"en", "es", "mixed"}) == (True, True, True)
        assert r["text"] == r["text"].strip(), r["id"]
        assert 1 <= len(words(r["text"])) <= 160, r["id"]
        assert (r["before"], r["prompt"] in {None} | asked) == (before, True), r["id"]
        assert (in_frame(r, book), in_frame(r["coder2"], book)) == (True, True), r["id"]
        assert r["role"] in ("participant", "interpreter") or not (r["codes"] or r["coder2"]["codes"]), r["id"]
        before = r["text"]


def test_no_sentence_is_lent() -> None:
    theirs = list(elsewhere())
    exact, known = {" ".join(words(t)) for t in theirs}, set().union(*(grams(t) for t in theirs))
    mine: dict[tuple[str, ...], str] = {}
    for r in (r for path in FILES for r in session_rows(path) if r["role"] == "participant"):
        said, its = words(r["text"]), grams(r["text"])
        if len(said) > EVERYBODYS:
            assert " ".join(said) not in exact, r["id"]
            exact.add(" ".join(said))
        if len(said) >= LONG:
            lent = sum(g in known or mine.get(g, r["session"]) != r["session"] for g in its)
            assert lent <= LENT * len(its), r["id"]
        mine |= dict.fromkeys(its, r["session"])
