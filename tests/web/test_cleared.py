"""Before a session is cleared nobody sees its code but those whom it concerns, in whatever list; then everybody who may read."""

from __future__ import annotations

import re

import pytest
from web.conftest import HEADER, account, run_jobs, send, visitor

LISTS = (
    "/", "/upload", "/gate", "/needs", "/needs/transportation", "/themes", "/grid", "/plan", "/search?q=bus", "/code?order=reading",
    "/code/compare", "/topics", "/log", "/certificates", "/quote?ref=LS-T9%233", "/sessions/LS-T9", "/sessions/LS-T9/summary",
    "/code?order=reading&ref=LS-T9%233",
)  # fmt: skip
HELD = HEADER.replace("LS-T1", "LS-T9") + (
    'Facilitator: What makes it hard?\nP1: "The bus is zigzagging and never comes on time."\nP2: I met Rosa at the drop-in.\n'
)


@pytest.fixture
def app(demo_app):
    for login, *roles in (
        ("fay", "facilitator"), ("max", "facilitator", "author"), ("ari", "author"), ("rio", "researcher"),
        ("bob", "administrator"), ("pia", "privacy"),
    ):  # fmt: skip
        account(demo_app, login, *roles)
    fay = visitor(demo_app, "fay")
    assert "LS-T9" in send(fay, demo_app, ("notes.txt", HELD.encode()))
    fay.post("/sessions/LS-T9", data={"participants": "9"})  # so that the log names it
    return demo_app


def seen(app, login: str) -> list[str]:
    client = visitor(app, login)
    job = app.state.desk.jobs.recent()[-1].id
    found = []
    for address in (*LISTS, f"/jobs/{job}"):
        answer = client.get(address)
        assert answer.status_code < 500
        text = answer.text.split("</header>")[-1].replace("LS-T9#3</h1>", "")
        if "LS-T9" in text or "zigzag" in text:
            found.append(address)
    return found


@pytest.mark.parametrize("login", ["max", "ari", "rio", "bob"])
def test_an_uncleared_session_is_in_nobodys_list(app, login) -> None:
    assert "LS-T9" in app.state.desk.uncleared
    assert seen(app, login) == []
    client = visitor(app, login)
    for suffix in (".docx", ".html"):
        answer = client.post("/brief", data={"suffix": suffix, "kind": "session en", "session": "LS-T9"})
        assert answer.status_code == 404
    lay = client.post("/code/lay", data={"ref": "LS-T9#1", "codes": "transportation"})
    assert lay.status_code in (403, 404)


def test_a_brief_says_how_many_wait_and_stays_right_when_others_do(app, tmp_path) -> None:
    project, out = app.state.desk.project("x"), [tmp_path / n for n in ("brief.md", "two.md", "slides.md")]
    for path, kind in zip(out, ("full", "board", "slides"), strict=True):
        project.brief(path, kind=kind)
        assert "1 more session is still in the privacy check; it is not counted here." in plain(path), kind
        assert "LS-T9" not in path.read_text(encoding="utf-8")
    project.brief(sealed := tmp_path / "brief.docx")
    send(visitor(app, "max"), app, ("b.txt", HELD.replace("LS-T9", "LS-T8").encode()))
    assert project.beside().waiting == 2
    for path in (*out, sealed):
        assert project.verify(path).ok, project.verify(path)
    project.brief(later := tmp_path / "later.md")
    assert "2 more sessions are still in the privacy check; they are not counted here." in plain(later)
    changed = later.read_text(encoding="utf-8").replace('"waiting": "2"', '"waiting": "5"')
    assert changed != later.read_text(encoding="utf-8")
    later.write_text(changed, encoding="utf-8")
    assert not project.verify(later).ok


def plain(path) -> str:
    """A brief's words without the marks of its numbers."""
    return re.sub(r"\[\^n\d+\]", "", path.read_text(encoding="utf-8"))


def test_it_is_there_for_its_facilitator_and_the_privacy_officer(app) -> None:
    assert {"/upload", "/gate", "/sessions/LS-T9", "/sessions/LS-T9/summary"} <= set(seen(app, "fay"))
    assert {"/gate", "/sessions/LS-T9", "/log"} <= set(seen(app, "pia"))


def test_it_comes_into_every_list_once_it_is_cleared(app) -> None:
    fay, desk = visitor(app, "fay"), app.state.desk
    mine = [g for g in desk.audit("t").undecided() if any(r.startswith("LS-T9#") for r in g.refs)]
    for group in mine:
        fay.post("/gate/decide", data={"group": group.id, "decision": "identifier"})
    run_jobs(app)
    assert "LS-T9" not in desk.uncleared
    found = seen(app, "ari")
    assert {"/search?q=bus", "/sessions/LS-T9"} <= set(found)
    assert "/code?order=reading&ref=LS-T9%233" in seen(app, "rio")
    assert "Rosa" not in visitor(app, "ari").get("/sessions/LS-T9").text
    fay.post("/sessions/LS-T9/withdraw", data={"sure": "yes"})
    assert seen(app, "ari") == []


def test_it_is_counted_at_once_where_no_brief_was_given_out(app) -> None:
    fay, project = visitor(app, "fay"), app.state.desk.project("x")
    before = {t.id: (t.cells[0].sessions, t.cells[0].base) for t in project.themes()}
    for group in app.state.desk.audit("t").undecided():
        fay.post("/gate/decide", data={"group": group.id, "decision": "identifier"})
    run_jobs(app)
    project = app.state.desk.project("x")
    assert project.kept_back == frozenset()
    assert before != {t.id: (t.cells[0].sessions, t.cells[0].base) for t in project.themes()}


def test_it_counts_once_it_is_cleared_and_others_came_beside_it(app, tmp_path) -> None:
    fay, desk, ari = visitor(app, "fay"), app.state.desk, visitor(app, "ari")
    before = {t.id: (t.cells[0].sessions, t.cells[0].base) for t in desk.project("x").themes()}
    assert "LS-T9" not in {s.id for s in desk.project("x").counted.corpus}
    count = len(desk.project("x").counted.corpus)
    assert f"over {count} sessions" in ari.get("/needs").text
    assert "One more session is still in the privacy check" in ari.get("/needs").text
    ari.post("/brief", data={"suffix": ".md", "kind": "full", "title": ""})
    run_jobs(app)
    made = desk.jobs.made(desk.jobs.recent()[0].id)
    assert made is not None
    assert b"LS-T9" not in made
    assert f"{count} sessions".encode() in made
    (tmp_path / "brief.md").write_bytes(made)
    assert desk.project("x").verify(tmp_path / "brief.md").ok
    fay.post("/brief", data={"suffix": ".md", "kind": "session en", "session": "LS-T9"})  # its own page is there at once
    run_jobs(app)
    page = desk.jobs.made(desk.jobs.recent()[0].id)
    assert page is not None
    assert b"LS-T9" in page
    (tmp_path / "evening.md").write_bytes(page)
    assert desk.project("x").verify(tmp_path / "evening.md").ok
    for group in desk.audit("t").undecided():
        fay.post("/gate/decide", data={"group": group.id, "decision": "identifier"})
    run_jobs(app)
    after = {t.id: (t.cells[0].sessions, t.cells[0].base) for t in desk.project("x").themes()}
    assert "LS-T9" in {s.id for s in desk.project("x").counted.corpus}
    assert desk.project("x").kept_back == {"LS-T9"}, "alone, it would be told by what the brief does not hold"
    assert before == after
    ari.get("/needs")
    assert "One session is not counted for now" in ari.get("/").text
