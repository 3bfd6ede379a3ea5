"""The index of words: what passed the gate and nothing else, right after every change, on both kinds of database."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from feedback.corpus import Corpus, Session, Turn
from feedback.store import Store, Wanted, find, fold

SAID = (
    "The bus is late. Three buses each way!", "El camión no llega; los camiones tampoco.", "Una niña y dos niños esperan.",
    "Families wait, a family waits.", "I don't need another hotline", "坐公交车很难", "Zebra crossing",
)  # fmt: skip


def session(ident: str, said: tuple[str, ...] = SAID, held: tuple[int, ...] = ()) -> Session:
    turns = tuple(Turn(i, text, withheld="a name" if i in held else None) for i, text in enumerate(said))
    return Session(ident, turns)


def cleared(store: Store, *sessions: Session) -> None:
    store.put_cleared(Corpus(sessions), {"screening": "x"})


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    made = Store(address, who="t")
    made.put_sessions([session("A"), session("B", SAID[:2])])
    yield made
    made.close()


def hits(store: Store, said: str) -> set[str]:
    return {f"{s}#{i}" for s, found in find(store, Wanted.parse(said)).items() for i in found}


def rows(store: Store) -> str:
    with store._engine.connect() as db:
        return str([tuple(r) for r in db.execute(store._t.word.select())])


def test_words_are_found_in_both_languages_without_accents(store) -> None:
    assert hits(store, "bus") == set()  # nothing has passed the gate
    cleared(store, session("A"), session("B", SAID[:2]))
    assert hits(store, "bus") == hits(store, "BUSES") == {"A#0", "B#0"}
    assert hits(store, "camion") == hits(store, "Camiones") == hits(store, "CAMIÓN") == {"A#1", "B#1"}
    assert hits(store, "nino") == {"A#2"}
    assert hits(store, "niña niños") == {"A#2"}
    assert hits(store, "families") == hits(store, "family") == {"A#3"}
    assert hits(store, "公交") == {"A#5"}
    assert hits(store, "don't hot") == {"A#4"}
    assert hits(store, "late llega") == hits(store, "zzz") == hits(store, "") == hits(store, "%' or 1=1 --") == set()
    assert Wanted.parse('"each way"').fits(SAID[0])
    assert not Wanted.parse('"way each"').fits(SAID[0])


def test_what_is_held_withdrawn_or_replaced_leaves_no_word(store) -> None:
    cleared(store, session("A"), session("B", SAID[:2]))
    assert "zebra" in rows(store)
    cleared(store, session("A", held=(6,)), session("B", SAID[:2]))
    assert "zebra" not in rows(store)
    assert hits(store, "crossing") == set()
    cleared(store, session("A"), session("B", SAID[:2]))
    assert hits(store, "zebra") == {"A#6"}
    store.put_sessions([session("A", ("Lions here",))])
    assert hits(store, "zebra lions") == set()
    assert "zebra" not in rows(store)
    assert "lions" not in rows(store)  # not until the gate has seen it
    cleared(store, session("A", ("Lions [PERSON 1]",)), session("B", SAID[:2]))
    assert hits(store, "lion") == {"A#0"}
    store.drop_session("A", "asked")
    assert "lions" not in rows(store)
    assert hits(store, "bus") == {"B#0"}


def test_the_index_is_what_a_scan_would_find(store) -> None:
    draw = random.Random(7)
    words = ["bus", "camión", "niño", "school", "escuela", "night", "noche", "safe"]
    now = {n: session(n, tuple(" ".join(draw.sample(words, 3)) for _ in range(9))) for n in "CDEF"}
    store.put_sessions(list(now.values()))
    for _ in range(12):
        name = draw.choice("CDEF")
        said = [(" ".join(draw.sample(words, 3)), draw.choice([None, None, "held"])) for _ in range(9)]
        now[name] = replace(now[name], turns=tuple(Turn(i, text, withheld=why) for i, (text, why) in enumerate(said)))
        cleared(store, *now.values())
        wanted = draw.sample(words, draw.choice([1, 2]))
        scan = {
            f"{s.id}#{t.index}" for s in now.values() for t in s.turns
            if not t.withheld and all(fold(w) in fold(t.text).split() for w in wanted)
        }  # fmt: skip
        assert hits(store, " ".join(wanted)) == scan


@pytest.mark.only_sqlite
def test_an_older_project_is_indexed_on_opening(tmp_path) -> None:
    from feedback.store import _open, _tables

    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = _open.open_engine(url, until="0003")
    head = {"id": "A", "place": 1, "file": "a", "sha256": "0", "format": "txt", "added": "x"}
    plain = {"languages": ["en"], "guide": [], "extra": {}}
    unit = {"session": "A", "raw": "Zebra Rosa", "role": "participant", "kind": "speech", "verbatim": False, "parking_lot": False}
    with engine.begin() as db:
        db.execute(_tables.session.insert(), {**head, "header": plain, "cleared": {"header": plain, "file": "a"}})
        for index, (text, withheld) in enumerate([("Zebra [PERSON 1]", None), (None, None), ("Zebra Rosa", "a name")]):
            db.execute(_tables.unit.insert(), {**unit, "index": index, "text": text, "withheld": withheld, "file": "a"})
    engine.dispose()
    store = Store(tmp_path / "old.db")
    assert hits(store, "zebra") == {"A#0"}
    assert "rosa" not in rows(store)
    assert store.waiting() == {"A"}
    store.close()
