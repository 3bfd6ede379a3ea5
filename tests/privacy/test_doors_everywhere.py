"""Every command, and every value with a face, on a project that holds a line and a name: the words come out of none of them."""

# ruff: noqa: E501
from __future__ import annotations

import io
import os
import pickle
import zipfile
from collections.abc import Iterator
from pathlib import Path

import outputs
import pytest
from click.testing import CliRunner
from test_doors import BUS, DEMO, HEADER, HELD, MARKS, NAMED

from feedback.cli import main
from feedback.project import Project
from feedback.topics import picture

NIGHT = "P2: Nobody answers the phone at night when we need somebody.\nP4: The waiting list for a counselor is half a year long.\n"
ELSEWHERE = {  # tried by tests of their own, or nothing that a project says
    "serve", "demo", "restore", "purge", "archive add", "archive brief", "archive decide", "archive discover", "archive export",
    "archive groups", "archive screen", "archive tag", "archive themes", "archive withdraw",
}  # fmt: skip
RUNS: dict[str, list[str]] = {
    "add": ["add IN/LS-Y09.txt"], "backup": ["backup OUT/all.backup"], "brief": [f"brief -o OUT/{k}.{s} --kind {k}" for k, s in (("full", "html"), ("full", "docx"), ("full", "xlsx"), ("board", "md"), ("slides", "pptx"), ("report-back", "html"))] + ["brief -o OUT/evening.html --kind session --session LS-Y09", "brief -o OUT/de.docx --kind session --session LS-Y09 --language es"],
    "bring": [f"bring targets {DEMO / 'targets.csv'}"], "check": ["check transportation -o OUT/hour.csv", "check transportation"], "codebook check": ["codebook check --json"],
    "codebook show": ["codebook show"], "codebook use": [f"codebook use {DEMO / 'codebook.yaml'}"], "consent": ["consent LS-Y00 yes --by A --because asked"],
    "contacts set": ["contacts set IN/contacts.txt --by A"], "contacts show": ["contacts show"], "contrast": ["contrast youth family --json"], "crosswalk": ["crosswalk", "crosswalk --json"],
    "discover": ["discover --everything --topics 3 --json"], "export": ["export OUT/tables", "export OUT/all.qdpx", "export OUT/book.qdc"], "import": ["import IN/codes.csv --coder zz"],
    "learn": ["learn --json"], "log": ["log", "log --json"], "look": [f"look {x} --json" for x in outputs.LOOKS] + ["look matrix"],
    "needs join": ["needs join transportation trusted_adult --by A --why one"], "needs list": ["needs list --json"], "needs part": ["needs part transportation+trusted_adult --by A --why two"], "needs propose": ["needs propose"],
    "quote": ["quote LS-Y09#3 --context 9", "quote LS-Y09#1"], "retention": ["retention --originals 900 --by A"], "review": ["review --json", "review --next 50", "review --differ rules human:zz", "review"],
    "roster": ["roster IN/names.lst --by A"], "rounds compare": ["rounds compare 2025"], "rounds freeze": ["rounds freeze 2025"],
    "screen": ["screen", "screen --json", "screen --groups --json", "screen --certificate -o OUT/gate.json", "screen --certificate", "screen --allow-list --json"],
    "sheet": [f"sheet {x} -o OUT/{x}.xlsx" for x in outputs.SHEETS], "sign": ["sign LS-Y00#1 --by A --because read"], "tag": ["tag --with rules --json"], "take": ["take OUT/needs.xlsx"], "themes": ["themes", "themes --by month --json"],
    "thresholds": ["thresholds"], "topics": ["topics"], "topics accept": ["topics accept 0 --by A --id rides"], "topics drop": ["topics drop 0"], "topics list": ["topics list --json"], "topics merge": ["topics merge 0 1"],
    "topics rename": ["topics rename 0 waiting"], "topics rounds": ["topics rounds --json"], "topics show": ["topics show 0 --units 99"], "topics split": ["topics split 0"], "verify": ["verify OUT/full.html", "verify OUT/evening.html --json"],
}  # fmt: skip
FIRST = ("discover", "topics", "topics list", "topics show", "topics rounds", "brief", "rounds freeze", "sheet")  # in this order, then all others


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("everywhere")
    (made / "in").mkdir()
    for i in range(5):
        (made / "in" / f"LS-Y0{i}.txt").write_text(HEADER.format(f"LS-Y0{i}") + f"P1: {BUS}\n{NIGHT}", "utf-8")
    (made / "in" / "LS-Y09.txt").write_text(HEADER.format("LS-Y09") + f"P1: {HELD}.\nP2: {NAMED}.\nP3: {BUS}\n{NIGHT}", "utf-8")
    (made / "names.lst").write_text("Deshawn Quarterbrook\n", "utf-8")
    with Project(made / "plan.db", who="attacker") as project:
        project.add(*sorted((made / "in").glob("LS-*.txt")))
        project.use_roster(made / "names.lst", by="A")
        project.screen()
        project.use_codebook(DEMO / "codebook.yaml")
        project.tag(taggers=["rules"])
        project.crosswalk(DEMO / "plan.yaml")
        project.bring("targets", DEMO / "targets.csv")
    (made / "in" / "names.lst").write_text("Deshawn Quarterbrook\n", "utf-8")
    (made / "in" / "contacts.txt").write_text("Call the protocol line first.\n", "utf-8")
    (made / "in" / "codes.csv").write_text("ref,code\nLS-Y00#1,transportation\nLS-Y01#1,transportation\n", "utf-8")
    return made


def everything(raw: bytes) -> str:
    """Words of a file, with what is packed inside it."""
    said = raw.decode("utf-8", "replace")
    if raw[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            said += " ".join([*archive.namelist(), *(everything(archive.read(n)) for n in archive.namelist())])
    return said


def marks(said: str) -> list[str]:
    return [m for m in MARKS if m.lower() in said.lower()]


def runs() -> Iterator[tuple[str, str]]:
    for name in (*FIRST, *sorted(set(RUNS) - set(FIRST))):
        yield from ((name, line) for line in RUNS[name])


def test_every_command_is_tried() -> None:
    assert set(RUNS) | ELSEWHERE == set(outputs.COMMANDS)


def test_no_command_prints_or_writes_what_is_held(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_PASSPHRASE", "a passphrase for tests")
    out, printed, failed = folder / "out", 0, []
    out.mkdir()
    for name, line in runs():
        words = line.replace("OUT/", f"{out}{os.sep}").replace("IN/", f"{folder / 'in'}{os.sep}").split()
        done = CliRunner().invoke(main, ["--project", str(folder / "plan.db"), "--who", "attacker", *words])
        assert not marks(done.stdout + done.stderr), line
        assert "a fault of this program" not in done.stderr, (line, done.stderr)
        printed += len(done.stdout) > 0
        failed += [name] if done.exit_code == 2 else []
    files = [p for p in out.rglob("*") if p.is_file()]
    assert len(files) > 25
    for path in files:
        assert not marks(str(path.relative_to(out))), path
        assert not marks(everything(path.read_bytes())), path
    assert printed > 50
    assert set(failed) <= {"contrast", "learn", "rounds compare", "needs join", "needs part", "quote", "review", "topics accept", "topics split", "topics merge", "topics drop", "topics rename", "verify"}, failed


def test_values_with_a_face_say_nothing_of_it(folder: Path) -> None:
    with Project(folder / "plan.db", who="attacker") as project:
        needs, topics = project.crosswalk_or_none(), project.discover(everything=True, n_topics=3)
        values = [project.corpus, project.codings, project.themes(), needs, topics, project.review(), project.matrix, project.screen(), project.certificate(), project.log]
        said = "".join(map(repr, values)) + "".join(map(str, values)) + topics.frame().to_csv() + topics.units().to_csv() + repr(topics.history)
        said += "".join(repr(picture(topics, k).spec) for k in ("map", "audience", "time")) + repr(project.propose(99).to_dict("records"))
        own = (DEMO / "codebook.yaml").read_text("utf-8")  # its near-misses say some of it in their own right
        assert not [m for m in marks(said) if m not in own]
        assert not [m for m in MARKS if m not in own and m.encode() in b"".join(map(pickle.dumps, (project.corpus, project.codings, needs, topics)))]
        kept = "".join(repr(project._store.document(k)) for k in ("topic proposals", "topic model", "codebook", "plan", "matrix", "memos", "quotes", "releases"))
        assert not [m for m in marks(kept) if m not in own]
