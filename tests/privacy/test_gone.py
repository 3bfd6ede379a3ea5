"""What is withdrawn, corrected or held later is gone: no byte of the project's files holds it, nothing signed for it stands."""

# ruff: noqa: E501
from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedback.codebook import Coding
from feedback.project import Project
from feedback.store import Jobs

DEMO = Path(__file__).parents[2] / "corpora" / "demo"
HEADER = "{} | March 2025 | Youth | English | 12 participants | SPA 1 | quotes yes\n\nFacilitator: What makes it hard?\n"
SAID = "Every winter the trombone lessons with an umbrella orchestra cost more than our groceries."
AGAIN = "We wait for the bus to the clinic because every winter the trombone lessons with an umbrella orchestra cost more than our groceries."
WORDS = ("trombone", "umbrella", "orchestra", "groceries", "wolfenbarger", "zenaida")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    there = tmp_path / "in"
    there.mkdir()
    for i in range(5):
        (there / f"LS-Y{i}.txt").write_text(
            HEADER.format(f"LS-Y{i}") + f"P1: It takes three buses each way to the clinic.\nP2: rent is too high for a family of {i + 3} and the landlord never fixes anything\n", "utf-8"
        )
    (there / "LS-X9.txt").write_text(HEADER.format("LS-X9") + f"P1: {SAID}\nP2: {AGAIN}\nP3: my aunt Zenaida Wolfenbarger drove the trombone there\n", "utf-8")
    made = Project(tmp_path / "plan.db", who="tester")
    made.add(there)
    made.use_codebook(DEMO / "codebook.yaml")
    made.tag(taggers=["rules"])
    made.crosswalk(DEMO / "plan.yaml")
    return made


def _left(folder: Path) -> dict[str, list[str]]:
    found = {p.name: [w for w in WORDS if w.encode() in p.read_bytes().lower()] for p in folder.iterdir() if p.is_file()}
    return {name: words for name, words in found.items() if words}


def test_no_byte_of_a_withdrawn_session_is_left_in_any_file_of_the_project(project: Project, tmp_path: Path) -> None:
    topics = project.discover(n_topics=3, everything=True)
    mine = next(t for t in topics if "LS-X9#2" in t.refs)
    project.accept_topic(mine.id, by="A", id="music", name="Music and cost")
    assert "umbrella" in (project._store.document("codebook") or ("", ""))[1]  # the example that the topic brought
    project.note("prices belong here", ref="LS-X9#2", by="ab")
    project.code([Coding("LS-X9#2", "transportation", "human:ab", evidence=((0, 20),), why="prices")])
    project.sign_quote("LS-X9#2", by="A. One", why="read")
    project._keep("quotes", [{"ref": "LS-X9#2", "need": "transportation", "decision": "approved", "by": "A", "on": "2026-01-01", "translation": "las lecciones de trombone", "translator": "B"}])
    project._keep("matrix", [{"session": "LS-X9", "domain": "access", "lines": [f"{SAID} ⟨LS-X9#2⟩"], "by": "A"}])
    project._store.put_document("topic steps", "steps.json", json.dumps([{"topics": SAID}]))
    jobs = Jobs(project._store)
    job = jobs.ask("brief", who="A")
    claimed = jobs.claim(stale=60)
    assert claimed is not None
    assert claimed.id == job.id
    assert jobs.end(claimed, "done", made=b"<p>trombone</p>")
    assert _left(tmp_path)
    project.withdraw("LS-X9", why="the group asked for it")
    assert not [c for c in project.codebook if "trombone" in repr(c)]
    assert "LS-X9#2" not in project.signed()
    project.close()
    assert _left(tmp_path) == {}
    assert _left(tmp_path / "in") == {"LS-X9.txt": list(WORDS)}  # the document itself is the owner's: `feedback purge --file`


def test_what_was_signed_for_other_words_is_signed_no_longer(project: Project, tmp_path: Path) -> None:
    project.sign_quote("LS-X9#2", by="A. One", why="read")
    project.sign_quote("LS-X9#3", by="A. One", why="read")
    project.note("prices belong here", ref="LS-X9#2", by="ab")
    (tmp_path / "LS-X9.txt").write_text(HEADER.format("LS-X9") + f"P1: Nobody answers at night.\nP2: {AGAIN}\n", "utf-8")
    project.add(tmp_path / "LS-X9.txt")
    assert set(project.signed()) == {"LS-X9#3"}  # its words are the same
    assert project.memos == ()


def test_a_line_that_is_held_later_leaves_what_was_made_of_it(project: Project) -> None:
    topics = project.discover(n_topics=3, everything=True)
    mine = next(t for t in topics if "LS-X9#2" in t.refs)
    project.accept_topic(mine.id, by="A", id="music", name="Music and cost")
    project.sign_quote("LS-X9#2", by="A. One", why="read")
    names = project._store.beside(".names")
    assert names is not None
    names.write_text("Orchestra Umbrella\n", "utf-8")
    project.use_roster(names, by="A")
    project.screen()
    assert {t.withheld for t in project.corpus["LS-X9"].turns[2:4]} == {"blocked: resembles a name on the roster"}
    assert "umbrella" not in (project._store.document("codebook") or ("", ""))[1]
    assert project.signed() == {}


def test_an_original_deleted_leaves_no_byte_of_a_name_or_of_who_spoke(project: Project, tmp_path: Path) -> None:
    row = {"session": "LS-J1", "speaker": "P1", "text": "It takes three buses each way.", "audience": "friends of Zenaida Wolfenbarger"}
    (tmp_path / "in" / "LS-J1.json").write_text(json.dumps({"session": "LS-J1", "month": "2025-03", "turns": [row, {**row, "audience": "youth", "text": "Nobody answers."}]}), "utf-8")
    project.add(tmp_path / "in" / "LS-J1.json")
    assert "olfenbarger" not in project.corpus.frame().to_csv() + repr(project.corpus)
    for session in ("LS-X9", "LS-J1"):
        project.forget_original(session, by="A. Keeper", why="done", file=tmp_path / "in" / f"{session}.{'txt' if session == 'LS-X9' else 'json'}")
    assert [t.audience for t in project._store.corpus(cleared=False)["LS-J1"].turns] == [t.audience for t in project.corpus["LS-J1"].turns]
    project.close()
    for path in (*tmp_path.iterdir(), *(tmp_path / "in").iterdir()):
        assert not path.is_file() or b"olfenbarger" not in path.read_bytes(), path.name
