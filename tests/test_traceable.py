"""Every quote of a brief equals its source, every number can be recounted, and one changed byte fails."""

from __future__ import annotations

import contextlib
import html
import re
from pathlib import Path

import pytest

import feedback
from feedback.corpus import Ref
from feedback.errors import VerifyError
from feedback.project import Project

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page(demo_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("brief") / "brief.html"
    demo_project.brief(out)
    return out


def test_every_quote_is_an_exact_span(demo_project: Project) -> None:
    needs = demo_project.crosswalk()
    quotes = [q for n in needs for q in n.quotes]
    assert quotes
    for q in quotes:
        assert demo_project.corpus.text_of(q.ref) == q.text
        segment = demo_project.corpus.resolve(Ref.parse(q.ref))
        assert segment.turn.role == "participant"
        assert segment.turn.verbatim
        assert segment.session.quote_consent == "yes"


def test_what_stands_between_quotation_marks_stands_in_the_source(demo_project: Project, page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    spoken = [html.unescape(w) for w in re.findall(r'<span class="words">(.*?)</span>', text)]
    addresses = [html.unescape(a) for a in re.findall(r"</p>\s*<footer>.*?>([^<]+)</a></footer>", text)]
    assert len(spoken) == len(addresses) > 0
    for words, address in zip(spoken, addresses, strict=True):
        assert demo_project.corpus.text_of(address) == words


def test_every_number_recounts(demo_project: Project, page: Path) -> None:
    checked = demo_project.verify(page)
    assert checked.ok, str(checked)
    assert sum(what == "number" for what, *_ in checked.checks) > 50


def test_every_printed_number_is_a_claim(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    body = text.split("<main", 1)[1].split('<h2 id="sources"', 1)[0]
    outside = re.sub(r'<a class="n".*?</a>', "", body, flags=re.S)
    assert not re.findall(r"\b(?:in|of) \d+(?: of \d+)? sessions", re.sub(r"<[^>]+>", "", outside))


def test_a_number_recounts_by_hand(demo_project: Project) -> None:
    themes = demo_project.themes()
    theme = max((t for t in themes if not t.all.suppressed), key=lambda t: t.all.sessions or 0)
    units = {s.ref: s for s in demo_project.corpus.segments()}
    apart = {"system_demand", "quoted_stigma", "hearsay"}
    by_hand = {
        units[c.ref].session.id
        for c in demo_project.codings
        if c.code == theme.id
        and c.ref in units
        and c.polarity not in ("rejected", "not_a_problem")
        and c.about not in apart
    }
    assert theme.all.sessions == len(by_hand)


@pytest.mark.parametrize("where", [0.1, 0.35, 0.6, 0.8, 0.999])
def test_one_changed_byte_fails(demo_project: Project, page: Path, tmp_path: Path, where: float) -> None:
    raw = bytearray(page.read_bytes())
    at = int(len(raw) * where)
    raw[at] = raw[at] ^ 1
    other = tmp_path / "brief.html"
    other.write_bytes(raw)
    with contextlib.suppress(VerifyError):
        assert not demo_project.verify(other).ok


def test_a_resealed_forgery_fails(demo_project: Project, page: Path, tmp_path: Path) -> None:
    from feedback.briefs._html import BLANK, seal

    text = page.read_text(encoding="utf-8")
    digest = re.search(r'"digest": "([0-9a-f]{64})"', text)
    assert digest
    forged = seal(text.replace(digest[1], BLANK).replace("20 listening sessions", "90 listening sessions"))
    other = tmp_path / "brief.html"
    other.write_text(forged, encoding="utf-8")
    checked = demo_project.verify(other)
    assert not checked.ok


def test_two_runs_give_the_same_bytes(demo_project: Project) -> None:
    needs = demo_project.crosswalk()
    for suffix in (".html", ".md", ".docx", ".xlsx"):
        assert feedback.brief(needs).render(suffix) == feedback.brief(demo_project.crosswalk()).render(suffix), suffix


def test_the_page_asks_nobody(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"(?:src|href)=[\"'](?:https?:)?//", text)
    assert "url(" not in text
    assert not re.search(r"<script(?! type=\"application/json\")", text)
