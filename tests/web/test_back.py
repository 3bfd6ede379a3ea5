"""The process beside the server: does the work, is started again when it dies, ends with the server; two servers at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from web.conftest import HEADER, NOTES, PASSWORD, account, visitor

from feedback.errors import FeedbackError, RefError, StoreError
from feedback.project import Project
from feedback.store import Accounts, Job, Jobs, Overtaken, Store
from feedback.web import create_app
from feedback.web._guard import ROLES, hash_password
from feedback.web._worker import Worker

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of a POSIX system")
HELD = HEADER.replace("LS-T1", "LS-T9") + "Facilitator: What makes it hard?\nP1: I met Rosa at the drop-in.\nP2: The bus is late.\n"
SLOW, MANY = 180, 8


def until(true: Callable[[], object], seconds: float = SLOW) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def alive(pid: int | None) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.fixture
def apart(place: str) -> Iterator[object]:
    """An app whose room runs."""
    app = create_app(place, apart=True)
    app.state.desk.back.start()
    yield app
    app.state.desk.back.stop()
    app.state.desk.close()


def notes(n: int | str) -> bytes:
    return NOTES.replace("LS-T1", f"LS-B{n}").encode()


def settled(store: Store) -> bool:
    return not any(u.state == "waiting" for u in Jobs(store).uploads())


def test_the_room_reads_screens_decides_and_counts(apart) -> None:
    account(apart, "fay")
    fay, desk = visitor(apart, "fay"), apart.state.desk
    first = desk.back.pid
    page = fay.post("/upload", files=[("files", ("a.txt", HELD.encode()))]).url.path
    until(lambda: desk.jobs.get(int(page.rsplit("/", 1)[1])).over)
    assert "LS-T9" in fay.get(page).text
    (group,) = desk.audit("t").undecided()
    shown = fay.post("/gate/reveal", data={"group": group.id}).text
    assert "Rosa" in shown
    assert fay.post("/gate/decide", data={"group": group.id, "decision": "identifier"}).status_code == 200
    assert desk.audit("t").undecided() == ()
    assert "LS-T9" not in desk.uncleared
    assert {e["who"] for e in desk.store.events() if e["verb"] in ("add", "decide", "reveal")} == {"Fay (fay)"}
    with pytest.raises(RefError):
        desk.verb("t", "decide", "nothing", "accept", by="t", why="t")
    with pytest.raises(FeedbackError):
        desk.verb("t", "close")
    os.kill(first, signal.SIGKILL)
    until(lambda: desk.back.pid not in (None, first))
    page = fay.post("/upload", files=[("files", ("b.txt", notes(2)))]).url.path
    until(lambda: desk.jobs.get(int(page.rsplit("/", 1)[1])).over)
    assert "LS-B2" in fay.get(page).text
    assert fay.post("/sessions/LS-T9/withdraw", data={"sure": "yes"}).url.path.startswith("/receipts/")
    assert [s.id for s in desk.view.corpus] == ["LS-B2"]


def test_work_in_the_room_is_stopped_from_the_page_and_leaves_nothing(apart) -> None:
    account(apart, "fay")
    fay, desk, there, room = visitor(apart, "fay"), apart.state.desk, set[str](), apart.state.desk.back.pid
    for batch in range(1, 6):  # on a slow machine the room may be faster than this page: then all is there, and it says so
        names = [str(100 * batch + n) for n in range(40)]
        page = fay.post("/upload", files=[("files", (f"{n}.txt", notes(n))) for n in names]).url.path
        job = int(page.rsplit("/", 1)[1])
        until(lambda job=job: desk.jobs.get(job).state != "waiting")
        stopped = fay.post(page + "/cancel").url.params["said"] == "cancelled"
        until(lambda job=job: desk.jobs.get(job).over)
        assert desk.jobs.get(job).state == ("cancelled" if stopped else "done")
        assert ("Stopped." in fay.get(page).text) == stopped
        assert {u.state for u in desk.jobs.uploads(job=job)} == {"refused" if stopped else "read"}
        assert all(desk.jobs.sealed(u.id) is None for u in desk.jobs.uploads())
        there |= set() if stopped else {f"LS-B{n}" for n in names}
        if stopped:
            break
    assert stopped
    later = fay.post("/upload", files=[("files", ("z.txt", notes(99)))]).url.path
    until(lambda: desk.jobs.get(int(later.rsplit("/", 1)[1])).over)
    assert desk.back.pid == room  # it went on to the next, by itself
    assert {s.id for s in desk.store.corpus(cleared=False)} == {"LS-B99"} | there
    assert sum(e["detail"]["sessions"] for e in desk.store.events() if e["verb"] == "add") == 1 + len(there)


def test_tables_by_groups_that_are_looked_at_are_counted_before_anybody_asks(demo_app, demo_file: Path, place: str) -> None:
    app = create_app(place, apart=True)
    account(app, "ana")
    ana, desk = visitor(app, "ana"), app.state.desk
    desk.back.start()
    try:
        until(lambda: ana.get("/themes?by=language").status_code == 200, 5 * SLOW)
        ref = desk.view.codings.uncoded()[0].ref
        asked: list[str] = []
        real = desk.back.ask
        desk.back.ask = lambda what, *given, again=True: (asked.append(what), real(what, *given, again=again))[1]
        ana.post("/code/lay", data={"ref": ref, "codes": "transportation", "order": "reading"})
        revision = desk.view.revision
        pages = {by: ana.get(f"/themes?by={by}").status_code for by in ("language", "audience")}
        assert set(pages.values()) == {200}
        until(lambda: desk.here.last is not None and desk.here.last.revision >= revision)
        fresh = desk.view.themes("language")
        assert asked == []
        assert (ref, "transportation") in {(m.ref, m.code) for t in fresh for m in t.mentions}
    finally:
        desk.back.stop()
        desk.close()


def test_a_question_is_asked_again_and_a_change_is_not_when_the_room_dies(apart) -> None:
    desk = apart.state.desk
    assert desk.do("held", again=True).groups == ()
    for again in (True, False):
        before = desk.back.pid
        os.kill(before, signal.SIGSTOP)
        from threading import Timer

        Timer(0.5, os.kill, (before, signal.SIGKILL)).start()
        if again:
            assert desk.do("held", again=True).groups == ()
        else:
            with pytest.raises(StoreError, match="started again"):
                desk.do("held")
        until(lambda old=before: desk.back.pid not in (None, old))


SERVE = "from feedback.cli import main; main()"


def serving(path: Path, port: int) -> tuple[subprocess.Popen[str], int]:
    command = [sys.executable, "-u", "-c", SERVE, "serve", "--project", str(path), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
    until(lambda: children(server.pid))
    return server, children(server.pid)[0]


def children(pid: int) -> list[int]:
    """Processes of a process that run Python."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                    found.append(int(entry.name))
            except (OSError, IndexError):
                continue
    return found


@pytest.mark.only_sqlite
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_room_ends_with_the_server_and_leaves_its_job_for_the_next(tmp_path: Path, free_port: int, how: signal.Signals) -> None:
    path = tmp_path / "plan.db"
    store = Store(path)
    secret = Accounts(store).enter(Accounts(store).add("ana", name="Ana", password=hash_password(PASSWORD), roles=ROLES, by="t"))
    server, room = serving(path, free_port)
    base = f"http://127.0.0.1:{free_port}"
    try:
        with httpx.Client(base_url=base, cookies={"visit": secret}, headers={"origin": base}, timeout=30) as client:
            until(lambda: answers(client))
            sent = client.post("/upload", files=[("files", (f"{n}.txt", notes(n))) for n in range(8)])
            job = int(sent.headers["location"].rsplit("/", 1)[1])
            until(lambda: Jobs(store).get(job).state == "running")
            assert alive(room)
            server.send_signal(how)
            server.wait(timeout=30)
            until(lambda: not alive(room), 30)
    finally:
        server.kill()
        server.wait()
        assert server.stdout is not None
        told = server.stdout.read()
        server.stdout.close()
    assert "Traceback" not in told, told
    found = Jobs(store).get(job)
    assert found.state in ("waiting", "done"), found
    assert settled(store) == (found.state == "done")
    store.close()


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/upload").status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
def free_port() -> int:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_two_servers_on_one_project_do_every_job_once(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDBACK_KEYS", str(tmp_path))
    apps = [create_app(address, apart=True) for _ in range(2)]
    account(apps[0], "fay")
    desks = [a.state.desk for a in apps]
    desks[1].code = None
    people = [visitor(a, "fay") for a in apps]
    for n in range(MANY):
        assert people[n % 2].post("/upload", files=[("files", (f"{n}.txt", notes(n)))]).status_code == 200
    for desk in desks:
        desk.back.start()
    try:
        store = desks[0].store
        until(lambda: settled(store))
        until(lambda: all(j.over for j in desks[0].jobs.recent(limit=50)))
        for n, page in enumerate(people):
            assert page.get("/upload").text.count("LS-B") >= MANY, n
    finally:
        for desk in desks:
            desk.back.stop()
    jobs = desks[0].jobs.recent(limit=50)
    assert {(j.state, j.tries) for j in jobs} == {("done", 1)}
    assert sorted(s.id for s in store.corpus(cleared=False)) == sorted(f"LS-B{n}" for n in range(MANY))
    assert sum(e["detail"]["sessions"] for e in store.events() if e["verb"] == "add") == MANY
    assert sum(e["detail"]["replaced"] for e in store.events() if e["verb"] == "add") == 0
    assert store.unscreened() == ()
    assert store.waiting() == frozenset()
    for app in apps:
        app.state.desk.close()


def test_a_job_handed_back_does_not_count_as_a_try_and_its_old_worker_cannot_write(app) -> None:
    account(app, "fay")
    fay, desk = visitor(app, "fay"), app.state.desk
    fay.post("/upload", files=[("files", ("a.txt", notes(1)))])
    jobs = desk.jobs
    for _ in range(5):
        job = jobs.claim(stale=60)
        assert isinstance(job, Job)
        jobs.hand_back(job)
        with pytest.raises(StoreError):
            jobs.check(job)
    for _ in range(3):  # whose workers died
        assert jobs.claim(stale=-1) is not None
    assert jobs.claim(stale=-1) is None
    assert jobs.recent()[0].result["again"]
    assert jobs.retry(jobs.recent()[0].id)
    while Worker(desk, stale=60).step():
        pass
    assert [j.state for j in jobs.recent() if j.kind == "read"] == ["done"]


def test_what_was_screened_before_somebody_decided_is_screened_again(place: str, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "a.txt").write_text(HELD, encoding="utf-8")
    with Project(place, who="one") as one, Project(place, who="two") as two:
        one.add(tmp_path / "a.txt")
        (group,) = one.screen().undecided()
        real, slow = type(one)._keep_cleared, [True]

        def late(self, audit, planted, *, since):
            if self is one and slow.pop():
                slow.append(False)
                two.decide(group.id, "accept", by="two", why="no name")
            else:
                slow.append(False)
            real(self, audit, planted, since=since)

        monkeypatch.setattr(type(one), "_keep_cleared", late)
        assert not one.screen().undecided()
        with Project(place) as again:
            assert "Rosa" in str(again.corpus["LS-T9"].turns)
        with pytest.raises(Overtaken):
            one._store.put_cleared(one.corpus, {"screening": "x"}, since=1)


def test_heavy_libraries_are_there_before_a_second_thread_is(tmp_path: Path) -> None:
    code = (
        "import sys, threading\n"
        "from feedback.web._desk import Desk\n"
        "from feedback.web._worker import HEAVY, Worker\n"
        "begun = []\n"
        "threading.Thread.start = lambda self: begun.append([n for n in HEAVY if n not in sys.modules])\n"
        "worker = Worker(Desk(sys.argv[1]))\n"
        "early = [n for n in HEAVY if n in sys.modules]\n"
        "worker.start()\n"
        "print(early, begun)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "plan.db")], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] [[], []]"
