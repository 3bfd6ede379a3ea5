"""The shell as a stranger meets it: exit statuses, one line a problem, no traceback, no words of participants."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feedback.cli import main

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "corpora" / "demo"
NOTES = DEMO / "LS-Y01_notes.docx"


def run(*args: str | Path, project: Path) -> Result:
    return CliRunner().invoke(main, ["--project", str(project), *(str(a) for a in args)])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    project = folder / "plan.db"
    assert run("add", DEMO, project=project).exit_code in (0, 1)  # 1: some words are to be decided
    assert run("codebook", "use", DEMO / "codebook.yaml", project=project).exit_code == 0
    assert run("tag", project=project).exit_code == 0
    assert run("crosswalk", DEMO / "plan.yaml", project=project).exit_code == 0
    return project


def test_add_says_what_was_read(tmp_path: Path) -> None:
    done = run("add", NOTES, project=tmp_path / "plan.db")
    assert done.exit_code == 0, done.output
    assert done.stdout.lstrip().startswith("LS-Y01: ")
    assert "questions" in done.output


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("empty.txt", b"", "empty"),
        ("broken.docx", b"PK\x03\x04" + b"\x00" * 40, "broken.docx"),
        ("picture.heic", b"\x00\x01\x02", "picture.heic"),
        ("sign-in.csv", b"Name,Phone,Signature\nA,1,x\nB,2,y\n", "sign-in.csv"),
    ],
)
def test_a_bad_file_is_one_line_and_status_2(tmp_path: Path, name: str, content: bytes, word: str) -> None:
    (tmp_path / name).write_bytes(content)
    done = run("add", tmp_path / name, project=tmp_path / "plan.db")
    assert done.exit_code == 2
    assert word in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.output


def test_a_bad_file_in_a_folder_leaves_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "good.docx").write_bytes(NOTES.read_bytes())
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing")
    done = run("add", folder, project=tmp_path / "plan.db")
    assert done.exit_code == 1
    assert "LS-Y01" in done.output
    assert "broken.pdf" in done.stderr


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    done = run("add", tmp_path / "nowhere.docx", project=tmp_path / "plan.db")
    assert done.exit_code == 2
    assert "nowhere.docx" in done.stderr
    assert run("tag", project=tmp_path / "plan.db").exit_code == 2
    assert "codebook" in run("tag", project=tmp_path / "plan.db").stderr
    assert run("brief", "-o", tmp_path / "b.html", project=tmp_path / "plan.db").exit_code == 2


def test_a_codebook_with_mistakes_lists_them_by_line(tmp_path: Path) -> None:
    path = tmp_path / "codebook.yaml"
    path.write_text("codes:\n- id: a\n  name: A\n  sensitivity: secret\n- id: a\n  name: B\n  colour: red\n", encoding="utf-8")
    done = run("codebook", "use", path, project=tmp_path / "plan.db")
    assert done.exit_code == 2
    assert len(done.stderr.strip().splitlines()) == 3
    assert "line 5" in done.stderr


def test_codebook_check_runs_its_own_examples() -> None:
    done = run("codebook", "check", DEMO / "codebook.yaml", "--json", project=Path("unused.db"))
    assert done.exit_code == 0, done.output[-500:]
    rows = json.loads(done.stdout)
    assert len(rows) > 100


@pytest.mark.parametrize("command", ["themes", "crosswalk", "review", "log"])
def test_tables_print_and_as_json(made: Path, command: str) -> None:
    shown = run(command, project=made)
    assert shown.exit_code == 0, shown.output
    rows = json.loads(run(command, "--json", project=made).stdout)
    assert isinstance(rows, list)
    assert rows


def test_brief_and_verify(made: Path, tmp_path: Path) -> None:
    out = tmp_path / "brief.html"
    assert run("brief", "-o", out, project=made).exit_code == 0
    assert run("verify", out, project=made).exit_code == 0
    raw = out.read_bytes()
    out.write_bytes(raw.replace(b"listening sessions", b"listening Sessions", 1))
    done = run("verify", out, project=made)
    assert done.exit_code == 1
    assert "changed" in done.output
    assert run("verify", NOTES, project=made).exit_code in (1, 2)
    assert run("brief", "-o", tmp_path / "brief.rtf", project=made).exit_code == 2
    assert not (tmp_path / "brief.rtf").exists()


def test_quote_shows_its_place(made: Path) -> None:
    done = run("quote", "LS-Y05#17", project=made)
    assert done.exit_code == 0
    assert sum(line.startswith(">") for line in done.output.splitlines()) == 1
    assert run("quote", "LS-Y05#9999", project=made).exit_code == 2
    assert run("quote", "nonsense", project=made).exit_code == 2


def test_contrast_names_the_groups_it_has(made: Path) -> None:
    assert run("contrast", "youth", "family", project=made).exit_code == 0
    done = run("contrast", "youth", "martians", project=made)
    assert done.exit_code == 2
    assert "family" in done.stderr


def test_a_file_that_is_no_project_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "plan.db"
    path.write_bytes(b"something of somebody's")
    done = run("tag", project=path)
    assert done.exit_code == 2
    assert path.read_bytes() == b"something of somebody's"
