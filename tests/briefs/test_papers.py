"""Sheets out and back in: signed, exact, screened, and shown in the brief that follows."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

import feedback
from feedback.briefs import SHEETS, read_sheet, sheet
from feedback.briefs._page import Paragraph, plain
from feedback.errors import FeedbackError, TableError
from feedback.project import Project
from tests.conftest import DEMO

pytestmark = pytest.mark.slow
SIGNED = {"by": "A. Author", "on": "2026-05-01"}


@pytest.fixture(scope="module")
def project(demo_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A copy of the demo project that may be written to."""
    source = Path(demo_project._store.url.removeprefix("sqlite:///"))
    demo_project._store.tidy()
    target = tmp_path_factory.mktemp("papers") / "plan.db"
    for file in source.parent.glob(f"{source.name}*"):
        shutil.copy(file, target.with_name(file.name.replace(source.name, target.name)))
    with Project(target, who="tester") as made:
        yield made


def fill(path: Path, row: int, **cells: object) -> None:
    """Fill in cells of a written sheet by the names of its columns; `row` counts from the first row of data."""
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    heads = {str(c.value).split(" [")[0]: c.column for c in page[3]}
    for name, value in cells.items():
        page.cell(4 + row, heads[name.replace("_", " ") if name.replace("_", " ") in heads else name]).value = value
    book.save(path)


@pytest.mark.parametrize("kind", SHEETS)
def test_an_untouched_sheet_changes_nothing_and_is_the_same_twice(project: Project, tmp_path: Path, kind: str) -> None:
    path = project.sheet(kind, tmp_path / f"{kind}.xlsx")
    again = sheet(kind, project.crosswalk(), matrix=project.matrix if kind == "matrix" else None)
    assert path.read_bytes() == again
    assert read_sheet(path)[0] == kind
    assert project.take_sheet(path, by="nobody") == (kind, 0)


def test_a_signed_sentence_stands_in_the_brief(project: Project, tmp_path: Path) -> None:
    path = project.sheet("statements", tmp_path / "s.xlsx")
    fill(path, 0, statement="Families need steady money for rent and food.", **SIGNED)
    assert project.take_sheet(path) == ("statements", 1)
    first = project.crosswalk(DEMO / "plan.yaml").values[0]
    assert first.statement == "Families need steady money for rent and food."
    assert first.signed == "A. Author, 2026-05-01"
    out = project.brief(tmp_path / "b.html")
    assert first.statement in out.render(".html").decode()
    assert project.verify(tmp_path / "b.html").ok


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ({"statement": "Stop children who went AWOL.", **SIGNED}, "missing from care"),
        ({"statement": "Call Maria Guadalupe Hernandez at 213-555-0148.", **SIGNED}, "name, number or address"),
        ({"statement": "Families need rest.", "by": "A. Author", "on": "May"}, "YYYY-MM-DD"),
    ],
)
def test_a_wrong_sentence_is_refused_with_its_row(project: Project, tmp_path: Path, cells: dict[str, str], what: str) -> None:
    path = project.sheet("statements", tmp_path / "s.xlsx")
    fill(path, 2, **cells)
    with pytest.raises(TableError, match="row 6") as err:
        project.take_sheet(path)
    assert what in str(err.value)
    assert "Hernandez" not in str(err.value)


def test_decisions_say_who_and_why_and_stand_in_frame_and_brief(project: Project, tmp_path: Path) -> None:
    path = project.sheet("decisions", tmp_path / "d.xlsx")
    fill(path, 0, severity="high", priority="1", **SIGNED)
    with pytest.raises(TableError, match="why"):
        project.take_sheet(path)
    fill(path, 0, why="It came up in every room and money is there.")
    assert project.take_sheet(path) == ("decisions", 1)
    row = project.crosswalk().frame().iloc[0]
    assert (row.severity, row.feasibility, row.priority) == ("high", "", "1")
    assert "money is there" in feedback.brief(project.crosswalk()).render(".md").decode()


def test_quotes_are_signed_never_edited_and_translated_by_somebody(project: Project, tmp_path: Path) -> None:
    path = project.sheet("quotes", tmp_path / "q.xlsx")
    _, rows = read_sheet(path)
    spanish = next(i for i, (_, r) in enumerate(rows) if r["language"] == "es" and r["status"] == "ok")
    fill(path, spanish, decision="approved", quote="Other words.", **SIGNED)
    with pytest.raises(TableError, match="never edited"):
        project.take_sheet(path)
    fill(path, spanish, quote=rows[spanish][1]["quote"], translation="In English, as near as can be.")
    with pytest.raises(TableError, match="translator"):
        project.take_sheet(path)
    fill(path, spanish, translator="B. Translator")
    assert project.take_sheet(path) == ("quotes", 1)
    approved = rows[spanish][1]["ref"]
    needs = project.crosswalk(signed_only=True)
    assert [q.ref for n in needs for q in n.quotes] == [approved]
    page = feedback.brief(needs).render(".html").decode()
    if rows[spanish][1]["need"] in {n.id for n in needs if n.quotes}:
        assert "B. Translator" in page or approved not in page
    fill(path, spanish, decision="refused")
    project.take_sheet(path)
    assert approved not in [q.ref for n in project.crosswalk() for q in n.quotes]


def test_answers_come_back_from_pages_and_tallies_and_small_numbers_stay_hidden(project: Project, tmp_path: Path) -> None:
    import docx

    project.brief(tmp_path / "back.docx", kind="report-back", language="es")
    document = docx.Document(tmp_path / "back.docx")
    cell = document.tables[0].rows[1].cells[-1]
    cell.paragraphs[0].runs[0].text = cell.text.replace("☐", "☒", 1)
    document.save(tmp_path / "returned.docx")
    assert project.take_sheet(tmp_path / "returned.docx") == ("answers", 1)
    answer = project.beside().answers[0]
    assert (answer.yes, answer.partly, answer.no) == (1, 0, 0)
    page = feedback.brief(project.crosswalk()).render(".md").decode()
    assert "What people answered" in page
    row = next(line for line in page.split("What people answered", 1)[1].splitlines() if line.startswith("| ") and "▨" in line)
    assert row.count("▨") == 3
    tally = tmp_path / "tally.csv"
    tally.write_text(f"need,yes,partly,no\n{answer.need},24,12,0\n", encoding="utf-8")
    project.take_sheet(tally)
    row = next(r for r in project.crosswalk().beside.answers if r.need == answer.need)
    assert (row.yes, row.partly, row.no) == (25, 12, 0)
    assert "25" in feedback.brief(project.crosswalk()).render(".md").decode().split("What people answered", 1)[1][:900]
    docx.Document().save(tmp_path / "other.docx")
    with pytest.raises(TableError, match="went back"):
        project.take_sheet(tmp_path / "other.docx")


def test_the_matrix_is_edited_and_comes_back(project: Project, tmp_path: Path) -> None:
    path = project.sheet("matrix", tmp_path / "m.xlsx")
    domain = project.matrix.domains[0][1]
    fill(path, 0, **{domain: "Rent comes first here.\nSecond is the bus."})
    with pytest.raises(FeedbackError, match="--by"):
        project.take_sheet(path)
    assert project.take_sheet(path, by="cd") == ("matrix", 1)
    made = project.matrix
    lines = made.cells[made.sessions[0], made.domains[0][0]]
    assert [(x.text, x.by) for x in lines] == [("Rent comes first here.", "cd"), ("Second is the bus.", "cd")]
    assert project.take_sheet(project.sheet("matrix", tmp_path / "m2.xlsx"), by="cd") == ("matrix", 0)


def test_targets_indicators_facts_and_several_plans_stand_in_the_brief(project: Project, tmp_path: Path) -> None:
    project.bring("targets", DEMO / "targets.csv")
    metrics, facts = tmp_path / "metrics.csv", tmp_path / "facts.csv"
    metrics.write_text("spa,Children in care per 1000\n1,7.1\n2,3.9\n", encoding="utf-8")
    said = "key,value\ncoreq.9,Framework analysis.\nnext_steps,The draft plan is out for comment in June.\n"
    facts.write_text(said, encoding="utf-8")
    project.bring("indicators", metrics, name="Open metrics")
    project.bring("facts", facts)
    project.crosswalk(DEMO / "plan-prevention.yaml")
    project.crosswalk(DEMO / "plan.yaml")
    assert set(project.plans) == {"trafficking", "prevention"}
    text = project.brief(tmp_path / "b.docx", plan="prevention").render(".md").decode()
    for said in ("Open metrics", "Framework analysis", "out for comment in June", "Prevention plan", "Sessions wanted"):
        assert said in text
    assert project.verify(tmp_path / "b.docx").ok
    assert project.coverage().missing[0].short == 1
    with pytest.raises(FeedbackError, match="targets"):
        project.bring("maps", facts)


def test_a_frozen_round_is_never_overwritten_and_needs_sessions_since(project: Project) -> None:
    frozen = project.freeze("2025")
    assert len(frozen.sessions) == 20
    with pytest.raises(FeedbackError, match="never overwritten"):
        project.freeze("2025")
    with pytest.raises(FeedbackError, match="held since"):
        project.compare("2025")
    with pytest.raises(FeedbackError, match="no round"):
        project.crosswalk(since="1999")


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_session_page_holds_one_session_and_no_private_code(project: Project, tmp_path: Path, language: str) -> None:
    made = project.brief(tmp_path / "evening.html", kind="session", session="LS-F04", language=language)
    text = made.render(".html").decode()
    refs = {c.refs[0].split("#")[0] for c in made.page.claims.values() if c.kind == "quote"}
    assert refs <= {"LS-F04"}
    private = [c for c in project.codebook if c.sensitivity != "standard"]
    assert not any(c.statements.get(language, c.name) in text for c in private)
    assert project.verify(tmp_path / "evening.html").ok
    with pytest.raises(FeedbackError, match="no session"):
        project.brief(tmp_path / "x.html", kind="session", session="LS-NONE")


def test_slides_hold_real_tables_and_alternative_texts(project: Project, tmp_path: Path) -> None:
    import pptx

    project.brief(tmp_path / "deck.pptx")
    show = pptx.Presentation(tmp_path / "deck.pptx")
    tables = [s for slide in show.slides for s in slide.shapes if s.has_table]
    pictures = [s for slide in show.slides for s in slide.shapes if s.shape_type == 13]
    assert len(tables) >= 3
    assert pictures
    assert all(s._element._nvXxPr.cNvPr.get("descr") for s in [*tables, *pictures])
    assert project.verify(tmp_path / "deck.pptx").ok


def test_word_carries_alternative_texts(project: Project) -> None:
    with zipfile.ZipFile(io.BytesIO(feedback.brief(project.crosswalk()).render(".docx"))) as z:
        body = z.read("word/document.xml").decode()
    assert body.count("<w:drawing>") == body.count('descr="') >= 3


def test_no_sheet_is_made_of_a_private_view(project: Project) -> None:
    from feedback.findings import summarize

    needs = feedback.crosswalk(summarize(project.codings, private=True), DEMO / "plan.yaml")
    with pytest.raises(FeedbackError, match="private"):
        sheet("decisions", needs)


def test_needs_are_joined_and_parted_on_a_sheet_and_the_brief_says_so(project: Project, tmp_path: Path) -> None:
    before = {n.id: n for n in project.crosswalk(DEMO / "plan.yaml")}
    frame = project.sheet("needs", tmp_path / "n.xlsx")
    rows = [r["need"] for _, r in read_sheet(frame)[1]]
    fill(frame, rows.index("school_stability"), join_with="placement_quality", why="Each move is a new school", **SIGNED)
    assert project.take_sheet(frame) == ("needs", 1)
    needs = project.crosswalk()
    one = needs["placement_quality"]
    assert one.id == "school_stability+placement_quality"
    assert max(before["school_stability"].sessions or 0, before["placement_quality"].sessions or 0) <= (one.sessions or 99)
    assert (one.sessions or 0) <= (before["school_stability"].sessions or 0) + (before["placement_quality"].sessions or 0)
    assert [t.id for t in project.themes() if "placement_quality" in t.codes] == [one.id]
    for suffix in (".html", ".docx", ".xlsx"):
        made = tmp_path / f"joined{suffix}"
        project.brief(made)
        assert project.verify(made).ok
    page = (tmp_path / "joined.html").read_text("utf-8")
    # whether the joined need is among the widest hangs on the codes of this processor's int8 product
    assert ("Joined by A. Author on 2026-05-01: Each move is a new school." in page) == (f'id="need-{one.id}"' in page)
    assert one.join is not None
    assert one.join.why == "Each move is a new school"
    assert project.log[-1]["verb"] == "release"
    assert any(e["verb"] == "join" for e in project.log)
    fill(frame, rows.index("school_stability"), join_with="alone")
    assert project.take_sheet(frame)[1] >= 1
    assert {n.id for n in project.crosswalk()} == set(before)


def test_joining_wants_a_name_a_reason_and_no_names_in_it(project: Project) -> None:
    with pytest.raises(FeedbackError, match="who decides"):
        project.join_needs("transportation", "waitlists_eligibility", by="", why="")
    with pytest.raises(TableError, match="may hold a name"):
        project.join_needs("transportation", "waitlists_eligibility", by="A", why="Call Maria Gonzalez at 213-555-0182")
    with pytest.raises(FeedbackError, match="joined with nothing"):
        project.part_need("transportation", by="A", why="w")
    assert not project.joins
    assert project.proposed_joins()


def test_a_joined_need_stands_beside_the_strategies_that_answer_its_codes(project: Project, tmp_path: Path) -> None:
    project.join_needs("school_stability", "placement_quality", by="A. Author", why="Each move is a new school")
    needs = project.crosswalk(DEMO / "plan.yaml")
    page = feedback.brief(needs).page
    tables = [b for s in page.sections if s.id == "plan" for b in s.blocks if getattr(b, "look", "")]
    rows = [r for b in tables if "strategies" in b.caption for r in b.rows]
    row = next(r for r in rows if str(r[0][0]).startswith("P6.1 "))
    assert "School that holds on to students; placements" in str(row[3][0])
    project.part_need("school_stability+placement_quality", by="A. Author", why="done with the test")


def test_a_place_for_the_translation_stands_in_every_format_that_prints_quotes(project: Project) -> None:
    made = feedback.brief(project.crosswalk())
    waiting = [b for s in made.page.sections for b in s.blocks if getattr(b, "slot", False)]
    assert waiting
    for suffix in (".html", ".md"):
        assert made.render(suffix).decode().count("Translation: not made yet") == len(waiting)
    book = openpyxl.load_workbook(io.BytesIO(made.render(".xlsx")))["Quotes"]
    assert [c.value for c in book["E"]].count("Translation: not made yet") == len(waiting)
    assert {c.value for c in book["C"]} >= {b.ref for b in waiting}


def test_refusals_go_back_in_peoples_own_words_not_as_names_of_topics(project: Project) -> None:
    for language, said in (("en", "You also said no to some things"), ("es", "También dijeron que no")):
        page = feedback.brief(project.crosswalk(), kind="report-back", language=language).page
        paragraphs = [b for s in page.sections for b in s.blocks if isinstance(b, Paragraph)]
        line = next(b for b in paragraphs if said in plain(b.text))
        assert any(isinstance(r, str) and r.startswith("“") for r in line.text)
        names = {t.code.name for t in project.themes()}
        assert not any(str(r) in names for r in line.text)


def test_the_spanish_page_names_its_sources_in_spanish(project: Project) -> None:
    page = feedback.brief(project.crosswalk(), kind="report-back", language="es")
    made = page.render(".md").decode()
    sources = made.split("## Fuentes")[1].split("<!--")[0]
    assert "Contado sobre todo el proyecto." in sources
    for english in ("Counted", "Sessions of", "(recorded", "from the notes", "The sessions behind"):
        assert english not in sources
    assert "**Lo que nos faltó:** " in made
