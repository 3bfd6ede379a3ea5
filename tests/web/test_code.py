"""Coding with a way back: steps, notes, history, a second blind coding, coders side by side; groups to look at; the grid."""

from __future__ import annotations

import html
import re

import pytest
from web.conftest import account, visitor

from feedback.findings import may_name
from feedback.store import steps


@pytest.fixture
def app(demo_app):
    account(demo_app, "ana", "researcher")
    account(demo_app, "ben", "researcher")
    return demo_app


def lay(client, ref: str, *codes: str):
    return client.post("/code/lay", data={"ref": ref, "codes": list(codes), "order": "reading"})


def codes_of(app, login: str, ref: str) -> set[str]:
    return {c.code for c in app.state.desk.view.codings if c.tagger == f"human:{login}" and c.ref == ref}


def test_steps_are_taken_back_one_by_one_and_stay_in_the_history(app) -> None:
    ana, desk = visitor(app, "ana"), app.state.desk
    ref = desk.view.codings.uncoded()[0].ref
    assert visitor(app, "ben").post("/code/undo").url.params["said"] == "nothing"
    lay(ana, ref, "transportation")
    lay(ana, ref, "transportation", "child_care_ece")
    lay(ana, ref)
    assert codes_of(app, "ana", ref) == set()
    for left in ({"transportation", "child_care_ece"}, {"transportation"}, set()):
        assert "taken back" in ana.post("/code/undo", data={"order": "reading"}).text
        assert codes_of(app, "ana", ref) == left
    assert ana.post("/code/undo").url.params["said"] == "nothing"
    assert [(s.on, s.off, s.undoes is None) for s in steps(desk.store.events())][:3] == [
        (("transportation",), (), True), (("child_care_ece",), (), True), ((), ("child_care_ece", "transportation"), True)
    ]  # fmt: skip
    page = ana.get("/code", params={"ref": ref, "order": "reading"}).text
    assert page.split("History of this unit")[1].count("<li>") == 6


def test_no_code_is_an_answer_too_and_a_second_coder_is_blind(app) -> None:
    ana, ben, desk = visitor(app, "ana"), visitor(app, "ben"), app.state.desk
    first, second = (s.ref for s in desk.view.codings.uncoded()[:2])
    lay(ana, first)
    assert html.unescape(ana.get("/code").text.split('name="ref" value="')[1].split('"')[0]) == second
    lay(ana, second, "transportation")
    queue = ben.get("/code", params={"order": "second"}).text
    assert html.unescape(queue.split('name="ref" value="')[1].split('"')[0]) == second
    assert "Ana (person)" not in queue
    assert "Ana (person)" not in ben.get("/code/compare").text.split("<main")[1].split("class=\"lead\"")[1]
    lay(ben, second, "child_care_ece")
    page = ben.get("/code/compare", params={"a": "human:ana", "b": "human:ben"}).text
    assert "Both coded one unit, and differ on it." in page
    assert len(re.findall(r"<dd><strong>[^<]+</strong></dd>", page)) == 2


def test_notes_pass_the_gate(app) -> None:
    ana, desk = visitor(app, "ana"), app.state.desk
    ref = desk.view.codings.uncoded()[0].ref
    assert "Saved." in ana.post("/code/memo", data={"ref": ref, "memo": "Is this about the bus?", "order": "reading"}).text
    refused = ana.post("/code/memo", data={"ref": ref, "memo": "Call Rosa Delgado at 213-555-0144 about this", "order": "reading"})
    assert refused.status_code == 400
    page = ana.get("/code", params={"ref": ref, "order": "reading"}).text
    assert "Is this about the bus?" in page
    assert "Delgado" not in page + refused.text.split("<textarea")[0]
    assert b"Delgado" not in str(desk.store.events()).encode()


def test_groups_are_looked_at_one_at_a_time_and_through_suppression(app) -> None:
    ana, view = visitor(app, "ana"), app.state.desk.view
    for by in ("audience", "language", "spa", "month"):
        themes = view.themes(by)
        for group in themes.groups:
            page = html.unescape(ana.get("/needs", params={"of": f"{by}:{group}"}).text)
            shown = set(re.findall(r'<h2><a href="/needs/([^"]+)">', page))
            if group not in themes.columns:
                assert shown == {n.id for n in view.needs}  # no such filter: everything
                continue
            cells = {t.id: c for t in themes for c in t.cells if c.group == group}
            assert shown == {n.id for n in view.needs if not cells[n.id].suppressed and cells[n.id].band != "none"}
            table = ana.get("/themes", params={"of": f"{by}:{group}"}).text
            listed = set(re.findall(r'<th scope="row"><a href="/needs/([^"]+)">', table))
            assert not any(cells[t].suppressed for t in listed)
    assert ana.get("/needs", params={"of": "nonsense:x"}).status_code == 200


def test_the_grid_names_sessions_only_where_nothing_is_hidden(app) -> None:
    ana, view = visitor(app, "ana"), app.state.desk.view
    page = ana.get("/grid").text
    drawn = set(re.findall(r'<th scope="row"><a href="/needs/([^"]+)">', page))
    assert drawn == {t.id for t in view.themes() if t.mentions and may_name(view.themes(), t)}
    for t in view.themes():
        if t.id in drawn:
            row = page.split(f'href="/needs/{t.id}"')[1].split("</tr>")[0]
            assert row.count("●") == len(set(t.sessions) - app.state.desk.uncleared)


def test_two_coders_settle_and_only_what_they_settle_on_counts(app) -> None:
    ana, ben, desk = visitor(app, "ana"), visitor(app, "ben"), app.state.desk
    account(app, "cleo", "researcher")
    cleared = [s.ref for s in desk.view.codings.uncoded() if s.session.id not in desk.uncleared]
    one, two, three = cleared[:3]
    for ref in (one, two, three):
        lay(ana, ref, "transportation")
    lay(ben, one, "child_care_ece")
    lay(ben, two, "transportation")
    lay(ben, three, "transportation", "child_care_ece")

    def mentions() -> set[tuple[str, str]]:
        return {(m.ref, m.code) for t in desk.project("x").themes() for m in t.mentions if m.ref in (one, two, three)}

    assert {(one, "transportation"), (one, "child_care_ece")} <= mentions()
    pair = {"a": "human:ana", "b": "human:ben"}
    page = ana.get("/code/compare", params=pair).text
    assert "on 2 of them they differ" in page
    assert "0.500" in page  # 2 codes on 3 units, three answers of six not the same
    assert "After settling" not in page
    assert ana.post("/code/settle", data={**pair, "ref": cleared[3], "codes": "transportation"}).status_code == 403
    page = ana.post("/code/settle", data={**pair, "ref": one, "codes": ["child_care_ece", "nonsense"]}).text
    assert "After settling 1 of 2" in page
    assert "0.833" in page
    assert {(one, "child_care_ece")} == {m for m in mentions() if m[0] == one}
    ben.post("/code/settle", data={**pair, "ref": three})
    page = ben.get("/code/compare", params=pair).text
    assert "After settling 2 of 2" in page
    assert "1.000" in page
    assert "0.500" in page
    assert "Ana (ana)" in page
    assert not {m for m in mentions() if m[0] == three}
    assert codes_of(app, "ana", three) == {"transportation"}
    history = ana.get("/code", params={"ref": one, "order": "reading"}).text.split("History of this unit")[1]
    assert "what people settled on" in history
    assert "human:" not in re.sub(r'<[^>]*>', "", ana.get("/code/compare", params=pair).text + history)
    assert ana.post("/code/undo").url.params["said"] == "undone"  # one's own step, never what was settled
    assert "After settling" in ben.get("/code/compare", params=pair).text
    ben.post("/code/settle", data={**pair, "ref": three, "what": "reopen"})
    assert "After settling" in ben.get("/code/compare", params=pair).text
    assert visitor(app, "cleo").get("/code/compare").status_code == 200
    why = "It is about the ride, not the care."
    other = {**pair, "ref": one, "codes": "transportation"}
    refused = ana.post("/code/settle", data={**other, "why": "Rosa Delgado said so, 213-555-0144"})
    assert refused.status_code == 400
    assert {(one, "child_care_ece")} == {m for m in mentions() if m[0] == one}  # nothing is settled with a reason that is not kept
    page = ana.post("/code/settle", data={**other, "why": why})
    assert {(one, "transportation")} == {m for m in mentions() if m[0] == one}
    assert why in page.text
    assert why in ben.get("/code", params={"ref": one, "order": "reading"}).text
    assert why not in visitor(app, "cleo").get("/code", params={"ref": one, "order": "reading"}).text  # blind
    assert "Delgado" not in str(desk.store.events()) + str(desk.store.document("memos"))
