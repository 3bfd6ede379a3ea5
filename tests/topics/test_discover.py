from __future__ import annotations

import sys
from dataclasses import replace
from types import ModuleType

import pytest

from feedback.codebook import Code, Codebook, Coding, Codings
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import FeedbackError
from feedback.topics import Topics, discover, trace


@pytest.fixture(autouse=True)
def _gate(monkeypatch) -> None:
    """The gate has its own tests; here it is open."""
    gate = ModuleType("feedback.privacy")
    gate.require_clear = lambda corpus, unscreened=None: None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "feedback.privacy", gate)


def test_the_gate_comes_first(corpus: Corpus, monkeypatch) -> None:
    from feedback.errors import LeakError

    def refuse(corpus: Corpus, unscreened: str | None = None) -> None:
        if not unscreened:
            raise LeakError("open findings", ["A1#0"])

    monkeypatch.setattr(sys.modules["feedback.privacy"], "require_clear", refuse)
    with pytest.raises(LeakError):
        discover(corpus)
    assert discover(corpus, unscreened="invented").unscreened == "invented"


@pytest.mark.parametrize("method", ["graph", "nmf"])
def test_every_unit_is_accounted_for(corpus: Corpus, method: str) -> None:
    topics = discover(corpus, method=method, n_topics=3)
    frame = topics.frame()
    assert list(frame.columns[:6]) == ["topic", "label", "words", "size", "stability", "refs"]
    placed = [r for t in topics for r in t.refs]
    assert len(placed) == len(set(placed))
    assert set(placed) | set(topics.set_aside) == {s.ref for s in corpus.segments()}
    assert sum(frame["size"]) == 24
    assert set(topics.set_aside.values()) == {"says nothing of its own"}
    assert frame["size"].tolist() == [len(t.refs) for t in topics]


def test_only_participants_are_heard() -> None:
    turns = [
        Turn(0, "Zebra question from the host about zebra crossings", Speaker("F", "facilitator")),
        Turn(1, "The bus never comes at night", Speaker("P1")),
        Turn(2, "We take the bus to the clinic", Speaker("P2")),
        Turn(3, "Zebra prompt about zebra", Speaker(None, "heading"), "prompt"),
        Turn(4, "zebra zebra can you hear me", Speaker("P1"), "process"),
        Turn(5, "zebra zebra held", Speaker("P1"), withheld="disclosure"),
    ]
    topics = discover(Corpus((Session("S", tuple(turns)),)))
    assert not any("zebra" in w for t in topics for w in t.words)
    assert {r for t in topics for r in t.refs} == {"S#1", "S#2"}


def test_same_bytes_again(corpus: Corpus) -> None:
    a, b = discover(corpus), discover(corpus)
    assert a.frame().to_csv() == b.frame().to_csv()
    assert a.name == b.name
    assert a.codes == b.codes


def test_codings_leave_what_is_covered_out(corpus: Corpus) -> None:
    rent = [s.ref for s in corpus.segments() if "rent" in s.text.lower() or "landlord" in s.text.lower()]
    done = Codings(tuple(Coding(r, "housing", "human:ab") for r in rent), corpus, Codebook((Code("housing", "Housing"),)))
    topics = discover(corpus, codings=done)
    assert not {r for t in topics for r in t.refs} & set(rent)
    assert all(topics.set_aside[r] == "covered by a code" for r in rent)
    assert {s.ref for s in corpus.segments()} == {r for t in topics for r in t.refs} | set(topics.set_aside)


@pytest.mark.parametrize("method", ["graph", "nmf"])
def test_a_code_laid_without_conviction_covers_nothing(corpus: Corpus, method: str) -> None:
    book = Codebook((Code("housing", "Housing"),))
    refs = [s.ref for s in corpus.segments() if "rent" in s.text.lower() or "landlord" in s.text.lower()]
    unsure = Codings(tuple(Coding(r, "housing", "model@1", 0.2) for r in refs), corpus, book)
    assert {r for t in discover(corpus, codings=unsure, method=method) for r in t.refs} & set(refs)


def test_what_no_code_covers_is_found_across_languages(new_session) -> None:
    book = Codebook((Code("transportation", "Transportation", definition="Buses, rides and fares.", triggers={"en": ("bus",)}),))
    mine = ["The bus is late and I was asleep on it", "No bus at night", "I have not slept since March", "bus fares"]
    one = new_session("A", mine)
    two = new_session("B", ["Mi hijo no duerme en esa casa", "El camión no pasa", "Dormir en el piso nos cansa"], "family", "es")
    three = new_session("C", ["kids nap in first period", "the bus again"], "stakeholder")
    corpus = Corpus((one, two, three))
    codings = Codings((Coding("A#0", "transportation", "human:ab"), Coding("A#1", "transportation", "human:ab")), corpus, book)
    first = discover(corpus, codings=codings)[0]
    assert set(first.refs) == {"A#0", "A#2", "B#0", "B#2", "C#0"}
    assert len(first.sessions) == len(first.audiences) == 3
    assert {"slept", "duerme"} <= set(first.words)
    assert {"en", "es"} <= set(first.code.examples)


SLEEP = {
    "LS-Y04#35", "LS-Y04#56", "LS-Y06#45", "LS-Y06#46", "LS-Y06#47", "LS-Y09#13", "LS-Y09#51", "LS-F02#4", "LS-F02#50",
    "LS-F08#8", "LS-F08#39", "LS-F08#35", "LS-K03#12", "LS-K03#55",
}  # fmt: skip


@pytest.mark.parametrize("coder", ["A", "B"])
def test_the_need_no_code_covers_surfaces(gold: Corpus, coder: str, coded) -> None:
    """gold/KEY.md: the planted need, told differently in six sessions, three audiences and two languages."""
    topics = discover(gold, codings=coded(coder))
    best = max(topics, key=lambda t: len(SLEEP & set(t.refs)))
    assert best.id < 10
    assert len(SLEEP & set(best.refs)) >= 9
    assert len(SLEEP & set(best.refs)) >= 0.6 * len(best.refs)
    assert len(best.sessions) >= 5


def test_ranked_by_sessions_not_mentions(bus: list[str], food: list[str], new_session) -> None:
    loud = new_session("L", [*bus, *(t.replace("bus", "night bus") for t in bus)])
    quiet = [new_session(f"Q{i}", food[2 * i : 2 * i + 2], "family") for i in range(4)]
    topics = discover(Corpus((loud, *quiet)), n_topics=2)
    first, second = topics
    assert len(first.sessions) > len(second.sessions)
    assert len(first.refs) < len(second.refs)


def test_proposed_codes(corpus: Corpus) -> None:
    topics = discover(corpus, n_topics=3)
    assert len({c.id for c in topics.codes}) == 3
    for t in topics:
        assert t.code.status == "proposed"
        texts = {corpus.text_of(r) for r in t.refs}
        assert {x for xs in t.code.examples.values() for x in xs} <= texts
    assert any("bus" in w for t in topics for ws in t.code.triggers.values() for w in ws)


def bus_topic(topics: Topics) -> int:
    return next(t.id for t in topics if "bus" in t.words)


def test_accepting_makes_a_code_that_tags(corpus: Corpus) -> None:
    found = discover(corpus, n_topics=3)
    assert found.codings().values == ()
    topics = found.accept(bus_topic(found), id="night_bus", name="Buses at night", by="ab")
    assert topics is not found
    assert found.codes != topics.codes
    code = topics["night_bus"].code
    assert (code.status, code.name) == ("accepted", "Buses at night")
    codings = topics.codings(Codebook((Code("x", "X"),)))
    assert {c.ref for c in codings} == set(topics["night_bus"].refs)
    assert {c.tagger for c in codings} == {topics.name}
    assert topics.name.startswith("topics@")
    assert "night_bus" in codings.codebook
    assert all(0 <= c.score <= 1 for c in codings)


def test_an_accepted_topic_codes_new_sessions(corpus: Corpus, new_session) -> None:
    found = discover(corpus, n_topics=3)
    topics = found.accept(bus_topic(found), id="bus", by="ab")
    new = Corpus((new_session("NEW", ["The bus is late and the bus stop is dark", "quarterly ledger audit", "yeah"]),))
    assert [(c.ref, c.code) for c in topics.tag(new.segments())] == [("NEW#0", "bus")]


def test_merge_split_drop_rename(corpus: Corpus) -> None:
    found = discover(corpus, n_topics=3)
    merged = found.merge([0, 1], label="both")
    assert len(merged) == 2
    assert set(merged[0].refs) == set(found[0].refs) | set(found[1].refs)
    assert merged[0].label == "both"
    parted = found.split(0, into=2)
    assert len(parted) == 4
    new = [t for t in parted if t.id > 2]
    assert sorted(r for t in new for r in t.refs) == sorted(found[0].refs)
    dropped = found.drop(1, why="two different things")
    assert len(dropped) == 2
    assert all(dropped.set_aside[r] == "two different things" for r in found[1].refs)
    assert found.rename(2, "Food")[2].label == "Food"
    for changed in (merged, parted, dropped):
        assert set(changed.units()["ref"]) == {s.ref for s in corpus.segments()}
        assert len(changed.history) == 1
    assert found.history == ()


def test_wrong_calls_say_what_is_wrong(corpus: Corpus) -> None:
    topics = discover(corpus, n_topics=2)
    with pytest.raises(FeedbackError, match="no method"):
        discover(corpus, method="lda")
    with pytest.raises(FeedbackError, match="no topic 9"):
        topics.drop(9)
    with pytest.raises(FeedbackError, match="who decided"):
        topics.accept(0, id="x", by=" ")
    with pytest.raises(FeedbackError, match="letters"):
        topics.accept(0, id="a b", by="ab")
    with pytest.raises(FeedbackError, match="two different"):
        topics.merge([0])
    with pytest.raises(FeedbackError, match="already"):
        topics.accept(0, id="x", by="ab").accept(1, id="x", by="ab")
    with pytest.raises(FeedbackError, match="cannot be found"):
        discover(corpus, n_topics=1000)
    with pytest.raises(FeedbackError, match="no participant"):
        discover(Corpus())


def test_no_words_in_reprs(corpus: Corpus) -> None:
    topics = discover(corpus, n_topics=2)
    assert "The bus came" not in repr(replace(topics, values=()))


def test_one_unit() -> None:
    corpus = Corpus((Session("S", (Turn(0, "The bus never comes", Speaker("P")),)),))
    for method in ("graph", "nmf"):
        (topic,) = discover(corpus, method=method)
        assert topic.refs == ("S#0",)


def test_trace_names_what_became_of_a_topic(corpus: Corpus) -> None:
    before = discover(corpus, n_topics=3)
    same = trace(before, before)
    assert same["verdict"].tolist() == ["same"] * 3
    assert same["overlap"].tolist() == [1.0] * 3
    parted = trace(before, before.split(0))
    assert parted[parted["before"] == 0]["verdict"].isin(["split", "same"]).all()
    assert parted[parted["before"] == 0]["shared"].sum() == len(before[0].refs)
    gone = trace(before, before.drop(1))
    assert gone[gone["verdict"] == "gone"]["before"].tolist() == [1]
    assert trace(before.drop(1), before)["verdict"].tolist().count("new") == 1
    joined = trace(before, before.merge([0, 1]))
    assert set(joined["verdict"]) <= {"same", "merged", "moved"}


def test_a_refit_with_a_new_session_keeps_its_topics_apart(corpus: Corpus, bus: list[str], new_session) -> None:
    before = discover(corpus, n_topics=3)
    more = Corpus((*corpus, new_session("D1", [f"{t} again" for t in bus])))
    table = trace(before, discover(more, n_topics=3))
    assert table["shared"].sum() == 24


def test_what_stands_in_brackets_is_not_heard(new_session) -> None:
    lines = ["[PERSON 1] missed the bus", "the bus and [PERSON 2] were late", "[laughs]", "no bus on [DATE]"]
    topics = discover(Corpus((new_session("S", lines),)))
    assert not {"person", "date", "laughs"} & {w for t in topics for w in t.words}
    assert topics.set_aside["S#2"] == "says nothing of its own"
