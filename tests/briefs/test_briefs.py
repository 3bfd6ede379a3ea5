"""Briefs in every format: safe against what people type, nothing hidden shown, nothing private printed."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

import feedback
from feedback.codebook import Code, Codebook, Coding, Codings
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import FeedbackError, VerifyError
from feedback.findings import summarize
from feedback.plan import Area, Needs, Plan, Strategy, crosswalk

NASTY = 'They said <script>alert("x")</script> & "come back | later" =1+1 *now* every week'
BOOK = Codebook(
    (
        Code("rides", "Getting there", definition="Reaching services.", triggers={"en": ("bus",)}, maps={"plan": ("P1",)}),
        Code("beds", "A <b>bed</b>", definition="Somewhere to sleep.", maps={"plan": ("P1",)}),
        Code("pills", "Drugs", sensitivity="restricted", maps={"plan": ("P1",)}),
    ),
    name="test",
)
PLAN = Plan("t", "Plan & more", "plan", (Area("P1", "First <area>", (Strategy("P1.1", "Vans", ("rides",)),)),))


def session(i: int, *, audience: str, consent: str = "yes", words: str = NASTY) -> Session:
    turns = (
        Turn(0, "What gets in the way?", Speaker("F", "facilitator"), kind="prompt", language="en"),
        Turn(1, words, Speaker("P1"), language="en", verbatim=True, prompt=0),
        Turn(2, f"somewhere to lie down for once in room {i} please", Speaker("P2"), language="en", verbatim=True, prompt=0),
    )
    return Session(
        f"T{i:02}", turns, month="2025-03", audience=audience, languages=("en",), participants=9, spa=1 + i % 3, recorded=True,
        quote_consent=consent, file=f"t{i}.txt", sha256=f"{i:064}", format="txt",
    )  # fmt: skip


def needs_of(sessions: list[Session], extra: tuple[Coding, ...] = ()) -> Needs:
    corpus = Corpus(tuple(sessions))
    codings = [Coding(f"{s.id}#1", "rides", "human:ab", category="barrier", polarity="need", about="self") for s in sessions]
    book = Codings((*codings, *extra), corpus, BOOK, unscreened="invented for a test")
    return crosswalk(summarize(book, unscreened="invented for a test"), PLAN)


@pytest.fixture
def needs() -> Needs:
    return needs_of([session(i, audience=("youth", "family")[i % 2]) for i in range(8)])


def test_typed_markup_stays_text(needs: Needs) -> None:
    page = feedback.brief(needs).render(".html").decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "First &lt;area&gt;" in page
    assert "<b>bed</b>" not in page


@pytest.mark.parametrize("kind", ["full", "board", "slides", "report-back"])
@pytest.mark.parametrize("suffix", [".html", ".md", ".docx", ".xlsx", ".pptx"])
def test_every_kind_in_every_format_verifies(needs: Needs, tmp_path: Path, kind: str, suffix: str) -> None:
    path = feedback.brief(needs, kind=kind).save(tmp_path / f"brief{suffix}")
    assert feedback.verify(path, needs).ok
    path.write_bytes(path.read_bytes()[:-1] + b"~")
    try:
        assert not feedback.verify(path, needs).ok
    except VerifyError:
        assert suffix in (".html", ".md")


@pytest.mark.slow
def test_pdf_is_tagged_and_verifies(needs: Needs, tmp_path: Path) -> None:
    pytest.importorskip("weasyprint", exc_type=(ImportError, OSError))
    path = feedback.brief(needs).save(tmp_path / "brief.pdf")
    pypdf = pytest.importorskip("pypdf")
    root = pypdf.PdfReader(path).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en"
    assert feedback.verify(path, needs).ok


def test_word_opens_with_real_styles(needs: Needs) -> None:
    import docx

    document = docx.Document(io.BytesIO(feedback.brief(needs).render(".docx")))
    styles = {p.style.name for p in document.paragraphs}
    assert {"Title", "Heading 1", "Heading 2", "List Bullet", "Caption"} <= styles
    headed = [t for t in document.tables if t.style.name == "Normal Table" or (t.style.name == "Table Grid" and len(t.columns) > 2)]
    assert headed
    assert all("w:tblHeader" in t.rows[0]._tr.xml for t in headed)
    assert document.core_properties.title


def test_a_sheet_never_runs_a_formula(needs: Needs) -> None:
    made = needs_of([session(i, audience="youth", words="=HYPERLINK(1) we wait for the bus every single day") for i in range(8)])
    with zipfile.ZipFile(io.BytesIO(feedback.brief(made).render(".xlsx"))) as z:
        sheets = [z.read(n).decode() for n in z.namelist() if n.startswith("xl/worksheets/")]
    assert sheets
    assert not any("<f>" in s for s in sheets)


def test_sessions_that_said_no_are_never_quoted() -> None:
    made = needs_of([session(i, audience="youth", consent=("no", "review")[i % 2]) for i in range(8)])
    for suffix in (".html", ".md"):
        assert "come back" not in feedback.brief(made).render(suffix).decode()


def test_restricted_codes_are_county_wide_and_without_quotes(needs: Needs) -> None:
    sessions = [session(i, audience=("youth", "family")[i % 2]) for i in range(8)]
    extra = tuple(Coding(f"T{i:02}#2", "pills", "human:ab", category="need", polarity="need", about="self") for i in range(4))
    made = needs_of(sessions, extra)
    page = feedback.brief(made).render(".html").decode()
    assert "lie down" not in page
    need = made["pills"]
    assert need.audiences == ()
    assert need.quotes == ()


def test_the_session_list_names_no_place_and_no_month(needs: Needs) -> None:
    page = feedback.brief(needs).render(".html").decode()
    table = page.split('id="sessions"', 1)[1].split("</table>", 1)[0]
    assert "SPA" not in table
    assert "2025-03" not in table


def test_a_private_view_is_not_printed(needs: Needs) -> None:
    private = summarize(needs.themes.codings, private=True, unscreened="invented for a test")
    with pytest.raises(FeedbackError, match="private"):
        feedback.brief(crosswalk(private, PLAN))


def test_what_cannot_be_asked_for_is_said(needs: Needs, tmp_path: Path) -> None:
    with pytest.raises(FeedbackError, match="report-back"):
        feedback.brief(needs, kind="poster")
    with pytest.raises(FeedbackError, match="English"):
        feedback.brief(needs, language="es")
    with pytest.raises(FeedbackError, match=r"\.docx"):
        feedback.brief(needs).save(tmp_path / "brief.rtf")
    assert list(tmp_path.iterdir()) == []


def test_the_report_back_speaks_spanish(needs: Needs) -> None:
    page = feedback.brief(needs, kind="report-back", language="es").render(".html").decode()
    assert '<html lang="es">' in page
    assert "¿Lo entendimos bien?" in page


def test_nothing_heard_makes_an_honest_page() -> None:
    empty = Codings((), Corpus((session(1, audience="youth"),)), BOOK, unscreened="invented for a test")
    made = crosswalk(summarize(empty, unscreened="invented for a test"), PLAN)
    page = feedback.brief(made).render(".html").decode()
    assert "No need recurs" in page
    assert re.search(r"past the privacy gate", page)


def test_what_was_heard_last_time_stands_beside(needs: Needs, tmp_path: Path) -> None:
    from dataclasses import replace

    from feedback.findings import compare, freeze
    from feedback.plan import Beside

    codings = needs.themes.codings
    early = codings.corpus.replace_sessions(list(codings.corpus)[:4])
    first = replace(codings, corpus=early, values=tuple(c for c in codings if c.ref.split("#")[0] in {s.id for s in early}))
    frozen = freeze(summarize(first, unscreened="invented for a test"), "2024")
    rounds = compare(codings, frozen, unscreened="invented for a test")
    made = crosswalk(needs.themes, PLAN, beside=Beside(rounds=rounds))
    text = feedback.brief(made).render(".md").decode()
    assert "Since last time" in text
    assert "Heard in 2024, and in the sessions since" in text
    path = feedback.brief(made).save(tmp_path / "b.xlsx")
    assert feedback.verify(path, made).ok
