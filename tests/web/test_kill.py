"""kill -9 at random moments of saves, a migration, uploads and every kind of job: nothing is lost or half done.

A few kills of each in the suite; `FEEDBACK_KILLS=100 pytest tests/web/test_kill.py` for many. The moments come from a fixed seed.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import httpx
import pytest
from web.conftest import NOTES, PASSWORD

from feedback.errors import LeakError
from feedback.project import Project
from feedback.store import SETTLED, Accounts, Jobs, Store, new_upload_id, steps
from feedback.web import create_app
from feedback.web._aside import sweep
from feedback.web._guard import ROLES, hash_password

if TYPE_CHECKING:
    from feedback.web._desk import Desk

KILLS = int(os.environ.get("FEEDBACK_KILLS", "4"))
FIRST = 100 + os.getpid() % 700  # other runs on this machine use other codes
FEW = int(os.environ.get("FEEDBACK_KILLS", "2"))  # where each child loads the gate's models
pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 needs a POSIX system")

SAVE = """
import sys
from feedback.codebook import Coding
from feedback.store import Store
store = Store(sys.argv[1], who="child")
print("ready", flush=True)
first = int(sys.argv[2])
for n in range(first, first + 10_000):
    rows = [Coding("LS-T1#1", f"c{k:02}", "rules@1", score=float(n)) for k in range(40)]
    store.put_codings(rows, {"LS-T1#1": ("need", "need", "self")}, {"n": n})
"""
DECIDE = """
import sys
from feedback.project import Project
project = Project(sys.argv[1], who="child")
project.screen()
print("ready", flush=True)
while True:
    project.decide(sys.argv[2], "accept", by="child", why="t")
    project.reopen(sys.argv[2], by="child", why="t")
"""
SETTLE = """
import sys
from feedback.codebook import Coding
from feedback.store import SETTLED, Store, lay
store = Store(sys.argv[1], who="child")
print("ready", flush=True)
for n in range(int(sys.argv[2]), 100_000):
    new = [Coding("LS-T1#1", f"c{k:02}", SETTLED) for k in range(n % 2, 40, 2)]
    lay(store, "LS-T1#1", on=new, off={f"c{k:02}" for k in range(40)} - {c.code for c in new}, tagger=SETTLED)
"""
OPEN = """
import sys
from feedback.store import Store
print("ready", flush=True)
Store(sys.argv[1]).close()
"""
SERVE = """
import sys, threading, time, uvicorn
from feedback.web import create_app
app = create_app(sys.argv[1], apart=True)
server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
def tell():
    while not server.started:
        time.sleep(0.01)
    print("ready", server.servers[0].sockets[0].getsockname()[1], flush=True)
threading.Thread(target=tell, daemon=True).start()
server.run()
"""


class Child:
    """A process of ours, killed without warning."""

    alive: ClassVar[set[Child]] = set()

    def __init__(self, script: str, *args: object) -> None:
        environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, *map(str, args)], stdout=subprocess.PIPE, text=True, env=environment
        )
        self.alive.add(self)
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline().split()
        assert self.said[:1] == ["ready"]

    def kill(self) -> None:
        self.alive.discard(self)
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture(autouse=True)
def nobody_stays() -> Iterator[None]:
    yield
    for child in tuple(Child.alive):
        child.kill()


@pytest.fixture
def moments() -> random.Random:
    return random.Random(20261128)


def add_session(store: Store, tmp_path: Path) -> None:
    from feedback.ingest import read

    (tmp_path / "a.txt").write_text(NOTES, encoding="utf-8")
    store.put_sessions(read(tmp_path / "a.txt").values)


def test_a_save_is_whole_or_not_there(tmp_path: Path, moments: random.Random) -> None:
    path = tmp_path / "plan.db"
    store = Store(path)
    add_session(store, tmp_path)
    store.close()
    last, grew = -1.0, 0
    for _ in range(KILLS):
        child = Child(SAVE, path, int(last) + 1)
        time.sleep(moments.uniform(0, 0.25))
        child.kill()
        store = Store(path)
        codings, events = store.codings(), store.events()
        states = {c.score for c in codings}
        assert len(states) <= 1
        assert len(codings) in (0, 40)
        if states:
            (now,) = states
            assert now >= last
            assert events[-1]["detail"]["n"] == int(now)
            grew += now > last
            last = now
        store.close()
    assert grew


def test_what_people_settle_on_is_whole_with_its_event(tmp_path: Path, moments: random.Random) -> None:
    path = tmp_path / "plan.db"
    store = Store(path)
    add_session(store, tmp_path)
    grew = 0
    for n in range(KILLS):
        child = Child(SETTLE, path, n)
        time.sleep(moments.uniform(0, 0.3))
        child.kill()
        made = steps(store.events())
        laid = {c.code for c in store.codings() if c.tagger == SETTLED}
        assert laid == (set(made[-1].on) if made else set())
        assert len(laid) in (0, 20)
        grew = len(made)
    assert grew
    store.close()


@pytest.mark.slow
def test_a_decision_is_carried_out_or_known_not_to_be(tmp_path: Path, moments: random.Random) -> None:
    path = tmp_path / "plan.db"
    (tmp_path / "a.txt").write_text(NOTES + "P3: I met Rosa at the drop-in.\n", encoding="utf-8")
    with Project(path) as project:
        project.add(tmp_path / "a.txt")
        (group,) = project.screen().undecided()
    made = 0
    for _ in range(FEW):
        child = Child(DECIDE, path, group.id)
        time.sleep(moments.uniform(0, 1.5))
        child.kill()
        with Project(path) as project:
            kept = project._store.decisions()
            said = kept[0][1] if kept else "open"
            log = [e["detail"]["decision"] for e in project.log if e["verb"] == "decide"]
            assert said == (log[-1] if log else "open")
            made = len(log)
            if Jobs(project._store).behind():
                with pytest.raises(LeakError, match="carried out"):
                    project._screened()
                project.screen()
            held = any(t.withheld for t in project._screened()["LS-T1"].turns)
            assert held == (said == "open")
    assert made


@pytest.mark.slow
def test_jobs_whose_room_dies_are_taken_up_again(tmp_path: Path, demo_file: Path, moments: random.Random) -> None:
    for file in demo_file.parent.glob("plan.db*"):
        shutil.copy(file, tmp_path)
    app = create_app(tmp_path / "plan.db", apart=True)
    desk = app.state.desk
    desk.back.start()
    before = codings_of(desk)
    brief = {"suffix": ".md", "kind": "full", "language": "en", "title": "", "session": ""}
    kinds = ("tag", "discover", "brief", "read")
    for n in range(KILLS):
        kind = kinds[n % len(kinds)]
        if kind == "read":
            files = [(new_upload_id(), f"{k}.txt", NOTES.replace("LS-T1", f"LS-T{2 * n + k + 10}").encode()) for k in range(2)]
            sealed = [(key, name, desk.seal.close(body, name=key)) for key, name, body in files]  # one alone: no brief after it
            job = desk.jobs.ask_to_read(sealed, who="Ana (ana)").id
        else:
            job = desk.jobs.ask(kind, who="Ana (ana)", asked=brief if kind == "brief" else None).id
        desk.wake.set()
        wait_for(lambda job=job: desk.jobs.get(job).state != "waiting")
        time.sleep(moments.uniform(0, 3))
        if (room := desk.back.pid) is not None:
            os.kill(room, signal.SIGKILL)
        desk.store.events()
        assert same(codings_of(desk), before)
        assert len(desk.store.corpus(cleared=False)) >= 6
    wait_for(lambda: all_over(desk))
    jobs = desk.jobs.recent(limit=10 * KILLS)
    assert [(j.kind, j.state, j.tries, dict(j.result)) for j in jobs if j.state != "done"] == []
    assert same(codings_of(desk), before)
    assert all(desk.jobs.made(j.id) for j in jobs if j.kind == "brief")
    assert sum(e["verb"] == "release" for e in desk.store.events()) >= sum(j.kind == "brief" for j in jobs)
    if any(j.kind == "discover" for j in jobs):
        assert desk.store.document("topic proposals") is not None
    assert {s.id for s in desk.store.corpus(cleared=False)} >= {u.session for u in desk.jobs.uploads()}
    assert {u.state for u in desk.jobs.uploads()} <= {"read", "replaced"}
    assert desk.store.unscreened() == ()
    desk.back.stop()
    desk.close()


def all_over(desk: Desk) -> bool:
    for job in desk.jobs.recent(limit=10 * KILLS):
        if job.result.get("again"):
            desk.jobs.retry(job.id)
    desk.wake.set()
    return all(j.over and not j.result.get("again") for j in desk.jobs.recent(limit=10 * KILLS))


def codings_of(desk: Desk) -> dict[tuple[str, str, str], float]:
    """What machines laid on the demo's sessions, with its score."""
    return {(c.ref, c.code, c.tagger): c.score for c in desk.store.codings() if not c.ref.startswith("LS-T")}


def same(now: dict[tuple[str, str, str], float], before: dict[tuple[str, str, str], float]) -> bool:
    """Whether every coding is there; of sessions tagged one by one the last digit of a score may be another."""
    return now == pytest.approx(before, abs=1e-5)


def wait_for(true: Callable[[], object]) -> None:
    end = time.monotonic() + 120 + 5 * KILLS
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)


def test_a_migration_is_whole_or_not_there(tmp_path: Path, moments: random.Random) -> None:
    from feedback.store import _open

    for n in range(KILLS):
        path = tmp_path / f"{n}.db"
        _open.open_engine(f"sqlite:///{path}", until="0001").dispose()
        child = Child(OPEN, path)
        time.sleep(moments.uniform(0, 1.2))
        child.kill()
        store = Store(path)
        assert store.events() == ()
        assert Accounts(store).count() == 0
        store.close()


def left_behind() -> list[Path]:
    """Documents in clear that nobody reads any more."""
    found = [p for d in (Path("/dev/shm"), Path(tempfile.gettempdir())) for p in d.glob("feedback-room-*/files/*.txt")]
    return [p for p in found if f"-A{FIRST}".encode() in p.read_bytes()]


def serve(path: Path, secret: str) -> tuple[Child, httpx.Client]:
    child = Child(SERVE, path)
    base = f"http://127.0.0.1:{child.said[1]}"
    client = httpx.Client(base_url=base, cookies={"visit": secret}, headers={"origin": base}, timeout=30)
    return child, client


@pytest.mark.slow
def test_an_upload_is_kept_or_refused_and_read_once(tmp_path: Path, moments: random.Random) -> None:
    path = tmp_path / "plan.db"
    store = Store(path)
    account = Accounts(store).add("ana", name="Ana", password=hash_password(PASSWORD), roles=ROLES, by="t")
    secret = Accounts(store).enter(account)
    promised = 0
    for n in range(KILLS):
        child, client = serve(path, secret)
        notes = NOTES.replace("LS-T1", f"LS-T{FIRST + n}").encode()
        files = [("files", (f"{n}-{k}.txt", notes.replace(b"LS-T", b"LS-" + b"ABC"[k : k + 1]))) for k in range(3)]
        death = time.monotonic() + moments.uniform(0, 1.5)
        with contextlib.suppress(httpx.TransportError):
            promised += client.post("/upload", files=files).status_code == 303
        time.sleep(max(0.0, death - time.monotonic()))
        child.kill()
        client.close()
        uploads = Jobs(store).uploads()
        assert len(uploads) % 3 == 0
        assert len(uploads) >= 3 * promised
        store.events()
    jobs = Jobs(store)
    child, client = serve(path, secret)
    until = time.monotonic() + 60 + 15 * KILLS
    while any(u.state == "waiting" for u in Jobs(store).uploads()) and time.monotonic() < until:
        for job in jobs.recent(limit=KILLS):
            if job.result.get("again"):  # stopped too often: its files wait for somebody to press the button
                assert client.post(f"/jobs/{job.id}/again").status_code == 303
        time.sleep(0.2)
    uploads = jobs.uploads()
    assert {u.state for u in uploads} <= {"read", "replaced"}, [(u.state, dict(u.note)) for u in uploads]
    kept = store.corpus(cleared=False)
    assert {u.session for u in uploads} == {s.id for s in kept}
    assert all(len(s.turns) == len(kept.values[0].turns) for s in kept)
    assert store.unscreened() == ()
    store.events()
    until = time.monotonic() + 30
    while left_behind() and time.monotonic() < until:  # the rooms of servers that were killed end by themselves
        sweep(young=0)
        time.sleep(0.2)
    assert left_behind() == []
    child.kill()
    client.close()
    store.close()
