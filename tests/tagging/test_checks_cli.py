"""tag --with, review and check from the shell: narrowing taggers, uncoded first, blind checks kept on the theme."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feedback.cli import main
from feedback.codebook import Code, Codebook
from feedback.corpus import Corpus, Session, Turn
from feedback.errors import FeedbackError
from feedback.tagging import tag

BOOK = """
codes:
- id: rides
  name: Getting there
  definition: Ability to reach services.
  triggers: {en: ["bus pass*", "no bus"]}
"""
NOTES = """Youth listening session LS-Y20
June 2025

Facilitator: What gets in the way?
P1: There is no bus after nine.
P2: I need a bus pass to get to my job.
P3: The door was locked again.
P1: They ask for a paper we do not have.
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "book.yaml").write_text(BOOK, encoding="utf-8")
    (tmp_path / "LS-Y20.txt").write_text(NOTES, encoding="utf-8")
    assert run(tmp_path, "add", str(tmp_path / "LS-Y20.txt")).exit_code == 0
    assert run(tmp_path, "codebook", "use", str(tmp_path / "book.yaml")).exit_code == 0
    return tmp_path


def run(folder: Path, *args: str) -> Result:
    return CliRunner().invoke(main, ["--project", str(folder / "plan.db"), *args])


def test_with_narrows_the_taggers(project: Path) -> None:
    made = json.loads(run(project, "tag", "--with", "rules", "--json").stdout)
    assert {row["tagger"].split("@")[0] for row in made} == {"rules"}
    assert len(made) == 2


def test_a_local_model_needs_a_name_and_stays_on_this_machine(project: Path) -> None:
    nameless = run(project, "tag", "--with", "local")
    assert (nameless.exit_code, "--local-model" in nameless.stderr) == (2, True)
    away = run(project, "tag", "--with", "local", "--local-model", "m", "--address", "http://192.0.2.1/v1")
    assert (away.exit_code, "not on this machine" in away.stderr) == (2, True)


def test_review_names_what_nobody_coded_before_anything_else(project: Path) -> None:
    run(project, "tag", "--with", "rules")
    said = run(project, "review").stdout
    assert said.splitlines()[0].startswith("2 units carry no code: look there first.")
    assert "uncoded: LS-Y20#" in said.splitlines()[1]


def test_review_proposes_what_to_code_next(project: Path) -> None:
    run(project, "tag", "--with", "rules")
    rows = json.loads(run(project, "review", "--next", "2", "--json").stdout)
    assert len(rows) == 2
    assert all("nothing coded it" in row["why"] for row in rows)


def test_a_blind_check_is_drawn_judged_and_stamped(project: Path) -> None:
    run(project, "tag", "--with", "rules")
    sheet = project / "rides.csv"
    never = run(project, "check", "rides")
    assert "never checked blind" in never.stdout
    drawn = run(project, "check", "rides", "-o", str(sheet))
    assert "4 units" in drawn.stdout
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert set(rows[0]) == {"ref", "prompt", "text", "answer"}  # nothing gives away what was predicted
    for row in rows:
        row["answer"] = "yes" if "bus" in row["text"] else "no"
    write(sheet, rows)
    judged = run(project, "check", "rides", "--answers", str(sheet), "--by", "AB")
    assert judged.stdout.startswith("rides: precision 1.00 (1.00 to 1.00), recall 1.00")
    assert run(project, "check", "rides").stdout.rstrip().endswith("by AB")
    themes = run(project, "themes").stdout
    assert "Checked blind: rides: precision 1.00" in themes.replace("\n", " ")


def test_an_answer_that_is_none_names_its_line_and_keeps_nothing(project: Path) -> None:
    run(project, "tag", "--with", "rules")
    sheet = project / "rides.csv"
    run(project, "check", "rides", "-o", str(sheet))
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[1]["answer"] = "maybe"
    write(sheet, rows)
    said = run(project, "check", "rides", "--answers", str(sheet))
    assert (said.exit_code, "rides.csv, line 3: the answer is neither yes nor no" in said.stderr) == (2, True)
    assert "never checked blind" in run(project, "check", "rides").stdout


def write(sheet: Path, rows: list[dict[str, str]]) -> None:
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_taggers_of_tag_are_named_and_known() -> None:
    corpus = Corpus((Session("S1", (Turn(0, "We need bus passes."),)),))
    book = Codebook((Code("rides", "Getting there", definition="Reaching services.", triggers={"en": ("bus pass*",)}),))
    made = tag(corpus, book, taggers=["rules"], unscreened="a test")
    assert {c.tagger.split("@")[0] for c in made} == {"rules"}
    for wrong in (["rule"], [], "models"):
        with pytest.raises(FeedbackError, match="taggers="):
            tag(corpus, book, taggers=wrong, unscreened="a test")
