"""Files and forms of strangers, made up by the hundred: never a broken page, never a stranger's words in an error or the log."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web.conftest import DEMO, NOTES, account, run_jobs, visitor

from feedback.errors import FeedbackError
from feedback.ingest import read
from feedback.web import create_app
from feedback.web._parts import Wanting, name_of, parts, whole
from feedback.web._upload import clean
from feedback.web._worker import disk_name

CALM = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
SUFFIXES = st.sampled_from([".docx", ".txt", ".md", ".pdf", ".vtt", ".srt", ".csv", ".xlsx", ".json", ".odt", ".rtf", ".exe", ""])
SECRET = "Zyxwvut Qponmlk"
SEEDS = [p for p in sorted(DEMO.glob("LS-*")) if p.stat().st_size < 60_000]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[object, object]]:
    app = create_app(tmp_path_factory.mktemp("fuzz") / "plan.db")
    account(app, "fay")
    yield app, visitor(app, "fay", raise_server_exceptions=True)
    app.state.desk.close()


@given(st.text(max_size=80), SUFFIXES)
@settings(CALM, max_examples=300)
def test_names_of_files_are_harmless(name: str, suffix: str) -> None:
    kept, shown = disk_name(name + suffix), clean(name + suffix)
    assert kept
    assert kept == Path(kept).name
    assert kept not in (".", "..")
    assert all(c.isascii() and (c.isalnum() or c in "-_.") for c in kept)
    assert shown
    assert len(shown) <= 120
    assert not any(c in "/\\\n\r\0" for c in shown)


@st.composite
def broken(draw: st.DrawFn) -> tuple[str, bytes]:
    """A real document with a piece cut out, doubled or overwritten."""
    path = draw(st.sampled_from(SEEDS))
    body = bytearray(path.read_bytes())
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(body)))
        piece = draw(st.one_of(st.binary(max_size=40), st.just(f" {SECRET} ".encode())))
        body[at : at + draw(st.integers(0, 200))] = piece
    return path.suffix, bytes(body)


@given(broken())
@CALM
def test_broken_documents_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, given_: tuple[str, bytes]) -> None:
    suffix, body = given_
    path = tmp_path_factory.mktemp("broken") / f"LS-Q1{suffix}"
    path.write_bytes(body)
    try:
        said = " ".join(f"{p.what} {p.remedy} {p.place}" for p in read(path).problems)
    except FeedbackError as error:
        said = str(error)
    assert "Zyxwvut" not in said


@given(st.lists(st.tuples(st.text(max_size=40), SUFFIXES, st.one_of(st.binary(max_size=300), st.text(max_size=300))), max_size=3))
@settings(CALM, max_examples=20)
def test_whatever_is_uploaded_the_pages_stand(desk, files) -> None:
    app, fay = desk
    sent = []
    for name, suffix, body in files:
        content = body if isinstance(body, bytes) else (NOTES + body + f"\nP9: {SECRET}\n").encode("utf-8", "replace")
        sent.append(("files", (name.encode("utf-8", "replace").decode() + suffix or "x", content)))
    answer = fay.post("/upload", files=sent or None)
    assert answer.status_code in (200, 400), answer.text[:200]
    run_jobs(app)
    for job in app.state.desk.jobs.recent(limit=1):
        page = fay.get(f"/jobs/{job.id}")
        assert page.status_code == 200
        assert job.state == "done", job.result
        for problem in page.text.split('class="problem"')[1:]:
            assert "Zyxwvut" not in problem.split("</p>")[0]
    assert "Zyxwvut" not in str(app.state.desk.store.events())
    for u in app.state.desk.jobs.uploads():
        assert u.state in ("read", "replaced", "refused")
        assert u.state != "refused" or u.note


@given(st.binary(min_size=1, max_size=400), st.lists(st.tuples(st.integers(0, 400), st.integers(1, 90)), max_size=30))
@settings(CALM, max_examples=40)
def test_pieces_in_any_order_make_the_file_or_nothing(desk, body: bytes, sent: list[tuple[int, int]]) -> None:
    app, fay = desk
    sha, who = hashlib.sha256(body).hexdigest(), "Fay (fay)"
    address = f"/upload/part?file={sha}&size={len(body)}"
    there = fay.get(address).json()["have"]
    for start, length in sent:
        piece = body[start : start + length]
        if piece:
            now = fay.post(f"{address}&start={start}", content=piece).json()["have"]
            assert now == (start + len(piece) if start == there else there)
            there = now
    if there < len(body):
        with pytest.raises(Wanting):
            whole(app.state.desk, who, sha, len(body))
        assert fay.post(f"{address}&start={there}", content=body[there:]).json()["have"] == len(body)
    assert whole(app.state.desk, who, sha, len(body)) == body
    parts(app.state.desk).drop([name_of(who, sha, len(body))])


WORD = next(p for p in SEEDS if p.suffix == ".docx").read_bytes()


@pytest.mark.parametrize(("name", "body"), [
    ("a.docx", b"%PDF-1.4\n" + WORD), ("b.pdf", WORD), ("c.csv", WORD), ("d.docx", b"GIF89a" + WORD), ("e.txt", b"MZ\x90\0" + WORD),
    ("f.docx", WORD + b"\n<script>alert(1)</script>"),
    ("g.xlsx", WORD), ("h.docx", NOTES.encode()),
    ("i.vtt", b"PK\x03\x04" + NOTES.encode()),
    ("j.json", b'{"a":' * 5000), ("k.rtf", rb"{\rtf1{\object{\objdata 4d5a}}" + b"{" * 5000),
    ("l.html.txt", b"<html><script>x</script>"),
])  # fmt: skip
def test_documents_that_are_two_things_at_once(desk, name: str, body: bytes) -> None:
    app, fay = desk
    answer = fay.post("/upload", files=[("files", (name, body))])
    run_jobs(app)
    page = fay.get(answer.url.path)
    assert page.status_code == 200
    (upload,) = app.state.desk.jobs.uploads(job=int(answer.url.path.rsplit("/", 1)[1]))
    assert upload.state in ("read", "replaced", "refused")
    assert upload.state != "refused" or upload.note["problems"]
    assert "<script>" not in page.text.split("</head>")[1]


ADDRESSES = st.sampled_from([
    "/search", "/quote", "/needs", "/themes", "/grid", "/code", "/code/compare", "/gate", "/sessions/{}", "/needs/{}", "/jobs/{}",
    "/receipts/{}", "/welcome/{}", "/language/{}", "/log", "/upload/part", "/jobs/{}/state",
])  # fmt: skip
WORDS = st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=30)


@given(ADDRESSES, WORDS, WORDS)
@settings(CALM, max_examples=80)
def test_no_address_breaks_a_page(desk, address: str, first: str, second: str) -> None:
    from urllib.parse import quote

    _, fay = desk
    query = {k: v for k, v in zip(("q", "ref", "of", "by", "from", "order", "a", "session"), (first, second) * 4, strict=True)}
    answer = fay.get(address.format(quote(first, safe="")), params=query)
    assert answer.status_code < 500


@given(st.sampled_from(["/code/lay", "/code/memo", "/code/undo", "/gate/decide", "/gate/reveal", "/brief", "/topics/7", "/settings",
                        "/code/settle", "/topics/undo", "/jobs/7/again", "/upload/part", "/upload",
                        "/sessions/LS-T1", "/sessions/LS-T1/roles", "/people"]), WORDS, WORDS)  # fmt: skip
@settings(CALM, max_examples=60)
def test_no_form_breaks_a_page(desk, address: str, first: str, second: str) -> None:
    _, fay = desk
    names = [
        "ref", "codes", "group", "decision", "suffix", "kind", "what", "label", "into", "month", "participants", "line", "memo",
        "session",
    ]  # fmt: skip
    answer = fay.post(address, data={n: (first, second)[i % 2] for i, n in enumerate(names)}, follow_redirects=False)
    assert answer.status_code < 500
