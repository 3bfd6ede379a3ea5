"""Every table that can be saved, opened again: nothing that people said becomes a formula, whatever sign it begins with."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pytest
from web.conftest import DEMO

from feedback.project import Project

SIGNS = ("=", "+", "-", "@", "\t=", "＝", "＋", "－", "＠", "\r=")
EVIL = [f"{sign}cmd|' /C calc'!A0 buses are late" for sign in SIGNS]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("evil")
    for code in "ABC":
        with (folder / f"LS-{code}1.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["What makes it hard?"], *([e] for e in EVIL), ["=HYPERLINK(\"http://x\",\"bus\")"]])
    head = "file,session,month,audience,language,participants,quote_consent\n"
    rows = "".join(f"LS-{c}1.csv,LS-{c}1,2025-03,{a},en,14,yes\n" for c, a in zip("ABC", ("youth", "family", "family")))  # noqa: B905
    (folder / "sessions.csv").write_text(head + rows, encoding="utf-8")
    made = Project(folder / "plan.db", who="=evil()")
    made.add(folder)
    made.use_codebook(DEMO / "codebook.yaml")
    made.tag(taggers=["rules"])
    made.crosswalk(DEMO / "plan.yaml")
    return made


def cells_of_csv(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [cell for row in csv.reader(file) for cell in row]


def test_no_cell_of_a_csv_begins_with_a_sign(project, tmp_path: Path) -> None:
    assert any(t.text.startswith("=") for s in project.corpus for t in s.turns)
    project.export(tmp_path / "tables")
    project.sample("transportation", tmp_path / "hour.csv")
    seen = [c for p in [*tmp_path.glob("tables/*.csv"), tmp_path / "hour.csv"] for c in cells_of_csv(p)]
    assert sum("calc" in c for c in seen) > 10

    def number(text: str) -> bool:
        try:
            float(text)
        except ValueError:
            return False
        return True

    assert [c for c in seen if c.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")) and not number(c)] == []


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(project, tmp_path: Path) -> None:
    project.brief(tmp_path / "brief.xlsx", title="=1+1")
    for kind in ("statements", "decisions", "quotes", "answers", "matrix"):
        project.sheet(kind, tmp_path / f"{kind}.xlsx")
    held = 0
    for path in sorted(tmp_path.glob("*.xlsx")):
        with zipfile.ZipFile(path) as book:
            sheets = [n for n in book.namelist() if n.startswith("xl/worksheets/sheet")]
            assert sheets
            for name in sheets:
                body = book.read(name)
                assert b"<f>" not in body
                assert b"<f " not in body
                assert b"<hyperlink" not in body
            assert not [n for n in book.namelist() if "externalLink" in n or n.endswith(".bin")]
            held += sum(book.read(n).count(b"calc") for n in book.namelist() if n.endswith(".xml"))
    assert held
