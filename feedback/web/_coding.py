"""Coding in the browser: a unit in its place, suggestions with their reasons, uncoded first, one key a step, a way back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from feedback.codebook import Coding, Discourse
from feedback.corpus import Ref
from feedback.errors import FeedbackError, LeakError, RefError
from feedback.store import SETTLED, Step, lay
from feedback.web._ask import Ask

if TYPE_CHECKING:
    from starlette.responses import Response

    from feedback.corpus import Segment
    from feedback.web._desk import Desk

ORDERS = ("uncoded", "unchecked", "second", "reading")
PAGE = 40
NAMES = "The note seems to name somebody, or to tell of harm. Write it without that; it was not kept."


def code(ask: Ask, *, trouble: str = "") -> Response:
    """Show one unit to code: its context, what machines suggest and why, what people said once one has coded it."""
    person = ask.need("can_code")
    if ask.desk.store.document("codebook") is None:
        return ask.page("missing", missing=("codebook",))
    asked = ask.query("order") or ask.field("order")
    order, mine = asked if asked in ORDERS else "uncoded", tagger_of(person.login)
    ref = ask.query("ref") or ask.field("ref", most=300)
    units = _queue(ask, order, ref)
    if not units:
        return ask.page("coded", order=order, orders=ORDERS)
    at = next((i for i, s in enumerate(units) if s.ref == ref), 0)
    unit, codings = units[at], ask.desk.view.codings
    on = [c for c in codings if c.ref == unit.ref]
    groups: dict[str, list[object]] = {}
    for c in codings.codebook:
        groups.setdefault(codings.codebook.groups.get(c.parent or "", ""), []).append(c)
    seen = unit.ref in looked_at(ask.desk, mine)
    others = sorted({c.tagger for c in on if c.tagger.startswith("human:") and c.tagger != mine})
    made = [s for s in steps_of(ask.desk) if s.ref == unit.ref and (s.tagger == mine or seen)]
    return ask.page(
        "code", status=400 if trouble else 200, trouble=trouble, unit=unit, at=at, total=len(units), order=order, orders=ORDERS,
        near=[t for t in unit.session.turns if abs(t.index - unit.turn.index) <= 2], groups=groups, book=codings.codebook,
        chosen={c.code for c in on if c.tagger == mine}, suggested=[c for c in on if not c.tagger.startswith("human:")],
        others=others, seen=seen,
        people=[c for c in on if c.tagger.startswith("human:") and c.tagger != mine], steps=made[-12:],
        memos=[(text, who) for text, at, who in memos(ask.desk) if at == unit.ref and (seen or who == mine or not others)],
        undo=_last(ask.desk, mine) is not None,
        before=units[at - 1].ref if at else "", after=units[at + 1].ref if at + 1 < len(units) else "",
    )  # fmt: skip


def put(ask: Ask) -> Response:
    """Lay codes on a unit under this person's name, or take them off; none at all says that none applies. Then go on."""
    person = ask.need("can_code")
    desk, order, mine = ask.desk, ask.field("order"), tagger_of(person.login)
    unit, codings = unit_of(ask), desk.view.codings
    had = {c.code for c in codings if c.ref == unit.ref and c.tagger == mine}
    wanted = {c for c in ask.fields("codes") if c in codings.codebook}
    after = ask.field("after", most=300) or unit.ref
    if wanted == had and (had or unit.ref in looked_at(desk, mine)):
        return ask.go("/code", order=order, ref=after)
    d = codings.discourse.get(unit.ref, Discourse())
    new = [Coding(unit.ref, c, mine, category=d.category, polarity=d.polarity, about=d.about) for c in sorted(wanted - had)]
    with desk.lock:
        lay(desk.books(person), unit.ref, on=new, off=had - wanted, tagger=mine)
    return ask.go("/code", said="coded", order=order, ref=after)


def undo(ask: Ask) -> Response:
    """Take one's own last step back, and go to its unit; again: the one before."""
    person = ask.need("can_code")
    desk, mine = ask.desk, tagger_of(person.login)
    with desk.lock:
        step = _last(desk, mine)
        if step is None:
            return ask.go("/code", said="nothing", order=ask.field("order"))
        book = desk.view.codings.codebook
        try:
            free = not desk.view.corpus.resolve(step.ref).turn.withheld
        except RefError:
            free = False
        d = desk.view.codings.discourse.get(step.ref, Discourse())
        back = [
            Coding(step.ref, c, mine, category=d.category, polarity=d.polarity, about=d.about)
            for c in step.off if c in book and free
        ]  # fmt: skip
        lay(desk.books(person), step.ref, on=back, off=step.on, tagger=mine, undoes=step.event)
    return ask.go("/code", said="undone", order=ask.field("order"), ref=step.ref)


def memo(ask: Ask) -> Response:
    """Keep a note on a unit; it passes the gate first."""
    person = ask.need("can_code")
    unit, text = unit_of(ask), ask.field("memo", most=1_000)
    if not text:
        return ask.go("/code", said="nothing", order=ask.field("order"), ref=unit.ref)
    try:
        ask.desk.verb(person, "note", text, ref=unit.ref, by=tagger_of(person.login))
    except LeakError:
        return code(ask, trouble=ask.t(NAMES))
    return ask.go("/code", said="saved", order=ask.field("order"), ref=unit.ref)


def tagger_of(login: str) -> str:
    """A person's name as a coder."""
    return f"human:{login}"


def steps_of(desk: Desk) -> tuple[Step, ...]:
    """Every step of every coder."""
    return desk.steps


def looked_at(desk: Desk, tagger: str) -> set[str]:
    """Units on which a coder has made up their mind, be it that no code applies."""
    undone = {s.undoes for s in steps_of(desk)}
    made = {s.ref for s in steps_of(desk) if s.tagger == tagger and s.undoes is None and s.event not in undone}
    return made | {c.ref for c in desk.view.codings if c.tagger == tagger}


def _last(desk: Desk, tagger: str) -> Step | None:
    mine = [s for s in steps_of(desk) if s.tagger == tagger]
    undone = {s.undoes for s in mine}
    return next((s for s in reversed(mine) if s.undoes is None and s.event not in undone), None)


def memos(desk: Desk) -> list[tuple[str, str, str]]:
    """(words, unit, whose) of every note on a unit, oldest first."""
    kept = desk.store.document("memos")
    return [(text, str(Ref.parse(at).unit), name) for text, at, name in json.loads(kept[1]) if at] if kept else []


def unit_of(ask: Ask) -> Segment:
    """The unit that a form is about, where it may be coded."""
    corpus, ref = ask.desk.view.corpus, ask.field("ref", most=300)
    try:
        unit = corpus.resolve(ref)
    except RefError:
        raise HTTPException(404) from None
    if unit.session.id in ask.desk.uncleared:
        raise HTTPException(404)
    if unit.turn.withheld:
        raise FeedbackError("This line is held by the privacy check.")
    return unit


def _queue(ask: Ask, order: str, first: str) -> list[Segment]:
    codings, mine = ask.desk.view.codings, tagger_of(ask.person.login)
    uncleared = ask.desk.uncleared
    segments, by = [s for s in codings.corpus.segments() if s.session.id not in uncleared], codings.by_ref()
    if order == "reading":
        return segments
    looked = looked_at(ask.desk, mine)
    if order == "uncoded":
        return [s for s in segments if s.ref == first or (s.ref not in by and s.ref not in looked)]
    people = {r: {c.tagger for c in found if c.tagger.startswith("human:") and c.tagger != SETTLED} for r, found in by.items()}
    if order == "second":
        return [s for s in segments if s.ref == first or (len(people.get(s.ref, ())) == 1 and s.ref not in looked)]
    return [s for s in segments if s.ref == first or not (people.get(s.ref) or s.ref in looked)]
