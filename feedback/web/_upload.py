"""Bringing sessions in: upload, what was read, the few questions left, withdrawal, the summary for the host."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from feedback.errors import FeedbackError
from feedback.store import RECAST, Job, Jobs, new_upload_id
from feedback.web._ask import Ask
from feedback.web._grid import unscreened
from feedback.web._parts import MOST_BYTES, PIECE, Wanting, left, name_of, named, parts, whole
from feedback.web._said import STAGES

if TYPE_CHECKING:
    from starlette.responses import Response

    from feedback.corpus import Session
    from feedback.web._guard import Person

TOO_LARGE = {"problems": [{
    "place": "", "what": "it is larger than 50 MB, the most we read.",
    "remedy": "Send the notes without recordings or pictures, or in parts.",
}]}  # fmt: skip
AUDIENCES = ("youth", "family", "stakeholder", "mixed")
TONGUES = ("en", "es", "ko", "zh", "hy", "tl", "vi", "quc", "fa", "ar", "km", "ase")
SPEAK = ("participant", "facilitator", "interpreter", "notetaker")
ASKED = ("month", "audience", "languages", "participants", "quote_consent")


def upload(ask: Ask) -> Response:
    """Take files in: each is sealed and queued, and the page goes on to what was read."""
    person = ask.need("can_upload")
    desk = ask.desk
    if ask.request.method == "GET":
        return _form(ask)
    files, once, pieces = ask.files("files"), ask.field("once", most=80), named(ask.fields("parts"))
    taken, refused = [], []
    try:
        taken += _from_parts(ask, pieces, once)
    except Wanting:
        return JSONResponse({"again": True}, 409)
    except Came as known:
        return ask.json({"to": f"/jobs/{known.job}"})
    for place, file in enumerate(files):
        name, document = clean(file.filename or ""), file.file.read(MOST_BYTES + 1)
        key = new_upload_id(str(person), once, place, document)
        if len(document) > MOST_BYTES:
            refused.append((key, name, TOO_LARGE))
        else:
            taken.append((key, name, desk.seal.close(document, name=key)))
    if not files and not pieces:
        return _form(ask, ask.t("Choose a file first."))
    made = desk.jobs.ask_to_read(taken, who=str(person), refused=refused)
    parts(desk).drop(name_of(str(person), sha, size) for sha, size, _ in pieces)
    desk.wake.set()
    return ask.json({"to": f"/jobs/{made.id}"}) if ask.wants_json else ask.go(f"/jobs/{made.id}")


class Came(Exception):
    """These files came in before, over a connection that was lost: the job that has them."""

    def __init__(self, job: int) -> None:
        self.job = job


def _from_parts(ask: Ask, pieces: list[tuple[str, int, str]], once: str) -> list[tuple[str, str, bytes]]:
    """(key, name, sealed) of files that came in pieces; raises Wanting where one is not whole, Came where they are there."""
    who, desk = str(ask.person), ask.desk
    keys = [new_upload_id(who, once, n, f"{sha}:{size}".encode()) for n, (sha, size, _) in enumerate(pieces)]
    known = desk.jobs.came_before(keys, who=who) if keys else None
    if known is not None:
        raise Came(known.id)
    made = []
    for key, (sha, size, name) in zip(keys, pieces, strict=True):
        made.append((key, clean(name), desk.seal.close(whole(desk, who, sha, size), name=key)))
    return made


def _form(ask: Ask, trouble: str = "") -> Response:
    return ask.page(
        "upload", status=400 if trouble else 200, mine=_mine(ask), once=secrets.token_hex(16), trouble=trouble, piece=PIECE,
        left=left(ask),
    )  # fmt: skip


def clean(name: str) -> str:
    r"""A stranger's file name as it may be shown: no folders, no control characters, not long.

    >>> clean("../../etc/pass\nwd")
    'pass wd'
    """
    last = re.split(r"[\\/]", name)[-1]
    return " ".join("".join(c if c.isprintable() else " " for c in last).split())[:120] or "file"


def job(ask: Ask) -> Response:
    """Say how far a job is; when it has read files, say what became of each."""
    found = _job(ask)
    uploads = ask.desk.jobs.uploads(job=found.id)
    corpus = {s.id: s for s in ask.desk.view.corpus}
    if found.who != str(ask.person):  # an administrator may stop others' work; what came in concerns them no further
        uploads = ()
    rows = [(u, corpus.get(u.session or "")) for u in uploads]
    wanted = {u.session for u in uploads if u.session}
    if found.over and wanted and (answer := unscreened(ask)) is not None:
        return answer
    open_ = {w: len(_open_groups(ask, w)) for w in wanted} if found.over else {}
    counts = {w: counts_of(corpus[w]) for w in wanted if w in corpus}
    return ask.page("job", job=found, rows=rows, open=open_, counts=counts, stage=stage_of(ask, found))


def job_state(ask: Ask) -> Response:
    """The same for the page's own script."""
    found = _job(ask)
    told = {"state": found.state, "over": found.over, "done": found.done, "total": found.total}
    return ask.json({**told, "stage": stage_of(ask, found)})


def stage_of(ask: Ask, job: Job) -> str:
    """What a running job does at the moment, in words."""
    if job.state != "running":
        return ""
    if job.kind == "tag" and job.total:
        return ask.t("Laying codes: {n} of {k} sessions.", n=job.done, k=job.total)
    stages = STAGES.get(job.kind, ())
    return ask.t(stages[min(job.done, len(stages) - 1)]) if stages else ""


def cancel(ask: Ask) -> Response:
    """Stop a job that waits or runs, with nothing of it kept; say so where it is too late for that."""
    found = _job(ask)
    return ask.go(f"/jobs/{found.id}", said="cancelled" if ask.desk.jobs.cancel(found.id) else "late")


def again(ask: Ask) -> Response:
    """Take a job up again that was given up because the machine went down under it too often; its files are still there."""
    found = _job(ask)
    done = ask.desk.jobs.retry(found.id)
    ask.desk.wake.set()
    return ask.go(f"/jobs/{found.id}", said="queued" if done else "nothing")


def _job(ask: Ask) -> Job:
    person = ask.person
    try:
        found = ask.desk.jobs.get(int(ask.path("job")))
    except (KeyError, OverflowError):
        raise HTTPException(404) from None
    if found.who != str(person) and not person.can_administer:
        raise HTTPException(404)
    return found


def session(ask: Ask) -> Response:
    """Show what was read of one session; take the few answers it could not give itself."""
    person, found = _session(ask)
    desk, trouble = ask.desk, ""
    mine = desk.may_see(person, found.id) or person.can_code
    if ask.request.method == "POST":
        if not mine:
            raise HTTPException(403)
        try:
            fields = header_fields(ask)
        except FeedbackError as error:
            trouble = ask.t(str(error))
        else:
            _amend(ask, found, fields)
            desk.verb(person, "screen")
            return ask.go(f"/sessions/{found.id}", said="confirmed")
    if mine and ask.request.method == "GET" and (answer := unscreened(ask)) is not None:
        return answer
    groups = _open_groups(ask, found.id) if mine else ()
    uploads = [u for u in desk.jobs.uploads(session=found.id) if u.who == str(person)]
    held = sum(t.withheld is not None for t in found.turns)
    return ask.page(
        "session", status=400 if trouble else 200, s=found, counts=counts_of(found), mine=mine, open=len(groups), held=held,
        disclosures=sum(g.tier is not None for g in groups), audiences=AUDIENCES, tongues=TONGUES, uploads=uploads,
        asking=list(dict.fromkeys(t.speaker.label for t in found.turns if t.role == "facilitator" and t.speaker.label)),
        roles=Counter((t.speaker.label or "", t.role) for t in found.turns if t.speaker.label), trouble=trouble, speak=SPEAK,
        recast=tuple(RECAST),
    )  # fmt: skip


def header_fields(ask: Ask) -> dict[str, Any]:
    """The header as answered; raises FeedbackError where an answer cannot be."""
    out: dict[str, Any] = {}
    if month := ask.field("month"):
        if not re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", month):
            raise FeedbackError("Write the month as year and month, like 2026-03.")
        out["month"] = month
    if audience := ask.field("audience"):
        if audience not in AUDIENCES:
            raise FeedbackError("Choose who took part.")
        out["audience"] = audience
    if tongues := [x for x in ask.fields("languages") if x in TONGUES]:
        out["languages"] = tongues
    if people := ask.field("participants"):
        if not people.isascii() or not people.isdigit() or not 1 <= int(people) <= 2000:
            raise FeedbackError("Write how many people took part, as a number.")
        out["participants"] = int(people)
    if ask.field("quote_consent") in ("yes", "review", "no"):
        out["quote_consent"] = ask.field("quote_consent")
    if ask.field("spa") in tuple("12345678"):
        out["spa"] = int(ask.field("spa"))
    return out


def recast(ask: Ask) -> Response:
    """Correct who speaks, or what one line is; then the session is screened and coded again."""
    person, found = _session(ask)
    desk = ask.desk
    if not (desk.may_see(person, found.id) or person.can_code):
        raise HTTPException(403)
    labels = {t.speaker.label for t in found.turns if t.speaker.label}
    wanted = {label: role for label in labels if (role := ask.field(f"role {label}")) in SPEAK}
    line, what = ask.field("line"), ask.field("what")
    units = {int(line): what} if line.isascii() and line.isdigit() and what in RECAST else {}
    changed = Jobs(desk.books(person)).recast(found.id, labels=wanted, units=units)
    if changed:
        desk.verb(person, "screen")
    if changed and desk.store.document("codebook") is not None:
        desk.jobs.ask("tag", who=str(person), once=True)
        desk.wake.set()
    answer = ask.go(f"/sessions/{found.id}", said="saved" if changed else "nothing")
    if units:
        answer.headers["location"] += f"#u{line}"
    return answer


def withdraw(ask: Ask) -> Response:
    """Delete a session and everything that hangs on it; answer with a receipt."""
    person, found = _session(ask)
    desk = ask.desk
    if not desk.may_see(person, found.id):
        raise HTTPException(403)
    if ask.field("sure") != "yes":
        return ask.go(f"/sessions/{found.id}", said="nothing")
    desk.verb(person, "withdraw", found.id, why=ask.field("why", most=300) or "not said")
    mine = (e["id"] for e in desk.events() if e["verb"] == "withdraw" and e["detail"]["session"] == found.id)
    return ask.go(f"/receipts/{max(mine)}")


def receipt(ask: Ask) -> Response:
    """A withdrawal as the log holds it, to print or keep."""
    person = ask.person
    events = ask.desk.events()
    found = next((e for e in events if str(e["id"]) == ask.path("number") and e["verb"] == "withdraw"), None)
    if found is None or (found["who"] != str(person) and not person.can_reveal):
        raise HTTPException(404)
    released = sum(e["verb"] == "release" and e["id"] < found["id"] for e in events)
    return ask.page("receipt", event=found, released=released)


def summary(ask: Ask) -> Response:
    """One page for the host: what was talked about, without anybody's words."""
    person, found = _session(ask)
    if not ask.desk.may_place(person, found.id):
        raise HTTPException(403)
    topics = []
    if ask.desk.store.document("codebook") is not None:
        codings = ask.desk.view.codings
        there = {c.code for c in codings if c.ref.rpartition("#")[0] == found.id}
        topics = [c for c in codings.codebook if c.id in there and c.sensitivity == "standard"]
    asked = [t for t in found.turns if t.kind == "prompt" and t.text and not t.withheld]
    questions = [(re.sub(r"^\s*\d{1,2}[.)]\s+", "", t.text), t.language) for t in asked]
    ready = not ask.desk.missing()
    return ask.page("summary", s=found, counts=counts_of(found), topics=topics, questions=questions[:12], ready=ready)


def template(ask: Ask) -> Response:
    """A page for notes, to print, in the reader's language."""
    return ask.page("notes")


def counts_of(found: Session) -> dict[str, int]:
    """What was read, in counts."""
    people = [t for t in found.turns if t.role in ("participant", "interpreter")]
    return {
        "points": sum(t.kind in ("speech", "note") for t in people),
        "questions": sum(t.kind == "prompt" for t in found.turns),
        "quotes": sum(t.verbatim and t.kind == "note" for t in people),
        "speakers": len({t.speaker.label for t in people if t.speaker.label}),
        "held": sum(t.withheld is not None for t in found.turns),
    }


def _session(ask: Ask) -> tuple[Person, Session]:
    person = ask.person
    for found in ask.desk.view.corpus:
        if found.id == ask.path("session") and ask.desk.may_open(person, found.id):
            return person, found
    raise HTTPException(404)


def _amend(ask: Ask, found: Session, fields: dict[str, Any]) -> None:
    changed = {k: v for k, v in fields.items() if v != (list(getattr(found, k)) if k == "languages" else getattr(found, k))}
    if changed:
        Jobs(ask.desk.books(ask.person)).amend(found.id, **changed)


def _mine(ask: Ask) -> list[tuple[Session, int]]:
    owners, me, left = ask.desk.owners(), str(ask.person), ask.desk.to_decide(ask.person)
    return [(s, len(left.get(s.id, ()))) for s in ask.desk.view.corpus if me in owners.get(s.id, ())]


def _open_groups(ask: Ask, session_id: str) -> list[Any]:
    return ask.desk.waiting(ask.person).get(session_id, [])
