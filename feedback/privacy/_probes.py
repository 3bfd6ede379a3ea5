"""Each detector asked by itself: one that hears nothing is found out, although another would have covered for it.

In a screening several detectors cover the same words, so that a planted identifier is still found where one of them is damaged.
Here every detector gets sentences of its own, in both languages, and nobody else is asked.
"""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from types import ModuleType

import feedback.privacy._detect as _all
from feedback.corpus import Session, Speaker, Turn
from feedback.privacy._roster import Roster
from feedback.privacy._tokens import tokens
from feedback.privacy._types import Hit

__all__ = ["ALONE", "CONTEXT", "deaf", "detectors"]

CONTEXT = ("harm", "minilm")  # the two that read the words around; a quick screening does without
KNOWN = ("Wenefrida Tolliver-Oxx",)

# Detector, and which of its rooms: (sentence, words to be covered; none: a hit anywhere). Everybody and everything in them is invented.
ALONE: dict[str, tuple[tuple[str, str], ...]] = {
    "ages": (("I'm sixteen and I work", "sixteen"), ("tengo dieciséis años y trabajo", "dieciséis")),
    "ambiguous": (("and then Destiny told me", "Destiny"), ("y luego Esperanza me dijo", "Esperanza")),
    "ambiguous in labels": (("Destiny", "Destiny"),),
    "capitals": (("they put us in Harbor for a week", "Harbor"), ("nos mandaron a Amanecer una semana", "Amanecer")),
    "crf": (("and then Marisol came to my house with Brandon", "Marisol"), ("brandon came by and told my mom", "brandon"), ("vino Marisol Quintanilla a la casa", "Marisol Quintanilla")),
    "disclosures": (("my stepdad hits me and it happened again last night", ""), ("mi padrastro me pega todas las noches", "")),
    "forms": (("the court number is J-98765", "98765"), ("el número de la corte es J-98765", "98765")),
    "harm": (("I don't sleep. If I sleep he comes in.", ""), ("mi nieta me dijo que con su papá juegan a los secretos y que los secretos duelen", "")),
    "introductions": (("there is a girl named Torvane", "Torvane"), ("una muchacha que se llama Torvane", "Torvane")),
    "kinship": (("my neighbor Torvane drove", "Torvane"), ("mi vecina Torvane manejó", "Torvane")),
    "minilm": (("my friend april told me to wait", "april"), ("mi amiga esperanza me dijo que esperara", "esperanza"), ("they dropped us at forty four seventeen blue heron court", "forty four seventeen blue heron court"), ("her student number is four seven one one nine oh", "four seven one one nine oh"), ("el correo es vela punto torvane arroba correo punto com", "vela punto torvane arroba correo punto com"), ("she goes to copper lantern academy", "copper lantern academy")),
    "names": (("Brandon drove", "Brandon"), ("keyshawn drove", "keyshawn"), ("Marisol manejó", "Marisol"), ("marisol quintanilla manejó", "quintanilla")),
    "only": (("I'm the only Samoan girl in Irwindale", "the only Samoan girl in Irwindale"), ("soy la única mujer samoana en Irwindale", "la única mujer samoana en Irwindale")),
    "patterns": (("call 213-555-0142", "213-555-0142"), ("write to vela.test@mail.example", "vela.test@mail.example"), ("su seguro es 987-65-4320", "987-65-4320")),
    "places": (("she goes to Quillmark Middle", "Quillmark"), ("she goes to quillmark middle school", "quillmark"), ("va a la escuela Quillmark", "Quillmark")),
    "places where somebody lives": (("when I lived at Torvane House", "Torvane House"), ("cuando viví en Casa Torvane", "Torvane")),
    "properties": (("Marisol Quintanilla", "Marisol Quintanilla"),),
    "rare": (("I was the homecoming queen", ""), ("soy la única partera en el valle", "")),
    "rare by what happened": (("my brother is the boy who fell off the bridge", ""), ("soy la única partera en el valle", "")),
    "register": (("and torvane left", "torvane"), ("y torvane se fue", "torvane")),
    "roster": (("then wenefrida came by", "wenefrida"), ("ask Wenefride Tolliver-Oxx", "Wenefride Tolliver-Oxx"), ("luego vino Wenefryda", "Wenefryda")),
    "spoken": (("it's three two three five five five oh one nine eight", "three two three five five five oh one nine eight"), ("es el tres uno cero cinco cinco cinco cero uno ocho siete", "tres uno cero cinco cinco cinco cero uno ocho siete")),
    "spoken accounts": (("on snap I'm velanine", "velanine"), ("mi insta es vela prueba nueve", "vela prueba nueve")),
    "streets": (("over on mariposa and 97th", "mariposa and 97th"), ("we live at 1482 alondra avenue", "1482 alondra avenue"), ("vivimos en Alondra y la 97", "Alondra y la 97")),
    "things": (("they placed me at Harrowgate House", "Harrowgate House"), ("va a la escuela Quillmark", "Quillmark")),
    "titles": (("Mr. Torvane never called", "Torvane"), ("la señora Torvane no llamó", "Torvane")),
    "vocabulary": (("we saw torvanelli there", "torvanelli"), ("vimos a torvanelli allá", "torvanelli")),
}  # fmt: skip


def detectors() -> list[str]:
    """The names of all detectors, without versions."""
    return sorted({d.partition("@")[0] for d in _all.DETECTORS})


def deaf(*, context: bool = True) -> Iterator[str]:
    """Yield the detectors that do not hear one of their own sentences; without `context` two are not asked."""
    for name in detectors():
        if context or name not in CONTEXT:
            rooms = [room for room in ALONE if room.partition(" ")[0] == name]
            if not rooms or not all(_hears(room, song, words) for room in rooms for song, words in ALONE[room]):
                yield name


def _hears(name: str, song: str, words: str) -> bool:
    start = song.index(words) if words else 0
    try:
        hits = list(_ask(name, song))
    except Exception:  # a detector that breaks hears nothing
        return False
    mine = [h for h in hits if h.detector.partition("@")[0] == name.partition(" ")[0]]
    return any(h.start <= start and start + len(words) <= h.end for h in mine) if words else bool(mine)


def _ask(name: str, song: str) -> Iterable[Hit]:
    _detect, _screen = _rooms()
    toks = tokens(song)
    cased = any(t.capital for t in toks)
    english = not _detect.in_spanish(song, None)
    ask: dict[str, Callable[[], Iterable[Hit]]] = {
        "ages": lambda: _screen.find_ages(song),
        "crf": lambda: _detect._crf.find_learned(toks, english=english, cased=cased),
        "disclosures": lambda: _detect.disclosures(song, context=False),
        "forms": lambda: _detect._forms.find_forms(song),
        "harm": lambda: _detect.disclosures(song),
        "minilm": lambda: _detect._mini.find_in_context(toks, song, cased=cased, english=english),
        "only": lambda: _detect._places.find_only(song),
        "patterns": lambda: _detect._patterns.find_patterns(song),
        "ambiguous in labels": lambda: _detect.detect_label(song),
        "places": lambda: _detect._places.find_places(toks, cased=cased, english=english),
        "places where somebody lives": lambda: _detect._homes.find_homes(toks, song, cased=cased, english=english),
        "properties": lambda: [hit for *_, hit in _screen._header_hits(Session("probe", extra={"property author": song}), None)],
        "rare": lambda: _screen.find_rare(song),
        "rare by what happened": lambda: _screen.find_unique(song),
        "register": lambda: _registered(song),
        "roster": lambda: Roster(KNOWN, key=b"canary").find(toks),
        "spoken": lambda: _detect._said.find_said(_detect._said.words_of(song)),
        "spoken accounts": lambda: _detect._accounts.find_accounts(song),
        "streets": lambda: _streets(song),
        "things": lambda: _detect._things.find_things(toks, cased=cased),
    }  # fmt: skip
    if name in ask:
        return ask[name]()
    named: Iterable[Hit] = _detect._names.find_names(toks, song, cased=cased, english=english, titled=False)
    return named


def _rooms() -> tuple[ModuleType, ModuleType]:
    """Where a screening itself finds its detectors: what is damaged there is asked here."""
    return import_module("feedback.privacy._detect"), import_module("feedback.privacy._screen")


def _streets(song: str) -> Iterable[Hit]:
    _detect, _ = _rooms()
    words = _detect._said.words_of(song)
    found: Iterable[Hit] = _detect._streets.find_streets(words, song, quick=frozenset(w.word for w in words))
    return found


def _registered(song: str) -> Iterable[Hit]:
    """What is found in a later unit because an earlier one names somebody for sure."""
    first = "My cousin Torvane came."
    session = Session("probe", (Turn(0, first, Speaker("P1")), Turn(1, song, Speaker("P2"))))
    sure = Hit(first.index("Torvane"), first.index("Torvane") + len("Torvane"), "person", "kinship@1", 0.9)
    return [hit for ref, _, _, hit in _rooms()[1]._register(session, [("probe#0", "text", first, sure)]) if ref == "probe#1"]
