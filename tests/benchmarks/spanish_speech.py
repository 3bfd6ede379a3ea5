"""Names in real spoken Spanish: `python tests/benchmarks/spanish_speech.py coser_es_negatives.jsonl [--show]`.

No public set of spoken Spanish with people's names could be had. This takes sentences of COSER (CC BY-SA, not part of this
repository), whose names were taken out, and puts invented names where a name stood ("NP") or where a word speaks of one person
("mi suegra"), chosen sentence by sentence. So the speech is real and the names are not: dialect of villages in Spain, one hand's
choice, written once before the gate was run on it. It is not learned from and no threshold was chosen on it.
"""

# ruff: noqa: E501
from __future__ import annotations

import re
import sys
from typing import Any

from feedback.privacy.score import GUISES, rows_of, score

# Line of the file, what stands there, what is put there; {braces} mark a person.
PUT: tuple[tuple[int, str, str], ...] = (
    (28, "otra amiga mía", "{Yesenia}"), (29, "haciles él", "haciles {Eusebio}"), (93, "Y la mujer, y la mujer", "Y {Maricruz}, y {Maricruz}"),
    (139, "lo de mi madre", "lo de {Consuelo}"), (161, "mi marido", "{Fermín}"), (163, "a mi hermano", "a {Osvaldo}"), (179, "mi marido era", "{Rigoberto} era"),
    (197, "una amiga mía", "{Araceli Cuc}"), (197, "vino él", "vino {Jonathan}"), (36, "NP", "{Itzel}"), (106, "NP", "{Brisa}"), (106, "Ana", "{Ana}"), (124, "NP", "{Anselmo}"),
    (148, "NP", "{Yahir}"), (205, "NP", "{Dayana}"), (298, "NP, pero", "{Noemí}, pero"), (298, "NP he", "{Chuy} he"), (314, "NP, en", "{Xiomara}, en"),
    (314, "NP, la prima", "{Lupe}, la prima"), (370, "NP", "{Brayan}"), (442, "NP", "{Wendy}"), (316, "mi abuelo", "{Porfirio}"), (328, "mi hija la mayor", "{Yuridia} la mayor"),
    (345, "mi marido luego", "{Celestino} luego"), (348, "veces con ella", "veces con {Esperanza}"), (402, "mi suegra", "{Jacinta}"), (444, "mi padre", "{Evaristo}"),
    (465, "y ella en", "y {Rosario} en"), (487, "él iba", "{Maximino} iba"), (521, "a Don ", "a don {Abundio}"), (521, "Munguí", "{Munguí}"),
    (200, "NP aquí", "{Melquiades} aquí"), (200, "casa de NP", "casa de {Herminia}"), (200, "tuvo don NP", "tuvo don {Ponciano}"), (200, "la NP y", "la {Chayo} y"),
    (200, "otro don NP", "otro don {Tiburcio}"), (200, "donde NP", "donde {Nachita}"), (200, "estuvo don NP", "estuvo don {Eleuterio}"),
    (92, "uno se murió", "{Guillermo} se murió"), (160, "al médico que", "a {Fabiola} que"), (173, "la niña", "{Kimberly}"), (326, "El médico", "{Salvador}"), (390, "vino aquí el, el", "vino aquí el {Toño}, el"),
    (437, "cuando yo era niño", "cuando {Ramiro} era niño"), (454, "El cura lo", "A {Heriberto} lo"), (479, "esa se llama de,de año grande", "esa se llama {Abril}, de año grande"),
    (518, "que le dijo", "que {Delfina} le dijo"), (340, "le decía:", "le decía {Marcelino}:"),
)  # fmt: skip

# Places, peoples and persons whose names were left in the file: a flag on one is not in vain.
NAMED = re.compile(
    r"\b(?:pamplona|manacor|maci[àa]|molino del viento|galicia|cuba|ana|cifuentes|joe|[áa]lava|alemania|espa[ñn]a|francia|asturias|moguer|lorqu[íi]|arroa|madrid|munguí|"
    r"navarra|sevilla|bilbao|valencia|barcelona|mallorca|zaragoza|toledo|granada|córdoba|la coruña|asturian[oa])\b", re.IGNORECASE,
)  # fmt: skip


def planted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The chosen sentences with their names and spans; raises ValueError where the file is another."""
    out = []
    for n in sorted({i for i, _, _ in PUT}):
        text = rows[n]["text"]
        for i, old, new in PUT:
            if i == n:
                if old not in text:
                    raise ValueError(f"line {n} is not the one this was written for")
                text = text.replace(old, new, 1)
        spans: list[dict[str, Any]] = []
        while m := re.search(r"\{([^}]*)\}", text):
            spans.append({"start": m.start(), "end": m.start() + len(m.group(1)), "label": "PERSON"})
            text = text[: m.start()] + m.group(1) + text[m.end() :]
        out.append({"text": text, "spans": spans, "lang": "es", "doc": f"coser-{n % 4}"})
    return out


def main(args: list[str]) -> None:
    """Print recall with names planted, and flags over the whole file without any."""
    rows = rows_of(args[0])
    for guise in GUISES:
        got, clean = score(planted(rows), guise), score(rows, guise)
        named = sum(n for words, n in clean.vain.items() if NAMED.search(words.partition(": ")[2]))
        vain = 1000 * (clean.flags - named) / clean.words
        sys.stdout.write("\n".join(f"{guise:6} {line}" for line in got.lines()) + f"\n{guise:6} without names: {clean.per_thousand():.1f} flags per 1,000 words, {vain:.1f} beside the places left in it\n")
        if "--show" in args:
            sys.stdout.write(f"       missed: {list(got.missed)}\n       in vain: {clean.vain.most_common(60)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
