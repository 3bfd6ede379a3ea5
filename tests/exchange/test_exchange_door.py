"""Export and import through Project and the shell: the gate, the loss reports, who said what."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feedback.cli import main
from feedback.codebook import Codebook, Coding
from feedback.exchange import Memo, read_qdpx, settle, write_qdpx
from feedback.project import Project

DEMO = Path(__file__).parents[2] / "corpora" / "demo"
NOTES = """LS-T1 | March 2025 | Youth | English | 8 participants | SPA 6 | quotes yes

Facilitator: What makes it hard to get help?
P1: It is three buses each way to the clinic.
P2: My cousin Deshawn Pruitt called 213-555-0176 and nobody came.
P3: same
P4: There is no safe house at night.
P5: He's hitting me and he's outside right now.
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "one.txt").write_text(NOTES, encoding="utf-8")
    made = Project(tmp_path / "plan.db", who="tester")
    made.add(tmp_path / "one.txt")
    made.use_codebook(DEMO / "codebook.yaml")
    made.tag()
    return made


def _run(tmp_path: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--project", str(tmp_path / "plan.db"), *words])


def _ref(project: Project, words: str) -> str:
    return next(f"LS-T1#{t.index}" for t in project.corpus["LS-T1"].turns if words in t.text)


def test_out_and_back_through_another_program(project: Project, tmp_path: Path) -> None:
    ref = _ref(project, "safe house")
    project.code(
        [Coding(ref, "crisis_safe_place", "human:ab", evidence=((12, 22),), category="need", why="clear case")]
    )
    paths = project.export(tmp_path / "out" / "study.qdpx")
    assert [p.name for p in paths] == ["study.qdpx", "LOSSES.md"]
    assert "study.qdpx: what this export leaves out" in paths[1].read_text(encoding="utf-8")
    with zipfile.ZipFile(paths[0]) as archive:
        everything = b"".join(archive.read(n) for n in archive.namelist())
    for words in (b"Pruitt", b"0176", b"hitting"):
        assert words not in everything
    other = Project(tmp_path / "other.db", who="tester")
    other.add(tmp_path / "one.txt")
    other.use_codebook(DEMO / "codebook.yaml")
    found = other.take_in(paths[0])
    assert found.left_out == ()
    assert [c for c in other.codings if c.tagger == "human:ab"] == [
        c for c in project.codings if c.tagger == "human:ab"
    ]
    assert {c.tagger for c in other.codings} == {"human:ab"}
    machines = sum(not c.tagger.startswith("human:") for c in project.codings)
    assert f"{machines} codings of taggers (rules, models). `feedback tag` makes them anew." in found.losses.lines
    project.export(tmp_path / "again.qdpx")
    assert (tmp_path / "again.qdpx").read_bytes() == paths[0].read_bytes()


def test_memos_come_in_through_the_gate_and_go_out_again(project: Project, tmp_path: Path) -> None:
    ref = _ref(project, "three buses")
    memos = [
        Memo("compare with the spring round", f"{ref}:6-17"), Memo("Deshawn Pruitt said this, 213-555-0176", ref),
        Memo("first impressions", None, "diary"),
    ]  # fmt: skip
    write_qdpx(project.codings, tmp_path / "in.qdpx", memos=memos)
    project.take_in(tmp_path / "in.qdpx")
    assert {m.text for m in project.memos} >= {"compare with the spring round", "first impressions"}
    assert "Pruitt" not in str(project.memos)
    before = project.memos
    project.take_in(tmp_path / "in.qdpx")
    assert project.memos == before
    paths = project.export(tmp_path / "out.qdpx")
    back = settle(read_qdpx(paths[0]), corpus=project.corpus, codebook=project.codebook)
    assert set(back.memos) == set(project.memos)
    project.withdraw("LS-T1", why="the group asked")
    assert [m.text for m in project.memos] == ["first impressions"]
    project.close()
    stored = b"".join(p.read_bytes() for p in tmp_path.glob("plan.db*"))
    assert b"spring round" not in stored


def test_a_codebook_goes_out_and_comes_back(project: Project, tmp_path: Path) -> None:
    project.export(tmp_path / "book.qdc")
    before = project.codebook
    losses = project.take_codebook(tmp_path / "book.qdc")
    assert losses.kept == (f"{len(before)} codes: 0 changed, 0 new (as proposed)",)
    assert project.codebook == Codebook(
        before.codes, before.groups, before.vocabularies, before.rules, before.name, before.version
    )
    empty = Project(tmp_path / "empty.db")
    empty.take_codebook(tmp_path / "book.qdc")
    assert empty.codebook.codes == before.codes


def test_the_shell_writes_reads_and_reports(project: Project, tmp_path: Path) -> None:
    project.close()
    for name, made in (("t", "t/codings.csv"), ("s.qdpx", "s.qdpx"), ("b.qdc", "b.qdc")):
        result = _run(tmp_path, "export", str(tmp_path / name))
        assert result.exit_code == 0, result.output
        assert (tmp_path / made).is_file()
        assert f"# {name}: what this export leaves out" in result.output
    report = (tmp_path / "LOSSES.md").read_text(encoding="utf-8")
    assert [line for line in report.splitlines() if line.startswith("# ")] == [
        "# b.qdc: what this export leaves out", "# s.qdpx: what this export leaves out",
    ]  # fmt: skip
    result = _run(tmp_path, "import", str(tmp_path / "s.qdpx"), "--coder", "cd")
    assert result.exit_code == 0, result.output
    assert "codings of taggers" in result.output
    assert "# s.qdpx: what this import leaves out" in (tmp_path / "LOSSES.md").read_text(encoding="utf-8")
    assert _run(tmp_path, "import", str(tmp_path / "b.qdc")).exit_code == 0
    assert _run(tmp_path, "import", str(tmp_path / "t" / "codings.csv"), "--coder", "cd").exit_code == 0
    assert _run(tmp_path, "import", str(tmp_path / "t" / "codings.csv")).exit_code == 2
    (tmp_path / "bad.qdpx").write_bytes(b"PK nothing")
    result = _run(tmp_path, "import", str(tmp_path / "bad.qdpx"))
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    highlights = tmp_path / "h.csv"
    highlights.write_text(
        "id,document,content,tag\n1,one.txt,three buses,transportation\n2,LS-T1,not said,transportation\n"
    )
    result = _run(tmp_path, "import", str(highlights), "--coder", "ef")
    assert result.exit_code == 1
    assert "1 codings kept" in result.output
    assert "not said" not in result.output
    events = json.loads(_run(tmp_path, "log", "--json").stdout)
    assert [e["verb"] for e in events].count("export") == 3
