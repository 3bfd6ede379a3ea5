"""What people type in the browser passes the gate, and what did not pass is nowhere: not in jobs, searches, logs or pages."""

from __future__ import annotations

import pytest
from web.conftest import account, run_jobs, send, visitor

from feedback.store import Wanted, find

NAMED = "What Marisol Quintanilla told us"
TOLD = "my stepdad hits me and it happened again last night"


@pytest.mark.parametrize("words", [NAMED, TOLD])
def test_titles_reasons_labels_and_contacts_keep_no_name_and_no_telling(demo_app, words: str) -> None:
    account(demo_app, "ana")
    client, desk = visitor(demo_app, "ana"), demo_app.state.desk
    before = len(desk.jobs.recent(limit=300)), len(desk.store.events())
    session = next(s.id for s in desk.view.corpus)
    for address, data in (
        ("/brief", {"suffix": ".md", "kind": "full", "title": words}),
        (f"/sessions/{session}/withdraw", {"sure": "yes", "why": words}),
        ("/topics/1", {"what": "rename", "label": words}),
    ):
        answer = client.post(address, data=data)
        assert answer.status_code == 409, address
        assert "Quintanilla" not in answer.text
        assert "stepdad" not in answer.text
    run_jobs(demo_app)
    kept = repr(desk.store.events()) + repr([desk.jobs.get(j.id) for j in desk.jobs.recent(limit=300)])
    assert "Quintanilla" not in kept
    assert "stepdad" not in kept
    assert len(desk.jobs.recent(limit=300)) == before[0]
    assert session in {s.id for s in desk.view.corpus}


def test_the_index_of_words_knows_nothing_that_is_held(app) -> None:
    account(app, "ana")
    client, desk = visitor(app, "ana"), app.state.desk
    head = "LS-Y04 | March 2025 | Youth | English | 12 participants | SPA 1 | quotes yes\n\n"
    notes = head + f"P1: {TOLD}\nP2: Marisol Quintanilla came with the lavender bus\nP3: The lavender bus is late.\n"
    page = send(client, app, ("LS-Y04.txt", notes.encode()))
    assert "LS-Y04" in page
    assert find(desk.store, Wanted.parse("lavender"))
    for word in ("stepdad", "quintanilla", "marisol"):
        assert not find(desk.store, Wanted.parse(word))
        assert word not in client.get("/search", params={"q": "lavender"}).text.lower()
    assert "tepdad" not in repr([(j, desk.jobs.uploads(job=j.id)) for j in desk.jobs.recent()])
