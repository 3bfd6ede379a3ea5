"""What axe-core finds on the pages that only a step leads to: refusals, held words, a word shown, receipts, coders side by side."""

from __future__ import annotations

from pathlib import Path

import pytest
from web.conftest import account
from web.test_browser import NAMED, Watched, browser, pytestmark
from web.test_refused import BAD
from web.test_ways import AXE

__all__ = ["browser", "pytestmark"]
TAGS = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"


class Looked:
    """A page that axe and a ruler look at wherever it stands."""

    def __init__(self, seen: Watched, width: int) -> None:
        self.page, self.width, self.found, self.at = seen.page, width, list[tuple[str, ...]](), list[str]()

    def look(self, name: str) -> None:
        self.at.append(name)
        if self.page.evaluate("document.documentElement.scrollWidth") > self.width:
            self.found.append((name, "wider than the screen"))
        self.page.add_script_tag(path=AXE)
        result = self.page.evaluate(f"axe.run({{runOnly: {TAGS}}})")
        self.found += [(name, v["id"], v["nodes"][0]["html"][:120]) for v in result["violations"]]


@pytest.mark.slow
def test_axe_finds_nothing_on_the_way(demo_app, server, browser, tmp_path: Path) -> None:
    if not Path(AXE).is_file():
        pytest.skip("FEEDBACK_AXE names no axe.min.js: npm install --prefix FOLDER axe-core")
    for login, *roles in (("ana",), ("fay", "facilitator"), ("rio", "researcher"), ("sam", "researcher")):
        account(demo_app, login, *roles)
    secret = demo_app.state.desk.accounts.invite("Eva Ñu", roles=["facilitator"], by="ana")
    files = {**{name: content for name, (content, _, _) in BAD.items()}, "notas.txt": NAMED.encode()}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    base = server(demo_app)
    found, at = [], []
    for login, width in (("fay", 390), ("rio", 390), ("sam", 1280)):
        seen = Watched(browser, base, viewport={"width": width, "height": 780}, locale="es-US", bypass_csp=True)
        looked = Looked(seen, width)
        if login == "fay":
            for name in ("/signin", f"/welcome/{secret}"):
                seen.page.goto(name)
                looked.look(name.split("/")[1])
        seen.sign_in(login)
        (_facilitate if login == "fay" else _code)(looked, tmp_path, login)
        found, at = found + looked.found, at + looked.at
        seen.context.close()
    assert found == []
    assert len(at) > 15


def _facilitate(here: Looked, folder: Path, login: str) -> None:
    page = here.page
    page.goto("/upload")
    page.set_input_files("#files", [str(p) for p in folder.iterdir() if p.suffix in (".docx", ".txt", ".pages", ".heic", ".csv")])
    here.look("files chosen")
    page.click("main form button")
    page.wait_for_selector("section.file", timeout=180_000)
    here.look("what was read and refused")
    page.goto("/sessions/LS-T1")
    page.evaluate("document.querySelector('#participants').removeAttribute('pattern')")
    page.fill("#participants", "pocos")
    page.click("main form.card button")
    here.look("a refused answer")
    assert page.evaluate("document.querySelector('#trouble a').hash") == "#participants"
    page.fill("#participants", "9")
    page.click("main form.card button")
    page.click("details.units summary")
    here.look("the session, line by line")
    page.goto("/gate?session=LS-T1")
    here.look("what is held")
    page.select_option("#o1", "protocol_followed")
    page.click("form:has(#o1) button:not([formaction])")
    page.click("button[formaction='/gate/reveal']")
    here.look("a word shown")
    page.click("button[value=identifier]")
    page.wait_for_selector("p.said")
    here.look("decided")
    page.goto("/sessions/LS-T1/summary")
    here.look("the page for the host")
    page.goto("/sessions/LS-T1")
    page.click("details.danger summary")
    page.check("#sure")
    here.look("withdrawing")
    page.click("button.danger")
    page.wait_for_url("**/receipts/*")
    assert page.locator("dl dd").count() == 5
    here.look("the receipt")


def _code(here: Looked, folder: Path, login: str) -> None:
    page = here.page
    page.goto("/code?order=reading")
    page.check("#c-transportation" if login == "rio" else "#c-food_essentials")
    page.keyboard.press("Enter")
    page.wait_for_selector("p.said")
    here.look("coded")
    page.goto("/code/compare?a=human:rio&b=human:sam")
    here.look("side by side")
    page.goto("/topics")
    here.look("topics")
    page.goto("/search?q=camion")
    here.look("found")
