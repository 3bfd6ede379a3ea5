"""Files that come in pieces: gone on with after a lost connection or a reload, held against their hash, bounded, forgotten."""

from __future__ import annotations

import hashlib

import pytest
from web.conftest import NOTES, account, run_jobs, visitor
from web.test_browser import Watched, browser
from web.test_browser import pytestmark as in_browser
from web.test_upload import stored

from feedback.web import _parts

__all__ = ["browser"]
ASK = {"accept": "application/json"}
LONG = (NOTES + "".join(f"P{n % 7}: The bus was late on day {n}.\n" for n in range(400))).encode()
SHA = hashlib.sha256(LONG).hexdigest()


def put(client, body: bytes, start: int, *, sha: str = SHA, size: int = len(LONG)):
    address = f"/upload/part?file={sha}&size={size}&start={start}"
    return client.post(address, content=body, headers={**ASK, "content-type": "application/octet-stream"})


def have(client, sha: str = SHA, size: int = len(LONG)) -> int:
    return client.get(f"/upload/part?file={sha}&size={size}", headers=ASK).json()["have"]


def finish(client, once: str = "", name: str = "long.txt", sha: str = SHA, size: int = len(LONG)):
    return client.post("/upload", data={"parts": f"{sha}:{size}:{name}", "once": once}, headers=ASK)


@pytest.fixture
def fay(app):
    account(app, "fay", "facilitator")
    account(app, "max", "facilitator")
    return visitor(app, "fay")


def test_pieces_join_and_come_in_once(app, fay) -> None:
    assert have(fay) == 0
    assert put(fay, LONG[:5000], 0).json() == {"have": 5000}
    assert put(fay, LONG[:5000], 0).json() == {"have": 5000}  # sent twice
    assert put(fay, LONG[9000:9100], 9000).json() == {"have": 5000}  # does not join on
    assert "arrived before the connection was lost" in fay.get("/upload").text
    assert finish(fay).json() == {"again": True}
    assert have(fay) == 5000
    assert have(visitor(app, "max")) == 0
    assert b"three buses" not in stored(app)
    put(fay, LONG[5000:], 5000)
    first = finish(fay, "o1").json()["to"]
    assert finish(fay, "o1").json()["to"] == first  # the answer was lost
    assert have(fay) == 0
    run_jobs(app)
    (upload,) = app.state.desk.jobs.uploads()
    assert (upload.state, upload.session, upload.name) == ("read", "LS-T1", "long.txt")
    assert len(app.state.desk.view.corpus["LS-T1"].turns) > 400


def test_a_file_that_is_not_what_it_said_is_not_taken(app, fay) -> None:
    put(fay, LONG.replace(b"bus", b"sub"), 0)
    assert finish(fay).json() == {"again": True}
    assert have(fay) == 0
    assert app.state.desk.jobs.uploads() == ()
    assert finish(fay, sha="x" * 64).status_code == 400
    for query in ("", "?file=x&size=3", f"?file={SHA}&size=-3", f"?file={SHA}&size=²"):
        assert fay.get(f"/upload/part{query}").status_code == 400
    assert put(fay, b"", 0).status_code == 400
    assert put(fay, b"x" * (_parts.PIECE + 1), 0).status_code == 400
    assert put(fay, b"x", 0, size=_parts.MOST_BYTES + 1).status_code == 413
    assert put(fay, LONG + b"more", 0).json() == {"have": 0}
    account(app, "ari", "author")
    assert put(visitor(app, "ari"), LONG, 0).status_code == 403
    assert visitor(app).get("/upload/part", headers=ASK).url.path == "/signin"


def test_unfinished_files_are_bounded_and_forgotten(app, fay, monkeypatch) -> None:
    monkeypatch.setattr(_parts, "EACH", 9_000)
    monkeypatch.setattr(_parts, "ALL", 15_000)
    assert put(fay, LONG[:8000], 0).status_code == 200
    assert put(fay, LONG[8000:9500], 8000).status_code == 413
    other = visitor(app, "max")
    assert put(other, LONG[:8000], 0).status_code == 413
    assert put(other, LONG[:5000], 0).status_code == 200
    kept = _parts.parts(app.state.desk)
    assert kept.sweep(older=60) == 0
    assert kept.sweep(older=-1) == 2
    assert have(fay) == have(other) == 0


def form(page) -> None:
    page.goto("/upload")
    page.set_input_files("#files", [{"name": "long.txt", "mimeType": "text/plain", "buffer": LONG}])


@pytest.mark.network
@pytest.mark.needs("chromium")
@in_browser[2]
@in_browser[3]
def test_a_cut_connection_and_a_reload_cost_no_piece_twice(app, fay, server, browser, monkeypatch) -> None:
    from feedback.web import _upload

    monkeypatch.setattr(_upload, "PIECE", 2_000)
    seen = Watched(browser, server(app))
    seen.sign_in("fay")
    page, starts, cut = seen.page, [], {"after": 3}

    def line(route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        starts.append(int(route.request.url.split("start=")[1]))
        if cut["after"] == len(starts):
            route.abort("connectionreset")  # in the middle, once
        elif cut["after"] and len(starts) > 5:
            route.abort("connectionreset")  # then for good, until the page is loaded again
        else:
            route.continue_()

    page.route("**/upload/part?**", line)
    form(page)
    page.click("text=Upload and read")
    page.wait_for_selector("text=The connection was lost")
    page.wait_for_timeout(2_500)
    assert starts[:5] == [0, 2000, 4000, 4000, 6000]
    there = have(fay)
    assert there == 8000
    cut["after"], before = 0, len(starts)
    form(page)
    assert "arrived before the connection was lost" in page.inner_text("main")
    page.click("text=Upload and read")
    page.wait_for_selector("section.file", timeout=120_000)
    assert starts[before:] == list(range(there, len(LONG), 2000))
    (upload,) = app.state.desk.jobs.uploads()
    assert upload.state == "read"
    assert len(app.state.desk.view.corpus["LS-T1"].turns) > 400
    seen.wrong = [w for w in seen.wrong if "ERR_CONNECTION_RESET" not in w]
    seen.fine()
