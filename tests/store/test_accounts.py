"""Accounts, visits, invitations, jobs and uploads as rows; the log stays whole when many write at once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from feedback.errors import FeedbackError
from feedback.store import Accounts, Jobs, Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "plan.db", who="tester")


def test_one_account_a_login_and_one_first(store: Store) -> None:
    accounts = Accounts(store)
    accounts.add("Ana", name="Ana", password="x", roles=("author",), by="t", first=True)
    assert accounts.find("ANA") is not None
    with pytest.raises(FeedbackError):
        accounts.add("ana", name="Other", password="x", roles=(), by="t")
    with pytest.raises(FeedbackError):
        accounts.add("eve", name="Eve", password="x", roles=(), by="t", first=True)
    assert "password" not in str(store.events())


def test_an_invitation_is_used_once_and_ends(store: Store) -> None:
    accounts = Accounts(store)
    secret = accounts.invite("Leo", roles=("author",), by="t")
    assert accounts.invitation(secret) is not None
    assert [accounts.use(secret), accounts.use(secret)] == [True, False]
    assert accounts.invitation(secret) is None
    assert accounts.invitation(accounts.invite("Max", roles=("author",), by="t", days=-1)) is None


def test_a_job_goes_to_one_worker(store: Store, tmp_path: Path) -> None:
    Jobs(store).ask("tag", who="t")
    got: list[object] = []
    workers = [Jobs(Store(tmp_path / "plan.db")) for _ in range(6)]
    threads = [threading.Thread(target=lambda j=j: got.append(j.claim(stale=60))) for j in workers]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sum(g is not None for g in got) == 1


def test_the_log_stays_whole_when_many_write_at_once(store: Store, tmp_path: Path) -> None:
    stores = [Store(tmp_path / "plan.db", who=f"w{n}") for n in range(6)]

    def write(one: Store) -> None:
        for n in range(15):
            one.log("note", {"n": n})

    threads = [threading.Thread(target=write, args=(s,)) for s in stores]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(store.events()) == 90
