"""The recipe of `models/embedder/twins.tsv.gz`: Spanish forms and the English words whose vectors they take.

Run `python -m feedback.topics._twins`. Reads `lexicon.txt` (Spanish lemma, English twin, written by judgement), adds every
inflected form by simplemma's Spanish table, and cognates by rule (-ción/-tion, -dad/-ty ...) where the English word
stands in the vocabulary. Forms that are English words too (section [english] of the lexicon) stay English.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

from feedback.topics._words import fold

COGNATES = (
    ("aciones", "ations"), ("ación", "ation"), ("ción", "tion"), ("sión", "sion"), ("idad", "ity"), ("dad", "ty"),
    ("mente", "ly"), ("ncia", "nce"), ("ncia", "ncy"), ("ista", "ist"), ("ismo", "ism"), ("ivo", "ive"),
    ("oso", "ous"), ("ico", "ic"), ("ico", "ical"), ("ario", "ary"), ("orio", "ory"), ("ente", "ent"),
    ("ante", "ant"), ("ible", "ible"), ("able", "able"), ("ura", "ure"), ("izar", "ize"), ("ificar", "ify"),
    ("ado", "ate"), ("logía", "logy"), ("grafía", "graphy"), ("afía", "aphy"), ("ar", "ate"), ("ar", "e"), ("ar", ""),
    ("ir", "e"), ("ir", ""), ("er", ""), ("o", ""), ("o", "e"), ("e", ""), ("a", ""), ("a", "e"), ("", ""),
)  # fmt: skip
LEAST = 6


def read_lexicon(path: Path) -> tuple[dict[str, str], frozenset[str]]:
    """Return the pairs, the first mention of a Spanish word winning, and the words left to English."""
    pairs: dict[str, str] = {}
    english: set[str] = set()
    heading = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            heading = line.strip("[] ")
        elif line and not line.startswith("#"):
            if heading == "english":
                english |= set(line.split())
                continue
            for pair in line.split(","):
                es, en = pair.split()
                pairs.setdefault(es.replace("_", " "), en.replace("_", " "))
    return pairs, frozenset(english)


def cognate(lemma: str, vocabulary: frozenset[str]) -> str | None:
    """Return the English cognate of a Spanish lemma, where a rule leads to a word of the vocabulary.

    >>> cognate("evaluación", frozenset({"evaluation"}))
    'evaluation'
    """
    if len(lemma) < LEAST:
        return None
    for es, en in COGNATES:
        if lemma.endswith(es):
            root = fold(lemma[: len(lemma) - len(es)])
            for stem in (root, root.replace("f", "ph", 1), root.replace("t", "th", 1), _double(root)):
                candidate = stem + en
                if len(candidate) >= LEAST - 1 and candidate in vocabulary:
                    return candidate
    return None


def _double(root: str) -> str:
    for one, two in (("ac", "acc"), ("ap", "app"), ("at", "att"), ("of", "off"), ("cl", "ccl"), ("in", "inn"), ("es", "s")):
        if root.startswith(one):
            return two + root[len(one) :]
    return root


def build(folder: Path) -> Path:
    """Write `twins.tsv.gz` into the embedder's folder: form, tab, English words; sorted."""
    from simplemma.strategies.dictionaries import DefaultDictionaryFactory

    pairs, english = read_lexicon(folder / "lexicon.txt")
    pieces = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    vocabulary = frozenset(p for p in pieces if p.isascii() and p.isalpha())
    table = DefaultDictionaryFactory().get_dictionary("es")
    found = {es: en for es, en in pairs.items() if " " not in es}
    for form in table:
        lemma = table[form]
        lemma = (lemma if isinstance(lemma, str) else lemma.decode()).lower()
        form = form.lower()
        if not form.isalpha() or form in found:
            continue
        twin = pairs.get(lemma) or (None if form in vocabulary else cognate(lemma, vocabulary))
        if twin:
            found[form] = twin
    kept = {f: e for f, e in found.items() if f not in english and f != e}
    for f, e in sorted(kept.items()):
        if fold(f) not in english:
            kept.setdefault(fold(f), e)
    lines = [f"{f}\t{e}" for f, e in sorted(kept.items())]
    out = folder / "twins.tsv.gz"
    text = "# made by feedback.topics._twins\n" + "\n".join(lines) + "\n"
    out.write_bytes(gzip.compress(text.encode(), mtime=0))
    return out


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "models" / "embedder")
