"""Project: the same verbs, kept. Load, call the verb, save; the gate stands here, so no door passes round it."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.codebook import Codebook, Coding, Codings
from feedback.corpus import Corpus, Ref
from feedback.errors import FeedbackError, LeakError, Problem

if TYPE_CHECKING:
    from feedback.briefs import Brief, Verification
    from feedback.exchange import Exported, Imported, Losses, Memo
    from feedback.findings import Contrast, Themes
    from feedback.plan import Needs, Plan
    from feedback.privacy import Audit
    from feedback.tagging import Review, Tagger
    from feedback.topics import Topics

__all__ = ["Project"]

NAMED = "its session code looks like somebody's name, so it was not kept."


class Project:
    """A project on disk: one SQLite file (`plan.db`), or a PostgreSQL address.

    What is added is read, saved and screened at once. Every later verb sees only what passed the gate: units with an
    open finding are withheld, and counted as such. Every change is an event in an append-only, chained log.

    Raises:
        StoreError: the file is newer than this program, damaged or locked.
    """

    def __init__(self, project: str | Path, *, who: str | None = None) -> None:
        from feedback.store import Store

        self._store = Store(project, who=who)

    def __enter__(self) -> Project:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    # ---- reading and the gate -----------------------------------------------------------------------------------

    def add(self, *paths: str | Path, manifest: str | Path | None = None) -> Corpus:
        """Read files or folders into the project and screen them; return what was read, problems and all.

        A session with a code that is already here takes the place of the old one; its codings go with it. A single
        file that cannot be read raises ReadError; in a folder it is a problem of the returned corpus.
        """
        from feedback.ingest import read

        read_now = [read(path, manifest=manifest) for path in paths]
        sessions = [s for corpus in read_now for s in corpus]
        problems = [p for corpus in read_now for p in corpus.problems]
        if sessions or problems:
            self._store.put_sessions(sessions, problems)
        if sessions:
            self.screen()
            named = {s.id for s in sessions} & set(self._store.unscreened())
            for number, ident in enumerate(sorted(named), start=1):
                self._store.drop_session(ident, "its code or file name looks like a name", named=False)
                problems.append(
                    Problem(f"file {number}", "", NAMED, "Give it a code such as LS-01 in its header or its name.")
                )
            sessions = [s for s in sessions if s.id not in named]
        return Corpus(tuple(sessions), tuple(problems))

    def screen(self, *, roster: str | Path | None = None) -> Audit:
        """Run the privacy gate over everything, with the decisions people made; save what passed."""
        audit = self._audit(roster=roster)
        cleared = audit.apply()
        states: dict[str, int] = {}
        for state in audit.states().values():
            states[state] = states.get(state, 0) + 1
        self._store.put_cleared(cleared, {"screening": cleared.screening, "states": states, "open": _open(audit)})
        return audit

    def decide(self, group: str, decision: str, *, by: str, why: str) -> Audit:
        """Decide once for all places of a word (`group` is the audit's address for it); returns the new audit."""
        if not by.strip() or not why.strip():
            raise FeedbackError("a decision needs a name (by) and a reason (why)")
        self._audit().decide(group, decision=decision, by=by, why=why)
        self._store.put_decision(group, decision, by=by, why=why)
        return self.screen()

    def reveal(self, ref: str) -> tuple[str, ...]:
        """Show what was found at an address to the person deciding; that it was shown is logged."""
        words = self._audit().reveal(ref)
        self._store.log("reveal", {"ref": ref, "count": len(words)})
        return words

    def withdraw(self, session: str, *, why: str) -> None:
        """Delete a session and everything that hangs on it; the log keeps that it happened, and why."""
        if self._store.document("memos"):
            self._put_memos(m for m in self.memos if not (m.ref or f"{m.name}#0").startswith(f"{session}#"))
        self._store.drop_session(session, why)

    @property
    def corpus(self) -> Corpus:
        """Everything that passed the gate; units that did not are withheld."""
        corpus = self._store.corpus(cleared=True)
        return replace(corpus, screening=self._certificate())

    # ---- coding -------------------------------------------------------------------------------------------------

    @property
    def codebook(self) -> Codebook:
        """The project's codebook; raises FeedbackError where none was given yet."""
        kept = self._store.document("codebook")
        if kept is None:
            raise FeedbackError("this project has no codebook yet: give one with `feedback codebook use FILE`")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"codebook{Path(kept[0]).suffix or '.yaml'}"
            path.write_text(kept[1], encoding="utf-8")
            return Codebook.load(path)

    def use_codebook(self, path: str | Path) -> Codebook:
        """Check a codebook file and keep it in the project."""
        book = Codebook.load(path)
        self._store.put_document("codebook", Path(path).name, Path(path).read_text(encoding="utf-8-sig"))
        return book

    def tag(self, *taggers: Codebook | Tagger) -> Codings:
        """Code everything that passed the gate; each tagger replaces its own codings, never a person's."""
        from feedback.tagging import tag

        book = self.codebook
        made = tag(self._screened(), *(taggers or (book,)))
        said = {ref: (d.category, d.polarity, d.about) for ref, d in made.discourse.items()}
        names = sorted({c.tagger for c in made})
        self._store.put_codings(
            made.values, said, {"verb": "tag", "taggers": _families(names), "codings": len(made), "by": names}
        )
        return self.codings

    @property
    def codings(self) -> Codings:
        """All codings: the machines' and people's."""
        from feedback.codebook import Discourse

        corpus = self.corpus
        held = {s.ref for s in corpus.segments(everyone=True, withheld=True) if s.turn.withheld}
        values = tuple(c for c in self._store.codings() if c.ref not in held)
        said = {ref: Discourse(*d) for ref, d in self._store.discourse().items()}
        return Codings(values, corpus, self.codebook, said)

    def code(self, codings: Iterable[Coding]) -> Codings:
        """Keep a person's codings (tagger `human:initials`); raises RefError for addresses that name no unit."""
        corpus, book, kept = self.corpus, self.codebook, list(codings)
        for c in kept:
            if not c.tagger.startswith("human:"):
                raise FeedbackError(f"{c.ref}: a person's coding names its coder as `human:initials`, not {c.tagger!r}")
            if corpus.resolve(c.ref).turn.withheld:
                raise LeakError(f"{c.ref} is held by the privacy gate and cannot be coded yet", [c.ref])
            if c.code not in book:
                raise FeedbackError(f"{c.ref}: there is no code {c.code!r} in this codebook")
        self._store.put_codings(
            kept, None, {"verb": "code", "codings": len(kept), "by": sorted({c.tagger for c in kept})}
        )
        return self.codings

    def learn(self) -> Codings:
        """Train on people's codings in this project and keep the suggestions of what was learned."""
        from feedback.tagging import learn

        return self.tag(self.codebook, learn(self.codings))

    def discover(
        self, *, method: str = "graph", n_topics: int | None = None, seed: int = 0, everything: bool = False
    ) -> Topics:
        """Propose topics for what the codebook does not cover (or for `everything`), and keep the proposal."""
        from feedback.topics import discover

        options: dict[str, Any] = {"method": method, "n_topics": n_topics, "seed": seed}
        codings = None if everything else (self.codings if self._store.codings() else None)
        topics = discover(self._screened(), codings=codings, **options)
        said = {**options, "everything": everything}
        self._store.put_document("topics", "topics.json", json.dumps(said, sort_keys=True))
        return topics

    def review(self, *others: Codings) -> Review:
        """Compare coders and taggers with one another: agreement per code, coverage, overlap."""
        from feedback.tagging import review

        return review(self.codings, *others)

    # ---- findings, plan, brief ----------------------------------------------------------------------------------

    def themes(self, *, by: str = "audience") -> Themes:
        """Count sessions, by group, through the suppression engine."""
        from feedback.findings import summarize

        self._screened()
        return summarize(self.codings, by=by)

    def contrast(self, a: str, b: str, *, by: str = "audience") -> Contrast:
        """Set two groups side by side."""
        from feedback.findings import contrast

        return contrast(self.themes(by=by), between=(a, b))

    @property
    def plan(self) -> Plan:
        """The plan kept in the project; raises FeedbackError where none was given yet."""
        from feedback.plan import Plan

        kept = self._store.document("plan")
        if kept is None:
            raise FeedbackError("this project has no plan yet: give one with `feedback crosswalk FILE`")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / Path(kept[0]).name
            path.write_text(kept[1], encoding="utf-8")
            return Plan.load(path)

    def crosswalk(self, plan: str | Path | None = None) -> Needs:
        """Set the needs against a plan (kept from then on) and say where nothing answers."""
        from feedback.plan import Plan, crosswalk

        if plan is not None:
            Plan.load(plan)
            self._store.put_document("plan", Path(plan).name, Path(plan).read_text(encoding="utf-8-sig"))
        return crosswalk(self.themes(), self.plan)

    def brief(self, out: str | Path, *, title: str = "", kind: str = "full", language: str = "en") -> Brief:
        """Write the brief to a file (suffix decides the format) and enter it into the release log.

        `kind` is `full`, `board` or `report-back` (to those who spoke; `language` en or es).
        """
        from feedback.briefs import brief

        page = brief(self.crosswalk(), title=title, kind=kind, language=language)
        path = page.save(out)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        self._store.log("release", {"file": path.name, "kind": kind, "language": language, "sha256": digest})
        return page

    def verify(self, file: str | Path) -> Verification:
        """Check every number and quote of a finished brief against the project as it is now."""
        from feedback.briefs import verify

        released = [e["detail"]["sha256"] for e in self._store.events() if e["verb"] == "release"]
        return verify(file, self.crosswalk(), released=released)

    def quote(self, ref: str, *, context: int = 2) -> list[tuple[str, str, str, bool]]:
        """Return (ref, speaker, words, is it the one) for a unit and its neighbours, as far as they passed the gate."""
        asked = Ref.parse(ref)
        corpus = self.corpus
        found = corpus.resolve(asked)
        if found.turn.withheld:
            raise LeakError(f"{asked.unit} is held by the privacy gate ({found.turn.withheld})", [str(asked.unit)])
        session = corpus[asked.session]
        around = session.turns[max(0, asked.index - context) : asked.index + context + 1]
        out = []
        for turn in around:
            words = f"[{turn.withheld}]" if turn.withheld else turn.text
            out.append(
                (f"{session.id}#{turn.index}", turn.speaker.label or turn.role, words, turn.index == asked.index)
            )
        return out

    # ---- out and in ---------------------------------------------------------------------------------------------

    def export(self, out: str | Path) -> Exported:
        """Write everything that passed the gate for other tools, by suffix, with a report of what is left out.

        A folder: tidy CSV tables (Parquet where it is named `.parquet`); `.qdpx`: a REFI-QDA project; `.qdc`: its codebook.
        """
        from feedback.exchange import export

        paths = export(self.codings, self.themes(), Path(out), memos=self.memos)
        self._store.log("export", {"files": [p.name for p in paths]})
        return paths

    @property
    def memos(self) -> tuple[Memo, ...]:
        """Notes that came in with people's codings and passed the gate; those on units that are gone or held are not here."""
        from feedback.exchange import Memo

        kept, corpus = self._store.document("memos"), self.corpus
        live = {s.ref for s in corpus.segments(everyone=True)}
        memos = [Memo(*row) for row in json.loads(kept[1])] if kept else []
        return tuple(m for m in memos if m.ref is None or str(Ref.parse(m.ref).unit) in live)

    def import_codings(self, file: str | Path, *, coder: str) -> tuple[int, tuple[str, ...]]:
        """Read a person's codings (CSV: ref, code) into the project; return how many, and the rows left out and why."""
        found = self.take_in(file, coder=coder)
        return len(found.codings), found.left_out

    def take_in(self, file: str | Path, *, coder: str | None = None) -> Imported:
        """Read people's codings and memos: .csv (ref, code), .jsonl, Taguette's highlights, ThemeFinder's mapping, .qdpx."""
        from feedback.exchange import take_in

        found = take_in(Path(file), corpus=self.corpus, codebook=self.codebook, coder=coder)
        self.code(found.codings)
        if found.memos:
            self._put_memos(dict.fromkeys([*self.memos, *found.memos]))
        return found

    def take_codebook(self, file: str | Path) -> Losses:
        """Read a codebook out of a REFI-QDA file: known codes are brought up to date, new ones come in as proposed."""
        from feedback.exchange import read_codebook

        known = self.codebook if self._store.document("codebook") else None
        book, losses = read_codebook(Path(file), known)
        with tempfile.TemporaryDirectory() as folder:
            self.use_codebook(book.save(Path(folder) / "codebook.yaml"))
        return losses

    @property
    def log(self) -> tuple[dict[str, Any], ...]:
        """Every event, oldest first; raises StoreError where one was changed afterwards."""
        return self._store.events()

    # ---- inside -------------------------------------------------------------------------------------------------

    def _put_memos(self, memos: Iterable[Memo]) -> None:
        self._store.put_document("memos", "memos.json", json.dumps([[m.text, m.ref, m.name] for m in memos]))

    def _audit(self, *, roster: str | Path | None = None) -> Audit:
        from feedback.privacy import screen

        audit = screen(self._store.corpus(cleared=False), roster=roster, key=self._key())
        for group, decision, by, why in self._store.decisions():
            if group in {g.id for g in audit.groups()}:
                audit = audit.decide(group, decision=decision, by=by, why=why)
        return audit

    def _key(self) -> bytes | None:
        """The key by which words are grouped: beside the project file, never in it."""
        from feedback.privacy import project_key

        name = self._store.url.removeprefix("sqlite:///")
        return None if "://" in name or name in ("", ":memory:") else project_key(f"{name}.gate")

    def _screened(self) -> Corpus:
        corpus = self.corpus
        if not len(corpus):
            raise FeedbackError("there is nothing in this project yet: add files with `feedback add FILE`")
        unseen = self._store.unscreened()
        if unseen:
            raise LeakError(f"not screened yet: {', '.join(unseen)}. Run `feedback screen` first.", unseen)
        return corpus

    def _certificate(self) -> str | None:
        for event in reversed(self._store.events()):
            if event["verb"] == "screen":
                return str(event["detail"]["screening"])
        return None


def _families(names: Iterable[str]) -> list[str]:
    return sorted({n.split("@")[0] for n in names})


def _open(audit: Audit) -> int:
    return sum(f.status == "open" for f in audit.findings)
