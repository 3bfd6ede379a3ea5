"""Who comes in and who does not: set-up, sign-in, roles, cross-site requests, headers, limits."""

from __future__ import annotations

import contextlib
import resource
import socket
import subprocess
import sys
import time

import httpx
import pytest
from web.conftest import HERE, NOTES, PASSWORD, account, send, visitor

from feedback.errors import FeedbackError
from feedback.web import create_app
from feedback.web._guard import Throttle, check_password, hash_password

PAGES = [
    "/", "/me", "/upload", "/gate", "/needs", "/themes", "/plan", "/search", "/code", "/topics", "/people", "/settings", "/log",
    "/certificates", "/grid", "/jobs/1",
]  # fmt: skip


def test_the_first_administrator_needs_the_code_of_the_terminal(place) -> None:
    told: list[str] = []
    app = create_app(place, say=told.append)
    code = told[0].split()[-1]
    new = {"name": "Ana", "login": "ana", "password": PASSWORD, "again": PASSWORD}
    client = visitor(app)
    assert client.get("/").url.path == "/setup"
    assert client.post("/setup", data={**new, "code": "AAAA-BBBB-CCCC"}).status_code == 400
    assert client.post("/setup", data={**new, "code": code, "again": "another one"}).status_code == 400
    assert client.post("/setup", data={**new, "code": code}).url.path == "/settings"
    assert app.state.desk.code is None
    assert client.get("/log").status_code == 200
    other = visitor(app)
    assert other.get("/setup").url.path == "/signin"
    assert other.post("/setup", data={**new, "code": code, "login": "eve"}).url.path == "/signin"
    assert [a.login for a in app.state.desk.accounts.all()] == ["ana"]
    again = create_app(place, say=told.append)
    assert again.state.desk.code is None
    assert len(told) == 1
    again.state.desk.close()
    app.state.desk.close()


def test_a_stranger_starts_it_on_an_empty_folder(tmp_path, capsys) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began, before = time.monotonic(), sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    command = [sys.executable, "-u", "-c", "from feedback.cli import main; main()", "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            page = None
            while page is None and time.monotonic() - began < 60:
                with contextlib.suppress(httpx.TransportError):
                    page = httpx.get(f"http://127.0.0.1:{port}/", follow_redirects=True)
                time.sleep(0.05)
            took = time.monotonic() - began
        finally:
            server.terminate()
        told = server.stdout.read() if server.stdout else ""
    used = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - before
    assert page is not None, told
    assert page.url.path == "/setup"
    assert "one-time code" in told
    assert (tmp_path / "plan.db").exists()
    with capsys.disabled():
        print(f"\nfeedback serve on an empty folder: the set-up page after {took:.1f} s ({used:.1f} s of processor time)")


def test_nobody_reads_without_signing_in(app) -> None:
    account(app, "ana")
    client = visitor(app)
    for page in PAGES:
        assert client.get(page).url.path == "/signin", page
    for page in ("/upload", "/brief", "/gate/decide", "/gate/reveal", "/code/lay", "/start/tag", "/sessions/x/withdraw"):
        assert client.post(page).url.path == "/signin", page


def test_signing_in_is_throttled_and_says_nothing_about_names(app) -> None:
    account(app, "ana")
    client = visitor(app)
    wrong = client.post("/signin", data={"login": "ana", "password": "not this one"})
    nobody = client.post("/signin", data={"login": "eve", "password": "not this one"})
    assert wrong.status_code == nobody.status_code == 400
    assert wrong.text.replace("ana", "") == nobody.text.replace("eve", "")
    for _ in range(5):
        client.post("/signin", data={"login": "ana", "password": "not this one"})
    held = client.post("/signin", data={"login": "ana", "password": PASSWORD})
    assert held.status_code == 429
    assert client.get("/").url.path == "/signin"


def test_a_throttle_waits_longer_each_time_and_forgets() -> None:
    throttle = Throttle(free=2, window=900)
    for expected in (0, 0, 60, 120):
        assert throttle.waits("x") == pytest.approx(expected, abs=1)
        throttle.fail("x")
    assert throttle.waits("y") == 0
    throttle.clear("x")
    assert throttle.waits("x") == 0


def test_passwords_are_argon2id_and_long() -> None:
    assert hash_password(PASSWORD).startswith("$argon2id$")
    assert check_password(hash_password(PASSWORD), PASSWORD)
    assert not check_password(None, "nobody signs in with this")
    for poor in ("short", "aaaaaaaaaaaaaa", "password1234!"):
        with pytest.raises(FeedbackError):
            hash_password(poor)


def test_the_cookie_holds_an_id_and_visits_end(app) -> None:
    account(app, "ana")
    client = visitor(app)
    answer = client.post("/signin", data={"login": "ana", "password": PASSWORD}, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "ana" not in cookie
    secret = client.cookies["visit"]
    accounts = app.state.desk.accounts
    with app.state.desk.store._engine.connect() as db:
        kept = db.execute(app.state.desk.store._t.visit.select()).one()
    assert secret not in str(kept)
    assert accounts.who(secret, idle=60, longest=60) is not None
    assert accounts.who(secret, idle=-1, longest=60) is None
    assert client.get("/").url.path == "/signin"
    again = visitor(app, "ana")
    old = again.cookies["visit"]
    again.post("/signout")
    again.cookies.set("visit", old)
    assert again.get("/").url.path == "/signin"


@pytest.mark.parametrize("headers", [
    {"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"}, {"origin": HERE + ".evil.example"}, {"origin": HERE + ":1"},
    {"sec-fetch-site": "same-origin", "origin": "https://evil.example"},
])  # fmt: skip
def test_requests_from_other_sites_change_nothing(app, headers) -> None:
    account(app, "ana")
    client = visitor(app, "ana")
    if "origin" not in headers:
        del client.headers["origin"]
    answer = client.post("/settings", data={"what": "contacts", "contacts": "evil"}, headers=headers)
    assert answer.status_code == 403
    assert app.state.desk.setting("contacts", None) is None


def test_a_post_that_does_not_say_where_it_comes_from_is_refused(app) -> None:
    account(app, "ana")
    client = visitor(app, "ana")
    del client.headers["origin"]
    assert client.post("/settings", data={"what": "contacts", "contacts": "evil"}).status_code == 403


def test_every_answer_carries_the_headers(app) -> None:
    account(app, "ana")
    client = visitor(app, "ana")
    for page in ("/", "/nowhere", "/static/app.css", "/signin"):
        answer = client.get(page)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'self'")
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "same-origin"
    assert client.get("/").headers["cache-control"] == "no-store"
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_no_page_asks_another_machine_or_holds_a_script(demo_app) -> None:
    import re

    account(demo_app, "ana")
    client = visitor(demo_app, "ana")
    for page in [*PAGES[:-1], "/notes", "/needs/transportation", "/sessions/LS-F01", "/sessions/LS-F01/summary"]:
        text = client.get(page).text
        assert not re.search(r"""(?:src|href|action)=["'](?:[a-z]+:)?//""", text), page
        assert not re.search(r"<script(?! src=\"/static/app.js\" defer></script>)", text), page
        assert not re.search(r"\son\w+=|style=|javascript:", text), page
    assert "http" not in client.get("/static/app.js").text
    assert "url(" not in client.get("/static/app.css").text


def test_roles_are_questions(demo_app) -> None:
    may = {
        "facilitator": {"/upload", "/gate"},
        "researcher": {"/upload", "/gate", "/needs", "/themes", "/grid", "/plan", "/search", "/code", "/topics"},
        "author": {"/needs", "/themes", "/grid", "/plan", "/search"},
        "privacy": {"/gate", "/certificates", "/needs", "/themes", "/grid", "/plan", "/search", "/log"},
        "administrator": {"/people", "/settings", "/log"},
    }
    for role, pages in may.items():
        account(demo_app, role[:4], role)
        client = visitor(demo_app, role[:4])
        for page in PAGES[1:-1]:
            assert client.get(page).status_code == (200 if page in pages | {"/me"} else 403), (role, page)


def test_an_invitation_opens_once(app) -> None:
    account(app, "ana")
    boss = visitor(app, "ana")
    page = boss.post("/people", data={"what": "invite", "name": "Leo", "roles": "author"}).text
    assert "It opens on this computer only" in page
    link = page.split('id="link" readonly value="')[1].split('"')[0]
    path = link.removeprefix(HERE)
    new = {"name": "Leo", "login": "leo", "password": PASSWORD, "again": PASSWORD}
    guest = visitor(app)
    assert guest.get(path).status_code == 200
    assert guest.post(path, data=new).url.path == "/"
    assert guest.get("/people").status_code == 403
    assert visitor(app).post(path, data={**new, "login": "eve"}).status_code == 410
    boss.post("/people", data={"what": "close", "login": "leo"})
    assert guest.get("/").url.path == "/signin"
    assert visitor(app).post("/signin", data={"login": "leo", "password": PASSWORD}).status_code == 400


def test_an_invitation_that_opens_elsewhere_does_not_say_it_opens_here_only(place: str) -> None:
    from starlette.testclient import TestClient

    app = create_app(place, hosts=("notes.example.org",))
    account(app, "ana")
    away = "http://notes.example.org"
    boss = TestClient(app, base_url=away, headers={"origin": away, "accept-language": "en"})
    boss.post("/signin", data={"login": "ana", "password": PASSWORD})
    page = boss.post("/people", data={"what": "invite", "name": "Leo", "roles": "author"}).text
    assert f'value="{away}/welcome/' in page
    assert "on this computer only" not in page
    app.state.desk.close()


def test_the_way_back_leads_nowhere_else(app) -> None:
    client = visitor(app)
    for back in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = client.get("/language/es", params={"back": back}, follow_redirects=False)
        assert answer.headers["location"] == "/"
    answer = client.get("/language/es", params={"back": "/x\r\nSet-Cookie: a=b"}, follow_redirects=False)
    assert "a=b" not in str(answer.headers.get("set-cookie"))
    assert visitor(app).get("/setup", headers={"accept-language": "es-MX"}).text.count('lang="es"') >= 1


def test_what_is_too_large_is_refused_before_it_is_kept(app) -> None:
    account(app, "ana")
    client = visitor(app, "ana")
    answer = client.post("/upload", content=b"x" * 100, headers={"content-length": str(65 * 2**20), "content-type": "text/plain"})
    assert answer.status_code == 413
    assert app.state.desk.jobs.recent() == ()


def test_every_change_names_a_person(app) -> None:
    account(app, "ana")
    client = visitor(app, "ana")
    send(client, app, ("notes.txt", NOTES.encode()))
    client.post("/sessions/LS-T1", data={"participants": "9"})
    client.post("/sessions/LS-T1/withdraw", data={"sure": "yes", "why": "asked"})
    mine = [e for e in app.state.desk.store.events() if e["verb"] in ("add", "screen", "header", "withdraw")]
    assert {e["who"] for e in mine} == {"Ana (ana)"}
    assert {"add", "screen", "header", "withdraw"} == {e["verb"] for e in mine}
