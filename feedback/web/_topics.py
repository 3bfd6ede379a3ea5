"""Topics between the proposal and a person's decision, kept in the project without a model."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from feedback.store import drop_code
from feedback.topics import Topics, from_json, to_json
from feedback.web._ask import Ask

if TYPE_CHECKING:
    from starlette.responses import Response

    from feedback.web._desk import Desk

KIND, BACK, ROUNDS, DEEP = "topic proposals", "topic steps", "topic rounds", 12


def keep(desk: Desk, topics: Topics) -> None:
    """Keep the proposals as they stand now."""
    desk.store.put_document(KIND, "topics.json", to_json(topics))


def load(desk: Desk) -> Topics | None:
    """The proposals over what passed the gate now; units that were withdrawn or held since are left out."""
    kept = desk.store.document(KIND)
    return None if kept is None else from_json(kept[1], desk.view.corpus)


def show(ask: Ask) -> Response:
    """List what the codebook does not cover, for a person to name, merge or drop."""
    ask.need("can_code")
    desk = ask.desk
    topics = load(desk)
    shown, uncleared = [], desk.uncleared
    for t in topics or ():
        cleared = [r for r in t.refs if r.rpartition("#")[0] not in uncleared]
        lines = [desk.view.corpus.resolve(r) for r in cleared[:4]]
        shown.append((t, lines))
    back = _steps(desk)
    return ask.page(
        "topics", topics=shown, since=len(added(desk, topics)) if topics else 0, rounds=rounds(desk),
        ready=not desk.missing() or desk.missing() == ("plan",), last=back[-1] if back else None,
    )  # fmt: skip


def added(desk: Desk, topics: Topics) -> list[str]:
    """Sessions that the topics have not looked at and that everybody may see: the next round."""
    uncleared = desk.uncleared
    return [s.id for s in desk.view.corpus if s.id not in topics.sessions and s.id not in uncleared]


def rounds(desk: Desk) -> list[dict[str, Any]]:
    """The rounds that were placed in the topics as they stand: name, sessions, drift, whether a refit is due."""
    kept = desk.store.document(ROUNDS)
    return list(json.loads(kept[1]))[1:] if kept else []


def change(ask: Ask) -> Response:
    """Accept, rename, merge, split or drop a topic; accepting adds a code and lays it on the topic's units. See `undo`."""
    person = ask.need("can_code")
    if ask.field("label", most=120):
        ask.desk.verb(person, "read_over", ask.field("label", most=120), "topic")
    into = ask.field("into", most=12)
    asked = (ask.field("what"), int(ask.path("topic")), ask.field("label", most=120), int(into) if into.isdecimal() else -1)
    return ask.go("/topics", said=ask.desk.do("topic", str(person), *asked))


def step(desk: Desk, who: str, what: str, number: int, label: str, into: int) -> str:
    """Take one step on the topics as they stand; returns what to say."""
    topics = desk.project(who).proposed  # with its model, so that an accepted topic codes what came in since
    if topics is None:
        return "gone"
    made = {"topics": desk.store.document(KIND), "what": what, "by": who}
    if what == "rename":
        topics = topics.rename(number, label)
    elif what == "drop":
        topics = topics.drop(number, why=f"dropped by {who}")
    elif what == "merge":
        topics = topics.merge([into, number])
    elif what == "split":
        topics = topics.split(number)
    elif what == "accept":
        topics = topics.accept(number, id=_id(label), name=label, by=who)
        made |= {"code": topics[number].code.id, "book": desk.store.document("codebook")}
        _adopt(desk, topics, number, who=who)
        made["after"] = (desk.store.document("codebook") or ("", ""))[1]
    _keep_steps(desk, [*_steps(desk), made])
    keep(desk, topics)
    desk.books(who).log("topic", {"topic": number, "what": what})
    return "saved"


def undo(ask: Ask) -> Response:
    """Take the last step on topics back, whoever took it; again: the one before. An accepted code goes where nobody used it."""
    return ask.go("/topics", said=ask.desk.do("topic", str(ask.need("can_code"))))


def back(desk: Desk, who: str) -> str:
    """Take the last step back; returns what to say."""
    steps = _steps(desk)
    if not steps:
        return "nothing"
    step = steps[-1]
    if "code" in step:
        book = desk.store.document("codebook")
        if book is None or book[1] != step["after"] or not drop_code(desk.books(who), step["code"], {"why": "undo"}):
            return "used"
        desk.books(who).put_document("codebook", *step["book"])
    desk.books(who).put_document(KIND, *step["topics"])
    _keep_steps(desk, steps[:-1])
    desk.books(who).log("topic", {"what": f"undo {step['what']}"})
    return "undone"


def forget_steps(desk: Desk) -> None:
    """New proposals begin a new history."""
    _keep_steps(desk, [])


def _steps(desk: Desk) -> list[dict[str, Any]]:
    kept = desk.store.document(BACK)
    return list(json.loads(kept[1])) if kept else []


def _keep_steps(desk: Desk, steps: list[dict[str, Any]]) -> None:
    desk.store.put_document(BACK, "steps.json", json.dumps(steps[-DEEP:]))


def _id(label: str) -> str:
    import unicodedata

    plain = unicodedata.normalize("NFKD", label.lower()).encode("ascii", "ignore").decode()
    return "_".join("".join(c if c.isalnum() else " " for c in plain).split())[:60] or "topic"


def _adopt(desk: Desk, topics: Topics, number: int, *, who: str) -> None:
    project = desk.project(who)
    book = project.codebook.add(topics[number].code)
    with tempfile.TemporaryDirectory() as folder:
        project.use_codebook(book.save(Path(folder) / "codebook.yaml"))
    project.tag(project.codebook, cast("Any", topics))


def work(ask: Ask) -> Response:
    """Start tagging, learning, discovery or a later round of topics in the background."""
    from starlette.exceptions import HTTPException

    kind = ask.path("kind")
    person = ask.need("can_reveal" if kind == "certify" else "can_code")
    if kind not in ("tag", "learn", "discover", "follow", "certify"):
        raise HTTPException(404)
    job = ask.desk.jobs.ask(kind, who=str(person), once=True)
    ask.desk.wake.set()
    return ask.go(f"/jobs/{job.id}" if job.who == str(person) else "/", said="queued")
