"""Accounts, visits, invitations, jobs and uploads as rows; the log stays whole when many write at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from feedback.errors import FeedbackError
from feedback.store import Accounts, Jobs, Store


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    store = Store(address, who="tester")
    yield store
    store.close()


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
    made = {"password": "x", "roles": ("author",), "by": "t"}
    accounts.add("leo", name="Leo", **made)
    with pytest.raises(FeedbackError, match="taken"):
        accounts.add("leo", name="Leo", invitation=secret, **made)
    assert accounts.invitation(secret) is not None
    accounts.add("leo2", name="Leo", invitation=secret, **made)
    with pytest.raises(FeedbackError, match="invitation"):
        accounts.add("leo3", name="Leo", invitation=secret, **made)
    assert accounts.find("leo3") is None
    assert accounts.invitation(secret) is None
    assert accounts.invitation(accounts.invite("Max", roles=("author",), by="t", days=-1)) is None


def test_a_job_goes_to_one_worker(store: Store, address: str) -> None:
    Jobs(store).ask("tag", who="t")
    got: list[object] = []
    stores = [Store(address) for _ in range(6)]
    workers = [Jobs(s) for s in stores]
    threads = [threading.Thread(target=lambda j=j: got.append(j.claim(stale=60))) for j in workers]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sum(g is not None for g in got) == 1
    for s in stores:
        s.close()


def test_the_log_stays_whole_when_many_write_at_once(store: Store, address: str) -> None:
    stores = [Store(address, who=f"w{n}") for n in range(6)]

    def write(one: Store) -> None:
        for n in range(15):
            one.log("note", {"n": n})

    threads = [threading.Thread(target=write, args=(s,)) for s in stores]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(store.events()) == 90
    for s in stores:
        s.close()


def test_two_programs_open_a_new_project_at_once(address: str) -> None:
    opened: list[Store] = []
    threads = [threading.Thread(target=lambda: opened.append(Store(address))) for _ in range(5)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(opened) == 5
    opened[0].log("note", {})
    assert [len(s.events()) for s in opened] == [1] * 5
    for s in opened:
        s.close()
