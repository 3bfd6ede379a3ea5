"""Every address with every role: who may, who may not, in one table; an address without a row here fails."""

from __future__ import annotations

import pytest
from web.conftest import NOTES, account, send, visitor

from feedback.web._app import OPEN, ROUTES
from feedback.web._guard import ROLES

F, R, A, P, B = ("facilitator", "researcher", "author", "privacy", "administrator")
ALL, READ, LOAD = {F, R, A, P, B}, {R, A, P}, {F, R}
NOT = 403, 404
# address, method, form, who may; LS-F01 is cleared and nobody's here, LS-T1 is Fay's and cleared, LS-T9 is Fay's and held.
TABLE = [
    ("/", "GET", {}, ALL), ("/me", "GET", {}, ALL), ("/me", "POST", {"what": "off"}, ALL),
    ("/people", "GET", {}, {B}), ("/people", "POST", {"what": "invite", "roles": "author"}, {B}),
    ("/settings", "GET", {}, {B}), ("/settings", "POST", {"what": "contacts"}, {B}), ("/log", "GET", {}, {B, P}),
    ("/upload", "GET", {}, LOAD), ("/upload", "POST", {}, LOAD),
    ("/upload/part?file=" + "0" * 64 + "&size=9", "GET", {}, LOAD),
    ("/upload/part?file=" + "0" * 64 + "&size=9", "POST", {}, LOAD),
    ("/notes", "GET", {}, ALL), ("/jobs/1", "GET", {}, {B}), ("/jobs/1/state", "GET", {}, {B}), ("/jobs/1/file", "GET", {}, set()),
    ("/jobs/1/cancel", "POST", {}, {B}), ("/jobs/1/again", "POST", {}, {B}),
    ("/sessions/LS-F01", "GET", {}, READ), ("/sessions/LS-F01", "POST", {}, {R, P}),
    ("/sessions/LS-F01/summary", "GET", {}, {R, P}),
    ("/sessions/LS-F01/roles", "POST", {}, {R, P}), ("/sessions/LS-F01/withdraw", "POST", {}, {P}),
    ("/sessions/LS-T9", "GET", {}, {P}), ("/sessions/LS-T9", "POST", {}, {P}), ("/sessions/LS-T9/summary", "GET", {}, {P}),
    ("/sessions/LS-T9/roles", "POST", {}, {P}), ("/sessions/LS-T9/withdraw", "POST", {}, {P}),
    ("/receipts/1", "GET", {}, set()), ("/gate", "GET", {}, {F, R, P}), ("/gate/reveal", "POST", {"group": "GROUP"}, {P}),
    ("/gate/decide", "POST", {"group": "GROUP", "decision": "x"}, {P}), ("/certificates", "GET", {}, {P}),
    ("/needs", "GET", {}, READ), ("/needs/transportation", "GET", {}, READ), ("/themes", "GET", {}, READ),
    ("/grid", "GET", {}, READ), ("/plan", "GET", {}, READ), ("/search?q=bus", "GET", {}, READ),
    ("/quote?ref=LS-F01%231", "GET", {}, READ), ("/quote?ref=LS-T9%231", "GET", {}, set()),
    ("/brief", "POST", {"suffix": ".md", "kind": "full en"}, READ),
    ("/brief", "POST", {"suffix": ".md", "kind": "session en", "session": "LS-F01"}, {R, P}),
    ("/brief", "POST", {"suffix": ".md", "kind": "session en", "session": "LS-T9"}, {P}),
    ("/code", "GET", {}, {R}), ("/code/lay", "POST", {"ref": "LS-F01#2"}, {R}), ("/code/undo", "POST", {}, {R}),
    ("/code/memo", "POST", {"ref": "LS-F01#2"}, {R}), ("/code/compare", "GET", {}, {R}),
    ("/code/settle", "POST", {"ref": "LS-F01#2"}, set()), ("/code/lay", "POST", {"ref": "LS-T9#1"}, set()),
    ("/topics", "GET", {}, {R}), ("/topics/undo", "POST", {}, {R}), ("/topics/1", "POST", {"what": "drop"}, {R}),
    ("/start/tag", "POST", {}, {R}), ("/start/learn", "POST", {}, {R}), ("/start/discover", "POST", {}, {R}),
    ("/start/certify", "POST", {}, {P}), ("/start/nothing", "POST", {}, set()), ("/signout", "POST", {}, ALL),
]  # fmt: skip
HELD = NOTES.replace("LS-T1", "LS-T9") + "P3: I met Rosa at the drop-in.\n"


def route_of(address: str, method: str) -> str | None:
    """The declared address that a row is about."""
    path = address.split("?")[0]
    for declared, handler, methods in ROUTES:
        parts, given = declared.split("/"), path.split("/")
        same = len(parts) == len(given) and all(p == g or p.startswith("{") for p, g in zip(parts, given, strict=True))
        if same and method in methods.split() and handler not in OPEN:
            return declared
    return None


def test_every_address_and_method_stands_in_the_table() -> None:
    wanted = {(path, m) for path, handler, methods in ROUTES if handler not in OPEN for m in methods.split()}
    assert wanted == {(route_of(a, m), m) for a, m, _, _ in TABLE}


def test_every_address_asks_who_one_is(demo_app) -> None:
    account(demo_app, "fay", F)
    fay = visitor(demo_app, "fay")
    send(fay, demo_app, ("notes.txt", HELD.encode()))
    (group,) = [g for g in demo_app.state.desk.audit("t").undecided() if any(r.startswith("LS-T9#") for r in g.refs)]
    wrong = []
    for role in ROLES:
        account(demo_app, f"x{role[:3]}", role)
        client = visitor(demo_app, f"x{role[:3]}", raise_server_exceptions=False)
        client.follow_redirects = False
        for address, method, form, may in TABLE:
            if address.endswith("/withdraw") and role in may:
                form = {"sure": "no"}
            asked = {k: group.id if v == "GROUP" else v for k, v in form.items()}
            answer = client.request(method, address, data=asked) if method == "POST" else client.get(address)
            if (answer.status_code in NOT) != (role not in may) or answer.status_code >= 500:
                wrong.append((role, method, address, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_and_a_made_up_visit_come_no_further(app, method) -> None:
    account(app, "ana")
    client = visitor(app, follow_redirects=False)
    for cookie in ("", "x" * 43, "'; drop table visit; --", "y" * 5_000):
        client.cookies.set("visit", cookie)
        for address, how, form, _ in TABLE:
            if how == method:
                answer = client.request(method, address, data=form) if method == "POST" else client.get(address)
                assert answer.status_code == 303, address
                assert answer.headers["location"] == "/signin", address


def test_every_change_from_elsewhere_is_refused_and_every_answer_carries_the_headers(app) -> None:
    account(app, "ana")
    client = visitor(app, "ana")
    client.follow_redirects = False
    addresses = {(a, m) for a, m, _, _ in TABLE} | {(p, m) for p, h, ms in ROUTES if h in OPEN for m in ms.split()}
    for address, method in sorted(addresses):
        for origin in ("https://evil.example", "null") if method == "POST" else ("",):
            answer = client.request(method, address.format(language="es", secret="x"), headers={"origin": origin} if origin else {})
            assert method != "POST" or answer.status_code == 403, (address, origin)
            assert answer.headers["content-security-policy"].startswith("default-src 'self'"), address
            assert answer.headers["x-content-type-options"] == "nosniff", address
            assert answer.headers["cache-control"] == "no-store", address
    assert client.get("/me").status_code == 200  # signed in still: nothing of it was done
