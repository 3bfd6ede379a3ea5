"""Measure the roster: known names as they are misspelled, misheard and shortened, and what it flags where nobody is named.

    python tests/benchmarks/roster_names.py [HOW_MANY_NAMES]

The names are drawn from the shipped lists by a seed and joined at random, beside some written by hand; each is put into
sentences in every guise of `GUISES`. A name counts only where the whole of it is covered by findings of any detector
("gate") or of the roster alone. False flags are counted on `corpora/training`, whose units name nobody of the list.
"""

# ruff: noqa: E501
from __future__ import annotations

import gzip
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path

from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.privacy import Roster, nicknames, screen

ROOT = Path(__file__).parents[2]
HAND = """
Guadalupe Villagrana|Jesús Montemayor|Francisco Olmedo|William Ashdown|Siobhan O'Brien|Mary-Jane Quillfeather|Xiomara Dávalos|Keyshawn Tremont
Yaretzi Cárdenas|Nevaeh Brightwater|Deshawn Pruitt|María José Peñaloza|Ángel Núñez|Zoë Fairweather|Tran Thi Hoa|Itzel Xicoténcatl|Joaquín Echeverría
Refugio Sandoval|Ignacio Barrientos|Rosario Lemus|Consuelo Arriaga|Mercedes Valdivia|Guillermo Ochoa|Alejandra Quiroz|Concepción Mijangos
Elizabeth Harrow|Katherine Dunmore|Isaiah Coldwell|Hope Marchbanks|Faith Okonkwo|April Summerlin|Luz Almanza|Esperanza Tovar|Ximena Huerta
"""
FRAMES = (
    "then {} came over to help", "I told {} about it", "ask {} if the room is open", "my worker is {} and she listens", "{} said the same thing",
    "le dije a {} que viniera", "ayer {} nos ayudó con la despensa", "eso lo arregló {} en la oficina", "fui con {} al centro", "dice {} que no hay cupo",
)  # fmt: skip
SOUNDS = (("ph", "f"), ("f", "ph"), ("c", "k"), ("k", "c"), ("y", "i"), ("i", "y"), ("v", "b"), ("b", "v"), ("z", "s"), ("s", "z"), ("ll", "y"), ("h", ""), ("qu", "k"),
          ("x", "j"), ("j", "h"), ("n", "nn"), ("l", "ll"), ("sh", "ch"))  # fmt: skip


def _names(count: int, chance: random.Random) -> list[str]:
    folder = ROOT / "models" / "privacy"
    first, last = ([w for w in gzip.decompress((folder / f"{n}.txt.gz").read_bytes()).decode().split("\n") if w.isalpha() and len(w) > 2]
                   for n in ("first", "last"))  # fmt: skip
    made = [n for line in HAND.split("\n") for n in line.split("|") if n]
    while len(made) < count:
        made.append(f"{chance.choice(first).title()} {chance.choice(last).title()}")
    return made


def _edit(name: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(name))
    while not name[at].isalpha():
        at = chance.randrange(1, len(name))
    letter = chance.choice("abcdefghilmnoprstuvyz")
    ways = [name[:at] + name[at + 1 :], name[:at] + letter + name[at:], name[:at] + letter + name[at + 1 :]]
    if at + 1 < len(name) and name[at + 1].isalpha():
        ways.append(name[:at] + name[at + 1] + name[at] + name[at + 2 :])
    return chance.choice(ways)


def _heard(name: str, chance: random.Random) -> str:
    fits = [(a, b) for a, b in SOUNDS if a in name.lower()[1:]]
    if not fits:
        return name + name[-1]
    a, b = chance.choice(fits)
    at = name.lower().index(a, 1)
    return name[:at] + b + name[at + len(a) :]


def _plain(name: str) -> str:
    return name.translate(str.maketrans("áéíóúñüëÁÉÍÓÚÑ", "aeiounueAEIOUN"))


def guises(name: str, chance: random.Random) -> dict[str, list[str]]:
    """Every way a name is said, by kind."""
    first, _, last = name.partition(" ")
    short = nicknames().get(_plain(first).lower(), ())
    return {
        "exact, full": [name], "exact, first name": [first], "exact, last name": [last], "lower case, no accents": [_plain(name).lower()],
        "capitals": [name.upper()], "one edit, full name": [_edit(first, chance) + " " + last, first + " " + _edit(last, chance)],
        "one edit, first name": [_edit(first, chance)] if len(first) > 3 else [], "one edit, last name": [_edit(last, chance)] if len(last) > 3 else [],
        "by sound, full name": [_heard(first, chance) + " " + last], "by sound, first name": [_heard(first, chance)] if len(first) > 3 else [],
        "run together, apart": [name.replace(" ", ""), f"{first[:3]} {first[3:]} {last}"] if len(first) > 6 else [name.replace(" ", "")],
        "nickname": [s.title() for s in short],
    }  # fmt: skip


def measure(count: int = 400, seed: int = 0) -> dict[str, tuple[int, int, int]]:
    """Return kind -> (covered by the gate, covered by the roster alone, tried)."""
    chance = random.Random(seed)
    names = _names(count, chance)
    tried: list[tuple[str, str, int]] = []
    texts: list[str] = []
    for name in names:
        for kind, forms in guises(name, chance).items():
            for form in forms:
                for said in (form, form.lower()):
                    frame = chance.choice(FRAMES)
                    texts.append(frame.format(said))
                    tried.append((kind, said, texts[-1].index(said)))
    corpus = Corpus((Session("R", tuple(Turn(i, t, Speaker()) for i, t in enumerate(texts))),))
    audit = screen(corpus, roster=Roster(names, key=b"benchmark"), context=False)
    spans: dict[str, list[tuple[int, int, bool]]] = {}
    for f in audit.findings:
        if f.kind != "disclosure":
            spans.setdefault(f.ref, []).append((f.start, f.end, f.detector.startswith("roster")))
    out: dict[str, list[int]] = {}
    for i, (kind, said, start) in enumerate(tried):
        here = spans.get(f"R#{i}", [])
        letters = [k for k in range(start, start + len(said)) if texts[i][k].isalnum()]
        by = [all(any(a <= k < b and (r or any_) for a, b, r in here) for k in letters) for any_ in (True, False)]
        row = out.setdefault(kind, [0, 0, 0])
        row[0] += by[0]
        row[1] += by[1]
        row[2] += 1
    return {k: (a, b, c) for k, (a, b, c) in out.items()}


def false_flags(count: int, seed: int = 0) -> tuple[float, float]:
    """Return roster findings per 1,000 words on units that name nobody of the list, and words a second."""
    names = _names(count, random.Random(seed))
    texts = [
        json.loads(line)["text"]
        for p in sorted((ROOT / "corpora/training").glob("w[1-3].jsonl"))
        for line in p.read_text().splitlines()
    ]
    corpus = Corpus((Session("T", tuple(Turn(i, t, Speaker()) for i, t in enumerate(texts))),))
    began = time.process_time()
    audit = screen(corpus, roster=Roster(names, key=b"benchmark"), context=False)
    took = time.process_time() - began
    words = sum(len(t.split()) for t in texts)
    return 1000 * sum(f.detector.startswith("roster") for f in audit.findings) / words, words / took


def main(args: list[str]) -> None:
    """Print recall by kind, and false flags."""
    count = int(args[0]) if args else 400
    found = measure(count)
    total = Counter[str]()
    for kind, (gate, alone, n) in found.items():
        print(f"{kind:26} gate {gate / n:.4f}  roster alone {alone / n:.4f}  of {n}")
        part = (
            "exact"
            if kind.startswith(("exact", "capitals", "lower"))
            else "nickname"
            if kind == "nickname"
            else "fuzzy"
        )
        total[part, 0], total[part, 1], total[part, 2] = (
            total[part, 0] + gate,
            total[part, 1] + alone,
            total[part, 2] + n,
        )  # type: ignore[index]
    for part in ("exact", "fuzzy", "nickname"):
        a, b, n = (total[part, k] for k in range(3))  # type: ignore[index]
        print(f"{part:26} gate {a / n:.4f}  roster alone {b / n:.4f}  of {n}")
    for size in (40, count):
        flags, speed = false_flags(size)
        print(
            f"a roster of {size} names: {flags:.2f} flags per 1,000 words where nobody of it is named, {speed:,.0f} words/s"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
