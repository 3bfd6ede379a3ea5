"""Everybody can read the brief: structure checked here always, axe-core beside it where it lies (FEEDBACK_AXE)."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import html

import feedback
from feedback.project import Project

pytestmark = pytest.mark.slow
KINDS = [{"kind": "full"}, {"kind": "board"}, {"kind": "slides"}, {"kind": "report-back", "language": "es"},
         {"kind": "session", "session": "LS-F04", "language": "es"}]  # fmt: skip
ARGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def pages(demo_project: Project) -> list[str]:
    needs = demo_project.crosswalk()
    return [feedback.brief(needs, **options).render(".html").decode() for options in KINDS]


def test_the_structure_can_be_heard(pages: list[str]) -> None:
    for text in pages:
        page = html.fromstring(text)
        assert page.get("lang") in ("en", "es")
        assert page.xpath("//title/text()")
        twice = [i for i, n in Counter(page.xpath("//@id")).items() if n > 1]
        assert not twice
        ids = set(page.xpath("//@id"))
        assert {h[1:] for h in page.xpath("//a/@href") if h.startswith("#")} <= ids
        levels = [int(h.tag[1]) for h in page.xpath("//h1|//h2|//h3|//h4")]
        assert levels[0] == 1
        assert all(b - a <= 1 for a, b in pairwise(levels))
        for table in page.xpath("//table"):
            assert table.xpath("./caption/text()")
            assert table.xpath("./thead//th[@scope]")
            assert all(row.xpath("./th[@scope='row']") for row in table.xpath("./tbody/tr"))
        for svg in page.xpath("//svg"):
            assert len(svg.xpath("./desc/text()")[0]) > 60
            assert set(svg.get("aria-labelledby").split()) <= ids
        assert not page.xpath("//*[@tabindex > 0]")
        assert page.xpath("//main")
        assert page.xpath("//a[@class='skip']")


def test_marks_and_hatches_are_said_in_words(pages: list[str]) -> None:
    page = html.fromstring(pages[0])
    for cell in page.xpath("//table[@class='grid']/tbody//td | //td[@class='hidden']"):
        assert cell.xpath("./span[@class='unseen']/text()")
        assert cell.xpath("./span[@aria-hidden='true']")


def test_bands_are_words_not_only_shades(pages: list[str]) -> None:
    page = html.fromstring(pages[0])
    shaded = page.xpath("//td[starts-with(@class, 'b-')]")
    assert shaded
    assert all(cell.text_content().strip() for cell in shaded)


@pytest.mark.network
def test_axe_finds_nothing(pages: list[str], tmp_path: Path) -> None:
    script, chromium = os.environ.get("FEEDBACK_AXE", ""), shutil.which("chromium")
    if not script or not chromium:
        pytest.skip("needs chromium and FEEDBACK_AXE, the path of axe.min.js (npm package axe-core)")
    sync_api = pytest.importorskip("playwright.sync_api")
    axe = Path(script).read_text(encoding="utf-8")
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=ARGS)
        for number, text in enumerate(pages):
            file = tmp_path / f"{number}.html"
            file.write_text(text, encoding="utf-8")
            for scheme in ("light", "dark"):
                page = browser.new_context(color_scheme=scheme, bypass_csp=True).new_page()
                page.goto(file.as_uri())
                page.evaluate(axe)
                found = page.evaluate("axe.run(document)")["violations"]
                assert [(v["id"], v["impact"]) for v in found] == []
        browser.close()


def test_what_the_tool_writes_keeps_the_wording_rules(demo_project: Project) -> None:
    from feedback.briefs import _report_back, _session
    from feedback.plan import lint

    book = demo_project.codebook
    needs = demo_project.crosswalk()
    assert all(n.lint == () for n in (*needs, *needs.appendix))
    written = [str(v) for words in (_report_back.WORDS, _session.WORDS) for w in words.values() for v in w.values()]
    page = feedback.brief(needs).page
    written += [s.heading for s in page.sections]
    written += [b.note for s in page.sections for b in s.blocks if hasattr(b, "note")]
    assert [x.found for text in written for x in lint(text, book)] == []


def test_quotes_in_word_are_exact_spans(demo_project: Project, tmp_path: Path) -> None:
    import docx

    from feedback.briefs._page import quoted

    demo_project.brief(tmp_path / "brief.docx")
    lines = docx.Document(tmp_path / "brief.docx").paragraphs
    spoken = [i for i, p in enumerate(lines) if p.style.name == "Quote"]
    assert spoken
    for i in spoken:
        label = next(p.text for p in lines[i + 1 : i + 4] if re.search(r"\[q\d+\]$", p.text))
        ref = re.search(r"(\S+#\d+(?::\d+-\d+)?) \[q\d+\]$", label)
        assert ref
        assert quoted(demo_project.corpus.text_of(ref[1])) == lines[i].text


def test_the_report_keeps_to_its_length(demo_project: Project) -> None:
    pytest.importorskip("weasyprint", exc_type=(ImportError, OSError))
    import pypdfium2

    needs = demo_project.crosswalk()
    sizes = {}
    for name, options in {"full": {}, "board": {"kind": "board"}, "back": {"kind": "report-back", "language": "es"}}.items():
        document = pypdfium2.PdfDocument(feedback.brief(needs, **options).render(".pdf"))
        texts = [document[i].get_textpage().get_text_bounded() for i in range(len(document))]
        sizes[name] = next((i for i, t in enumerate(texts) if "Appendix A. The other" in t and i > 1), len(texts))
        document.close()
    assert 12 <= sizes["full"] <= 16
    assert sizes["board"] <= 2
    assert sizes["back"] == 1


def test_drawings_without_links_are_one_image_to_a_screen_reader_and_those_with_links_a_group(pages: list[str]) -> None:
    text = pages[0]
    drawings = re.findall(r'<svg [^>]*role="(\w+)"[^>]*>(.*?)</svg>', text, re.S)
    assert {role for role, _ in drawings} == {"img", "group"}
    assert all(("<a " in body) == (role == "group") for role, body in drawings)
    assert all("<desc" in body for _, body in drawings)


def test_every_numbers_link_says_what_it_opens(pages: list[str]) -> None:
    text = pages[0]
    links = re.findall(r'<a class="n" id="use-(\w+)-\d+" href="#(\w+)" title="([^"]+)">', text)
    assert len(links) > 100
    assert all(a == b and title.endswith(f" {a}") for a, b, title in links)
