"""Doors by which a held sentence or a name could get into an output: each is tried with words that must not come through."""

# ruff: noqa: E501
from __future__ import annotations

import contextlib
import pickle
from dataclasses import replace
from pathlib import Path

import pytest

import feedback
from feedback.codebook import Codebook, Coding, Codings
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import FeedbackError, LeakError, TableError
from feedback.project import Project

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "corpora" / "demo"
HELD = "He is hitting me and he took my passport, the man on Quenby Street"
NAMED = "My cousin Deshawn Quarterbrook told everybody about it"
MARKS = ("hitting me", "my passport", "Quenby", "Quarterbrook", "Deshawn")
HEADER = "{} | March 2025 | Youth | English | 12 participants | SPA 1 | quotes yes\n\nFacilitator: What makes it hard?\n"
BUS = "It takes three buses each way to get to the clinic and nobody waits for us."


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("doors")
    for i in range(4):
        (folder / f"LS-Y{i:02}.txt").write_text(HEADER.format(f"LS-Y{i:02}") + f"P1: {BUS}\nP2: Nobody answers at night.\n", "utf-8")
    (folder / "LS-Y09.txt").write_text(HEADER.format("LS-Y09") + f"P1: {HELD}.\nP2: {NAMED}.\nP3: {BUS}\n", "utf-8")
    made = Project(folder / "plan.db", who="attacker")
    made.add(*sorted(folder.glob("*.txt")))
    made.use_roster(_roster(folder), by="A")
    made.screen()
    made.use_codebook(DEMO / "codebook.yaml")
    made.tag(taggers=["rules"])
    made.crosswalk(DEMO / "plan.yaml")
    return made


def _roster(folder: Path) -> Path:
    path = folder / "names.lst"
    path.write_text("Deshawn Quarterbrook\n", "utf-8")
    return path


def _silent(caught: pytest.ExceptionInfo[FeedbackError]) -> None:
    assert not [m for m in MARKS if m in str(caught.value)]


@pytest.mark.parametrize("words", [NAMED, f"{HELD}."])
def test_titles_facts_targets_and_indicators(project: Project, tmp_path: Path, words: str) -> None:
    with pytest.raises(TableError) as caught:
        project.brief(tmp_path / "brief.md", title=words)
    _silent(caught)
    assert not (tmp_path / "brief.md").exists()
    rows = {
        "facts": f'key,value\ncontact,"{words}"\n', "targets": f'dimension,value,sessions,note\naudience,youth,3,"{words}"\n',
        "indicators": f'spa,what\n1,"{words}"\n',
    }  # fmt: skip
    for kind, text in rows.items():
        (tmp_path / f"{kind}.csv").write_text(text, "utf-8")
        with pytest.raises(TableError) as caught:
            project.bring(kind, tmp_path / f"{kind}.csv")
        _silent(caught)
    (tmp_path / "facts.csv").write_text("key,value\nnext_steps,The plan is written next.\ncontact,the prevention office\n", "utf-8")
    project.bring("facts", tmp_path / "facts.csv")


def test_what_the_demo_brings_comes_in(project: Project) -> None:
    project.bring("targets", DEMO / "targets.csv")
    assert project.targets is not None
    assert len(project.targets.values) > 10


def test_a_round_a_reason_and_a_persons_coding(project: Project) -> None:
    with pytest.raises(TableError) as caught:
        project.freeze(NAMED)
    _silent(caught)
    with pytest.raises(TableError) as caught:
        project.code([Coding("LS-Y00#1", "transportation", "human:ab", why=NAMED)])
    _silent(caught)
    with contextlib.suppress(LeakError):  # held, or kept with a placeholder
        project.note(NAMED, ref="LS-Y00#1", by="ab")
    assert not [m for m in MARKS if m in repr(project.memos)]


def test_plans_and_codebooks_hold_no_name_of_the_roster(project: Project, tmp_path: Path) -> None:
    for source, take in ((DEMO / "plan.yaml", project.crosswalk), (DEMO / "codebook.yaml", project.use_codebook)):
        text = source.read_text("utf-8")
        (tmp_path / source.name).write_text(f"# thanks to Deshawn Quarterbrook\n{text}", "utf-8")
        with pytest.raises(TableError) as caught:
            take(tmp_path / source.name)
        _silent(caught)


@pytest.mark.parametrize("kind", ["statements", "decisions", "quotes", "matrix"])
def test_sheets_that_come_back(project: Project, tmp_path: Path, kind: str) -> None:
    rows = {
        "statements": f'need,language,statement,by,on\ntransportation,en,"{NAMED}",AB,2026-01-01\n',
        "decisions": f'need,severity,feasibility,equity,priority,by,on,why\ntransportation,"{NAMED}",,,1,AB,2026-01-01,far\n',
        "quotes": f'need,ref,quote,decision,by,on,why,translation,translator\ntransportation,LS-Y00#1,"{HELD}",approved,AB,2026-01-01,,,\n',
        "matrix": f'session,[access]\nLS-Y00,"{NAMED}"\n',
    }  # fmt: skip
    (tmp_path / f"{kind}.csv").write_text(rows[kind], "utf-8")
    with pytest.raises(FeedbackError) as caught:
        project.take_sheet(tmp_path / f"{kind}.csv", by="AB")
    _silent(caught)


def test_a_second_upload_under_another_name_or_edited(project: Project, tmp_path: Path) -> None:
    for name, held in (("LS-Y20", f"{HELD}."), ("LS-Y21", f"well, {HELD.lower()} - really"), ("LS-Y22", HELD.upper())):
        (tmp_path / f"{name}.txt").write_text(HEADER.format(name) + f"P1: {held}\nP2: {NAMED.lower()} ok\nP3: {BUS}\n", "utf-8")
        project.add(tmp_path / f"{name}.txt")
        said = " ".join(t.text for t in project.corpus[name].turns).lower()
        assert not [m for m in MARKS if m.lower() in said], name
        project.withdraw(name, why="a test")


def test_values_in_python(project: Project) -> None:
    corpus = project.corpus
    assert not [m for m in MARKS if m.encode() in pickle.dumps(corpus)]
    assert not [m for m in MARKS if m in repr(project.screen())]
    book = Codebook.load(DEMO / "codebook.yaml")
    by_hand = Corpus((Session("X1", (Turn(0, HELD, Speaker("P1"), verbatim=True),), "2025-03", "youth", ("en",), 12),))
    for passed in (by_hand, replace(by_hand, screening="cert-0"), replace(by_hand, screening=corpus.screening)):
        with pytest.raises(LeakError) as caught:
            feedback.tag(passed, book)
        _silent(caught)
    first = corpus.values[0]
    edited = corpus.replace_sessions([replace(first, turns=(*first.turns, Turn(len(first.turns), HELD, Speaker("P9"))))])
    with pytest.raises(LeakError):
        feedback.summarize(Codings((), edited, book))
    held = next(t.index for t in corpus["LS-Y09"].turns if t.withheld)
    forged = Coding(f"LS-Y09#{held}", "transportation", "human:ab", evidence=((0, 10),))
    with pytest.raises(LeakError):
        project.code([forged])


def test_what_keeps_the_house_running_says_nothing(project: Project) -> None:
    kept = repr(project.log) + repr(project.certificate()) + repr(project.releases) + repr(project.allowed) + repr(project.memos)
    assert not [m for m in MARKS if m in kept]
    held = next(t.index for t in project.corpus["LS-Y09"].turns if t.withheld)
    with pytest.raises(LeakError) as caught:
        project.quote(f"LS-Y09#{held}")
    _silent(caught)
    assert not [m for m in MARKS if m in repr(project.quote("LS-Y00#1"))]
