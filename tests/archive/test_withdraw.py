"""A session that is withdrawn from an archive is gone from every file of it, and the others are as if it had never been there."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

import feedback
from feedback.archive import Archive, _inputs
from feedback.errors import FeedbackError, LeakError, StoreError
from feedback.project import Project

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "corpora" / "demo"
FILES = ("LS-F01_notas.docx", "LS-F03_teams.vtt", "LS-F07_sesion.csv", "LS-Y03_sticky_wall.xlsx")


def table(path: Path, *, secret: str = "zanzibarine", sessions: int = 8) -> Path:
    rows = []
    for s in range(sessions):
        for i in range(12):
            word = f" {secret} {secret}" if s == 3 else ""
            row = {"session": f"LS-{s:02d}", "speaker": f"P{i % 3}", "audience": "youth"}
            text = f"we need bus passes, the {s} bus never comes{word} number {i} for Marisol Quintanilla"
            rows.append(json.dumps(row | {"text": text}))
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def everything(folder: Path) -> str:
    """All that an archive's files hold, unpacked."""
    out = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        body = path.read_bytes()
        if body[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(body)) as packed:
                out += [packed.read(name) for name in packed.namelist()]
        else:
            out.append(zlib.decompress(body) if path.name.endswith((".found", ".findings")) else body)
    return b"\n".join(out).decode("utf-8", "replace")


def test_its_words_are_in_no_file_and_the_rest_stands(small, book, tmp_path):
    with Archive(tmp_path / "a", workers=1) as kept:
        kept.add(table(tmp_path / "x.jsonl"))
        kept.screen(context=False)
        kept.tag(book, taggers=["rules"])
        kept.embed()
        kept.discover(n_topics=2)
        assert "zanzibarine" in everything(tmp_path / "a")
        before = {s.id: s.turns for s in kept.corpus() if s.id != "LS-03"}
        before = {k: tuple(v) for k, v in before.items()}
        codings = [c for c in kept.codings() if not c.ref.startswith("LS-03#")]
        vectors = {r: v for refs, rows in kept.vectors() for r, v in zip(refs, rows, strict=True)}
        places = {r: (t, f) for refs, topics, fits in kept.places() for r, t, f in zip(refs, topics, fits, strict=True)}
        groups = {g.id: g.count for g in kept.groups()}
        receipt = kept.withdraw("LS-03", by="A. Officer", why="consent withdrawn")
        assert (receipt["session"], receipt["units"], receipt["file"]) == ("LS-03", 12, False)
        assert "zanzibarine" not in everything(tmp_path / "a")
        assert "LS-03" not in everything(tmp_path / "a")
        assert {s.id: tuple(s.turns) for s in kept.corpus()} == before
        assert list(kept.codings()) == codings
        left = {r: v for refs, rows in kept.vectors() for r, v in zip(refs, rows, strict=True)}
        assert left.keys() == {r for r in vectors if not r.startswith("LS-03#")}
        assert all(np.array_equal(left[r], vectors[r]) for r in left)
        now = {r: (t, f) for refs, topics, fits in kept.places() for r, t, f in zip(refs, topics, fits, strict=True)}
        assert now == {r: p for r, p in places.items() if not r.startswith("LS-03#")}
        assert sum(kept.topics_frame()["units"]) == len(now)
        others = {k: n - 12 for k, n in groups.items() if n > 12}  # its own word stood nowhere else
        assert {g.id: g.count for g in kept.groups()} == others
        assert kept.screen(context=False).computed == 0
        assert kept.tag(book, taggers=["rules"]).computed == 0
        kept.withdraw("LS-04", by="A. Officer", why="consent withdrawn")
        assert list(kept.codings()) == [c for c in codings if not c.ref.startswith("LS-04#")]
        assert "LS-04" not in everything(tmp_path / "a")


def test_it_does_not_come_back_with_its_source(small, book, tmp_path):
    source = table(tmp_path / "x.jsonl")
    with Archive(tmp_path / "a", workers=1) as kept:
        kept.add(source)
        kept.screen(context=False)
        kept.withdraw("LS-03", by="A. Officer", why="consent withdrawn")
        again = kept.add(source)
        assert (again.computed, again.units, again.problems) == (0, 84, ())
        source.write_text(source.read_text("utf-8").replace("number 7", "number seven"), encoding="utf-8")
        changed = kept.add(source)
        assert changed.units == 84
        assert any("withdrawn" in p.what for p in changed.problems)
        assert "zanzibarine" not in everything(tmp_path / "a")
        kept.screen(context=False)
        assert "LS-03" not in {s.id for s in kept.corpus()}


def test_what_a_project_says_after_the_same_withdrawal(small, book, tmp_path):
    (tmp_path / "files").mkdir()
    for name in FILES:
        shutil.copy(DEMO / name, tmp_path / "files" / name)
    with Archive(tmp_path / "a", workers=1) as kept, Project(tmp_path / "plan.db") as project:
        kept.add(tmp_path / "files")
        kept.screen()
        kept.tag(book, taggers=["rules"])
        kept.withdraw("LS-F03", by="A. Officer", why="consent withdrawn")
        project.add(tmp_path / "files")
        project.use_codebook(DEMO / "codebook.yaml")
        project.tag(taggers=["rules"])
        project.withdraw("LS-F03", why="consent withdrawn")
        ours, theirs = kept.codings(), project.codings
        assert {s.id for s in ours.corpus} == {s.id for s in theirs.corpus}
        texts = [{s.ref: s.text for s in c.corpus.segments(everyone=True)} for c in (ours, theirs)]
        assert texts[0] == texts[1]
        assert {(c.ref, c.code, c.score, c.category) for c in ours} == {(c.ref, c.code, c.score, c.category) for c in theirs}
        frames = [feedback.summarize(c).frame() for c in (ours, theirs)]
        assert frames[0].equals(frames[1])


def test_a_part_of_its_own_goes_whole_and_a_long_session_from_all_its_parts(small, monkeypatch, tmp_path):
    monkeypatch.setattr(_inputs, "WHOLE", 1000)
    rows = [json.dumps({"text": f"the bus was late {i}", "speaker": "P1"}) for i in range(200)]
    (tmp_path / "LS-Y01.jsonl").write_text("\n".join(rows), encoding="utf-8")
    with Archive(tmp_path / "a", workers=1) as kept:
        kept.add(tmp_path / "LS-Y01.jsonl", table(tmp_path / "x.jsonl"))
        receipt = kept.withdraw("LS-Y01", by="A. Officer", why="before it was screened")
        assert receipt["parts"] > 2
        assert (receipt["units"], len(kept)) == (200, 96)
        assert kept.add(tmp_path / "LS-Y01.jsonl").units == 96
        with pytest.raises(LeakError):
            kept.corpus()
        kept.screen(context=False)
        assert len(kept.corpus()) == 8


def test_who_may_not_be_withdrawn(small, tmp_path):
    with Archive(tmp_path / "a", workers=1) as kept:
        kept.add(table(tmp_path / "x.jsonl"))
        with pytest.raises(StoreError, match="no session"):
            kept.withdraw("LS-99", by="A. Officer", why="asked to")
        with pytest.raises(FeedbackError, match="needs a name"):
            kept.withdraw("LS-03", by=" ", why="asked to")
        assert len(kept) == 96


def test_withdrawal_brief_and_export_from_the_shell(small, book, tmp_path):
    from click.testing import CliRunner

    from feedback.cli import main

    with Archive(tmp_path / "a", workers=1) as kept:
        kept.add(table(tmp_path / "x.jsonl"))
        kept.screen(context=False)
        kept.tag(book, taggers=["rules"])
    run = lambda *a: CliRunner().invoke(main, ["--workers", "1", "archive", *map(str, a)])  # noqa: E731
    gone = run("withdraw", tmp_path / "a", "LS-03", "--by", "A. Officer", "--because", "consent withdrawn", "--json")
    assert (gone.exit_code, json.loads(gone.output)["units"]) == (0, 12)
    again = run("withdraw", tmp_path / "a", "LS-03", "--by", "A. Officer", "--because", "consent withdrawn")
    assert again.exit_code == 2
    done = run("brief", tmp_path / "a", "--plan", DEMO / "plan.yaml", "-o", tmp_path / "b.html")
    assert done.exit_code == 0, done.output
    with Archive(tmp_path / "a", workers=1) as kept:
        needs = feedback.crosswalk(feedback.summarize(kept.codings()), DEMO / "plan.yaml")
        assert len(kept.codings()) > 50
    feedback.brief(needs).save(tmp_path / "same.html")
    assert (tmp_path / "b.html").read_bytes() == (tmp_path / "same.html").read_bytes()
    assert run("export", tmp_path / "a", "-o", tmp_path / "out").exit_code == 0
    assert "LS-04#2" in (tmp_path / "out" / "units.csv").read_text("utf-8")
    assert "zanzibarine" not in (tmp_path / "out" / "units.csv").read_text("utf-8")


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_tables_in_blocks_are_the_tables_of_the_whole(small, book, tmp_path, monkeypatch, kind):
    import pandas as pd

    from feedback.exchange import _tidy, export

    read = pd.read_parquet if kind == "parquet" else pd.read_csv
    (tmp_path / "files").mkdir()
    for name in FILES:
        shutil.copy(DEMO / name, tmp_path / "files" / name)
    with Archive(tmp_path / "a", workers=1) as kept:
        kept.add(tmp_path / "files")
        kept.screen(context=False)
        kept.tag(book, taggers=["rules"])
        whole = feedback.tag(feedback.screen(feedback.read(tmp_path / "files"), context=False, key=kept._key()).apply(), book,
                             taggers=["rules"])  # fmt: skip
        export(whole, feedback.summarize(whole), tmp_path / f"whole.{kind}".removesuffix(".csv"))
        monkeypatch.setattr(_tidy, "BLOCK", 25)
        lazy = kept.codings()
        export(lazy, feedback.summarize(lazy), tmp_path / f"lazy.{kind}".removesuffix(".csv"))
    for name in ("sessions", "units", "codes", "codings", "matrix", "themes"):
        a, b = (tmp_path / f"{x}.{kind}".removesuffix(".csv") / f"{name}.{kind}" for x in ("whole", "lazy"))
        pd.testing.assert_frame_equal(read(a), read(b))
        assert kind == "parquet" or a.read_bytes() == b.read_bytes()
