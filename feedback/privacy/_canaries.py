"""Plant synthetic identifiers of every class in a copy, screen the copy, and say which detector let one through."""

# ruff: noqa: E501
from __future__ import annotations

import random
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from feedback.corpus import Corpus, Session, Turn
from feedback.errors import LeakError

if TYPE_CHECKING:
    from feedback.privacy._audit import Audit

__all__ = ["Canaries", "canaries"]

# Invented: 555 telephone numbers, `.example` domains, a social security number of the block never issued. Each line: the
# sentence, the words that must be covered. After the class: the detectors whose work it is.
_SONGS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "person": ("names, crf, minilm, titles, kinship, vocabulary", (
        ("and Marisol Quintanilla said the same.", "Marisol Quintanilla"), ("my friend keyshawn was there too", "keyshawn"),
        ("Mr. Abernathy never called back.", "Abernathy"), ("la señora Xochitl Barrientos nos ayuda", "Xochitl Barrientos"),
        ("mi amiga yaretzi me lo dijo", "yaretzi"), ("and then keyshawn abernathy came", "keyshawn abernathy"),
    )),
    "phone": ("patterns, forms", (
        ("call 213-555-0142 after six", "213-555-0142"), ("it's three two three five five five oh one nine eight", "three two three five five five oh one nine eight"),
        ("es el tres uno cero cinco cinco cinco cero uno ocho siete", "tres uno cero cinco cinco cinco cero uno ocho siete"),
        ("llame al 213 555 0176", "213 555 0176"),
    )),
    "email": ("patterns, spoken", (
        ("write to vela.test@mail.example", "vela.test@mail.example"), ("it's vela dot test at mail dot example", "vela dot test at mail dot example"),
        ("escriba a vela.prueba@correo.example", "vela.prueba@correo.example"), ("es vela punto prueba arroba correo punto example", "vela punto prueba arroba correo punto example"),
    )),
    "handle": ("patterns, spoken", (
        ("follow @vela.test_9 on there", "@vela.test_9"), ("my ig is vela_test_nine", "vela_test_nine"), ("mi insta es vela_prueba_9", "vela_prueba_9"),
    )),
    "id": ("patterns, forms", (
        ("my social is 987-65-4320", "987-65-4320"), ("case number 19CCJP04321A", "19CCJP04321A"), ("la placa es 8ABC123", "8ABC123"),
        ("el caso es 19CCJP04321A", "19CCJP04321A"), ("plate 8abc123", "8abc123"),
    )),
    "date": ("patterns, forms, spoken", (
        ("born 03/14/2009", "03/14/2009"), ("nació el 5 de mayo de 2010", "5 de mayo de 2010"), ("she was born march 14 2009", "march 14 2009"),
    )),
    "address": ("patterns, forms, streets", (
        ("we live at 1482 Alondra Ave", "1482 Alondra Ave"), ("over on mariposa and 97th", "mariposa and 97th"),
        ("vivimos en la calle Mariposa 920", "calle Mariposa 920"), ("we stay at 1482 alondra avenue", "1482 alondra avenue"),
    )),
    "url": ("patterns", (("see www.velatest.example/home", "www.velatest.example/home"), ("está en https://velatest.example/es", "https://velatest.example/es"))),
    "org": ("places", (
        ("she goes to Quillmark Middle", "Quillmark"), ("placed at Harrowgate House", "Harrowgate"), ("va a la escuela Quillmark", "Quillmark"),
        ("she goes to quillmark middle school", "quillmark"),
    )),
    "other": ("only, rare", (
        ("I'm the only Samoan girl in Irwindale", "the only Samoan girl in Irwindale"), ("soy la única mujer samoana en Irwindale", "la única mujer samoana en Irwindale"),
    )),
    "roster": ("roster", (
        ("then wenefrida came by", "wenefrida"), ("ask Wenefride Tolliver-Oxx", "Wenefride Tolliver-Oxx"), ("luego vino Wenefryda", "Wenefryda"), ("y wenefrida dijo", "wenefrida"),
    )),
    "disclosure": ("disclosures", (
        ("my stepdad hits me and it happened again last night", ""), ("mi padrastro me pega todas las noches", ""),
        ("My stepdad hits me and it happened again last night.", ""), ("Mi padrastro me pega todas las noches.", ""),
    )),
}  # fmt: skip
ALONE = " by itself"
_flights = count()  # each copy is new to the screening, so that no earlier answer is given again
_KNOWN = ("Wenefrida Tolliver-Oxx",)


@dataclass(frozen=True, slots=True)
class Canaries:
    """How many planted identifiers of each class were found; `ok` where all were."""

    planted: dict[str, int]
    found: dict[str, int]

    @property
    def ok(self) -> bool:
        """Whether none survived."""
        return self.planted == self.found

    @property
    def survivors(self) -> tuple[str, ...]:
        """The classes of which at least one survived."""
        return tuple(k for k in self.planted if self.found[k] < self.planted[k])

    @property
    def failed(self) -> dict[str, str]:
        """Class of each survivor -> the detectors that should have found it."""
        return {k: _SONGS[k][0] if k in _SONGS else k.removesuffix(ALONE) for k in self.survivors}

    def check(self) -> None:
        """Raise LeakError, naming the detectors that failed, where one survived."""
        if not self.ok:
            said = "; ".join(f"{k} (detectors: {who})" for k, who in self.failed.items())
            raise LeakError(
                f"the gate failed its own test, so nothing was let through: planted identifiers survived: {said}. "
                "The program or its models are damaged or were changed; install them again and repeat this step."
            )


def canaries(corpus: Corpus, seed: int = 0) -> Canaries:
    """Plant one of each synthetic identifier in random units of a copy, screen what was planted in, and count.

    Only the units that carry one are screened again, so a run costs some fifty units. A corpus without participants'
    words is given units of its own. Then every detector is asked by itself for sentences of its own (see `_probes`): what
    several cover is found although one of them is damaged.
    """
    from feedback.privacy._probes import deaf, detectors
    from feedback.privacy._roster import Roster
    from feedback.privacy._screen import screen

    chance = random.Random(seed)
    turns = [t for s in corpus for t in s.turns if t.text and t.role == "participant" and t.kind in ("speech", "note") and not t.withheld]
    songs = [(kind, song, words) for kind, (_, rows) in _SONGS.items() for song, words in rows]
    hosts = chance.sample(turns, len(songs)) if len(turns) >= len(songs) else [chance.choice(turns or [Turn(0, "okay")]) for _ in songs]
    planted, copies = [], []
    for i, ((kind, song, words), host) in enumerate(zip(songs, hosts, strict=True)):
        head = host.text if kind != "disclosure" else ""
        text = f"{head}{'' if head[-1:] in '.!?…' else '.'} {song}".lstrip(". ")
        start = len(text) - len(song) + song.index(words)
        planted.append((kind, f"canary#{i}", start, start + len(words)))
        copies.append(replace(host, index=i, text=text, prompt=None, withheld=None))
    flown = _count(planted, screen(Corpus((Session("canary", tuple(copies), file=f"{next(_flights)}"),)), roster=Roster(_KNOWN, key=b"canary")))
    silent, asked = set(deaf()), {f"{name}{ALONE}": 1 for name in detectors()}
    return Canaries(flown.planted | asked, flown.found | {k: int(k.removesuffix(ALONE) not in silent) for k in asked})


def _count(planted: list[tuple[str, str, int, int]], audit: Audit) -> Canaries:
    sown: dict[str, int] = {}
    found: dict[str, int] = {}
    for kind, ref, start, end in planted:
        here = [f for f in audit.findings if f.ref == ref and f.where == "text"]
        if kind == "disclosure":
            seen = any(f.kind == "disclosure" and f.status == "open" for f in here)
        elif kind == "roster":
            seen = any(f.detector.startswith("roster") and f.start < end and start < f.end for f in here)
        else:
            seen = any(f.start <= start and end <= f.end for f in here if f.kind != "disclosure")
        sown[kind] = sown.get(kind, 0) + 1
        found[kind] = found.get(kind, 0) + seen
    return Canaries(sown, found)
