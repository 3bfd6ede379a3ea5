"""Project: the same verbs, kept; the gate stands in it; a person's codings stay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback.codebook import Coding
from feedback.errors import FeedbackError, LeakError, RefError
from feedback.project import Project

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "corpora" / "demo"
HEADER = "LS-T1 | March 2025 | Youth | English | 8 participants | SPA 6 | quotes yes\n\n"


@pytest.fixture
def project(tmp_path: Path, place: str) -> Iterator[Project]:
    (tmp_path / "one.txt").write_text(
        HEADER + "Facilitator: What makes it hard to get help?\nP1: It is three buses each way to the clinic.\n"
        "P2: My cousin Deshawn Pruitt called 213-555-0176 and nobody came.\nP3: same\nP4: There is no safe house at night.\n",
        encoding="utf-8",
    )
    made = Project(place, who="tester")
    made.add(tmp_path / "one.txt")
    made.use_codebook(DEMO / "codebook.yaml")
    yield made
    made.close()


def test_what_comes_out_was_screened(project: Project) -> None:
    words = " ".join(t.text for t in project.corpus["LS-T1"].turns)
    assert "Pruitt" not in words
    assert "0176" not in words
    assert "three buses" in words


def test_tagging_sees_only_what_passed(project: Project) -> None:
    codings = project.tag()
    assert any(c.code == "transportation" for c in codings)
    account = codings.account()
    parts = ("coded", "uncoded", "process", "others", "withheld")
    assert account["units"] == sum(account[p] for p in parts) == len(project.corpus["LS-T1"].turns)


def test_a_persons_coding_survives_every_run(project: Project) -> None:
    project.tag()
    ref = next(c.ref for c in project.codings if c.code == "transportation")
    mine = Coding(ref, "school_stability", "human:ab", category="barrier")
    project.code([mine])
    project.tag()
    project.tag()
    kept = [c for c in project.codings if c.tagger == "human:ab"]
    assert kept == [mine]
    assert len({(c.ref, c.code, c.tagger) for c in project.codings}) == len(project.codings)


def test_codings_that_fit_nowhere_are_refused_by_address(project: Project) -> None:
    with pytest.raises(RefError, match="LS-T1"):
        project.code([Coding("LS-T1#99", "transportation", "human:ab")])
    with pytest.raises(FeedbackError, match="no code"):
        project.code([Coding("LS-T1#2", "nonsense", "human:ab")])
    with pytest.raises(FeedbackError, match="human:initials"):
        project.code([Coding("LS-T1#2", "transportation", "rules@1")])


def test_a_corrected_file_takes_the_place_of_the_old(project: Project, tmp_path: Path) -> None:
    project.tag()
    (tmp_path / "one.txt").write_text(
        HEADER + "Facilitator: What helps?\nP1: The library.\nP2: My coach.\n", encoding="utf-8"
    )
    project.add(tmp_path / "one.txt")
    assert len(project.corpus) == 1
    assert len(project.codings) == 0
    assert "buses" not in " ".join(t.text for t in project.corpus["LS-T1"].turns)


def test_decisions_need_a_name_and_a_reason(project: Project) -> None:
    with pytest.raises(FeedbackError, match="name"):
        project.decide("x", "harmless", by="", why="because")


def test_a_quote_is_shown_in_its_place(project: Project) -> None:
    ref = next(f"LS-T1#{t.index}" for t in project.corpus["LS-T1"].turns if "buses" in t.text)
    shown = project.quote(ref)
    assert [r for r, _, _, here in shown if here] == [ref]
    with pytest.raises(RefError):
        project.quote("LS-T1#999")


def test_nothing_to_do_says_so(tmp_path: Path) -> None:
    empty = Project(tmp_path / "empty.db")
    with pytest.raises(FeedbackError, match="codebook"):
        empty.tag()
    empty.use_codebook(DEMO / "codebook.yaml")
    with pytest.raises(FeedbackError, match="nothing in this project"):
        empty.tag()


def test_export_and_import_come_round(project: Project, tmp_path: Path) -> None:
    project.tag()
    paths = project.export(tmp_path / "tables")
    names = {p.name for p in paths}
    assert {"units.csv", "codings.csv", "themes.csv", "LOSSES.md"} <= names
    assert "Pruitt" not in "".join(p.read_text(encoding="utf-8") for p in paths)
    count, left_out = project.import_codings(tmp_path / "tables" / "codings.csv", coder="cd")
    assert count > 0
    assert left_out == ()
    bad = tmp_path / "bad.csv"
    bad.write_text("ref,code\nLS-T1#2,nonsense\n,transportation\nLS-X#1,transportation\n", encoding="utf-8")
    count, left_out = project.import_codings(bad, coder="cd")
    assert count == 0
    assert len(left_out) == 3


@pytest.mark.only_sqlite
def test_withdrawing_leaves_no_words(project: Project) -> None:
    project.withdraw("LS-T1", why="the group asked")
    assert len(project.corpus) == 0
    raw = Path(project._store.url.removeprefix("sqlite:///"))
    project.close()
    stored = b"".join(p.read_bytes() for p in raw.parent.glob("plan.db*"))
    assert b"each way to the clinic" not in stored


def test_held_units_cannot_be_quoted_or_coded(tmp_path: Path, place: str) -> None:
    (tmp_path / "two.txt").write_text(
        HEADER + "Facilitator: What should we know?\nP1: He's hitting me and he's outside right now.\nP2: ok\n",
        encoding="utf-8",
    )
    project = Project(place)
    project.add(tmp_path / "two.txt")
    project.use_codebook(DEMO / "codebook.yaml")
    held = [t for t in project.corpus["LS-T1"].turns if t.withheld]
    assert len(held) == 1
    assert held[0].text == ""
    ref = f"LS-T1#{held[0].index}"
    with pytest.raises(LeakError, match=ref):
        project.quote(ref)
    with pytest.raises(LeakError, match=ref):
        project.code([Coding(ref, "family_violence", "human:ab")])
    project.close()
