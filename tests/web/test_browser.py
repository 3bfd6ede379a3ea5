"""The whole way in a real browser: Debian's chromium, both languages, a phone's width, and without JavaScript."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from web.conftest import DEMO, HEADER, PASSWORD, account

CHROMIUM = shutil.which("chromium") or ""
pytestmark = [
    pytest.mark.network,
    pytest.mark.needs("chromium"),
    # the browser's own transport is closed by the driver after the loop is gone
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
ARGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
NAMED = HEADER.replace("| 8 participants ", "") + (
    "Facilitator: What should we know?\nP1: I met Rosa at the drop-in.\nP2: He's hitting me and he's outside right now.\n"
    "P3: The bus stops at nine.\n"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs `pip install playwright`")
    with sync_api.sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield made
        made.close()


class Watched:
    """A page that remembers what went wrong in it and every address it asked for."""

    def __init__(self, browser, base: str, **options: object) -> None:
        self.base, self.wrong, self.asked = base, list[str](), list[str]()
        options = {"locale": "en-US", "viewport": {"width": 1100, "height": 850}, **options}
        self.context = browser.new_context(base_url=base, **options)
        self.page = self.context.new_page()
        self.page.on("console", lambda m: self.wrong.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.wrong.append(str(e)))
        self.page.on("request", lambda r: self.asked.append(r.url))

    def sign_in(self, login: str) -> None:
        self.page.goto("/signin")
        self.page.fill("#login", login)
        self.page.fill("#password", PASSWORD)
        self.page.click("main button")
        self.page.wait_for_url(lambda u: "/signin" not in u)

    def fine(self) -> None:
        assert self.wrong == []
        assert not [u for u in self.asked if not u.startswith((self.base, "data:", "blob:"))]
        self.context.close()


def _labelled(page) -> list[str]:
    """Fields without a label, pictures without a text, headings that skip a level: what a screen reader misses."""
    return page.evaluate("""() => {
        const bad = [];
        for (const f of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
            if (!(f.labels && f.labels.length) && !f.getAttribute('aria-label')) bad.push('label ' + f.name);
        for (const i of document.querySelectorAll('img')) if (!i.hasAttribute('alt')) bad.push('alt');
        const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
        for (const i of ids) if (ids.indexOf(i) !== ids.lastIndexOf(i)) bad.push('id ' + i);
        if (document.querySelectorAll('h1').length !== 1) bad.push('h1');
        for (const b of document.querySelectorAll('button, a.button, input[type=checkbox], nav a')) {
            const r = b.getBoundingClientRect();
            if (r.width && r.height && (r.height < 22 || r.width < 22)) bad.push('small ' + b.textContent);
        }
        for (const b of document.querySelectorAll('button, a'))
            if (!b.textContent.trim() && !b.getAttribute('aria-label')) bad.push('name');
        if (!document.documentElement.lang) bad.push('lang');
        return bad;
    }""")  # fmt: skip


def test_from_first_visit_to_the_hosts_summary(app, server, browser, tmp_path: Path) -> None:
    code = app.state.desk.code
    seen = Watched(browser, server(app))
    page = seen.page
    page.goto("/")
    for name, value in {"code": code, "name": "Ana", "login": "ana", "password": PASSWORD, "again": PASSWORD}.items():
        page.fill(f"#{name}", value)
    page.click("main button")
    page.fill("#contacts", "Call the front office first.")
    page.click("form:has(#contacts) button")
    page.wait_for_selector("text=Saved.")
    file = tmp_path / "notes.txt"
    file.write_text(NAMED, encoding="utf-8")
    page.goto("/upload")
    page.set_input_files("#files", [str(file)])
    page.click("text=Upload and read")
    page.wait_for_selector("text=Check and confirm", timeout=60_000)
    assert page.locator("h1").inner_text() == "Here is what we read"
    page.click("text=Check and confirm")
    page.fill("#participants", "9")
    page.click("text=Confirm")
    page.wait_for_selector("text=The session is confirmed.")
    page.click("text=Read how to go on")
    assert "Call the front office first." in page.inner_text("main")
    assert "hitting" not in page.content()
    assert "Rosa" not in page.content()
    page.select_option("#o1", "protocol_followed")
    page.click("text=Keep this answer")
    page.wait_for_selector("text=Decided.")
    page.click("text=Show the word (logged)")
    assert page.inner_text(".revealed") == "Rosa"
    page.click("text=It points to somebody")
    page.wait_for_selector("text=Nothing waits for a decision.")
    page.goto("/sessions/LS-T1/summary")
    assert "Thank you for hosting" in page.inner_text("h1")
    page.goto("/sessions/LS-T1")
    page.click("summary:has-text('Withdraw')")
    page.check("#sure")
    page.click("text=Withdraw and delete")
    page.wait_for_selector("text=Receipt of withdrawal")
    seen.fine()


def test_every_page_in_both_languages_and_at_phone_width(demo_app, server, browser) -> None:
    account(demo_app, "ana")
    base = server(demo_app)
    addresses = [
        "/", "/upload", "/gate", "/needs", "/needs/transportation", "/themes", "/grid", "/plan", "/search?q=camion", "/code",
        "/code/compare", "/topics",
        "/people", "/settings", "/log", "/notes", "/sessions/LS-F01", "/sessions/LS-F01/summary", "/nowhere",
    ]  # fmt: skip
    for language in ("en", "es"):
        seen = Watched(browser, base, viewport={"width": 360, "height": 740})
        seen.sign_in("ana")
        seen.page.goto(f"/language/{language}?back=/")
        for address in addresses:
            seen.page.goto(address)
            assert seen.page.evaluate("document.documentElement.lang") == language
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= 360, address
            assert _labelled(seen.page) == [], address
            if language == "es":
                assert "Salir" in seen.page.inner_text("header")
        seen.wrong = [w for w in seen.wrong if "404" not in w]
        seen.fine()


def test_a_plan_author_goes_from_a_number_to_a_place_and_saves_a_brief(demo_app, server, browser, tmp_path: Path) -> None:
    account(demo_app, "ari", "author")
    seen = Watched(browser, server(demo_app))
    seen.sign_in("ari")
    page = seen.page
    page.goto("/needs")
    page.locator("a.n").first.click()
    assert page.url.endswith("#sessions")
    page.goto("/needs")
    if page.locator("blockquote a").count():
        page.locator("blockquote a").first.click()
        assert page.locator("[aria-current=true] dd").count() == 1
    page.goto("/needs")
    page.click("button[value='.docx']")
    page.wait_for_selector("text=The brief is ready.", timeout=90_000)
    with page.expect_download() as download:
        page.click("text=Save the file")
    download.value.save_as(tmp_path / "brief.docx")
    assert (tmp_path / "brief.docx").read_bytes().startswith(b"PK")
    seen.fine()


def test_a_researcher_codes_by_keyboard(demo_app, server, browser) -> None:
    account(demo_app, "rio", "researcher")
    seen = Watched(browser, server(demo_app))
    seen.sign_in("rio")
    page = seen.page
    page.goto("/code")
    first = page.get_attribute("input[name=ref]", "value")
    page.keyboard.press("/")
    page.keyboard.type("Getting there")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Coded.")
    assert page.get_attribute("input[name=ref]", "value") != first
    made = [c for c in demo_app.state.desk.view.codings if c.tagger == "human:rio"]
    assert [(c.ref, c.code) for c in made] == [(first, "transportation")]
    seen.fine()


def test_reading_and_uploading_work_without_javascript(demo_app, server, browser) -> None:
    account(demo_app, "ana")
    seen = Watched(browser, server(demo_app), java_script_enabled=False)
    seen.sign_in("ana")
    page = seen.page
    page.goto("/upload")
    page.set_input_files("#files", [str(DEMO / "LS-Y05_transcript.txt")])
    page.click("text=Upload and read")
    page.wait_for_selector("section.file", timeout=90_000)
    assert "LS-Y05" in page.inner_text("main")
    page.goto("/themes?by=language")
    assert page.locator("tbody tr").count() > 5
    seen.fine()
