"""Coding in the browser: a unit in its place, suggestions with their reasons, uncoded first, one key a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from feedback.codebook import Coding, Discourse
from feedback.errors import FeedbackError
from feedback.web._ask import Ask

if TYPE_CHECKING:
    from starlette.responses import Response

    from feedback.corpus import Segment

ORDERS = ("uncoded", "unchecked", "reading")


def code(ask: Ask) -> Response:
    """Show one unit to code: its context, what machines suggest and why, what people said."""
    person = ask.need("can_code")
    if ask.desk.store.document("codebook") is None:
        return ask.page("missing", missing=("codebook",))
    order = ask.query("order") if ask.query("order") in ORDERS else "uncoded"
    units = _queue(ask, order)
    at = next((i for i, s in enumerate(units) if s.ref == ask.query("ref")), 0)
    if not units:
        return ask.page("coded", order=order, orders=ORDERS)
    unit = units[at]
    codings = ask.desk.view.codings
    mine = tagger_of(person.login)
    on = [c for c in codings if c.ref == unit.ref]
    groups: dict[str, list[object]] = {}
    for c in codings.codebook:
        groups.setdefault(codings.codebook.groups.get(c.parent or "", ""), []).append(c)
    near = [t for t in unit.session.turns if abs(t.index - unit.turn.index) <= 2]
    return ask.page(
        "code", unit=unit, near=near, at=at, total=len(units), order=order, orders=ORDERS, groups=groups, book=codings.codebook,
        chosen={c.code for c in on if c.tagger == mine}, suggested=[c for c in on if not c.tagger.startswith("human:")],
        people=[c for c in on if c.tagger.startswith("human:") and c.tagger != mine],
        before=units[at - 1].ref if at else "", after=units[at + 1].ref if at + 1 < len(units) else "",
    )  # fmt: skip


def lay(ask: Ask) -> Response:
    """Lay codes on a unit under this person's name, or take them off; then go on to the next."""
    person = ask.need("can_code")
    desk, ref, order = ask.desk, ask.field("ref", most=300), ask.field("order")
    view = desk.view
    mine = tagger_of(person.login)
    had = {c.code for c in view.codings if c.ref == ref and c.tagger == mine}
    wanted = {c for c in ask.fields("codes") if c in view.codings.codebook}
    d = view.codings.discourse.get(ref, Discourse())
    new = [Coding(ref, c, mine, category=d.category, polarity=d.polarity, about=d.about) for c in sorted(wanted - had)]
    try:
        with desk.lock:
            desk.jobs.take_off(ref, had - wanted, tagger=mine, who=desk.books(person))
            if new:
                desk.project(person).code(new)
    except FeedbackError as error:
        return ask.page("trouble", status=400, title=ask.t("Coding"), words=str(error))
    except KeyError:
        raise HTTPException(404) from None
    after = ask.field("after", most=300)
    return ask.go("/code", said="coded" if wanted != had else "", order=order, ref=after or ref)


def tagger_of(login: str) -> str:
    """A person's name as a coder."""
    return f"human:{login}"


def _queue(ask: Ask, order: str) -> list[Segment]:
    codings = ask.desk.view.codings
    segments = list(codings.corpus.segments())
    by = codings.by_ref()
    if order == "uncoded":
        first = ask.query("ref")
        return [s for s in segments if s.ref not in by or s.ref == first]
    if order == "unchecked":
        first = ask.query("ref")
        return [s for s in segments if s.ref == first or not any(c.tagger.startswith("human:") for c in by.get(s.ref, ()))]
    return segments
