"""Work in the background: progress, stopped while it runs, never twice; files that come in again, too many, too large."""

from __future__ import annotations

import threading
import time

import pytest
from web.conftest import NOTES, account, run_jobs, visitor

from feedback.errors import StoreError
from feedback.project import Project
from feedback.store import Became, Stopped, Store, steps
from feedback.web import _upload, _worker
from feedback.web._worker import Worker


def note(n: int) -> bytes:
    return NOTES.replace("LS-T1", f"LS-W{n}").encode()


def test_the_same_files_sent_again_come_in_once(app) -> None:
    account(app, "fay", "facilitator")
    account(app, "max", "facilitator")
    fay = visitor(app, "fay")
    once = fay.get("/upload").text.split('name="once" value="')[1].split('"')[0]
    files = [("files", ("a.txt", note(1))), ("files", ("b.txt", note(2)))]
    ask = {"accept": "application/json"}
    first = fay.post("/upload", files=files, data={"once": once}, headers=ask).json()["to"]
    assert fay.post("/upload", files=files, data={"once": once}, headers=ask).json()["to"] == first
    assert len(app.state.desk.jobs.uploads()) == 2
    run_jobs(app)
    assert fay.post("/upload", files=files, data={"once": once}).url.path == first
    assert fay.post("/upload", files=[("files", ("c.txt", note(3)))], data={"once": once}).url.path != first
    assert visitor(app, "max").post("/upload", files=files, data={"once": once}).url.path != first


def test_a_file_that_is_too_large_keeps_the_others(app, monkeypatch) -> None:
    monkeypatch.setattr(_upload, "MOST_BYTES", 500)
    account(app, "fay", "facilitator")
    fay = visitor(app, "fay")
    page = fay.post("/upload", files=[("files", ("big.txt", b"x" * 501)), ("files", ("a.txt", note(1)))])
    run_jobs(app)
    text = fay.get(page.url.path).text
    assert "arger than 50 MB" in text
    assert "LS-W1" in text
    assert text.count("This file was not taken in.") == 1
    many = fay.post("/upload", files=[("files", (f"{n}.txt", b"x")) for n in range(101)])
    assert many.status_code == 400
    assert "100 at once" in many.text
    assert len(app.state.desk.jobs.uploads()) == 2


def test_running_work_is_stopped_and_leaves_nothing(app, monkeypatch) -> None:
    account(app, "fay", "facilitator")
    fay, desk = visitor(app, "fay"), app.state.desk
    page = fay.post("/upload", files=[("files", ("a.txt", note(1)))]).url.path
    seen = []

    def reading(folder):
        seen.append(fay.get(page + "/state").json())
        fay.post(page + "/cancel")
        return real(folder)

    real = _worker.read
    monkeypatch.setattr(_worker, "read", reading)
    run_jobs(app)
    assert (seen[0]["state"], seen[0]["done"], seen[0]["total"]) == ("running", 1, 4)
    assert seen[0]["stage"]
    job = desk.jobs.recent()[0]
    assert job.state == "cancelled"
    assert len(desk.view.corpus) == 0
    assert [u.state for u in desk.jobs.uploads()] == ["refused"]
    assert "Stopped." in fay.get(page).text


def between(monkeypatch, name: str, act) -> None:
    """Act once, right after the store has written with this verb and before whoever asked goes on."""
    real, acted = getattr(Store, name), []

    def write(self, *given, **named):
        made = real(self, *given, **named)
        if not acted:
            acted.append(True)
            act()
        return made

    monkeypatch.setattr(Store, name, write)


@pytest.mark.parametrize("moment", ["put_sessions", "put_cleared"])
def test_reading_is_not_stopped_once_its_sessions_are_saved(app, monkeypatch, moment: str) -> None:
    account(app, "fay", "facilitator")
    fay, desk, said = visitor(app, "fay"), app.state.desk, []
    page = fay.post("/upload", files=[("files", (f"{n}.txt", note(n))) for n in range(3)]).url.path

    def stop() -> None:
        shown = fay.get(page).text
        said.append((fay.post(page + "/cancel").url.params["said"], "no longer be stopped" in shown, "/cancel" in shown))

    between(monkeypatch, moment, stop)
    run_jobs(app)
    assert said == [("late", True, False)]
    assert {j.state for j in desk.jobs.recent()} == {"done"}
    assert [u.state for u in desk.jobs.uploads()] == ["read"] * 3
    assert {s.id for s in desk.view.corpus} == {u.session for u in desk.jobs.uploads()} == {"LS-W0", "LS-W1", "LS-W2"}
    assert desk.store.unscreened() == ()
    assert "Stopped." not in fay.get(page).text
    assert fay.post(page + "/cancel").url.params["said"] == "late"


def test_what_a_job_writes_is_saved_or_it_is_stopped_never_both(demo_app, monkeypatch) -> None:
    account(demo_app, "rio", "researcher", "facilitator")
    rio, desk, said = visitor(demo_app, "rio"), demo_app.state.desk, []
    page = rio.post("/start/tag").url.path
    between(monkeypatch, "put_codings", lambda: said.append(rio.post(page + "/cancel").url.params["said"]))
    run_jobs(demo_app)
    assert said == ["late"]
    assert desk.jobs.recent(limit=1)[0].state == "done"


def test_reading_that_fails_after_its_sessions_are_saved_keeps_the_files_and_is_tried_again(app, monkeypatch) -> None:
    account(app, "fay", "facilitator")
    fay, desk = visitor(app, "fay"), app.state.desk
    page = fay.post("/upload", files=[("files", ("a.txt", note(1)))]).url.path

    def busy() -> None:
        raise StoreError("another program is writing to this project")

    between(monkeypatch, "put_sessions", busy)
    run_jobs(app)
    assert desk.jobs.recent()[0].state == "failed"
    assert [u.state for u in desk.jobs.uploads()] == ["waiting"]
    assert desk.owners() == {"LS-W1": {"Fay (fay)"}}
    assert "Try again" in fay.get(page).text
    fay.post(page + "/again")
    run_jobs(app)
    assert [u.state for u in desk.jobs.uploads()] == ["read"]  # it takes no other's place: there was none before
    assert desk.store.unscreened() == ()


def test_tagging_says_how_far_it_is_is_stopped_between_sessions_and_tags_only_what_changed(demo_app, monkeypatch) -> None:
    account(demo_app, "rio", "researcher", "facilitator")
    rio, desk = visitor(demo_app, "rio"), demo_app.state.desk
    before = [c for c in desk.store.codings()]
    told, real = [], desk.jobs.beat

    def beat(job, **now):
        told.append(now)
        real(job, **now)
        if (now.get("done"), now.get("total"), len(told) < 4) == (2, 6, True):
            shown = rio.get(f"/jobs/{job}/state").json()
            assert shown["stage"] == "Laying codes: 2 of 6 sessions."
            rio.post(f"/jobs/{job}/cancel")

    monkeypatch.setattr(desk.jobs, "beat", beat)
    rio.post("/start/tag")
    run_jobs(demo_app)
    assert [j.state for j in desk.jobs.recent(limit=1)] == ["cancelled"]
    assert list(desk.store.codings()) == before
    rio.post("/start/tag")
    run_jobs(demo_app)
    apart = desk.store.codings()
    assert len({(c.ref, c.code) for c in apart} ^ {(c.ref, c.code) for c in before}) < 0.05 * len(before)
    told.clear()
    rio.post("/upload", files=[("files", ("a.txt", note(1)))])
    run_jobs(demo_app)
    assert [t["done"] for t in told if t.get("total") == 7] == [6, 7]
    assert [c for c in desk.store.codings() if not c.ref.startswith("LS-W1")] == list(apart)
    assert len(desk.store.codings()) > len(apart)


def test_work_given_to_another_can_no_longer_write(app) -> None:
    desk = app.state.desk
    job = desk.jobs.ask("tag", who="t")
    mine = desk.jobs.claim(stale=15)
    with Project(desk.address, who="t") as slow:
        slow.guard(lambda db: desk.jobs.check(mine, db))
        slow.guard and slow._store.log("screen", {"screening": "x"})
        theirs = desk.jobs.claim(stale=-1)
        assert theirs.id == job.id
        with pytest.raises(Stopped):
            slow._store.log("screen", {"screening": "y"})
    assert str(desk.store.events()).count("'screening': 'x'") == 1
    assert "'screening': 'y'" not in str(desk.store.events())
    assert steps(desk.store.events()) == ()


def test_many_files_at_once_are_read_or_refused_with_a_reason(app) -> None:
    account(app, "fay", "facilitator")
    clients, wrong = [visitor(app, "fay") for _ in range(4)], []

    def send(n: int) -> None:
        body = b"PK\x03\x04 no" if n % 5 == 4 else note(n)
        file = (f"{n}.{'docx' if n % 5 == 4 else 'txt'}", body)
        wrong.append(clients[n % 4].post("/upload", files=[("files", file)], follow_redirects=False).status_code)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(20)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert set(wrong) == {303}
    run_jobs(app)
    uploads = app.state.desk.jobs.uploads()
    assert sorted(u.state for u in uploads) == ["read"] * 16 + ["refused"] * 4
    assert all(u.note["problems"] for u in uploads if u.state == "refused")
    assert len(app.state.desk.view.corpus) == 16


@pytest.mark.only_sqlite
def test_writers_take_turns_and_a_stranger_who_writes_long_is_named(tmp_path) -> None:
    import sqlite3

    path = tmp_path / "plan.db"
    stores = [Store(path, who=f"w{n}") for n in range(6)]

    def work(store: Store) -> None:
        for n in range(10):
            store.log("x", {"n": n})

    threads = [threading.Thread(target=work, args=(s,)) for s in stores]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(stores[0].events()) == 60
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with stores[0]._engine.connect() as db:
        db.exec_driver_sql("PRAGMA busy_timeout=50")
        db.commit()
    began = time.monotonic()
    with pytest.raises(StoreError, match="another program is writing"):
        stores[0].log("x", {})
    assert time.monotonic() - began < 12
    other.execute("ROLLBACK")
    other.close()
    for s in stores:
        s.close()


def test_a_brief_goes_with_the_sessions_and_roles_it_was_made_for(demo_app) -> None:
    for login, *roles in (("ari", "author"), ("pia", "privacy"), ("boss", "administrator")):
        account(demo_app, login, *roles)
    ari, desk = visitor(demo_app, "ari"), demo_app.state.desk
    page = ari.post("/brief", data={"suffix": ".md", "kind": "full en"}).url.path
    run_jobs(demo_app)
    assert ari.get(f"{page}/file").status_code == 200
    desk.accounts.change("ari", by="boss", roles=["facilitator"])
    assert visitor(demo_app, "ari").get(f"{page}/file").status_code == 404
    desk.accounts.change("ari", by="boss", roles=["author"])
    ari = visitor(demo_app, "ari")
    assert ari.get(f"{page}/file").status_code == 200
    assert visitor(demo_app, "pia").get(f"{page}/file").status_code == 404
    visitor(demo_app, "pia").post("/sessions/LS-F01/withdraw", data={"sure": "yes"})
    assert ari.get(f"{page}/file").status_code == 404
    assert all(desk.jobs.made(j.id) is None for j in desk.jobs.recent())


@pytest.mark.parametrize(("length", "status"), [(65 * 1024, 413), (None, 413), (100, 400)])
def test_a_stranger_sends_no_more_than_a_small_form(app, length, status) -> None:
    account(app, "ana")
    client = visitor(app)
    body = (b"login=ana&password=" + b"x" * 65 * 1024)[: length or 100]
    kind = {"content-type": "application/x-www-form-urlencoded"}
    sent = client.post("/signin", content=iter([body]) if length is None else body, headers=kind)
    assert sent.status_code == status
    files = [("files", ("a.txt", b"x"))]
    assert client.post("/signin", files=files, data={"login": "ana"}).status_code == 400


def test_what_became_of_files_and_the_coding_of_them_come_with_the_end_of_their_job(demo_app, monkeypatch) -> None:
    account(demo_app, "fay", "facilitator")
    jobs, worker = demo_app.state.desk.jobs, demo_app.state.worker
    while worker.step():
        pass
    page = visitor(demo_app, "fay").post("/upload", files=[("files", ("a.txt", NOTES.encode()))]).url.path
    job = int(page.rsplit("/", 1)[1])
    monkeypatch.setattr(type(jobs), "_over", gone)
    with pytest.raises(SystemExit):  # the machine goes down at the last write
        worker.step()
    assert [u.state for u in jobs.uploads(job=job)] == ["waiting"]
    assert jobs.sealed(jobs.uploads(job=job)[0].id)
    monkeypatch.undo()
    assert Worker(demo_app.state.desk, stale=-1).step()
    assert (jobs.get(job).state, jobs.get(job).result["sessions"]) == ("done", ["LS-T1"])
    assert [(j.kind, j.state) for j in jobs.recent(limit=1)] == [("tag", "waiting")]


def gone(*_: object, **__: object) -> None:
    raise SystemExit


def test_a_worker_ends_no_job_that_is_no_longer_its_own(app) -> None:
    account(app, "fay", "facilitator")
    visitor(app, "fay").post("/upload", files=[("files", ("a.txt", NOTES.encode()))])
    jobs = app.state.desk.jobs
    slow, (upload,) = jobs.claim(stale=15), jobs.uploads()
    swift = jobs.claim(stale=-1)
    assert swift.tries == slow.tries + 1
    assert not jobs.end(slow, "failed", files=[Became(upload.id, "refused")], then="tag")
    jobs.again(slow)
    assert (jobs.get(swift.id).state, [u.state for u in jobs.uploads()]) == ("running", ["waiting"])
    jobs.hand_back(swift)
    assert not jobs.end(swift, "done")
    run_jobs(app)
    assert [(j.kind, j.state) for j in jobs.recent()] == [("read", "done")]
    assert [u.state for u in jobs.uploads()] == ["read"]
