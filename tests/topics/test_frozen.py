"""The model of one round, kept as text, and the round after; what a refit keeps of what people decided."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import feedback
from feedback.cli import main
from feedback.codebook import Code, Codebook, Codings
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import FeedbackError
from feedback.topics import TopicModel, carry, discover, follow, forget, freeze, from_json, said_in, thaw, to_json

ROOT = Path(__file__).parents[2]
TRUTH = ROOT / "corpora" / "gold" / "truth.jsonl"


@pytest.fixture(scope="module")
def said() -> list[str]:
    texts = [json.loads(line)["text"] for line in TRUTH.read_text(encoding="utf-8").splitlines()]
    return [*texts, *(f"{a} {b}" for a, b in zip(texts, texts[7:], strict=False))]


@pytest.mark.parametrize("steady", [True, False])
def test_a_model_read_back_places_as_the_one_that_was_fitted(said: list[str], steady: bool) -> None:
    model = TopicModel(steady=steady).fit(said[:800])
    again = thaw(freeze(model))
    assert isinstance(again, TopicModel)
    new = said[800:]
    assert (again.transform(new) == model.transform(new)).all()
    for a, b in zip(again.place(new), model.place(new), strict=True):
        assert np.allclose(a, b)
    assert again.words() == model.words()
    assert again.names_ == model.names_
    assert freeze(again) == freeze(model)
    again.partial_fit(new)
    assert len(again.labels_) == len(said)
    with pytest.raises(FeedbackError, match="no texts"):
        again.to_bertopic()


def test_no_text_is_in_a_frozen_model(said: list[str]) -> None:
    body = freeze(TopicModel().fit(said))
    assert not any(json.dumps(t, ensure_ascii=False)[1:-1] in body for t in said if len(t.split()) > 3)


def test_a_damaged_model_or_one_of_other_weights_is_said(said: list[str]) -> None:
    body = json.loads(freeze(TopicModel(3).fit(said[:50])))
    with pytest.raises(FeedbackError, match="other weights"):
        thaw(json.dumps(body | {"weights": "0"}))
    for wrong in ("", "{}", "[]", "null"):
        with pytest.raises(FeedbackError, match="no frozen model"):
            thaw(wrong)


def test_words_nobody_is_kept_saying_are_forgotten(said: list[str]) -> None:
    model = TopicModel(steady=False).fit([*said[:300], "zyzzyva noise zyzzyva", "the zyzzyva at night"])
    assert "zyzzyva" in freeze(model)
    left = frozenset(w for t in said[:300] for w in t.lower().split())
    body = forget(freeze(model), left)
    assert "zyzzyva" not in body
    assert len(thaw(body).place(said[:5])[0]) == 5


def _round(name: str, lines: list[str]) -> Session:
    return Session(name, tuple(Turn(i, t, Speaker(f"P{i}")) for i, t in enumerate(lines)), audience="youth")


LINES = ["We cannot sleep, the trains are loud at night", "Nobody sleeps, noise all night", "My son cannot sleep at night"]
BUS = ["The bus is late again", "The bus never comes", "No bus stop near us"]


def _gaps(sessions: tuple[Session, ...]):
    corpus = Corpus(sessions)
    book = Codebook((Code("food", "Food", triggers={"en": ("pantry",)}),))
    return discover(corpus, codings=Codings((), corpus, book), unscreened="a test"), corpus


def test_what_no_code_covers_is_followed_after_a_restart() -> None:
    topics, corpus = _gaps(tuple(_round(f"A{i}", [*LINES, *BUS]) for i in range(3)))
    again = from_json(to_json(topics), corpus, model=thaw(freeze(topics.model)))
    assert again.sessions == ("A0", "A1", "A2")
    later = Corpus((_round("B0", ["No one can sleep here at night", "The bus was late", "quantum chromosome isotope"]),))
    now, then = (follow(t, later, unscreened="a test") for t in (again, topics))
    assert now.frame().equals(then.frame())
    assert now.drift == then.drift == pytest.approx(1 / 3, abs=0.01)
    joined = now.joined
    night = next(t for t in joined if "A0#0" in t.refs)
    assert "B0#0" in night.refs
    assert joined.sessions == ("A0", "A1", "A2", "B0")
    with pytest.raises(FeedbackError, match="no model"):
        follow(from_json(to_json(topics), corpus), later, unscreened="a test")


def test_halves_of_a_split_topic_are_followed_each() -> None:
    both = ["Nobody sleeps, noise all night", "My baby sleeps on a mattress"]
    topics, _ = _gaps(tuple(_round(f"A{i}", both) for i in range(3)))
    whole = max(topics, key=lambda t: len(t.refs))
    parts = topics.split(whole.id)
    later = Corpus((_round("B0", both),))
    now = follow(parts, later, unscreened="a test").topics
    home = {r: t.id for t in now for r in t.refs}
    assert home["B0#0"] != home["B0#1"]


def test_a_refit_keeps_numbers_names_and_decisions() -> None:
    first = tuple(_round(f"A{i}", [*LINES, *BUS, "mold on the wall and mold in bed"]) for i in range(3))
    topics, _ = _gaps(first)
    night, bus = (next(t.id for t in topics if ref in t.refs) for ref in ("A0#0", "A0#3"))
    mold = next(t.id for t in topics if "A0#6" in t.refs)
    decided = topics.rename(bus, "Getting around").accept(night, id="nights", by="LG").drop(mold, why="known already")
    more = [*BUS, "mold again and mold", "sharks bite", "sharks bite us"]
    after, _ = _gaps((*first, _round("A3", more), _round("A4", ["sharks bite"])))
    again = carry(decided, after)
    assert again[bus].label == "Getting around"
    assert (again[night].code.id, again[night].code.status, again[night].by) == ("nights", "accepted", "LG")
    assert set(decided[night].refs) <= set(again[night].refs)
    assert again.set_aside["A0#6"] == "known already"
    new = [t for t in again if any("A4" in r for r in t.refs)]
    assert [t.id > max(o.id for o in topics) for t in new] == [True]
    refs = [r for t in again for r in t.refs]
    assert len(refs) == len(set(refs))


def test_an_accepted_topic_that_a_refit_leaves_out_goes_on_placing() -> None:
    first = tuple(_round(f"A{i}", [*LINES, *BUS]) for i in range(3))
    topics, corpus = _gaps(first)
    night = next(t.id for t in topics if "A0#0" in t.refs)
    decided = topics.accept(night, id="nights", by="LG")
    book = Codebook((decided[night].code,))
    covered = Codings(tuple(decided.tag(corpus.segments())), corpus, book)
    after = discover(corpus, codings=covered, unscreened="a test")
    assert not any("A0#0" in t.refs for t in after)
    again = carry(decided, after)
    assert set(again[night].refs) == set(decided[night].refs)
    thawed = replace(again, model=thaw(freeze(again.model)))
    later = follow(thawed, Corpus((_round("B0", ["We do not sleep at night"]),)), unscreened="a test")
    assert later.topics[night].refs == ("B0#0",)


def _notes(folder: Path, name: str, lines: list[str]) -> str:
    note = folder / f"{name}.txt"
    note.write_text("\n".join(f"Youth: {x}" for x in lines) + "\n")
    return str(note)


def test_rounds_from_the_shell_each_in_its_own_call(tmp_path: Path) -> None:
    db = str(tmp_path / "plan.db")
    run = lambda *words: CliRunner().invoke(main, ["--project", db, *words])  # noqa: E731
    for n in (1, 2, 3):
        assert run("add", _notes(tmp_path, f"youth-0{n}", [*LINES, *BUS])).exit_code in (0, 1)
    assert run("codebook", "use", str(ROOT / "corpora" / "demo" / "codebook.yaml")).exit_code == 0
    assert run("discover", "--everything", "--topics", "2").exit_code == 0
    done = run("discover", "--follow")
    assert done.exit_code == 2
    assert "looked at every session" in done.output
    assert run("topics", "accept", "0", "--by", "LG", "--id", "first_topic").exit_code == 0
    assert run("add", _notes(tmp_path, "youth-04", [*LINES, *BUS])).exit_code in (0, 1)
    followed = run("discover", "--follow", "--round", "2026")
    assert followed.exit_code == 0, followed.output
    assert "drift" in followed.output
    rounds = json.loads(run("topics", "rounds", "--json").stdout)
    assert {r["round"] for r in rounds} == {"found in", "2026"}
    heard = {(r["topic"], r["round"]): (r["sessions"], r["of"]) for r in rounds}
    assert heard[(0, "found in")] == (3, 3)
    assert heard[(0, "2026")] == (1, 1)
    with feedback.Project(db) as project:
        new = [c for c in project.codings if c.code == "first_topic" and c.ref.startswith(project.corpus.values[-1].id)]
        assert new
        assert all(c.tagger.startswith("topics@") for c in new)
    again = run("discover", "--everything", "--topics", "2")
    assert again.exit_code == 0, again.output
    assert "A refit: 2 of 2 topics are the same" in again.output
    with feedback.Project(db) as project:
        assert project.topics[0].code.id == "first_topic"
    assert run("discover", "--round", "x").exit_code == 2


def test_a_withdrawn_session_takes_its_words_along(tmp_path: Path) -> None:
    db = tmp_path / "plan.db"
    with feedback.Project(db) as project:
        for n in (1, 2, 3):
            project.add(_notes(tmp_path, f"youth-0{n}", [*LINES, *BUS]))
        project.add(_notes(tmp_path, "youth-04", ["The saxophone is loud", "A saxophone at night", "saxophone noise"]))
        project.discover(everything=True)
        kept = [project._store.document(k)[1] for k in ("topic proposals", "topic model")]
        assert all("saxophone" in k for k in kept)
        gone = next(s.id for s in project.corpus if any("saxophone" in t.text for t in s.turns))
        project.withdraw(gone, why="asked for")
        kept = [project._store.document(k)[1] for k in ("topic proposals", "topic model")]
        assert not any("saxophone" in k for k in kept)
        assert gone not in project.topics.sessions
        assert project.topics.model is not None


def test_words_said(said: list[str]) -> None:
    corpus = Corpus((_round("A", said[:3]),))
    assert {w.lower() for w in said[0].split() if w.isalpha()} <= said_in(corpus)
