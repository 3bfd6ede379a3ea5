"""Train the tagger of named schools and homes: `python -m feedback.privacy._teach_things OUT FILE[:TIMES] ...`.

FILE is labelled JSONL as in `corpora/identifiers` (spans with label ORG or PLACE are learned), or JSONL of units without `spans`, which name
nothing. A row with a name is taken as often as TIMES says, from the second time on with other names under the same head words: what
is learned is where a name stands, not which. Each is taken as written and in lower case, half of those without punctuation.
"""

# ruff: noqa: E501, SIM905
from __future__ import annotations

import gzip
import random
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import feedback.privacy._homes as _homes
import feedback.privacy._places as _places
from feedback.privacy._lexicon import lexicon
from feedback.privacy._material import Row, guise, read, sentences
from feedback.privacy._things import features
from feedback.privacy._tokens import Token, tokens

__all__ = ["NATURE", "main", "other_thing", "renamed"]

THINGS = ("ORG", "PLACE")
_SMALL = frozenset("of the de la del los las el y and for st saint santa san our lady camp mount new first mi mis".split())
_HEADS = _homes._SCHOOLS | _homes._STAYS | _homes._ES_HEADS | _homes._SORTS | _homes._TYPE | _places._HEADS | _places._ES_HEADS | _places._FIRMS | _SMALL
NATURE = (
    "oak pine cedar elm maple birch willow river creek lake stone rock hill valley canyon ridge meadow field brook spring sun moon star sky rain cloud wind rose lily violet iris fern ivy sage olive "
    "palm peach cherry berry robin wren dove hawk eagle falcon swan fox wolf bear deer lamb lion bay cove harbor ocean shore coast island sand desert mesa summit peak forest grove garden orchard "
    "harvest morning evening dawn dusk twilight silver golden crystal amber coral pearl copper iron glass snow frost thunder rainbow sunset sunrise horizon"
).split()
_GOOD = (
    "hope grace faith joy peace mercy unity harmony promise journey pathway path bridge bridges doorway door light beacon lantern candle anchor compass passage passages crossing crossroads turning "
    "point new beginning beginnings start fresh second chance chances step steps stepping stone stones rising wings roots branches leaf seeds hands heart hearts circle table open safe sure steady "
    "strong bright better brighter tomorrow today future dream dreams vision voices choices options discovery freedom victory liberty genesis phoenix renewal restoration recovery serenity "
    "tranquility solace refuge sanctuary family youth kids children women girls boys angels little big happy tiny wise owl legacy heritage pioneer frontier"
).split()
_SPANISH = (
    "luz sol luna estrella cielo mar rio monte valle flor flores rosa rosas paloma palomas angel angeles esperanza fe paz amor vida camino caminos puerta puertas puente puentes mano manos corazon "
    "corazones semilla semillas raiz raices alas paso pasos sueno suenos amanecer aurora horizonte nuevo nueva buena buen bello bella verde alto alta santo santa fuente agua roca cristo jesus maria "
    "jose niño niños amiguitos pequeños pasitos arcoiris girasol jardin huerta rancho encinas cipreses sauces almendros nogales olivos palmas fuentes brisas favorita espiga rey reina"
).split()


def _name(chance: random.Random, *, spanish: bool, pools: tuple[list[str], list[str]]) -> str:
    first, last = pools
    if spanish:
        return chance.choice(_SPANISH if chance.random() < 0.6 else last)
    k = chance.random()
    return chance.choice(last if k < 0.3 else first if k < 0.38 else NATURE if k < 0.68 else _GOOD)


def other_thing(said: str, chance: random.Random, *, spanish: bool, pools: tuple[list[str], list[str]]) -> str:
    """Another name for a school or home; most head words stay."""

    def other(m: re.Match[str]) -> str:
        word = m.group()
        if "'" in word or "’" in word or (word.lower() in _HEADS and chance.random() < 0.85):
            return word
        new = _name(chance, spanish=spanish, pools=pools)
        return new.capitalize() if word[0].isupper() else new

    return re.sub(r"[^\W\d_]+(?:['’]s)?", other, said)


def renamed(row: Row, chance: random.Random, *, pools: tuple[list[str], list[str]]) -> Row:
    """A row whose schools and homes have other names."""
    text, out, at = row["text"], "", 0
    spans: list[dict[str, Any]] = []
    for s in sorted(row["spans"], key=lambda s: s["start"]):
        if s["start"] < at:
            continue
        out += text[at : s["start"]]
        said = text[s["start"] : s["end"]]
        said = other_thing(said, chance, spanish=row["lang"] == "es", pools=pools) if s["label"] in THINGS else said
        spans.append(s | {"start": len(out), "end": len(out) + len(said)})
        out, at = out + said, s["end"]
    return row | {"text": out + text[at:], "spans": spans}


def _labels(row: Row, toks: list[Token]) -> list[str]:
    out = []
    for t in toks:
        here = [s for s in row["spans"] if s["label"] in THINGS and s["start"] < t.end and t.start < s["end"]]
        out.append(("B" if t.start <= here[0]["start"] else "I") if here else "O")
    return out


def _rows(arg: str) -> list[Row]:
    """The rows of a file; of public text, whose names of firms and places are labelled otherwise, those only that name nothing."""
    name, _, times = arg.partition(":")
    own = Path(name).parent.name == "identifiers" and "corpora" in Path(name).parts
    rows = [part for row in read(name) for part in sentences(row) if own or not part["spans"]]
    return [r | {"times": int(times or 1) if r["spans"] else 1} for r in rows]


def main(args: list[str], *, seed: int = 0) -> None:
    """Train, and write the model compressed."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c1": 1.0, "c2": 0.05, "max_iterations": 60, "feature.minfreq": 3})
    chance, lex = random.Random(seed), lexicon()
    pools = (sorted(lex.first)[::2], [w for w in sorted(lex.last) if lex.numbers(w)[0] > 1][::3])
    for row in (row for arg in args[1:] for row in _rows(arg)):
        for n in range(row["times"]):
            new = renamed(row, chance, pools=pools) if n else row
            for said in (new, guise(new, "asr" if chance.random() < 0.5 else "lower")):
                toks = tokens(said["text"])
                if toks:
                    trainer.append(features(toks), _labels(said, toks))
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "things.crfsuite"
        trainer.train(str(made))
        Path(args[0]).write_bytes(gzip.compress(made.read_bytes(), 9, mtime=0))


if __name__ == "__main__":
    main(sys.argv[1:])
