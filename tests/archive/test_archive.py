"""An archive says what the verbs say of the whole, however it was cut and whoever worked; nothing is done twice or lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

import feedback
from feedback.archive import Archive, _inputs
from feedback.archive._columns import pack_corpus, unpack_corpus
from feedback.crew import Here, Processes, hire
from feedback.errors import FeedbackError, LeakError, RefError, StoreError

ROOT = Path(__file__).parents[2]
FILES = ("LS-F01_notas.docx", "LS-F03_teams.vtt", "LS-F07_sesion.csv", "LS-K02_capture_grid.csv", "LS-Y03_sticky_wall.xlsx")


@pytest.fixture(scope="module")
def book():
    return feedback.Codebook.load(ROOT / "corpora" / "codebook.yaml")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("files")
    for name in FILES:
        shutil.copy(ROOT / "corpora" / "demo" / name, made / name)
    (made / "sessions.csv").write_text("session,audience\nLS-F03,family\n", encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def demo(folder):
    return feedback.read(folder)


SAID = ("we need bus passes, the bus never comes", "my counselor Marisol Quintanilla helps me", "call me at 213-555-0142",
        "there is nowhere to sleep at night", "Marisol came again", "no hay camion para ir a la escuela")  # fmt: skip


def rows(path: Path, sessions: int = 12, *, each: int = 10, named: bool = True, change: int = -1) -> Path:
    lines = []
    for s in range(sessions):
        for i in range(each):
            row = {"speaker": f"P{i % 3}", "text": f"{SAID[(s + i) % len(SAID)]} {s} {i}" + (" again" if s == change else "")}
            lines.append(json.dumps({"session": f"LS-{s:03d}", **row} if named else row))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_packed_sessions_come_out_as_they_went_in(demo):
    out, offsets = unpack_corpus(pack_corpus(demo))
    assert out == demo
    assert out.fingerprint == demo.fingerprint
    assert [dict(s.extra) for s in out] == [dict(s.extra) for s in demo]
    assert offsets == (0,) * len(demo)


def test_a_folder_in_parts_is_the_folder(demo, folder, book, small, tmp_path):
    with Archive(tmp_path / "a", workers=1) as kept:
        done = kept.add(folder)
        assert (done.problems, done.units) == (demo.problems, sum(len(s.turns) for s in demo))
        assert done.parts > 2
        kept.screen(context=False)
        audit = feedback.screen(demo, context=False, key=kept._key())
        whole = audit.apply()
        assert tuple(kept.findings()) == audit.findings
        assert kept.corpus() == whole
        assert kept.corpus().screening == whole.screening
        assert kept.frame().equals(whole.frame())
        assert list(kept.column("language")) == list(whole.frame()["language"])
        kept.tag(book, taggers=["rules"])
        codings = feedback.tag(whole, book, taggers=["rules"])
        assert kept.codings().values == codings.values
        assert dict(kept.codings().discourse) == dict(codings.discourse)
        assert {g.id for g in kept.groups()} == {g.id for g in audit.undecided()}


def test_one_name_has_one_placeholder_in_all_parts(small, tmp_path):
    with Archive(tmp_path / "a", workers=1) as kept:
        assert kept.add(rows(tmp_path / "x.jsonl")).parts > 2
        kept.screen(context=False)
        assert "Marisol" not in " ".join(kept.column("text"))
        persons = [f for f in kept.findings() if f.kind == "person"]
        found = {f.group: {g.placeholder for g in persons if g.group == f.group} for f in persons}
        assert {len(v) for v in found.values()} == {1}
        read = [s for part in kept.read_parts() for s in part]
        assert tuple(persons) == tuple(
            f for f in feedback.screen(feedback.Corpus(tuple(read)), context=False, key=kept._key()).findings if f.kind == "person"
        )


def test_a_table_larger_than_a_part_is_one_session(small, monkeypatch, tmp_path):
    monkeypatch.setattr(_inputs, "WHOLE", 10)
    path = rows(tmp_path / "survey.jsonl", 15, named=False)
    with Archive(tmp_path / "a", workers=1) as kept:
        assert kept.add(path).parts == 3
        kept.screen(context=False)
        whole = kept.corpus()
        assert [s.id for s in whole] == ["survey"]
        assert [t.index for t in whole.values[0].turns] == list(range(150))
        assert kept.frame()["ref"].tolist() == whole.frame()["ref"].tolist()
        assert {f.ref for f in kept.findings()} <= set(whole.frame()["ref"])
        assert kept.resolve("survey#130").text == whole.resolve("survey#130").text
        with pytest.raises(RefError):
            kept.resolve("survey#150")
        kept.tag(feedback.Codebook.load(ROOT / "corpora" / "codebook.yaml"), taggers=["rules"])
        assert {c.ref for c in kept.codings()} <= set(whole.frame()["ref"])


def test_csv_with_line_breaks_in_its_cells(small, monkeypatch, tmp_path):
    monkeypatch.setattr(_inputs, "WHOLE", 10)
    path = tmp_path / "x.csv"
    lines = [f'S-{s},P1,"first line {s}\nsecond, line {i}"' for s in range(8) for i in range(9)]
    path.write_text("session,speaker,comment\n" + "\n".join(lines) + "\n", encoding="utf-8")
    with Archive(tmp_path / "a", workers=1) as kept:
        done = kept.add(path)
        assert (done.units, done.counts["sessions"], done.problems) == (72, 8, ())
        kept.screen(context=False)
        assert set(kept.column("text")) == {f"first line {s} second, line {i}" for s in range(8) for i in range(9)}


def test_only_what_changed_is_computed_again(book, small, tmp_path):
    path = rows(tmp_path / "x.jsonl")
    with Archive(tmp_path / "a", workers=1) as kept:
        parts = kept.add(path).parts
        kept.screen(context=False)
        kept.tag(book, taggers=["rules"])
        assert (kept.add(path).computed, kept.screen(context=False).computed) == (0, 0)
        assert kept.tag(book, taggers=["rules"]).computed == 0
        rows(path, change=5)
        assert kept.add(path).computed == 1
        with pytest.raises(LeakError):
            kept.corpus()
        assert kept.screen(context=False).computed == 1
        with pytest.raises(FeedbackError):
            kept.codings()
        assert kept.tag(book, taggers=["rules"]).computed == 1
        files = len(list((tmp_path / "a" / "parts").iterdir()))
        assert files == parts * 5  # read, found, clear, findings, codings: what was replaced is gone
        other = replace(book, codes=book.codes[:5])
        assert kept.tag(other, taggers=["rules"]).computed == parts


def test_an_interrupted_run_goes_on(small, tmp_path):
    path = rows(tmp_path / "x.jsonl")

    def stop(step, done, parts):
        if step == "screen" and done == 2:
            raise KeyboardInterrupt

    with Archive(tmp_path / "a", workers=1, progress=stop) as kept:
        parts = kept.add(path).parts
        with pytest.raises(KeyboardInterrupt):
            kept.screen(context=False)
    with Archive(tmp_path / "a", workers=1) as kept:
        found = [p for p in (tmp_path / "a" / "parts").iterdir() if p.suffix == ".found"]
        assert len(found) in (1, 2)
        kept.screen(context=False)
        assert sum(1 for p in (tmp_path / "a" / "parts").iterdir() if p.suffix == ".found") == parts
    with Archive(tmp_path / "b", workers=1) as other:
        other.add(path)
        other.screen(context=False)
        assert [f.placeholder for f in other.findings()] == [f.placeholder for f in Archive(tmp_path / "a").findings()]


def test_a_part_that_fails_is_named_and_the_others_go_on(small, tmp_path, monkeypatch):
    from feedback.archive import _steps

    path = rows(tmp_path / "x.jsonl")
    real = _steps.look

    def look(corpus, **options):
        if "LS-000" in [s.id for s in corpus]:
            raise ValueError("words of a participant")
        return real(corpus, **options)

    monkeypatch.setattr(_steps, "look", look)
    with Archive(tmp_path / "a", workers=1) as kept:
        parts = kept.add(path).parts
        done = kept.screen(context=False)
        assert len(done.problems) == 1
        assert "ValueError" in str(done.problems[0])
        assert "words" not in str(done.problems[0])
        assert len(list(kept.parts())) == parts - 1
        monkeypatch.setattr(_steps, "look", real)
        assert kept.screen(context=False).computed > 0
        assert len(list(kept.parts())) == parts


def test_decisions_hold_for_all_places(small, tmp_path):
    with Archive(tmp_path / "a", workers=1) as kept:
        kept.add(rows(tmp_path / "x.jsonl"))
        kept.screen(context=False)
        group = next(f.group for f in kept.findings() if f.kind == "person")
        with pytest.raises(FeedbackError):
            kept.decide("g-nothing", "accept", by="A. Reviewer", why="a test")
        with pytest.raises(FeedbackError):
            kept.decide(group, "perhaps", by="A. Reviewer", why="a test")
        kept.decide(group, "accept", by="A. Reviewer", why="a street")
        kept.screen(context=False)
        assert "Marisol Quintanilla" in " ".join(kept.column("text"))
        assert {f.status for f in kept.findings() if f.group == group} == {"accepted"}


def test_embedding_and_topics_of_all_units(small, folder, tmp_path):
    from feedback.topics import Embedder

    with Archive(tmp_path / "a", workers=1) as kept:
        kept.add(folder)
        kept.screen(context=False)
        kept.embed()
        texts = [s.text for s in kept.corpus().segments()]
        refs = [r for part, _ in kept.vectors() for r in part]
        assert refs == [s.ref for s in kept.corpus().segments()]
        assert (next(kept.vectors())[1][0] == Embedder().encode(texts[:1])[0]).all()
        topics = kept.discover(sample=150)
        frame = kept.topics_frame()
        assert frame["topic"].tolist() == [t.id for t in topics]
        assert frame["units"].sum() == sum(len(r) for r, _, _ in kept.places())
        assert frame["units"].sum() > sum(len(t.refs) for t in topics)


def test_what_may_not_be_an_archive(tmp_path):
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match="holds other things"):
        Archive(tmp_path)
    with Archive(tmp_path / "new") as kept:
        with pytest.raises(LeakError):
            next(kept.parts())
        assert oct((tmp_path / "new").stat().st_mode)[-3:] == "700"


# ---- who works ------------------------------------------------------------------------------------------------------


def slowly(n: int) -> tuple[int, int]:
    time.sleep(0.05)
    return n, os.getpid()


def fails(n: int) -> int:
    raise FeedbackError(f"part {n}")


def kills(n: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return n


def with_kit(kit: dict[str, int], n: int) -> int:
    return kit["add"] + n


@pytest.fixture(scope="module")
def processes():
    crew = Processes(2)
    yield crew
    crew.close()


def test_processes_keep_order_and_lose_nothing(processes):
    assert [n for n, _ in Here().map(slowly, range(3))] == [0, 1, 2]
    seen = []
    for n, pid in processes.map(slowly, range(24)):
        if n == 4:
            os.kill(pid, signal.SIGKILL)  # in the middle of its next part
        seen.append(n)
    assert seen == list(range(24))
    assert list(processes.map(with_kit, range(5), kit={"add": 10})) == [10, 11, 12, 13, 14]
    with pytest.raises(FeedbackError, match="part 0"):
        list(processes.map(fails, range(3)))
    with pytest.raises(FeedbackError, match="three times"):
        list(processes.map(kills, range(1)))
    assert hire(processes) is processes
    with pytest.raises(FeedbackError):
        hire(workers=0)


ORPHANS = """
import os, sys
from feedback.crew import Processes
from tests_of_crew import slowly
if __name__ == "__main__":
    for _, pid in Processes(1).map(slowly, range(1000)):
        print(pid, flush=True)
"""


def test_workers_end_with_whoever_hired_them(tmp_path):
    (tmp_path / "tests_of_crew.py").write_text("import os, time\ndef slowly(n):\n    time.sleep(0.01)\n    return n, os.getpid()\n")
    (tmp_path / "run.py").write_text(ORPHANS)
    with subprocess.Popen([sys.executable, str(tmp_path / "run.py")], stdout=subprocess.PIPE, text=True) as run:
        worker = int(run.stdout.readline())
        run.kill()
    for _ in range(200):
        if not Path(f"/proc/{worker}").exists() or "Z" in Path(f"/proc/{worker}/stat").read_text().rsplit(")", 1)[1][:3]:
            break
        time.sleep(0.05)
    else:
        pytest.fail("a worker lives on")


def test_processes_say_what_one_says(processes, demo, folder, book, monkeypatch):
    one = feedback.screen(demo, context=False)
    monkeypatch.setattr("feedback.privacy._screen.remembered", lambda session, asked: None)
    monkeypatch.setattr("feedback.privacy._screen.PART", 100)
    assert feedback.screen(demo, context=False, scheduler=processes).findings == one.findings
    cleared = one.apply()
    codings = feedback.tag(cleared, book, taggers=["rules"])
    assert feedback.tag(cleared, book, taggers=["rules"], scheduler=processes) == codings
    assert feedback.read(folder, scheduler=processes) == demo


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0") as here,
        distributed.Client(here, set_as_default=False) as client,
    ):
        yield here, client


def test_a_cluster_says_what_one_says(cluster, demo, folder, book, small, tmp_path):
    here, client = cluster
    results = []
    for name, who in (("one", {"workers": 1}), ("many", {"scheduler": client})):
        with Archive(tmp_path / name, **who) as kept:
            (tmp_path / name / "gate.key").write_bytes(b"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
            (tmp_path / name / "gate.key").chmod(0o600)
            kept.add(folder)
            kept.screen(context=False)
            kept.tag(book, taggers=["rules"])
            kept.embed()
            kept.discover(sample=150)
            parts = sorted((tmp_path / name / "parts").iterdir())
            results.append({p.name: p.read_bytes() for p in parts})
    assert results[0] == results[1]
    assert feedback.tag(feedback.screen(demo, context=False).apply(), book, taggers=["rules"], scheduler=here.scheduler_address)


def test_a_killed_worker_loses_nothing(cluster, small, tmp_path):
    _, client = cluster
    path = rows(tmp_path / "x.jsonl", 40)
    victim = next(iter(client.run(os.getpid).values()))
    killed = threading.Event()

    def kill(step, done, parts):
        if step == "screen" and done == 2 and not killed.is_set():
            killed.set()
            os.kill(victim, signal.SIGKILL)

    with Archive(tmp_path / "a", scheduler=client, progress=kill) as kept:
        kept.add(path)
        done = kept.screen(context=False)
        assert (done.problems, killed.is_set()) == ((), True)
        found = [(f.ref, f.start, f.end, f.placeholder) for f in kept.findings()]
    with Archive(tmp_path / "b", workers=1) as kept:
        kept.add(path)
        kept.screen(context=False)
        assert found == [(f.ref, f.start, f.end, f.placeholder) for f in kept.findings()]


def test_nobody_at_the_address(monkeypatch):
    monkeypatch.setattr("feedback.crew.WAIT", 1)
    pytest.importorskip("distributed")
    with pytest.raises(FeedbackError, match="no Dask scheduler answers"):
        hire("tcp://127.0.0.1:1")


def test_from_the_shell(small, tmp_path):
    from click.testing import CliRunner

    from feedback.cli import main

    def run(*words):
        return CliRunner().invoke(main, ["--workers", "1", "archive", *map(str, words)])

    assert "120 units" in run("add", tmp_path / "a", rows(tmp_path / "x.jsonl")).output
    assert run("screen", tmp_path / "a", "--quick").exit_code == 0
    assert run("tag", tmp_path / "a", "--codebook", ROOT / "corpora" / "codebook.yaml", "--with", "rules").exit_code == 0
    assert "transportation" in run("themes", tmp_path / "a", "--json").output
    assert run("add", tmp_path / "a", tmp_path / "missing.jsonl").exit_code == 2
    assert run("groups", tmp_path / "a").exit_code in (0, 1)
