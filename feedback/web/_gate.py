"""The privacy gate in the browser: what is held, shown one word at a time, decided by a named person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from feedback.errors import FeedbackError
from feedback.privacy import OUTCOMES
from feedback.web._ask import Ask
from feedback.web._grid import unscreened
from feedback.web._told import Line

if TYPE_CHECKING:
    from starlette.responses import Response

    from feedback.privacy import Group

REASONS = {
    "harmless": "Read in its place: it names nobody who could be recognized.",
    "identifier": "Read in its place: it could point to somebody.",
}
KINDS = {
    "person": "a name", "place": "a place", "org": "the name of an organization", "phone": "a telephone number",
    "email": "an e-mail address", "handle": "a name used online", "id": "a number that belongs to somebody", "date": "a date",
    "address": "an address", "url": "a web address", "other": "a detail that may point to somebody", "disclosure": "a disclosure",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One word to decide on, as far as this person may see it."""

    group: Group
    kind: str
    refs: tuple[str, ...]
    elsewhere: int
    words: tuple[str, ...] = ()

    @property
    def decidable(self) -> bool:
        """Whether every place of the word concerns this person."""
        return self.elsewhere == 0


def gate(ask: Ask, *, shown: str = "", words: tuple[str, ...] = (), trouble: str | list[Line] = "") -> Response:
    """List what the gate holds: disclosures first, calmly, then words to decide on."""
    if not (ask.person.can_upload or ask.person.can_reveal):
        raise HTTPException(403)
    if ask.request.method == "GET" and (answer := unscreened(ask)) is not None:
        return answer
    rows = _rows(ask, shown, words)
    desk = ask.desk
    return ask.page(
        "gate", status=400 if trouble else 200, trouble=trouble, outcomes=OUTCOMES, shown=shown,
        disclosures=[r for r in rows if r.group.tier is not None], rows=[r for r in rows if r.group.tier is None],
        only=ask.query("session") or ask.field("session", most=200), contacts=desk.setting("contacts", ""),
    )  # fmt: skip


def reveal(ask: Ask) -> Response:
    """Show the word behind a group to the person who decides; that it was shown is logged."""
    row = _row(ask)
    asked = row.refs if not row.decidable else (row.group.id,)
    found = tuple(dict.fromkeys(w for r in asked for w in ask.desk.verb(ask.person, "reveal", r)))
    return gate(ask, shown=row.group.id, words=found)


def decide(ask: Ask) -> Response:
    """Record a person's decision about all places of a word, and screen again."""
    row = _row(ask)
    person, desk, what = ask.person, ask.desk, ask.field("decision")
    if not row.decidable:
        raise HTTPException(403)
    why = ask.field("why", most=300) or REASONS.get(what, "") or ask.field("note", most=300)
    verb = {"harmless": "accept", "identifier": "replace"}.get(what, what)
    if row.group.tier is not None and what not in OUTCOMES:
        return gate(ask, trouble=ask.t("Choose what happened, so that the line can be let go or kept out."))
    try:
        desk.verb(person, "decide", row.group.id, verb, by=str(person), why=why or "outcome chosen")
    except FeedbackError as error:
        return gate(ask, trouble=ask.told(error))
    if desk.store.document("codebook") is not None:
        desk.jobs.ask("tag", who=str(person), once=True)
        desk.wake.set()
    session = ask.field("session", most=200)
    return ask.go("/gate", said="decided", **({"session": session} if session else {}))


def certificates(ask: Ask) -> Response:
    """What the gate did with each file, as last certified: for whoever has to answer for it."""
    ask.need("can_reveal")
    made = [j for j in ask.desk.jobs.recent(limit=300) if j.kind == "certify" and j.state == "done"]
    files = {s: c for s, c in (made[0].result["files"] if made else {}).items() if s in {x.id for x in ask.desk.view.corpus}}
    return ask.page("certificates", job=made[0] if made else None, files=files, kinds=KINDS)


def _rows(ask: Ask, shown: str, words: tuple[str, ...]) -> list[Row]:
    person, desk = ask.person, ask.desk
    if not (person.can_upload or person.can_reveal):
        raise HTTPException(403)
    only = ask.query("session") or ask.field("session", most=200)
    seen, out = dict[str, bool](), []
    for group in desk.audit(person).undecided():
        mine = []
        for ref in group.refs:
            session = ref.split("#")[0]
            if session not in seen:
                seen[session] = desk.may_see(person, session)
            if seen[session]:
                mine.append(ref)
        if mine and (not only or any(r.split("#")[0] == only for r in mine)):
            told = words if group.id == shown else ()
            out.append(Row(group, KINDS.get(group.kind, KINDS["other"]), tuple(mine), len(group.refs) - len(mine), told))
    return out


def _row(ask: Ask) -> Row:
    wanted = ask.field("group", most=200)
    row = next((r for r in _rows(ask, "", ()) if r.group.id == wanted), None)
    if row is None:
        raise HTTPException(404)
    return row
