"""The worker: takes jobs from the queue one after another, so that no page waits for reading, tagging or briefs."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from feedback.corpus import Corpus, Session
from feedback.errors import FeedbackError, Problem
from feedback.ingest import read
from feedback.project import Project
from feedback.store import Became, Job, Stopped, Upload
from feedback.web._aside import aside, sweep
from feedback.web._desk import Desk
from feedback.web._parts import KEEP, parts

STALE, SWEEP = 15.0, 3600.0
HEAVY = ("numpy", "scipy.sparse", "pandas", "sklearn.linear_model", "onnxruntime")  # two threads at once may find half of one
AGAIN = ("tag", "learn")
Sessions = dict[str, Session]
KINDS = {".html", ".md", ".docx", ".pdf", ".pptx", ".xlsx"}
_WORDS = """
    sign signin signup in sheet attendance roster asistencia asistentes lista registro firmas notes notas
    transcript transcripcion session sesion youth jovenes family families familias meeting captions zoom teams
    readme plan codebook key sticky wall grid gift card log list hoja firma de distribution contact contacts
    contactos participants participantes
"""
_SAFE = frozenset(_WORDS.split())
_WORDS_FOR = (
    "paper", "table", "window", "garden", "river", "bread", "water", "green", "yellow", "silver", "morning", "evening", "summer",
    "winter", "music", "pencil", "bottle", "basket", "button", "blanket", "carpet", "kitchen", "mirror", "pillow", "ladder",
    "hammer", "candle", "spoon", "orange", "lemon", "cotton", "wood",
)  # fmt: skip


NO_NOTES = Problem(
    "", "", "Its name says that it is not a session's notes (a plan, a codebook, a key).",
    "Rename it, for instance to notes.docx, and send it again.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """What a job came to: counts for its page, a file it made, what became of the files it read, the work that follows."""

    result: dict[str, Any] = field(default_factory=dict)
    made: bytes | None = None
    files: tuple[Became, ...] = ()
    then: str = ""


class Worker:
    """Works through the queue until `stop()`; what was running when the machine went down is taken up again."""

    def __init__(self, desk: Desk, *, stale: float = STALE, room: str = "") -> None:
        self.desk, self.stale, self.room = desk, stale, room
        self._stop = threading.Event()
        self._current: Job | None = None
        self._threads = [threading.Thread(target=f, daemon=True) for f in (self._run, self._beat)]

    def start(self) -> None:
        """Begin."""
        for name in HEAVY:
            import_module(name)
        for thread in self._threads:
            thread.start()

    def stop(self, *, patience: float = 60) -> None:
        """Finish the job at hand and end; what is not finished within `patience` seconds is handed back to the queue."""
        self._stop.set()
        self.desk.bell.set()
        self._threads[0].join(timeout=patience)
        if (job := self._current) is not None:
            self.desk.jobs.hand_back(job)

    def step(self) -> bool:
        """Do one job; False where none waits."""
        job = self.desk.jobs.claim(stale=self.stale, room=self.room)
        if job is None:
            return False
        self._current = job
        try:
            with Project(self.desk.address, who=job.who) as project:
                project.guard(partial(self.desk.jobs.hold, job))
                done = _DO[job.kind](self.desk, job, project)
            self.desk.jobs.end(job, "done", result=done.result, made=done.made, files=done.files, then=done.then)
        except Stopped:
            pass  # cancelled, or another worker's now: it is theirs to end
        except FeedbackError as error:
            self.desk.jobs.end(job, "failed", result={"why": str(error)})
        except Exception as error:  # a job may fail, the queue may not; the type is told, never the words
            if job.kind in AGAIN and job.tries < 3:  # a session may have been withdrawn under its hands
                self.desk.jobs.again(job)
            else:
                self.desk.jobs.end(job, "failed", result={"why": type(error).__name__})
        finally:
            self._current = None
        return True

    def _run(self) -> None:
        swept = 0.0
        self._begin()
        while not self._stop.is_set():
            try:
                if time.monotonic() - swept > SWEEP or not swept:
                    parts(self.desk).sweep(older=KEEP)
                    sweep()
                    swept = time.monotonic()
                worked = self.step()
                if not self.desk.jobs.waiting():
                    self.desk.warm()
                if worked:
                    continue
            except Exception:  # the database may be locked for a moment: try again
                self._stop.wait(1)
            self.desk.bell.wait(timeout=3)
            self.desk.bell.clear()

    def _begin(self) -> None:
        """Take up what this room had begun before it died; where nothing waits, count and screen before anybody asks."""
        with suppress(Exception):  # the database may be locked for a moment: what is left is taken up when it is stale
            if self.room:
                self.desk.jobs.orphaned(self.room)
            if self.desk.jobs.behind():
                self.desk.verb("web", "screen")
            if not self.desk.jobs.waiting():
                self.desk.warm()
                if self.room and len(self.desk.view.corpus):
                    self.desk.audit("web")

    def _beat(self) -> None:
        while not self._stop.wait(self.stale / 4):
            job = self._current
            if job is not None:
                try:
                    self.desk.jobs.beat(job.id)
                except Exception:  # locked for a moment: the next beat will do
                    continue


# ---- reading ----------------------------------------------------------------------------------------------------


def disk_name(given: str) -> str:
    """Name a document by its suffix, its session code and words that name nobody: a stranger's words stay outside.

    >>> disk_name("LS-Y04 Maria Gomez notes.docx")
    'LS-Y04-notes.docx'
    """
    plain = re.split(r"[\\/]", given)[-1]
    stem, _, suffix = plain.rpartition(".")
    suffix = re.sub(r"[^a-z0-9]", "", suffix.lower())[:8]
    code = re.search(r"(?<![A-Za-z])[A-Z]{1,4}-?[A-Z]{0,3}\d{1,4}(?!\d)", stem)
    kept = [w for w in re.findall(r"[a-z]+", stem.lower()) if w in _SAFE]
    mark = code[0] if code else f"session-{_mark(plain)}"
    return "-".join(dict.fromkeys([mark, *kept])) + (f".{suffix}" if suffix else "")


def _mark(text: str) -> str:
    """Four plain words that stand for a text: letters and digits thrown together would look like somebody's number."""
    drawn = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
    return "-".join(_WORDS_FOR[(drawn >> 5 * n) % 32] for n in range(4))


def _read(desk: Desk, job: Job, project: Project) -> Done:
    waiting = [u for u in desk.jobs.uploads(job=job.id) if u.state == "waiting"]
    tell = partial(desk.jobs.beat, job.id, total=4)
    with aside(sum(desk.jobs.weight(u.id) for u in waiting)) as folder:
        names = _unpack(desk, waiting, folder)
        tell(done=1)
        corpus = read(folder)
        tell(done=2)
        taken, became = _not_theirs(desk, job, corpus), list[Became]()
        for name, upload in names.items():
            if any(name in _files(s) for s in taken):
                became.append(_refused(upload, Problem(
                    "", "", "A session with this code was brought in by somebody else.",
                    "Give your session another code, or ask an administrator.",
                )))  # fmt: skip
                (folder / name).unlink()
        old = {s.id: s for s in project.corpus if not job.kept}  # an earlier try saved them: that was no version before
        mine = [s for s in corpus if s not in taken]
        desk.jobs.check(job)
        desk.jobs.name_sessions({u.id: s.id for s in mine for name, u in names.items() if name in _files(s)})
        with desk.lock:
            corpus = project.add(folder) if any(folder.iterdir()) else Corpus()
            tell(done=3)
            if project.audited is not None:
                desk.keep_audit(project.audited)
        new = {s.id: s for s in project.corpus}
        left = {n: u for n, u in names.items() if (folder / n).exists()}
        became += _became(left, corpus, (old, new))
        tell(done=4)
    sessions = list(dict.fromkeys(b.session for b in became if b.session))
    coded = bool(sessions) and desk.store.document("codebook") is not None
    return Done({"sessions": sessions}, files=tuple(became), then="tag" if coded else "")


def _unpack(desk: Desk, waiting: list[Upload], folder: Path) -> dict[str, Upload]:
    names: dict[str, Upload] = {}
    for upload in waiting:
        sealed = desk.jobs.sealed(upload.id)
        if sealed is None:
            continue
        name = disk_name(upload.name)
        while name in names:
            stem, dot, suffix = name.rpartition(".")
            name = f"{stem}_2{dot}{suffix}"
        (folder / name).write_bytes(desk.seal.open(sealed, name=upload.id))
        names[name] = upload
    return names


def _not_theirs(desk: Desk, job: Job, corpus: Corpus) -> list[Session]:
    there = {s.id for s in desk.view.corpus}
    owners = desk.owners()
    return [s for s in corpus if s.id in there and job.who not in owners.get(s.id, ())]


def _files(session: Session) -> set[str]:
    return {session.file, *(t.file for t in session.turns)}


def _became(names: dict[str, Upload], corpus: Corpus, cleared: tuple[Sessions, Sessions]) -> Iterator[Became]:
    old, new = cleared
    for name, upload in names.items():
        session = next((s for s in corpus if name in _files(s)), None)
        problems = tuple(p for p in corpus.problems if p.file == name)
        if session is not None and session.id in old and session.id in new:
            changed = _changed(old[session.id], new[session.id])
            yield Became(upload.id, "replaced", session.id, {**_told(problems), "changed": changed})
        elif session is not None:
            yield Became(upload.id, "read", session.id, _told(problems))
        else:
            yield _refused(upload, *(problems or (NO_NOTES,)))


def _refused(upload: Upload, *problems: Problem) -> Became:
    return Became(upload.id, "refused", note=_told(problems))


def _told(problems: Iterable[Problem]) -> dict[str, Any]:
    return {"problems": [{"place": p.place, "what": p.what, "remedy": p.remedy} for p in problems]}


def _changed(old: Session, new: Session) -> dict[str, Any]:
    """What a corrected file changed, in counts and names of fields, without words."""
    before, after = [t.text for t in old.turns], [t.text for t in new.turns]
    same = len(set(before) & set(after))
    heads = ("month", "audience", "languages", "participants", "spa", "quote_consent")
    return {
        "before": len(before), "after": len(after), "added": len(set(after)) - same, "removed": len(set(before)) - same,
        "fields": [h for h in heads if getattr(old, h) != getattr(new, h)],
    }  # fmt: skip


# ---- the other jobs ---------------------------------------------------------------------------------------------


def _tag(desk: Desk, job: Job, project: Project) -> Done:
    def tell(done: int, total: int) -> None:
        desk.jobs.check(job)
        desk.jobs.beat(job.id, done=done, total=total)

    project.tagged, project.tell = desk.tagged, tell
    return Done(dict(project.tag().account()))


def _learn(desk: Desk, job: Job, project: Project) -> Done:
    from feedback.tagging import learn

    learned = learn(project.counted)
    desk.jobs.check(job)
    desk.jobs.beat(job.id, done=1, total=2)
    return Done(dict(project.tag(project.codebook, learned).account()))


def _discover(desk: Desk, job: Job, project: Project) -> Done:
    from feedback.web._topics import forget_steps, keep

    desk.jobs.beat(job.id, done=0, total=3)
    _ = desk.view.codings
    desk.jobs.beat(job.id, done=1, total=3)
    topics = project.discover()
    desk.jobs.check(job)
    desk.jobs.beat(job.id, done=2, total=3)
    keep(desk, topics)
    forget_steps(desk)
    return Done({"topics": len(topics)})


def _follow(desk: Desk, job: Job, project: Project) -> Done:
    from feedback.web._topics import added, forget_steps

    desk.jobs.beat(job.id, done=0, total=2)
    wanted = added(desk, project.topics)
    if not wanted:
        raise FeedbackError("the topics have looked at every session here: first add the next round, `feedback add FILE`")
    found = project.follow(sessions=wanted)
    desk.jobs.check(job)
    desk.jobs.beat(job.id, done=1, total=2)
    forget_steps(desk)
    placed = sum(len(t.refs) for t in found.topics)
    return Done({"sessions": len(wanted), "placed": placed, "drift": found.drift, "refit": bool(found.refit_advised)})


def _brief(desk: Desk, job: Job, project: Project) -> Done:
    suffix = str(job.asked["suffix"])
    if suffix not in KINDS:
        raise FeedbackError(f"a brief is saved as {', '.join(sorted(KINDS))}")
    with aside() as folder:
        out = folder / f"brief{suffix}"
        kind, language = str(job.asked.get("kind", "full")), str(job.asked.get("language", "en"))
        session, title = str(job.asked.get("session", "")), str(job.asked.get("title", ""))
        desk.jobs.beat(job.id, done=0, total=2)
        _ = desk.view.needs if not desk.missing() else None
        desk.jobs.check(job)
        desk.jobs.beat(job.id, done=1, total=2)
        project.brief(out, title=title, kind=kind, language=language, session=session)
        return Done({"suffix": suffix}, out.read_bytes())


def _certify(desk: Desk, job: Job, project: Project) -> Done:
    return Done({"files": project.certificate()})


_DO: dict[str, Callable[[Desk, Job, Project], Done]] = {
    "read": _read, "tag": _tag, "learn": _learn, "discover": _discover, "follow": _follow, "brief": _brief, "certify": _certify,
}  # fmt: skip
