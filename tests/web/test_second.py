"""The second factor: asked for after the password, each code once, spare codes for a lost phone."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from web.conftest import HERE, PASSWORD, account, visitor

from feedback.web import _people


def turn_on(client) -> tuple[pyotp.TOTP, list[str]]:
    page = client.post("/me", data={"what": "show", "password": PASSWORD}).text
    secret = re.search(r'name="secret" value="([A-Z2-7]{32})"', page)[1]
    assert "<svg" in page
    totp = pyotp.TOTP(secret)
    data = {"what": "on", "password": PASSWORD, "secret": secret}
    assert client.post("/me", data={**data, "code": "000000"}).status_code == 400
    assert client.post("/me", data={**data, "secret": "!" * 32, "code": "000000"}).status_code == 400
    answer = client.post("/me", data={**data, "code": totp.at(time.time() - 30)})  # of the half minute before
    assert answer.status_code == 200
    return totp, re.findall(r"<code>([0-9a-f]{6}-[0-9a-f]{6})</code>", answer.text)


def enter(app):
    client = visitor(app)
    answer = client.post("/signin", data={"login": "ana", "password": PASSWORD})
    assert answer.url.path == "/second"
    assert client.get("/needs").url.path == "/signin"
    return client


def test_the_code_is_asked_for_and_opens_once(app) -> None:
    account(app, "ana")
    totp, spare = turn_on(visitor(app, "ana"))
    assert len(spare) == 8
    now = totp.now()
    client = enter(app)
    assert client.post("/second", data={"code": "123"}).status_code == 400
    assert client.post("/second", data={"code": f"{now[:3]} {now[3:]}"}).url.path == "/"
    other = enter(app)
    assert other.post("/second", data={"code": now}).status_code == 400
    assert other.post("/second", data={"code": spare[0]}).url.path == "/"
    again = enter(app)
    assert again.post("/second", data={"code": spare[0]}).status_code == 400
    assert "second factor" in str(app.state.desk.store.events())
    assert spare[1] not in str(app.state.desk.store.events())


def test_the_code_that_turned_it_on_opens_nothing_and_other_visits_end(app) -> None:
    account(app, "ana")
    here, there = visitor(app, "ana"), visitor(app, "ana")
    totp, _ = turn_on(here)
    assert here.get("/needs").url.path == "/needs"
    assert there.get("/needs").url.path == "/signin"
    assert enter(app).post("/second", data={"code": totp.at(time.time() - 30)}).status_code == 400


def test_a_hundred_guesses_at_once_are_five(app, monkeypatch) -> None:
    account(app, "ana")
    tried, real = [], _people.check_password

    def check(stored, given):
        tried.append(given)
        time.sleep(0.2)
        return real(None, given)

    monkeypatch.setattr(_people, "check_password", check)
    client = visitor(app)
    with ThreadPoolExecutor(20) as crowd:
        said = [f.result() for f in [crowd.submit(guess, client, n) for n in range(100)]]
    assert len(tried) == 5
    assert sorted(said) == [400] * 5 + [429] * 95


def guess(client, n: int) -> int:
    return client.post("/signin", data={"login": "ana", "password": f"guess number {n}"}).status_code


def test_guessing_is_throttled(app) -> None:
    account(app, "ana")
    totp, _ = turn_on(visitor(app, "ana"))
    client = enter(app)
    for n in range(5):
        client.post("/second", data={"code": f"00000{n}"})
    assert client.post("/second", data={"code": totp.at(int(time.time()) + 30)}).status_code == 429


@pytest.mark.only_sqlite
def test_the_secret_lies_sealed(app, tmp_path) -> None:
    account(app, "ana")
    totp, _ = turn_on(visitor(app, "ana"))
    app.state.desk.store.close()
    assert totp.secret.encode() not in b"".join(p.read_bytes() for p in tmp_path.glob("plan.db*") if p.suffix != ".key")


def test_an_administrator_can_turn_it_off(app) -> None:
    account(app, "ana")
    account(app, "boss")
    turn_on(visitor(app, "ana"))
    boss = visitor(app, "boss")
    assert boss.post("/people", data={"what": "second", "login": "ana"}).url.path == "/people"
    assert visitor(app, "ana").get("/needs").url.path == "/needs"


def test_a_password_is_changed_with_the_old_one_and_ends_other_visits(app) -> None:
    account(app, "ana")
    here, there = visitor(app, "ana"), visitor(app, "ana")
    new = {"new": "a longer horse battery", "again": "a longer horse battery", "what": "password"}
    assert here.post("/me", data={**new, "password": "not it at all"}).status_code == 400
    assert here.post("/me", data={**new, "password": PASSWORD, "again": "x"}).status_code == 400
    assert here.post("/me", data={**new, "password": PASSWORD}).url.path == "/me"
    assert there.get("/needs").url.path == "/signin"
    assert here.get("/needs").url.path == "/needs"
    assert here.base_url == HERE
