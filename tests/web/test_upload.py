"""Bringing sessions in: what is read, refused, replaced, decided and withdrawn; and what attackers send."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from web.conftest import DEMO, HEADER, NOTES, account, run_jobs, send, visitor

from feedback.errors import StoreError
from feedback.web._seal import Seal
from feedback.web._upload import clean
from feedback.web._worker import Worker, disk_name

NAMED = HEADER + "Facilitator: What should we know?\nP1: I met Rosa at the drop-in.\nP2: The bus is late.\n"
HARM = HEADER + "Facilitator: What should we know?\nP1: He's hitting me and he's outside right now.\nP2: The bus is late.\n"


def stored(app) -> bytes:
    store = app.state.desk.store
    if store.url.startswith("postgresql"):
        with store._engine.connect() as db:
            return str([tuple(row) for t in store._t.metadata.sorted_tables for row in db.execute(t.select())]).encode()
    folder = Path(store.url.removeprefix("sqlite:///")).parent
    return b"".join(p.read_bytes() for p in folder.glob("plan.db*") if p.suffix != ".key")


def test_a_facilitator_comes_from_file_to_confirmed_session(app) -> None:
    account(app, "fay", "facilitator")
    client = visitor(app, "fay")
    page = send(client, app, ("notes.txt", NOTES.replace("| 8 participants ", "").encode()))
    assert "LS-T1" in page
    assert "2 points, 1 question" in page
    session = client.get("/sessions/LS-T1").text
    assert session.count("not in the document") == 1
    for bad in ("-1", "eleven", "99999", "１２"):
        assert client.post("/sessions/LS-T1", data={"participants": bad}).status_code == 400
    assert client.post("/sessions/LS-T1", data={"month": "March"}).status_code == 400
    assert client.post("/sessions/LS-T1", data={"audience": "martians"}).status_code == 400
    client.post("/sessions/LS-T1", data={"participants": "12", "quote_consent": "no"})
    kept = app.state.desk.view.corpus["LS-T1"]
    assert (kept.participants, kept.quote_consent, kept.month, kept.missing) == (12, "no", "2025-03", ())
    summary = client.get("/sessions/LS-T1/summary").text
    assert "three buses" not in summary


def test_a_bad_file_says_why_and_keeps_the_others(app) -> None:
    account(app, "fay", "facilitator")
    page = send(
        visitor(app, "fay"), app, ("broken.docx", b"PK\x03\x04 no"), ("notes.txt", NOTES.encode()), ("empty.txt", b""),
        ("sign in sheet.csv", b"Name,Phone,Signature\nAna Gil,213-555-0144,x\n"), ("plan.docx", b"\x89PNG\r\n"),
    )  # fmt: skip
    assert page.count("This file was not taken in.") == 4
    assert page.count("LS-T1") >= 1
    assert "sign-in sheet" in page
    assert "Gil" not in page
    assert b"Gil" not in stored(app)


def test_a_corrected_file_replaces_and_says_what_changed(app) -> None:
    account(app, "fay", "facilitator")
    client = visitor(app, "fay")
    send(client, app, ("notes.txt", NOTES.encode()))
    page = send(client, app, ("notes.txt", (NOTES + "P3: More library hours.\n").encode()))
    assert "takes the place of the version before" in page
    assert "4 lines then, 5 now; 1 new, 0 gone" in page
    assert len(app.state.desk.view.corpus) == 1


def test_nobody_overwrites_a_session_of_others(app) -> None:
    account(app, "fay", "facilitator")
    account(app, "max", "facilitator")
    send(visitor(app, "fay"), app, ("notes.txt", NOTES.encode()))
    page = send(visitor(app, "max"), app, ("other.txt", (HEADER + "P1: nothing of that\n").encode()))
    assert "brought in by somebody else" in page
    assert "three buses" in app.state.desk.view.corpus["LS-T1"].turns[2].text


def test_sessions_concern_their_facilitator_until_they_are_cleared(app) -> None:
    for login, role in (("fay", "facilitator"), ("max", "facilitator"), ("pia", "privacy"), ("ari", "author")):
        account(app, login, role)
    send(visitor(app, "fay"), app, ("notes.txt", NAMED.encode()))
    assert visitor(app, "max").get("/sessions/LS-T1").status_code == 404
    assert visitor(app, "ari").get("/sessions/LS-T1").status_code == 404
    assert "LS-T1" not in visitor(app, "max").get("/gate").text
    for login in ("fay", "pia"):
        assert "LS-T1#2" in visitor(app, login).get("/gate").text
    job = app.state.desk.jobs.recent()[0].id
    assert visitor(app, "max").get(f"/jobs/{job}").status_code == 404
    group = app.state.desk.audit("t").undecided()[0].id
    assert visitor(app, "max").post("/gate/reveal", data={"group": group}).status_code == 404
    assert visitor(app, "max").post("/gate/decide", data={"group": group, "decision": "harmless"}).status_code == 404
    assert visitor(app, "max").post("/sessions/LS-T1/withdraw", data={"sure": "yes"}).status_code == 404


def test_a_word_is_shown_only_on_asking_and_decided_by_name(app) -> None:
    account(app, "fay", "facilitator")
    client = visitor(app, "fay")
    page = send(client, app, ("notes.txt", NAMED.encode()))
    for text in (page, client.get("/gate").text, client.get("/sessions/LS-T1").text, client.get("/upload").text):
        assert "Rosa" not in text
    (group,) = app.state.desk.audit("t").undecided()
    assert "Rosa" in client.post("/gate/reveal", data={"group": group.id}).text
    events = app.state.desk.store.events()
    assert events[-1]["verb"] == "reveal"
    assert events[-1]["who"] == "Fay (fay)"
    assert "Rosa" not in str(events)
    assert client.post("/gate/decide", data={"group": group.id, "decision": "nonsense"}).status_code == 400
    client.post("/gate/decide", data={"group": group.id, "decision": "identifier"})
    text = client.get("/sessions/LS-T1").text
    assert "Rosa" not in text
    assert "at the drop-in" in text
    assert "Nothing waits" in client.get("/gate").text
    decided = app.state.desk.store.decisions()
    assert decided[0][1:3] == ("replace", "Fay (fay)")
    assert decided[0][3]


def test_a_disclosure_is_met_calmly_and_never_quoted(app) -> None:
    account(app, "fay", "facilitator", "administrator", "author")
    client = visitor(app, "fay")
    client.post("/settings", data={"what": "contacts", "contacts": "Call the front office first."})
    page = send(client, app, ("notes.txt", HARM.encode()))
    gate = client.get("/gate").text
    assert "Call the front office first." in gate
    for text in (page, gate, client.get("/sessions/LS-T1").text, client.get("/search?q=outside").text, client.get("/log").text):
        assert "hitting" not in text
        assert "outside right now" not in text
    (group,) = app.state.desk.audit("t").undecided()
    assert client.post("/gate/decide", data={"group": group.id, "decision": "harmless"}).status_code == 400
    client.post("/gate/decide", data={"group": group.id, "decision": "remove_from_analysis"})
    assert "hitting" not in client.get("/sessions/LS-T1").text
    assert "Nothing waits" in client.get("/gate").text


def test_withdrawing_deletes_and_gives_a_receipt(app) -> None:
    account(app, "fay", "facilitator")
    client = visitor(app, "fay")
    send(client, app, ("our notes of march.txt", NOTES.encode()))
    assert client.post("/sessions/LS-T1/withdraw", data={}).url.path == "/sessions/LS-T1"
    answer = client.post("/sessions/LS-T1/withdraw", data={"sure": "yes", "why": "the group asked"})
    assert "the group asked" in answer.text
    assert answer.url.path.startswith("/receipts/")
    assert client.get("/sessions/LS-T1").status_code == 404
    app.state.desk.store.tidy()
    kept = stored(app)
    assert b"three buses each way" not in kept
    assert b"our notes of march" not in kept
    account(app, "max", "facilitator")
    assert visitor(app, "max").get(answer.url.path).status_code == 404


def test_waiting_documents_lie_encrypted_and_leave_nothing(app) -> None:
    account(app, "fay", "facilitator")
    client = visitor(app, "fay")
    client.post("/upload", files=[("files", ("a.txt", NOTES.encode()))])
    assert b"three buses" not in stored(app)
    (waiting,) = app.state.desk.jobs.uploads()
    sealed = app.state.desk.jobs.sealed(waiting.id)
    key = app.state.desk.store.keys[".key"]
    assert key.stat().st_mode & 0o077 == 0
    with pytest.raises(StoreError, match="key"):
        Seal(bytes(32)).open(sealed, name=waiting.id)
    with pytest.raises(StoreError, match="key"):
        app.state.desk.seal.open(sealed, name="another")
    run_jobs(app)
    assert app.state.desk.jobs.sealed(waiting.id) is None


def test_a_job_survives_a_crash_and_is_done_once(app) -> None:
    account(app, "fay", "facilitator")
    client = visitor(app, "fay")
    client.post("/upload", files=[("files", ("a.txt", NOTES.encode()))])
    jobs = app.state.desk.jobs
    taken = jobs.claim(stale=15)
    assert taken is not None
    assert jobs.claim(stale=15) is None
    assert not app.state.worker.step()
    assert Worker(app.state.desk, stale=-1).step()
    assert jobs.get(taken.id).state == "done"
    assert [u.state for u in jobs.uploads()] == ["read"]
    assert sum(e["verb"] == "add" for e in app.state.desk.store.events()) == 1


def test_a_job_that_never_ends_is_given_up(app) -> None:
    jobs = app.state.desk.jobs
    job = jobs.ask("tag", who="t")
    for _ in range(3):
        assert jobs.claim(stale=-1).id == job.id
    assert jobs.claim(stale=-1) is None
    assert jobs.get(job.id).state == "failed"


def test_files_of_a_job_given_up_are_kept_and_taken_up_again(app) -> None:
    account(app, "fay", "facilitator")
    client = visitor(app, "fay")
    page = client.post("/upload", files=[("files", ("a.txt", NOTES.encode()))]).url.path
    for _ in range(3):  # the machine goes down each time
        assert app.state.desk.jobs.claim(stale=-1) is not None
    assert app.state.desk.jobs.claim(stale=-1) is None
    assert "Try again" in client.get(page).text
    assert [u.state for u in app.state.desk.jobs.uploads()] == ["waiting"]
    client.post(page + "/again")
    run_jobs(app)
    assert [u.state for u in app.state.desk.jobs.uploads()] == ["read"]
    assert "LS-T1" in client.get(page).text
    assert "Try again" not in client.post(page + "/again").text


def test_a_waiting_job_can_be_stopped(app) -> None:
    account(app, "fay", "facilitator")
    client = visitor(app, "fay")
    page = client.post("/upload", files=[("files", ("a.txt", NOTES.encode()))])
    client.post(page.url.path + "/cancel")
    assert not app.state.worker.step()
    (upload,) = app.state.desk.jobs.uploads()
    assert (upload.state, app.state.desk.jobs.sealed(upload.id)) == ("refused", None)


# ---- attacks ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [
    "../../../etc/passwd.txt", "..\\..\\windows\\win.txt", "/etc/shadow.txt", "a\r\nSet-Cookie: x=y.txt",
    "<img src=x onerror=alert(1)>.txt",
    "=HYPERLINK(1).txt", "\u202etxt.exe.txt", "Maria Gomez 213-555-0144.txt", "a" * 300 + ".txt", ".txt", "CON.txt",
])  # fmt: skip
def test_file_names_of_strangers(app, name) -> None:
    account(app, "fay", "facilitator", "privacy", "author")
    client = visitor(app, "fay")
    text = NOTES.replace("LS-T1 | ", "").encode()
    page = send(client, app, (name, text))
    assert "<img" not in page
    assert "\u202e" not in page
    kept = disk_name(name)
    assert "/" not in kept
    assert "\\" not in kept
    assert not {"maria", "gomez"} & set(kept.lower().replace(".", "-").split("-"))
    assert "Gomez" not in str(app.state.desk.store.events())
    for s in app.state.desk.view.corpus:
        assert "gomez" not in (s.id + s.file).lower()
        assert client.get(f"/sessions/{s.id}").status_code == 200


def test_names_for_the_disk_keep_codes_and_kinds() -> None:
    assert disk_name("LS-F01_notas.docx") == "LS-F01-notas.docx"
    assert disk_name("Sign-In Sheet.csv").endswith("-sign-in-sheet.csv")
    assert disk_name("x") == disk_name("x") != disk_name("y")
    assert len({disk_name(f"notes {n}.txt") for n in range(500)}) > 495


def test_a_name_that_we_give_is_nobodys(tmp_path) -> None:
    from feedback.ingest import read
    from feedback.privacy import screen

    for n in range(30):
        (tmp_path / disk_name(f"{n}.txt")).write_text(
            NOTES.replace("LS-T1 | ", "") + f"P1: It is {'very ' * n}late.\n", encoding="utf-8"
        )  # fmt: skip
    assert len(read(tmp_path)) == 30
    assert screen(read(tmp_path)).findings == ()
    assert clean("..") == ".."
    assert clean("\x00\x01") == "file"


def test_words_are_never_markup(app) -> None:
    account(app, "ana")
    client = visitor(app, "ana")
    evil = HEADER + 'Facilitator: <script>alert(1)</script>?\nP1: <img src=x onerror="alert(2)"> the bus\nP2: ok {{7*7}} then\n'
    page = send(client, app, ("<svg onload=alert(3)>.txt", evil.encode()))
    ref = "LS-T1%233"
    for address in ("/sessions/LS-T1", "/search?q=bus", f"/quote?ref={ref}", "/upload", "/sessions/LS-T1/summary"):
        page += client.get(address).text
    page += client.get("/search", params={"q": "<script>alert(4)</script>"}).text
    for bad in ("<script>alert", "<img src=x", "<svg onload", " 49 "):
        assert bad not in page
    assert "&lt;script&gt;" in page
    assert "{{7*7}}" in page


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in files.items():
            z.writestr(name, content)
    return out.getvalue()


def test_bombs_and_entities_are_refused(app) -> None:
    account(app, "fay", "facilitator")
    docx = {p: b"<x/>" for p in ("[Content_Types].xml",)}
    bomb = _zip({**docx, "word/document.xml": b"<a>" + b" " * 60_000_000 + b"</a>"})
    entity = _zip({**docx, "word/document.xml": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'})
    climb = _zip({**docx, "../../evil.txt": b"x", "word/document.xml": b"<a/>"})
    page = send(
        visitor(app, "fay"), app, ("a.docx", bomb), ("b.docx", entity), ("c.docx", climb), ("d.exe", b"MZ\0\0"),
        ("e.pdf", b"%PDF-1.4 no"), ("f.json", b"[" * 100_000), ("g.csv", b"\xff\xfe\0"),
    )  # fmt: skip
    assert page.count("This file was not taken in.") == 7
    assert "root:" not in page
    assert len(app.state.desk.view.corpus) == 0


def test_a_longest_demo_note_needs_few_steps(app) -> None:
    account(app, "fay", "facilitator")
    client = visitor(app, "fay")
    file = max(DEMO.glob("LS-*.docx"), key=lambda p: p.stat().st_size)
    page = send(client, app, (file.name, file.read_bytes()))
    assert "This file was not taken in." not in page
    (session,) = app.state.desk.view.corpus
    assert len(session.missing) <= 5
    assert client.post(f"/sessions/{session.id}", data={}).status_code == 200


def test_who_speaks_and_what_a_line_is_can_be_corrected(app) -> None:
    account(app, "fay", "facilitator")
    client = visitor(app, "fay")
    text = HEADER + "Lee: What makes it hard?\nP1: Three buses each way.\nP2: Night is hard.\nLee: And then?\nP1: We walk.\n"
    send(client, app, ("notes.txt", text.encode()))
    found = app.state.desk.view.corpus["LS-T1"]
    label = next(t.speaker.label for t in found.turns if t.text == "And then?")
    answer = client.post("/sessions/LS-T1/roles", data={f"role {label}": "participant"})
    assert answer.url.path == "/sessions/LS-T1"
    turns = {t.text: t for t in app.state.desk.view.corpus["LS-T1"].turns}
    assert turns["And then?"].role == "participant"
    client.post("/sessions/LS-T1/roles", data={f"role {label}": "facilitator"})
    turns = {t.text: t for t in app.state.desk.view.corpus["LS-T1"].turns}
    assert (turns["And then?"].role, turns["And then?"].kind) == ("facilitator", "prompt")
    assert turns["We walk."].prompt == turns["And then?"].index
    client.post("/sessions/LS-T1/roles", data={"line": str(turns["Night is hard."].index), "what": "meeting"})
    turns = {t.text: t for t in app.state.desk.view.corpus["LS-T1"].turns}
    assert (turns["Night is hard."].role, turns["Night is hard."].kind) == ("heading", "process")
    assert client.post("/sessions/LS-T1/roles", data={"line": "9999999", "what": "point"}).status_code == 200
    account(app, "eve", "facilitator")
    assert visitor(app, "eve").post("/sessions/LS-T1/roles", data={f"role {label}": "participant"}).status_code == 404


def test_a_refused_answer_leads_to_its_field_and_keeps_what_was_typed(app) -> None:
    account(app, "fay", "facilitator")
    client = visitor(app, "fay")
    send(client, app, ("notes.txt", NOTES.encode()))
    answer = client.post("/sessions/LS-T1", data={"participants": "a few", "audience": "family", "month": "2025-04"})
    assert answer.status_code == 400
    page = answer.text
    assert '<a href="#participants">' in page.split('id="trouble"')[1].split("</p>")[0]
    field = page.split('id="participants"')[1].split(">")[0]
    assert 'value="a few"' in field
    assert 'aria-describedby="trouble"' in field
    assert 'aria-invalid="true"' in field
    assert 'value="2025-04"' in page
    assert '<option value="family" selected>' in page
    client.post("/signout")
    page = client.post("/signin", data={"login": "fay", "password": "wrong horse battery"}).text
    assert 'aria-invalid="true"' in page.split('id="login"')[1].split(">")[0]
    assert "wrong horse" not in page


def test_a_corrected_file_does_not_ask_again_what_was_answered(app) -> None:
    account(app, "fay", "facilitator")
    client = visitor(app, "fay")
    bare = NOTES.replace("| 8 participants ", "").replace(" | quotes yes", "")
    send(client, app, ("notes.txt", bare.encode()))
    client.post("/sessions/LS-T1", data={"participants": "9", "quote_consent": "review"})
    page = send(client, app, ("notes.txt", bare.replace("three buses", "four buses").encode()))
    assert "It takes the place of the version before" in page
    (found,) = app.state.desk.view.corpus
    assert (found.participants, found.quote_consent) == (9, "review")
    client.post("/sessions/LS-T1", data={"quote_consent": "yes"})  # a permission to quote does not pass to another text
    send(client, app, ("notes.txt", bare.replace("three buses", "five buses").encode()))
    (found,) = app.state.desk.view.corpus
    assert (found.participants, found.quote_consent) == (9, None)
    send(client, app, ("notes.txt", NOTES.encode()))  # and what a document says itself goes first
    (found,) = app.state.desk.view.corpus
    assert (found.participants, found.quote_consent) == (8, "yes")
