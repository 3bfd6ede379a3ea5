"""Each one's whole way in a real browser, with its steps counted; lost connections; what axe-core finds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from web.conftest import DEMO, PASSWORD, account
from web.test_browser import NAMED, Watched, browser, pytestmark

__all__ = ["browser", "pytestmark"]  # the fixture and the marks that pytest looks for here

NOTE = max(DEMO.glob("LS-*.docx"), key=lambda p: p.stat().st_size)
AXE = os.environ.get("FEEDBACK_AXE", "")
# Seconds of a keystroke-level model (Card, Moran and Newell 1980): point 1.1, press .2, think 1.35, a key .28.
CLICK, KEY, THINK = 1.3, 0.28, 1.35


class Counted:
    """A page whose clicks and fields are counted, with what they take a person."""

    def __init__(self, page) -> None:
        self.page, self.clicks, self.fields, self.seconds = page, 0, 0, 0.0

    def click(self, what: str) -> None:
        self.page.click(what)
        self.clicks, self.seconds = self.clicks + 1, self.seconds + CLICK + THINK

    def fill(self, what: str, words: str) -> None:
        self.page.fill(what, words)
        self.fields, self.seconds = self.fields + 1, self.seconds + CLICK + THINK + KEY * len(words)

    def choose(self, what: str, value: str) -> None:
        self.page.select_option(what, value)
        self.fields, self.seconds = self.fields + 1, self.seconds + 2 * (CLICK + THINK)

    def file(self, *paths: Path) -> None:
        self.page.set_input_files("#files", [str(p) for p in paths])
        self.clicks, self.fields, self.seconds = self.clicks + 3, self.fields + 1, self.seconds + 3 * (CLICK + THINK)


def _decide(way: Counted) -> None:
    """Go through what is held as a careful person would: every word is shown first, every disclosure gets its outcome."""
    page = way.page
    while page.locator("select[name=decision]").count():
        way.click("form:has(select[name=decision]) button[formaction='/gate/reveal']")
        way.choose("select[name=decision] >> nth=0", "not_a_disclosure")
        way.click("form:has(select[name=decision]) button:not([formaction]) >> nth=0")
        page.wait_for_selector("p.said")
    while page.locator("button[value=harmless]").count():
        way.click("button[formaction='/gate/reveal'] >> nth=0")
        way.click("button[value=harmless] >> nth=0")
        page.wait_for_selector("p.said")


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_facilitators_way_in_two_minutes(app, server, browser, language, capsys) -> None:
    account(app, "boss")
    desk = app.state.desk
    secret = desk.accounts.invite("Fay", roles=["facilitator"], by="boss")
    seen = Watched(browser, server(app), viewport={"width": 390, "height": 780}, locale=f"{language}-US")
    page, way = seen.page, Counted(seen.page)
    page.goto(f"/welcome/{secret}")
    assert page.input_value("#login") == "fay"  # made of the name the invitation was written for
    for name, value in {"password": PASSWORD, "again": PASSWORD}.items():
        way.fill(f"#{name}", value)
    way.click("main button")
    assert page.url.endswith("/upload?said=welcome")
    way.file(NOTE)
    way.click("main form button")
    page.wait_for_selector("section.file", timeout=120_000)
    assert page.locator("section.refused").count() == 0
    session = desk.view.corpus.values[0]
    if page.locator("a.button[href^='/gate']").count():
        way.click("a.button[href^='/gate']")
        _decide(way)
    way.click(f"a.button[href^='/sessions/{session.id}']")
    answers = {"month": "2025-03", "participants": "9"}
    chosen = {"audience": "family", "languages": "es", "quote_consent": "no"}
    for name in session.missing:
        if name in answers:
            way.fill(f"#{name}", answers[name])
        elif name in chosen:
            way.choose(f"#{name}", chosen[name])
    way.click("main form.card button")
    page.wait_for_selector("p.said")
    with capsys.disabled():
        print(f"\n{NOTE.name} ({language}): {way.clicks} clicks, {way.fields} fields, {way.seconds:.0f} s of a person's steps")
    assert desk.view.corpus[session.id].missing == ()
    assert way.seconds < 120
    page.goto(f"/sessions/{session.id}/summary")
    assert page.locator("article.sheet h1").count() == 1
    seen.fine()


def test_a_lost_answer_is_asked_for_again_and_nothing_comes_in_twice(app, server, browser, tmp_path: Path) -> None:
    account(app, "fay", "facilitator")
    seen = Watched(browser, server(app))
    seen.sign_in("fay")
    page, tries = seen.page, []

    def lose(route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        tries.append(route.request)
        if len(tries) == 1:
            route.abort("connectionreset")  # it never arrived
        elif len(tries) == 2:
            route.fetch(max_redirects=0)
            route.abort("connectionreset")  # it arrived, the answer did not
        else:
            route.continue_()

    page.route("**/upload", lose)
    page.goto("/upload")
    page.evaluate("""() => {
        const data = new DataTransfer();
        for (const n of [1, 2]) data.items.add(new File([`LS-D${n} | March 2025 | Youth | English | 9 participants | quotes no\\n\\nFacilitator: What is hard?\\nP1: The bus is late.\\n`], `d${n}.txt`));
        document.querySelector('[data-drop]').dispatchEvent(new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: data}));
    }""")  # fmt: skip  # noqa: E501
    assert page.locator("[data-chosen] li").count() == 2
    page.click("text=Upload and read")
    page.wait_for_selector("text=The connection was lost")
    page.wait_for_selector("section.file", timeout=120_000)
    assert len(tries) == 3
    assert [u.name for u in app.state.desk.jobs.uploads()] == ["d1.txt", "d2.txt"] or len(app.state.desk.jobs.uploads()) == 2
    assert {s.id for s in app.state.desk.view.corpus} == {"LS-D1", "LS-D2"}
    seen.wrong = [w for w in seen.wrong if "ERR_CONNECTION_RESET" not in w]
    seen.fine()


def test_a_privacy_officers_way_in_spanish(app, server, browser, tmp_path: Path) -> None:
    account(app, "fay", "facilitator")
    account(app, "pia", "privacy")
    base = server(app)
    fay = Watched(browser, base)
    fay.sign_in("fay")
    file = tmp_path / "notes.txt"
    file.write_text(NAMED, encoding="utf-8")
    fay.page.goto("/upload")
    fay.page.set_input_files("#files", [str(file)])
    fay.page.click("text=Upload and read")
    fay.page.wait_for_selector("section.file", timeout=120_000)
    fay.fine()
    seen = Watched(browser, base, locale="es-MX", viewport={"width": 390, "height": 780})
    seen.sign_in("pia")
    page = seen.page
    page.click("main a[href='/gate']")
    assert page.locator("h1").inner_text() == "Revisión de privacidad"
    page.select_option("#o1", "protocol_followed")
    page.click("form:has(#o1) button:not([formaction])")
    page.wait_for_selector("p.said")
    page.click("button[formaction='/gate/reveal']")
    assert page.inner_text(".revealed") == "Rosa"
    page.click("button[value=identifier]")
    page.wait_for_selector("p.said")
    page.goto("/certificates")
    page.click("main button")
    page.wait_for_selector("a.button[href='/certificates']", timeout=120_000)
    page.click("a.button[href='/certificates']")
    assert page.locator("section.card h2").inner_text() == "LS-T1"
    page.goto("/log")
    assert page.locator("tbody tr").count() >= 4
    assert "Rosa" not in page.content()
    seen.fine()


def test_a_plan_author_looks_at_a_group_and_the_grid_in_spanish(demo_app, server, browser) -> None:
    account(demo_app, "ari", "author")
    seen = Watched(browser, server(demo_app), locale="es-US")
    seen.sign_in("ari")
    page = seen.page
    page.goto("/needs")
    groups = page.locator("#of option").count()
    if groups > 1:
        page.select_option("#of", index=1)
        page.click("form:has(#of) button")
        assert "of=" in page.url
    page.goto("/themes")
    page.click("main a[href^='/grid']")
    assert page.locator("table.presence").count() <= 1
    page.goto("/plan")
    page.locator("main a[href^='/needs/']").first.click()
    assert page.locator("#sessions").count() == 1
    seen.fine()


def test_a_researcher_takes_a_step_back_by_keyboard(demo_app, server, browser) -> None:
    account(demo_app, "rio", "researcher")
    seen = Watched(browser, server(demo_app), locale="es-US")
    seen.sign_in("rio")
    page = seen.page
    page.goto("/code")
    first = page.get_attribute("input[name=ref]", "value")
    page.check("#c-transportation")
    page.keyboard.press("Enter")
    page.wait_for_selector("p.said")
    page.keyboard.press("u")
    page.wait_for_function("ref => document.querySelector('input[name=ref]').value === ref", arg=first)
    assert not [c for c in demo_app.state.desk.view.codings if c.tagger == "human:rio"]
    seen.fine()


@pytest.mark.slow
def test_axe_finds_nothing_on_any_page(demo_app, server, browser) -> None:
    if not Path(AXE).is_file():
        pytest.skip("FEEDBACK_AXE names no axe.min.js: npm install --prefix FOLDER axe-core")
    account(demo_app, "ana")
    seen = Watched(browser, server(demo_app), viewport={"width": 390, "height": 780}, bypass_csp=True)
    seen.sign_in("ana")
    found = []
    for address in (
        "/", "/upload", "/gate", "/needs", "/needs/transportation", "/themes", "/grid", "/plan", "/search?q=bus", "/code",
        "/code/compare", "/topics", "/people", "/settings", "/log", "/notes", "/me", "/sessions/LS-F01", "/sessions/LS-F01/summary",
        "/quote?ref=LS-F01%231", "/nowhere",
    ):  # fmt: skip
        seen.page.goto(address)
        seen.page.add_script_tag(path=AXE)
        tags = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"
        result = seen.page.evaluate(f"axe.run({{runOnly: {tags}}})")
        found += [(address, v["impact"], v["id"], v["nodes"][0]["html"][:100]) for v in result["violations"]]
    assert found == []
    seen.context.close()
