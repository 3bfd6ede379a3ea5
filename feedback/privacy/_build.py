"""Build the word table and the name lists that the privacy gate ships; run by `python -m feedback.privacy.train`."""

from __future__ import annotations

import gzip
import json
import math
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

__all__ = ["build_domain", "build_words", "write_list", "write_words"]

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
CUTS = {"en": -17.6, "es": -17.0}


def fold(word: str) -> str:
    """Lower-case a word, take its accents off, straighten its apostrophes."""
    plain = unicodedata.normalize("NFKD", word.replace("’", "'").replace("‘", "'"))
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def build_words(data: Path) -> dict[str, tuple[int, int, int, int]]:
    """Return word -> (English frequency, English capital share, Spanish frequency, Spanish capital share), each 0 to 15.

    `data` holds `en_lexeme_prob.json.gz` and `es_lexeme_prob.json.gz` of spacy-lookups-data (MIT). Frequency is the log
    probability on a scale of 1 (e^-19) to 15 (e^-5); 0 means that the language does not have the word. Capital share is
    P(Title) / (P(Title) + P(lower)), in fifteenths; words in capitals alone count as neither.
    """
    table: dict[str, list[int]] = {}
    for column, lang in ((0, "en"), (2, "es")):
        counts: dict[str, list[float]] = {}
        with gzip.open(data / f"{lang}_lexeme_prob.json.gz", "rt", encoding="utf-8") as file:
            for form, logp in json.load(file).items():
                if not WORD.fullmatch(form):
                    continue
                row = counts.setdefault(fold(form), [0.0, 0.0, 0.0])
                column_ = 0 if form.islower() else 2 if form.isupper() and len(form) > 1 else 1
                row[column_] += math.exp(logp)
        for word, (low, title, upper) in counts.items():
            total = low + title + 0.2 * upper
            if total <= 0 or math.log(total) < CUTS[lang] or len(word) > 24 or not word.isascii():
                continue
            share = title / (low + title) if low + title else 1.0
            row_ = table.setdefault(word, [0, 0, 0, 0])
            row_[column] = max(1, min(15, round(math.log(total) + 20)))
            row_[column + 1] = round(15 * share)
    return {w: (r[0], r[1], r[2], r[3]) for w, r in table.items()}


def write_words(table: dict[str, tuple[int, int, int, int]], path: Path) -> None:
    """Write the table: a line of words, then two lines of one character a word (English, Spanish), gzip, no time stamp."""
    words = sorted(table)
    en = "".join(chr(0x100 + table[w][0] * 16 + table[w][1]) for w in words)
    es = "".join(chr(0x100 + table[w][2] * 16 + table[w][3]) for w in words)
    path.write_bytes(gzip.compress("\n".join((" ".join(words), en, es)).encode("utf-8"), 9, mtime=0))


def write_list(words: Iterable[str], path: Path) -> None:
    """Write a sorted list of words, one a line, gzip."""
    path.write_bytes(gzip.compress("\n".join(sorted(set(words))).encode("utf-8"), 9, mtime=0))


def build_domain(files: Iterable[Path], first: frozenset[str]) -> set[str]:
    """Return the words that name-free units of the field write in lower case: harmless there, names on the list aside.

    Each file is JSONL with `text`; units wholly in lower case tell nothing and are passed over. A word that is also a
    first name must stand in three units.
    """
    counts: dict[str, int] = {}
    for path in files:
        for line in path.read_text(encoding="utf-8").splitlines():
            text = json.loads(line)["text"]
            if text == text.lower():
                continue
            for word in {fold(w) for w in WORD.findall(text) if w.islower()}:
                counts[word] = counts.get(word, 0) + 1
    return {w for w, n in counts.items() if len(w) > 1 and (n > 2 or w not in first)}
