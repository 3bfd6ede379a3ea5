"""Right after a start nobody waits for what takes long: a page says what goes on, and shows it when it is there."""

from __future__ import annotations

import threading
import time

import pytest
from web.conftest import account, visitor

from feedback.errors import FeedbackError, LeakError
from feedback.web import _soon, create_app
from feedback.web._room import ASKED

READING = ("/needs", "/themes?by=language", "/grid", "/plan", "/needs?of=language:es")


@pytest.fixture
def slow(demo_app, place: str, monkeypatch: pytest.MonkeyPatch):
    """An app whose back room answers only after `free` is set, and what it was asked."""
    monkeypatch.setattr(_soon, "PATIENCE", 0.2)
    app, free, asked = create_app(place, apart=True), threading.Event(), list[str]()
    account(app, "ana")

    def answer(what: str, *given: object, again: bool = True) -> object:
        asked.append(what)
        assert free.wait(60)
        return ASKED[what](demo_app.state.desk, *given)

    app.state.desk.back.ask = answer
    yield app, free, asked
    free.set()
    app.state.desk.close()


def test_pages_that_wait_for_a_count_say_so_at_once_and_come_by_themselves(slow) -> None:
    app, free, asked = slow
    ana = visitor(app, "ana")
    for page in (*READING, "/gate", "/sessions/LS-F01"):
        began = time.monotonic()
        shown = ana.get(page)
        assert time.monotonic() - began < 10, page
        assert shown.status_code == 202, page
        assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in shown.text
        assert "data-soon" in shown.text
    assert ana.get("/").status_code == 200
    assert sorted(asked) == ["count", "held"]  # once each, whoever asks
    assert ana.get("/needs", headers={"accept-language": "es"}).text.count("Contando") >= 2
    free.set()
    end = time.monotonic() + 120
    for page in (*READING, "/gate", "/sessions/LS-F01"):
        while (shown := ana.get(page)).status_code == 202:
            assert time.monotonic() < end, page
        assert shown.status_code == 200, page
        assert "data-soon" not in shown.text


def test_whoever_may_not_see_a_page_is_told_so_before_anything_is_looked_up(slow) -> None:
    app, _, asked = slow
    account(app, "ari", "author")
    account(app, "fay", "facilitator")
    assert visitor(app, "ari").get("/gate").status_code == 403
    assert visitor(app, "fay").get("/needs").status_code == 403
    assert "count" not in asked


@pytest.mark.parametrize(("error", "told"), [(FeedbackError, "Not ready yet"), (LeakError, "Held by the privacy gate")])
def test_what_goes_wrong_in_a_count_is_told_and_tried_anew(slow, error, told) -> None:
    app, _, _ = slow
    ana, desk = visitor(app, "ana"), app.state.desk

    def wrong(what: str, *given: object, again: bool = True) -> object:
        time.sleep(0.5 if what == "count" else 0)
        raise error("no")

    desk.back.ask = wrong
    for _ in range(2):
        assert ana.get("/needs").status_code == 202
        end = time.monotonic() + 30
        while (shown := ana.get("/needs")).status_code == 202:
            assert time.monotonic() < end
            time.sleep(0.05)
        assert (shown.status_code, told in shown.text) == (409, True)
