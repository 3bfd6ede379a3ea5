"""kill -9 at random moments of a save, a migration, an upload and a job: nothing is lost or half done.

A few kills of each in the suite; `FEEDBACK_KILLS=100 pytest tests/web/test_kill.py` for many. The moments come from a fixed seed.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import httpx
import pytest
from web.conftest import NOTES, PASSWORD

from feedback.store import Accounts, Jobs, Store
from feedback.web._guard import ROLES, hash_password

KILLS = int(os.environ.get("FEEDBACK_KILLS", "4"))
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
OPEN = """
import sys
from feedback.store import Store
print("ready", flush=True)
Store(sys.argv[1]).close()
"""
SERVE = """
import sys, threading, time, uvicorn
from feedback.web import create_app
app = create_app(sys.argv[1])
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
        notes = NOTES.replace("LS-T1", f"LS-T{n + 10}").encode()
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
    child.kill()
    client.close()
    store.close()
