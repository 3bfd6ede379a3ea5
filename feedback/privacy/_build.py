"""Build the word table, the name lists and the words of the field that the privacy gate ships.

    python -m feedback.privacy._build OUT LOOKUPS NAMES UNITS.jsonl ...

LOOKUPS is the `data` folder of the package spacy-lookups-data 1.0.5, NAMES the `names` folder of the package names 0.3.0
(US census 1990); Faker 40 must be importable. UNITS are invented, name-free units of the field (`corpora/training`).
Needed only to make the lists anew; the same input gives the same bytes.
"""

from __future__ import annotations

import gzip
import importlib
import json
import math
import re
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path

__all__ = ["build_domain", "build_words", "write_list", "write_words"]

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
LOCALES = ["es_MX", "es_ES", "es_CO", "es_AR", "es_CL", "es_CA", "en_US", "en_GB", "en_NG", "en_KE", "en_IN", "en_PK"]
# Words that stand on a list of names but hardly ever name anybody.
NOBODY = frozenset(["de", "del", "la", "las", "los", "y", "el", "an", "so", "my", "see", "in", "no", "va", "you", "do"])
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


def build_names(census: Path) -> tuple[set[str], set[str]]:
    """Return first names and family names, folded, of the census lists (60,000 most frequent family names) and of Faker."""
    first: set[str] = set()
    for path in sorted(census.glob("dist.*first")):
        first |= {fold(line.split()[0]) for line in path.read_text(encoding="utf-8").splitlines()}
    lines = (census / "dist.all.last").read_text(encoding="utf-8").splitlines()
    last = {fold(line.split()[0]) for line in lines[:60000]}
    for locale in LOCALES:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for name in dir(provider):
            value = getattr(provider, name)
            if isinstance(value, (tuple, list, dict)):
                parts = {fold(p) for w in value for p in WORD.findall(str(w))}
                first |= parts if name.startswith("first_name") else set()
                last |= parts if name.startswith("last_name") else set()
    return {w for w in first if len(w) > 1} - NOBODY, {w for w in last if len(w) > 1} - NOBODY


def main(args: list[str]) -> None:
    """Write the four files."""
    out, lookups, census = Path(args[0]), Path(args[1]), Path(args[2])
    here = Path(__file__).parent
    write_words(build_words(lookups), out / "words.txt.gz")
    first, last = build_names(census)
    write_list(first, out / "first.txt.gz")
    write_list(last, out / "last.txt.gz")
    lines = (here / "ambiguous.txt").read_text(encoding="utf-8").splitlines()
    unclear = {w for line in lines if not line.startswith("#") for w in line.split()}
    write_list(build_domain(map(Path, args[3:]), frozenset(first)) - unclear, out / "domain.txt.gz")


if __name__ == "__main__":
    main(sys.argv[1:])
