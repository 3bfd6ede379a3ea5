from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import feedback
from feedback.errors import FeedbackError
from feedback.topics import discover, follow, from_json, to_json, trace

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A project with the gold's codebook, its sessions by their decisions cleared, tagged and searched for topics."""
    from feedback.corpus import Corpus, Session, Turn

    said = [json.loads(x) for x in (ROOT / "corpora" / "gold" / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    sessions: dict[str, list[Turn]] = {}
    for row in said:
        turns = sessions.setdefault(str(row.get("session", "S1")), [])
        turns.append(Turn(len(turns), row["text"]))
    return Corpus(tuple(Session(k, tuple(v)) for k, v in sessions.items()))


def test_text_and_back(made) -> None:
    topics = discover(made, unscreened="a test").rename(0, "Nights")
    topics = topics.accept(1, id="one_more", by="LG").drop(2, why="talk")
    again = from_json(to_json(topics), made)
    assert again.values == topics.values
    assert again.history == topics.history
    assert again.set_aside == topics.set_aside
    assert again.name == topics.name
    assert [c.ref for c in again.codings()] == [c.ref for c in topics.codings()]


def test_gone_units_take_their_examples_with_them(made) -> None:
    from feedback.corpus import Corpus

    topics = discover(made, unscreened="a test")
    fewer = Corpus(made.values[:1])
    again = from_json(to_json(topics), fewer)
    live = {s.text for s in fewer.segments()}
    assert again.values
    assert all(fewer.resolve(r) for t in again for r in t.refs)
    assert all(x in live for t in again for said in t.code.examples.values() for x in said)


def test_rounds_on_a_frozen_model(made) -> None:
    from feedback.corpus import Corpus, Session, Turn

    topics = discover(made, unscreened="a test")
    same = follow(topics, made, unscreened="a test")
    assert [t.id for t in same.topics] == [t.id for t in topics]
    home = {r: t.id for t in topics for r in t.refs}
    again = {r: t.id for t in same.topics for r in t.refs}
    assert sum(again[r] == home[r] for r in again) >= 0.9 * len(again)
    assert same.drift <= 0.1
    strange = Corpus((Session("R2", tuple(Turn(i, f"quantum ledger {w} chromosome isotope") for i, w in enumerate("abcdefgh"))),))
    other = follow(topics, strange, unscreened="a test")
    assert other.drift > same.drift
    assert other.refit_advised
    frame = other.frame()
    assert list(frame["topic"]) == [t.id for t in topics]
    assert frame["units_now"].sum() + len(other.topics.set_aside) == 8
    with pytest.raises(FeedbackError, match="no model"):
        follow(from_json(to_json(topics), made), made, unscreened="a test")


def test_a_guide_is_a_topic_of_its_name(texts: list[str]) -> None:
    from feedback.topics import TopicModel

    model = TopicModel(guides={"Getting around": ["the bus was late", "no bus stop near us"], "Space travel": ["rocket orbit"]})
    model.fit(texts)
    named = [t for t, n in model.guided_.items() if n == "Getting around"]
    assert len(named) == 1
    assert model.names_[named[0]] == "Getting around"
    bus = [i for i, t in enumerate(texts) if "bus" in t.split()]
    assert bus
    assert sum(model.labels_[i] == named[0] for i in bus) >= 0.75 * len(bus)
    assert set(model.labels_.tolist()) == set(range(model.n_topics_))


def test_splits_and_merges_are_said(made) -> None:
    topics = discover(made, unscreened="a test")
    big = max(topics, key=lambda t: len(t.refs))
    verdicts = trace(topics, topics.split(big.id))
    assert set(verdicts.loc[verdicts["before"] == big.id, "verdict"]) <= {"split", "same", "moved"}
    joined = trace(topics, topics.merge([topics.values[0].id, topics.values[1].id]))
    assert "merged" in set(joined["verdict"]) | {"same"}


def test_shell_from_proposal_to_coding(tmp_path: Path) -> None:
    from feedback.cli import main

    db = str(tmp_path / "plan.db")
    run = lambda *words: CliRunner().invoke(main, ["--project", db, *words])  # noqa: E731
    lines = ["We cannot sleep, the trains are loud at night.", "Nobody sleeps, noise all night.", "My son cannot sleep at night."]
    for n in (1, 2, 3):
        note = tmp_path / f"youth-0{n}.txt"
        note.write_text("\n".join(f"Youth: {x}" for x in [*lines, "The bus is late again.", "The bus never comes."]) + "\n")
        assert run("add", str(note)).exit_code in (0, 1)
    assert run("topics").exit_code == 2  # nothing proposed yet
    book = tmp_path / "codebook.yaml"
    book.write_text((ROOT / "corpora" / "demo" / "codebook.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    assert run("codebook", "use", str(book)).exit_code == 0
    found = run("discover", "--everything", "--json")
    assert found.exit_code == 0, found.output
    listed = run("topics", "list", "--json")
    assert listed.exit_code == 0, listed.output
    rows = json.loads(listed.stdout)
    assert rows
    assert run("topics", "rename", "0", "Nights").exit_code == 0
    shown = run("topics", "show", "0")
    assert "Nights" in shown.output
    done = run("topics", "accept", "0", "--by", "LG", "--id", "noise_at_night")
    assert done.exit_code == 0, done.output
    with feedback.Project(db) as project:
        assert "noise_at_night" in project.codebook
        laid = [c for c in project.codings if c.code == "noise_at_night"]
        assert len(laid) >= 2
        assert {c.tagger.split("@")[0] for c in laid} >= {"topics"}
    assert run("topics", "accept", "99", "--by", "LG").exit_code == 2
